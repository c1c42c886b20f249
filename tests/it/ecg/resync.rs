//! `resync`: `POST /api/people/re-sync`

use super::{ADA, ELIF, FUMIKO, NOBODY, ask, problem, trail};
use crate::support::{Ask, app};

fn resync(person_id: &str) -> Ask {
    ask("POST /people/re-sync").body(format!(r#"{{"personId":"{person_id}"}}"#))
}

#[test]
fn a_person_can_be_synced_again_and_again_and_nothing_changes() {
    let app = app();
    let person = ask(&format!("GET /people/{ADA}")).whole(&app);
    let entries = trail(&app, ADA).len();
    for _ in 0..2 {
        assert_eq!(
            resync(ADA).brief(&app),
            r#"200 {"value":true,"message":"Person has been re-synced"}"#,
        );
    }
    resync(&ADA.to_uppercase()).expect(&app, 200);
    assert_eq!(ask(&format!("GET /people/{ADA}")).whole(&app), person);
    assert_eq!(trail(&app, ADA).len(), entries);
}

#[test]
fn who_cannot_be_synced_is_told_so() {
    let app = app();
    let check = |id: &str, expected: &str| assert_eq!(problem(&resync(id), &app), expected);
    check("x", "400\npersonId must be a UUID");
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
    check(FUMIKO, &format!("422 Person '{FUMIKO}' is inactive"));
    assert_eq!(problem(&ask("POST /people/re-sync"), &app), "400\npersonId must be a UUID");
}
