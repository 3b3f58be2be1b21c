//! What may only be asked by this server's own pages, or by a program: a page of another site must not spend its time.

use crate::error::{Error, Result};
use axum::http::{HeaderMap, header};

/// Refuses what a page of another site sends. A browser says where a request comes from; a program says nothing.
pub fn check_same_site(headers: &HeaderMap) -> Result<()> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_own_fetch = text("sec-fetch-site").is_none_or(|site| ["same-origin", "none"].contains(&site));
    let host = text(header::HOST.as_str()).unwrap_or("localhost");
    let is_own_origin = text(header::ORIGIN.as_str())
        .is_none_or(|origin| ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(host)));
    if is_own_fetch && is_own_origin { Ok(()) } else { Err(Error::request("query_other_site")) }
}

/// Refuses a body of another type than the one wanted; a form of another site cannot send JSON.
pub fn check_body_kind(headers: &HeaderMap, wanted: &'static str) -> Result<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(wanted) {
        Ok(())
    } else {
        Err(Error::request("query_body_kind").with("wanted", wanted))
    }
}
