//! The one door: it answers questions, changes nothing, and stops what would not end.

use crate::support::{jindu, project, published_sample};
use jindu::error::Error;
use jindu::project::Project;
use jindu::warehouse::{Limits, Reader, Warehouse};
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Asks through the program, the text on its standard input.
fn ask_program(sql: &str) -> Output {
    let mut command = jindu(&project(), published_sample(), Path::new("."));
    command.args(["query", "-", "--format", "json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(sql.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn check_refused(sql: &str, key: &str) {
    let out = ask_program(sql);
    let said = String::from_utf8_lossy(&out.stderr);
    let asked = &sql[..sql.len().min(90)];
    assert_eq!(out.status.code(), Some(2), "{asked}\n{said}");
    assert!(said.starts_with(&format!("error[{key}]")), "{asked}: wanted {key}\n{said}");
    assert!(out.stdout.is_empty() && said.len() < 3_000, "{asked}\n{said}");
}

#[test]
fn statements_that_are_no_question_are_refused_as_such() {
    let target = crate::support::scratch();
    let out = target.path().join("out.csv");
    for sql in [
        &format!("copy (select 1) to '{}'", out.display()),
        &format!("copy measures.progress to '{}' stored as csv", out.display()),
        "create table x as select 1",
        "create view v as select 1",
        "create external table t stored as csv location '/etc/hostname'",
        "insert into measures.progress select * from measures.progress",
        "update measures.progress set actual = 1",
        "delete from measures.progress",
        "drop table measures.progress",
        "set datafusion.execution.batch_size = 1",
        "prepare p as select 1",
        "explain select 1",
        "explain analyze select 1",
        "describe measures.progress",
        "show tables",
        "with recursive n as (select 1 as i union all select i + 1 from n) select * from n",
    ] {
        check_refused(sql, "query_reads");
    }
    assert!(!out.exists(), "a file was written");
    for sql in ["select 1; select 2", "", ";", "-- nothing", "selekt 1", "select 'open", "select \u{0}"] {
        check_refused(sql, "query_sql");
    }
}

#[test]
fn people_and_places_outside_the_edition_are_not_in_the_room() {
    for sql in [
        "select * from raw.ledger",
        "select * from staging.ledger",
        "select 1 where exists (select 1 from staging.ledger)",
        "with l as (select * from raw.ledger) select count(*) from l",
        "select * from \"raw\".\"ledger\"",
        "select * from quarantine.ledger",
        "select * from '/etc/passwd'",
        "select * from information_schema.tables",
        "select * from datafusion.measures.nothing",
        "select * from progress",
    ] {
        check_refused(sql, "query_table");
    }
    for sql in [
        "select person_id from measures.persons",
        "select name from measures.persons",
        "select phone from measures.persons",
        "select persons.name from measures.persons as persons",
        "select no_such_function(1)",
        "select $region",
    ] {
        check_refused(sql, "query_plan");
    }
}

#[test]
fn texts_that_would_take_the_stack_are_refused_before_they_do() {
    check_refused(&format!("select '{}'", "a".repeat(1 << 20)), "query_text");
    check_refused(&format!("select {}1{}", "(".repeat(100_000), ")".repeat(100_000)), "query_text");
    check_refused(&format!("select {}", vec!["1"; 100_000].join("+")), "query_text");
    check_refused(&format!("select {}1{}", "(".repeat(30_000), ")".repeat(30_000)), "query_depth");
    // Each nests the plan one deeper: 60 kB of them are thousands.
    let chains = [
        ("1", "+1"),
        ("1", "<1"),
        ("1", "%1"),
        ("1", "&1"),
        ("1=1", "=true"),
        ("'a'", "||'a'"),
        ("'1'", "::text"),
        ("1", " is null"),
        ("true", " or true"),
        ("(true)", "or(true)"),
        ("true", " and not true"),
    ];
    for (first, link) in chains {
        check_refused(&format!("select {first}{}", link.repeat(60_000 / link.len())), "query_depth");
    }
    check_refused(&format!("select {}1", "- ".repeat(25_000)), "query_depth");
    check_refused(&format!("select {}1{}", "[".repeat(30_000), "]".repeat(30_000)), "query_sql");
    // What people write stays well within: a list of a thousand codes.
    let many: Vec<String> = (0..1_000).map(|n| format!("'{n:06}'")).collect();
    let out =
        ask_program(&format!("select count(*) as n from measures.progress where region_code in ({})", many.join(", ")));
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn a_mistake_is_told_in_a_few_words() {
    let many: Vec<String> = (0..1_500).map(|n| format!("match (region_code) against ('{n}')")).collect();
    let long = "x".repeat(50_000);
    for (sql, key, words) in [
        ("select match (a) against ('x')", "query_plan", "MatchAgainst \u{2026}\n"),
        (&format!("select {} from measures.progress", many.join(", ")), "query_plan", "MatchAgainst \u{2026}\n"),
        (
            "select * from measures.progress pivot (sum(actual) for light in ('red'))",
            "query_plan",
            "node Pivot \u{2026}\n",
        ),
        (&format!("select {long} from measures.progress"), "query_plan", "No field named xxxx"),
        (&format!("select * from measures.{long}"), "query_table", "there is no table measures.xxxx"),
        (&format!("select 1 a '{}'", "x".repeat(5_000)), "query_sql", "Expected: end of statement"),
        (&format!("select '\u{6c49}{0}'::bigint", "\u{5b57}".repeat(9_000)), "query_plan", "\u{5b57}\u{2026}\n"),
    ] {
        let out = ask_program(sql);
        let said = String::from_utf8_lossy(&out.stderr);
        let is_so = said.starts_with(&format!("error[{key}]")) && said.contains(words) && said.len() < 2_000;
        assert!(
            is_so,
            "{}: wanted {key}, {words}\n{}",
            &sql[..60.min(sql.len())],
            &said[..said.floor_char_boundary(2_000)]
        );
        assert!(!said.contains(" { ") && !said.contains("Ident"), "{said}");
    }
}

#[tokio::test]
async fn the_same_question_has_the_same_answer() {
    let (reader, edition) = reader(Limits::default());
    for (asked, told) in [
        ("now()", "now"),
        ("current_timestamp", "current_timestamp"),
        ("current_date", "current_date"),
        ("current_date()", "current_date"),
        ("today()", "today"),
        ("current_time", "current_time"),
        ("uuid()", "uuid"),
        ("random()", "random"),
        ("rand()", "rand"),
        ("input_file_name()", "input_file_name"),
        ("coalesce(1, 2) + cast(random() * 9 as int)", "random"),
    ] {
        for sql in [
            format!("select {asked} as x"),
            format!("select 1 from measures.progress where {asked} is not null"),
            format!("select (select max({asked}) from policy.regions)"),
            format!("with a as (select {asked} as x) select count(x) from a"),
            format!("select region_code from policy.regions order by {asked}"),
        ] {
            let error = reader.ask_rows(&edition, &sql, &[]).await.expect_err(&sql);
            assert_eq!((error.key, error.arg("function")), ("query_steady", Some(told)), "{sql}: {error}");
            assert!(error.position().is_some() && error.to_string().contains("run.context"), "{sql}: {error}");
        }
    }
    reader.ask_rows(&edition, "select as_of - interval '1 month' as x from run.context", &[]).await.unwrap();
}

fn reader(limits: Limits) -> (Reader, jindu::warehouse::Edition) {
    let warehouse = Warehouse::open_existing(published_sample()).unwrap();
    let edition = warehouse.edition(None).unwrap();
    (Reader::new(Arc::new(Project::read(&project()).unwrap()), warehouse, limits).unwrap(), edition)
}

async fn ask_within(limits: Limits, sql: &str) -> Error {
    let (reader, edition) = reader(limits);
    match reader.ask_rows(&edition, sql, &[]).await {
        Ok(rows) => panic!("{sql} was answered with {} rows", rows.len()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_question_that_would_not_end_is_stopped() {
    let limits = Limits { time: Duration::from_secs(2), ..Limits::default() };
    published_sample();
    for sql in [
        "select count(*) from measures.persons a cross join measures.persons b cross join measures.persons c",
        "select count(*) from measures.persons a inner join measures.persons b on a.age + b.age > 1000",
    ] {
        let start = Instant::now();
        let error = ask_within(limits, sql).await;
        assert_eq!(error.key, "query_time", "{sql}: {error}");
        assert!(start.elapsed() < Duration::from_secs(30), "{sql}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn rows_and_memory_have_their_limits() {
    let few = Limits { rows: 1_000, ..Limits::default() };
    let error = ask_within(few, "select a.person_key from measures.persons a cross join measures.persons b").await;
    assert_eq!((error.key, error.arg("limit")), ("query_rows", Some("1000")));
    let small = Limits { memory_bytes: 1024 * 1024, ..Limits::default() };
    let error = ask_within(
        small,
        "select person_key, month, count(*) from measures.persons group by person_key, month order by 3",
    )
    .await;
    assert_eq!((error.key, error.arg("limit")), ("query_memory", Some("1")));
    // The door is still open after all of that.
    let (reader, edition) = reader(small);
    let rows = reader
        .ask_rows(&edition, "select count(*) as n from policy.regions where level = $level", &[("level", "unit")])
        .await;
    assert_eq!(rows.unwrap().get(0, "n").unwrap().as_i64(), Some(12));
}

#[test]
fn an_edition_that_does_not_exist_is_refused() {
    let mut command = jindu(&project(), published_sample(), Path::new("."));
    let out = command.args(["query", "select 1", "--edition", "99"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).starts_with("error[edition_unknown]"));
}
