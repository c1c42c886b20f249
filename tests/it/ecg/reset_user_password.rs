//! `resetUserPassword`: `POST /api/people/{personId}/reset-password`

use super::{ADA, DANA, ELIF, FUMIKO, NOBODY, ask, mails, problem, trail};
use crate::support::app;

#[test]
fn a_reset_mails_a_temporary_password_and_forgets_the_old_one() {
    let app = app();
    let reset = ask(&format!("POST /people/{ADA}/reset-password"));
    assert_eq!(reset.brief(&app), r#"200 {"value":true,"message":"Password has been reset"}"#);

    let account = &ask(&format!("GET /people/{ADA}")).expect(&app, 200)["account"];
    assert_eq!(account["status"], "FORCE_CHANGE_PASSWORD");
    assert_eq!(account["credentialsSentAt"], "2026-08-21T10:00:00.000Z");
    let mails = mails(&app);
    assert_eq!(mails[0]["operation"], "ecg.resetUserPassword");
    assert_eq!(mails[0]["data"]["personId"], ADA);
    let password = mails[0]["data"]["temporaryPassword"].as_str().unwrap();

    let change = |old: &str| {
        let body = format!(r#"{{"oldPassword":"{old}","newPassword":"Another-Pass-1"}}"#);
        ask(&format!("POST /people/{ADA}/change-password")).body(body)
    };
    assert_eq!(problem(&change("Ada-Example-1"), &app), "400 Incorrect old password");
    change(password).expect(&app, 200);

    let entry = &trail(&app, ADA)[1];
    assert_eq!(entry["action"], "UPDATE");
    assert_eq!(
        entry["newValue"].to_string(),
        r#"{"password":"***","status":"FORCE_CHANGE_PASSWORD","credentialsSentAt":"2026-08-21T10:00:00.000Z"}"#,
    );
}

#[test]
fn a_body_is_ignored_if_it_is_one() {
    let app = app();
    ask(&format!("POST /people/{ADA}/reset-password")).body(r#"{"x":1}"#).expect(&app, 200);
    ask(&format!("POST /people/{ADA}/reset-password")).body("[1]").expect(&app, 200);
    ask(&format!("POST /people/{ADA}/reset-password")).body("{").expect(&app, 400);
}

#[test]
fn there_must_be_a_person_with_an_account_who_can_be_changed() {
    let app = app();
    let check = |id: &str, expected: &str| {
        let reset = ask(&format!("POST /people/{id}/reset-password"));
        assert_eq!(problem(&reset, &app), expected);
    };
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    check(DANA, &format!("404 User account not found for person '{DANA}'"));
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
    check(FUMIKO, &format!("422 Person '{FUMIKO}' is inactive"));
    assert!(mails(&app).is_empty());
}
