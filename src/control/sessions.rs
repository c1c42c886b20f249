use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, MOUNT, Problem};
use crate::http::Response;
use crate::sessions::{DEFAULT, Slot, Start, check_name};

/// `GET /__admin/sessions`: all of them, `default` first.
pub(super) fn list(call: &Call<'_>) -> Result<Response, Problem> {
    let sessions: Vec<Value> = call.app.sessions.list().iter().map(|it| shown(it)).collect();
    Ok(super::json(&json!({ "sessions": sessions })))
}

/// `GET /__admin/sessions/{id}`
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    check_name(call.name)?;
    match call.app.sessions.get(call.name) {
        Some(slot) => Ok(super::json(&shown(&slot))),
        None => Err(Problem::NoSession { id: call.name.to_owned() }),
    }
}

/// What `POST /__admin/sessions` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    id: Option<String>,
    from: Option<String>,
}

/// `POST /__admin/sessions`: a new one, from the seed, from another session, or from a snapshot of
/// the session that the call is made in.
pub(super) fn create(call: &Call<'_>) -> Result<Response, Problem> {
    let New { id, from } = call.body()?;
    if let Some(id) = &id {
        check_name(id)?;
    }
    let start = match from.as_deref().map(|from| from.split_once(':').unwrap_or((from, ""))) {
        None => Start::Seeds,
        Some(("session", source)) => {
            check_name(source)?;
            Start::Session(source)
        }
        Some(("snapshot", name)) => {
            check_name(name)?;
            Start::Snapshot(call.slot, name)
        }
        Some((other, _)) => {
            let error = format!("`from` is \"snapshot:NAME\" or \"session:ID\", not `{other}`");
            return Err(Problem::BadBody { error });
        }
    };
    let slot = call.app.sessions.create(id.as_deref(), start, &call.app.seeds)?;
    let mut response = super::json_with(StatusCode::CREATED, &shown(&slot));
    if let Ok(location) = HeaderValue::from_str(&format!("{MOUNT}/sessions/{}", slot.id)) {
        response.headers.to_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// `DELETE /__admin/sessions/{id}`
pub(super) fn drop(call: &Call<'_>) -> Result<Response, Problem> {
    check_name(call.name)?;
    if call.name == DEFAULT {
        return Err(Problem::DefaultStays);
    }
    if !call.app.sessions.drop(call.name) {
        return Err(Problem::NoSession { id: call.name.to_owned() });
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /__admin/sessions`: all but `default`.
pub(super) fn drop_all(call: &Call<'_>) -> Result<Response, Problem> {
    call.app.sessions.drop_all();
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

fn shown(slot: &Slot) -> Value {
    let clock = &slot.session().clock;
    json!({
        "id": slot.id,
        "createdAt": slot.created.to_string(),
        "idleInSeconds": slot.idle().as_secs(),
        "requests": slot.session().pages.recorded(),
        "snapshots": slot.list_snapshots().len(),
        "clock": { "now": clock.now().to_string(), "frozen": clock.is_frozen() },
    })
}
