//! `resendCredentials`: `POST /api/people/{personId}/resend-credentials`

use super::{ADA, BRUNO, CHIDI, DANA, ELIF, NOBODY, ask, mails, problem};
use crate::support::app;

#[test]
fn who_has_not_confirmed_gets_another_temporary_password() {
    let app = app();
    for id in [BRUNO, CHIDI] {
        let resend = ask(&format!("POST /people/{id}/resend-credentials"));
        assert_eq!(
            resend.brief(&app),
            r#"200 {"value":true,"message":"Credentials have been sent"}"#
        );
        let account = &ask(&format!("GET /people/{id}")).expect(&app, 200)["account"];
        assert_eq!(account["status"], "FORCE_CHANGE_PASSWORD");
        assert_eq!(account["credentialsSentAt"], "2026-08-21T10:00:00.000Z");
    }
    let mails = mails(&app);
    assert_eq!(mails.len(), 2);
    let password = mails[0]["data"]["temporaryPassword"].as_str().unwrap();
    assert_ne!(mails[0]["data"], mails[1]["data"]);
    let body = format!(r#"{{"oldPassword":"{password}","newPassword":"Another-Pass-1"}}"#);
    ask(&format!("POST /people/{BRUNO}/change-password")).body(body).expect(&app, 200);
}

#[test]
fn who_has_confirmed_gets_none() {
    let app = app();
    let check = |id: &str, expected: &str| {
        let resend = ask(&format!("POST /people/{id}/resend-credentials"));
        assert_eq!(problem(&resend, &app), expected);
    };
    check(ADA, &format!("422 User account of person '{ADA}' is already confirmed"));
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
    check(DANA, &format!("404 User account not found for person '{DANA}'"));
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    assert!(mails(&app).is_empty());
}
