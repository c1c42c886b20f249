//! Syncing people again: there is nothing to sync with, so all that shows is who could be synced.

use http::StatusCode;
use serde_json::{Value, json};

use super::person::text;
use super::{Call, Problem, reply, requests};
use crate::http::Response;

/// `POST /api/people/re-sync`. It changes nothing about the person (facts §4.2 #9).
pub(super) fn one(call: &Call<'_>) -> Result<Response, Problem> {
    let members = call.valid_body(requests::RESYNC, |_, _| ())?;
    let id = text(&members, "personId").unwrap_or_default();
    match call.world.people.get(&id.to_ascii_lowercase()) {
        Some(stored) => stored.person.changeable()?,
        None => return Err(Problem::PersonNotFound { id: id.into() }),
    }
    Ok(reply::done("Person has been re-synced"))
}

/// `POST /api/people/re-sync-batch`: a result for each id, in the order of the ids. Who can't be
/// synced is a failed item, not an error (facts §4.2 #11).
pub(super) fn batch(call: &Call<'_>) -> Result<Response, Problem> {
    let members = call.valid_body(requests::RESYNC_BATCH, |_, _| ())?;
    let ids = members.get("personIds").and_then(Value::as_array).into_iter().flatten();
    let mut synced = 0;
    let items: Vec<Value> = ids
        .filter_map(Value::as_str)
        .map(|id| {
            let failure = failure(call, id);
            synced += usize::from(failure.is_none());
            json!({ "personId": id, "synced": failure.is_none(), "message": failure })
        })
        .collect();
    let body = json!({
        "totalRequested": items.len(),
        "totalSynced": synced,
        "totalFailed": items.len() - synced,
        "items": items,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

fn failure(call: &Call<'_>, id: &str) -> Option<&'static str> {
    let Some(stored) = call.world.people.get(&id.to_ascii_lowercase()) else {
        return Some("Person not found");
    };
    match stored.person.changeable() {
        Ok(()) => None,
        Err(Problem::PersonArchived { .. }) => Some("Person is archived"),
        Err(_) => Some("Person is inactive"),
    }
}
