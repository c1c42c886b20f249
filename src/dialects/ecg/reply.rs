//! Answers that tell of success.

use http::StatusCode;
use serde_json::{Value, json};

use crate::http::Response;

/// What Express sends with `response.json()`.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// An answer with a JSON body.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    Response::new(status, JSON, body.to_string())
}

/// The answer of an action that returns nothing else (facts §4.0 A-OK).
pub(super) fn done(message: &str) -> Response {
    json(StatusCode::OK, &json!({ "value": true, "message": message }))
}
