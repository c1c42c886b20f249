use http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Problem};
use crate::fixtures::{LoadError, RecordName};
use crate::http::Response;

/// `POST /__admin/reload`: reads the fixtures now.
pub(super) fn reload(call: &Call<'_>) -> Result<Response, Problem> {
    match call.app.reload() {
        Ok(difference) => Ok(super::json(&json!({
            "created": records(&difference.created),
            "changed": records(&difference.changed),
            "removed": records(&difference.removed),
            "rejected": [],
        }))),
        Err(errors) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let body = json!({
                "type": "about:blank",
                "title": status.canonical_reason(),
                "status": status.as_u16(),
                "detail": "the fixtures are wrong and were left alone; the last good ones are still served",
                "created": [],
                "changed": [],
                "removed": [],
                "rejected": errors.iter().map(error).collect::<Vec<_>>(),
            });
            Ok(Response::new(status, "application/problem+json", body.to_string()))
        }
    }
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
