//! `jindu answer`: one question of a server, in a process of its own. Nobody types it.

use super::Env;
use crate::error::Result;
use crate::questions;

pub async fn run(env: &Env) -> Result<()> {
    questions::answer(&env.places.project, &env.places.data).await
}
