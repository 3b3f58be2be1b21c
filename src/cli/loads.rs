//! `jindu loads`: what was delivered, view by view, asked of the newest edition.

use super::{Env, ListFormat, LoadsArgs, LoadsView, output};
use crate::error::{Error, Result};
use crate::rows::{Value, write_csv};
use crate::text::{Lang, say_if_known};
use crate::warehouse::{Edition, Limits, Reader};
use std::sync::Arc;

pub async fn run(env: &Env, args: &LoadsArgs) -> Result<()> {
    let warehouse = env.existing_warehouse()?;
    let edition = warehouse.edition(None)?;
    let project = Arc::new(env.project()?);
    let reader = Reader::new(project.clone(), warehouse, Limits::default())?;
    let sql = match args.view {
        LoadsView::Reasons if args.night.is_some() => REASONS_OF_A_NIGHT.to_owned(),
        view => query_of(view, &Names::of(&reader, &edition, env.lang).await?),
    };
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let (feed, region, outcome) = (given(&args.feed), given(&args.region), given(&args.outcome));
    let night = args.night.map(|run| run.to_string()).unwrap_or_default();
    let parameters: Vec<(&str, &str)> =
        [("feed", &feed), ("region", &region), ("outcome", &outcome), ("night", &night)]
            .into_iter()
            .filter(|(name, _)| sql.contains(&format!("${name}")))
            .map(|(name, value)| (name, value.as_str()))
            .collect();
    let mut rows = reader.ask_rows(&edition, &sql, &parameters).await?;
    // A folder that no contract describes may have been delivered into; nothing of it is a slip of the pen.
    if rows.is_empty() && !feed.is_empty() && !project.feeds.contains_key(&feed) {
        let known: Vec<&str> = project.feeds.keys().map(String::as_str).collect();
        return Err(Error::request("feed_unknown").with("feed", &feed).with("known", known.join(", ")));
    }
    match args.format {
        ListFormat::Csv => return output::print(&write_csv(&rows)?),
        ListFormat::Json => return output::print(output::json(&rows).as_bytes()),
        ListFormat::Table => {}
    }
    let all = rows.len();
    rows.rows.truncate(args.most as usize);
    for column in ["refusal_reason", "what"] {
        if let Some(at) = rows.index_of(column) {
            rows.rows.iter_mut().for_each(|row| say_reason(env.lang, &mut row[at]));
        }
    }
    output::print(output::table(&rows).as_bytes())?;
    if rows.is_empty() {
        eprintln!("{}", env.say("loads.nothing", &[]));
    } else if rows.len() < all {
        let (shown, all) = (rows.len().to_string(), all.to_string());
        eprintln!("{}", env.say("loads.cut", &[("shown", &shown), ("all", &all)]));
    }
    Ok(())
}

/// A reason or a kind of repair in words beside its code.
fn say_reason(lang: Lang, value: &mut Value) {
    if let Value::Text(code) = value {
        let said = ["reason", "refusal", "repair"].iter().find_map(|k| say_if_known(lang, &format!("{k}.{code}"), &[]));
        if let Some(said) = said {
            *value = Value::Text(format!("{code}: {said}"));
        }
    }
}

/// As the view of reasons, over the files that one night read.
const REASONS_OF_A_NIGHT: &str = "with
    remarks as (
        select file, sha256, kind, what, \"rows\" as n from meta.notes where kind in ('repair', 'warning')
        union all
        select file, sha256, 'reject' as kind, reason as what, 1 as n from meta.rejects
        union all
        select file, sha256, 'refusal' as kind, refusal_reason as what, 1 as n from meta.deliveries
        where outcome = 'refused'
    )
    select d.feed, d.region, r.kind, r.what, cast(sum(r.n) as bigint) as n, count(distinct d.file) as n_files
    from remarks r
    inner join meta.night_files f on r.file = f.file and r.sha256 = f.sha256
    inner join meta.deliveries d on r.file = d.file and r.sha256 = d.sha256
    where cast(f.run as varchar) = $night and ($feed = '' or d.feed = $feed) and ($region = '' or d.region = $region)
    group by d.feed, d.region, r.kind, r.what
    order by case r.kind when 'refusal' then 0 when 'reject' then 1 when 'warning' then 2 else 3 end, n desc, d.feed,
        d.region, r.what";

/// How regions are named, as far as the project has regions with names.
struct Names {
    /// A query that returns `region_code` and `name`, as they stand at the as-of date.
    regions: &'static str,
    /// A query that returns the places that deliver files of all regions.
    offices: &'static str,
}

