use serde_json::{Value, json};

use super::{Call, Problem, reload};
use crate::clock;
use crate::fixtures::LoadError;
use crate::http::Response;

/// How many errors of fixtures, or of scenarios, are shown; a reload by hand answers with all of them.
const SHOWN: usize = 20;

/// `GET /__admin/health`: alive, and how the files are.
pub(super) fn health(call: &Call<'_>) -> Result<Response, Problem> {
    let mistakes = call.app.reloading.mistakes();
    let uptime = clock::system_now().duration_since(call.app.started);
    Ok(super::json(&json!({
        "status": "healthy",
        "version": env!("CARGO_PKG_VERSION"),
        "uptimeInSeconds": uptime.as_secs(),
        "fixtures": freshness(&mistakes.fixtures),
        "scenarios": freshness(&mistakes.scenarios),
    })))
}

fn freshness(errors: &[LoadError]) -> Value {
    match errors.first() {
        None => json!({ "status": "fresh", "error": null }),
        Some(first) => json!({
            "status": "stale",
            "error": first.to_string(),
            "errors": errors.iter().take(SHOWN).map(reload::error).collect::<Vec<Value>>(),
            "errorCount": errors.len(),
        }),
    }
}

/// `GET /__admin/ready`: 200, since there is nobody to ask before the fixtures are read.
pub(super) fn ready(_: &Call<'_>) -> Result<Response, Problem> {
    Ok(super::json(&json!({ "status": "ready" })))
}
