//! The house's front: routes over the one door. Serves loopback addresses only, until there is sign-in.

mod api;
mod connections;
mod editions;
mod jobs;
mod kept;
mod models;
pub mod models_json;
pub mod pages;
mod routes;
mod same_site;
mod search;
mod sql;
mod state;
mod take;
mod workbook;

pub use connections::{Times, accept};
pub use routes::router;
pub use state::Served;

use crate::error::{Error, Result};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Binds an address; any that is not loopback is refused.
pub async fn listen(address: &str) -> Result<TcpListener> {
    let failed =
        |cause: &dyn std::fmt::Display| Error::request("listen_address").with("address", address).with("cause", cause);
    let address: SocketAddr = match address.parse() {
        Ok(address) => address,
        Err(cause) => {
            let mut found = tokio::net::lookup_host(address).await.map_err(|_| failed(&cause))?;
            found.next().ok_or_else(|| failed(&cause))?
        }
    };
    if !address.ip().is_loopback() {
        return Err(Error::request("listen_loopback").with("address", address));
    }
    TcpListener::bind(address).await.map_err(|e| failed(&e))
}

/// Serves until `stop` ends.
pub async fn serve(listener: TcpListener, served: Served, stop: impl Future<Output = ()>) {
    let closing = served.clone();
    let stop = async move {
        stop.await;
        closing.questions().close();
    };
    // Planning every model for the documentation and finding the fonts take a while: done before somebody asks for them. If
    // that fails, who asks is told.
    let early = served.clone();
    tokio::spawn(async move { early.docs().await.map(drop) });
    tokio::spawn(beside(|| take::fonts().map(drop)));
    accept(listener, router(served), Times::default(), stop).await;
}

/// Does heavy work beside the threads that answer everybody.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal("runtime").with("cause", e))?
}
