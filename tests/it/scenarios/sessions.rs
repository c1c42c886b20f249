//! A session plays its own stories, and takes them along.

use http::Method;
use people_mock::app::App;
use serde_json::json;

use super::{admin, pattern, playing, put_fault, read, state};
use crate::support::raw;

/// The third read fails, and from then on each.
fn app() -> App {
    playing(&json!([
        { "in": "start", "when": { "operation": "alfresco.getPerson" }, "skip": 2, "then": { "error": 503 }, "goto": "broken" },
        { "in": "broken", "when": { "operation": "alfresco.getPerson" }, "then": { "error": 503 } },
    ]))
}

#[test]
fn sessions_play_apart() {
    let app = app();
    assert_eq!(pattern(&app, &read(), 4), "..XX");
    let other = read().header("x-mock-session", "other");
    assert_eq!(pattern(&app, &other, 4), "..XX");
    put_fault(&app, &json!({ "then": { "error": 504 } }));
    let third = read().header("x-mock-session", "third");
    assert_eq!(pattern(&app, &third, 2), "..");
    raw(Method::POST, "/__session/third/__admin/scenarios/story/stop").expect(&app, 200);
    assert_eq!(pattern(&app, &third, 3), "...");
    assert_eq!(other.of(&app).status, 503);
}

#[test]
fn a_snapshot_keeps_how_far_a_story_has_come_and_a_fork_goes_on_from_there() {
    let app = app();
    assert_eq!(pattern(&app, &read(), 1), ".");
    let fault =
        put_fault(&app, &json!({ "when": { "method": "DELETE" }, "then": { "error": 504 } }));
    admin(Method::PUT, "/snapshots/one").expect(&app, 201);
    assert_eq!(pattern(&app, &read(), 2), ".X");
    admin(Method::DELETE, &format!("/faults/{fault}")).expect(&app, 204);

    admin(Method::POST, "/snapshots/one/restore").expect(&app, 204);
    admin(Method::GET, &format!("/faults/{fault}")).expect(&app, 200);
    admin(Method::POST, "/sessions")
        .body(r#"{"id":"copy","from":"session:default"}"#)
        .expect(&app, 201);
    admin(Method::POST, "/sessions")
        .body(r#"{"id":"old","from":"snapshot:one"}"#)
        .expect(&app, 201);
    assert_eq!(pattern(&app, &read(), 3), ".XX");
    for session in ["copy", "old"] {
        assert_eq!(pattern(&app, &read().header("x-mock-session", session), 3), ".XX", "{session}");
    }
}

#[test]
fn a_reset_stops_what_was_started_by_hand_and_restarts_what_runs_from_the_start() {
    let app = app();
    assert_eq!(pattern(&app, &read(), 3), "..X");
    put_fault(&app, &json!({ "when": { "method": "GET" }, "then": { "error": 504 } }));
    admin(Method::POST, "/reset").expect(&app, 204);
    assert_eq!(state(&app, "story"), "start");
    assert_eq!(pattern(&app, &read(), 3), "..X");

    let app = crate::support::app();
    admin(Method::POST, "/scenarios/expired-session/start").expect(&app, 200);
    admin(Method::POST, "/reset").expect(&app, 204);
    let story = admin(Method::GET, "/scenarios/expired-session").expect(&app, 200);
    assert_eq!((&story["running"], &story["state"]), (&json!(false), &json!(null)));
}
