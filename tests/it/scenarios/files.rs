//! Scenario files: their mistakes, and how they change under a running server.

use std::path::Path;
use std::process::Command;

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::fixtures::Layer;
use people_mock::scenarios::schema;
use serde_json::{Value, json};

use super::{admin, pattern, playing_story, read, state};
use crate::support::{app_with, files, get, write};

/// What `validate` says about folders.
fn said(folders: &[&Path]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_people-mock"));
    let output = command.arg("validate").args(folders).env_clear().output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.success(), !told.contains(" error"), "{told}");
    told.replace(&folders[0].display().to_string(), "DIR")
}

fn said_of(story: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bad.json", story);
    said(&[folder.path()])
}

fn app_on(folder: &Path, from_start: &[&str]) -> App {
    app_with(|config| {
        config.scenarios = Layer::Directory(folder.to_owned());
        config.from_start = from_start.iter().map(|it| (*it).to_owned()).collect();
    })
}

fn reload() -> crate::support::Ask {
    admin(Method::POST, "/reload")
}

#[test]
fn every_mistake_in_the_form_of_a_story_is_told_at_once_with_its_place_and_the_nearest_word() {
    assert_snapshot!(said_of(r#"{
  "descripton": "misspelt",
  "rules": [
    { "when": { "operation": "alfresco.getPersn" }, "skip": -1 },
    { "when": { "caller": { "matches": "(" } }, "every": 0 },
    { "chance": 2, "then": { "fault": "rest" } },
    { "when": { "personID": "x" }, "after": "soon", "then": { "delay": { "uniform": ["2s", "1s"] } } },
    { "then": "fail" },
    { "then": { "rateLimit": { "requests": 1, "per": "1s", "key": "colour" }, "hold": { "until": { "opration": "x" } } } }
  ],
  "expect": [
    { "when": { "operation": "alfresco.creatTicket" } },
    { "count": { "atmost": 2 } },
    7
  ]
}"#), @r#"
    DIR/bad.json:2:3: unknown member `descripton`; did you mean `description`? (at descripton)
        2 |   "descripton": "misspelt",
          |   ^^^^^^^^^^^^
    DIR/bad.json:4:30: there is no operation `alfresco.getPersn`; did you mean `alfresco.getPerson`? (at rules[0].when.operation)
        4 |     { "when": { "operation": "alfresco.getPersn" }, "skip": -1 },
          |                              ^^^^^^^^^^^^^^^^^^^
    DIR/bad.json:4:61: this must be at least 0 (at rules[0].skip)
        4 |     { "when": { "operation": "alfresco.getPersn" }, "skip": -1 },
          |                                                             ^^
    DIR/bad.json:5:27: `(` is no regular expression: unclosed group (at rules[1].when.caller)
        5 |     { "when": { "caller": { "matches": "(" } }, "every": 0 },
          |                           ^
    DIR/bad.json:5:58: this must be at least 1 (at rules[1].every)
        5 |     { "when": { "caller": { "matches": "(" } }, "every": 0 },
          |                                                          ^
    DIR/bad.json:6:17: this must be at most 1 (at rules[2].chance)
        6 |     { "chance": 2, "then": { "fault": "rest" } },
          |                 ^
    DIR/bad.json:6:39: `rest` isn't known; did you mean `reset`? (at rules[2].then.fault)
        6 |     { "chance": 2, "then": { "fault": "rest" } },
          |                                       ^^^^^^
    DIR/bad.json:7:17: unknown member `personID`; did you mean `personId`? (at rules[3].when.personID)
        7 |     { "when": { "personID": "x" }, "after": "soon", "then": { "delay": { "uniform": ["2s", "1s"] } } },
          |                 ^^^^^^^^^^
    DIR/bad.json:7:45: `soon` is not a duration; expected one as PT1H or 90m (at rules[3].after)
        7 |     { "when": { "personID": "x" }, "after": "soon", "then": { "delay": { "uniform": ["2s", "1s"] } } },
          |                                             ^^^^^^
    DIR/bad.json:7:72: the shorter time comes first, as ["50ms", "2s"] (at rules[3].then.delay)
        7 | …": { "personID": "x" }, "after": "soon", "then": { "delay": { "uniform": ["2s", "1s"] } } },
          |                                                              ^
    DIR/bad.json:8:15: `fail` isn't known; expected one of `pass` (at rules[4].then)
        8 |     { "then": "fail" },
          |               ^^^^^^
    DIR/bad.json:9:67: `colour` isn't known; expected one of `caller`, `personId`, `operation` (at rules[5].then.rateLimit.key)
        9 | …"then": { "rateLimit": { "requests": 1, "per": "1s", "key": "colour" }, "hold": { "until": { "opration": "x" } } } }
          |                                                              ^^^^^^^^
    DIR/bad.json:9:100: unknown member `opration`; did you mean `operation`? (at rules[5].then.hold.until.opration)
        9 | …s": 1, "per": "1s", "key": "colour" }, "hold": { "until": { "opration": "x" } } } }
          |                                                              ^^^^^^^^^^
    DIR/bad.json:12:5: there is no operation `alfresco.creatTicket`; did you mean `alfresco.createTicket`? (at expect[0])
       12 |     { "when": { "operation": "alfresco.creatTicket" } },
          |     ^
    DIR/bad.json:13:5: the member `when` is missing (at expect[1])
       13 |     { "count": { "atmost": 2 } },
          |     ^
    DIR/bad.json:13:18: unknown member `atmost`; did you mean `atMost`? (at expect[1].count.atmost)
       13 |     { "count": { "atmost": 2 } },
          |                  ^^^^^^^^
    DIR/bad.json:14:5: expected an object, found a number (at expect[2])
       14 |     7
          |     ^
    scenarios in `DIR`: 17 errors in 1 file
    "#);
}

