//! The vendor's good answers, and the headers of all of them.

use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, EXPIRES, PRAGMA, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::problem::Stage;
use crate::http::{Prepared, Response};

/// The vendor writes no blank before `charset`.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
/// The first moment of 1970, which is how the vendor says that an answer is stale already.
pub(super) const LONG_AGO: HeaderValue = HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("SAMEORIGIN");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// A success with a JSON body.
pub(super) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    Response { status, headers: Prepared::Static(&UNCACHED).into(), body: body.into() }
}

/// A success without a body; it carries the JSON content type all the same.
pub(super) fn nothing(status: StatusCode) -> Response {
    json(status, Bytes::new())
}

/// An error. Those that arise in the resource say nothing of caches.
pub(super) fn error(status: StatusCode, body: String, stage: Stage) -> Response {
    let headers = match stage {
        Stage::BeforeResource => Prepared::Static(&UNCACHED).into(),
        Stage::InResource => {
            let mut headers = framed(4);
            headers.insert(CONTENT_TYPE, JSON);
            headers.into()
        }
    };
    Response { status, headers, body: body.into() }
}

/// The answer to OPTIONS where CORS is off: an index of resources, of which we keep the frame and
/// leave out the entries, since no client is known to read them.
pub(super) fn no_metadata() -> Response {
    let body = r#"{"list":{"pagination":{"count":0,"hasMoreItems":false,"totalItems":0,"skipCount":0,"maxItems":100},"entries":[]}}"#;
    json(StatusCode::OK, body)
}

/// The networks of a user of the Community edition: the default one, which has no quotas (facts:
/// framework §4).
pub(super) fn networks() -> Response {
    let body = r#"{"list":{"pagination":{"count":1,"hasMoreItems":false,"totalItems":1,"skipCount":0,"maxItems":100},"entries":[{"entry":{"id":"-default-","isEnabled":true,"quotas":[]}}]}}"#;
    json(StatusCode::OK, body)
}

/// The 416: the vendor says so in one header, quotes included, and closes the stream
/// (HttpRangeProcessor:574-619).
pub(super) fn range_not_satisfiable() -> Response {
    let mut headers = framed(4);
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_RANGE, HeaderValue::from_static("\"*\""));
    Response { headers: headers.into(), ..Response::empty(StatusCode::RANGE_NOT_SATISFIABLE) }
}

/// The headers of every answer, with room for more.
pub(super) fn framed(capacity: usize) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(capacity);
    headers.insert(X_FRAME_OPTIONS, SAME_ORIGIN);
    headers
}

/// The headers of what no cache may keep, made once.
static UNCACHED: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = framed(8);
    headers.insert(CACHE_CONTROL, NO_CACHE);
    headers.insert(EXPIRES, LONG_AGO);
    headers.insert(PRAGMA, NO_CACHE);
    headers.insert(CONTENT_TYPE, JSON);
    headers
});
