//! The verbs of the command line. Data goes to stdout, everything else to stderr; exit codes as DESIGN.md fixes them.

mod answer;
mod demo;
mod editions;
mod explain;
mod forms;
mod loads;
mod models;
mod night;
mod output;
mod query;
mod returned;
mod sample;
mod what_if;

use crate::error::{Error, Result};
use crate::project::{Job, Project};
use crate::sample::SAMPLE_THROUGH;
use crate::text::{Lang, say};
use crate::warehouse::Warehouse;
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// A progress warehouse: every night it loads what the counties delivered, works out how far each task has come, and
/// serves it.
#[derive(Parser)]
#[command(name = "jindu", version, max_term_width = 110, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    places: Places,
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "Start here:
  jindu demo                        the whole job on the synthetic sample: load, build, check, publish, serve
  jindu check                       what is wrong with the project folder, all at once, with file and line
  jindu night --as-of YYYY-MM-DD    one night, now: load the inbox, build what changed, publish one edition
  jindu serve                       the pages at 127.0.0.1:8018, and the nightly job on its cron
  jindu query \"select * from measures.progress limit 5\"
  jindu explain RULE REGION         how a rule stands in a region: sentence, figures, the records behind them
  jindu models measures.progress    what its columns mean and where each comes from
  jindu load FILE --dry-run         what of a file would be loaded, with a marked workbook; loads nothing

Exit codes: 0 done, 1 the data failed a check, 2 the request or the project is wrong, 3 a fault of the program or disk.";

/// Where things are; the same for every verb.
#[derive(Args, Clone)]
struct Places {
    /// The project folder: jobs/, sql/, dashboards/.
    #[arg(long, env = "JINDU_PROJECT", default_value = ".", global = true, value_name = "DIR")]
    project: PathBuf,
    /// The data folder: tables, editions, archive, state. Made at the first night.
    #[arg(long, env = "JINDU_DATA", default_value = "data", global = true, value_name = "DIR")]
    data: PathBuf,
    /// The inbox, one folder a feed [default: the job's, inside the project].
    #[arg(long, env = "JINDU_INBOX", global = true, value_name = "DIR")]
    inbox: Option<PathBuf>,
    /// The language of messages: zh or en.
    #[arg(long, env = "JINDU_LANG", default_value = "zh", global = true, value_name = "LANG", value_parser = read_lang)]
    lang: Lang,
}

#[derive(Subcommand)]
enum Verb {
    /// Load the inbox, build what changed, check, and publish one edition; then stop.
    Night(NightArgs),
    /// Serve the pages and run the jobs on their cron.
    Serve(ServeArgs),
    /// Load the synthetic sample, publish it, serve it: the main job in one command.
    Demo(DemoArgs),
    /// Read the whole project and report every mistake with file and line.
    Check,
    /// Build the models over what is loaded, without loading or publishing.
    Build(BuildArgs),
    /// Ask a question in SQL over an edition, read-only.
    Query(QueryArgs),
    /// Say how a rule of the plan stands in a region: its sentence, its figures, and the records behind them.
    #[command(after_help = explain::HELP)]
    Explain(explain::ExplainArgs),
    /// List the published editions, or say what changed between two.
    Editions(EditionsArgs),
    /// Check one file before it is sent: what would be loaded, what is wrong cell by cell, how to mend it.
    Load(LoadArgs),
    /// Write the workbooks to send back: every delivery with faults, its own sheet with the faulty cells marked.
    Returned(ReturnedArgs),
    /// Show what was delivered: files, nights, who is late or missing, what changed shape, what is not understood.
    #[command(after_help = LOADS_HELP)]
    Loads(LoadsArgs),
    /// Try policy rows, such as another split of targets: checked and compared with an edition, without publishing.
    #[command(after_help = WHAT_IF_HELP)]
    WhatIf(WhatIfArgs),
    /// Write an official form of an edition as a workbook; without a name, list the forms.
    #[command(after_help = FORM_HELP)]
    Form(FormArgs),
    /// Show what every table and column means, and where each column comes from, back to the extract's header.
    #[command(after_help = MODELS_HELP)]
    Models(ModelsArgs),
    /// Show the last runs of the jobs with their steps.
    Runs(RunsArgs),
    /// Write a believable synthetic delivery of any size.
    Sample(SampleArgs),
    /// Answer the one question on standard input; the server starts this for each.
    #[command(hide = true)]
    Answer,
}

