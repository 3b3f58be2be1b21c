//! The routes, tested in process, and the one door behind them.

mod http;
mod query;
mod serving;
mod sql;

use crate::support::project;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use jindu::project::Project;
use jindu::questions::Place;
use jindu::server::{Served, router};
use jindu::warehouse::{Limits, Warehouse};
use serde_json::Value as Json;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;

/// What `jindu serve` shares between its requests, over a data folder.
pub fn served(data: &Path) -> Served {
    served_by(&project(), data)
}

/// What it shares over the data folder of another project.
pub fn served_by(project: &Path, data: &Path) -> Served {
    let program = env!("CARGO_BIN_EXE_jindu").into();
    let place = Place { program, project: project.to_owned(), data: data.to_owned(), limits: Limits::default() };
    let project = Project::read(project).unwrap();
    Served::answered_at(Arc::new(project), Warehouse::open_existing(data).unwrap(), place).unwrap()
}

/// The routes over a data folder.
pub fn routes(data: &Path) -> Router {
    router(served(data))
}

/// The routes with analysts' questions answered at a place.
pub fn routes_at(data: &Path, place: Place) -> Router {
    let project = Arc::new(Project::read(&project()).unwrap());
    router(Served::answered_at(project, Warehouse::open_existing(data).unwrap(), place).unwrap())
}

/// What was answered.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub async fn send(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
    send_body(router, method, path, headers, Body::empty()).await
}

pub async fn send_body(router: &Router, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body }
}

pub async fn get(router: &Router, path: &str) -> Reply {
    send(router, Method::GET, path, &[]).await
}

/// The body of what must be there.
pub async fn get_well(router: &Router, path: &str) -> String {
    let reply = get(router, path).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.text()
}
