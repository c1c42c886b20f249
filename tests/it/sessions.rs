//! Sessions: whose world a request belongs to, and that nobody else ever sees it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use serde_json::{Value, json};

use crate::alfresco::ticket_of;
use crate::support::{Ask, PEOPLE_API, app, app_with, brief, get, post, put, raw};

/// A control call of a session.
fn admin(method: Method, session: &str, call: &str) -> Ask {
    raw(method, &format!("/__session/{session}/__admin/{call}"))
}

fn ids(app: &App) -> Vec<String> {
    let sessions = raw(Method::GET, "/__admin/sessions").expect(app, 200);
    let sessions = sessions["sessions"].as_array().unwrap().iter();
    sessions.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

const NEW: &str = r#"{"id":"new","firstName":"N","email":"n@example.com","password":"n"}"#;

#[test]
fn a_session_begins_with_the_first_request_that_names_it_in_any_of_four_ways() {
    let app = app();
    let path = format!("{PEOPLE_API}/people/new");
    let ways: [fn(Ask) -> Ask; 4] = [
        |ask| raw(ask.0.method, &format!("/__session/w{}", ask.0.uri)).by("admin"),
        |ask| ask.header("x-mock-session", "w").by("admin"),
        |ask| ask.header("cookie", "mock-session=w").by("admin"),
        |ask| ask.header("host", "w.localhost:8080").by("admin"),
    ];
    for (index, way) in ways.into_iter().enumerate() {
        let status = way(raw(Method::GET, &path)).of(&app).status;
        assert_eq!(status, if index == 0 { 404 } else { 200 }, "way {index}");
        if index == 0 {
            post("/people", NEW).header("x-mock-session", "w").by("admin").expect(&app, 201);
        }
    }
    get("/people/new").by("admin").expect(&app, 404);
    assert_eq!(ids(&app), ["default", "w"]);
}

#[test]
fn a_key_that_can_be_no_session_is_refused_before_anything_else() {
    let app = app();
    assert_snapshot!(get("/people").header("x-mock-session", "a/b").header("origin", "http://x").whole(&app), @r#"
    400 Bad Request
    content-type: application/problem+json
    access-control-allow-origin: http://x
    access-control-allow-credentials: true
    vary: Origin
    access-control-expose-headers: Access-Control-Allow-Origin,Access-Control-Allow-Credentials,Content-Disposition

    {"type":"about:blank","title":"Bad Request","status":400,"detail":"the session's id can't be one: `a/b` is no name; one has 1 to 64 letters, digits, dots, underscores and hyphens, and not dots alone"}
    "#);
    assert_eq!(ids(&app), ["default"]);
}

/// A kind of state: what changes it, and what shows it.
struct Kind {
    name: &'static str,
    change: fn(&App, &str),
    show: fn(&App, &str) -> String,
}

fn in_session(ask: Ask, session: &str) -> Ask {
    ask.header("x-mock-session", session)
}

/// What a session answers to somebody, after whom nothing is different.
fn shown(app: &App, session: &str, ask: Ask) -> String {
    brief(&in_session(ask, session).of(app))
}

const ADA: &str = "0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11";
const DANA: &str = "c563e1f2-d5f9-495a-9c17-452a792f02df";

/// A call of the other vendor, by an administrator.
fn ecg(method: Method, path: &str) -> Ask {
    raw(method, &format!("/api/people{path}"))
        .header("content-type", "application/json")
        .header("authorization", "Bearer admin-token")
}

const KINDS: &[Kind] = &[
    Kind {
        name: "people",
        change: |app, session| {
            in_session(post("/people", NEW).by("admin"), session).expect(app, 201);
        },
        show: |app, session| shown(app, session, get("/people").by("admin")),
    },
    Kind {
        name: "what people say of themselves",
        change: |app, session| {
            let body = r#"{"jobTitle":"changed"}"#;
            in_session(put("/people/abeecher", body).by("admin"), session).expect(app, 200);
        },
        show: |app, session| shown(app, session, get("/people/abeecher").by("admin")),
    },
    Kind {
        name: "avatars",
        change: |app, session| {
            let delete = crate::support::delete("/people/abeecher/avatar").by("admin");
            in_session(delete, session).expect(app, 204);
        },
        show: |app, session| {
            let avatar = get("/people/abeecher/avatar?placeholder=false").by("admin");
            in_session(avatar, session).of(app).status.to_string()
        },
    },
    Kind {
        name: "passwords",
        change: |app, session| {
            let body = r#"{"password":"other"}"#;
            in_session(put("/people/csmith", body).by("admin"), session).expect(app, 200);
        },
        show: |app, session| {
            let login = get("/people/-me-").by("csmith:other");
            in_session(login, session).of(app).status.to_string()
        },
    },
    Kind {
        name: "tickets and ids",
        change: |app, session| {
            let body = r#"{"userId":"admin","password":"admin"}"#;
            let login = raw(Method::POST, crate::support::TICKETS).body(body);
            in_session(login, session).expect(app, 201);
        },
        show: |app, session| {
            // The ticket is known beforehand: it is the first that falls in every session.
            let ticket = ticket_of(&crate::support::app(), "admin");
            let ask = get(&format!("/people/-me-?alf_ticket={ticket}"));
            in_session(ask, session).of(app).status.to_string()
        },
    },
    Kind {
        name: "failed logins",
        change: |app, session| {
            for _ in 0..10 {
                in_session(get("/people/-me-").by("csmith:wrong"), session).expect(app, 401);
            }
        },
        show: |app, session| {
            in_session(get("/people/-me-").by("csmith:Passw0rd!"), session)
                .of(app)
                .status
                .to_string()
        },
    },
    Kind {
        name: "password resets and mails",
        change: |app, session| {
            let ask = post("/people/csmith/request-password-reset", r#"{"client":"share"}"#);
            in_session(ask, session).expect(app, 202);
        },
        show: |app, session| brief(&admin(Method::GET, session, "outbox").of(app)),
    },
    Kind {
        name: "ecg: people",
        change: |app, session| {
            let body =
                r#"{"firstName":"N","lastName":"N","contactEmailAddress":"taken@example.com"}"#;
            in_session(ecg(Method::POST, "").body(body), session).expect(app, 201);
        },
        show: |app, session| {
            // An address that is taken is refused; showing it takes it, and is done once.
            let patch =
                r#"[{"op":"replace","path":"/contactEmailAddress","value":"taken@example.com"}]"#;
            let ask = ecg(Method::PATCH, &format!("/{DANA}")).body(patch);
            in_session(ask, session).of(app).status.to_string()
        },
    },
    Kind {
        name: "ecg: accounts, logins and mails",
        change: |app, session| {
            let body = r#"{"emailAddress":"dana@example.com","temporaryPassword":"Temp-Dana-1","sendCredentials":true}"#;
            in_session(ecg(Method::POST, &format!("/{DANA}/accounts")).body(body), session)
                .expect(app, 201);
        },
        show: |app, session| {
            let person = shown(app, session, ecg(Method::GET, &format!("/{DANA}")));
            person + &brief(&admin(Method::GET, session, "outbox").of(app))
        },
    },
    Kind {
        name: "ecg: passwords",
        change: |app, session| {
            let body = r#"{"oldPassword":"Ada-Example-1","newPassword":"Other-Example-1"}"#;
            in_session(ecg(Method::POST, &format!("/{ADA}/change-password")).body(body), session)
                .expect(app, 200);
        },
        show: |app, session| {
            let body = r#"{"oldPassword":"Ada-Example-1","newPassword":"Third-Example-1"}"#;
            let ask = ecg(Method::POST, &format!("/{ADA}/change-password")).body(body);
            in_session(ask, session).of(app).status.to_string()
        },
    },
    Kind {
        name: "ecg: audit trails",
        change: |app, session| {
            let body = r#"{"emailAddress":"ada2@example.com","password":"Other-Example-1"}"#;
            in_session(ecg(Method::PATCH, &format!("/{ADA}/accounts")).body(body), session)
                .expect(app, 200);
        },
        show: |app, session| {
            shown(app, session, ecg(Method::GET, &format!("/{ADA}/accounts/audit-trails")))
        },
    },
    Kind {
        name: "the clock",
        change: |app, session| {
            admin(Method::PUT, session, "clock").body(r#"{"advance":"P1D"}"#).expect(app, 200);
        },
        show: |app, session| brief(&admin(Method::GET, session, "clock").of(app)),
    },
    Kind {
        name: "log numbers",
        change: |app, session| {
            in_session(get("/people/nobody").by("admin"), session).expect(app, 404);
        },
        // Showing it counts, too; nobody shows it twice in a session of which it is asked.
        show: |app, session| {
            let body = in_session(get("/people/nobody").by("admin"), session).expect(app, 404);
            body["error"]["briefSummary"].to_string()
        },
    },
    Kind {
        name: "the journal",
        change: |app, session| {
            in_session(get("/people/admin").by("admin"), session).expect(app, 200);
        },
        show: |app, session| brief(&admin(Method::GET, session, "requests").of(app)),
    },
    Kind {
        name: "snapshots",
        change: |app, session| {
            admin(Method::PUT, session, "snapshots/a").expect(app, 201);
        },
        show: |app, session| brief(&admin(Method::GET, session, "snapshots").of(app)),
    },
];

#[test]
fn no_kind_of_state_is_seen_from_another_session() {
    for kind in KINDS {
        let app = app();
        (kind.change)(&app, "changed");
        let untouched = (kind.show)(&app, "other");
        let changed = (kind.show)(&app, "changed");
        assert_ne!(changed, untouched, "{}: the change shows", kind.name);
        let default = (kind.show)(&app, "default");
        assert_eq!(default, untouched, "{}: and not in `default`", kind.name);
    }
}

#[test]
fn every_kind_of_state_goes_back_with_a_reset_and_stays_in_a_snapshot() {
    // These belong to the session as long as it lives, and are no part of what it was.
    for kind in KINDS.iter().filter(|kind| !["the journal", "snapshots"].contains(&kind.name)) {
        let app = app();
        let fresh = (kind.show)(&app, "fresh");
        (kind.change)(&app, "a");
        admin(Method::PUT, "a", "snapshots/changed").expect(&app, 201);
        admin(Method::POST, "a", "reset").expect(&app, 204);
        assert_eq!((kind.show)(&app, "a"), fresh, "{}: reset", kind.name);
        admin(Method::POST, "a", "snapshots/changed/restore").expect(&app, 204);
        let changed = (kind.show)(&app, "a");
        assert_ne!(changed, fresh, "{}: restored", kind.name);

        admin(Method::POST, "a", "snapshots/changed/restore").expect(&app, 204);
        let copy = |from: &str| json!({ "id": from.replace(':', "-"), "from": from }).to_string();
        for from in ["snapshot:changed", "session:a"] {
            let create = admin(Method::POST, "a", "sessions").body(copy(from));
            create.expect(&app, 201);
            let copied = (kind.show)(&app, &from.replace(':', "-"));
            assert_eq!(copied, changed, "{}: copied from {from}", kind.name);
        }
    }
}

#[test]
fn a_copy_goes_its_own_way() {
    let app = app();
    in_session(post("/people", NEW).by("admin"), "a").expect(&app, 201);
    raw(Method::POST, "/__admin/sessions")
        .body(r#"{"id":"b","from":"session:a"}"#)
        .expect(&app, 201);
    in_session(put("/people/new", r#"{"firstName":"B"}"#).by("admin"), "b").expect(&app, 200);
    let name = |session| {
        in_session(get("/people/new").by("admin"), session).expect(&app, 200)["entry"]["firstName"]
            .clone()
    };
    assert_eq!((name("a"), name("b")), (json!("N"), json!("B")));
}

#[test]
fn sessions_are_made_shown_and_dropped() {
    let app = app();
    let create = |body: &str| raw(Method::POST, "/__admin/sessions").body(body.to_owned()).of(&app);
    let response = create(r#"{"id":"a"}"#);
    assert_eq!(response.status, 201);
    assert_eq!(response.headers["location"], "/__admin/sessions/a");
    let made: Value = serde_json::from_slice(&create("").body).unwrap();
    assert_eq!(made["id"], "session-1");
    assert_eq!(made["clock"], json!({ "now": "2026-08-21T10:00:00Z", "frozen": true }));

    assert_snapshot!(brief(&create(r#"{"id":"a"}"#)), @r#"409 {"type":"about:blank","title":"Conflict","status":409,"detail":"the session `a` exists already; drop it first, or leave `id` out"}"#);
    assert_snapshot!(brief(&create(r#"{"id":"default"}"#)), @r#"409 {"type":"about:blank","title":"Conflict","status":409,"detail":"the session `default` exists already; drop it first, or leave `id` out"}"#);
    assert_snapshot!(brief(&create(r#"{"id":"a b"}"#)), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"`a b` is no name; one has 1 to 64 letters, digits, dots, underscores and hyphens, and not dots alone"}"#);
    assert_snapshot!(brief(&create(r#"{"from":"session:nobody"}"#)), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no session `nobody` to make a session from"}"#);
    assert_snapshot!(brief(&create(r#"{"from":"snapshot:none"}"#)), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no snapshot `none` to make a session from"}"#);
    assert_snapshot!(brief(&create(r#"{"from":"here"}"#)), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: `from` is \"snapshot:NAME\" or \"session:ID\", not `here`"}"#);
    assert_snapshot!(brief(&create(r#"{"name":"x"}"#)), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body can't be read: name: unknown field `name`, expected `id` or `from` at line 1 column 7"}"#);

    assert_eq!(ids(&app), ["default", "a", "session-1"]);
    let one = |method, id: &str| raw(method, &format!("/__admin/sessions/{id}"));
    assert_eq!(one(Method::GET, "a").expect(&app, 200)["id"], "a");
    one(Method::DELETE, "a").expect(&app, 204);
    assert_snapshot!(one(Method::DELETE, "a").brief(&app), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no session `a`"}"#);
    one(Method::GET, "a").expect(&app, 404);
    assert_snapshot!(one(Method::DELETE, "default").brief(&app), @r#"409 {"type":"about:blank","title":"Conflict","status":409,"detail":"the session `default` can't be dropped; reset it instead"}"#);
    raw(Method::DELETE, "/__admin/sessions").expect(&app, 204);
    assert_eq!(ids(&app), ["default"]);
}

#[test]
fn past_the_most_sessions_the_idlest_goes_and_never_the_default_one() {
    let app = app_with(|config| config.max_sessions = 4);
    let touch = |session| in_session(get("/people/admin").by("admin"), session).of(&app);
    for session in ["a", "b", "c", "a"] {
        touch(session);
    }
    touch("d");
    assert_eq!(ids(&app), ["default", "a", "c", "d"], "b was asked for longest ago");
    // Whoever makes sessions by a call counts, too.
    raw(Method::POST, "/__admin/sessions").body(r#"{"id":"e"}"#).expect(&app, 201);
    assert_eq!(ids(&app), ["default", "a", "d", "e"]);
    assert!(metrics(&app).contains("people_mock_sessions_evicted_total 2\n"));
}

fn metrics(app: &App) -> String {
    String::from_utf8(raw(Method::GET, "/__admin/metrics").of(app).body.to_vec()).unwrap()
}

#[test]
fn an_idle_session_begins_anew() {
    let app = app_with(|config| config.session_idle = Duration::ZERO);
    in_session(post("/people", NEW).by("admin"), "a").expect(&app, 201);
    in_session(get("/people/new").by("admin"), "a").expect(&app, 404);
    app.sessions.evict_idle();
    assert_eq!(ids(&app), ["default"]);
}

#[test]
fn a_session_with_a_request_under_way_stays() {
    let app = app_with(|config| {
        config.session_idle = Duration::ZERO;
        config.max_sessions = 1;
    });
    let ask = in_session(raw(Method::GET, "/__admin/events"), "a");
    let under_way = app.answer(ask.0);
    in_session(get("/people/admin").by("admin"), "b").expect(&app, 200);
    app.sessions.evict_idle();
    assert!(app.sessions.get("a").is_some(), "somebody listens in it");
    drop(under_way);
    app.sessions.evict_idle();
    assert_eq!(ids(&app), ["default"]);
}

#[test]
fn two_hundred_workers_share_a_server_and_never_see_each_other() {
    let app = app();
    let wrong = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (app, wrong) = (&app, &wrong);
            scope.spawn(move || {
                for worker in (thread..200).step_by(8) {
                    let session = format!("w{worker}");
                    let id = format!("p{worker}");
                    let body = NEW.replace("new", &id);
                    in_session(post("/people", &body).by("admin"), &session).expect(app, 201);
                    let list = in_session(get("/people?maxItems=1000").by("admin"), &session);
                    let text = list.expect(app, 200).to_string();
                    let own = text.matches("\"email\":\"n@example.com\"").count();
                    let is_right = own == 1 && text.contains(&format!("\"id\":\"{id}\""));
                    wrong.fetch_add(usize::from(!is_right), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(wrong.into_inner(), 0);
    assert_eq!(ids(&app).len(), 201);
}

#[test]
fn one_session_asked_for_by_many_at_once_is_made_once() {
    for _ in 0..20 {
        let app = app();
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let app = &app;
                scope.spawn(move || {
                    let body = NEW.replace("new", &format!("p{worker}"));
                    in_session(post("/people", &body).by("admin"), "shared").expect(app, 201);
                });
            }
        });
        let people = in_session(get("/people?maxItems=1000").by("admin"), "shared").json(&app);
        assert_eq!(people.to_string().matches("\"n@example.com\"").count(), 4);
    }
}

#[test]
fn a_reload_reaches_every_session_and_its_snapshots() {
    let folder = tempfile::tempdir().unwrap();
    let write = |title: &str| {
        let people = format!(
            r#"[{{"id":"a","firstName":"A","email":"a@example.com","jobTitle":"{title}"}},
                {{"id":"b","firstName":"B","email":"b@example.com","jobTitle":"{title}"}}]"#
        );
        crate::support::write(folder.path(), "alfresco/people.json", &people);
    };
    write("old");
    let app = app_with(|config| {
        config.layers.push(people_mock::fixtures::Layer::Directory(folder.path().to_owned()));
    });
    let title = |session, person: &str| {
        let ask = in_session(get(&format!("/people/{person}")).by("admin"), session);
        ask.expect(&app, 200)["entry"]["jobTitle"].clone()
    };
    in_session(put("/people/a", r#"{"jobTitle":"own"}"#).by("admin"), "w").expect(&app, 200);
    admin(Method::PUT, "w", "snapshots/before").expect(&app, 201);

    write("new");
    raw(Method::POST, "/__admin/reload").expect(&app, 200);
    assert_eq!((title("w", "a"), title("w", "b")), (json!("own"), json!("new")));
    assert_eq!(title("default", "a"), "new");
    admin(Method::POST, "w", "reset").expect(&app, 204);
    assert_eq!(title("w", "a"), "new");
    admin(Method::POST, "w", "snapshots/before/restore").expect(&app, 204);
    assert_eq!((title("w", "a"), title("w", "b")), (json!("own"), json!("new")));
}
