//! `jindu loads`: what was delivered, view by view, asked of the newest edition.

use super::{Env, ListFormat, LoadsArgs, LoadsView, output};
use crate::error::Result;
use crate::rows::{Value, write_csv};
use crate::text::{Lang, say_if_known};
use crate::warehouse::{Limits, Reader};
use std::sync::Arc;

pub async fn run(env: &Env, args: &LoadsArgs) -> Result<()> {
    let warehouse = env.existing_warehouse()?;
    let edition = warehouse.edition(None)?;
    let reader = Reader::new(Arc::new(env.project()?), warehouse, Limits::default())?;
    let name = if env.lang == Lang::En { "name_en" } else { "short_name" };
    let sql = query_of(args.view).replace("{name}", name).replace("{regions}", REGIONS);
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let (feed, region, outcome) = (given(&args.feed), given(&args.region), given(&args.outcome));
    let parameters: Vec<(&str, &str)> = [("feed", &feed), ("region", &region), ("outcome", &outcome)]
        .into_iter()
        .filter(|(name, _)| sql.contains(&format!("${name}")))
        .map(|(name, value)| (name, value.as_str()))
        .collect();
    let mut rows = reader.ask_rows(&edition, &sql, &parameters).await?;
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

/// The regions as they stand at the as-of date.
const REGIONS: &str = "(select * from policy.regions where valid_from <= (select as_of from run.context)
                and (valid_to is null or valid_to > (select as_of from run.context)))";

/// Each view's question. `{name}` is the column with a region's name in the asker's language,
/// `{regions}` the regions.
fn query_of(view: LoadsView) -> &'static str {
    match view {
        LoadsView::Files => {
            "select file, arrived_at, outcome, refusal_reason, rows_delivered, rows_loaded, rows_dropped, rows_rejected
            from meta.deliveries
            where ($outcome = '' or outcome = $outcome) and ($feed = '' or feed = $feed)
                and ($region = '' or region = $region)
            order by arrived_at desc, file"
        }
        LoadsView::Nights => {
            "select run, started_on, as_of, feed, region, files, files_refused, files_identical, rows_delivered,
                rows_loaded, rows_dropped, rows_rejected
            from meta.nights
            where ($feed = '' or feed = $feed) and ($region = '' or region = $region)
            order by run desc, feed, region"
        }
        LoadsView::Regions => {
            "select f.feed, f.region_code, r.{name} as name, f.n_files, f.n_refused, f.rows_delivered, f.rows_loaded,
                f.rows_dropped, f.rows_rejected, f.cells_repaired, f.cells_warned, f.n_late, f.n_missing, f.n_drifted,
                f.n_jumps
            from meta.feed_regions f
            left join {regions} r on f.region_code = r.region_code
            where ($feed = '' or f.feed = $feed) and ($region = '' or f.region_code = $region)
            order by f.n_missing desc, f.n_late desc, f.feed, f.region_code"
        }
        LoadsView::Late => {
            "select d.feed, d.region_code, r.{name} as name, d.period, d.due_on, d.arrived_on, d.days_late, d.first_file
            from meta.due d
            left join {regions} r on d.region_code = r.region_code
            where d.status = 'late' and ($feed = '' or d.feed = $feed) and ($region = '' or d.region_code = $region)
            order by d.days_late desc, d.feed, d.region_code, d.period"
        }
        LoadsView::Missing => {
            "select d.feed, d.region_code, r.{name} as name, d.period, d.due_on, d.days_late, d.refused_file,
                d.refusal_reason
            from meta.due d
            left join {regions} r on d.region_code = r.region_code
            where d.status = 'missing' and ($feed = '' or d.feed = $feed) and ($region = '' or d.region_code = $region)
            order by d.days_late desc, d.feed, d.region_code, d.period"
        }
        LoadsView::Awaited => {
            "select d.feed, d.region_code, r.{name} as name, d.period, d.due_on, d.refused_file, d.refusal_reason
            from meta.due d
            left join {regions} r on d.region_code = r.region_code
            where d.status = 'awaited' and ($feed = '' or d.feed = $feed) and ($region = '' or d.region_code = $region)
            order by d.due_on, d.feed, d.region_code, d.period"
        }
        LoadsView::Reasons => {
            "select feed, region_code, kind, what, n, n_in_force, n_files, newest_on
            from meta.remarks
            where ($feed = '' or feed = $feed) and ($region = '' or region_code = $region)
            order by case kind when 'refusal' then 0 when 'reject' then 1 when 'warning' then 2 else 3 end, n desc,
                feed, region_code, what"
        }
        LoadsView::Unmapped => {
            "select feed, field, text, n_rows_in_force, n_rows, n_files, last_file, choices, add_to, add_row
            from meta.unmapped
            where ($feed = '' or feed = $feed)
            order by n_rows_in_force desc, n_rows desc, feed, field, text"
        }
        LoadsView::Drift => {
            "select feed, region, period, file, change, what as column_name, header_before, header_now, before_file
            from meta.drift
            where ($feed = '' or feed = $feed) and ($region = '' or region = $region)
            order by arrived_on desc, file, change, column_name"
        }
        LoadsView::Jumps => {
            "select feed, region, period, file, jump, rows_before, rows_now, round(change_pct, 1) as change_pct,
                before_file, outcome
            from meta.jumps
            where ($feed = '' or feed = $feed) and ($region = '' or region = $region)
            order by abs(change_pct) desc nulls first, feed, region, period"
        }
    }
}
