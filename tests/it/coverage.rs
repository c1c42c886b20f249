//! Which entries of the catalogue a client has met, by `GET /__admin/coverage`.

use http::Method;
use people_mock::app::App;

use crate::support::{Ask, app, ask, get, put, raw};

fn coverage(query: &str) -> Ask {
    raw(Method::GET, &format!("/__admin/coverage{query}"))
}

/// The entries that were met, a line each.
fn met(app: &App, query: &str) -> String {
    let report = coverage(query).expect(app, 200);
    let entries = report["entries"].as_array().unwrap().iter();
    let met = entries.filter(|it| it["natural"] == true || it["forced"] == true);
    let line = |it: &serde_json::Value| {
        let how = match (it["natural"] == true, it["forced"] == true) {
            (true, true) => "both",
            (true, false) => "natural",
            _ => "forced",
        };
        format!("{} {} {} {how}", it["operation"].as_str().unwrap(), it["status"], it["id"])
    };
    met.map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fresh_session_has_met_nothing() {
    let report = coverage("").expect(&app(), 200);
    assert_eq!(report["met"], 0);
    assert_eq!(report["percent"], 0.0);
    assert_eq!(report["total"], report["entries"].as_array().unwrap().len());
    insta::assert_snapshot!(report["entries"][0], @r#"{"operation":"alfresco.createPerson","status":201,"id":null,"natural":false,"forced":false}"#);
}

#[test]
fn what_happens_and_what_is_forced_are_told_apart() {
    let app = app();
    get("/people/abeecher").by("admin").of(&app);
    get("/people/abeecher").by("admin").of(&app);
    get("/people/nobody").by("admin").of(&app);
    get("/people/abeecher").by("admin").header("prefer", "code=404").of(&app);
    get("/people/abeecher").header("prefer", "code=401").of(&app);
    get("/people?maxItems=0").by("admin").of(&app);
    ask(Method::PATCH, "/people").of(&app);
    raw(Method::GET, "/healthcheck").header("prefer", "code=503").of(&app);
    // A status that the operation doesn't have is no entry, nor is what belongs to no vendor.
    get("/people/abeecher").header("prefer", "code=422").of(&app);
    raw(Method::GET, "/nowhere").of(&app);
    insta::assert_snapshot!(met(&app, ""), @r#"
    alfresco.getPerson 200 null natural
    alfresco.getPerson 401 "AuthenticationFailed" forced
    alfresco.getPerson 404 "EntityNotFound" both
    alfresco.* 405 "UnsupportedMethod" natural
    alfresco.* 400 "MaxItemsNotPositive" natural
    ecg.healthcheck 503 "DatabaseDown" forced
    "#);
    insta::assert_snapshot!(met(&app, "?vendor=ecg"), @r#"ecg.healthcheck 503 "DatabaseDown" forced"#);
    insta::assert_snapshot!(met(&app, "?operation=*.getPerson"), @r#"
    alfresco.getPerson 200 null natural
    alfresco.getPerson 401 "AuthenticationFailed" forced
    alfresco.getPerson 404 "EntityNotFound" both
    "#);
}

#[test]
fn an_answer_that_does_not_get_through_is_not_met() {
    let app = app();
    let reset = r#"{"when":{"operation":"alfresco.getPerson"},"then":{"fault":"reset"}}"#;
    raw(Method::POST, "/__admin/faults").body(reset).expect(&app, 201);
    get("/people/abeecher").by("admin").of(&app);
    assert_eq!(met(&app, ""), "");
}

#[test]
fn a_session_has_its_own_which_a_reset_clears_and_a_snapshot_keeps() {
    let app = app();
    let in_session = |method, path: &str| raw(method, &format!("/__session/a{path}"));
    put("/people/csmith", "{}").by("admin").header("x-mock-session", "a").of(&app);
    assert_eq!(met(&app, ""), "");
    let total = |path: &str| in_session(Method::GET, path).expect(&app, 200)["met"].clone();
    assert_eq!(total("/__admin/coverage"), 1);
    in_session(Method::PUT, "/__admin/snapshots/s").of(&app);
    let copy = r#"{"id":"b","from":"session:a"}"#;
    raw(Method::POST, "/__admin/sessions").body(copy).expect(&app, 201);
    in_session(Method::POST, "/__admin/reset").of(&app);
    assert_eq!(total("/__admin/coverage"), 0);
    in_session(Method::POST, "/__admin/snapshots/s/restore").of(&app);
    assert_eq!(total("/__admin/coverage"), 1);
    assert_eq!(raw(Method::GET, "/__session/b/__admin/coverage").expect(&app, 200)["met"], 1);
}

#[test]
fn a_build_can_fail_under_a_percentage() {
    let app = app();
    raw(Method::GET, "/healthcheck").of(&app);
    let query = "?operation=ecg.healthcheck";
    insta::assert_snapshot!(coverage(query).brief(&app), @r#"200 {"total":2,"met":1,"natural":1,"forced":0,"percent":50.0,"entries":[{"operation":"ecg.healthcheck","status":200,"id":null,"natural":true,"forced":false},{"operation":"ecg.healthcheck","status":503,"id":"DatabaseDown","natural":false,"forced":false}]}"#);
    assert_eq!(coverage(&format!("{query}&failUnder=50")).of(&app).status, 200);
    let under = coverage(&format!("{query}&failUnder=50.1")).of(&app);
    assert_eq!(under.status, 406);
    assert_eq!(under.body, coverage(query).of(&app).body);
}

#[test]
fn reports_are_for_machines_and_for_people() {
    let app = app();
    raw(Method::GET, "/healthcheck").of(&app);
    insta::assert_snapshot!(coverage("?operation=ecg.healthcheck&format=junit").whole(&app), @r#"
    200 OK
    content-type: application/xml
    date: Fri, 21 Aug 2026 10:00:00 GMT

    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites tests="2" failures="0" skipped="1">
      <testsuite name="ecg.healthcheck" tests="2" failures="0" skipped="1">
        <testcase classname="ecg.healthcheck" name="200"/>
        <testcase classname="ecg.healthcheck" name="503 DatabaseDown"><skipped message="not met"/></testcase>
      </testsuite>
    </testsuites>
    "#);
    insta::assert_snapshot!(coverage("?operation=ecg.healthcheck&format=markdown").whole(&app), @"
    200 OK
    content-type: text/markdown; charset=utf-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    # 50% of the catalogue met

    1 of 2 entries: 1 by themselves, 0 forced.

    | operation | answer | natural | forced |
    |---|---|---|---|
    | ecg.healthcheck | 200 | ✓ |  |
    | ecg.healthcheck | 503 DatabaseDown |  |  |
    ");
}

#[test]
fn a_wrong_question_is_told_what_could_be_asked() {
    let app = app();
    for query in [
        "?format=xml",
        "?failUnder=101",
        "?failUnder=x",
        "?vendor=x",
        "?operation=x",
        "?failunder=1",
    ] {
        assert_eq!(coverage(query).of(&app).status, 400, "{query}");
    }
    insta::assert_snapshot!(coverage("?vendor=alfresc").brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: there is no vendor `alfresc`; there are alfresco, ecg"}"#);
    insta::assert_snapshot!(coverage("?operation=getPerson").brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: no operation is called `getPerson`; `/__admin/catalog` lists them"}"#);
    insta::assert_snapshot!(coverage("?format=xml").brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: `format` is `json`, `junit` or `markdown`, not `xml`"}"#);
    insta::assert_snapshot!(coverage("?failUnder=x").brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: `failUnder` is a percentage from 0 to 100, not `x`"}"#);
}
