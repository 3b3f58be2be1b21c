//! `jindu night`, `build`, `check`, `runs`.

use super::{BuildArgs, Env, NightArgs, RunsArgs, output};
use crate::clock;
use crate::dashboards::Dashboards;
use crate::error::{Error, Result};
use crate::jobs::{Night, NightOutcome, NightRequest, list_runs, run_night};
use crate::load::meta_schemas;
use crate::models::{
    Built, Docs, Gap, Graph, Planned, Schemas, Why, build_models, check_policy_rows, columns_of, find_gaps, plan_all,
    plan_models,
};
use crate::project::{COLUMNS_FILE, Project, line_of};
use crate::rows::{Rows, Value};
use crate::text::visible;
use crate::warehouse::{FeedReport, is_open};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;

/// Files in force and the rows of each feed, as the night prints them.
const OUTCOMES: [&str; 5] = ["current", "superseded", "stale", "identical", "refused"];

pub async fn run(env: &Env, args: &NightArgs) -> Result<()> {
    let project = env.project()?;
    let warehouse = env.warehouse()?;
    let job = env.job(&project, &args.job)?;
    let as_of = match args.as_of {
        Some(day) => day,
        None => clock::day_in(job.zone()?, clock::now()),
    };
    let inbox = env.inbox(&project, job);
    let request = NightRequest {
        project: &project,
        warehouse: &warehouse,
        job_name: &args.job,
        job,
        inbox: &inbox,
        as_of,
        scheduled_for: None,
    };
    let shown = Shown::new(env);
    let outcome = run_night(&request, &shown).await;
    shown.bar.finish_and_clear();
    report(env, &outcome?)
}

/// Prints what a night did: files and rows feed by feed, checks, the edition.
pub fn report(env: &Env, outcome: &NightOutcome) -> Result<()> {
    for passed in &outcome.load.passed_over {
        let why = env.say(&format!("passed.{}", passed.why.name()), &[]);
        eprintln!("{}", env.say("cli.passed_over", &[("path", &visible(&passed.path)), ("why", &why)]));
    }
    if let Some(edition) = &outcome.edition {
        output::print(output::table(&feed_table(env, &edition.load.feeds)).as_bytes())?;
    }
    for check in outcome.checks.iter().filter(|c| c.has_failed()) {
        let rows = check.rows.to_string();
        let said = [("check", check.check.as_str()), ("rows", &rows), ("sentence", &check.sentence)];
        eprintln!("{}", env.say("cli.check_warned", &said));
    }
    for step in &outcome.steps {
        let seconds = format!("{:.2}", step.duration_ms as f64 / 1000.0);
        let name = env.say(&format!("step.{}", step.step), &[]);
        eprintln!("{}", env.say("cli.step_took", &[("step", &name), ("seconds", &seconds), ("detail", &step.detail)]));
    }
    if let Some(edition) = &outcome.edition {
        let (number, as_of) = (edition.edition.to_string(), edition.as_of.to_string());
        let key = if outcome.is_new { "cli.published" } else { "cli.unchanged" };
        eprintln!("{}", env.say(key, &[("edition", &number), ("as_of", &as_of)]));
    }
    Ok(())
}

/// Files by outcome and rows, feed by feed, with the sum that must hold: delivered = loaded + dropped + rejected.
fn feed_table(env: &Env, feeds: &BTreeMap<String, FeedReport>) -> Rows {
    let mut columns = vec!["feed".to_owned()];
    columns.extend(OUTCOMES.iter().map(|o| env.say(&format!("outcome.{o}"), &[])));
    for name in ["rows_delivered", "rows_loaded", "rows_dropped", "rows_rejected", "adds_up"] {
        columns.push(env.say(&format!("cli.{name}"), &[]));
    }
    let mut rows = Vec::new();
    let mut all = FeedReport::default();
    for (feed, report) in feeds {
        rows.push(feed_row(env, feed, report));
        for (outcome, n) in &report.files {
            *all.files.entry(outcome.clone()).or_default() += n;
        }
        all.rows_delivered += report.rows_delivered;
        all.rows_loaded += report.rows_loaded;
        all.rows_dropped += report.rows_dropped;
        all.rows_rejected += report.rows_rejected;
    }
    rows.push(feed_row(env, &env.say("cli.all_feeds", &[]), &all));
    Rows { columns, rows }
}

fn feed_row(env: &Env, feed: &str, report: &FeedReport) -> Vec<Value> {
    let count = |n: u64| Value::Int(n as i64);
    let mut row = vec![Value::Text(feed.to_owned())];
    row.extend(OUTCOMES.iter().map(|o| count(report.files.get(*o).copied().unwrap_or_default())));
    row.extend([report.rows_delivered, report.rows_loaded, report.rows_dropped, report.rows_rejected].map(count));
    let adds_up = report.rows_delivered == report.rows_loaded + report.rows_dropped + report.rows_rejected;
    row.push(Value::Text(env.say(if adds_up { "cli.yes" } else { "cli.no" }, &[])));
    row
}

