//! Passwords are written, and never read.

use super::{ADA, BRUNO, DANA, ask, mails};
use crate::support::{app, whole};

#[test]
fn no_answer_and_no_audit_value_holds_a_password() {
    let app = app();
    let mut seen = String::new();
    let mut note = |line: &str, body: &str| {
        seen += &whole(&ask(line).body(body.to_owned()).of(&app));
    };
    note(
        &format!("POST /people/{DANA}/accounts"),
        r#"{"emailAddress":"dana@example.com","temporaryPassword":"Secret-Dana-1"}"#,
    );
    note(
        &format!("POST /people/{DANA}/change-password"),
        r#"{"oldPassword":"Secret-Dana-1","newPassword":"Secret-Dana-2"}"#,
    );
    note(
        &format!("POST /people/{DANA}/change-password"),
        r#"{"oldPassword":"Secret-Dana-3","newPassword":"Secret-Dana-4"}"#,
    );
    note(
        &format!("POST /people/{DANA}/change-password"),
        r#"{"oldPassword":"Secret-Dana-5","newPassword":"secret-dana"}"#,
    );
    note(
        &format!("PATCH /people/{ADA}/accounts"),
        r#"{"emailAddress":"a@example.com","password":"Secret-Ada-1"}"#,
    );
    note(
        &format!("PATCH /people/{ADA}/accounts"),
        r#"{"emailAddress":"a","password":"Secret-Ada-2"}"#,
    );
    note(&format!("POST /people/{BRUNO}/reset-password"), "");
    note(&format!("POST /people/{BRUNO}/resend-credentials"), "");
    for id in [ADA, BRUNO, DANA] {
        note(&format!("GET /people/{id}"), "");
        note(&format!("GET /people/{id}/accounts/audit-trails?take=100"), "");
    }
    for mail in mails(&app) {
        let password = mail["data"]["temporaryPassword"].as_str().unwrap();
        assert!(!seen.contains(password), "{password}");
    }
    for secret in ["Secret-", "secret-dana", "Ada-Example-1", "Temp-Bruno-1"] {
        assert!(!seen.contains(secret), "{secret}");
    }
    assert_eq!(mails(&app).len(), 3);
}
