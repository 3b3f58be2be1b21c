//! Analysts' own questions: `POST /api/sql` and the page `/sql`.

use super::{Reply, get, routes, routes_at, send, send_body, served_by};
use crate::support::{copy_project, jindu, project, published_sample, run_well, scratch, serve};
use arrow::ipc::reader::StreamReader;
use axum::Router;
use axum::http::{Method, header};
use calamine::{DataType, Reader};
use jindu::questions::{Place, QUESTIONS_MAX};
use jindu::server::router;
use jindu::warehouse::{Limits, plain_rows};
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const HEAVY: &str =
    "select count(*) from measures.persons a cross join measures.persons b cross join measures.persons c";
/// What a process may take to begin; only a stop has a time of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// The sample's data folder under a name of the test's own, by which its processes are known.
fn own_data() -> (TempDir, PathBuf) {
    let dir = scratch();
    let data = dir.path().join("data");
    std::os::unix::fs::symlink(published_sample(), &data).unwrap();
    (dir, data)
}

fn place(data: &Path, limits: Limits) -> Place {
    Place { program: env!("CARGO_BIN_EXE_jindu").into(), project: project(), data: data.to_owned(), limits }
}

/// Processes that answer questions over a data folder.
fn answering(data: &Path) -> usize {
    let data = data.to_str().unwrap();
    let is_one = |entry: &std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|b| *b == 0).collect();
        words.contains(&data.as_bytes()) && words.contains(&b"answer".as_slice())
    };
    std::fs::read_dir("/proc").unwrap().flatten().filter(is_one).count()
}

async fn wait_until(what: &str, most: Duration, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < most, "{what}: not within {most:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const JSON_BODY: (&str, &str) = ("content-type", "application/json");
const FORM_BODY: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn ask(routes: &Router, path: &str, body: Json) -> Reply {
    send_body(routes, Method::POST, path, &[JSON_BODY], body.to_string().into()).await
}

async fn ask_sql(routes: &Router, sql: &str) -> Reply {
    ask(routes, "/api/sql?lang=en", json!({ "sql": sql })).await
}

async fn send_form(routes: &Router, path: &str, fields: &[(&str, &str)]) -> Reply {
    let body = url_encoded(fields);
    send_body(routes, Method::POST, path, &[FORM_BODY], body.into()).await
}

fn url_encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn every_form_of_an_answer_says_the_same() {
    let routes = routes(published_sample());
    let sql = "select region_code, as_of, actual, denominator, is_partial, missing_regions, '=1+1' as formula
               from measures.progress order by region_code, indicator_id";
    let reply = ask_sql(&routes, sql).await;
    assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (200, "application/json; charset=utf-8"));
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let json = reply.json();
    assert_eq!((json["edition"].as_u64(), json["as_of"].as_str()), (Some(1), Some("2018-09-30")));
    assert_eq!(json["columns"][1], json!({ "name": "as_of", "type": "date" }));
    let rows = json["rows"].as_array().unwrap();
    assert_eq!((json["row_count"].as_u64(), json["cut"].as_bool()), (Some(rows.len() as u64), Some(false)));
    let cli = run_well(jindu(&project(), published_sample(), Path::new(".")).args(["query", sql, "--format", "json"]));
    assert_eq!(serde_json::from_str::<Json>(&cli).unwrap(), json["rows"]);

    let csv = ask(&routes, "/api/sql?format=csv", json!({ "sql": sql })).await;
    let cli = run_well(jindu(&project(), published_sample(), Path::new(".")).args(["query", sql, "--format", "csv"]));
    assert_eq!(csv.text(), format!("\u{feff}{cli}"));
    assert!(csv.text().contains(",'=1+1"), "a formula is guarded");
    let named = ask(&routes, "/api/sql?format=csv", json!({ "sql": "select 1 as \"=x\"" })).await;
    assert_eq!(named.text(), "\u{feff}'=x\n1\n", "in a column's name too");
    assert_eq!(csv.headers["x-jindu-rows"], rows.len().to_string());
    assert_eq!(
        (&csv.headers["x-jindu-edition"], &csv.headers["x-jindu-cut"]),
        (&"1".parse().unwrap(), &"false".parse().unwrap())
    );

    let accept = ("accept", "application/vnd.apache.arrow.stream");
    let body = json!({ "sql": sql, "edition": 1 }).to_string();
    let arrow = send_body(&routes, Method::POST, "/api/sql", &[JSON_BODY, accept], body.into()).await;
    assert_eq!((arrow.status, arrow.header(header::CONTENT_TYPE)), (200, accept.1));
    let reader = StreamReader::try_new(arrow.body.as_slice(), None).unwrap();
    let schema = reader.schema();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    let plain = plain_rows(&schema, &batches).unwrap();
    assert_eq!(plain.len(), rows.len());
    for (row, json) in plain.rows.iter().zip(rows) {
        let cells: Vec<Json> = row.iter().map(|value| value.to_json()).collect();
        assert_eq!(cells, json.as_object().unwrap().values().cloned().collect::<Vec<_>>());
    }

    let xlsx = ask(&routes, "/api/sql?format=xlsx&lang=en", json!({ "sql": sql })).await;
    assert_eq!(xlsx.status, 200);
    let again = ask(&routes, "/api/sql?format=xlsx&lang=en", json!({ "sql": sql })).await;
    assert_eq!(xlsx.body, again.body, "the same rows give the same bytes");
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(xlsx.body)).unwrap();
    let sheet = book.worksheet_range("Data").unwrap();
    assert_eq!(sheet.height(), rows.len() + 1);
    for (cells, json) in sheet.rows().skip(1).zip(rows) {
        let code = json["region_code"].as_str().unwrap();
        assert_eq!(cells[0].as_string().as_deref(), Some(code));
        assert_eq!(cells[2].as_f64(), json["actual"].as_f64(), "{code}");
        assert_eq!(cells[6].as_string().as_deref(), Some("=1+1"));
    }
    let about = book.worksheet_range("About").unwrap();
    assert_eq!(about.get_value((3, 1)).and_then(|cell| cell.as_string()).as_deref(), Some(sql));

    let few = ask(&routes, "/api/sql", json!({ "sql": sql, "rows": 7 })).await.json();
    assert_eq!((few["row_count"].as_u64(), few["cut"].as_bool()), (Some(7), Some(true)));
    assert_eq!(few["rows"].as_array().unwrap()[..], rows[..7]);
    let all = ask(&routes, "/api/sql", json!({ "sql": sql, "rows": rows.len() })).await.json();
    assert_eq!((&all["cut"], &all["rows"]), (&json!(false), &json["rows"]));
}

