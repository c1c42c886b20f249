//! `/__admin/snapshots`, and going back.

use http::Method;
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{app, get, post, raw};

#[test]
fn snapshots_are_named_listed_replaced_and_forgotten() {
    let app = app();
    let call = |method, path: &str| raw(method, &format!("/__admin/snapshots{path}"));
    assert_snapshot!(call(Method::PUT, "/before").brief(&app), @r#"201 {"name":"before","takenAt":"2026-08-21T10:00:00Z"}"#);
    raw(Method::PUT, "/__admin/clock").body(r#"{"advance":"PT1M"}"#).expect(&app, 200);
    assert_snapshot!(call(Method::PUT, "/before").brief(&app), @r#"200 {"name":"before","takenAt":"2026-08-21T10:01:00Z"}"#);
    assert_snapshot!(call(Method::GET, "").brief(&app), @r#"200 {"snapshots":[{"name":"before","takenAt":"2026-08-21T10:01:00Z"}]}"#);
    assert_snapshot!(call(Method::GET, "/before").brief(&app), @r#"200 {"name":"before","takenAt":"2026-08-21T10:01:00Z"}"#);
    assert_snapshot!(call(Method::DELETE, "/before").brief(&app), @"204");
    for (method, path) in
        [(Method::GET, "/before"), (Method::DELETE, "/before"), (Method::POST, "/before/restore")]
    {
        let problem = call(method, path).expect(&app, 404);
        assert_eq!(problem["detail"], "there is no snapshot `before` in this session");
    }
    call(Method::PUT, "/a%20b").expect(&app, 400);
}

#[test]
fn there_is_a_bound_on_snapshots_and_the_answer_says_so() {
    let app = app();
    let take = |index: usize| raw(Method::PUT, &format!("/__admin/snapshots/s{index}"));
    for index in 0..people_mock::sessions::MOST_SNAPSHOTS {
        take(index).expect(&app, 201);
    }
    assert_snapshot!(take(1_000).brief(&app), @r#"409 {"type":"about:blank","title":"Conflict","status":409,"detail":"a session keeps at most 100 snapshots; delete one first"}"#);
    take(0).expect(&app, 200);
}

#[test]
fn a_snapshot_can_be_gone_back_to_again_and_again_and_outlives_a_reset() {
    let app = app();
    let new = |id: &str| {
        let body = json!({ "id": id, "firstName": "N", "email": "n@example.com", "password": "n" });
        post("/people", &body.to_string()).by("admin").expect(&app, 201);
    };
    let restore = || raw(Method::POST, "/__admin/snapshots/one/restore").expect(&app, 204);
    new("one");
    raw(Method::PUT, "/__admin/snapshots/one").expect(&app, 201);
    let first = get("/people?maxItems=1000").by("admin").brief(&app);
    for _ in 0..2 {
        new("two");
        restore();
        assert_eq!(get("/people?maxItems=1000").by("admin").brief(&app), first);
    }
    raw(Method::POST, "/__admin/reset").expect(&app, 204);
    get("/people/one").by("admin").expect(&app, 404);
    restore();
    get("/people/one").by("admin").expect(&app, 200);
}

#[test]
fn a_reset_can_keep_the_journal() {
    let app = app();
    let ids = || {
        let requests = raw(Method::GET, "/__admin/requests").expect(&app, 200);
        let requests = requests["requests"].as_array().unwrap().clone();
        requests.iter().map(|it| it["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    get("/people").by("admin").expect(&app, 200);
    raw(Method::POST, "/__admin/reset?keep=journal").expect(&app, 204);
    assert_eq!(ids(), [1]);
    raw(Method::POST, "/__admin/reset").expect(&app, 204);
    assert!(ids().is_empty());
    get("/people").by("admin").expect(&app, 200);
    assert_eq!(ids(), [1], "numbers begin again");
    assert_snapshot!(raw(Method::POST, "/__admin/reset?keep=people").brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: `keep=people` is unknown; what can be kept: `journal`"}"#);
    assert_snapshot!(raw(Method::POST, "/__admin/reset?kep=journal").brief(&app), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: there is no `kep` here; what there is: `keep`"}"#);
}
