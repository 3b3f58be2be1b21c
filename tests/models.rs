//! Tests of the room models: SQL over the published sample (`tests/slt`), the engine on a project of its own that each
//! test breaks in one place (`tests/fixtures/orchard`), and the arithmetic of the ranking.

use crate::slt::{Record, Wanted, one_space, read_records};
use crate::support::{copy_folder, jindu, project, published_sample, run, run_well, scratch};
use jindu::project::Project;
use jindu::ranking::{COMPLETION_SCALE, Part, Score, rank_lower, rank_upper, weighted_completion};
use jindu::rows::Value;
use jindu::warehouse::{Limits, Reader, Warehouse};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;
use tempfile::TempDir;

// ---- SQL over the sample ----

/// A cell as the files write it.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) if text.is_empty() => "(empty)".to_owned(),
        other => other.to_string(),
    }
}

/// Whether a text holds the words; `.*` stands for whatever lies between.
fn says(text: &str, words: &str) -> bool {
    let mut rest = text;
    words.split(".*").all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Every record of every file is asked; all that differ are shown at once.
#[test]
fn the_sample_answers_as_the_slt_files_say() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(project().join("tests/slt")).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let records: Vec<Record> = files.iter().flat_map(|file| read_records(file)).collect();
    assert!(records.len() > 50, "only {} records", records.len());
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(16 << 20).enable_all().build().unwrap();
    let warehouse = Warehouse::open_existing(published_sample()).unwrap();
    let edition = warehouse.edition(None).unwrap();
    let reader = Reader::new(Arc::new(Project::read(&project()).unwrap()), warehouse, Limits::default()).unwrap();
    let mut wrong = Vec::new();
    for Record { place, sql, wanted } in records {
        let answer = runtime.block_on(reader.ask_rows(&edition, &sql, &[]));
        match (wanted, answer) {
            (Wanted::Rows(wanted), Ok(answer)) => {
                let found: Vec<String> = answer
                    .rows
                    .iter()
                    .map(|row| one_space(&row.iter().map(cell).collect::<Vec<_>>().join(" ")))
                    .collect();
                if found != wanted {
                    wrong.push(format!("{place}\nwanted\n{}\nfound\n{}", wanted.join("\n"), found.join("\n")));
                }
            }
            (Wanted::Error(words), Err(error)) if says(&error.to_string(), &words) => {}
            (Wanted::Error(words), answer) => wrong.push(format!("{place}: wanted an error `{words}`, {answer:?}")),
            (_, Err(error)) => wrong.push(format!("{place}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

// ---- The engine ----

/// A copy of the orchard with an inbox of three lots.
struct Orchard {
    dir: TempDir,
}

impl Orchard {
    fn new() -> Orchard {
        let orchard = Orchard { dir: scratch() };
        copy_folder(&project().join("tests/fixtures/orchard"), &orchard.at("project"));
        orchard.deliver("E01_2018-06", "Lot,Fruit,Baskets\na,apple,4\nb,pear,3\n");
        orchard.deliver("W01_2018-06", "Lot,Fruit,Baskets\nc,apple,20\n");
        orchard
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn deliver(&self, name: &str, csv: &str) {
        std::fs::create_dir_all(self.at("inbox/harvests")).unwrap();
        std::fs::write(self.at(&format!("inbox/harvests/{name}.csv")), csv).unwrap();
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.at("project").join(path), text).unwrap();
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.at("project").join(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    fn run(&self, args: &[&str]) -> Output {
        run(jindu(&self.at("project"), &self.at("data"), &self.at("inbox")).args(args))
    }

    fn night(&self) -> Output {
        self.run(&["night", "--as-of", "2018-06-30"])
    }

    fn night_well(&self) {
        run_well(jindu(&self.at("project"), &self.at("data"), &self.at("inbox")).args([
            "night",
            "--as-of",
            "2018-06-30",
        ]));
    }

    fn said(&self, args: &[&str]) -> String {
        run_well(jindu(&self.at("project"), &self.at("data"), &self.at("inbox")).args(args))
    }

    /// A night that must fail with this exit code and say all of this.
    fn refused(&self, code: i32, parts: &[&str]) {
        let out = self.night();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(code), "{said}");
        for part in parts {
            assert!(said.contains(part), "`{part}` is not in:\n{said}");
        }
    }

    /// What `build --plan` says, by model.
    fn plan(&self, as_of: &str) -> BTreeMap<String, String> {
        let said = self.said(&["build", "--plan", "--as-of", as_of]);
        let rows = said.lines().skip(2).filter_map(|l| l.split_once("  "));
        rows.map(|(model, why)| (model.to_owned(), why.trim().to_owned())).collect()
    }

    /// The models that the plan would build, with why.
    fn planned(&self, as_of: &str) -> Vec<(String, String)> {
        let plan = self.plan(as_of);
        assert!(plan.contains_key("measures.progress"), "{plan:?}");
        plan.into_iter().filter(|(_, why)| !why.starts_with("kept")).collect()
    }

    /// The models that the last build built, with whether their rows changed.
    fn build(&self) -> Vec<(String, String)> {
        let said = self.said(&["build", "--as-of", "2018-06-30"]);
        let cells = |l: &str| l.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut built: Vec<_> = said.lines().skip(2).map(cells).map(|c| (c[0].clone(), c[3].clone())).collect();
        built.sort();
        built
    }

    fn ask(&self, sql: &str, edition: u64) -> String {
        self.said(&["query", sql, "--format", "csv", "--edition", &edition.to_string()])
    }

    fn editions(&self) -> Vec<String> {
        let Ok(dir) = std::fs::read_dir(self.at("data/editions")) else { return Vec::new() };
        let mut names: Vec<String> = dir.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn an_unknown_table_is_refused_with_its_place_and_the_nearest() {
    let orchard = Orchard::new();
    orchard.replace("sql/measures/baskets.sql", "from staging.harvests", "from staging.harvest");
    orchard.refused(
        2,
        &[
            "sql/measures/baskets.sql line 5:",
            "`measures.baskets` reads staging.harvest,",
            "the nearest table: staging.harvests",
        ],
    );
    assert!(orchard.editions().is_empty());
}

#[test]
fn a_table_named_in_a_comment_does_not_mislead_the_line() {
    let orchard = Orchard::new();
    orchard.replace(
        "sql/measures/baskets.sql",
        "-- kept as: table",
        "-- kept as: table\n--\n-- Was read from staging.harvest once.",
    );
    orchard.replace("sql/measures/baskets.sql", "from staging.harvests", "from staging.harvest");
    orchard.refused(2, &["sql/measures/baskets.sql line 7:"]);
}

#[test]
fn an_unknown_column_is_refused_with_its_place_and_the_nearest() {
    let orchard = Orchard::new();
    orchard.replace("sql/measures/baskets.sql", "sum(baskets) as baskets", "sum(basket) as baskets");
    orchard.refused(
        2,
        &[
            "cannot build model `measures.baskets`",
            "sql/measures/baskets.sql line 10 column 13",
            "the nearest column: baskets",
        ],
    );
    assert!(orchard.editions().is_empty());
}

#[test]
fn sql_that_does_not_parse_is_refused_with_its_line() {
    let orchard = Orchard::new();
    orchard.replace("sql/measures/baskets.sql", "    group by region_code", "    group region_code");
    orchard.refused(2, &["sql/measures/baskets.sql line 12: the SQL does not parse"]);
}

#[test]
fn every_mistake_is_reported_at_once() {
    let orchard = Orchard::new();
    orchard.replace("sql/measures/baskets.sql", "from staging.harvests", "from staging.harvest");
    orchard.replace("sql/supervision/ranking.sql", "from measures.progress", "from measures.progres");
    orchard.refused(2, &["staging.harvests", "the nearest table: measures.progress"]);
}

#[test]
fn a_loop_names_its_members_and_no_bystander() {
    let orchard = Orchard::new();
    let model = |reads: &str| format!("-- A test.\n-- grain: a\n-- kept as: table\nselect a from measures.{reads}\n");
    orchard.write("sql/measures/loop_one.sql", &model("loop_two"));
    orchard.write("sql/measures/loop_two.sql", &model("loop_three"));
    orchard.write("sql/measures/loop_three.sql", &model("loop_one"));
    orchard.write("sql/measures/bystander.sql", &model("loop_one"));
    let out = orchard.night();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2));
    for member in ["measures.loop_one", "measures.loop_two", "measures.loop_three"] {
        assert!(said.contains(member), "{said}");
    }
    assert!(!said.contains("bystander"), "{said}");
    let itself = Orchard::new();
    itself.write("sql/measures/loop_one.sql", &model("loop_one"));
    itself.refused(2, &["in a loop: measures.loop_one\n"]);
}

#[test]
fn a_layer_that_reads_the_wrong_way_is_refused() {
    let wrong = [
        ("policy", "measures.baskets"),
        ("policy", "raw.harvests"),
        ("meta", "csv.goals"),
        ("meta", "raw.harvests"),
        ("meta", "measures.baskets"),
        ("staging", "meta.lots"),
        ("staging", "policy.goals"),
        ("staging", "measures.baskets"),
        ("staging", "staging.harvests"),
        ("measures", "raw.harvests"),
        ("measures", "csv.goals"),
        ("measures", "supervision.ranking"),
        ("measures", "checks.no_empty_lot"),
        ("supervision", "staging.harvests"),
        ("supervision", "raw.harvests"),
        ("reports", "staging.harvests"),
        ("reports", "supervision.ranking"),
        ("checks", "raw.harvests"),
    ];
    let orchard = Orchard::new();
    std::fs::create_dir_all(orchard.at("project/sql/reports")).unwrap();
    std::fs::create_dir_all(orchard.at("project/sql/meta")).unwrap();
    // A model of the layer meta, and a table of the load's own, which may not be made again.
    for name in ["lots", "notes"] {
        let sql = "-- A test.\n-- grain: file\n-- kept as: table\nselect file from meta.deliveries\n";
        orchard.write(&format!("sql/meta/{name}.sql"), sql);
    }
    for (i, (layer, table)) in wrong.iter().enumerate() {
        let sql = format!("-- A test.\n-- grain: a\n-- kept as: table\nselect\n    1 as a\nfrom {table}\n");
        orchard.write(&format!("sql/{layer}/wrong_{i}.sql"), &sql);
    }
    let out = orchard.night();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2));
    for (i, (layer, table)) in wrong.iter().enumerate() {
        let sentence = format!("sql/{layer}/wrong_{i}.sql line 6: model `{layer}.wrong_{i}` must not read {table}");
        assert!(said.contains(&sentence), "`{sentence}` is not in:\n{said}");
    }
    assert!(said.contains("sql/meta/notes.sql: the program itself makes a table `meta.notes`"), "{said}");
}

#[test]
fn only_a_question_can_be_a_model() {
    for sql in [
        "create table t as select 1 as a",
        "drop table measures.baskets",
        "insert into measures.baskets select 1",
        "select 1 as a; select 2 as a",
    ] {
        let orchard = Orchard::new();
        orchard.write("sql/measures/wrong.sql", &format!("-- A test.\n-- grain: a\n-- kept as: table\n{sql}\n"));
        orchard.refused(2, &["sql/measures/wrong.sql"]);
    }
}

#[test]
fn the_grain_is_a_test() {
    let twice = Orchard::new();
    twice.replace("sql/measures/fruits.sql", "-- grain: fruit", "-- grain: fruit, baskets");
    twice.replace(
        "sql/measures/fruits.sql",
        "select * from fruits",
        "select * from fruits union all select * from fruits",
    );
    twice.refused(
        1,
        &["model `measures.fruits` has 2 rows with the key of another (fruit, baskets)", "sql/measures/fruits.sql"],
    );
    assert!(twice.editions().is_empty());
    let blank = Orchard::new();
    blank.replace(
        "sql/measures/fruits.sql",
        "select * from fruits",
        "select nullif(fruit, 'pear') as fruit, baskets from fruits",
    );
    blank.refused(1, &["model `measures.fruits` has 1 rows with a blank in its grain column fruit"]);
    let missing = Orchard::new();
    missing.replace("sql/measures/fruits.sql", "-- grain: fruit", "-- grain: fruit, colour");
    missing.refused(2, &["model `measures.fruits` has no grain column colour"]);
}

#[test]
fn a_header_that_lacks_something_is_refused_with_file_and_line() {
    let cases = [
        ("-- grain: fruit\n", "", "sql/measures/fruits.sql line 1: the model's header lacks or mistakes: -- grain:"),
        (
            "-- Baskets by fruit: a model that knows no goal.\n",
            "",
            "sql/measures/fruits.sql line 1: the model's header lacks or mistakes: -- <sentence>",
        ),
        (
            "-- kept as: table",
            "-- kept as: tabel",
            "sql/measures/fruits.sql line 3: the model's header lacks or mistakes: kept as: table | view",
        ),
    ];
    for (from, to, sentence) in cases {
        let orchard = Orchard::new();
        orchard.replace("sql/measures/fruits.sql", from, to);
        orchard.refused(2, &[sentence]);
    }
    let check = Orchard::new();
    check.replace("sql/checks/no_empty_lot.sql", "-- severity: error", "-- severity: fatal");
    check.refused(2, &["sql/checks/no_empty_lot.sql line 2:", "severity: error | warning"]);
}

#[test]
fn a_second_night_builds_nothing_and_publishes_nothing() {
    let orchard = Orchard::new();
    assert!(!orchard.at("data").exists());
    orchard.night_well();
    assert_eq!(orchard.planned("2018-06-30"), []);
    assert_eq!(orchard.build(), []);
    orchard.night_well();
    assert_eq!(orchard.editions(), ["000001.json"]);
}

#[test]
fn the_plan_says_what_is_rebuilt_and_why_and_the_build_does_that() {
    let orchard = Orchard::new();
    orchard.night_well();

    // Another meaning: the model, and what reads it, all the way down.
    orchard.replace("sql/measures/baskets.sql", "sum(baskets) as baskets", "sum(baskets) + 1 as baskets");
    assert_eq!(
        orchard.planned("2018-06-30"),
        pairs(&[
            ("measures.baskets", "its SQL changed"),
            ("measures.progress", "if these come out otherwise: measures.baskets"),
            ("supervision.ranking", "if these come out otherwise: measures.progress"),
        ])
    );
    assert_eq!(
        orchard.build(),
        pairs(&[("measures.baskets", "yes"), ("measures.progress", "yes"), ("supervision.ranking", "yes")])
    );
    assert_eq!(orchard.planned("2018-06-30"), []);

    // A comment: that model alone.
    orchard.replace("sql/measures/baskets.sql", "group by region_code", "group by region_code -- the garden");
    assert_eq!(orchard.planned("2018-06-30")[0], ("measures.baskets".to_owned(), "its SQL changed".to_owned()));
    assert_eq!(orchard.build(), pairs(&[("measures.baskets", "no")]));

    // Other SQL with the same rows: that model alone.
    orchard.replace("sql/measures/baskets.sql", "sum(baskets) + 1", "1 + sum(baskets)");
    assert_eq!(orchard.build(), pairs(&[("measures.baskets", "no")]));

    // A policy row: the policy table first, then who reads it; fruits and baskets know nothing of goals.
    orchard.replace("sql/policy/goals.csv", "W01,20,", "W01,40,");
    assert_eq!(
        orchard.planned("2018-06-30"),
        pairs(&[
            ("checks.goals_are_small", "if these come out otherwise: policy.goals"),
            ("measures.progress", "if these come out otherwise: policy.goals"),
            ("policy.goals", "what it reads changed: csv.goals"),
            ("supervision.ranking", "if these come out otherwise: measures.progress"),
        ])
    );
    assert_eq!(
        orchard.build(),
        pairs(&[
            ("checks.goals_are_small", "no"),
            ("measures.progress", "yes"),
            ("policy.goals", "yes"),
            ("supervision.ranking", "yes"),
        ])
    );

    // Another day: only what reads run.context, and what that may change.
    assert_eq!(
        orchard.planned("2018-07-31"),
        pairs(&[
            ("measures.progress", "what it reads changed: run.context"),
            ("supervision.ranking", "if these come out otherwise: measures.progress"),
        ])
    );

    // A delivery: who reads the feed, through the view.
    orchard.deliver("E01_2018-07", "Lot,Fruit,Baskets\nd,pear,1\n");
    orchard.night_well();
    assert_eq!(orchard.ask("select baskets from measures.baskets where region_code = 'E01'", 2), "baskets\n9\n");

    // A new model.
    orchard.write(
        "sql/measures/new.sql",
        "-- New.\n-- grain: a\n-- kept as: table\nselect 1 as a from policy.goals limit 1\n",
    );
    assert_eq!(orchard.planned("2018-06-30"), pairs(&[("measures.new", "new: never built")]));
}

#[test]
fn a_view_s_comment_rebuilds_its_readers_and_nothing_below_them() {
    let orchard = Orchard::new();
    orchard.night_well();
    orchard.replace("sql/staging/harvests.sql", "    fruit,", "    fruit, -- what grew");
    assert_eq!(
        orchard.build(),
        pairs(&[("checks.no_empty_lot", "no"), ("measures.baskets", "no"), ("measures.fruits", "no")])
    );
}

#[test]
fn a_failing_check_of_severity_error_stops_publication() {
    let orchard = Orchard::new();
    orchard.night_well();
    let before = std::fs::read(orchard.at("data/editions/000001.json")).unwrap();
    orchard.deliver("W01_2018-06_again", "Lot,Fruit,Baskets\nc,apple,0\n");
    orchard.refused(1, &["check checks.no_empty_lot failed: 1 rows", "No lot is empty."]);
    assert_eq!(orchard.editions(), ["000001.json"]);
    assert_eq!(std::fs::read(orchard.at("data/editions/000001.json")).unwrap(), before);
    let newest =
        orchard.said(&["query", "select actual from measures.progress order by region_code", "--format", "csv"]);
    assert_eq!(newest, "actual\n7\n20\n");
    // It stops every night, not only the one that built it.
    orchard.refused(1, &["check checks.no_empty_lot failed"]);
    orchard.deliver("W01_2018-06_again", "Lot,Fruit,Baskets\nc,apple,21\n");
    orchard.night_well();
    assert_eq!(orchard.editions(), ["000001.json", "000002.json"]);
}

#[test]
fn a_failing_check_of_severity_warning_is_said_and_does_not_stop() {
    let orchard = Orchard::new();
    orchard.replace("sql/policy/goals.csv", "W01,20,", "W01,2000,");
    let out = orchard.night();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{said}");
    assert!(said.contains("check checks.goals_are_small: 1 rows - No goal is above a hundred baskets."), "{said}");
    let edition: Json =
        serde_json::from_slice(&std::fs::read(orchard.at("data/editions/000001.json")).unwrap()).unwrap();
    let check = edition["checks"].as_array().unwrap().iter().find(|c| c["check"] == "checks.goals_are_small").unwrap();
    assert_eq!((check["severity"].as_str(), check["rows"].as_u64()), (Some("warning"), Some(1)));
}

#[test]
fn an_edition_is_never_overwritten_and_says_the_same_for_ever() {
    let orchard = Orchard::new();
    orchard.night_well();
    let ask = |edition| orchard.ask("select * from measures.progress order by region_code", edition);
    let file = std::fs::read(orchard.at("data/editions/000001.json")).unwrap();
    let first = ask(1);
    // More baskets, then another column, then back to what was: four editions.
    orchard.deliver("W01_2018-06_again", "Lot,Fruit,Baskets\nc,apple,21\n");
    orchard.night_well();
    orchard.replace("sql/measures/progress.sql", "context.as_of,", "context.as_of,\n        1 as more,");
    orchard.night_well();
    orchard.replace("sql/measures/progress.sql", "        1 as more,\n", "");
    orchard.deliver("W01_2018-06_more", "Lot,Fruit,Baskets\nc,apple,20\n\n");
    orchard.night_well();
    assert_eq!(orchard.editions(), ["000001.json", "000002.json", "000003.json", "000004.json"]);
    assert_eq!(std::fs::read(orchard.at("data/editions/000001.json")).unwrap(), file);
    assert_eq!(ask(1), first);
    assert_ne!(ask(2), first);
    assert!(ask(3).contains("more"));
    assert!(!ask(2).contains("more"));
    assert_eq!(ask(4), first);
}

#[test]
fn the_columns_stand_as_the_model_says_after_a_change_of_order() {
    let orchard = Orchard::new();
    orchard.night_well();
    orchard.replace(
        "sql/measures/fruits.sql",
        "        fruit,\n        sum(baskets) as baskets\n",
        "        sum(baskets) as baskets,\n        fruit\n",
    );
    orchard.night_well();
    assert_eq!(orchard.ask("select * from measures.fruits order by fruit", 1), "fruit,baskets\napple,24\npear,3\n");
    assert_eq!(orchard.ask("select * from measures.fruits order by fruit", 2), "baskets,fruit\n24,apple\n3,pear\n");
}

#[test]
fn the_difference_of_two_editions_names_files_tables_rows_and_figures() {
    let orchard = Orchard::new();
    orchard.night_well();
    orchard.replace("sql/policy/goals.csv", "E01,10,", "E01,7,");
    orchard.deliver("W01_2018-06_again", "Lot,Fruit,Baskets\nc,apple,19\nd,pear,2\n");
    orchard.night_well();
    let said = orchard.said(&["editions", "diff", "1", "2"]);
    let rows: Vec<Vec<&str>> = said.lines().map(|l| l.split_whitespace().collect()).collect();
    let has = |row: &[&str]| assert!(rows.iter().any(|r| r == row), "{row:?} is not in:\n{said}");
    has(&["sql/policy/goals.csv", "changed"]);
    has(&["raw.harvests", "3", "4", "1"]);
    has(&["measures.baskets", "2", "2", "0"]);
    has(&["policy.goals", "2", "2", "0"]);
    has(&["E01", "B1", "7", "7", "10", "7", "-30", "0", "red", "done"]);
    has(&["W01", "B1", "20", "21", "20", "20", "0", "5", "done", "done"]);
    for same in ["policy.regions", "sql/measures/baskets.sql"] {
        assert!(!said.contains(same), "{same} did not change:\n{said}");
    }
    let back = orchard.said(&["editions", "diff", "2", "1"]);
    assert!(back.lines().any(|l| l.split_whitespace().eq(["raw.harvests", "4", "3", "-1"])), "{back}");
    let unknown = orchard.run(&["editions", "diff", "1", "3"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no edition 3"));
}

// ---- The ranking's arithmetic ----

const ONE: i128 = 10i128.pow(COMPLETION_SCALE);

fn completion(parts: &[(i64, i64, i64)]) -> Option<i128> {
    let parts: Vec<Part> = parts
        .iter()
        .map(|(numerator, denominator, weight)| Part {
            numerator: *numerator,
            denominator: *denominator,
            weight: *weight,
        })
        .collect();
    weighted_completion(&parts)
}

#[test]
fn a_completion_is_capped_weighted_and_leaves_out_what_has_no_task() {
    assert_eq!(completion(&[]), None);
    assert_eq!(completion(&[(5, 0, 1), (5, 10, 0)]), None);
    assert_eq!(completion(&[(5, 10, 1)]), Some(ONE / 2));
    assert_eq!(completion(&[(30, 10, 1), (0, 10, 1)]), Some(ONE / 2), "a surplus makes up for nothing");
    assert_eq!(completion(&[(-5, 10, 1)]), Some(0));
    assert_eq!(completion(&[(1, 2, 3), (0, 2, 1), (9, 0, 5)]), Some(ONE * 3 / 8));
    assert_eq!(completion(&[(i64::MAX, 1, i64::MAX)]), Some(ONE));
}

#[test]
fn a_completion_is_exact_until_the_one_rounding() {
    // Three thirds are one, which rounded thirds are not.
    assert_eq!(completion(&[(1, 3, 1), (1, 3, 1), (1, 3, 1)]), Some(333_333_333_333));
    assert_eq!(completion(&[(1, 3, 1), (2, 3, 1)]), Some(ONE / 2));
    assert_eq!(completion(&[(2, 3, 1)]), Some(666_666_666_667));
    // A half of the last place goes up; just below it goes down.
    assert_eq!(completion(&[(1, 2_000_000_000_000, 1)]), Some(1));
    assert_eq!(completion(&[(1, 2_000_000_000_001, 1)]), Some(0));
    assert_eq!(completion(&[(3, 2_000_000_000_000, 1)]), Some(2));
}

#[test]
fn parts_in_another_order_give_the_same_completion() {
    let parts = [(1, 7, 2), (5, 11, 3), (12, 13, 1), (99, 17, 4), (0, 19, 5)];
    let mut reversed = parts;
    reversed.reverse();
    assert_eq!(completion(&parts), completion(&reversed));
}

#[test]
fn a_sum_that_does_not_fit_is_rounded_far_below_the_last_place() {
    // Six large primes: their product is beyond 128 bits.
    let primes = [
        9_223_372_036_854_775_783,
        9_223_372_036_854_775_643,
        9_223_372_036_854_775_549,
        9_223_372_036_854_775_507,
        9_223_372_036_854_775_433,
        9_223_372_036_854_775_421,
    ];
    let halves: Vec<(i64, i64, i64)> = primes.iter().map(|p| (p / 2, *p, 1)).collect();
    assert_eq!(completion(&halves), Some(ONE / 2));
    let mut mixed = halves.clone();
    mixed[0] = (primes[0], primes[0], 6);
    let got = completion(&mixed).unwrap();
    assert_eq!(got, (ONE * 17 / 2 + 5) / 11, "(6 + 5/2) / 11");
    let mut reversed = mixed.clone();
    reversed.reverse();
    assert_eq!(completion(&reversed), Some(got));
}

fn places(scores: &[Score]) -> Vec<(Option<i64>, Option<i64>)> {
    rank_lower(scores).into_iter().zip(rank_upper(scores)).collect()
}

#[test]
fn equal_scores_share_a_place_and_the_next_is_skipped() {
    let scores = [Some((5, 5)), Some((9, 9)), Some((5, 5)), Some((1, 1))];
    let same = |n| (Some(n), Some(n));
    assert_eq!(places(&scores), [same(2), same(1), same(2), same(4)]);
}

#[test]
fn an_unknown_figure_makes_the_place_an_interval() {
    // 8 is known; 3..9 may stand before it or behind the 4; nobody without a task takes part.
    let scores = [Some((8, 8)), Some((3, 9)), Some((4, 4)), None];
    let interval = |a, b| (Some(a), Some(b));
    assert_eq!(places(&scores), [interval(1, 2), interval(1, 3), interval(2, 3), (None, None)]);
    // Touching ends are ties, not before.
    assert_eq!(places(&[Some((2, 5)), Some((5, 7))]), [interval(1, 2), interval(1, 1)]);
    assert_eq!(places(&[]), []);
}