#[derive(Args)]
struct NightArgs {
    /// The day on which the figures stand [default: today in the job's time zone].
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// The job to run, as jobs/NAME.toml.
    #[arg(long, default_value = "nightly", value_name = "NAME")]
    job: String,
}

#[derive(Args)]
struct ServeArgs {
    /// A loopback address; any other is refused, for there is no sign-in yet.
    #[arg(long, default_value = "127.0.0.1:8018", value_name = "ADDRESS")]
    listen: String,
    /// Serve only; run no jobs.
    #[arg(long)]
    no_jobs: bool,
}

#[derive(Args)]
struct DemoArgs {
    /// A loopback address; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8018", value_name = "ADDRESS")]
    listen: String,
    /// Publish the sample and stop, without serving.
    #[arg(long)]
    no_serve: bool,
}

#[derive(Args)]
struct BuildArgs {
    /// Say what would be rebuilt and why, and build nothing.
    #[arg(long)]
    plan: bool,
    /// The day on which the figures stand [default: the last edition's, else today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
}

#[derive(Args)]
struct QueryArgs {
    /// One SQL query; `-` reads it from standard input.
    // It may begin with a comment.
    #[arg(allow_hyphen_values = true)]
    sql: String,
    /// How the answer is written.
    #[arg(long, default_value = "table")]
    format: Format,
    /// The edition to ask [default: the newest].
    #[arg(long, value_name = "N")]
    edition: Option<u64>,
    /// Write to this file (needed for parquet on a terminal).
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Parquet,
}

#[derive(Args)]
struct EditionsArgs {
    #[command(subcommand)]
    verb: Option<EditionsVerb>,
}

