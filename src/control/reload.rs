use http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Problem};
use crate::fixtures::{LoadError, RecordName};
use crate::http::Response;
use crate::reload::Reloaded;

/// `POST /__admin/reload`: reads fixtures and scenarios now.
pub(super) fn reload(call: &Call<'_>) -> Result<Response, Problem> {
    let Reloaded { difference, mistakes } = call.app.reload();
    let told = json!({
        "created": records(&difference.created),
        "changed": records(&difference.changed),
        "removed": records(&difference.removed),
        "rejected": mistakes.all().map(error).collect::<Vec<_>>(),
    });
    if mistakes.is_empty() {
        return Ok(super::json(&told));
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let detail = if mistakes.fixtures.is_empty() {
        "some scenarios are wrong and were left alone; the last good ones are still there"
    } else {
        "the fixtures are wrong and were left alone; the last good ones are still served"
    };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    if let (Some(body), Value::Object(told)) = (body.as_object_mut(), told) {
        body.extend(told);
    }
    Ok(Response::new(status, "application/problem+json", body.to_string()))
}

/// What is wrong with a fixture, as calls show it.
pub(super) fn error(error: &LoadError) -> Value {
    json!({
        "file": error.file,
        "line": error.place.map(|(line, _)| line),
        "column": error.place.map(|(_, column)| column),
        "path": error.path,
        "message": error.message,
    })
}

fn records(names: &[RecordName]) -> Vec<Value> {
    names.iter().map(|name| json!({ "file": name.file, "id": name.id })).collect()
}
