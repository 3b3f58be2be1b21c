//! `jindu demo` and `jindu serve`.

use super::{DemoArgs, Env, night};
use crate::error::{Error, Result};

pub async fn run(env: &Env, args: &DemoArgs) -> Result<()> {
    let _ = (env, &args.listen, args.no_serve, night::check as fn(&Env) -> Result<()>);
    Err(Error::request("page_unknown"))
}

pub async fn serve(env: &Env, listen: &str, jobs: bool) -> Result<()> {
    let _ = (env, listen, jobs);
    Err(Error::request("page_unknown"))
}
