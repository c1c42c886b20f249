//! New fixtures under a running server.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use people_mock::fixtures::Layer;
use people_mock::fixtures::watch::{self, Watching};
use people_mock::reload::OnReload;
use serde_json::{Value, json};

use crate::support::{Ask, app_with, files, get, post, put, raw, write};

/// The file of two people who always change together.
fn people(version: &str) -> String {
    format!(
        r#"[{{"id":"castor","firstName":"{version}"}},
        {{"id":"pollux","firstName":"{version}"}}]"#
    )
}

/// A folder, over an administrator who is always there to ask as.
fn layers(folder: &Path) -> Vec<Layer> {
    let admin = r#"[{"id":"admin","password":"admin","admin":true}]"#;
    vec![files(&[("alfresco/people.json", admin)]), Layer::Directory(folder.to_owned())]
}

fn app_on(folder: &Path) -> App {
    app_with(|config| config.layers = layers(folder))
}

fn reload() -> Ask {
    raw(Method::POST, "/__admin/reload")
}

/// What the two are called now.
fn version(app: &App) -> Vec<String> {
    let list = get("/people?fields=id,firstName").by("admin").expect(app, 200);
    let entries = list["list"]["entries"].as_array().unwrap();
    let names = entries.iter().map(|it| &it["entry"]["firstName"]);
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Waits until the server shows something; a test that gives up has failed.
#[track_caller]
fn until(goal: &str, what: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if what() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came to it: {goal}");
}

#[test]
fn a_reload_answers_with_what_was_created_changed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alfresco/people.json", &people("one"));
    let app = app_on(folder.path());
    let changed = r#"[{"id":"castor","firstName":"two"},{"id":"new"}]"#;
    write(folder.path(), "alfresco/people.json", changed);
    write(folder.path(), "alfresco/server.json", r#"{"thumbnails":false}"#);
    assert_snapshot!(reload().brief(&app), @r#"200 {"created":[{"file":"alfresco/people.json","id":"new"}],"changed":[{"file":"alfresco/people.json","id":"castor"},{"file":"alfresco/server.json","id":null}],"removed":[{"file":"alfresco/people.json","id":"pollux"}],"rejected":[]}"#);
    assert_snapshot!(reload().brief(&app), @r#"200 {"created":[],"changed":[],"removed":[],"rejected":[]}"#);
    assert_eq!(version(&app), ["two"]);
}

#[test]
fn a_mistake_changes_nothing_is_told_and_heals_when_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display().to_string();
    write(folder.path(), "alfresco/people.json", &people("one"));
    let app = app_on(folder.path());
    write(folder.path(), "alfresco/people.json", &people("two").replace("firstName", "fristName"));
    let told = reload().whole(&app).replace(&root, "DIR");
    assert_snapshot!(told, @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the fixtures are wrong and were left alone; the last good ones are still served","created":[],"changed":[],"removed":[],"rejected":[{"file":"DIR/alfresco/people.json","line":1,"column":17,"path":"[0].fristName","message":"unknown member `fristName`; did you mean `firstName`?"},{"file":"DIR/alfresco/people.json","line":2,"column":24,"path":"[1].fristName","message":"unknown member `fristName`; did you mean `firstName`?"}]}
    "#);
    assert_eq!(version(&app), ["one", "one"]);
    let health = || raw(Method::GET, "/__admin/health").expect(&app, 200)["fixtures"].clone();
    assert_eq!(health()["status"], "stale");
    assert_eq!(health()["errorCount"], 2);
    assert_snapshot!(health()["error"].as_str().unwrap().replace(&root, "DIR"), @"DIR/alfresco/people.json:1:17: unknown member `fristName`; did you mean `firstName`? (at [0].fristName)");

    write(folder.path(), "alfresco/people.json", &people("two"));
    reload().expect(&app, 200);
    assert_eq!(version(&app), ["two", "two"]);
    assert_eq!(health(), json!({ "status": "fresh", "error": null }));
}

#[test]
fn what_a_client_changed_stays_and_the_rest_follows() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alfresco/people.json", &people("one"));
    let app = app_on(folder.path());
    put("/people/castor", r#"{"jobTitle":"client"}"#).by("admin").expect(&app, 200);
    post("/people", r#"{"id":"own","firstName":"own","email":"o@example.com","password":"o"}"#)
        .by("admin")
        .expect(&app, 201);
    write(folder.path(), "alfresco/people.json", &people("two"));
    reload().expect(&app, 200);
    assert_eq!(version(&app), ["one", "own", "two"]);
    raw(Method::POST, "/__admin/reset").of(&app);
    assert_eq!(version(&app), ["two", "two"]);
}

#[test]
fn with_on_reload_reset_every_session_starts_afresh() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alfresco/people.json", &people("one"));
    let app = app_with(|config| {
        config.layers = layers(folder.path());
        config.on_reload = OnReload::Reset;
    });
    put("/people/castor", r#"{"firstName":"client"}"#).by("admin").expect(&app, 200);
    reload().expect(&app, 200);
    assert_eq!(version(&app), ["one", "one"]);
}

#[test]
fn under_fifty_reloads_no_request_fails_or_sees_two_seeds() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alfresco/people.json", &people("0"));
    let app = app_on(folder.path());
    let (is_over, n_asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let seen = version(&app);
                    assert!(seen.len() == 2 && seen[0] == seen[1], "{seen:?}");
                    n_asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        scope.spawn(|| {
            // Changes that are made meanwhile are not lost.
            for count in 0..50 {
                let body = format!(r#"{{"jobTitle":"{count}"}}"#);
                put("/people/admin", &body).by("admin").expect(&app, 200);
                let admin = get("/people/admin").by("admin").expect(&app, 200);
                assert_eq!(admin["entry"]["jobTitle"], count.to_string());
            }
        });
        for count in 1..=50 {
            let before = n_asked.load(Ordering::Relaxed);
            write(folder.path(), "alfresco/people.json", &people(&count.to_string()));
            reload().expect(&app, 200);
            assert_eq!(version(&app), [count.to_string(), count.to_string()]);
            until("somebody asked", || n_asked.load(Ordering::Relaxed) > before);
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

/// Saves in every way that editors and systems have.
fn is_seen_however_it_is_saved(watching: Watching) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("fixtures");
    let file = root.join("alfresco/people.json");
    write(&root, "alfresco/people.json", &people("first"));
    let app = Arc::new(app_with(|config| {
        config.layers = layers(&root);
        config.watch = watching;
        config.poll_interval = Duration::from_millis(20);
    }));
    let watch = watch::start(&app).unwrap();
    assert!(watch.is_some());
    let shows = |expected: &str| until(expected, || version(&app) == [expected, expected]);
    let is_stale = || {
        let health = raw(Method::GET, "/__admin/health").expect(&app, 200);
        health["fixtures"]["status"] == "stale"
    };

    fs::write(&file, people("in place")).unwrap();
    shows("in place");

    fs::write(root.join("alfresco/.people.json.swp"), people("renamed")).unwrap();
    fs::rename(root.join("alfresco/.people.json.swp"), &file).unwrap();
    shows("renamed");

    fs::write(&file, "[{").unwrap();
    until("stale", is_stale);
    assert_eq!(version(&app), ["renamed", "renamed"]);
    fs::write(&file, people("mended")).unwrap();
    shows("mended");
    until("fresh", || !is_stale());

    fs::write(root.join("alfresco/server.json"), "{}").unwrap();
    fs::remove_file(root.join("alfresco/server.json")).unwrap();
    fs::remove_file(&file).unwrap();
    until("nobody", || version(&app).is_empty());
    fs::write(&file, people("back")).unwrap();
    shows("back");

    // As Kubernetes mounts a ConfigMap: `people.json` → `..data/people.json`, `..data` → a folder.
    for version in ["..v1", "..v2"] {
        write(&root.join("alfresco"), &format!("{version}/people.json"), &people(version));
    }
    symlink("..v1", root.join("alfresco/..data")).unwrap();
    fs::remove_file(&file).unwrap();
    symlink("..data/people.json", &file).unwrap();
    shows("..v1");
    symlink("..v2", root.join("alfresco/..next")).unwrap();
    fs::rename(root.join("alfresco/..next"), root.join("alfresco/..data")).unwrap();
    shows("..v2");

    // The whole folder makes room for another.
    write(folder.path(), "other/alfresco/people.json", &people("another folder"));
    fs::rename(&root, folder.path().join("old")).unwrap();
    fs::rename(folder.path().join("other"), &root).unwrap();
    shows("another folder");
    fs::write(&file, people("and in it")).unwrap();
    shows("and in it");
}

#[test]
fn a_change_is_seen_by_events() {
    is_seen_however_it_is_saved(Watching::Events);
}

#[test]
fn a_change_is_seen_by_polling() {
    is_seen_however_it_is_saved(Watching::Poll);
}

#[test]
fn without_a_folder_there_is_nothing_to_watch() {
    let app = Arc::new(app_with(|config| config.watch = Watching::Auto));
    assert!(watch::start(&app).unwrap().is_none());
}
