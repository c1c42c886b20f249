//! `requestPasswordReset` and `resetPassword`: `POST /people/{personId}/request-password-reset` and
//! `…/reset-password`.

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use serde_json::Value;

use crate::support::{app, app_with_files, get, post, problem, put, raw};

const REQUIRED: &str = "400 = | Field 'client' is null, but is required.";
const UNREADABLE: &str = "400 = | Could not read content from HTTP request body: ";

fn request(app: &App, person: &str) -> (String, String) {
    post(&format!("/people/{person}/request-password-reset"), r#"{"client":"share"}"#)
        .expect(app, 202);
    let data = mails(app).last().unwrap()["data"].clone();
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("workflowId"), text("key"))
}

fn mails(app: &App) -> Vec<Value> {
    let outbox = raw(Method::GET, "/__admin/outbox").expect(app, 200);
    outbox["messages"].as_array().unwrap().clone()
}

/// Tries a reset, which says nothing of its success.
fn reset(app: &App, person: &str, password: &str, (id, key): (&str, &str)) {
    let body = format!(r#"{{"password":"{password}","id":"{id}","key":"{key}"}}"#);
    let response = post(&format!("/people/{person}/reset-password"), &body).of(app);
    assert_eq!((response.status.as_u16(), response.body.len()), (202, 0));
}

#[track_caller]
fn logs_in(app: &App, user: &str, is_right: bool) {
    get("/people/-me-").by(user).expect(app, if is_right { 200 } else { 401 });
}

#[test]
fn a_forgotten_password_is_reset_by_mail() {
    let app = app();
    let ask = post("/people/sappho/request-password-reset", r#"{"client":"share"}"#);
    assert_snapshot!(ask.whole(&app), @"
    202 Accepted
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
    let mail = &mails(&app)[0];
    assert_eq!(mail["to"], "sappho@example.org");
    assert_eq!(mail["subject"], "Reset your password");
    let text = |name: &str| mail["data"][name].as_str().unwrap();
    let (id, key) = (text("workflowId"), text("key"));
    assert_eq!(id, "activiti$1");
    let link = format!("/page/reset-password?key={key}&id={id}");
    assert!(mail["text"].as_str().unwrap().contains(&link));

    let body = format!(r#"{{"password":"new","id":"{id}","key":"{key}"}}"#);
    assert_snapshot!(post("/people/sappho/reset-password", &body).whole(&app), @"
    202 Accepted
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
    logs_in(&app, "sappho:new", true);
    logs_in(&app, "sappho", false);
    assert_eq!(mails(&app)[1]["subject"], "Password reset successful");
    assert_eq!(mails(&app)[1]["to"], "sappho@example.org");

    // Once is all.
    reset(&app, "sappho", "newer", (id, key));
    logs_in(&app, "sappho:new", true);
    assert_eq!(mails(&app).len(), 2);
}

#[test]
fn a_request_for_nobody_looks_like_a_request_for_somebody() {
    let app = app();
    for person in ["nobody", "-me-", "System", "guest", "rleaver", "abeecher", "GROUP_x"] {
        for client in ["share", "foo"] {
            let body = format!(r#"{{"client":"{client}"}}"#);
            let response =
                post(&format!("/people/{person}/request-password-reset"), &body).of(&app);
            assert_eq!((response.status.as_u16(), response.body.len()), (202, 0), "{person}");
        }
    }
    assert!(mails(&app).is_empty());
}

#[test]
fn a_request_is_checked_rule_by_rule_and_credentials_are_not_looked_at() {
    let app = app();
    let check = |person: &str, body: &str, expected: &str| {
        let ask = post(&format!("/people/{person}/request-password-reset"), body);
        for ask in [ask.clone(), ask.clone().by("x:wrong"), ask.header("authorization", "Bearer x")]
        {
            let found = problem(&ask.of(&app));
            assert!(found.starts_with(expected), "{person} {body}: {found}");
        }
    };
    check("sappho", "{}", REQUIRED);
    check("nobody", r#"{"client":null}"#, REQUIRED);
    check("nobody", r#"{"client":""}"#, REQUIRED);
    check("sappho", r#"{"client":"foo"}"#, "404 ~ApiDefault | Client was not found [foo]");
    check("SAPPHO", r#"{"client":"Share"}"#, "404 ~ApiDefault | Client was not found [Share]");
    check("nobody", "", UNREADABLE);
    check("nobody", r#"{"name":"share"}"#, UNREADABLE);
    check("nobody", "[]", "405 = | Only 1 entity is supported in the HTTP request body");
    check("nobody", "null", "500 ~ApiDefault | -");
}

#[test]
fn a_reset_is_checked_rule_by_rule() {
    let app = app();
    let (id, key) = request(&app, "sappho");
    let check = |body: &str, expected: &str| {
        let found = problem(&post("/people/sappho/reset-password", body).by("x:y").of(&app));
        assert!(found.starts_with(expected), "{body}: {found}");
    };
    check("{}", "400 = | Field 'password' is null, but is required.");
    check(
        r#"{"id":"x","key":"y","password":""}"#,
        "400 = | Field 'password' is null, but is required.",
    );
    check(r#"{"password":"x"}"#, "400 = | Field 'id' is null, but is required.");
    check(r#"{"password":"x","key":"y"}"#, "400 = | Field 'id' is null, but is required.");
    check(r#"{"password":"x","id":"y"}"#, "400 = | Field 'key' is null, but is required.");
    check(r#"{"user":1}"#, "400 = | Could not read content from HTTP request body: ");
    check("[]", "405 = | Only 1 entity is supported in the HTTP request body");
    let blank = format!(r#"{{"password":"   ","id":"{id}","key":"{key}"}}"#);
    check(&blank, "400 ~ApiDefault | Invalid password value [   ]");
    // A wrong password doesn't use the workflow up, and a wrong workflow is told before it.
    reset(&app, "sappho", "   ", (&id, "wrong"));
    reset(&app, "sappho", "new", (&id, &key));
    logs_in(&app, "sappho:new", true);
}

#[test]
fn a_reset_that_is_not_right_in_all_is_accepted_and_does_nothing() {
    let app = app();
    let (id, key) = request(&app, "Sappho");
    let right = (id.as_str(), key.as_str());
    for wrong in [
        "1",
        "activiti",
        "activiti$",
        "activiti$x",
        "activiti$2",
        "activiti$01",
        "activiti$+1",
        "jbpm$1",
    ] {
        reset(&app, "Sappho", "new", (wrong, &key));
    }
    reset(&app, "Sappho", "new", (&id, &key.to_uppercase()));
    // The name is compared as it was typed in the request.
    reset(&app, "sappho", "new", right);
    reset(&app, "oqureshi", "new", right);
    reset(&app, "nobody", "new", right);
    logs_in(&app, "sappho", true);
    assert_eq!(mails(&app).len(), 1);
    reset(&app, "Sappho", "new", right);
    logs_in(&app, "sappho:new", true);
}

#[test]
fn each_request_is_open_for_an_hour_beside_the_others() {
    let app = app();
    let first = request(&app, "sappho");
    let advance = |by: &str| {
        let body = format!(r#"{{"advance":"{by}"}}"#);
        raw(Method::PUT, "/__admin/clock").body(body).expect(&app, 200);
    };
    advance("PT30M");
    let second = request(&app, "sappho");
    assert_ne!(first, second);
    reset(&app, "sappho", "one", (&second.0, &second.1));
    logs_in(&app, "sappho:one", true);
    reset(&app, "sappho", "two", (&first.0, &first.1));
    logs_in(&app, "sappho:two", true);
    let third = request(&app, "sappho");
    advance("PT1H");
    reset(&app, "sappho", "three", (&third.0, &third.1));
    logs_in(&app, "sappho:two", true);
}

#[test]
fn a_reset_does_not_ask_again_whether_the_person_is_enabled() {
    let app = app();
    let (id, key) = request(&app, "sappho");
    put("/people/sappho", r#"{"enabled":false}"#).by("admin").expect(&app, 200);
    reset(&app, "sappho", "new", (&id, &key));
    put("/people/sappho", r#"{"enabled":true}"#).by("admin").expect(&app, 200);
    logs_in(&app, "sappho:new", true);
}

#[test]
fn a_server_says_which_clients_it_knows_and_how_long_a_reset_lives() {
    let server = r#"{"resetClients":["portal"],"resetLifetime":"PT1M"}"#;
    let app = app_with_files(&[("alfresco/server.json", server)]);
    let ask = |client: &str| {
        let body = format!(r#"{{"client":"{client}"}}"#);
        post("/people/sappho/request-password-reset", &body)
    };
    ask("share").expect(&app, 404);
    ask("portal").expect(&app, 202);
    let data = &mails(&app)[0]["data"];
    let text = |name: &str| data[name].as_str().unwrap();
    raw(Method::PUT, "/__admin/clock").body(r#"{"advance":"PT1M"}"#).expect(&app, 200);
    reset(&app, "sappho", "new", (text("workflowId"), text("key")));
    logs_in(&app, "sappho", true);
}
