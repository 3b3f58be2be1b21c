//! Status codes, fingerprints, host names and limits of the routes.

use super::{get, routes, send};
use crate::support::{ask, published_sample, scratch};
use axum::http::{Method, header};
use flate2::read::GzDecoder;
use std::io::Read;

#[tokio::test]
async fn what_is_there_is_answered_with_its_kind() {
    let routes = routes(published_sample());
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/?lang=en", "text/html; charset=utf-8"),
        ("/regions/220821", "text/html; charset=utf-8"),
        ("/regions/U01/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/panels/glance/targets.csv", "text/csv; charset=utf-8"),
        ("/panels/glance/targets.json", "application/json; charset=utf-8"),
        ("/panels/glance/targets.svg", "image/svg+xml"),
        ("/panels/region/tasks.svg?region=U06&lang=en", "image/svg+xml"),
        ("/api/pages", "application/json; charset=utf-8"),
        ("/api/pages/glance", "application/json; charset=utf-8"),
        ("/api/pages/glance/targets", "application/json; charset=utf-8"),
        ("/api/editions", "application/json; charset=utf-8"),
        ("/api/editions/1", "application/json; charset=utf-8"),
        ("/api/editions/newest", "application/json; charset=utf-8"),
        ("/api/tables", "application/json; charset=utf-8"),
        ("/api/tables/measures/progress", "application/json; charset=utf-8"),
        ("/api/tables/meta/editions", "application/json; charset=utf-8"),
        ("/api/tables/run/context", "application/json; charset=utf-8"),
        ("/jobs", "text/html; charset=utf-8"),
        ("/api/runs", "application/json; charset=utf-8"),
        ("/models", "text/html; charset=utf-8"),
        ("/models/", "text/html; charset=utf-8"),
        ("/models/raw/ledger?lang=en", "text/html; charset=utf-8"),
        ("/models/pages/glance:targets", "text/html; charset=utf-8"),
        ("/models/pages/glance%3Atargets", "text/html; charset=utf-8"),
        ("/api/models", "application/json; charset=utf-8"),
        ("/api/models/measures/progress", "application/json; charset=utf-8"),
    ] {
        let reply = get(&routes, path).await;
        assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (200, kind), "{path}: {}", reply.text());
        assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert!(reply.header(header::CONTENT_SECURITY_POLICY).starts_with("default-src 'none'"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_and_never_a_guess() {
    let routes = routes(published_sample());
    for path in [
        "/nowhere",
        "/models/measures",
        "/models/measures/progres",
        "/models/measures/progress/more",
        "/models/raw/%2e%2e",
        "/modelsmore",
        "/api/models/measures/nothing",
        "/api/models?edition=9",
        "/regions",
        "/regions/999999",
        "/regions/220821/more",
        "/regions/%ff",
        "/regions/..%2f..%2fetc",
        "/?edition=2",
        "/?edition=0",
        "/?edition=18446744073709551616",
        "/?edition=newest",
        "/panels/glance/nothing.csv",
        "/panels/nowhere/targets.csv",
        "/panels/glance/targets",
        "/panels/glance/targets.exe",
        "/panels/glance/headline.svg",
        "/panels/region/tasks.csv?region=x",
        "/api",
        "/api/nowhere",
        "/api/pages/nowhere",
        "/api/pages/glance/nothing",
        "/api/pages/region?region=999999",
        "/api/editions/2",
        "/api/editions/x",
        "/api/tables/raw/ledger",
        "/api/tables/staging/ledger",
        "/api/tables/quarantine/ledger",
        "/api/tables/measures/nothing",
        "/api/tables/measures/progress%20where%20true",
        "/api/tables/measures/progress?offset=x",
        "/api/tables/measures/progress?offset=-1",
    ] {
        let reply = get(&routes, path).await;
        assert_eq!(reply.status, 404, "{path}: {}", reply.text());
        assert!(!reply.body.is_empty(), "{path} says nothing");
        if path.starts_with("/api/") {
            assert!(reply.json()["error"]["message"].is_string(), "{path}: {}", reply.text());
        }
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        for path in ["/", "/api/tables/measures/progress", "/panels/glance/targets.csv"] {
            assert_eq!(send(&routes, method.clone(), path, &[]).await.status, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_known_fingerprint_is_answered_with_304_and_nothing_more() {
    let routes = routes(published_sample());
    for path in ["/", "/style.css", "/panels/glance/targets.svg", "/api/tables/measures/progress"] {
        let first = get(&routes, path).await;
        let etag = first.header(header::ETAG).to_owned();
        assert!(etag.starts_with('"') && etag.len() > 16, "{path}: {etag}");
        for known in [etag.clone(), format!("\"other\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
            let again = send(&routes, Method::GET, path, &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {known}");
            assert_eq!(again.header(header::ETAG), etag, "{path}");
        }
        let other = send(&routes, Method::GET, path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!((other.status, other.body), (200, first.body), "{path}");
    }
    let (zh, en) = (get(&routes, "/").await, get(&routes, "/?lang=en").await);
    assert_ne!(zh.header(header::ETAG), en.header(header::ETAG));
}

#[tokio::test]
async fn text_goes_packed_to_whoever_takes_it_so() {
    let routes = routes(published_sample());
    for path in ["/", "/style.css", "/panels/glance/targets.svg", "/panels/glance/counties.csv", "/api/pages/ranking"] {
        let plain = get(&routes, path).await;
        assert!(plain.headers.get(header::CONTENT_ENCODING).is_none(), "{path}");
        assert_eq!(plain.header(header::VARY), "accept-encoding", "{path}");
        for takes in ["gzip", "br, GZIP;q=0.5", "deflate, gzip"] {
            let packed = send(&routes, Method::GET, path, &[("accept-encoding", takes)]).await;
            assert_eq!(packed.header(header::CONTENT_ENCODING), "gzip", "{path} {takes}");
            assert!(packed.body.len() < plain.body.len(), "{path}");
            let mut unpacked = Vec::new();
            GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain.body, "{path}");
            // Other bytes, another fingerprint; each is known by its own.
            let etag = packed.header(header::ETAG).to_owned();
            assert_ne!(etag, plain.header(header::ETAG), "{path}");
            let known = [("accept-encoding", takes), ("if-none-match", etag.as_str())];
            assert_eq!(send(&routes, Method::GET, path, &known).await.status, 304, "{path}");
        }
        for takes in ["br", "gzip;q=0", "identity", ""] {
            let other = send(&routes, Method::GET, path, &[("accept-encoding", takes)]).await;
            assert_eq!(other.body, plain.body, "{path} {takes}");
        }
    }
    let picture = send(&routes, Method::GET, "/panels/glance/targets.png", &[("accept-encoding", "gzip")]).await;
    assert!(picture.headers.get(header::CONTENT_ENCODING).is_none() && picture.body.starts_with(b"\x89PNG"));
}

/// A browser takes over what a `304` says of the page that it has.
#[tokio::test]
async fn a_known_page_keeps_its_policy_and_a_head_alone_says_the_same() {
    let routes = routes(published_sample());
    for path in ["/", "/sql", "/panels/glance/targets.html", "/panels/glance/targets.xlsx"] {
        let whole = get(&routes, path).await;
        let known = [("if-none-match", whole.header(header::ETAG))];
        let again = send(&routes, Method::GET, path, &known).await;
        let head = send(&routes, Method::HEAD, path, &[]).await;
        assert_eq!((again.status, head.status, head.body.len()), (304, 200, 0), "{path}");
        for other in [&again, &head] {
            for name in [header::CONTENT_SECURITY_POLICY, header::ETAG, header::CACHE_CONTROL] {
                assert_eq!(other.header(name.clone()), whole.header(name.clone()), "{path} {name}");
            }
        }
    }
    let sql = get(&routes, "/sql").await;
    assert!(sql.header(header::CONTENT_SECURITY_POLICY).contains("script-src 'self'"));
}

#[tokio::test]
async fn a_name_of_a_table_is_no_question() {
    let routes = routes(published_sample());
    for name in
        ["ranking%20union%20all%20select%20*%20from%20supervision.ranking", "ranking%20r", "ranking;", "nothing"]
    {
        for layer in ["previous", "supervision", "meta", "run"] {
            assert_eq!(get(&routes, &format!("/api/tables/{layer}/{name}")).await.status, 404, "{layer} {name}");
        }
    }
    assert_eq!(get(&routes, "/api/tables/previous/ranking").await.status, 200);
}

#[tokio::test]
async fn what_goes_on_while_an_edition_stands_is_not_kept() {
    let routes = routes(published_sample());
    for path in ["/api/runs", "/jobs", "/nowhere", "/regions/999999", "/search?q=220821"] {
        let answer = get(&routes, path).await;
        assert!(answer.headers.get(header::ETAG).is_none(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    let routes = routes(published_sample());
    for host in ["localhost", "localhost:8018", "127.0.0.1", "127.0.0.1:8018", "[::1]", "[::1]:8018", "LOCALHOST:8018"]
    {
        assert_eq!(send(&routes, Method::GET, "/healthz", &[("host", host)]).await.status, 200, "{host}");
    }
    for host in
        ["jindu.example", "jindu.example:8018", "localhost.example", "127.0.0.1.example", "10.0.0.5", "", "[::2]"]
    {
        for path in ["/", "/healthz", "/api/tables", "/panels/glance/targets.csv"] {
            let reply = send(&routes, Method::GET, path, &[("host", host)]).await;
            assert_eq!(reply.status, 403, "{host} {path}");
            assert!(reply.body.len() < 100);
        }
    }
}

#[tokio::test]
async fn a_long_table_is_answered_in_parts() {
    let routes = routes(published_sample());
    let all = ask(published_sample(), "select count(*) as n from measures.persons")[0]["n"].as_u64().unwrap();
    assert!(all > 10_000);
    let mut seen = 0;
    while seen < all {
        let reply = get(&routes, &format!("/api/tables/measures/persons?offset={seen}")).await;
        assert_eq!(reply.status, 200);
        let json = reply.json();
        let rows = json["rows"].as_array().unwrap().len() as u64;
        assert_eq!((json["rows_total"].as_u64(), json["offset"].as_u64()), (Some(all), Some(seen)));
        assert_eq!(rows, (all - seen).min(10_000));
        seen += rows;
    }
    let past = get(&routes, "/api/tables/measures/persons?offset=99999999").await;
    assert_eq!((past.status, past.json()["rows"].as_array().unwrap().len()), (200, 0));
}

#[tokio::test]
async fn hostile_addresses_are_answered_calmly() {
    let routes = routes(published_sample());
    let long = "x".repeat(60_000);
    for path in [
        format!("/?region={long}"),
        format!("/?{}", "a=1&".repeat(10_000)),
        "/?lang=%00%ff&edition=".to_owned(),
        "/?lang=tlh".to_owned(),
        "/regions/220000?region=U01".to_owned(),
    ] {
        let reply = get(&routes, &path).await;
        assert_eq!(reply.status, 200, "{}", &path[..40.min(path.len())]);
        assert!(!reply.text().contains(&long[..100]));
    }
    let script = get(&routes, "/nowhere/%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(script.status == 404 && !script.text().contains("<script"));
    let script = get(&routes, "/panels/region/tasks.csv?region=%3Cscript%3E").await;
    assert!(script.status == 404 && !script.text().contains("<script"));
    assert!(get(&routes, &format!("/regions/{long}")).await.status == 404);
}

#[tokio::test]
async fn before_the_first_night_pages_say_so() {
    let data = scratch();
    let routes = routes(data.path());
    for path in ["/", "/ranking?lang=en", "/regions/220000"] {
        let reply = get(&routes, path).await;
        assert!(reply.status == 503 && reply.text().contains("</html>"), "{path}: {}", reply.status);
    }
    for path in [
        "/api/tables",
        "/api/tables/measures/progress",
        "/api/pages/glance",
        "/api/editions/newest",
        "/panels/glance/targets.csv",
    ] {
        assert_eq!(get(&routes, path).await.status, 404, "{path}");
    }
    assert_eq!(get(&routes, "/api/editions").await.text(), "[]\n");
    assert_eq!(get(&routes, "/healthz").await.text(), "ok\n");
}
