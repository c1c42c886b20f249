//! Fixtures of this vendor: what they may say, and what is said about mistakes.

use people_mock::app::App;
use people_mock::config::Config;
use people_mock::fixtures::Layer;

use super::{ADA, ask, by};
use crate::support::app_with_files;

/// What is wrong with a set of fixtures, a line each, with the path of the file cut.
fn errors(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::create_dir_all(folder.path().join("ecg")).unwrap();
        std::fs::write(folder.path().join("ecg").join(name), text).unwrap();
    }
    let layers = vec![Layer::Directory(folder.path().to_owned())];
    let errors = App::load(Config { layers, ..Config::default() }).err().unwrap_or_default();
    let root = format!("{}/ecg/", folder.path().display());
    let lines: Vec<_> = errors.iter().map(|it| it.to_string().replace(&root, "")).collect();
    lines.join("\n")
}

#[test]
fn a_person_needs_an_id_and_two_names_and_gets_the_rest() {
    let person = r#"[{"id":"AAAAAAAA-0000-4000-8000-000000000001","firstName":"","lastName":"L",
        "phoneNumbers":[{"number":"1"},{"number":"2"}],
        "account":{"emailAddress":"L@example.com","status":"CONFIRMED"}}]"#;
    let app = app_with_files(&[("ecg/people.json", person)]);
    let shown = ask("GET /people/aaaaaaaa-0000-4000-8000-000000000001").expect(&app, 200);
    assert_eq!(shown["id"], "aaaaaaaa-0000-4000-8000-000000000001");
    assert_eq!(shown["firstName"], "");
    assert_eq!(shown["locale"], "en-US");
    assert_eq!(shown["account"]["emailAddress"], "l@example.com");
    assert_eq!(shown["auditInfo"]["createdAt"], "2024-01-01T00:00:00.000Z");
    assert_ne!(shown["phoneNumbers"][0]["id"], shown["phoneNumbers"][1]["id"]);
    // Nobody knows a password that isn't there.
    let change = r#"{"oldPassword":"x","newPassword":"My-Own-Pass-1"}"#;
    let change =
        ask("POST /people/aaaaaaaa-0000-4000-8000-000000000001/change-password").body(change);
    change.expect(&app, 400);
    // Another layer's people are still there.
    ask(&format!("GET /people/{ADA}")).expect(&app, 200);
}

#[test]
fn tokens_and_trails_come_from_files_and_passwords_in_trails_are_masked() {
    let trails = format!(
        r#"[{{"id":"00000000-0000-4000-8000-000000000009","action":"UPDATE","entityName":"user_account",
            "entityId":"00000000-0000-4000-8000-000000000008","personId":"{ADA}",
            "oldValue":{{"oldPassword":"Secret"}},"newValue":null,
            "modifiedAt":"2026-08-21T00:00:00Z","modifiedBy":"x"}}]"#
    );
    let tokens = format!(r#"{{"tokens":{{"mine":{{"personId":"{ADA}"}}}}}}"#);
    let app = app_with_files(&[("ecg/audit-trails.json", &trails), ("ecg/tokens.json", &tokens)]);
    let page = by("mine", &format!("GET /people/{ADA}/accounts/audit-trails?dateRangeType=today"));
    let page = page.expect(&app, 200);
    assert_eq!(page["totalRecords"], 1);
    assert_eq!(page["items"][0]["oldValue"]["oldPassword"], "***");
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let people = r#"[
  {"id": "x", "firstName": "A", "lastName": "B", "contactEmailAddress": "a"},
  {"id": "aaaaaaaa-0000-4000-8000-000000000001", "firstName": "A", "lastName": "B",
   "contactEmailAddress": "a@example.com", "dateOfBirth": "1.2.1950", "organizationId": "o"},
  {"id": "aaaaaaaa-0000-4000-8000-000000000002", "firstName": "A", "lastName": "B",
   "contactEmailAddress": "A@example.com", "account": {"emailAddress": "l", "status": "CONFIRMED"}},
  {"id": "AAAAAAAA-0000-4000-8000-000000000003", "firstName": "A", "lastName": "B",
   "contactEmailAddress": "a@example.com", "archiveInfo": {"archived": true}}
]"#;
    insta::assert_snapshot!(
        errors(&[
            ("people.json", people),
            ("tokens.json", r#"{"tokens":{"t":{"personId":"p"}}}"#),
            ("server.json", r#"{"jwtKey":""}"#),
        ]),
        @"
    people.json:2:10: `x` must be a UUID (at [0].id)
    people.json:2:73: `a` must be an e-mail address (at [0].contactEmailAddress)
    people.json:4:59: `1.2.1950` must be a day, as 1950-02-03 (at [1].dateOfBirth)
    people.json:4:89: `o` must be a UUID (at [1].organizationId)
    people.json:6:27: `A@example.com` is taken by person aaaaaaaa-0000-4000-8000-000000000001 (at [2].contactEmailAddress)
    people.json:6:72: `l` must be an e-mail address (at [2].account.emailAddress)
    server.json:1:11: this must not be empty (at jwtKey)
    tokens.json:1:28: `p` is not a UUID; expected one as 198500fc-1e99-4f5f-8926-248cea433366 (at tokens.t.personId)
    "
    );
}

#[test]
fn a_trail_needs_its_person_and_unknown_members_are_mistakes() {
    let trails = r#"[{"id":"00000000-0000-4000-8000-000000000009","action":"UPDATE","entityName":"user_account",
        "entityId":"00000000-0000-4000-8000-000000000008","personId":"00000000-0000-4000-8000-000000000007",
        "modifiedAt":"2026-08-21T00:00:00Z","modifiedBy":"x"}]"#;
    assert!(errors(&[("audit-trails.json", trails)]).contains("there is no person"));
    let unknown = r#"[{"id":"aaaaaaaa-0000-4000-8000-000000000001","firstName":"A","lastName":"B","pasword":"x"}]"#;
    assert!(errors(&[("people.json", unknown)]).contains("unknown member `pasword`"));
    assert!(
        errors(&[("server.json", r#"{"key":"x"}"#)])
            .contains("unknown member `key`; did you mean `jwtKey`?")
    );
    let no_map = errors(&[("tokens.json", r#"{"tokens":[]}"#)]);
    assert!(no_map.ends_with("expected an object, found an array (at tokens)"), "{no_map}");
}
