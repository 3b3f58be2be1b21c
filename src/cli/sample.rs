//! `jindu sample`: writes a synthetic delivery.

use super::{Env, SampleArgs};
use crate::error::{Error, Result};
use crate::extract::read_period;
use crate::sample::{SAMPLE_YEAR, SampleOptions, write_sample};
use indicatif::{ProgressBar, ProgressStyle};

pub fn run(env: &Env, args: &SampleArgs) -> Result<()> {
    let wrong = || Error::request("sample_through").with("through", &args.through).with("year", SAMPLE_YEAR);
    let through = read_period(&args.through).filter(|_| args.through.len() == 7).ok_or_else(wrong)?;
    let options = SampleOptions {
        people: args.people,
        through: (through.year, through.month),
        seed: args.seed,
        out: args.out.clone(),
    };
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(env.say("cli.rows", &[]));
    let totals = write_sample(&options, &mut |rows| bar.set_position(rows))?;
    bar.finish_and_clear();
    let rows: u64 = totals.rows.values().sum();
    let said = [("rows", rows.to_string()), ("out", args.out.display().to_string())];
    eprintln!("{}", env.say("cli.sample_written", &[("rows", &said[0].1), ("out", &said[1].1)]));
    Ok(())
}
