//! With `--seed` and `--now`, the same requests give the same bytes: in every session, on every run.

use http::Method;
use people_mock::app::App;

use crate::support::{Ask, app, app_with, delete, get, post, put, raw, whole};

const DANA: &str = "c563e1f2-d5f9-495a-9c17-452a792f02df";

fn ecg(method: Method, path: &str) -> Ask {
    raw(method, &format!("/api/people{path}"))
        .header("content-type", "application/json")
        .header("authorization", "Bearer admin-token")
}

/// A story that meets whatever has an id, a date, a number or a key.
fn story() -> Vec<Ask> {
    let new = r#"{"id":"new","firstName":"N","email":"n@example.com","password":"s3cret"}"#;
    let png = include_bytes!("../../fixtures/alfresco/avatars/jane-doe.png");
    vec![
        get("/people/nobody").by("admin"),
        post("/people", new).by("admin"),
        post("/people", new).by("admin"),
        put("/people/new", r#"{"userStatus":"here","password":""}"#).by("admin"),
        put("/people/new", r#"{"userStatus":"here"}"#).by("admin"),
        put("/people/new/avatar", "")
            .body(&png[..])
            .header("content-type", "image/png")
            .by("admin"),
        get("/people/new").by("admin"),
        get("/people/new/avatar").by("new:s3cret"),
        raw(Method::POST, crate::support::TICKETS).body(r#"{"userId":"new","password":"s3cret"}"#),
        post("/people/new/request-password-reset", r#"{"client":"share"}"#),
        ecg(Method::POST, "").body(r#"{"firstName":"N","lastName":"N"}"#),
        ecg(Method::POST, &format!("/{DANA}/accounts"))
            .body(r#"{"emailAddress":"d@example.com","sendCredentials":true}"#),
        ecg(Method::GET, &format!("/{DANA}/accounts/audit-trails")),
        raw(Method::PUT, "/__admin/clock").body(r#"{"advance":"PT2H"}"#),
        get("/people/nobody").by("admin"),
        delete("/people/new/avatar").by("new:s3cret"),
        get("/people?orderBy=id&include=properties").by("admin"),
        raw(Method::GET, "/__admin/outbox"),
        raw(Method::GET, "/__admin/requests"),
        raw(Method::GET, "/__admin/explain/1"),
        raw(Method::PUT, "/__admin/snapshots/a"),
        raw(Method::GET, "/__admin/snapshots"),
        raw(Method::GET, "/nowhere"),
    ]
}

fn told(app: &App, session: Option<&str>) -> Vec<String> {
    let tell = |ask: Ask| match session {
        Some(id) => {
            let path = format!("/__session/{id}{}", ask.0.uri);
            let mut named = ask.clone();
            named.0.uri = path.parse().unwrap();
            whole(&named.of(app))
        }
        None => whole(&ask.of(app)),
    };
    story().into_iter().map(tell).collect()
}

#[test]
fn two_servers_and_all_their_sessions_say_the_same() {
    let (one, two) = (app(), app());
    let first = told(&one, None);
    for (app, session) in [(&one, Some("a")), (&two, Some("b")), (&two, None), (&one, Some("c"))] {
        for (index, (told, first)) in told(app, session).iter().zip(&first).enumerate() {
            assert_eq!(told, first, "answer {index} in {session:?}");
        }
    }
    raw(Method::POST, "/__admin/reset").expect(&one, 204);
    raw(Method::DELETE, "/__admin/snapshots/a").expect(&one, 204);
    assert_eq!(told(&one, None), first, "and again after a reset");
}

#[test]
fn another_seed_gives_other_ids() {
    let other = app_with(|config| config.seed = Some(2));
    assert_ne!(told(&app(), None), told(&other, None));
}