#[test]
fn every_mistake_in_the_sense_of_a_story_is_told_at_once_with_its_place_and_a_cure() {
    assert_snapshot!(said_of(r#"{
  "start": "fresh",
  "rules": [
    { "in": "expird", "then": { "error": "personExist" } },
    { "when": { "operation": "alfresco.getPerson" }, "then": { "error": "personExists" }, "goto": "expired" },
    { "then": { "error": 200 } },
    { "then": { "error": 409, "respond": { "status": 99, "json": 1, "text": "x" } } },
    { "then": { "respond": { "file": "nowhere.json" } } },
    { "then": { "respond": { "base64": "?", "headers": { "a b": "c" } } } },
    { "then": { "headers": { "Content-Length": "3" } } },
    { "then": { "after": 3 } },
    { "then": { "rateLimit": { "requests": 1, "per": "0s" } } }
  ],
  "expect": [ { "when": {}, "count": { "atLeast": 3, "atMost": 1 } }, { "sequence": [] } ]
}"#), @r#"
    DIR/bad.json:4:13: the story never comes to the state `expird`: it doesn't start there, and no `goto` leads there; did you mean `expired`? (at rules[0].in)
        4 |     { "in": "expird", "then": { "error": "personExist" } },
          |             ^^^^^^^^
    DIR/bad.json:4:42: there is no error `personExist` in the catalogue; did you mean `PersonExists`? (at rules[0].then.error)
        4 |     { "in": "expird", "then": { "error": "personExist" } },
          |                                          ^^^^^^^^^^^^^
    DIR/bad.json:5:73: the operations that this rule is about can't answer `personExists`; `people-mock catalog OPERATION` lists what they can (at rules[1].then.error)
        5 | …: { "operation": "alfresco.getPerson" }, "then": { "error": "personExists" }, "goto": "expired" },
          |                                                              ^^^^^^^^^^^^^^
    DIR/bad.json:6:26: this must be at least 400 (at rules[2].then.error)
        6 |     { "then": { "error": 200 } },
          |                          ^^^
    DIR/bad.json:7:15: `error`, `respond` and `patch` each make the answer; keep one of them (at rules[3].then)
        7 |     { "then": { "error": 409, "respond": { "status": 99, "json": 1, "text": "x" } } },
          |               ^
    DIR/bad.json:7:54: this must be at least 200 (at rules[3].then.respond.status)
        7 |     { "then": { "error": 409, "respond": { "status": 99, "json": 1, "text": "x" } } },
          |                                                      ^^
    DIR/bad.json:8:38: `nowhere.json` must be the name of a file beside this one (at rules[4].then.respond.file)
        8 |     { "then": { "respond": { "file": "nowhere.json" } } },
          |                                      ^^^^^^^^^^^^^^
    DIR/bad.json:9:40: this is no Base64: Invalid symbol 63, offset 0. (at rules[5].then.respond.base64)
        9 |     { "then": { "respond": { "base64": "?", "headers": { "a b": "c" } } } },
          |                                        ^^^
    DIR/bad.json:9:65: `a b` and its value can't be a header (at rules[5].then.respond.headers["a b"])
        9 | …{ "then": { "respond": { "base64": "?", "headers": { "a b": "c" } } } },
          |                                                              ^^^
    DIR/bad.json:10:48: `content-length` follows from the body; to spoil it there are `"fault": "wrongLength"` and `"malformedChunk"` (at rules[6].then.headers["Content-Length"])
       10 |     { "then": { "headers": { "Content-Length": "3" } } },
          |                                                ^^^
    DIR/bad.json:11:26: in `then`, `after` says how much of the body `"fault": "truncate"` lets by; to let time go by, put `after` beside `then` (at rules[7].then.after)
       11 |     { "then": { "after": 3 } },
          |                          ^
    DIR/bad.json:12:54: this time must not be zero (at rules[8].then.rateLimit.per)
       12 |     { "then": { "rateLimit": { "requests": 1, "per": "0s" } } }
          |                                                      ^^^^
    DIR/bad.json:14:15: no count is that large and that small: `atLeast` is above `atMost` (at expect[0])
       14 |   "expect": [ { "when": {}, "count": { "atLeast": 3, "atMost": 1 } }, { "sequence": [] } ]
          |               ^
    DIR/bad.json:14:71: a sequence has one request at least (at expect[1])
       14 | …: [ { "when": {}, "count": { "atLeast": 3, "atMost": 1 } }, { "sequence": [] } ]
          |                                                              ^
    scenarios in `DIR`: 14 errors in 1 file
    "#);
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_program() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/scenario.schema.json");
    let kept = std::fs::read_to_string(file).unwrap();
    let cure = "run `people-mock schema scenario --out scenarios/scenario.schema.json`";
    assert_eq!(kept, people_mock::fixtures::schema::text(schema()), "{cure}");
}

