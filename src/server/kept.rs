//! Answers made once and given again from memory. What stands at an address changes only with the dashboards or the list
//! of editions, so its bytes are kept as long as these stay; who asks for what is being made waits for it. A known answer
//! is said to be known (`304`), and text goes packed to whoever takes it so.

use super::beside;
use super::state::Served;
use crate::error::{Error, Result};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH,
    VARY,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Bytes of answers kept; beyond them all are let go.
const KEPT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Addresses kept.
const KEPT_MAX: usize = 5_000;
/// A longer answer is made for each asker: one alone must not put out all others.
const KEPT_ANSWER_BYTES_MAX: usize = KEPT_BYTES_MAX / 8;
/// Text below this length gains nothing by packing.
const PACKED_FROM_BYTES: usize = 1_024;
/// Kinds of answers that are text.
const TEXT_KINDS: [&str; 4] = ["text/", "application/json", "image/svg+xml", "application/javascript"];

/// Marks an answer that may be kept.
#[derive(Clone)]
struct Lasting;

/// An answer that stays as it is while the dashboards and the list of editions do.
pub fn lasting(kind: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = ([(CONTENT_TYPE, kind)], Body::from(body.into())).into_response();
    response.extensions_mut().insert(Lasting);
    response
}

/// An answer that may be another the next time.
pub fn unkept(kind: &'static str, body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], body).into_response()
}

/// What answers depend on beside their address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Era {
    /// The number of the dashboards' reading.
    pub dashboards: u64,
    pub editions: Vec<u64>,
}

/// The answers of one era.
#[derive(Default)]
pub struct Kept(Mutex<Store>);

#[derive(Default)]
struct Store {
    era: Era,
    bytes: usize,
    made: HashMap<String, Arc<Place>>,
}

/// Where an address's answer is kept.
#[derive(Default)]
struct Place {
    made: OnceCell<Made>,
    /// It gave an answer that does not last: who waits need wait no longer.
    is_passing: AtomicBool,
}

impl Kept {
    /// The place of an address's answer; empty until somebody has made it.
    fn place(&self, era: &Era, address: &str) -> Arc<Place> {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if store.era != *era || store.bytes > KEPT_BYTES_MAX || store.made.len() >= KEPT_MAX {
            *store = Store { era: era.clone(), ..Store::default() };
        }
        if let Some(place) = store.made.get(address) {
            return place.clone();
        }
        store.bytes += address.len();
        store.made.entry(address.to_owned()).or_default().clone()
    }

    fn count(&self, era: &Era, bytes: usize) {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if store.era == *era {
            store.bytes += bytes;
        }
    }

    /// Forgets an address that gave nothing to keep.
    fn forget(&self, address: &str, place: &Arc<Place>) {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if store.made.get(address).is_some_and(|known| Arc::ptr_eq(known, place) && !known.made.initialized()) {
            store.made.remove(address);
            store.bytes = store.bytes.saturating_sub(address.len());
        }
    }
}

/// One answer, whole.
struct Made {
    headers: HeaderMap,
    plain: Form,
    /// The same packed, if it is text of some length.
    packed: Option<Form>,
}

/// Bytes with their fingerprint.
struct Form {
    body: Bytes,
    etag: String,
}

impl Form {
    fn of(body: Bytes) -> Form {
        let etag = format!("\"{}\"", crate::project::hex(&Sha256::digest(&body)[..12]));
        Form { body, etag }
    }
}

impl Made {
    /// Fingerprints and packs an answer.
    fn of(headers: HeaderMap, body: Bytes) -> Result<Made> {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_text = TEXT_KINDS.iter().any(|text| kind.starts_with(text));
        let packed = (is_text && body.len() >= PACKED_FROM_BYTES).then(|| pack(&body)).transpose()?;
        Ok(Made { headers, plain: Form::of(body), packed: packed.map(Form::of) })
    }

    fn bytes(&self) -> usize {
        self.plain.body.len() + self.packed.as_ref().map_or(0, |packed| packed.body.len())
    }

