//! `changePassword`: `POST /api/people/{personId}/change-password`

use super::{ADA, BRUNO, DANA, ELIF, NOBODY, ask, by, problem};
use crate::support::{Ask, app};

fn body(old: &str, new: &str) -> String {
    format!(r#"{{"oldPassword":"{old}","newPassword":"{new}"}}"#)
}

fn change(person_id: &str, old: &str, new: &str) -> Ask {
    ask(&format!("POST /people/{person_id}/change-password")).body(body(old, new))
}

#[test]
fn one_changes_ones_own_password_and_is_confirmed() {
    let app = app();
    let own = by("bruno-token", &format!("POST /people/{BRUNO}/change-password"));
    let own = own.body(body("Temp-Bruno-1", "My-Own-Pass-1"));
    assert_eq!(own.brief(&app), r#"200 {"value":true,"message":"Password has been changed"}"#);
    let account = &ask(&format!("GET /people/{BRUNO}")).expect(&app, 200)["account"];
    assert_eq!(account["status"], "CONFIRMED");
    assert_eq!(account["auditInfo"]["updatedBy"], BRUNO);
    change(BRUNO, "My-Own-Pass-1", "My-Own-Pass-2").expect(&app, 200);
}

#[test]
fn also_an_administrator_needs_the_old_password() {
    let app = app();
    assert_eq!(
        change(ADA, "Wrong-Pass-1", "My-Own-Pass-1").brief(&app),
        r#"400 {"message":"Incorrect old password","error":"Bad Request","statusCode":400}"#,
    );
}

#[test]
fn the_new_password_has_to_fit_the_policy_and_be_new() {
    let app = app();
    let check = |old, new, expected: &str| {
        assert_eq!(problem(&change(ADA, old, new), &app), format!("400\n{expected}"));
    };
    check("Ada-Example-1", "weakweak", "newPassword is not strong enough");
    check("Ada-Example-1", "Ada-Example-1", "newPassword should not be equal to oldPassword");
    check("", "My-Own-Pass-1", "oldPassword should not be empty");
    check(
        "Ada-Example-1",
        "",
        "newPassword is not strong enough\nnewPassword must match /^\\S(.*\\S)?$/ regular expression\nnewPassword must be longer than or equal to 8 characters",
    );
    let nothing = ask(&format!("POST /people/{ADA}/change-password"));
    assert!(problem(&nothing, &app).starts_with(
        "400\noldPassword should not be empty\noldPassword must be a string\nnewPassword"
    ));
    // The account's own address, for which the account must be known.
    let address = r#"{"emailAddress":"Ada-1@example.com","password":"Ada-Example-1"}"#;
    ask(&format!("PATCH /people/{ADA}/accounts")).body(address).expect(&app, 200);
    check("Ada-Example-1", "Ada-1@example.com", "newPassword should not be equal to emailAddress");
}

#[test]
fn there_must_be_a_person_with_an_account_who_can_be_changed() {
    let app = app();
    let check = |id: &str, expected: &str| {
        assert_eq!(problem(&change(id, "Wrong-Pass-1", "My-Own-Pass-1"), &app), expected);
    };
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    check(DANA, &format!("404 User account not found for person '{DANA}'"));
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
}
