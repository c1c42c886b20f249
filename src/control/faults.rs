use http::StatusCode;
use serde_json::{Value, json};

use super::scenarios::rules;
use super::{Call, Problem, json as answer};
use crate::http::Response;
use crate::scenarios::{FaultRule, Play};

/// `GET /__admin/faults`: every fault, in the order in which they are asked.
pub(super) fn list(call: &Call<'_>) -> Result<Response, Problem> {
    let faults: Vec<Value> = call.session.scenarios.faults().iter().map(fault).collect();
    Ok(answer(&json!({ "faults": faults })))
}

/// `POST /__admin/faults`: one rule, in the language of scenarios.
pub(super) fn create(call: &Call<'_>) -> Result<Response, Problem> {
    let given: Value = call.body()?;
    if given.as_object().is_none_or(serde_json::Map::is_empty) {
        let error = "expected a rule, as {\"when\":{…},\"then\":{…}}".to_owned();
        return Err(Problem::BadBody { error });
    }
    let rule: FaultRule = call.body()?;
    let make = rule.ready().map_err(|error| Problem::BadBody { error })?;
    let play = call.session.scenarios.put_fault(given, make, call.session.clock.now())?;
    Ok(super::json_with(StatusCode::CREATED, &fault(&play)))
}

/// `GET /__admin/faults/{id}`
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    let faults = call.session.scenarios.faults();
    let found = faults.iter().find(|play| &*play.story.name == call.name);
    found.map(|play| answer(&fault(play))).ok_or_else(|| unknown(call))
}

/// `DELETE /__admin/faults/{id}`
pub(super) fn delete(call: &Call<'_>) -> Result<Response, Problem> {
    if !call.session.scenarios.drop_faults(Some(call.name)) {
        return Err(unknown(call));
    }
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /__admin/faults`
pub(super) fn delete_all(call: &Call<'_>) -> Result<Response, Problem> {
    call.session.scenarios.drop_faults(None);
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

fn unknown(call: &Call<'_>) -> Problem {
    Problem::NoFault { id: call.name.to_owned() }
}

fn fault(play: &Play) -> Value {
    let mut shown = rules(play).into_iter().next().unwrap_or_default();
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("id".to_owned(), (&*play.story.name).into());
        shown.insert("rule".to_owned(), play.given.as_deref().cloned().unwrap_or_default());
    }
    shown
}
