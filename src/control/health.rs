use serde_json::json;

use super::{Call, Problem};
use crate::clock;
use crate::http::Response;

/// `GET /__admin/health`: alive, and how the fixtures are.
pub(super) fn health(call: &Call<'_>) -> Result<Response, Problem> {
    let uptime = clock::system_now().duration_since(call.app.started);
    Ok(super::json(&json!({
        "status": "healthy",
        "version": env!("CARGO_PKG_VERSION"),
        "uptimeInSeconds": uptime.as_secs(),
        "fixtures": { "status": "fresh", "error": null },
    })))
}

/// `GET /__admin/ready`: 200, since there is nobody to ask before the fixtures are read.
pub(super) fn ready(_: &Call<'_>) -> Result<Response, Problem> {
    Ok(super::json(&json!({ "status": "ready" })))
}
