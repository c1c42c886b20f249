use serde_json::{Value, json};

use super::requests::named;
use super::{Call, Problem};
use crate::http::Response;
use crate::scenarios::ForcedBy;

/// `GET /__admin/explain/{requestId}`: why a request was answered as it was.
pub(super) fn explain(call: &Call<'_>) -> Result<Response, Problem> {
    let request = named(call)?;
    let entry = &request.entry;
    let checks = entry.vendor.map(|vendor| vendor.checks).unwrap_or_default();
    let is_good = entry.status < 400;
    let listed: Vec<Value> = checks
        .iter()
        .enumerate()
        .map(|(index, check)| {
            let outcome = match entry.checks.last() {
                Some(last) if index == last => {
                    if is_good {
                        "answered"
                    } else {
                        "failed"
                    }
                }
                _ if entry.checks.contains(index) => "passed",
                Some(last) if index < last => "not asked",
                _ => "not reached",
            };
            json!({ "check": check.name, "about": check.about, "outcome": outcome })
        })
        .collect();
    let row = entry.vendor.zip(entry.problem);
    let row = row.and_then(|(vendor, id)| vendor.catalogue.iter().find(|row| row.id == id));
    let problem = row.map(|row| {
        json!({
            "id": row.id,
            "status": row.status,
            "how": row.how,
            "evidence": row.evidence.name(),
        })
    });
    let is_forced = entry.forced_by().is_some_and(|it| it.is_answer);
    let decided_by = match entry.checks.last().and_then(|last| checks.get(last)) {
        _ if is_forced => "what forced it",
        Some(check) => check.name,
        None if entry.vendor.is_some() => "something that this vendor doesn't tell of",
        None if entry.status == 404 => "no API lies at this path",
        None => "a browser's preflight is answered before anything else (`--cors`)",
    };
    Ok(super::json(&json!({
        "request": request.line(),
        "caller": entry.caller(),
        "checks": listed,
        "decidedBy": decided_by,
        "problem": problem,
        "forcedBy": entry.forced_by().map(ForcedBy::json),
    })))
}