#[tokio::test]
async fn numbers_keep_all_their_digits_in_json() {
    let routes = routes(published_sample());
    let sql =
        "select 12345678901234567890.1234567890 as wide, cast(9007199254740993 as bigint) as whole, -0.10 as part,
               cast('NaN' as double) as none, cast('inf' as double) as high, cast('-inf' as double) as low,
               cast(null as double) as blank, cast(0.1 as double) as measured, 'a\"b' as words";
    let row = r#"{"wide":12345678901234567890.123456789,"whole":9007199254740993,"part":-0.1,"none":"NaN","high":"Infinity","low":"-Infinity","blank":null,"measured":0.1,"words":"a\"b"}"#;
    let text = ask_sql(&routes, sql).await.text();
    assert!(text.contains(&format!(r#""rows":[{row}]"#)), "{text}");
    let cli = run_well(jindu(&project(), published_sample(), Path::new(".")).args(["query", sql, "--format", "json"]));
    assert_eq!(cli, format!("[\n{row}\n]\n"));
    let csv = ask(&routes, "/api/sql?format=csv", json!({ "sql": sql })).await.text();
    assert!(
        csv.ends_with("12345678901234567890.123456789,9007199254740993,-0.1,NaN,Infinity,-Infinity,,0.1,\"a\"\"b\"\n"),
        "{csv}"
    );
    let twice = "select a.region_code, b.region_code from policy.regions a cross join policy.regions b
                 where a.region_code = '220000' and b.region_code = '220102'";
    let twice = ask_sql(&routes, twice).await;
    assert!(twice.text().contains(r#""rows":[{"region_code":"220102"}]"#), "{}", twice.text());
    for path in ["/api/tables/measures/progress", "/api/pages/glance", "/api/pages/glance/targets"] {
        assert!(get(&routes, path).await.json().is_object(), "{path}");
    }
}

#[tokio::test]
async fn a_question_reads_and_sees_what_the_door_lets_it() {
    let routes = routes(published_sample());
    for sql in
        ["drop table measures.progress", "insert into measures.progress values (1)", "set x = 1", "explain select 1"]
    {
        let reply = ask_sql(&routes, sql).await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (400, &json!("query_reads")), "{sql}");
    }
    for table in ["raw.ledger", "staging.ledger", "measures.nothing"] {
        let reply = ask_sql(&routes, &format!("select *\nfrom {table}")).await;
        let error = &reply.json()["error"];
        assert_eq!(
            (reply.status, &error["code"], &error["status"]),
            (404, &json!("query_table"), &json!(404)),
            "{table}"
        );
        assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!(6)), "{table}");
    }
    let veiled = ask_sql(&routes, "select '220102198001011234' as id, 'call 13804311234' as phone").await.json();
    assert_eq!(veiled["rows"][0], json!({ "id": "******************", "phone": "call ***********" }));
    assert_eq!(ask(&routes, "/api/sql", json!({ "sql": "select 1", "edition": 9 })).await.status, 404);
}

#[tokio::test]
async fn a_mistake_is_told_with_its_place() {
    let routes = routes(published_sample());
    for (sql, code, line, column) in [
        ("select region_code,\n  actul\nfrom measures.progress", "query_plan", 2, 3),
        ("select (1 +\n  )", "query_sql", 2, 3),
    ] {
        let error = ask_sql(&routes, sql).await.json()["error"].clone();
        let told = (error["code"].as_str(), error["line"].as_u64(), error["column"].as_u64());
        assert_eq!(told, (Some(code), Some(line), Some(column)), "{error}");
        assert!(error["message"].is_string());
    }
    for (body, code) in [("{", "query_body"), ("{}", "query_body"), (r#"{"sql":"select 1","x":1}"#, "query_body")] {
        let reply = send_body(&routes, Method::POST, "/api/sql", &[JSON_BODY], body.into()).await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (400, &json!(code)), "{body}");
    }
    let reply = ask(&routes, "/api/sql?format=exe", json!({ "sql": "select 1" })).await;
    assert_eq!(reply.json()["error"]["code"], "query_format");
    let large = ask(&routes, "/api/sql", json!({ "sql": "x".repeat(600_000) })).await;
    assert_eq!((large.status, &large.json()["error"]["code"]), (413, &json!("query_body_size")));
}

#[tokio::test]
async fn other_sites_may_not_ask() {
    let routes = routes(published_sample());
    let body = json!({ "sql": "select 1 as n" }).to_string();
    let with = |headers: Vec<(&'static str, &'static str)>| {
        let (routes, body) = (routes.clone(), body.clone());
        async move { send_body(&routes, Method::POST, "/api/sql", &headers, body.into()).await.status }
    };
    let host = ("host", "localhost:8018");
    assert_eq!(with(vec![JSON_BODY, host, ("origin", "http://localhost:8018")]).await, 200);
    assert_eq!(with(vec![JSON_BODY, host, ("origin", "http://evil.example")]).await, 403);
    assert_eq!(with(vec![JSON_BODY, host, ("origin", "http://localhost:9999")]).await, 403);
    assert_eq!(with(vec![JSON_BODY, host, ("origin", "null")]).await, 403);
    assert_eq!(with(vec![JSON_BODY, host, ("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(with(vec![JSON_BODY, host, ("sec-fetch-site", "same-site")]).await, 403);
    assert_eq!(with(vec![JSON_BODY, host, ("sec-fetch-site", "same-origin")]).await, 200);
    assert_eq!(with(vec![FORM_BODY, host]).await, 415);
    assert_eq!(with(vec![("content-type", "text/plain"), host]).await, 415);
    assert_eq!(with(vec![JSON_BODY, ("host", "evil.example")]).await, 403);
    let form = [FORM_BODY, host, ("origin", "http://evil.example")];
    assert_eq!(send_body(&routes, Method::POST, "/sql", &form, "sql=select+1".into()).await.status, 403);
    let stop = [host, ("origin", "http://evil.example")];
    assert_eq!(send(&routes, Method::DELETE, "/api/sql/x", &stop).await.status, 403);
    assert_eq!(send(&routes, Method::GET, "/api/sql", &[]).await.status, 405);
}

#[tokio::test]
async fn limits_have_names() {
    let (_dir, data) = own_data();
    let limits = Limits { rows: 1_000, time: Duration::from_secs(1), text_bytes: 5_000, ..Limits::default() };
    let few = routes_at(&data, place(&data, limits));
    let small = routes_at(&data, place(&data, Limits { memory_bytes: 1024 * 1024, ..Limits::default() }));
    let many = "select a.person_key from measures.persons a cross join measures.persons b";
    let sorted = "select person_key, month, count(*) from measures.persons group by 1, 2 order by 3";
    for (routes, body, code) in [
        (&few, json!({ "sql": format!("select '{}'", "a".repeat(5_000)) }), "query_text"),
        (&few, json!({ "sql": many, "rows": 1_000_000 }), "query_rows"),
        (&few, json!({ "sql": HEAVY }), "query_time"),
        (&small, json!({ "sql": sorted }), "query_memory"),
    ] {
        let reply = ask(routes, "/api/sql?lang=en", body).await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (400, &json!(code)), "{}", reply.text());
    }
    let csv = ask(&few, "/api/sql?format=csv", json!({ "sql": many })).await;
    assert_eq!(csv.json()["error"]["code"], "query_rows");
    assert_eq!(ask(&few, "/api/sql", json!({ "sql": many, "rows": 10 })).await.json()["cut"], true);
    assert_eq!(answering(&data), 0);
}

#[tokio::test]
async fn a_running_question_is_stopped_within_a_second() {
    let (_dir, data) = own_data();
    let routes = routes_at(&data, place(&data, Limits::default()));
    let asked = {
        let routes = routes.clone();
        tokio::spawn(async move { ask(&routes, "/api/sql?lang=en", json!({ "sql": HEAVY, "id": "mine" })).await })
    };
    wait_until("it begins", PATIENCE, || answering(&data) == 1).await;
    // Until it is within the join that does not yield.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let taken = ask(&routes, "/api/sql", json!({ "sql": "select 1", "id": "mine" })).await;
    assert_eq!((taken.status, &taken.json()["error"]["code"]), (409, &json!("query_id_taken")));
    assert_eq!(answering(&data), 1);
    let stopped = send(&routes, Method::DELETE, "/api/sql/mine", &[]).await;
    assert_eq!((stopped.status, stopped.json()), (200, json!({ "stopped": true })));
    wait_until("it is gone", Duration::from_secs(1), || answering(&data) == 0).await;
    let reply = asked.await.unwrap();
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (409, &json!("query_stopped")));
    assert_eq!(send(&routes, Method::DELETE, "/api/sql/mine", &[]).await.status, 404);
}

#[tokio::test]
async fn so_many_at_once_and_none_outlives_its_asker() {
    let (_dir, data) = own_data();
    let routes = routes_at(&data, place(&data, Limits::default()));
    let asked: Vec<_> = (0..QUESTIONS_MAX)
        .map(|_| {
            let routes = routes.clone();
            tokio::spawn(async move { ask_sql(&routes, HEAVY).await })
        })
        .collect();
    wait_until("all begin", PATIENCE, || answering(&data) == QUESTIONS_MAX).await;
    let busy = ask_sql(&routes, "select 1").await;
    assert_eq!((busy.status, &busy.json()["error"]["code"]), (429, &json!("query_busy")));
    asked.iter().for_each(|task| task.abort());
    wait_until("all are gone", Duration::from_secs(5), || answering(&data) == 0).await;
    assert_eq!(ask_sql(&routes, "select 1 as n").await.status, 200);
}

/// A connection on which the heavy question was asked.
fn connect(address: &str) -> TcpStream {
    let body = json!({ "sql": HEAVY }).to_string();
    let mut socket = TcpStream::connect(address).unwrap();
    let head = format!("POST /api/sql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n");
    write!(socket, "{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    socket
}

#[tokio::test]
async fn a_lost_connection_and_a_killed_server_leave_no_process() {
    let (_dir, data) = own_data();
    let mut server = serve(&data);
    let socket = connect(&server.address);
    wait_until("it begins", PATIENCE, || answering(&data) == 1).await;
    drop(socket);
    wait_until("its asker is gone, and it", Duration::from_secs(5), || answering(&data) == 0).await;
    // Nor do words that nobody has read yet hide that their sender is gone.
    for words in ["G".to_owned(), "G".repeat(100_000)] {
        let mut socket = connect(&server.address);
        wait_until("it begins", PATIENCE, || answering(&data) == 1).await;
        socket.set_nonblocking(true).unwrap();
        let _ = socket.write(words.as_bytes());
        drop(socket);
        wait_until("its asker is gone, and it", Duration::from_secs(5), || answering(&data) == 0).await;
    }
    let _socket = connect(&server.address);
    wait_until("it begins", PATIENCE, || answering(&data) == 1).await;
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    wait_until("the server is gone, and it", Duration::from_secs(5), || answering(&data) == 0).await;
}

#[tokio::test]
async fn a_server_that_ends_stops_its_questions_and_waits_for_none() {
    let (_dir, data) = own_data();
    let mut server = serve(&data);
    let mut socket = connect(&server.address);
    wait_until("it begins", PATIENCE, || answering(&data) == 1).await;
    run_well(std::process::Command::new("kill").args(["-TERM", &server.process.id().to_string()]));
    wait_until("it is gone", Duration::from_secs(10), || answering(&data) == 0).await;
    wait_until("the server too", Duration::from_secs(10), || server.process.try_wait().unwrap().is_some()).await;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("query_stopped"), "{answer}");
}

#[tokio::test]
async fn the_page_works_without_its_script() {
    let routes = routes(published_sample());
    let page = get(&routes, "/sql?lang=en").await;
    let text = page.text();
    assert_eq!(page.status, 200);
    assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("script-src 'self'; connect-src 'self'"));
    assert!(!get(&routes, "/").await.header(header::CONTENT_SECURITY_POLICY).contains("script-src"));
    assert!(text.contains(r#"method="post""#) && text.contains(r#"<label for="sql">"#) && text.contains("<textarea"));
    assert!(text.contains(r#"data-table="measures.progress""#) && text.contains(r#"data-column="region_code""#));
    for closed in ["raw.", "staging.", "csv."] {
        assert!(!text.contains(&format!(r#"data-table="{closed}"#)), "{closed}");
    }
    assert!(text.contains("aria-current=\"page\">SQL"), "the navigation lists it");
    assert_eq!(get(&routes, "/sql.js").await.header(header::CONTENT_TYPE), "text/javascript; charset=utf-8");

    let sql = "select region_code, actual\r\nfrom measures.progress\r\norder by 1, 2 limit 3";
    let answered = send_form(&routes, "/sql?lang=en&edition=1", &[("sql", sql), ("do", "run")]).await;
    assert_eq!((answered.status, answered.header(header::CACHE_CONTROL)), (200, "no-store"));
    let text = answered.text();
    assert!(text.contains("<p>3 rows.</p>") && text.contains("<svg") && text.contains("<tbody"), "{text}");
    assert!(text.contains(r#"action="/sql?lang=en&amp;edition=1""#), "the edition is kept");
    let part = send_form(&routes, "/sql?lang=en", &[("sql", sql), ("do", "run"), ("part", "1")]).await.text();
    assert!(part.starts_with("<p>3 rows.</p>") && !part.contains("<html"));

    let wrong =
        send_form(&routes, "/sql?lang=en", &[("sql", "select 1,\r\n  nothing from policy.regions"), ("do", "run")]);
    let wrong = wrong.await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("<mark>2    nothing from policy.regions</mark>"), "{}", wrong.text());
    assert!(wrong.text().contains(r#"data-line="2" data-column="3""#));
    let plan = send_form(&routes, "/sql?lang=en", &[("sql", sql), ("do", "explain")]).await.text();
    assert!(plan.contains(r#"<ol class="plan">"#) && plan.contains("measures.progress projection="), "{plan}");
    let csv = send_form(&routes, "/sql", &[("sql", sql), ("do", "csv")]).await;
    assert_eq!(csv.header(header::CONTENT_DISPOSITION), "attachment; filename=\"sql_1.csv\"");
    let api = ask(&routes, "/api/sql?format=csv", json!({ "sql": sql })).await;
    assert_eq!(csv.body, api.body);
    let hostile =
        send_form(&routes, "/sql", &[("sql", "select '</textarea><script>' as x"), ("do", "run")]).await.text();
    assert!(!hostile.contains("</textarea><script>"));
}

#[tokio::test]
async fn every_saved_query_has_a_page_with_an_answer() {
    let routes = routes(published_sample());
    let files = std::fs::read_dir(project().join("sql/queries")).unwrap().flatten();
    let names: Vec<String> = files.map(|f| f.path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert!(names.len() >= 4);
    for name in names {
        for lang in ["zh", "en"] {
            let path = format!("/sql/{name}?lang={lang}");
            let page = get(&routes, &path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text().contains("<tbody"), "{path} has no rows");
            assert_eq!(get(&routes, &path).await.body, page.body, "{path}");
        }
    }
    assert_eq!(get(&routes, "/sql/nothing").await.status, 404);
    assert_eq!(get(&routes, "/sql/behind?edition=9").await.status, 404);
}

#[tokio::test]
async fn a_saved_query_that_fails_says_so_in_its_status_too() {
    let dir = scratch();
    copy_project(dir.path());
    for (name, sql, status) in [("gone", "select * from measures.gone", 404), ("wrong", "select nothing", 400)] {
        let file = dir.path().join(format!("sql/queries/{name}.sql"));
        std::fs::write(file, format!("-- A mistake\n-- zh: \u{9519}\u{8bef}\n{sql}\n")).unwrap();
        let routes = router(served_by(dir.path(), published_sample()));
        let path = format!("/sql/{name}?lang=en");
        for known in ["", "*"] {
            let page = send(&routes, Method::GET, &path, &[("if-none-match", known)]).await;
            assert_eq!(
                (page.status, page.header(header::CACHE_CONTROL)),
                (status, "no-store"),
                "{name} {}",
                page.text()
            );
            assert!(page.text().contains(sql) && page.text().contains("</html>"), "{}", page.text());
            assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("script-src 'self'"));
        }
    }
}

/// What the answer to one question tells of texts that it brings itself.
async fn told(texts: &[&str]) -> Vec<String> {
    let columns: Vec<String> = texts.iter().enumerate().map(|(at, text)| format!("'{text}' as c{at}")).collect();
    let answer = ask_sql(&routes(published_sample()), &format!("select {}", columns.join(", "))).await.json();
    (0..texts.len()).map(|at| answer["rows"][0][format!("c{at}")].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_number_is_covered_however_it_is_typed() {
    let texts = [
        "13804311234",
        "+8613804311234",
        "tel13804311234",
        "HT138-0431-1234",
        "13804311234A座",
        "13804311234x2",
        "138 0431 1234",
        "138.0431.1234",
        "138/0431/1234",
        "138_0431_1234",
        "138–0431–1234",
        "138·0431·1234",
        "138-04311234",
        "1380431-1234",
        "(138)04311234",
        "(138) 0431 1234",
        "138-043-11234",
        "220821198001010022",
        "22082119800101002X",
        "220821-19800101-0022",
        "220821 1980 0101 0022",
        "甲22082119800101002213804311234",
        "甲1380431123413904311234",
        "甲车间213804311234",
        "甲LiWei13804311234",
        "丙22082119800101002x13804311234",
    ];
    for (text, told) in texts.iter().zip(told(&texts).await) {
        let digits = told.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 2, "`{text}` is told as `{told}`");
    }
    assert_eq!(told(&["a 138-0431-1234 b 2018-09-30"]).await, ["a ***-****-**** b 2018-09-30"]);
}

#[tokio::test]
async fn other_numbers_are_told() {
    let texts = [
        "ledger/220821_2018-06.xlsx",
        "220821100200",
        "小合村 220821100200",
        "2018-09-30 12:00:00",
        "91220101MA0Y1234X5",
        "0e13804311234f",
        "5c13904311234abdf0",
        "2018093000012",
        "ab13804311234cd",
        "1.3804311234",
        "合同 2018-0930-001",
        "400 38 30 5000 6500",
        "220821 220822 220881",
        "12345678901",
        "10.0.0.13:80",
    ];
    assert_eq!(told(&texts).await, texts);
}
