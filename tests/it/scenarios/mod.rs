//! Stories: those that are shipped, and the language that they are written in.

mod answers;
mod any_rule;
mod atomic;
mod control;
mod delivery;
mod files;
mod holds;
mod order;
mod rules;
mod sessions;
mod stories;

use http::Method;
use people_mock::app::App;
use people_mock::http::Response;
use people_mock::outcome::Outcome;
use people_mock::scenarios::Delivery;
use serde_json::{Value, json};

use crate::support::{Ask, app_with, files, get, raw, whole};

/// A control call.
fn admin(method: Method, path: &str) -> Ask {
    raw(method, &format!("/__admin{path}"))
}

/// A server that plays, from the start, a story with these rules.
fn playing(rules: &Value) -> App {
    playing_story(&json!({ "rules": rules }))
}

/// A server that plays this story, called `story`, from the start.
fn playing_story(story: &Value) -> App {
    app_with(|config| {
        config.scenarios = files(&[("story.json", &story.to_string())]);
        config.from_start = vec!["story".to_owned()];
    })
}

/// Somebody reads a person.
fn read() -> Ask {
    get("/people/oqureshi").by("admin")
}

/// What becomes of so many of the same requests: `X` where something other than 200 comes of one.
fn pattern(app: &App, ask: &Ask, n: usize) -> String {
    (0..n).map(|_| if ask.of(app).status == 200 { '.' } else { 'X' }).collect()
}

/// An answer, and how it goes out.
fn delivered(app: &App, ask: &Ask) -> (Response, Delivery) {
    match app.answer(ask.0.clone()) {
        Outcome::Answer(response) => (response, Delivery::default()),
        Outcome::Spoilt(response, delivery) => (response, delivery),
        _ => panic!("it waits"),
    }
}

/// Moves the session's clock.
fn advance(app: &App, by: &str) {
    admin(Method::PUT, "/clock").body(json!({ "advance": by }).to_string()).expect(app, 200);
}

/// Puts a fault in, and gives its id.
#[track_caller]
fn put_fault(app: &App, rule: &Value) -> String {
    let fault = admin(Method::POST, "/faults").body(rule.to_string()).expect(app, 201);
    fault["id"].as_str().unwrap().to_owned()
}

/// The state that a story is in.
fn state(app: &App, name: &str) -> String {
    let story = admin(Method::GET, &format!("/scenarios/{name}")).expect(app, 200);
    story["state"].as_str().unwrap_or("-").to_owned()
}

/// An answer without the line that tells the date.
fn undated(mut response: Response) -> String {
    response.headers.to_mut().remove(http::header::DATE);
    whole(&response)
}