#[test]
fn the_story_and_the_mistake_that_the_readme_shows_are_what_they_are_said_to_be() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let between = |begin: &str, end: &str| {
        let (_, rest) = readme.split_once(begin).unwrap();
        rest.split_once(end).unwrap().0.to_owned()
    };
    let story: Value = serde_json::from_str(&between("```json\n", "```")).unwrap();
    playing_story(&story);
    let expect: Value =
        serde_json::from_str(&between("whatever became of it.\n\n```json\n", "```")).unwrap();
    playing_story(&json!({ "expect": expect }));

    let shown = between("$ people-mock validate ./scenarios\n", "```");
    let line = r#"    { "when": { "operation": "alfresco.getPersn" }, "then": { "error": 404 } }"#;
    let told = said_of(&format!("{{\n  \"rules\": [\n{line}\n  ]\n}}"));
    assert_eq!(
        told.replace("DIR/bad.json", "./scenarios/mine.json").replace("DIR", "./scenarios"),
        shown
    );
}

#[test]
fn validate_tells_folders_of_fixtures_and_of_scenarios_apart() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "mine/alfresco/people.json", "[]");
    write(folder.path(), "stories/one.json", r#"{"rules":[]}"#);
    write(folder.path(), "people/people.json", "[]");
    let (mine, stories) = (folder.path().join("mine"), folder.path().join("stories"));
    let told = said(&[folder.path(), &mine, &stories]);
    assert!(told.contains("fixtures in `DIR` and `DIR/mine`"), "{told}");
    assert!(told.contains("scenarios in `DIR/stories`: nothing is wrong"), "{told}");
    assert!(
        said(&[&folder.path().join("people")])
            .contains("its place is in one named after its vendor")
    );
}

#[test]
fn a_scenario_that_is_to_run_from_the_start_has_to_be_there() {
    let config = |name: &str| {
        let config = Config { from_start: vec![name.to_owned()], ..Config::default() };
        App::load(config).err().map(|errors| errors[0].to_string())
    };
    assert_eq!(config("expired-session"), None);
    assert_snapshot!(config("expired-sesion").unwrap(), @"embedded: there is no scenario `expired-sesion`; did you mean `expired-session`?");
}

/// A story whose first read is answered with this status, in a state of this name.
fn story(state: &str, status: u16) -> String {
    json!({
        "start": "begin",
        "rules": [
            { "in": "begin", "when": { "operation": "alfresco.listPeople" }, "goto": state },
            { "in": state, "when": { "operation": "alfresco.getPerson" }, "then": { "error": status } },
        ],
    })
    .to_string()
}

