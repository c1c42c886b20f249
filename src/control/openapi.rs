use std::sync::LazyLock;

use http::{Method, StatusCode};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{Call, MOUNT, Problem, ROUTES, access};
use crate::dialects;
use crate::http::Response;
use crate::openapi::{self, document};
use crate::scenarios::{Count, FaultRule, Matcher};
use crate::sessions::DEFAULT;

/// The documents by name, made when the first of them is asked for.
static DOCUMENTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let vendors = dialects::ALL.iter().map(|vendor| (vendor.name, openapi::of_vendor(vendor)));
    let all = vendors.chain([("admin", own())]);
    all.map(|(name, document)| (format!("{name}.json"), document.to_string())).collect()
});

/// `GET /__admin/openapi/{name}`: an API as OpenAPI has it.
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    let found = DOCUMENTS.iter().find(|(name, _)| name == call.name);
    let (_, document) = found.ok_or_else(|| Problem::NoDocument {
        name: call.name.to_owned(),
        names: DOCUMENTS.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
    })?;
    // In a session a document leads to that session.
    let server = match &*call.slot.id {
        DEFAULT => openapi::SERVER.to_owned(),
        id => format!("/__session/{id}"),
    };
    let document = document.replacen(&url(openapi::SERVER), &url(&server), 1);
    Ok(Response::new(StatusCode::OK, "application/json", document))
}

fn url(server: &str) -> String {
    json!({ "url": server }).to_string()
}

/// What every call can be answered with: a session that can't be, no token, a foreign origin.
const ANYWHERE: &[u16] = &[400, 401, 403];

/// The document of our own API.
fn own() -> Value {
    let names: Vec<String> =
        ROUTES.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let calls = ROUTES.iter().zip(&names).map(|((method, path, _), name)| openapi::Call {
        name,
        id: id(method, path),
        method,
        path: format!("{MOUNT}{}", path.replace("{}", "{name}")),
        answers: if access::ALWAYS_OPEN.contains(path) { &ANYWHERE[..1] } else { ANYWHERE },
        problems: Vec::new(),
    });
    let settings = SchemaSettings::draft2020_12();
    let settings = settings.with(|it| it.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    generator.subschema_for::<Matcher>();
    generator.subschema_for::<Count>();
    generator.subschema_for::<FaultRule>();
    let schemas = generator.take_definitions(true);
    let mut description = json!({ "components": { "schemas": schemas } });
    openapi::merge(&mut description, openapi::read(include_str!("openapi.json")));
    document(description, calls)
}

/// `putSnapshotsByName` for `PUT /snapshots/{}`.
fn id(method: &Method, path: &str) -> String {
    let mut id = method.as_str().to_ascii_lowercase();
    for part in path.split('/') {
        let part = if part == "{}" { "byName" } else { part };
        let (first, rest) = part.split_at_checked(1).unwrap_or_default();
        id = id + &first.to_ascii_uppercase() + rest;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_call_is_described() {
        let described = openapi::read(include_str!("openapi.json"));
        for (method, path, _) in ROUTES {
            let name = format!("{method} {path}");
            let own = &described["operations"][&name];
            assert!(
                own["summary"].is_string() && own["responses"].is_object(),
                "`{name}` is in ROUTES; say in src/control/openapi.json what it takes and answers"
            );
        }
        for name in described["operations"].as_object().unwrap().keys() {
            let is_there =
                ROUTES.iter().any(|(method, path, _)| *name == format!("{method} {path}"));
            assert!(is_there, "src/control/openapi.json describes `{name}`, which isn't in ROUTES");
        }
    }
}
