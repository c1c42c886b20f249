//! Every shipped story, played by a client that is right and by one that isn't.

use std::collections::BTreeSet;
use std::path::Path;

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use people_mock::scenarios::Fault;
use serde_json::json;

use super::{admin, advance, delivered, undated};
use crate::support::{Ask, TICKETS, app, delete, get, post, put, raw};

const ADA: &str = "0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11";
const BRUNO: &str = "7d1fd0ca-c4fa-4360-9b06-39522d518208";
const DANA: &str = "c563e1f2-d5f9-495a-9c17-452a792f02df";

/// Plays a story from start to verdict, once with each client. Gives what the wrong one missed.
#[track_caller]
fn play(name: &str, right: impl Fn(&App), wrong: impl Fn(&App)) -> String {
    let verdict_on = |client: &dyn Fn(&App), status| {
        let app = app();
        admin(Method::POST, &format!("/scenarios/{name}/start")).expect(&app, 200);
        client(&app);
        admin(Method::GET, &format!("/scenarios/{name}/verdict")).expect(&app, status)
    };
    assert_eq!(verdict_on(&right, 200)["met"], true);
    let verdict = verdict_on(&wrong, 406);
    let unmet = verdict["expectations"].as_array().unwrap().iter().filter(|it| it["met"] == false);
    let line = |it: &serde_json::Value| format!("{} / {}", it["expected"], it["actual"]);
    unmet.map(line).collect::<Vec<_>>().join("\n")
}

fn login() -> Ask {
    raw(Method::POST, TICKETS).body(r#"{"userId":"csmith","password":"Passw0rd!"}"#)
}

fn person() -> Ask {
    get("/people/oqureshi").by("csmith")
}

fn list() -> Ask {
    get("/people").by("csmith")
}

fn rename(id: &str, title: &str) -> Ask {
    put(&format!("/people/{id}"), &json!({ "jobTitle": title }).to_string()).by("csmith")
}

fn create() -> Ask {
    post("/people", r#"{"id":"new","firstName":"N","email":"n@example.com","password":"n"}"#)
        .by("csmith")
}

fn upload(n_bytes: usize) -> Ask {
    let mut picture = include_bytes!("../../../fixtures/alfresco/avatars/csmith.png").to_vec();
    picture.resize(n_bytes.max(picture.len()), 0);
    let length = picture.len().to_string();
    ask_avatar().header("content-length", &length).body(picture)
}

fn ask_avatar() -> Ask {
    crate::support::ask(Method::PUT, "/people/-me-/avatar").by("csmith")
}

fn ecg(method: Method, path: &str, body: &serde_json::Value) -> Ask {
    let ask = raw(method, &format!("/api/people{path}"))
        .header("authorization", "Bearer admin-token")
        .header("content-type", "application/json");
    if body.is_null() { ask } else { ask.body(body.to_string()) }
}

fn ecg_person(id: &str) -> Ask {
    ecg(Method::GET, &format!("/{id}"), &json!(null))
}

fn ecg_rename(id: &str) -> Ask {
    let patch = json!([{ "op": "replace", "path": "/lastName", "value": "Sample" }]);
    ecg(Method::PATCH, &format!("/{id}"), &patch)
}

#[test]
fn every_shipped_story_is_played_here_and_has_a_row_in_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let (tests, readme) = (read("tests/it/scenarios/stories.rs"), read("scenarios/README.md"));
    let files = std::fs::read_dir(root.join("scenarios")).unwrap();
    let names = files.map(|it| it.unwrap().file_name().into_string().unwrap());
    let stories: BTreeSet<String> = names
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| !name.ends_with(".schema"))
        .collect();
    assert_eq!(stories.len(), 16);
    for name in &stories {
        assert!(tests.contains(&format!("\"{name}\"")), "no test plays `{name}`");
        assert!(readme.contains(&format!("| `{name}` |")), "the README has no row for `{name}`");
        let file: serde_json::Value =
            serde_json::from_str(&read(&format!("scenarios/{name}.json"))).unwrap();
        assert_eq!(file["$schema"], "./scenario.schema.json", "{name}");
        assert!(file["description"].as_str().is_some_and(|it| it.len() > 40), "{name}");
        assert!(file["expect"].as_array().is_some_and(|it| !it.is_empty()), "{name}");
    }
    let app = app();
    let listed = admin(Method::GET, "/scenarios").expect(&app, 200);
    let listed = listed["scenarios"].as_array().unwrap().iter();
    let listed: BTreeSet<String> =
        listed.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, stories, "what is embedded is what lies there");
}

