//! OpenAPI documents, made from tables of operations.
//!
//! A table says which operations there are and with which statuses they answer. What it can't say,
//! parameters, bodies and schemas, stands in a description beside it, which is an OpenAPI document
//! but for two members: `operations`, by name, become the `paths` of the table; `errors`, by status
//! or `default`, are what the answers have in common that aren't described one by one.

use std::collections::BTreeMap;
use std::fmt::Write;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::dialects::{CatalogueEntry, Vendor};

/// Where the paths of a document begin.
pub(crate) const SERVER: &str = "/";

/// One operation, as its table has it.
pub(crate) struct Call<'a> {
    /// Its name in the description.
    pub(crate) name: &'a str,
    /// Its name in the document.
    pub(crate) id: String,
    /// The verb.
    pub(crate) method: &'a Method,
    /// The whole path, its parameters in braces.
    pub(crate) path: String,
    /// The statuses that it can answer with, other than for a problem.
    pub(crate) answers: &'a [u16],
    /// What can go wrong.
    pub(crate) problems: Vec<&'a CatalogueEntry>,
}

/// Reads a description.
pub(crate) fn read(description: &str) -> Value {
    serde_json::from_str(description).expect("it is part of the program, and a test reads it")
}

/// The document of a vendor's API.
pub(crate) fn of_vendor(vendor: &Vendor) -> Value {
    let calls = vendor.operations.iter().enumerate().map(|(index, operation)| Call {
        name: operation.own_name(),
        id: operation.own_name().to_owned(),
        method: &operation.method,
        path: operation.path.to_owned(),
        answers: operation.answers,
        problems: vendor.rows(Some(index)).collect(),
    });
    document((vendor.description)(), calls)
}

/// The document of a table of calls.
pub(crate) fn document<'a>(mut description: Value, calls: impl Iterator<Item = Call<'a>>) -> Value {
    let mut take =
        |name| description.as_object_mut().and_then(|it| it.remove(name)).unwrap_or_default();
    let (described, errors) = (take("operations"), take("errors"));
    let mut paths = Map::new();
    for call in calls {
        let responses = responses(&call, &described[call.name], &errors);
        let mut operation = json!({ "operationId": call.id });
        if described[call.name].is_object() {
            merge(&mut operation, described[call.name].clone());
        }
        operation["responses"] = responses;
        let path = paths.entry(&call.path).or_insert_with(|| {
            let parameters = parameters(&call.path, &description["components"]["parameters"]);
            json!({ "parameters": parameters })
        });
        path[call.method.as_str().to_ascii_lowercase()] = operation;
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "version": env!("CARGO_PKG_VERSION") },
        "servers": [{ "url": SERVER }],
    });
    merge(&mut document, description);
    document["paths"] = paths.into();
    document
}

/// The parameters of a path: those of the description's components that have their names.
fn parameters(path: &str, described: &Value) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| match described.get(name) {
            Some(_) => json!({ "$ref": format!("#/components/parameters/{name}") }),
            None => {
                json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
            }
        })
        .collect()
}

/// Every answer of a call: what its own description says of it, and what goes for all calls.
fn responses(call: &Call<'_>, described: &Value, errors: &Value) -> Value {
    let mut problems = BTreeMap::<u16, String>::new();
    for row in &call.problems {
        let list = problems.entry(row.status).or_default();
        // Writing to a string doesn't fail.
        let _ = writeln!(list, "- `{}`: {}", row.id, row.how);
    }
    let mut responses = described["responses"].as_object().cloned().unwrap_or_default();
    let mut statuses: Vec<u16> = problems.keys().chain(call.answers).copied().collect();
    statuses.sort_unstable();
    for status in statuses {
        let response = responses.entry(status.to_string()).or_insert_with(|| {
            let common = errors.get(status.to_string()).or_else(|| errors.get("default"));
            common.filter(|_| status >= 400).cloned().unwrap_or_else(|| json!({}))
        });
        let reason = StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
        let list = problems.remove(&status).unwrap_or_default();
        let own = response["description"].as_str().or(reason).unwrap_or_default();
        let description = format!("{own}\n\n{list}");
        if response.get("$ref").is_none() {
            response["description"] = description.trim_end().into();
        }
    }
    responses.sort_keys();
    responses.into()
}

/// Lays one document over another, object into object.
pub(crate) fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}
