//! Who decides where several would.

use http::Method;
use serde_json::{Value, json};

use super::{admin, put_fault, read};
use crate::support::{app, app_with, files};

#[test]
fn a_request_comes_first_then_faults_as_they_were_put_in_then_stories_as_they_were_started() {
    let answers =
        |status: u16| json!({ "rules": [{ "times": 1, "then": { "error": status } }] }).to_string();
    let app = app_with(|config| {
        config.scenarios = files(&[("a.json", &answers(501)), ("b.json", &answers(502))]);
    });
    for name in ["b", "a"] {
        admin(Method::POST, &format!("/scenarios/{name}/start")).expect(&app, 200);
    }
    put_fault(&app, &json!({ "times": 1, "then": { "error": 503 } }));
    put_fault(&app, &json!({ "times": 1, "then": { "error": 504 } }));
    let mut seen = vec![read().header("prefer", "code=507").of(&app).status.as_u16()];
    seen.extend((0..5).map(|_| read().of(&app).status.as_u16()));
    assert_eq!(seen, [507, 503, 504, 502, 501, 200]);
}

#[test]
fn whatever_decides_every_story_sees_the_exchange_for_what_it_expects() {
    let story = json!({
        "rules": [{ "when": { "operation": "alfresco.getPerson" }, "then": { "error": 500 } }],
        "expect": [{ "when": { "operation": "alfresco.getPerson" }, "count": 2 }]
    });
    let app = app_with(|config| {
        config.scenarios = files(&[("a.json", &story.to_string())]);
        config.from_start = vec!["a".to_owned()];
    });
    read().header("prefer", "code=404").expect(&app, 404);
    put_fault(&app, &json!({ "then": { "error": 503 } }));
    read().expect(&app, 503);
    admin(Method::GET, "/scenarios/a/verdict").expect(&app, 200);
    let rules = admin(Method::GET, "/scenarios/a").expect(&app, 200)["rules"].clone();
    assert_eq!(rules, json!([{ "matched": 0, "fired": 0 }]), "its rule was never asked");
}

#[test]
fn a_fault_is_gone_when_it_is_deleted() {
    let app = app();
    let first = put_fault(&app, &json!({ "then": { "error": 503 } }));
    put_fault(&app, &json!({ "then": { "error": 504 } }));
    read().expect(&app, 503);
    admin(Method::DELETE, &format!("/faults/{first}")).expect(&app, 204);
    read().expect(&app, 504);
    admin(Method::DELETE, "/faults").expect(&app, 204);
    read().expect(&app, 200);
    assert_eq!(
        admin(Method::GET, "/faults").expect(&app, 200)["faults"],
        Value::from(Vec::<Value>::new())
    );
}
