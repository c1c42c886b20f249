//! The OpenAPI documents that the server makes of its tables.

use http::Method;
use insta::assert_snapshot;
use people_mock::dialects;
use serde_json::Value;

use crate::support::{app, raw};

fn document(name: &str) -> Value {
    raw(Method::GET, &format!("/__admin/openapi/{name}.json")).expect(&app(), 200)
}

#[test]
fn every_operation_of_every_vendor_is_there_with_every_status() {
    for vendor in dialects::ALL {
        let document = document(vendor.name);
        let mut n_there = 0;
        for operation in vendor.operations {
            let (_, name) = operation.name.split_once('.').unwrap();
            let verb = operation.method.as_str().to_ascii_lowercase();
            let described = &document["paths"][operation.path][verb];
            assert_eq!(described["operationId"], name);
            assert!(described["summary"].is_string(), "{name} has no summary");
            let responses = &described["responses"];
            for status in operation.answers {
                assert!(responses[status.to_string()].is_object(), "{name} {status}");
            }
            let is_its = |row: &&dialects::CatalogueEntry| {
                row.operations.is_empty() || row.operations.contains(&name)
            };
            for row in vendor.catalogue.iter().filter(is_its) {
                let text = responses[row.status.to_string()]["description"].as_str().unwrap();
                let line = format!("- `{}`: {}", row.id, row.how);
                assert!(text.contains(&line), "{name} {}: {text}", row.status);
            }
            n_there += 1;
        }
        let paths = document["paths"].as_object().unwrap().values();
        let n_described: usize = paths.map(|path| path.as_object().unwrap().len() - 1).sum();
        assert_eq!(n_described, n_there, "{}", vendor.name);
    }
}

#[test]
fn what_a_document_refers_to_is_there() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    let found = document.pointer(target.strip_prefix('#').unwrap());
                    assert!(found.is_some(), "{target} isn't there");
                }
                members.values().for_each(|it| check(it, document));
            }
            Value::Array(elements) => elements.iter().for_each(|it| check(it, document)),
            _ => {}
        }
    }
    for name in ["alfresco", "ecg", "admin"] {
        let document = document(name);
        check(&document, &document);
    }
}

#[test]
fn an_operation_names_its_answers_and_what_leads_to_each() {
    let document = document("ecg");
    assert_snapshot!(lines(&document["paths"]["/healthcheck"]["get"]), @r##"
    operationId: "healthcheck"
    summary: "Whether the service is well"
    tags: ["health"]
    security: []
    200: {"description":"It is","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Health"}}}}
    400: {"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}},"description":"Bad Request\n\n- `MalformedJson`: send `{` as application/json\n- `RequestAborted`: end a chunked body in the middle of a chunk"}
    404: {"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}},"description":"Not Found\n\n- `CannotFind`: ask for a path that is none of the API's, or DELETE a person"}
    413: {"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}},"description":"Payload Too Large\n\n- `EntityTooLarge`: send more than `--max-body`"}
    415: {"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}},"description":"Unsupported Media Type\n\n- `UnsupportedCharset`: send `Content-Type: application/json; charset=latin1`"}
    500: {"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}},"description":"Internal Server Error\n\n- `Crashed`: never, we hope"}
    503: {"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Health"}}},"description":"Service Unavailable\n\n- `DatabaseDown`: only by a scenario: there is no database that could be down"}
    "##);
    let path = &document["paths"]["/api/people/{personId}"];
    assert_snapshot!(path["parameters"], @r##"[{"$ref":"#/components/parameters/personId"}]"##);
}

/// A line a member, and a line an answer.
fn lines(operation: &Value) -> String {
    let members = operation.as_object().unwrap().iter().filter(|(name, _)| *name != "responses");
    let answers = operation["responses"].as_object().unwrap();
    let lines: Vec<_> =
        members.chain(answers).map(|(name, value)| format!("{name}: {value}")).collect();
    lines.join("\n")
}

#[test]
fn the_body_of_an_operation_is_what_its_rules_take() {
    let document = document("ecg");
    let schema = &document["components"]["schemas"]["NewUserAccount"];
    assert_snapshot!(format!("{schema:#}"), @r#"
    {
      "type": "object",
      "required": [
        "emailAddress"
      ],
      "properties": {
        "emailAddress": {
          "type": "string",
          "format": "email",
          "maxLength": 254
        },
        "temporaryPassword": {
          "anyOf": [
            {
              "type": "string",
              "minLength": 8,
              "maxLength": 256,
              "pattern": "^\\S(.*\\S)?$",
              "format": "password",
              "description": "With a lower-case letter, a capital, a digit and a special character."
            },
            {
              "type": "null"
            }
          ]
        },
        "sendCredentials": {
          "anyOf": [
            {
              "type": "boolean"
            },
            {
              "type": "null"
            }
          ]
        }
      },
      "additionalProperties": false
    }
    "#);
}

#[test]
fn a_control_call_is_described_too() {
    let document = document("admin");
    let call = &document["paths"]["/__admin/snapshots/{name}/restore"]["post"];
    assert_snapshot!(lines(call), @r##"
    operationId: "postSnapshotsByNameRestore"
    summary: "Put this session back to what it was"
    204: {"description":"Done"}
    400: {"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}},"description":"Bad Request"}
    401: {"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}},"description":"Unauthorized"}
    403: {"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}},"description":"Forbidden"}
    404: {"$ref":"#/components/responses/Problem"}
    "##);
}

#[test]
fn a_document_leads_to_the_session_that_it_was_asked_in() {
    assert_eq!(document("ecg")["servers"][0]["url"], "/");
    let ask = raw(Method::GET, "/__session/w1/__admin/openapi/ecg.json");
    assert_eq!(ask.expect(&app(), 200)["servers"][0]["url"], "/__session/w1");
}

#[test]
fn a_document_that_is_not_there_is_a_404_that_names_those_that_are() {
    let ask = raw(Method::GET, "/__admin/openapi/swagger.json");
    assert_snapshot!(ask.brief(&app()), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no OpenAPI document `swagger.json`; there are alfresco.json, ecg.json, admin.json"}"#);
}
