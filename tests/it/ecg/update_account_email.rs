//! `updateAccountEmail`: `PATCH /api/people/{personId}/accounts`

use super::{ADA, BRUNO, DANA, ELIF, NOBODY, ask, by, mails, problem, trail};
use crate::support::{Ask, app};

fn update(person_id: &str, body: &str) -> Ask {
    ask(&format!("PATCH /people/{person_id}/accounts")).body(body.to_owned())
}

#[test]
fn the_address_and_the_password_change_together() {
    let app = app();
    let body = r#"{"emailAddress":"Bruno2@example.com","password":"New-Pass-2"}"#;
    let account = update(BRUNO, body).expect(&app, 200);
    assert_eq!(account["emailAddress"], "bruno2@example.com");
    assert_eq!(account["status"], "CONFIRMED");
    assert_eq!(account["auditInfo"]["updatedAt"], "2026-08-21T10:00:00.000Z");
    assert_eq!(account["credentialsSentAt"], "2026-07-01T12:00:01.000Z");
    assert!(mails(&app).is_empty());

    // The person's own address stays, the old one of the account is free, and the password works.
    let person = ask(&format!("GET /people/{BRUNO}")).expect(&app, 200);
    assert_eq!(person["contactEmailAddress"], "bruno@example.com");
    assert_eq!(person["account"], account);
    let free = r#"{"emailAddress":"bruno@example.com"}"#;
    ask(&format!("POST /people/{DANA}/accounts")).body(free).expect(&app, 201);
    let change = r#"{"oldPassword":"New-Pass-2","newPassword":"New-Pass-3"}"#;
    by("bruno-token", &format!("POST /people/{BRUNO}/change-password"))
        .body(change)
        .expect(&app, 200);

    let entry = &trail(&app, BRUNO)[1];
    assert_eq!(
        entry["oldValue"].to_string(),
        r#"{"emailAddress":"bruno@example.com","password":"***","status":"FORCE_CHANGE_PASSWORD"}"#,
    );
    assert_eq!(
        entry["newValue"].to_string(),
        r#"{"emailAddress":"bruno2@example.com","password":"***","status":"CONFIRMED"}"#,
    );
}

#[test]
fn ones_own_address_is_fine_and_anothers_is_not() {
    let app = app();
    let body = |address| format!(r#"{{"emailAddress":"{address}","password":"New-Pass-2"}}"#);
    update(ADA, &body("ADA@example.com")).expect(&app, 200);
    assert_eq!(
        problem(&update(ADA, &body("bruno@example.com")), &app),
        "409 User account with emailAddress 'bruno@example.com' already exists",
    );
}

#[test]
fn both_are_needed_and_a_patch_is_no_object() {
    let app = app();
    let missing = "emailAddress must be an email\n\
        password is not strong enough\n\
        password must match /^\\S(.*\\S)?$/ regular expression\n\
        password must be shorter than or equal to 256 characters\n\
        password must be longer than or equal to 8 characters\n\
        password must be a string";
    assert_eq!(problem(&update(ADA, "{}"), &app), format!("400\n{missing}"));
    let patch = r#"[{"op":"replace","path":"/emailAddress","value":"a@example.com"}]"#;
    assert_eq!(
        problem(&update(ADA, patch), &app),
        format!("400\nproperty 0 should not exist\n{missing}"),
    );
    let same = r#"{"emailAddress":"Ada-1@example.com","password":"Ada-1@example.com"}"#;
    assert_eq!(
        problem(&update(ADA, same), &app),
        "400\npassword should not be equal to emailAddress",
    );
}

#[test]
fn there_must_be_a_person_with_an_account_who_can_be_changed() {
    let app = app();
    let check = |id: &str, expected: &str| {
        let body = r#"{"emailAddress":"n@example.com","password":"New-Pass-2"}"#;
        assert_eq!(problem(&update(id, body), &app), expected);
    };
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    check(DANA, &format!("404 User account not found for person '{DANA}'"));
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
}