#[test]
fn an_edited_story_goes_on_in_its_state_or_begins_again_if_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.json", &story("broken", 500));
    let app = app_on(folder.path(), &["a"]);
    get("/people").by("admin").expect(&app, 200);
    read().expect(&app, 500);

    write(folder.path(), "a.json", &story("broken", 503));
    assert_snapshot!(reload().brief(&app), @r#"200 {"created":[],"changed":[{"file":"scenarios","id":"a"}],"removed":[],"rejected":[]}"#);
    assert_eq!(state(&app, "a"), "broken");
    read().expect(&app, 503);

    write(folder.path(), "a.json", &story("other", 503));
    reload().expect(&app, 200);
    assert_eq!(state(&app, "a"), "begin");
    read().expect(&app, 200);
}

#[test]
fn a_story_that_says_what_it_said_keeps_its_counts() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        r#"{"rules":[{"when":{"operation":"alfresco.getPerson"},"skip":2,"then":{"error":503}}]}"#;
    write(folder.path(), "a.json", text);
    let app = app_on(folder.path(), &["a"]);
    assert_eq!(pattern(&app, &read(), 1), ".");
    write(folder.path(), "a.json", text);
    write(folder.path(), "b.json", text);
    reload().expect(&app, 200);
    assert_eq!(pattern(&app, &read(), 3), ".XX");
}

#[test]
fn a_body_beside_a_story_is_a_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.json", r#"{"rules":[{"then":{"respond":{"file":"body.txt"}}}]}"#);
    write(folder.path(), "body.txt", "one");
    let app = app_on(folder.path(), &["a"]);
    assert_eq!(read().of(&app).body, "one");
    write(folder.path(), "body.txt", "two");
    let told = reload().expect(&app, 200);
    assert_eq!(told["changed"], json!([{ "file": "scenarios", "id": "a" }]));
    assert_eq!(read().of(&app).body, "two");
}

#[test]
fn a_broken_file_leaves_the_last_good_story_and_is_told_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display().to_string();
    write(folder.path(), "a.json", &story("broken", 500));
    write(folder.path(), "b.json", &story("broken", 500));
    let app = app_on(folder.path(), &["a"]);
    get("/people").by("admin").expect(&app, 200);

    write(folder.path(), "a.json", r#"{"rules":[{"whn":{}}]}"#);
    write(folder.path(), "b.json", &story("broken", 503));
    assert_snapshot!(reload().brief(&app).replace(&root, "DIR"), @r#"422 {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"some scenarios are wrong and were left alone; the last good ones are still there","created":[],"changed":[{"file":"scenarios","id":"b"}],"removed":[],"rejected":[{"file":"DIR/a.json","line":1,"column":12,"path":"rules[0].whn","message":"unknown member `whn`; did you mean `when`?"}]}"#);
    read().expect(&app, 500);
    let health = || admin(Method::GET, "/health").expect(&app, 200);
    assert_eq!(health()["fixtures"]["status"], "fresh");
    assert_snapshot!(health()["scenarios"].to_string().replace(&root, "DIR"), @r#"{"status":"stale","error":"DIR/a.json:1:12: unknown member `whn`; did you mean `when`? (at rules[0].whn)","errors":[{"file":"DIR/a.json","line":1,"column":12,"path":"rules[0].whn","message":"unknown member `whn`; did you mean `when`?"}],"errorCount":1}"#);

    write(folder.path(), "a.json", &story("broken", 503));
    reload().expect(&app, 200);
    assert_eq!(health()["scenarios"], json!({ "status": "fresh", "error": null }));
    read().expect(&app, 503);
}

#[test]
fn a_story_whose_file_is_deleted_is_over() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.json", &story("broken", 500));
    let app = app_on(folder.path(), &[]);
    admin(Method::POST, "/scenarios/a/start").expect(&app, 200);
    get("/people").by("admin").expect(&app, 200);
    std::fs::remove_file(folder.path().join("a.json")).unwrap();
    let told = reload().expect(&app, 200);
    assert_eq!(told["removed"], json!([{ "file": "scenarios", "id": "a" }]));
    read().expect(&app, 200);
    admin(Method::GET, "/scenarios/a").expect(&app, 404);
    assert_eq!(
        admin(Method::GET, "/scenarios").expect(&app, 200)["scenarios"],
        Value::Array(Vec::new())
    );
}

#[test]
fn what_is_no_story_is_no_mistake() {
    let app = app_with(|config| {
        config.scenarios = files(&[
            ("a.json", "{}"),
            ("scenario.schema.json", "{}"),
            ("README.md", "#"),
            ("body.txt", "x"),
        ]);
    });
    let stories = admin(Method::GET, "/scenarios").expect(&app, 200)["scenarios"].clone();
    assert_eq!(stories.as_array().unwrap().len(), 1);
}
