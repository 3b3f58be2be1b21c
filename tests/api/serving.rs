//! `jindu serve` as a program: where it listens, and one question through every door.

use super::{get_well, routes};
use crate::support::{jindu, project, published_sample, run, run_well, serve};
use jindu::server::{Times, accept, listen};
use serde_json::Value as Json;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[test]
fn addresses_that_others_can_reach_are_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.168.1.10:0", "10.0.0.1:8018", "8.8.8.8:80"] {
        let out = run(jindu(&project(), published_sample(), Path::new(".")).args([
            "serve",
            "--no-jobs",
            "--listen",
            address,
        ]));
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{address}: {said}");
        assert!(said.contains("listen_loopback") && out.stdout.is_empty(), "{address}: {said}");
    }
    for address in ["", "127.0.0.1", "127.0.0.1:port", "127.0.0.1:99999", "nowhere.invalid:80"] {
        let out = run(jindu(&project(), published_sample(), Path::new(".")).args([
            "serve",
            "--no-jobs",
            "--listen",
            address,
        ]));
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code() == Some(2) && said.contains("listen_address"), "`{address}`: {said}");
    }
}

#[test]
fn the_program_serves_a_page_over_a_socket_and_stops() {
    let server = serve(published_sample());
    let address = &server.address;
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    write!(socket, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.trim_end().ends_with("</html>"), "{}", &answer[..80]);
    // Twice on one connection, packed: each answer is as long as it says, or the second would not be found.
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    for connection in ["keep-alive", "close"] {
        let head = format!("Host: {address}\r\nAccept-Encoding: gzip\r\nConnection: {connection}\r\n\r\n");
        write!(socket, "GET /style.css HTTP/1.1\r\n{head}").unwrap();
    }
    let mut answers = Vec::new();
    socket.read_to_end(&mut answers).unwrap();
    let answers = String::from_utf8_lossy(&answers);
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2);
    assert_eq!(answers.matches("content-length: ").count(), 2);
}

/// What a connection says until the server closes it, and after how long it does.
async fn hear(address: std::net::SocketAddr, words: &str) -> (String, Duration) {
    let start = Instant::now();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(words.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut heard)).await;
    assert!(closed.is_ok(), "still open: {words}");
    (String::from_utf8_lossy(&heard).into_owned(), start.elapsed())
}

#[tokio::test]
async fn a_client_that_does_not_say_what_it_wants_is_let_go() {
    let listener = listen("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let times = Times { head: Duration::from_secs(2), body: Duration::from_secs(1) };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let router = routes(published_sample());
    let server = tokio::spawn(accept(listener, router, times, async { drop(stopped.await) }));
    let json = "Host: localhost\r\nContent-Type: application/json\r\n";
    let form = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for (words, status, shown) in [
        ("".to_owned(), "", ""),
        ("GET /healthz HTTP/1.1\r\nHost: loc".to_owned(), "", ""),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), "HTTP/1.1 200", "ok"),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET".to_owned(), "HTTP/1.1 200", "ok"),
        (
            format!("POST /api/sql HTTP/1.1\r\n{json}Content-Length: 30\r\n\r\n{{\"sql\""),
            "HTTP/1.1 408",
            "query_body_time",
        ),
        (format!("POST /sql HTTP/1.1\r\n{form}Transfer-Encoding: chunked\r\n\r\n4\r\nsql="), "HTTP/1.1 408", "</html>"),
    ] {
        let (heard, took) = hear(address, &words).await;
        assert!(heard.starts_with(status) && heard.contains(shown), "{words}\n{heard}");
        assert!(!status.is_empty() || !heard.starts_with("HTTP/1.1 2"), "{words}\n{heard}");
        assert!(took >= times.body && took < Duration::from_secs(15), "{words}: {took:?}");
    }
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), server).await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "it listens still");
}

/// Numbers as numbers: one door writes `100`, another could write `100.0`.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        (a, b) => a == b,
    }
}

#[tokio::test]
async fn one_question_has_one_answer_through_cli_and_http() {
    let routes = routes(published_sample());
    let cli = |sql: &str, format: &str| {
        run_well(jindu(&project(), published_sample(), Path::new(".")).args(["query", sql, "--format", format]))
    };
    let order = "region_code, indicator_id";
    let asked = cli(&format!("select * from measures.progress order by {order}"), "json");
    let asked: Vec<Json> = serde_json::from_str(&asked).unwrap();
    let table: Json = serde_json::from_str(&get_well(&routes, "/api/tables/measures/progress").await).unwrap();
    let mut table = table["rows"].as_array().unwrap().clone();
    let key = |row: &Json| {
        (row["region_code"].as_str().unwrap().to_owned(), row["indicator_id"].as_str().unwrap().to_owned())
    };
    table.sort_by_key(key);
    assert!(asked.len() > 400 && same(&Json::Array(asked), &Json::Array(table)));
    // A panel tells its query: asked again by hand it gives the panel's rows, in JSON and in CSV.
    for panel in ["headline", "targets", "worst", "trends", "lights", "fresh", "two_truths"] {
        let text = get_well(&routes, &format!("/api/pages/glance/{panel}")).await;
        let told: Json = serde_json::from_str(&text).unwrap();
        let query = told["query"].as_str().unwrap();
        let again: Json = serde_json::from_str(&cli(query, "json")).unwrap();
        assert!(same(&again, &told["rows"]), "{panel}");
        let csv = get_well(&routes, &format!("/panels/glance/{panel}.csv")).await;
        assert_eq!(csv.trim_start_matches('\u{feff}'), cli(query, "csv"), "{panel}");
    }
}
