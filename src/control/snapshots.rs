use http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Problem};
use crate::http::Response;
use crate::sessions::{Snapshot, check_name};

/// `GET /__admin/snapshots`: those of this session, by name.
pub(super) fn list(call: &Call<'_>) -> Result<Response, Problem> {
    let snapshots = call.slot.list_snapshots();
    let snapshots: Vec<Value> = snapshots.iter().map(|(name, it)| shown(name, it)).collect();
    Ok(super::json(&json!({ "snapshots": snapshots })))
}

/// `GET /__admin/snapshots/{name}`
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    check_name(call.name)?;
    let snapshot = call.slot.snapshot(call.name).ok_or_else(|| missing(call))?;
    Ok(super::json(&shown(call.name, &snapshot)))
}

/// `PUT /__admin/snapshots/{name}`: remembers this session as it is, in the place of what had the
/// name.
pub(super) fn put(call: &Call<'_>) -> Result<Response, Problem> {
    check_name(call.name)?;
    let (snapshot, is_new) = call.slot.take_snapshot(call.name, &call.app.seeds.load())?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(super::json_with(status, &shown(call.name, &snapshot)))
}

/// `DELETE /__admin/snapshots/{name}`
pub(super) fn delete(call: &Call<'_>) -> Result<Response, Problem> {
    check_name(call.name)?;
    if !call.slot.drop_snapshot(call.name) {
        return Err(missing(call));
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// `POST /__admin/snapshots/{name}/restore`: this session back to what it was.
pub(super) fn restore(call: &Call<'_>) -> Result<Response, Problem> {
    check_name(call.name)?;
    if !call.slot.restore(call.name, &call.app.seeds.load()) {
        return Err(missing(call));
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

fn missing(call: &Call<'_>) -> Problem {
    Problem::NoSnapshot { name: call.name.to_owned() }
}

fn shown(name: &str, snapshot: &Snapshot) -> Value {
    json!({ "name": name, "takenAt": snapshot.taken.to_string() })
}
