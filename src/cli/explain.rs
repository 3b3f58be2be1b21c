//! `jindu explain`: why a rule holds or does not in a region: its sentence, its figures, and the records behind them.

mod find;
mod wording;

use super::{Env, ListFormat, output};
use crate::error::{Error, Result};
use crate::rows::{Rows, Value, write_csv};
use crate::warehouse::{Edition, Limits, Reader};
use clap::Args;
use std::sync::Arc;

pub const HELP: &str = "Examples:
  jindu explain RULE REGION                    every period's figures, then the first records: the failing ones first
  jindu explain RULE REGION --period PERIOD    one month, quarter or year alone
  jindu explain loan REGION                    a rule by a part of its name; several matches are listed
  jindu explain RULE REGION --most 500         more of the records
  jindu explain RULE REGION --edition 7        as it stood in edition 7
  jindu explain RULE REGION --format json      everything with exact numbers; csv has the records alone
A region is a code, a name, a short or former name; the records of a unit or the province are those of all its parts.
The same as tables: policy.rules, measures.rule_results and the tables of the layer evidence.";

#[derive(Args)]
pub struct ExplainArgs {
    /// The rule: its id in upper or lower case, or a part of its name in either language.
    rule: String,
    /// The region: its code or one of its names.
    region: String,
    /// The edition to ask [default: the newest].
    #[arg(long, value_name = "N")]
    edition: Option<u64>,
    /// Only this period, as the table shows it: YYYY, YYYYQ3 or YYYY-MM.
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// How many records [default: 20 in a table, all in csv and json].
    #[arg(long, value_name = "ROWS")]
    most: Option<usize>,
    /// How the answer is written.
    #[arg(long, default_value = "table")]
    format: ListFormat,
}

/// Records that a table shows unless more are asked for: about a screen.
const SHOWN: usize = 20;

/// What is known of one rule in one region.
struct Explained {
    edition: Edition,
    /// One row of `policy.rules`.
    rule: Rows,
    /// One row: code and names.
    region: Rows,
    figures: Rows,
    evidence: Rows,
    /// Records in all, and those of them that fail.
    n_evidence: i64,
    n_failing: i64,
}

pub async fn run(env: &Env, args: &ExplainArgs) -> Result<()> {
    let warehouse = env.existing_warehouse()?;
    let edition = warehouse.edition(args.edition)?;
    let reader = Reader::new(Arc::new(env.project()?), warehouse, Limits::default())?;
    let shown = args.most.or((args.format == ListFormat::Table).then_some(SHOWN));
    let found = explain(env, &reader, edition, args, shown).await?;
    match args.format {
        ListFormat::Csv => output::print(&write_csv(&found.evidence)?),
        ListFormat::Json => output::print(json(&found).as_bytes()),
        ListFormat::Table => {
            output::print(wording::page(env.lang, &found).as_bytes())?;
            if found.evidence.len() < found.n_evidence as usize {
                let (shown, all) = (found.evidence.len().to_string(), found.n_evidence.to_string());
                eprintln!("{}", env.say("explain.cut", &[("shown", &shown), ("all", &all)]));
            }
            Ok(())
        }
    }
}

async fn explain(
    env: &Env,
    reader: &Reader,
    edition: Edition,
    args: &ExplainArgs,
    most: Option<usize>,
) -> Result<Explained> {
    let rule = find::rule(reader, &edition, env.lang, &args.rule).await?;
    let id = text(&rule, "rule_id");
    let region = find::region(reader, &edition, env.lang, &id, &args.region).await?;
    let code = text(&region, "region_code");
    let mut figures = reader.ask_rows(&edition, FIGURES, &[("rule", &id), ("region", &code)]).await?;
    if figures.is_empty() {
        return Err(find::out_of_scope(reader, &edition, env.lang, &rule, &region).await?);
    }
    let mut period = String::new();
    if let (Some(asked), Some(at)) = (&args.period, figures.index_of("period")) {
        let known: Vec<String> = figures.rows.iter().map(|row| row[at].to_string()).collect();
        let found = known.iter().find(|p| p.eq_ignore_ascii_case(asked.trim()));
        period = found.cloned().ok_or_else(|| {
            let known = known.join(", ");
            Error::request("explain_period").with("rule", &id).with("period", asked).with("known", known)
        })?;
        figures.rows.retain(|row| row[at].to_string() == period);
    }
    let parameters = [("rule", id.as_str()), ("region", code.as_str()), ("period", period.as_str())];
    let rows = evidence_of(&edition)?;
    let counts = reader.ask_rows(&edition, &format!("{rows} {COUNTS}"), &parameters).await?;
    let limit = most.map(|n| format!(" limit {n}")).unwrap_or_default();
    let evidence = reader.ask_rows(&edition, &format!("{rows} {EVIDENCE}{limit}"), &parameters).await?;
    let count = |name: &str| counts.get(0, name).and_then(Value::as_i64).unwrap_or(0);
    let (n_evidence, n_failing) = (count("n_evidence"), count("n_failing"));
    Ok(Explained { edition, rule, region, figures, evidence, n_evidence, n_failing })
}

