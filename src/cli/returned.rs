//! `jindu load FILE --dry-run`, `jindu returned`: what is wrong with a file, before it is sent and after.
//! No cell of a file reaches the terminal: what people need to see stands in the papers.

use super::{Env, LoadArgs, ReturnedArgs, output};
use crate::clock;
use crate::error::{Error, Result, io_error};
use crate::extract::{self, DeliveryName, Guess, Limit, Refusal, guess_delivery, read_name};
use crate::project::Project;
use crate::returned::{
    Checked, Delivered, Papers, Standing, Wanted, Wording, check_delivery, first_rows, make_private_folder, next_steps,
    passing_keys, region_name, write_papers, write_returned,
};
use crate::rows::{Rows, Value};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};

/// Checks one file and writes its papers where it has faults. Needs no inbox and no data folder.
pub fn load(env: &Env, args: &LoadArgs) -> Result<()> {
    if !args.dry_run {
        return Err(Error::request("load_dry_run").with("command", command(env, args, None)));
    }
    let project = env.project()?;
    let meta = std::fs::metadata(&args.file).and_then(|meta| match meta.is_file() {
        true => Ok(meta),
        false => Err(std::io::Error::from(std::io::ErrorKind::IsADirectory)),
    });
    let unreadable = |e: std::io::Error| Error::request("load_file").with("file", args.file.display()).with("cause", e);
    let meta = meta.map_err(unreadable)?;
    let beside = args.file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let out = args.out.as_deref().unwrap_or(beside);
    refuse_inbox(env, &project, out)?;
    let now = clock::now();
    let zone = project.jobs.values().find_map(|job| job.zone().ok());
    let today = zone.map_or_else(|| now.date_naive(), |zone| clock::day_in(zone, now));
    let arrived_on = args.as_of.unwrap_or(today);
    let is_too_large = meta.len() > extract::BYTES_MAX;
    let bytes = if is_too_large { Vec::new() } else { std::fs::read(&args.file).map_err(unreadable)? };
    let file_name = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (feed, name) = match what_it_is(&project, args, &file_name)? {
        Some(known) => known,
        None => {
            let feed = feed_of_folder(&project, args);
            let guess = passing_keys()
                .map(|keys| guess_delivery(&bytes, &file_name, &project, feed.as_deref(), arrived_on, &keys));
            return Err(ask_to_confirm(env, args, &project, &guess.unwrap_or_default(), feed));
        }
    };
    let name = if is_too_large { Err(Refusal::too_large(Limit::File, meta.len(), "")) } else { Ok(name) };
    let arrived_at = arrived_on.to_string();
    let delivered = Delivered { file_name: &file_name, feed: &feed, name, arrived_at: &arrived_at, arrived_on };
    let checked = check_delivery(&project, &delivered, &bytes);
    let wording = Wording::new(&project, &checked, env.lang);
    print_findings(env, &checked, &wording)?;
    let standing = checked.standing();
    if standing != Standing::Clean {
        make_private_folder(out)?;
        let papers = Papers::named(out, &file_name, 1, env.lang);
        write_papers(&project, &checked, &bytes, &papers, env.lang)?;
        for path in [&papers.workbook, &papers.csv, &papers.json] {
            eprintln!("{}", env.say("papers.returned_written", &[("path", &path.display().to_string())]));
        }
    }
    verdict(&checked, &file_name)
}

/// What the folder and the name say, or `--as`; `None` where that is not everything.
fn what_it_is(project: &Project, args: &LoadArgs, file_name: &str) -> Result<Option<(String, DeliveryName)>> {
    let Some(what) = &args.what else {
        let known = feed_of_folder(project, args).zip(read_name(file_name, &project.regions).ok());
        return Ok(known);
    };
    let (feed, rest) = what.split_once('/').unwrap_or((what, ""));
    if !project.feeds.contains_key(feed) {
        let feeds: Vec<&str> = project.feeds.keys().map(String::as_str).collect();
        return Err(Error::request("as_feed").with("feed", feed).with("feeds", feeds.join(", ")));
    }
    let rest = if rest.is_empty() { file_name } else { rest };
    let name = read_name(rest, &project.regions).map_err(|_| Error::request("as_name").with("name", rest))?;
    Ok(Some((feed.to_owned(), name)))
}

/// The feed whose folder the file lies in.
fn feed_of_folder(project: &Project, args: &LoadArgs) -> Option<String> {
    let whole = std::path::absolute(&args.file).ok()?;
    let folder = whole.parent()?.file_name()?.to_string_lossy().into_owned();
    project.feeds.contains_key(&folder).then_some(folder)
}