#[test]
fn a_verdict_tells_what_was_met_and_what_was_not() {
    let app = app();
    let start = admin(Method::POST, "/scenarios/lost-answers/start");
    start.expect(&app, 200);
    create().of(&app);
    create().expect(&app, 409);
    let verdict = || admin(Method::GET, "/scenarios/lost-answers/verdict").of(&app);
    assert_snapshot!(undated(verdict()), @r#"
    406 Not Acceptable
    content-type: application/problem+json

    {"scenario":"lost-answers","met":false,"state":"start","expectations":[{"expected":"in this order: alfresco.createPerson, then alfresco.getPerson","actual":"1 of 2 steps; next would be alfresco.getPerson","met":false},{"expected":"exactly 1 of alfresco.createPerson","actual":"2","met":false},{"expected":"exactly 2 of alfresco.updatePerson","actual":"0","met":false}],"title":"Not Acceptable","status":406,"detail":"3 of 3 expectations aren't met"}
    "#);
    start.expect(&app, 200);
    create().of(&app);
    rename("oqureshi", "x").of(&app);
    person().expect(&app, 200);
    rename("oqureshi", "x").expect(&app, 200);
    assert_snapshot!(undated(verdict()), @r#"
    200 OK
    content-type: application/json

    {"scenario":"lost-answers","met":true,"state":"start","expectations":[{"expected":"in this order: alfresco.createPerson, then alfresco.getPerson","actual":"2 of 2 steps","met":true},{"expected":"exactly 1 of alfresco.createPerson","actual":"1","met":true},{"expected":"exactly 2 of alfresco.updatePerson","actual":"2","met":true}]}
    "#);
}

#[test]
fn expired_session() {
    let reads = |app: &App| {
        for status in [200, 200, 200, 401] {
            person().expect(app, status);
        }
        list().expect(app, 401);
        raw(Method::GET, &format!("{TICKETS}/-me-")).by("csmith").expect(app, 401);
        // Nobody is asked who they are by a password reset.
        post("/people/x/request-password-reset", r#"{"client":"share"}"#).expect(app, 202);
    };
    let right = |app: &App| {
        reads(app);
        login().expect(app, 201);
        person().expect(app, 200);
    };
    let wrong = |app: &App| {
        reads(app);
        person().expect(app, 401);
    };
    assert_snapshot!(play("expired-session", right, wrong), @r#""in this order: alfresco.getPerson, then alfresco.createTicket, then alfresco.getPerson" / "1 of 3 steps; next would be alfresco.createTicket""#);
}

#[test]
fn forbidden_admin_action() {
    let right = |app: &App| {
        let problem = create().expect(app, 403);
        assert_eq!(problem["error"]["errorKey"], "framework.exception.PermissionDenied");
        rename("-me-", "Reader").expect(app, 200);
        list().expect(app, 200);
    };
    let wrong = |app: &App| {
        delete("/people/abeecher/avatar").by("csmith").expect(app, 403);
        rename("abeecher", "x").expect(app, 403);
    };
    assert_snapshot!(play("forbidden-admin-action", right, wrong), @r#""exactly 1 of alfresco.createPerson or alfresco.updatePerson or alfresco.updateAvatarImage or alfresco.deleteAvatarImage, not (personId \"-me-\")" / "2""#);
}

#[test]
fn vanished_person() {
    let alice = || get("/people/abeecher").by("csmith");
    let right = |app: &App| {
        alice().expect(app, 200);
        let problem = rename("abeecher", "x").expect(app, 404);
        assert_eq!(problem["error"]["errorKey"], "framework.exception.EntityNotFound");
        get("/people/abeecher/avatar").by("csmith").expect(app, 404);
        person().expect(app, 200);
        list().expect(app, 200);
    };
    let wrong = |app: &App| {
        alice().expect(app, 200);
        rename("abeecher", "x").expect(app, 404);
        rename("abeecher", "x").expect(app, 404);
        list().expect(app, 200);
    };
    assert_snapshot!(play("vanished-person", right, wrong), @r#""exactly 1 of alfresco.updatePerson, personId \"abeecher\"" / "2""#);
}

#[test]
fn duplicate_person() {
    let right = |app: &App| {
        let problem = create().expect(app, 409);
        assert_eq!(problem["error"]["errorKey"], "Person 'new' already exists.");
        get("/people/new").by("csmith").expect(app, 200);
    };
    let wrong = |app: &App| {
        create().expect(app, 409);
        create().expect(app, 409);
    };
    assert_snapshot!(play("duplicate-person", right, wrong), @r#"
    "in this order: alfresco.createPerson, then alfresco.getPerson" / "1 of 2 steps; next would be alfresco.getPerson"
    "exactly 1 of alfresco.createPerson" / "2"
    "#);
}

#[test]
fn model_violation() {
    const LONG: &str = "Content Administrator and Poet";
    let right = |app: &App| {
        let problem = rename("oqureshi", LONG).expect(app, 422);
        let summary = problem["error"]["briefSummary"].as_str().unwrap();
        assert!(summary.contains("Found 1 integrity violations"), "{summary}");
        rename("oqureshi", "Administrator").expect(app, 200);
    };
    let wrong = |app: &App| {
        rename("oqureshi", LONG).expect(app, 422);
        rename("oqureshi", LONG).expect(app, 422);
    };
    assert_snapshot!(play("model-violation", right, wrong), @r#"
    "in this order: alfresco.createPerson or alfresco.updatePerson, body {\"jobTitle\":{\"matches\":\"^.{21,}$\"}}, then alfresco.createPerson or alfresco.updatePerson, body {\"jobTitle\":{\"matches\":\"^.{1,20}$\"}}" / "1 of 2 steps; next would be alfresco.createPerson or alfresco.updatePerson, body {\"jobTitle\":{\"matches\":\"^.{1,20}$\"}}"
    "exactly 1 of alfresco.createPerson or alfresco.updatePerson, body {\"jobTitle\":{\"matches\":\"^.{21,}$\"}}" / "2"
    "#);
}

#[test]
fn flaky_writes() {
    let right = |app: &App| {
        rename("oqureshi", "a").expect(app, 200);
        create().expect(app, 201);
        let answer = rename("sappho", "b").of(app);
        assert_eq!(answer.status, 503);
        assert_eq!(answer.headers["retry-after"], "1");
        assert_eq!(
            get("/people/sappho").by("admin").json(app)["entry"]["jobTitle"],
            "Poet in residence"
        );
        rename("sappho", "b").expect(app, 200);
    };
    let wrong = |app: &App| {
        for status in [200, 200, 503] {
            rename("oqureshi", "a").expect(app, status);
        }
    };
    assert_snapshot!(play("flaky-writes", right, wrong), @r#""exactly 4 of alfresco.createPerson or alfresco.updatePerson or alfresco.updateAvatarImage or alfresco.deleteAvatarImage" / "3""#);
}

#[test]
fn slow_directory() {
    let right = |app: &App| {
        let (answer, delivery) = delivered(app, &list());
        assert_eq!(answer.status, 200);
        assert!(!delivery.delay.is_zero() && delivery.delay.as_secs() <= 5, "{delivery:?}");
        login().expect(app, 201);
    };
    let wrong = |app: &App| {
        list().expect(app, 200);
        list().expect(app, 200);
    };
    assert_snapshot!(play("slow-directory", right, wrong), @r#""exactly 1 of alfresco.listPeople" / "2""#);
}

#[test]
fn lost_answers() {
    let lost = |app: &App, ask: Ask| {
        assert_eq!(delivered(app, &ask).1.fault, Some(Fault::Reset));
    };
    let right = |app: &App| {
        lost(app, create());
        get("/people/new").by("csmith").expect(app, 200);
        lost(app, rename("new", "x"));
        rename("new", "x").expect(app, 200);
    };
    let wrong = |app: &App| {
        lost(app, create());
        create().expect(app, 409);
        lost(app, rename("new", "x"));
    };
    assert_snapshot!(play("lost-answers", right, wrong), @r#"
    "in this order: alfresco.createPerson, then alfresco.getPerson" / "1 of 2 steps; next would be alfresco.getPerson"
    "exactly 1 of alfresco.createPerson" / "2"
    "exactly 2 of alfresco.updatePerson" / "1"
    "#);
}

#[test]
fn rate_limited() {
    let refused = |app: &App| {
        for _ in 0..5 {
            person().expect(app, 200);
        }
        advance(app, "PT4S");
        let answer = person().of(app);
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["retry-after"]),
            (429, &"6".parse().unwrap())
        );
    };
    let right = |app: &App| {
        refused(app);
        advance(app, "PT6S");
        person().expect(app, 200);
    };
    let wrong = |app: &App| {
        refused(app);
        for _ in 0..3 {
            person().expect(app, 429);
        }
    };
    assert_snapshot!(play("rate-limited", right, wrong), @r#""exactly 7 of alfresco.getPerson" / "9""#);
}

#[test]
fn avatar_too_large() {
    let right = |app: &App| {
        let problem = upload(30_000).expect(app, 413);
        let key = problem["error"]["errorKey"].as_str().unwrap();
        assert!(key.ends_with("Content size violation, limit = 20000"), "{key}");
        upload(0).expect(app, 200);
    };
    let wrong = |app: &App| {
        upload(30_000).expect(app, 413);
        upload(30_000).expect(app, 413);
    };
    assert_snapshot!(play("avatar-too-large", right, wrong), @r#"
    "in this order: alfresco.updateAvatarImage, headers.content-length a number above 20000, then alfresco.updateAvatarImage, headers.content-length a number below 20001" / "1 of 2 steps; next would be alfresco.updateAvatarImage, headers.content-length a number below 20001"
    "exactly 1 of alfresco.updateAvatarImage, headers.content-length a number above 20000" / "2"
    "#);
}

#[test]
fn password_lockout() {
    let right = |app: &App| {
        assert_eq!(login().expect(app, 403)["error"]["errorKey"], "Login failed");
        advance(app, "PT6S");
        login().expect(app, 201);
        person().expect(app, 200);
    };
    let wrong = |app: &App| {
        login().expect(app, 403);
        // Each try begins the six seconds again, as at the vendor's.
        for _ in 0..3 {
            advance(app, "PT5S");
            login().expect(app, 403);
        }
        advance(app, "PT6S");
        login().expect(app, 201);
        person().expect(app, 200);
    };
    assert_snapshot!(play("password-lockout", right, wrong), @r#""exactly 2 of alfresco.createTicket" / "5""#);
}

#[test]
fn role_lost() {
    let me = || get("/people/-me-").by("csmith");
    let right = |app: &App| {
        assert_eq!(me().json(app)["entry"]["capabilities"]["isAdmin"], true);
        rename("oqureshi", "a").expect(app, 200);
        rename("oqureshi", "b").expect(app, 403);
        assert_eq!(me().json(app)["entry"]["capabilities"]["isAdmin"], false);
    };
    let wrong = |app: &App| {
        for status in [200, 403, 403] {
            rename("oqureshi", "a").expect(app, status);
        }
    };
    assert_snapshot!(play("role-lost", right, wrong), @r#"
    "in this order: alfresco.createPerson or alfresco.updatePerson, then alfresco.createPerson or alfresco.updatePerson, then alfresco.getPerson, personId \"-me-\"" / "2 of 3 steps; next would be alfresco.getPerson, personId \"-me-\""
    "exactly 2 of alfresco.createPerson or alfresco.updatePerson" / "3"
    "#);
}

#[test]
fn ecg_expired_token() {
    let reads = |app: &App| {
        for status in [200, 200, 401] {
            ecg_person(ADA).expect(app, status);
        }
    };
    let right = |app: &App| {
        reads(app);
        ecg_person(ADA).expect(app, 200);
    };
    assert_snapshot!(play("ecg-expired-token", right, reads), @r#""exactly 4 of ecg.getPersonById" / "3""#);
}

#[test]
fn ecg_archived_mid_flow() {
    let right = |app: &App| {
        assert_eq!(ecg_person(ADA).json(app)["archiveInfo"]["archived"], false);
        let problem = ecg_rename(ADA).expect(app, 422);
        assert_eq!(problem["message"], format!("Person '{ADA}' is archived"));
        assert_eq!(ecg_person(ADA).json(app)["archiveInfo"]["archived"], true);
    };
    let wrong = |app: &App| {
        ecg_person(ADA).expect(app, 200);
        ecg_rename(ADA).expect(app, 422);
        ecg_rename(ADA).expect(app, 422);
    };
    assert_snapshot!(play("ecg-archived-mid-flow", right, wrong), @r#"
    "in this order: ecg.getPersonById, then ecg.updatePerson, then ecg.getPersonById" / "2 of 3 steps; next would be ecg.getPersonById"
    "exactly 1 of ecg.updatePerson" / "2"
    "#);
}

#[test]
fn ecg_account_conflict() {
    let add = || {
        let account = json!({ "emailAddress": "dana@example.com" });
        ecg(Method::POST, &format!("/{DANA}/accounts"), &account)
    };
    let right = |app: &App| {
        let problem = add().expect(app, 409);
        assert_eq!(problem["message"], format!("User account already exists for person '{DANA}'"));
        assert_eq!(ecg_person(DANA).json(app)["account"]["emailAddress"], "dana@example.com");
    };
    let wrong = |app: &App| {
        add().expect(app, 409);
        add().expect(app, 409);
    };
    assert_snapshot!(play("ecg-account-conflict", right, wrong), @r#"
    "in this order: ecg.addUserAccount, then ecg.getPersonById" / "1 of 2 steps; next would be ecg.getPersonById"
    "exactly 1 of ecg.addUserAccount" / "2"
    "#);
}

#[test]
fn ecg_batch_with_failing_items() {
    let batch = |ids: &[&str]| ecg(Method::POST, "/re-sync-batch", &json!({ "personIds": ids }));
    let right = |app: &App| {
        let answer = batch(&[ADA, BRUNO]).expect(app, 200);
        assert_eq!((&answer["totalRequested"], &answer["totalFailed"]), (&json!(2), &json!(1)));
        assert_eq!(answer["items"][1]["synced"], false);
        assert_eq!(batch(&[BRUNO]).expect(app, 200)["totalFailed"], 0);
    };
    let wrong = |app: &App| {
        batch(&[ADA, BRUNO]).expect(app, 200);
        batch(&[ADA, BRUNO]).expect(app, 200);
    };
    assert_snapshot!(play("ecg-batch-with-failing-items", right, wrong), @r#"
    "in this order: ecg.resyncBatch, body {\"personIds\":[\"0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11\",\"7d1fd0ca-c4fa-4360-9b06-39522d518208\"]}, then ecg.resyncBatch or ecg.resync, any of (body {\"personIds\":[\"7d1fd0ca-c4fa-4360-9b06-39522d518208\"]}; body {\"personId\":\"7d1fd0ca-c4fa-4360-9b06-39522d518208\"})" / "1 of 2 steps; next would be ecg.resyncBatch or ecg.resync, any of (body {\"personIds\":[\"7d1fd0ca-c4fa-4360-9b06-39522d518208\"]}; body {\"personId\":\"7d1fd0ca-c4fa-4360-9b06-39522d518208\"})"
    "exactly 1 of ecg.resyncBatch, body {\"personIds\":{\"contains\":\"0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11\"}}" / "2"
    "#);
}