/// A text of the first row; blank if there is none.
fn text(rows: &Rows, column: &str) -> String {
    rows.get(0, column).map(Value::to_string).unwrap_or_default()
}

/// Each period's figures. A share is written in percent: a rule of the plan is met by a share unless it is a task whose
/// indicator is a count. The table names the
/// missing regions in Chinese, one after another; their English names are looked up by those.
const FIGURES: &str = "with
    results as (select * from measures.rule_results where rule_id = $rule and region_code = $region),
    indicators as (
        select indicator_id, kind from policy.indicators
        where valid_from <= (select as_of from run.context)
            and (valid_to is null or valid_to > (select as_of from run.context))
    ),
    names as (
        select short_name, min(name_en) as name_en, min(sort_order) as sort_order from policy.regions
        where valid_from <= (select as_of from run.context)
            and (valid_to is null or valid_to > (select as_of from run.context))
        group by short_name
    ),
    lacking as (
        select results.period, string_agg(names.name_en, ', ' order by names.sort_order) as missing_regions_en
        from results
        inner join names on strpos(
            concat('\u{3001}', results.missing_regions, '\u{3001}'), concat('\u{3001}', names.short_name, '\u{3001}')
        ) > 0
        group by results.period
    )
    select results.period, results.numerator, results.denominator, results.value, results.threshold,
        case when indicators.kind is null then results.threshold <= 1 else indicators.kind = 'share' end as is_share,
        results.state, results.due_on, results.days_late, results.n_evidence, results.n_failing, results.is_partial,
        results.n_parts, results.n_parts_missing, results.missing_regions, lacking.missing_regions_en
    from results
    left join indicators on results.rule_id = indicators.indicator_id
    left join lacking on results.period = lacking.period
    order by results.period";

/// The rows of every evidence table that the edition holds, of the region's parts.
fn evidence_of(edition: &Edition) -> Result<String> {
    let tables = edition.tables.keys().filter(|name| name.starts_with("evidence."));
    let each: Vec<String> = tables
        .map(|table| {
            format!(
                "select rule_id, period, region_code, source, record_key, item, numerator, denominator, reason, on_date,
                    days_late, source_file, source_row
                from {table} where rule_id = $rule and ($period = '' or period = $period)"
            )
        })
        .collect();
    if each.is_empty() {
        return Err(Error::request("query_table").with("table", "evidence.*").with("suggestion", "-"));
    }
    Ok(format!(
        "with parts as (select part_code from measures.region_parts where region_code = $region),
        rows_of_all as ({}),
        evidence as (select * from rows_of_all where region_code in (select part_code from parts))",
        each.join(" union all ")
    ))
}

const COUNTS: &str = "select count(*) as n_evidence, count(*) filter (where numerator < denominator) as n_failing
    from evidence";

/// The failing records first, then those that count, then those that a duty rests on.
const EVIDENCE: &str = ", regions as (
        select region_code, short_name, name_en, sort_order from policy.regions
        where valid_from <= (select as_of from run.context)
            and (valid_to is null or valid_to > (select as_of from run.context))
    ),
    reasons as (
        select reason, sentence, sentence_en from policy.evidence_reasons
        where valid_from <= (select as_of from run.context)
            and (valid_to is null or valid_to > (select as_of from run.context))
    )
    select e.rule_id, e.period, e.region_code, regions.short_name, regions.name_en, e.source, feeds.title as source_title,
        feeds.title_en as source_title_en, e.record_key, e.item, e.numerator, e.denominator, e.reason,
        reasons.sentence, reasons.sentence_en, e.on_date, e.days_late, e.source_file, e.source_row
    from evidence e
    left join regions on e.region_code = regions.region_code
    left join meta.feeds as feeds on e.source = feeds.feed
    left join reasons on e.reason = reasons.reason
    order by case when e.numerator < e.denominator then 0 when e.numerator > 0 or e.denominator > 0 then 1 else 2 end,
        e.period desc, regions.sort_order, e.region_code, e.source, e.record_key, e.item";

/// Everything with exact numbers, a row a line.
fn json(found: &Explained) -> String {
    let one = |rows: &Rows| {
        let object: serde_json::Map<String, serde_json::Value> = match rows.rows.first() {
            Some(row) => rows.columns.iter().cloned().zip(row.iter().map(Value::to_json)).collect(),
            None => Default::default(),
        };
        serde_json::Value::Object(object)
    };
    format!(
        "{{\"edition\":{},\"as_of\":\"{}\",\n\"rule\":{},\n\"region\":{},\n\"figures\":{},\n\"evidence_rows\":{},\
         \"evidence_failing\":{},\n\"evidence\":{}}}\n",
        found.edition.edition,
        found.edition.as_of,
        one(&found.rule),
        one(&found.region),
        output::json(&found.figures).trim_end(),
        found.n_evidence,
        found.n_failing,
        output::json(&found.evidence).trim_end(),
    )
}