/// Papers in the inbox would be taken for deliveries.
fn refuse_inbox(env: &Env, project: &Project, out: &Path) -> Result<()> {
    let absolute = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or(path.to_owned());
    let place = absolute(out);
    let inboxes = project.jobs.values().map(|job| env.inbox(project, job));
    match inboxes.map(|inbox| absolute(&inbox)).find(|inbox| place.starts_with(inbox)) {
        Some(_) => Err(Error::request("returned_in_inbox").with("dir", out.display())),
        None => Ok(()),
    }
}

/// The guess in words, and the command that confirms it.
fn ask_to_confirm(env: &Env, args: &LoadArgs, project: &Project, guess: &Guess, folder: Option<String>) -> Error {
    let feeds = match folder {
        Some(feed) => vec![feed],
        None => guess.feeds.clone(),
    };
    let unknown = env.say("papers.guess_unknown", &[]);
    let title = |feed: &String| {
        let contract = project.feeds.get(feed);
        contract.map_or_else(|| feed.clone(), |c| format!("{} ({feed})", c.title.in_lang(env.lang)))
    };
    let titles: Vec<String> = feeds.iter().map(title).collect();
    let joint = env.say("papers.guess_or", &[]);
    let region = guess.region.as_ref().map(|code| {
        let shown = if code.is_empty() { "all" } else { code };
        format!("{} ({shown})", region_name(project, code, env.lang))
    });
    let feed_part = match feeds.as_slice() {
        [feed] => feed.clone(),
        _ => env.say("papers.guess_feed", &[]),
    };
    let region_part = match &guess.region {
        Some(code) if code.is_empty() => "all".to_owned(),
        Some(code) => code.clone(),
        None => env.say("papers.guess_region", &[]),
    };
    let period = guess.period.map(|p| p.to_string());
    let period_part = period.clone().unwrap_or_else(|| env.say("papers.guess_period", &[]));
    let what = format!("{feed_part}/{region_part}_{period_part}");
    Error::request("load_guess")
        .with("file", args.file.display())
        .with("feed", if titles.is_empty() { unknown.clone() } else { titles.join(&joint) })
        .with("region", region.unwrap_or_else(|| unknown.clone()))
        .with("period", period.unwrap_or(unknown))
        .with("command", command(env, args, Some(&what)))
}

/// The command as it was given, with `--dry-run` and `--as`.
fn command(env: &Env, args: &LoadArgs, what: Option<&str>) -> String {
    let mut parts = vec!["jindu".to_owned()];
    let mut push = |flag: &str, value: &Path| parts.extend([flag.to_owned(), quoted(&value.to_string_lossy())]);
    if env.places.project != Path::new(".") {
        push("--project", &env.places.project);
    }
    if env.lang == crate::text::Lang::En {
        push("--lang", Path::new("en"));
    }
    if let Some(inbox) = &env.places.inbox {
        push("--inbox", inbox);
    }
    parts.extend(["load".to_owned(), quoted(&args.file.to_string_lossy()), "--dry-run".to_owned()]);
    if let Some(what) = what.or(args.what.as_deref()) {
        parts.extend(["--as".to_owned(), quoted(what)]);
    }
    if let Some(out) = &args.out {
        parts.extend(["--out".to_owned(), quoted(&out.to_string_lossy())]);
    }
    if let Some(day) = args.as_of {
        parts.extend(["--as-of".to_owned(), day.to_string()]);
    }
    parts.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ':' | ',' | '+' | '=');
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// What was found, kind by kind, without a cell: the kinds to stdout, the sentences to stderr.
fn print_findings(env: &Env, checked: &Checked<'_>, wording: &Wording<'_>) -> Result<()> {
    let delivered = checked.delivered;
    if let Ok(name) = &delivered.name {
        let (region, period) = (wording.region_name(&name.region), name.period.to_string());
        let title = wording.feed_title();
        let said: [(&str, &str); 4] =
            [("file", delivered.file_name), ("feed", &title), ("region", &region), ("period", &period)];
        eprintln!("{}", env.say("papers.load_checked", &said));
    }
    match &checked.read {
        Err(refusal) => {
            let words = wording.refusal(refusal.reason, &refusal.detail);
            eprintln!("{}", words.wrong);
            eprintln!("{}", env.say("papers.load_expected", &[("expected", &words.expected)]));
        }
        Ok(summary) => {
            let kinds = findings(env, checked, wording);
            if !kinds.rows.is_empty() {
                output::print(output::table(&kinds).as_bytes())?;
            }
            let repaired: u64 = summary.repairs.values().sum();
            let counts = [
                ("delivered", summary.rows_delivered),
                ("loaded", summary.rows_loaded),
                ("dropped", summary.rows_dropped),
                ("rejected", summary.rows_rejected),
                ("repaired", repaired),
            ]
            .map(|(name, n)| (name, n.to_string()));
            let counts: Vec<(&str, &str)> = counts.iter().map(|(name, n)| (*name, n.as_str())).collect();
            eprintln!("{}", env.say("papers.load_counts", &counts));
            if !summary.unknown_columns.is_empty() {
                let columns = summary.unknown_columns.join(&wording.joint());
                eprintln!("{}", env.say("papers.load_unknown", &[("columns", &columns)]));
            }
        }
    }
    next_steps(checked, wording).iter().for_each(|step| eprintln!("{step}"));
    Ok(())
}

