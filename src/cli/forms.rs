//! `jindu form`: an official form of an edition as a workbook.

use super::{Env, FormArgs, output};
use crate::error::{Result, io_error};
use crate::forms::{AskedForm, form_bytes};
use crate::rows::{Rows, Value};
use crate::warehouse::{Limits, Reader};
use std::path::PathBuf;
use std::sync::Arc;

pub async fn run(env: &Env, args: &FormArgs) -> Result<()> {
    let project = Arc::new(env.project()?);
    let Some(name) = &args.form else {
        let rows = project.forms.values().map(|form| {
            let text = |s: &str| Value::Text(s.to_owned());
            vec![text(&form.name), text(form.number.in_lang(env.lang)), text(form.title.in_lang(env.lang))]
        });
        let columns = ["form", "number", "title"].map(str::to_owned).to_vec();
        return output::print(output::table(&Rows { columns, rows: rows.collect() }).as_bytes());
    };
    let warehouse = env.existing_warehouse()?;
    let edition = warehouse.edition(args.edition)?;
    let reader = Reader::new(project, warehouse, Limits::default())?;
    let asked = AskedForm { name, period: args.period.as_deref(), place: args.place.as_deref(), lang: env.lang };
    let (bytes, period) = form_bytes(&reader, &edition, &asked).await?;
    let place = args.place.as_ref().map(|p| format!("_{p}")).unwrap_or_default();
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{name}_{period}{place}.xlsx")));
    std::fs::write(&path, bytes).map_err(|e| io_error(&path, &e))?;
    eprintln!("{}", env.say("cli.form_written", &[("path", &path.display().to_string())]));
    Ok(())
}
