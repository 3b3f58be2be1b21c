//! `jindu query`: questions to an edition.

use super::{Env, Format, QueryArgs, output};
use crate::error::{Error, Result, io_error};
use crate::rows::write_csv;
use crate::warehouse::{Limits, Reader, plain_rows};
use std::io::{IsTerminal, Read};
use std::sync::Arc;

pub async fn run(env: &Env, args: &QueryArgs) -> Result<()> {
    let mut sql = args.sql.clone();
    if sql == "-" {
        sql.clear();
        std::io::stdin().read_to_string(&mut sql).map_err(|e| Error::request("stdin").with("cause", e))?;
    }
    let warehouse = env.existing_warehouse()?;
    let edition = warehouse.edition(args.edition)?;
    let reader = Reader::new(Arc::new(env.project()?), warehouse, Limits::default())?;
    let answer = reader.ask(&edition, &sql, &[]).await?;
    let bytes = match args.format {
        Format::Parquet => {
            if args.output.is_none() && std::io::stdout().is_terminal() {
                return Err(Error::request("parquet_on_terminal"));
            }
            output::parquet(&answer)?
        }
        Format::Table => output::table(&plain_rows(&answer.schema, &answer.batches)?).into_bytes(),
        Format::Csv => write_csv(&plain_rows(&answer.schema, &answer.batches)?)?,
        Format::Json => output::json(&plain_rows(&answer.schema, &answer.batches)?).into_bytes(),
    };
    match &args.output {
        Some(path) => std::fs::write(path, bytes).map_err(|e| io_error(path, &e)),
        None => output::print(&bytes),
    }
}