fn findings(env: &Env, checked: &Checked<'_>, wording: &Wording<'_>) -> Rows {
    let columns = ["severity", "header", "problem", "cells", "rows"];
    let columns = columns.map(|name| env.say(&format!("returned.col_{name}"), &[])).to_vec();
    let mut rows = Vec::new();
    for rejects in [true, false] {
        let severity = env.say(if rejects { "returned.rejects" } else { "returned.warns" }, &[]);
        for (reason, field, count) in checked.counts(rejects) {
            let sentence = env.say(&format!("reason.{reason}"), &[]);
            rows.push(vec![
                Value::Text(severity.clone()),
                Value::Text(wording.header(field).to_owned()),
                Value::Text(sentence),
                Value::Int(count.cells as i64),
                Value::Text(first_rows(wording, count)),
            ]);
        }
    }
    Rows { columns, rows }
}

/// 0 where the whole file would be loaded, 1 where rows or all of it would not.
fn verdict(checked: &Checked<'_>, file_name: &str) -> Result<()> {
    match (&checked.read, checked.standing()) {
        (Err(refusal), _) => Err(Error::data("load_refused").with("file", file_name).with("reason", refusal.reason)),
        (Ok(summary), Standing::Rejected) => {
            Err(Error::data("load_rejected").with("file", file_name).with("rows", summary.rows_rejected))
        }
        _ => Ok(()),
    }
}

/// Writes the papers for what was loaded.
pub fn write(env: &Env, args: &ReturnedArgs) -> Result<()> {
    let project = env.project()?;
    let warehouse = env.existing_warehouse()?;
    if let Some(feed) = args.feed.as_ref().filter(|feed| !project.feeds.contains_key(*feed)) {
        let feeds: Vec<&str> = project.feeds.keys().map(String::as_str).collect();
        return Err(Error::request("as_feed").with("feed", feed).with("feeds", feeds.join(", ")));
    }
    if let Some(region) = args.region.as_ref().filter(|r| *r != "all" && !project.regions.delivers(r)) {
        return Err(Error::request("returned_region").with("region", region));
    }
    refuse_inbox(env, &project, &args.out)?;
    refuse_data(&args.out, &env.places.data)?;
    let wanted = Wanted { feed: args.feed.clone(), region: args.region.clone() };
    let bar = ProgressBar::new(0);
    let progress = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let sent = write_returned(&project, &warehouse, &wanted, &args.out, env.lang, &progress);
    bar.finish_and_clear();
    let sent = sent?;
    let columns = ["feed", "file", "standing", "rows_rejected", "cells", "workbook"];
    let columns = columns.map(|name| env.say(&format!("papers.sent_{name}"), &[])).to_vec();
    let rows = sent
        .iter()
        .map(|file| {
            let standing = match file.refusal {
                Some(reason) => env.say(&format!("refusal.{reason}"), &[]),
                None => env.say(&format!("papers.standing_{}", file.standing.name()), &[]),
            };
            let workbook: PathBuf = file.workbook.strip_prefix(&args.out).unwrap_or(&file.workbook).to_owned();
            vec![
                Value::Text(file.feed.clone()),
                Value::Text(file.file.clone()),
                Value::Text(standing),
                Value::Int(file.rows_rejected as i64),
                Value::Int(file.cells as i64),
                Value::Text(workbook.display().to_string()),
            ]
        })
        .collect();
    output::print(output::table(&Rows { columns, rows }).as_bytes())?;
    let of = |standing: Standing| sent.iter().filter(|f| f.standing == standing).count().to_string();
    let said = [
        ("files", sent.len().to_string()),
        ("refused", of(Standing::Refused)),
        ("rejected", of(Standing::Rejected)),
        ("warned", of(Standing::Warned)),
        ("dir", args.out.display().to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    eprintln!("{}", env.say("papers.sent_back", &said));
    Ok(())
}

/// Papers are not kept in the data folder: what lies there is the program's own.
fn refuse_data(out: &Path, data: &Path) -> Result<()> {
    let absolute =
        |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).map_err(|e| io_error(path, &e));
    match absolute(out)?.starts_with(absolute(data)?) {
        true => Err(Error::request("returned_in_data").with("dir", out.display())),
        false => Ok(()),
    }
}
