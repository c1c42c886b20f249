//! Browsers on other origins.

use http::Method;
use insta::assert_snapshot;

use crate::support::{PEOPLE_API, app, app_with, ask, get, raw};

#[test]
fn a_preflight_is_answered_before_anyone_logs_in() {
    let preflight = ask(Method::OPTIONS, "/people/-me-/avatar")
        .header("origin", "http://app.example:4200")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "authorization,x-unusual");
    assert_snapshot!(preflight.whole(&app()), @"
    200 OK
    access-control-max-age: 10
    access-control-allow-methods: GET,POST,HEAD,OPTIONS,PUT,DELETE,PATCH
    access-control-allow-headers: authorization,x-unusual
    access-control-allow-origin: http://app.example:4200
    access-control-allow-credentials: true
    vary: Origin
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
}

#[test]
fn an_answer_to_another_origin_may_be_read_there_also_if_it_is_an_error() {
    let app = app();
    for ask in [get("/people").by("admin"), get("/people"), raw(Method::GET, "/nowhere")] {
        let response = ask.header("origin", "http://app.example:4200").of(&app);
        assert_eq!(response.headers["access-control-allow-origin"], "http://app.example:4200");
        assert_eq!(response.headers["access-control-allow-credentials"], "true");
        assert_eq!(response.headers["vary"], "Origin");
    }
}

#[test]
fn without_an_origin_nothing_is_said_of_origins() {
    let response = get("/people").by("admin").of(&app());
    let is_about_origins = |name: &str| name.starts_with("access-control") || name == "vary";
    assert!(!response.headers.keys().any(|name| is_about_origins(name.as_str())));
}

#[test]
fn switched_off_a_preflight_meets_the_vendor_and_no_header_is_added() {
    let app = app_with(|config| config.cors = false);
    let preflight = raw(Method::OPTIONS, &format!("{PEOPLE_API}/people"))
        .header("origin", "http://app.example:4200")
        .header("access-control-request-method", "GET");
    let response = preflight.of(&app);
    assert_eq!(response.status, 401);
    assert!(!response.headers.contains_key("access-control-allow-origin"));
}

#[test]
fn the_control_calls_say_nothing_to_other_origins() {
    let ask = raw(Method::GET, "/__admin/health").header("origin", "http://app.example:4200");
    assert!(!ask.of(&app()).headers.contains_key("access-control-allow-origin"));
}