#[derive(Subcommand)]
enum EditionsVerb {
    /// Say what changed from edition A to edition B: tables, rows, headline figures.
    Diff { a: u64, b: u64 },
    /// Keep an edition whatever its age, with the reason: a decision that refers to it, an audit.
    Keep {
        edition: u64,
        /// Why it must stay; shown by `jindu editions`.
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
    /// Take back `keep`: the edition goes when its time has come.
    Release { edition: u64 },
}

const LOADS_HELP: &str = "Examples:
  jindu loads                                 the newest files with what became of them
  jindu loads --outcome refused               the files that were sent back, and why
  jindu loads --view missing                  who should have delivered by the as-of date and has not
  jindu loads --view reasons --region REGION  what was repaired, warned of and returned in one county
  jindu loads --view reasons --night 12       the same of the files that one night read
  jindu loads --view unmapped                 texts that no code list knows, each with the row to add and where
  jindu loads --view jumps --feed ledger      sudden falls and rises in row counts
The same as tables: meta.deliveries, meta.nights, meta.feed_regions, meta.due, meta.remarks, meta.unmapped, meta.drift,
meta.jumps (jindu query \"select * from meta.due limit 5\").";

const WHAT_IF_HELP: &str = "The file has the columns of the policy file that it is to change, or some of them: those of the key (as the policy's .sql
says) find the row, the others change it. A row with a new key needs every column. Examples:
  jindu what-if targets.csv                        rows of sql/policy/targets.csv as they would be
  jindu what-if new-split.csv --policy targets     the same from a file of another name
  jindu what-if thresholds.csv --format json
targets.csv may be as short as
  annex,region_code,indicator_id,year,target
  split,REGION,INDICATOR,YEAR,8
  split,OTHER_REGION,INDICATOR,YEAR,11";

#[derive(Args)]
struct WhatIfArgs {
    /// A CSV of rows as they would be.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The policy file that the rows change, as sql/policy/NAME.csv [default: the file's own name].
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// The edition to compare with [default: the newest].
    #[arg(long, value_name = "N")]
    edition: Option<u64>,
    /// How to write the answer.
    #[arg(long, default_value = "table")]
    format: WhatIfFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum WhatIfFormat {
    Table,
    Json,
}

const FORM_HELP: &str = "Examples:
  jindu form                                        the forms that the project lays out (sql/reports/*.toml)
  jindu form annex_3                                all places, the newest period, as annex_3_PERIOD.xlsx
  jindu form annex_5 --period 2018Q2 --place U08 --out u08.xlsx";

#[derive(Args)]
struct FormArgs {
    /// The form, as sql/reports/NAME.toml.
    #[arg(value_name = "NAME")]
    form: Option<String>,
    /// The report period [default: the newest in the edition].
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// The form of one place, by its code [default: all places, with their total].
    #[arg(long, value_name = "CODE")]
    place: Option<String>,
    /// The edition [default: the newest].
    #[arg(long, value_name = "N")]
    edition: Option<u64>,
    /// The file to write; one that is there is replaced [default: NAME_PERIOD.xlsx].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args)]
struct LoadsArgs {
    /// What to show.
    #[arg(long, default_value = "files")]
    view: LoadsView,
    /// How many rows.
    #[arg(long, default_value_t = 30)]
    most: u32,
    /// Only this feed, as its folder in the inbox.
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// Only this region: a county's six digits, a reporting unit, or all for files of all regions (no use for the
    /// view unmapped: one text may stand in many places).
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only what this night read, by its run number as in the view nights (views files and reasons).
    #[arg(long, value_name = "RUN")]
    night: Option<u32>,
    /// Only files with this outcome (view files).
    #[arg(long, value_parser = ["current", "superseded", "stale", "identical", "refused"])]
    outcome: Option<String>,
    /// How the answer is written; csv and json hold every row.
    #[arg(long, default_value = "table")]
    format: ListFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LoadsView {
    /// Files, the newest arrivals first.
    Files,
    /// What each night read, by feed and region, the newest night first.
    Nights,
    /// Each feed and region: files, rows, cells repaired and warned of, late, missing, out of shape.
    #[value(alias = "counties")]
    Regions,
    /// Came after the due day, the latest first.
    Late,
    /// Due by the as-of date and not accepted, with the file that was refused, if any.
    Missing,
    /// Not yet due and not yet there.
    Awaited,
    /// Repairs, warnings, returned rows and refused files, by kind and reason.
    Reasons,
    /// Texts that no code list and no region alias knows, with the row that maps them and the file to add it to.
    Unmapped,
    /// Columns that appeared, vanished, got another header or order since the delivery before.
    Drift,
    /// Sudden falls and rises in rows since the delivery before.
    Jumps,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Table,
    Csv,
    Json,
}

const MODELS_HELP: &str = "Examples:
  jindu models                                every table: how it is kept, its grain, its rows, what a row is
  jindu models supervision                    the tables of one layer
  jindu models measures.progress              its columns, what they mean, and each back to the extract's header
  jindu models raw.ledger                     an extract's columns with their headers, and who reads them
  jindu models pages                          the panels of the pages
  jindu models pages.glance:targets           where the figures of one panel come from
  jindu models measures.progress --format json
The words for columns lie in sql/columns.csv; jindu check says which columns have none.";

#[derive(Args)]
struct ModelsArgs {
    /// A table as layer.name, a panel as pages.PAGE:PANEL, or a layer [default: every table].
    table: Option<String>,
    /// How the answer is written.
    #[arg(long, default_value = "table")]
    format: ModelsFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModelsFormat {
    Table,
    Json,
}

#[derive(Args)]
struct LoadArgs {
    /// The file to check: CSV, XLSX, XLS or Parquet.
    file: PathBuf,
    /// Check only, load nothing. Files are loaded from the inbox by the night.
    #[arg(long)]
    dry_run: bool,
    /// What the file is, where its folder and name do not say: FEED/REGION_PERIOD, or FEED alone.
    #[arg(long = "as", value_name = "FEED/REGION_PERIOD")]
    what: Option<String>,
    /// Where the marked workbook, the CSV and the JSON go; they hold people's data [default: beside the file].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The day on which the file is to arrive [default: today]; later dates in it are warnings.
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
}

#[derive(Args)]
struct ReturnedArgs {
    /// Only this feed.
    #[arg(long)]
    feed: Option<String>,
    /// Only files of this region, by its code in file names; `all` for files of all regions.
    #[arg(long)]
    region: Option<String>,
    /// Where the workbooks go, a folder a feed; they hold people's data.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Args)]
struct RunsArgs {
    /// How many runs, the newest first.
    #[arg(long, default_value_t = 10)]
    most: u32,
}

#[derive(Args)]
struct SampleArgs {
    /// Distinct people in the ledgers.
    #[arg(long, default_value_t = 20_000)]
    people: u64,
    /// The last month written.
    #[arg(long, default_value = SAMPLE_THROUGH, value_name = "YYYY-MM")]
    through: String,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder that does not exist yet, or is empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// What every verb gets.
struct Env {
    places: Places,
    lang: Lang,
}

impl Env {
    fn project(&self) -> Result<Project> {
        Project::read(&self.places.project)
    }

    fn project_what_can_be(&self) -> Result<(Project, Vec<Error>)> {
        Project::read_what_can_be(&self.places.project)
    }

    fn warehouse(&self) -> Result<Warehouse> {
        Warehouse::open(&self.places.data)
    }

    fn existing_warehouse(&self) -> Result<Warehouse> {
        Warehouse::open_existing(&self.places.data)
    }

    fn inbox(&self, project: &Project, job: &Job) -> PathBuf {
        self.places.inbox.clone().unwrap_or_else(|| project.dir.join(&job.inbox))
    }

    fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        say(self.lang, key, args)
    }

    /// A job by name, or the mistake with the names that there are.
    fn job<'p>(&self, project: &'p Project, name: &str) -> Result<&'p Job> {
        project.jobs.get(name).ok_or_else(|| {
            let names: Vec<&str> = project.jobs.keys().map(String::as_str).collect();
            Error::request("job_unknown").with("job", name).with("jobs", names.join(", "))
        })
    }
}

fn read_lang(tag: &str) -> Result<Lang, String> {
    Lang::parse(tag).ok_or_else(|| "zh or en, please".to_owned())
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.places.lang;
    let env = Env { places: cli.places, lang };
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(16 * 1024 * 1024)
        .build()
        .map_err(|e| Error::internal("runtime").with("cause", e))
        .and_then(|runtime| {
            let done = runtime.block_on(run(&env, cli.verb));
            runtime.shutdown_timeout(std::time::Duration::from_secs(5));
            done
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{}", error.render(lang));
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run(env: &Env, verb: Verb) -> Result<()> {
    match verb {
        Verb::Night(args) => night::run(env, &args).await,
        Verb::Serve(args) => demo::serve(env, &args.listen, !args.no_jobs).await,
        Verb::Demo(args) => demo::run(env, &args).await,
        Verb::Check => night::check(env).await,
        Verb::Build(args) => night::build(env, &args).await,
        Verb::Query(args) => query::run(env, &args).await,
        Verb::Explain(args) => explain::run(env, &args).await,
        Verb::Editions(args) => editions::run(env, &args).await,
        Verb::Load(args) => returned::load(env, &args),
        Verb::Returned(args) => returned::write(env, &args),
        Verb::Loads(args) => loads::run(env, &args).await,
        Verb::WhatIf(args) => what_if::run(env, &args).await,
        Verb::Form(args) => forms::run(env, &args).await,
        Verb::Models(args) => models::run(env, &args),
        Verb::Runs(args) => night::runs(env, &args),
        Verb::Sample(args) => sample::run(env, &args),
        Verb::Answer => answer::run(env).await,
    }
}