    /// The answer to one asker, in the form that it takes; `304` where it has that already.
    fn answer(&self, asker: &Asker) -> Response {
        let packed = self.packed.as_ref().filter(|_| asker.takes_packed);
        let form = packed.unwrap_or(&self.plain);
        let is_known = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == form.etag;
        let known = asker.knows.as_deref().is_some_and(|tags| tags.split(',').any(|tag| is_known(tag.trim())));
        let mut response = match known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => Body::from(form.body.clone()).into_response(),
        };
        let headers = response.headers_mut();
        headers.extend(self.headers.clone());
        if known {
            headers.remove(CONTENT_TYPE);
        }
        if packed.is_some() && !known {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if self.packed.is_some() {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&form.etag) {
            headers.insert(ETAG, etag);
        }
        response
    }
}

fn pack(body: &[u8]) -> Result<Bytes> {
    let failed = |e| Error::internal("output").with("cause", e);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(body).map_err(failed)?;
    Ok(packed.finish().map_err(failed)?.into())
}

/// What of a request decides the form of its answer.
struct Asker {
    /// The fingerprints that it has.
    knows: Option<String>,
    takes_packed: bool,
}

impl Asker {
    fn of(headers: &HeaderMap) -> Asker {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Asker {
            knows: text(IF_NONE_MATCH).map(str::to_owned),
            takes_packed: text(ACCEPT_ENCODING).is_some_and(takes_gzip),
        }
    }
}

/// Whether a list like `br, gzip;q=0.5` takes gzip.
fn takes_gzip(list: &str) -> bool {
    list.split(',').any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.trim().strip_prefix("q=").map_or("1", str::trim);
        name.trim().eq_ignore_ascii_case("gzip") && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

/// Gives a kept answer, or has it made; what is not lasting is passed on as it is.
pub async fn keep(State(served): State<Served>, mut request: Request, next: Next) -> Response {
    let is_asked = [Method::GET, Method::HEAD].contains(request.method());
    let Some(era) = served.era().filter(|_| is_asked) else { return next.run(request).await };
    // A head alone is that of the whole answer, whose body goes lost on the way.
    *request.method_mut() = Method::GET;
    let asker = Asker::of(request.headers());
    let address = request.uri().path_and_query().map_or("", |address| address.as_str()).to_owned();
    let place = served.answers().place(&era, &address);
    let made = place.made.get_or_try_init(|| async {
        if place.is_passing.load(Ordering::Acquire) {
            return Err(Unmade::Asked(request, next));
        }
        let made = made_of(next.run(request).await).await;
        if made.is_err() {
            place.is_passing.store(true, Ordering::Release);
        }
        let made = made.map_err(Unmade::Answered)?;
        served.answers().count(&era, made.bytes());
        Ok(made)
    });
    match made.await {
        Ok(made) => made.answer(&asker),
        Err(unmade) => {
            served.answers().forget(&address, &place);
            match unmade {
                Unmade::Answered(response) => response,
                Unmade::Asked(request, next) => next.run(request).await,
            }
        }
    }
}

/// What gave nothing to keep: an answer that does not last, or a request that waited for one and is still to be answered.
enum Unmade {
    Answered(Response),
    Asked(Request, Next),
}

/// An answer to keep; one that does not last comes back.
async fn made_of(response: Response) -> Result<Made, Response> {
    if response.status() != StatusCode::OK || response.extensions().get::<Lasting>().is_none() {
        return Err(response);
    }
    let (mut parts, body) = response.into_parts();
    // Each form has a length of its own.
    parts.headers.remove(CONTENT_LENGTH);
    let failed = |error: Error| {
        eprintln!("{error}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    };
    let whole = to_bytes(body, usize::MAX).await;
    let whole = whole.map_err(|e| failed(Error::internal("output").with("cause", e)))?;
    if whole.len() > KEPT_ANSWER_BYTES_MAX {
        return Err(Response::from_parts(parts, Body::from(whole)));
    }
    beside(move || Made::of(parts.headers, whole)).await.map_err(failed)
}