pub async fn check(env: &Env) -> Result<()> {
    let (project, mut mistakes) = env.project_what_can_be()?;
    let dashboards = crate::dashboards::read_dashboards(&project.dir.join("dashboards"));
    mistakes.extend(dashboards.mistakes.iter().cloned());
    // What a broken file would have brought is not unknown.
    let is_whole = mistakes.is_empty();
    let (graph, of_models) = Graph::read_what_can_be(&project);
    mistakes.extend(of_models.into_iter().filter(|e| is_whole || e.key != "model_table_unknown"));
    mistakes.extend(check_policy_rows(&project, &graph).await?);
    let is_whole = mistakes.is_empty();
    match plan_all(&project, &graph, &meta_schemas()?).await {
        Err(error) => mistakes.push(error),
        Ok(schemas) if is_whole => {
            mistakes.extend(check_forms(&project, &schemas));
            mistakes.extend(check_queries(env, &project, &schemas).await);
            mistakes.extend(check_panels(env, &project, &dashboards, &schemas).await);
        }
        // A panel may ask what is broken above; which it is can only be said once that is mended.
        Ok(_) => {}
    }
    if project.jobs.is_empty() && mistakes.is_empty() {
        mistakes.push(Error::request("no_jobs").with("dir", project.dir.join("jobs").display()));
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    warn_of_gaps(env, &project, &dashboards)?;
    let rows: usize = project.policy.values().map(|f| f.rows.len()).sum();
    let said = [
        ("feeds", project.feeds.len().to_string()),
        ("models", graph.models.len().to_string()),
        ("rows", rows.to_string()),
        ("pages", dashboards.pages.len().to_string()),
        ("jobs", project.jobs.len().to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(n, v)| (*n, v.as_str())).collect();
    eprintln!("{}", env.say("cli.project_good", &said));
    Ok(())
}

/// Every form lays out columns that its report has.
fn check_forms(project: &Project, schemas: &Schemas) -> Vec<Error> {
    let mut mistakes = Vec::new();
    for form in project.forms.values() {
        let (file, table) = (format!("sql/reports/{}.toml", form.name), format!("reports.{}", form.name));
        let found = |key: &'static str| Error::request(key).with("file", &file).with("table", &table);
        match schemas.get(&table) {
            None => mistakes.push(found("form_table")),
            Some(schema) => mistakes.extend(
                form.columns_used()
                    .into_iter()
                    .filter(|c| schema.column_with_name(c).is_none())
                    .map(|c| found("form_column").with("column", c)),
            ),
        }
    }
    mistakes
}

/// Tables and columns without a sentence are told, and stop nothing.
fn warn_of_gaps(env: &Env, project: &Project, dashboards: &Dashboards) -> Result<()> {
    let docs = Docs::read(project, &meta_schemas()?, &dashboards.questions())?;
    for gap in find_gaps(project, &docs)? {
        let said = match gap {
            Gap::Table { table, file } => env.say("check.table_sentence", &[("table", &table), ("file", &file)]),
            Gap::Columns { table, columns } => {
                let said = [("table", table.as_str()), ("columns", &columns.join(", ")), ("file", COLUMNS_FILE)];
                env.say("check.column_sentence", &said)
            }
            Gap::Row { line, table, column } => {
                let (line, name) = (line.to_string(), format!("{table}.{column}"));
                env.say("check.sentence_row", &[("file", COLUMNS_FILE), ("line", &line), ("name", &name)])
            }
        };
        eprintln!("{}", env.say("check.warning", &[("warning", &said)]));
    }
    Ok(())
}

/// Every saved query asks tables and columns that there are and that a question may read.
async fn check_queries(env: &Env, project: &Project, schemas: &Schemas) -> Vec<Error> {
    let open: Schemas =
        schemas.iter().filter(|(table, _)| is_open(table)).map(|(t, s)| (t.clone(), s.clone())).collect();
    let mut mistakes = Vec::new();
    for query in project.queries.values() {
        let Err(error) = columns_of(&query.sql, &query.path, &open).await else { continue };
        let said = error.sentences(env.lang);
        let line = error.position().map_or(1, |(line, _)| line);
        let found = Error::request("query_saved").with("file", &query.path).with("line", line);
        let found = found.with("hint", said.hint.unwrap_or_default());
        mistakes.push(found.with("cause", error.arg("cause").unwrap_or(&said.message)));
    }
    mistakes
}

/// Every panel's query names tables and columns that there are, and returns what the panel shows.
async fn check_panels(env: &Env, project: &Project, dashboards: &Dashboards, schemas: &Schemas) -> Vec<Error> {
    let mut mistakes = Vec::new();
    for page in &dashboards.pages {
        let file = format!("dashboards/{}.toml", page.name);
        let text = std::fs::read_to_string(project.dir.join(&file)).unwrap_or_default();
        for panel in &page.panels {
            let Some(query) = &panel.query else { continue };
            let start = query.span().start;
            let is_opened_above = text.get(start..).is_some_and(|t| t.starts_with("\"\"\"\n"));
            let first = line_of(&text, start) + usize::from(is_opened_above);
            match columns_of(query.get_ref(), &file, schemas).await {
                Err(e) => {
                    let within = e.arg("line").and_then(|l| l.parse::<usize>().ok()).unwrap_or(1);
                    let said = e.sentences(env.lang);
                    let found = Error::request("dashboard_query").with("file", &file).with("line", first + within - 1);
                    let found = found.with("panel", panel.id.get_ref()).with("hint", said.hint.unwrap_or_default());
                    mistakes.push(found.with("cause", e.arg("cause").unwrap_or(&said.message)));
                }
                Ok(columns) => {
                    let missing = panel.columns_used().into_iter().filter(|c| !columns.contains(c));
                    mistakes.extend(missing.map(|column| {
                        Error::request("dashboard_column")
                            .with("file", &file)
                            .with("line", first)
                            .with("panel", panel.id.get_ref())
                            .with("column", column)
                    }));
                }
            }
        }
    }
    mistakes
}

pub async fn build(env: &Env, args: &BuildArgs) -> Result<()> {
    let project = env.project()?;
    let graph = Graph::read(&project)?;
    let warehouse = env.existing_warehouse()?;
    let as_of = match args.as_of {
        Some(day) => day,
        None => match warehouse.edition(None) {
            Ok(edition) => edition.as_of,
            Err(_) => clock::day_in(chrono_tz::UTC, clock::now()),
        },
    };
    if args.plan {
        let planned = plan_models(&project, &graph, &warehouse.state()?, as_of)?;
        return output::print(output::table(&plan_table(env, &planned)).as_bytes());
    }
    let _lock = warehouse.lock_writer()?;
    let shown = Shown::new(env);
    let mut state = warehouse.state()?;
    let mut each = |built: &Built| shown.model(built);
    let built = build_models(&project, &graph, &warehouse, &mut state, as_of, &mut each).await?;
    shown.bar.finish_and_clear();
    let rows = built
        .iter()
        .map(|b| {
            let changed = env.say(if b.is_changed { "cli.yes" } else { "cli.no" }, &[]);
            vec![
                Value::Text(b.model.clone()),
                Value::Int(b.rows as i64),
                Value::Int(b.duration_ms as i64),
                Value::Text(changed),
            ]
        })
        .collect();
    let columns = ["model", "rows", "duration_ms", "changed"].map(str::to_owned).to_vec();
    output::print(output::table(&Rows { columns, rows }).as_bytes())
}

fn plan_table(env: &Env, planned: &[Planned]) -> Rows {
    let rows = planned
        .iter()
        .map(|p| {
            let list = |names: &[String]| names.join(", ");
            let why = match &p.why {
                None => env.say("plan.kept", &[]),
                Some(Why::New) => env.say("plan.new", &[]),
                Some(Why::Sql) => env.say("plan.sql", &[]),
                Some(Why::Reads(tables)) => env.say("plan.reads", &[("tables", &list(tables))]),
                Some(Why::Perhaps(tables)) => env.say("plan.perhaps", &[("tables", &list(tables))]),
            };
            vec![Value::Text(p.model.clone()), Value::Text(why)]
        })
        .collect();
    Rows { columns: vec!["model".to_owned(), env.say("plan.why", &[])], rows }
}

pub fn runs(env: &Env, args: &RunsArgs) -> Result<()> {
    let runs = list_runs(&env.existing_warehouse()?.state()?, args.most)?;
    let columns =
        ["run", "job", "started_at", "state", "as_of", "edition", "steps", "error"].map(str::to_owned).to_vec();
    let rows = runs
        .into_iter()
        .map(|run| {
            let steps: Vec<String> = run
                .steps
                .iter()
                .map(|s| format!("{} {:.2}s {}", s.step, s.duration_ms as f64 / 1000.0, s.rows))
                .collect();
            let error =
                run.error.as_ref().and_then(|e| e.in_lang(env.lang).lines().next()).unwrap_or_default().to_owned();
            vec![
                Value::Int(run.run),
                Value::Text(run.job),
                Value::Text(run.started_at),
                Value::Text(env.say(&format!("run.{}", run.state), &[])),
                Value::Text(run.as_of),
                run.edition.map_or(Value::Null, Value::Int),
                Value::Text(steps.join(", ")),
                Value::Text(error),
            ]
        })
        .collect();
    output::print(output::table(&Rows { columns, rows }).as_bytes())
}

/// A night's progress on a terminal.
pub struct Shown<'a> {
    env: &'a Env,
    pub bar: ProgressBar,
}

impl<'a> Shown<'a> {
    pub fn new(env: &'a Env) -> Shown<'a> {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        Shown { env, bar }
    }
}

impl Night for Shown<'_> {
    fn step(&self, name: &str) {
        self.bar.set_length(0);
        self.bar.set_position(0);
        self.bar.set_message(self.env.say(&format!("step.{name}"), &[]));
    }

    fn files(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    fn model(&self, built: &Built) {
        self.bar.set_message(built.model.clone());
        self.bar.inc(1);
    }
}
