//! `GET /healthcheck`: documented, and the shape of `@nestjs/terminus` (facts §2.1).

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::json;

use super::{Call, Problem, reply};
use crate::http::Response;

/// Terminus forbids every cache to keep the answer, healthy or not.
pub(super) const NO_CACHE: &str = "no-cache, no-store, must-revalidate";

/// Everything is well: there is no database that could be down.
pub(super) fn check(_: &Call<'_>) -> Result<Response, Problem> {
    let up = json!({ "database": { "status": "up" } });
    let body = json!({ "status": "ok", "info": up, "error": {}, "details": up });
    Ok(reply::json(StatusCode::OK, &body).with(CACHE_CONTROL, NO_CACHE))
}
