//! What comes instead of the natural answer, and what is known of it afterwards.

use http::Method;
use insta::assert_snapshot;
use people_mock::outcome::Outcome;
use serde_json::{Value, json};

use super::{admin, playing, read, undated};
use crate::support::{Ask, app, app_with, files, get, post, raw};

/// The answer to a read, with this done to it.
fn answer(then: &Value) -> String {
    undated(read().of(&playing(&json!([{ "then": then }]))))
}

#[test]
fn an_error_by_status_or_by_name_is_byte_for_byte_the_one_that_happens() {
    let natural = undated(get("/people/nobody").by("admin").of(&app()));
    for error in [json!(404), json!("entityNotFound"), json!("EntityNotFound")] {
        let app = playing(&json!([{ "then": { "error": error } }]));
        assert_eq!(undated(get("/people/nobody").by("admin").of(&app)), natural);
        read().expect(&app, 404);
    }
    // Where several have a status, the first of the catalogue is meant, and a name means any.
    assert_snapshot!(answer(&json!({ "error": "guestAttempted" })), @r#"
    401 Unauthorized
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":401,"briefSummary":"07210000 Web Script org/alfresco/api/ResourceWebScript.get requires user authentication; however, a guest has attempted access.","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    assert_snapshot!(answer(&json!({ "error": 418 })), @r#"
    418 I'm a teapot
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":418,"briefSummary":"07210000 I'm a teapot","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
}

#[test]
fn a_name_strikes_only_the_operations_that_can_answer_it() {
    let app = playing(&json!([{ "then": { "error": "personExists" } }]));
    read().expect(&app, 200);
    post("/people", "{}").expect(&app, 409);
    raw(Method::GET, "/healthcheck").expect(&app, 200);
}

#[test]
fn any_answer_at_all_can_be_given() {
    assert_snapshot!(answer(&json!({ "respond": { "status": 299, "json": [1, null], "headers": { "X-One": "1" } } })), @"
    299 <unknown status code>
    x-one: 1
    content-type: application/json

    [1,null]
    ");
    assert_snapshot!(answer(&json!({ "respond": { "text": "Bad Gateway", "status": 502, "headers": { "content-type": "text/html" } } })), @"
    502 Bad Gateway
    content-type: text/html

    Bad Gateway
    ");
    assert_snapshot!(answer(&json!({ "respond": { "json": null } })), @"
    200 OK
    content-type: application/json

    null
    ");
    assert_snapshot!(answer(&json!({ "respond": { "base64": "AP8=" } })), @"
    200 OK

    (2 bytes)
    ");
    assert_snapshot!(answer(&json!({ "respond": {} })), @"200 OK");
}

#[test]
fn a_file_beside_the_story_is_a_body_of_its_own_type() {
    let story =
        json!({ "rules": [{ "then": { "respond": { "file": "login.html" } } }] }).to_string();
    let app = app_with(|config| {
        config.scenarios = files(&[("story.json", &story), ("login.html", "<h1>Log in</h1>")]);
        config.from_start = vec!["story".to_owned()];
    });
    assert_snapshot!(undated(read().of(&app)), @"
    200 OK
    content-type: text/html; charset=utf-8

    <h1>Log in</h1>
    ");
}

#[test]
fn a_patch_changes_the_natural_json_and_leaves_what_is_none() {
    let app = playing(&json!([{ "then": { "patch": {
        "entry": { "email": null, "jobTitle": "Patched", "capabilities": { "isAdmin": true } }
    } } }]));
    let person = &read().expect(&app, 200)["entry"];
    assert_eq!(person["jobTitle"], "Patched");
    assert_eq!(person["capabilities"]["isAdmin"], true);
    assert!(person.get("email").is_none());
    assert_eq!(person["id"], "oqureshi");
    // An error is JSON too; a picture isn't.
    assert_eq!(get("/people/nobody").by("admin").expect(&app, 404)["entry"]["jobTitle"], "Patched");
    let avatar = get("/people/abeecher/avatar").by("admin");
    assert_eq!(avatar.of(&app).body, avatar.of(&crate::support::app()).body);
}

#[test]
fn headers_take_the_place_of_others_and_retry_after_is_in_whole_seconds() {
    let app = playing(&json!([
        { "times": 1, "then": { "headers": { "Cache-Control": "public", "X-Mock": "1" }, "retryAfter": "1500ms" } },
        { "times": 1, "then": { "error": 503, "retryAfter": 120 } },
    ]));
    let natural = read().of(&app);
    assert_eq!(natural.status, 200);
    assert_eq!(natural.headers.get_all("cache-control").iter().collect::<Vec<_>>(), ["public"]);
    assert_eq!(
        (&natural.headers["x-mock"], &natural.headers["retry-after"]),
        (&"1".parse().unwrap(), &"2".parse().unwrap())
    );
    assert_eq!(read().of(&app).headers["retry-after"], "120");
}

#[test]
fn a_browser_may_read_whatever_is_forced() {
    let app = playing(&json!([{ "then": { "respond": { "status": 502 } } }]));
    let answer = read().header("origin", "http://app.example").of(&app);
    assert_eq!(answer.headers["access-control-allow-origin"], "http://app.example");
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
}

#[test]
fn the_journal_and_its_explanation_say_what_forced_an_answer() {
    let app = playing(&json!([
        { "when": { "operation": "alfresco.getPerson" }, "then": { "error": 409, "delay": "5ms" } },
        { "when": { "operation": "alfresco.listPeople" }, "then": "pass" },
    ]));
    read().expect(&app, 409);
    get("/people").by("admin").expect(&app, 200);
    let told = |id: u32| admin(Method::GET, &format!("/explain/{id}")).expect(&app, 200);
    assert_snapshot!(told(1)["forcedBy"], @r#"{"scenario":"story","rule":0,"state":"start","does":"error 409, delay"}"#);
    assert_eq!(told(1)["decidedBy"], "what forced it");
    assert_eq!(told(2)["forcedBy"], Value::Null, "what passes is as if nothing had been");
    let entry = admin(Method::GET, "/requests/1").expect(&app, 200);
    assert_eq!(entry["forcedBy"]["scenario"], "story", "{entry}");
    assert_eq!(entry["caller"], "admin", "the vendor wasn't asked, and it is known all the same");
}

#[test]
fn listeners_hear_of_faults_and_of_states() {
    let app = playing(&json!([
        { "in": "start", "when": { "operation": "alfresco.getPerson" }, "then": { "error": 503 }, "goto": "over" },
    ]));
    let events = raw(Method::GET, "/__admin/events");
    let Outcome::Stream(_, mut listener) = app.answer(events.0) else { panic!("no stream") };
    read().expect(&app, 503);
    admin(Method::PUT, "/scenarios/story/state").body(r#"{"state":"start"}"#).expect(&app, 200);
    let waker = std::task::Waker::noop();
    let context = std::task::Context::from_waker(waker);
    let mut heard = String::new();
    while let std::task::Poll::Ready(Some(bytes)) = listener.poll_next(&context) {
        heard.push_str(std::str::from_utf8(&bytes).unwrap());
    }
    assert_snapshot!(heard, @r#"
    : listening

    event: fault
    data: {"scenario":"story","rule":0,"state":"start","does":"error 503"}

    event: state
    data: {"by":{"scenario":"story","rule":0,"state":"start","does":"error 503"},"from":"start","to":"over"}

    event: exchange
    id: 1
    data: {"id":1,"operation":"alfresco.getPerson","method":"GET","path":"/alfresco/api/-default-/public/alfresco/versions/1/people/oqureshi","status":503}

    event: state
    data: {"by":"control","from":"over","to":"start"}

    event: change
    data: {"call":"PUT /__admin/scenarios/story/state"}
    "#);
}

#[test]
fn a_request_asks_for_an_error_of_its_own() {
    let app = app();
    let create = |ask: fn(Ask) -> Ask| {
        let body = r#"{"id":"new","firstName":"N","email":"n@example.com","password":"n"}"#;
        ask(post("/people", body).by("admin")).of(&app).status.as_u16()
    };
    assert_eq!(create(|it| it.header("prefer", "respond-async, code=409")), 409);
    assert_eq!(create(|it| it.header("prefer", "code=permissionDenied")), 403);
    assert_eq!(create(|it| it.header("cookie", "a=b; mock-prefer=507")), 507);
    assert_eq!(
        create(|it| it.header("prefer", "code=422").header("cookie", "mock-prefer=507")),
        422
    );
    assert_eq!(create(|it| it), 201, "it was for those requests alone, and nothing was changed");
    // What the operation doesn't have, and what is no error, is passed over as RFC 7240 has it.
    for value in ["code=noThumbnail", "code=200", "code=", "wait=5"] {
        read().header("prefer", value).expect(&app, 200);
    }
    let forced = admin(Method::GET, "/explain/1").expect(&app, 200);
    assert_eq!(forced["forcedBy"], json!({ "prefer": "error 409", "does": "error 409" }));

    let deaf = app_with(|config| config.prefer = false);
    read().header("prefer", "code=409").header("cookie", "mock-prefer=507").expect(&deaf, 200);
}