impl Names {
    async fn of(reader: &Reader, edition: &Edition, lang: Lang) -> Result<Names> {
        let columns = crate::warehouse::columns_of(reader, edition, "policy.regions").await?;
        let has = |needed: &[&str]| needed.iter().all(|name| columns.iter().any(|c| c == name));
        let regions = match lang {
            Lang::En if has(&["region_code", "name_en", "valid_from", "valid_to"]) => {
                "(select region_code, name_en as name from policy.regions
                where valid_from <= (select as_of from run.context)
                    and (valid_to is null or valid_to > (select as_of from run.context)))"
            }
            Lang::ZhCn if has(&["region_code", "short_name", "valid_from", "valid_to"]) => {
                "(select region_code, short_name as name from policy.regions
                where valid_from <= (select as_of from run.context)
                    and (valid_to is null or valid_to > (select as_of from run.context)))"
            }
            _ => "(select '' as region_code, '' as name where false)",
        };
        let offices = if has(&["region_code", "level"]) {
            "(select region_code from policy.regions where level = 'province')"
        } else {
            "(select '' as region_code where false)"
        };
        Ok(Names { regions, offices })
    }
}

/// Each view's question.
fn query_of(view: LoadsView, names: &Names) -> String {
    let Names { regions, offices } = names;
    // `all` names the place that delivers files of all regions.
    let asked = |place: &str| {
        format!(
            "($feed = '' or feed = $feed) and ($region = '' or {place} = $region
            or ($region = 'all' and {place} in {offices}))"
        )
    };
    let due = |status: &str, columns: &str, order: &str| {
        format!(
            "with due as (select * from meta.due where status = '{status}' and {})
            select due.feed, due.region_code, regions.name, due.period, due.due_on, {columns}
            from due left join {regions} as regions on due.region_code = regions.region_code
            order by {order}, due.feed, due.region_code, due.period",
            asked("region_code")
        )
    };
    match view {
        LoadsView::Files => format!(
            "select file, arrived_at, outcome, refusal_reason, rows_delivered, rows_loaded, rows_dropped, rows_rejected
            from meta.deliveries where ($outcome = '' or outcome = $outcome) and {}
                and ($night = '' or concat(file, sha256) in
                    (select concat(file, sha256) from meta.night_files where cast(run as varchar) = $night))
            order by arrived_at desc, file",
            asked("region")
        ),
        LoadsView::Nights => format!(
            "select run, started_on, as_of, feed, region, files, files_again, files_refused, files_identical, rows_delivered,
                rows_loaded, rows_dropped, rows_rejected
            from meta.nights where {} order by run desc, feed, region",
            asked("region")
        ),
        LoadsView::Regions => format!(
            "with f as (select * from meta.feed_regions where {})
            select f.feed, f.region_code, regions.name, f.n_files, f.n_refused, f.rows_delivered,
                f.rows_loaded, f.rows_dropped, f.rows_rejected, f.cells_repaired, f.cells_warned, f.n_late, f.n_missing,
                f.n_drifted, f.n_jumps
            from f left join {regions} as regions on f.region_code = regions.region_code
            order by f.n_missing desc, f.n_late desc, f.feed, f.region_code",
            asked("region_code")
        ),
        LoadsView::Late => due("late", "due.arrived_on, due.days_late, due.first_file", "due.days_late desc"),
        LoadsView::Missing => {
            due("missing", "due.days_late, due.refused_file, due.refusal_reason", "due.days_late desc")
        }
        LoadsView::Awaited => due("awaited", "due.refused_file, due.refusal_reason", "due.due_on"),
        LoadsView::Reasons => format!(
            "select feed, region_code, kind, what, n, n_in_force, n_files, newest_on
            from meta.remarks where {}
            order by case kind when 'refusal' then 0 when 'reject' then 1 when 'warning' then 2 else 3 end, n desc,
                feed, region_code, what",
            asked("region_code")
        ),
        LoadsView::Unmapped => "select feed, field, text, n_rows_in_force, n_rows, n_files, last_file, choices, add_to,
                add_row
            from meta.unmapped where $feed = '' or feed = $feed
            order by n_rows_in_force desc, n_rows desc, feed, field, text"
            .to_owned(),
        LoadsView::Drift => format!(
            "select feed, region, period, file, change, what as column_name, header_before, header_now, before_file
            from meta.drift where {} order by arrived_on desc, file, change, column_name",
            asked("region")
        ),
        LoadsView::Jumps => format!(
            "select feed, region, period, file, jump, rows_before, rows_now, round(change_pct, 1) as change_pct,
                before_file, outcome
            from meta.jumps where {} order by abs(change_pct) desc nulls first, feed, region, period",
            asked("region")
        ),
    }
}
