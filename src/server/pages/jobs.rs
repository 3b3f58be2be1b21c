//! Jobs and their last runs as a page. Pure.

use super::{View, shell};
use crate::dashboards::Dashboards;
use crate::jobs::Run;
use crate::project::{Job, Missed};
use crate::text::{self, Lang, count, say};
use chrono::{DateTime, NaiveDateTime};
use maud::{Markup, html};

/// A job of the project, and when it is due next, in its own time zone.
pub struct JobShown<'a> {
    pub name: &'a str,
    pub job: &'a Job,
    pub next: Option<NaiveDateTime>,
}

/// A recorded moment as local time.
type LocalTime<'a> = &'a dyn Fn(&str) -> Option<NaiveDateTime>;

/// The jobs, then the newest runs first.
pub fn jobs_page(dashboards: &Dashboards, view: &View, jobs: &[JobShown], runs: &[Run], local: LocalTime) -> String {
    let lang = view.lang;
    let body = html! {
        p.lead { (say(lang, "jobs.lead", &[])) }
        div.panels {
            (section("due", &say(lang, "jobs.due", &[]), due_table(lang, jobs)))
            (section("runs", &say(lang, "jobs.runs", &[]), html! {
                @if runs.is_empty() { p.empty { (say(lang, "jobs.none", &[])) } }
                @else { (runs_table(view, runs, local)) }
                p.note { (say(lang, "jobs.note", &[])) " " a href="/api/runs" { code { "/api/runs" } } }
            }))
        }
    };
    shell::document_below(dashboards, view, &[], &say(lang, "jobs.title", &[]), body)
}

fn section(id: &str, title: &str, inside: Markup) -> Markup {
    let heading = format!("{id}-h");
    html! { section.panel.w-full.is-table id=(id) aria-labelledby=(heading) { h2 id=(heading) { (title) } (inside) } }
}

fn due_table(lang: Lang, jobs: &[JobShown]) -> Markup {
    let heads = ["job", "next", "schedule", "steps", "missed"].map(|key| say(lang, &format!("jobs.{key}"), &[]));
    html! { (table(&say(lang, "jobs.due", &[]), &heads, &[], html! { @for shown in jobs { tr role="row" {
        @let job = shown.job;
        th scope="row" role="rowheader" { (job.title.in_lang(lang)) " " code { (shown.name) } }
        td role="cell" data-label=(heads[1]) { @if let Some(at) = shown.next { (moment(lang, at)) } }
        td role="cell" data-label=(heads[2]) { code { (job.cron) } " " (job.time_zone) }
        td role="cell" data-label=(heads[3]) {
            @let steps: Vec<String> = job.steps.iter().map(|step| say(lang, &format!("step.{}", step.name()), &[])).collect();
            (steps.join(" \u{2192} "))
        }
        td role="cell" data-label=(heads[4]) {
            @match job.missed {
                Missed::RunOnce => (say(lang, "jobs.missed_run_once", &[])),
                Missed::Skip => (say(lang, "jobs.missed_skip", &[])),
            }
        }
    } } })) }
}

fn runs_table(view: &View, runs: &[Run], local: LocalTime) -> Markup {
    let lang = view.lang;
    let heads = ["run", "started", "state", "took", "as_of", "edition", "steps_took"]
        .map(|key| say(lang, &format!("jobs.{key}"), &[]));
    html! { (table(&say(lang, "jobs.runs", &[]), &heads, &[3], html! { @for run in runs { tr role="row" id={ "run-" (run.run) } {
        th scope="row" role="rowheader" { (run.run) " " code { (run.job) } }
        td.whole role="cell" data-label=(heads[1]) { @if let Some(at) = local(&run.started_at) { (moment(lang, at)) } }
        td role="cell" data-label=(heads[2]) { (say(lang, &format!("run.{}", run.state), &[])) }
        td.number role="cell" data-label=(heads[3]) { @if let Some(seconds) = seconds_of(run) { (say(lang, "jobs.seconds", &[("n", &count(i128::from(seconds)))])) } }
        td.whole role="cell" data-label=(heads[4]) { @if let Ok(day) = run.as_of.parse() { (text::date(lang, day)) } }
        td role="cell" data-label=(heads[5]) { @if let Some(edition) = run.edition {
            @if view.editions.iter().any(|listed| listed.number == edition) {
                a href=(view.href_as("/", lang, Some(edition))) { (say(lang, "page.edition", &[("n", &edition.to_string())])) }
            } @else { (say(lang, "page.edition", &[("n", &edition.to_string())])) }
        } }
        td.steps role="cell" data-label=(heads[6]) {
            @if !run.steps.is_empty() { ul { @for step in &run.steps { li {
                (say(lang, &format!("step.{}", step.step), &[])) " " (seconds_words(lang, step.duration_ms as i64))
            } } } }
            @if let Some(error) = &run.error { p.failed { (error.in_lang(lang)) } }
        }
    } } })) }
}

fn table(title: &str, heads: &[String], numbers: &[usize], body: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(title) {
            table.stacks role="table" {
                thead role="rowgroup" { tr role="row" { @for (i, head) in heads.iter().enumerate() {
                    th scope="col" role="columnheader" class=[numbers.contains(&i).then_some("number")] { (head) }
                } } }
                tbody role="rowgroup" { (body) }
            }
        }
    }
}

fn moment(lang: Lang, at: NaiveDateTime) -> String {
    let (date, time) = (text::date(lang, at.date()), at.format("%H:%M").to_string());
    say(lang, "date.moment", &[("date", &date), ("time", &time)])
}

/// How long a run took; `None` while it goes on.
fn seconds_of(run: &Run) -> Option<i64> {
    let at = |stamp: &str| DateTime::parse_from_rfc3339(stamp).ok();
    Some((at(run.finished_at.as_deref()?)? - at(&run.started_at)?).num_seconds())
}

/// Seconds and tenths.
fn seconds_words(lang: Lang, milliseconds: i64) -> String {
    let tenths = (milliseconds + 50) / 100;
    let words = format!("{}.{}", count(i128::from(tenths / 10)), tenths % 10);
    say(lang, "jobs.seconds", &[("n", &words)])
}
