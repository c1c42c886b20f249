//! Our own calls under `/__admin`.

use http::Method;
use insta::assert_snapshot;

use crate::support::{app, get, post, put, raw};

#[test]
fn health_says_that_the_server_lives_and_how_the_fixtures_are() {
    let health = raw(Method::GET, "/__admin/health").expect(&app(), 200);
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["uptimeInSeconds"].is_u64());
    assert_eq!(health["fixtures"], serde_json::json!({ "status": "fresh", "error": null }));
}

#[test]
fn a_server_that_answers_is_ready() {
    assert_eq!(raw(Method::GET, "/__admin/ready").expect(&app(), 200)["status"], "ready");
    assert_eq!(raw(Method::HEAD, "/__admin/ready/").of(&app()).status, 200);
}

#[test]
fn a_wrong_call_is_told_in_a_problem_document() {
    let app = app();
    assert_snapshot!(raw(Method::GET, "/__admin/nothing").whole(&app), @r#"
    404 Not Found
    content-type: application/problem+json
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no control call `/__admin/nothing`"}
    "#);
    assert_snapshot!(raw(Method::PATCH, "/__admin/clock").whole(&app), @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    allow: GET, PUT
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this control call doesn't take PATCH"}
    "#);
    assert_snapshot!(raw(Method::PUT, "/__admin/clock").body(r#"{"stop":1}"#).brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: unknown variant `stop`, expected one of `freeze`, `advance`, `resume` at line 1 column 7; expected one of {\"freeze\":\"2026-01-02T03:04:05Z\"}, {\"advance\":\"PT1H\"} and {\"resume\":true}"}"#);
    assert_snapshot!(raw(Method::GET, "/somewhere").brief(&app), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"nothing is served at `/somewhere`; the APIs are under /alfresco/api, /api, /healthcheck, and the mock's own calls under /__admin"}"#);
}

#[test]
fn a_reset_gives_people_clock_mails_and_ids_back() {
    let app = app();
    let first_ticket = || crate::alfresco::ticket_of(&app, "admin");
    let before = (get("/people").by("admin").brief(&app), first_ticket());

    post("/people", r#"{"id":"new","firstName":"N","email":"n@example.com","password":"n"}"#)
        .by("admin")
        .expect(&app, 201);
    put("/people/admin", r#"{"jobTitle":"changed"}"#).by("admin").expect(&app, 200);
    post("/people/new/request-password-reset", r#"{"client":"share"}"#).expect(&app, 202);
    raw(Method::PUT, "/__admin/clock").body(r#"{"advance":"P3D"}"#).expect(&app, 200);

    assert_snapshot!(raw(Method::POST, "/__admin/reset").whole(&app), @"
    204 No Content
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
    assert_eq!(raw(Method::GET, "/__admin/outbox").json(&app)["messages"], serde_json::json!([]));
    assert_eq!(raw(Method::GET, "/__admin/clock").json(&app)["now"], "2026-08-21T10:00:00Z");
    assert_eq!((get("/people").by("admin").brief(&app), first_ticket()), before);
}

#[test]
fn the_clock_is_frozen_advanced_and_resumed() {
    let app = app();
    let clock = |body: &str| raw(Method::PUT, "/__admin/clock").body(body.to_owned()).brief(&app);
    assert_snapshot!(clock(r#"{"freeze":"2030-01-01T00:00:00Z"}"#), @r#"200 {"now":"2030-01-01T00:00:00Z","frozen":true}"#);
    assert_snapshot!(clock(r#"{"advance":"PT1H30M"}"#), @r#"200 {"now":"2030-01-01T01:30:00Z","frozen":true}"#);
    assert_snapshot!(clock(r#"{"advance":"-90m"}"#), @r#"200 {"now":"2030-01-01T00:00:00Z","frozen":true}"#);
    assert!(clock(r#"{"resume":true}"#).contains("\"frozen\":false"));
    assert!(clock(r#"{"resume":false}"#).starts_with("400"));
}

#[test]
fn the_date_of_an_answer_follows_a_clock_that_was_set() {
    let app = app();
    let date = || get("/people").of(&app).headers.get("date").cloned();
    assert_eq!(date().unwrap(), "Fri, 21 Aug 2026 10:00:00 GMT");
    raw(Method::PUT, "/__admin/clock").body(r#"{"resume":true}"#).expect(&app, 200);
    assert_eq!(date(), None, "real time is the server's affair");
}

#[test]
fn the_outbox_shows_mails_and_is_emptied() {
    let app = app();
    post("/people/admin/request-password-reset", r#"{"client":"share"}"#).expect(&app, 202);
    assert_snapshot!(raw(Method::GET, "/__admin/outbox").brief(&app), @r#"200 {"messages":[{"id":1,"at":"2026-08-21T10:00:00Z","vendor":"alfresco","operation":"alfresco.requestPasswordReset","to":"admin@alfresco.com","subject":"Reset your password","text":"Hi Administrator,\n\nWe've received a request to reset your password. To do so, follow this link:\n\nhttp://localhost:8080/share/page/reset-password?key=a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d&id=activiti$1\n","data":{"workflowId":"activiti$1","key":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d","userId":"admin"}}]}"#);
    assert_eq!(raw(Method::DELETE, "/__admin/outbox").of(&app).status, 204);
    assert_snapshot!(raw(Method::GET, "/__admin/outbox").brief(&app), @r#"200 {"messages":[]}"#);
}

#[test]
fn what_has_to_be_an_object_is_not_read_from_a_list() {
    let count = |body: &str| raw(Method::POST, "/__admin/requests/count").body(body.to_owned());
    assert_snapshot!(count("[]").brief(&app()), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: expected an object"}"#);
    assert_snapshot!(count(r#"{"when":{"not":[]}}"#).brief(&app()), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: when.not: invalid type: sequence, expected an object that describes requests at line 1 column 15"}"#);
    let sessions = raw(Method::POST, "/__admin/sessions").body("[null,null]");
    sessions.expect(&app(), 400);
}

#[test]
fn a_wrong_verb_is_told_every_verb_of_the_path() {
    let response = raw(Method::PATCH, "/__admin/snapshots/a").of(&app());
    assert_eq!(
        (response.status.as_u16(), &response.headers["allow"]),
        (405, &"GET, PUT, DELETE".parse().unwrap())
    );
}

#[test]
fn a_status_that_can_not_be_one_is_refused() {
    raw(Method::GET, "/__admin/requests?status=0").expect(&app(), 400);
    raw(Method::GET, "/__admin/requests?status=404").expect(&app(), 200);
}
