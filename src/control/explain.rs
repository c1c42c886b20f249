use serde_json::{Value, json};

use super::requests::named;
use super::{Call, Problem};
use crate::dialects;
use crate::http::Response;

/// `GET /__admin/explain/{requestId}`: why a request was answered as it was.
pub(super) fn explain(call: &Call<'_>) -> Result<Response, Problem> {
    let request = named(call)?;
    let entry = &request.entry;
    let trail = &entry.trail;
    let vendor = entry.vendor.and_then(|it| dialects::ALL.get(it));
    let checks = vendor.map(|vendor| vendor.checks).unwrap_or_default();
    let is_good = entry.status < 400;
    let listed: Vec<Value> = checks
        .iter()
        .enumerate()
        .map(|(index, check)| {
            let outcome = match trail.last() {
                Some(last) if index == last => {
                    if is_good {
                        "answered"
                    } else {
                        "failed"
                    }
                }
                _ if trail.has_made(index) => "passed",
                Some(last) if index < last => "not asked",
                _ => "not reached",
            };
            json!({ "check": check.name, "about": check.about, "outcome": outcome })
        })
        .collect();
    let row = vendor.zip(trail.problem);
    let row = row.and_then(|(vendor, id)| vendor.catalogue.iter().find(|row| row.id == id));
    let problem = row.map(|row| {
        json!({
            "id": row.id,
            "status": row.status,
            "how": row.how,
            "evidence": row.evidence.name(),
        })
    });
    let is_forced = trail.forced_by.as_ref().is_some_and(|it| it.is_answer);
    let decided_by = match trail.last().and_then(|last| checks.get(last)) {
        _ if is_forced => "what forced it",
        Some(check) => check.name,
        None if vendor.is_some() => "something that this vendor doesn't tell of",
        None if entry.status == 404 => "no API lies at this path",
        None => "a browser's preflight is answered before anything else (`--cors`)",
    };
    Ok(super::json(&json!({
        "request": request.line(),
        "caller": trail.caller.as_deref(),
        "checks": listed,
        "decidedBy": decided_by,
        "problem": problem,
        "forcedBy": trail.forced_by.as_ref().map(|it| it.json()),
    })))
}
