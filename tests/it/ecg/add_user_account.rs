//! `addUserAccount`: `POST /api/people/{personId}/accounts`

use super::{ADA, DANA, ELIF, FUMIKO, NOBODY, ask, mails, problem, trail};
use crate::support::{Ask, app};

fn add(person_id: &str, body: &str) -> Ask {
    ask(&format!("POST /people/{person_id}/accounts")).body(body.to_owned())
}

#[test]
fn an_account_begins_with_a_temporary_password_that_is_mailed() {
    let app = app();
    assert_eq!(
        add(DANA, r#"{"emailAddress":" Dana@Example.com"}"#).brief(&app),
        "201 {\"id\":\"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d\",\
         \"personId\":\"c563e1f2-d5f9-495a-9c17-452a792f02df\",\
         \"emailAddress\":\"dana@example.com\",\"status\":\"FORCE_CHANGE_PASSWORD\",\
         \"credentialsSentAt\":\"2026-08-21T10:00:00.000Z\",\
         \"archiveInfo\":{\"archived\":false,\"archivedStatusChangedAt\":null},\
         \"auditInfo\":{\"createdAt\":\"2026-08-21T10:00:00.000Z\",\
         \"createdBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\",\
         \"updatedAt\":\"2026-08-21T10:00:00.000Z\",\
         \"updatedBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\"},\
         \"activeInfo\":{\"active\":true,\"activeStatusChangedAt\":null}}",
    );
    let mails = mails(&app);
    assert_eq!(mails.len(), 1);
    let password = mails[0]["data"]["temporaryPassword"].as_str().unwrap();
    assert_eq!(mails[0]["operation"], "ecg.addUserAccount");
    assert_eq!(mails[0]["to"], "dana@example.com");
    assert!(mails[0]["text"].as_str().unwrap().contains(password));
    // It works.
    let body = format!(r#"{{"oldPassword":"{password}","newPassword":"My-Own-Pass-1"}}"#);
    ask(&format!("POST /people/{DANA}/change-password")).body(body).expect(&app, 200);

    let shown = ask(&format!("GET /people/{DANA}")).expect(&app, 200);
    assert_eq!(shown["account"]["status"], "CONFIRMED");
    assert_eq!(shown["auditInfo"]["updatedAt"], "2026-08-03T07:15:30.000Z");
}

#[test]
fn the_audit_trail_tells_of_it_without_the_password() {
    let app = app();
    add(DANA, r#"{"emailAddress":"dana@example.com"}"#).expect(&app, 201);
    let trail = trail(&app, DANA);
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0]["action"], "INSERT");
    assert_eq!(trail[0]["entityName"], "user_account");
    assert_eq!(trail[0]["oldValue"], serde_json::Value::Null);
    assert_eq!(
        trail[0]["newValue"].to_string(),
        r#"{"emailAddress":"dana@example.com","password":"***","status":"FORCE_CHANGE_PASSWORD","credentialsSentAt":"2026-08-21T10:00:00.000Z"}"#,
    );
}

#[test]
fn a_chosen_password_counts_and_nothing_is_mailed_if_nobody_wants_it() {
    let app = app();
    let body = r#"{"emailAddress":"dana@example.com","temporaryPassword":"Chosen-Pass-1","sendCredentials":false}"#;
    let account = add(DANA, body).expect(&app, 201);
    assert_eq!(account["credentialsSentAt"], serde_json::Value::Null);
    assert!(mails(&app).is_empty());
    let body = r#"{"oldPassword":"Chosen-Pass-1","newPassword":"My-Own-Pass-1"}"#;
    ask(&format!("POST /people/{DANA}/change-password")).body(body).expect(&app, 200);
}

#[test]
fn what_is_wrong_is_told_in_class_validators_words() {
    let app = app();
    let check = |body: &str, expected: &str| {
        assert_eq!(problem(&add(DANA, body), &app), format!("400\n{expected}"), "{body}");
    };
    check("", "emailAddress must be an email");
    check(
        r#"{"emailAddress":"x","a":1}"#,
        "property a should not exist\nemailAddress must be an email",
    );
    check(
        r#"{"emailAddress":"d@example.com","temporaryPassword":"short","sendCredentials":1}"#,
        "temporaryPassword is not strong enough\n\
         temporaryPassword must be longer than or equal to 8 characters\n\
         sendCredentials must be a boolean value",
    );
    let password = |text: &str| {
        format!(r#"{{"emailAddress":"Dana.X1@example.com","temporaryPassword":"{text}"}}"#)
    };
    check(&password("alllower-1"), "temporaryPassword is not strong enough");
    check(&password("ALLUPPER-1"), "temporaryPassword is not strong enough");
    check(&password("No-Digits-Here"), "temporaryPassword is not strong enough");
    check(&password("NoSpecial1"), "temporaryPassword is not strong enough");
    check(
        &password(" Blank-Pass-1"),
        r"temporaryPassword must match /^\S(.*\S)?$/ regular expression",
    );
    check(
        &password(&"Aa1-".repeat(65)),
        "temporaryPassword must be shorter than or equal to 256 characters",
    );
    check(
        &password("Dana.X1@example.com"),
        "temporaryPassword should not be equal to emailAddress",
    );
}

#[test]
fn a_person_has_one_account_and_an_address_one_owner() {
    let app = app();
    assert_eq!(
        problem(&add(ADA, r#"{"emailAddress":"new@example.com"}"#), &app),
        format!("409 User account already exists for person '{ADA}'"),
    );
    assert_eq!(
        problem(&add(DANA, r#"{"emailAddress":"ADA@example.com"}"#), &app),
        "409 User account with emailAddress 'ada@example.com' already exists",
    );
    // The account of somebody archived still has its address.
    add(DANA, r#"{"emailAddress":"elif@example.com"}"#).expect(&app, 409);
    add(DANA, r#"{"emailAddress":"dana@example.com"}"#).expect(&app, 201);
    add(DANA, r#"{"emailAddress":"dana@example.com"}"#).expect(&app, 409);
}

#[test]
fn who_is_unknown_archived_or_inactive_gets_none() {
    let app = app();
    let check = |id: &str, expected: &str| {
        assert_eq!(problem(&add(id, r#"{"emailAddress":"n@example.com"}"#), &app), expected);
    };
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    // The state comes before the account that is there.
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
    check(FUMIKO, &format!("422 Person '{FUMIKO}' is inactive"));
    assert!(mails(&app).is_empty());
}
