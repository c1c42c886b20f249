//! `/__admin/scenarios` and `/__admin/faults`.

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use serde_json::{Value, json};

use super::{admin, playing_story, put_fault, read, undated};
use crate::support::{Ask, app, get};

fn app_with_a_story() -> App {
    playing_story(&json!({
        "description": "Something happens.",
        "start": "calm",
        "rules": [
            { "in": "calm", "when": { "operation": "alfresco.getPerson" }, "skip": 1, "then": { "error": 503 }, "goto": "storm" },
        ],
        "expect": [
            { "when": { "operation": ["alfresco.listPeople", "alfresco.getPerson"], "personId": { "absent": true } }, "count": { "atMost": 1 } },
            { "sequence": [{ "operation": "alfresco.getPerson" }, { "method": "DELETE", "query": { "a&b": "<c>" } }] },
        ]
    }))
}

fn story(method: Method, rest: &str) -> Ask {
    admin(method, &format!("/scenarios/story{rest}"))
}

#[test]
fn a_story_is_listed_started_moved_stopped_and_begun_again() {
    let app = app_with_a_story();
    read().expect(&app, 200);
    assert_snapshot!(story(Method::GET, "").brief(&app), @r#"200 {"name":"story","description":"Something happens.","running":true,"state":"calm","possibleStates":["calm","storm"],"rules":[{"matched":1,"fired":0}]}"#);
    assert_snapshot!(admin(Method::GET, "/scenarios").brief(&app), @r#"200 {"scenarios":[{"name":"story","description":"Something happens.","running":true,"state":"calm","possibleStates":["calm","storm"],"rules":[{"matched":1,"fired":0}]}]}"#);
    let put =
        |state: &str| story(Method::PUT, "/state").body(json!({ "state": state }).to_string());
    assert_eq!(put("storm").expect(&app, 200)["state"], "storm");
    read().expect(&app, 200);
    assert_eq!(story(Method::PUT, "/state").expect(&app, 200)["state"], "calm", "the first one");
    read().expect(&app, 200);
    read().expect(&app, 503);
    admin(Method::POST, "/scenarios/reset").expect(&app, 200);
    read().expect(&app, 200);
    assert_eq!(story(Method::POST, "/stop").expect(&app, 200)["running"], false);
    read().expect(&app, 200);
    // Its verdict stays, and so does its state.
    story(Method::GET, "/verdict").expect(&app, 406);
    assert_eq!(story(Method::POST, "/start").expect(&app, 200)["running"], true);
    read().expect(&app, 200);
    read().expect(&app, 503);
}

#[test]
fn a_verdict_is_a_test_report_too() {
    let app = app_with_a_story();
    read().expect(&app, 200);
    get("/people").by("admin").expect(&app, 200);
    assert_snapshot!(undated(story(Method::GET, "/verdict?format=junit").of(&app)), @r#"
    406 Not Acceptable
    content-type: application/xml

    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="story" tests="2" failures="1">
        <testcase classname="story" name="at most 1 of alfresco.listPeople or alfresco.getPerson, personId nothing"/>
        <testcase classname="story" name="in this order: alfresco.getPerson, then method DELETE, query.a&amp;b &quot;&lt;c&gt;&quot;">
          <failure message="expected in this order: alfresco.getPerson, then method DELETE, query.a&amp;b &quot;&lt;c&gt;&quot;; there is 1 of 2 steps; next would be method DELETE, query.a&amp;b &quot;&lt;c&gt;&quot;"/>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
    assert_snapshot!(story(Method::GET, "/verdict?format=json").brief(&app), @r#"406 {"scenario":"story","met":false,"state":"calm","expectations":[{"expected":"at most 1 of alfresco.listPeople or alfresco.getPerson, personId nothing","actual":"1","met":true},{"expected":"in this order: alfresco.getPerson, then method DELETE, query.a&b \"<c>\"","actual":"1 of 2 steps; next would be method DELETE, query.a&b \"<c>\"","met":false}],"title":"Not Acceptable","status":406,"detail":"1 of 2 expectations aren't met"}"#);
}

#[test]
fn what_can_not_be_done_with_a_story_is_told() {
    let app = app();
    let told = |method, path: &str| admin(method, &format!("/scenarios/{path}")).brief(&app);
    assert_snapshot!(told(Method::GET, "rate-limitd"), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no scenario `rate-limitd`; did you mean `rate-limited`?"}"#);
    for (method, path) in [
        (Method::POST, "start"),
        (Method::POST, "stop"),
        (Method::GET, "verdict"),
        (Method::PUT, "state"),
    ] {
        let problem = admin(method, &format!("/scenarios/rate-limitd/{path}")).expect(&app, 404);
        assert!(
            problem["detail"].as_str().unwrap().ends_with("did you mean `rate-limited`?"),
            "{path}: {problem}"
        );
    }
    assert_snapshot!(told(Method::POST, "rate-limited/stop"), @r#"409 {"type":"about:blank","title":"Conflict","status":409,"detail":"the scenario `rate-limited` isn't running in this session; start it with POST /__admin/scenarios/rate-limited/start"}"#);
    admin(Method::GET, "/scenarios/rate-limited/verdict").expect(&app, 409);
    admin(Method::PUT, "/scenarios/rate-limited/state").expect(&app, 409);
    admin(Method::POST, "/scenarios/expired-session/start").expect(&app, 200);
    let put = |body: &str| {
        admin(Method::PUT, "/scenarios/expired-session/state").body(body.to_owned()).brief(&app)
    };
    assert_snapshot!(put(r#"{"state":"expird"}"#), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: `expired-session` has no state `expird`; it has fresh, expired"}"#);
    assert_snapshot!(put(r#"{"stat":"x"}"#), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: stat: unknown field `stat`, expected `state` at line 1 column 7"}"#);
    assert_snapshot!(put("[]"), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: expected an object"}"#);
    assert_snapshot!(told(Method::GET, "expired-session/verdict?format=xml"), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: `format` is `json` or `junit`"}"#);
    assert_snapshot!(told(Method::DELETE, "expired-session"), @r#"405 {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this control call doesn't take DELETE"}"#);
}

#[test]
fn a_fault_is_put_in_shown_and_deleted() {
    let app = app();
    let rule = json!({ "when": { "operation": "alfresco.getPerson" }, "skip": 1, "times": 1, "then": { "error": 503 } });
    assert_snapshot!(admin(Method::POST, "/faults").body(rule.to_string()).brief(&app), @r#"201 {"matched":0,"fired":0,"id":"fault-1","rule":{"when":{"operation":"alfresco.getPerson"},"skip":1,"times":1,"then":{"error":503}}}"#);
    for status in [200, 503, 200] {
        read().expect(&app, status);
    }
    assert_snapshot!(admin(Method::GET, "/faults").brief(&app), @r#"200 {"faults":[{"matched":3,"fired":1,"id":"fault-1","rule":{"when":{"operation":"alfresco.getPerson"},"skip":1,"times":1,"then":{"error":503}}}]}"#);
    assert_eq!(admin(Method::GET, "/faults/fault-1").expect(&app, 200)["fired"], 1);
    let told = admin(Method::GET, "/explain/2").expect(&app, 200);
    assert_eq!(told["forcedBy"], json!({ "fault": "fault-1", "does": "error 503" }));
    admin(Method::DELETE, "/faults/fault-1").expect(&app, 204);
    assert_eq!(put_fault(&app, &rule), "fault-2", "an id is used once");
}

#[test]
fn what_is_wrong_with_a_fault_is_told() {
    let app = app();
    let put = |rule: Value| admin(Method::POST, "/faults").body(rule.to_string()).brief(&app);
    assert_snapshot!(put(json!({})), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: expected a rule, as {\"when\":{…},\"then\":{…}}"}"#);
    assert_snapshot!(put(json!([])), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: expected an object"}"#);
    assert_snapshot!(put(json!({ "when": { "operation": "alfresco.getPersn" } })), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: when.operation: there is no operation `alfresco.getPersn`; did you mean `alfresco.getPerson`? at line 1 column 41"}"#);
    assert_snapshot!(put(json!({ "then": { "error": 99, "after": 3 } })), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: 99 is no error; expected a status from 400 to 599; in `then`, `after` says how much of the body `\"fault\": \"truncate\"` lets by; to let time go by, put `after` beside `then`"}"#);
    assert_snapshot!(put(json!({ "in": "x", "then": { "error": 404 } })), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: a single fault has no states; leave `in` and `goto` to scenarios"}"#);
    assert_snapshot!(put(json!({ "then": { "respond": { "file": "a.json" } } })), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: `a.json` lies nowhere: only a scenario has files beside it"}"#);
    assert_snapshot!(put(json!({ "then": { "fault": "rest" } })), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: then.fault: there is no fault `rest`; there are reset, close, truncate, malformedChunk, garbage, hang, wrongLength at line 1 column 24"}"#);
    assert_snapshot!(admin(Method::GET, "/faults/fault-9").brief(&app), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no fault `fault-9` in this session"}"#);
    admin(Method::DELETE, "/faults/fault-9").expect(&app, 404);
    admin(Method::DELETE, "/faults").expect(&app, 204);
}

#[test]
fn there_is_a_bound_on_faults_and_the_answer_says_so() {
    let app = app();
    let rule = json!({ "when": { "operation": "ecg.healthcheck" }, "then": { "error": 503 } });
    for _ in 0..1_000 {
        put_fault(&app, &rule);
    }
    assert_snapshot!(admin(Method::POST, "/faults").body(rule.to_string()).brief(&app), @r#"409 {"type":"about:blank","title":"Conflict","status":409,"detail":"a session has at most 1000 faults; delete some first"}"#);
    admin(Method::DELETE, "/faults/fault-500").expect(&app, 204);
    put_fault(&app, &rule);
}
