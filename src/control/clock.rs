use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::{Call, Problem};
use crate::http::Response;

/// `GET /__admin/clock`: the session's time.
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    let clock = &call.session.clock;
    Ok(super::json(&json!({ "now": clock.now().to_string(), "frozen": clock.is_frozen() })))
}

/// What `PUT /__admin/clock` takes: one of the three.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Change {
    Freeze(Timestamp),
    Advance(#[serde(deserialize_with = "crate::clock::deserialize_duration")] SignedDuration),
    Resume(bool),
}

/// `PUT /__admin/clock`: stop it, move it, or let it run.
pub(super) fn put(call: &Call<'_>) -> Result<Response, Problem> {
    let unreadable = |error: String| Problem::BadBody {
        error: format!(
            "{error}; expected one of {{\"freeze\":\"2026-01-02T03:04:05Z\"}}, {{\"advance\":\"PT1H\"}} and {{\"resume\":true}}"
        ),
    };
    let body = call.request.body.as_ref().map_err(|error| unreadable(format!("{error:?}")))?;
    let clock = &call.session.clock;
    match serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))? {
        Change::Freeze(at) => clock.freeze(at),
        Change::Advance(by) => clock.advance(by),
        Change::Resume(true) => clock.resume(),
        Change::Resume(false) => return Err(unreadable("`resume` can only be true".to_owned())),
    }
    get(call)
}
