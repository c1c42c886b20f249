//! Exchanges that wait for others: races on demand.

use std::task::{Context, Poll, Waker};

use http::Method;
use people_mock::app::App;
use people_mock::outcome::{Outcome, Wait};
use serde_json::{Value, json};

use super::{admin, playing, state};
use crate::support::{Ask, get, post, put};

fn hold(more: &Value) -> Value {
    let mut then =
        json!({ "hold": { "until": { "operation": "alfresco.createPerson" }, "timeout": "7s" } });
    then.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([{ "in": "start", "when": { "operation": "alfresco.updatePerson" }, "times": 1, "then": then, "goto": "held" }])
}

fn update(title: &str) -> Ask {
    put("/people/oqureshi", &json!({ "jobTitle": title }).to_string()).by("admin")
}

fn create() -> Ask {
    post("/people", r#"{"id":"new","firstName":"N","email":"n@example.com","password":"n"}"#)
        .by("admin")
}

#[track_caller]
fn held(app: &App, ask: &Ask) -> Wait {
    match app.answer(ask.0.clone()) {
        Outcome::Wait(wait) => wait,
        _ => panic!("it doesn't wait"),
    }
}

fn is_over(wait: &Wait) -> bool {
    wait.poll(&Context::from_waker(Waker::noop())) == Poll::Ready(())
}

fn title(app: &App) -> String {
    let person = get("/people/oqureshi").by("admin").expect(app, 200);
    person["entry"]["jobTitle"].as_str().unwrap().to_owned()
}

fn status(outcome: &Outcome) -> u16 {
    outcome.status().unwrap()
}

#[test]
fn a_held_exchange_goes_on_after_the_other_has_committed() {
    let app = playing(&hold(&json!({})));
    let wait = held(&app, &update("first"));
    assert_eq!(wait.timeout.as_secs(), 7);
    assert_eq!(state(&app, "story"), "held", "the story has moved on already");
    assert!(!is_over(&wait));
    update("second").expect(&app, 200);
    assert!(!is_over(&wait));
    create().expect(&app, 201);
    assert!(is_over(&wait));
    assert_eq!(title(&app), "second");
    assert_eq!(status(&wait.finish(&app)), 200);
    assert_eq!(title(&app), "first", "the one that came first was written last");
    // It is in the journal once, and as the last.
    let requests =
        admin(Method::GET, "/requests?operation=alfresco.updatePerson").expect(&app, 200);
    assert_eq!(requests["requests"].as_array().unwrap().len(), 2);
}

#[test]
fn an_exchange_that_nobody_ends_goes_on_when_its_time_is_over() {
    let app = playing(&hold(&json!({})));
    let wait = held(&app, &update("late"));
    assert!(!is_over(&wait));
    assert_eq!(status(&wait.finish(&app)), 200);
    assert_eq!(title(&app), "late");
    create().expect(&app, 201);
}

#[test]
fn what_is_held_may_be_spoilt_too() {
    let app = playing(&hold(&json!({ "error": 409 })));
    let wait = held(&app, &update("never"));
    create().expect(&app, 201);
    assert_eq!(status(&wait.finish(&app)), 409);
    assert_eq!(title(&app), "Records Manager");
}

#[test]
fn a_reset_of_the_session_ends_the_wait() {
    for path in ["/reset", "/snapshots/before/restore"] {
        let app = playing(&hold(&json!({})));
        admin(Method::PUT, "/snapshots/before").expect(&app, 201);
        let wait = held(&app, &update("x"));
        admin(Method::POST, path).expect(&app, 204);
        assert!(is_over(&wait), "{path}");
        assert_eq!(status(&wait.finish(&app)), 200);
    }
}

#[test]
fn a_client_that_leaves_while_it_is_held_leaves_nothing_behind() {
    let app = playing(&hold(&json!({})));
    drop(held(&app, &update("gone")));
    create().expect(&app, 201);
    assert_eq!(title(&app), "Records Manager");
}
