//! What the ECG dialect promises, a module an operation.

mod add_person;
mod add_user_account;
mod change_password;
mod fixtures;
mod get_audit_trails;
mod get_person_by_id;
mod healthcheck;
mod matrix;
mod resend_credentials;
mod reset_user_password;
mod resync;
mod resync_batch;
mod secrets;
mod shape;
mod tokens;
mod update_account_email;
mod update_person;

use http::Method;
use people_mock::app::App;
use serde_json::Value;

use crate::support::{Ask, raw};

/// An administrator.
const GRACE: &str = "54a76d00-b919-4776-aa9c-29a5455e5317";
/// Somebody with a confirmed account and a long audit trail.
const ADA: &str = "0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11";
/// Somebody with a temporary password.
const BRUNO: &str = "7d1fd0ca-c4fa-4360-9b06-39522d518208";
/// Somebody whose password must be reset.
const CHIDI: &str = "1d39212f-6c66-441c-99e6-2b32fe4d718c";
/// Somebody without an account.
const DANA: &str = "c563e1f2-d5f9-495a-9c17-452a792f02df";
/// Somebody archived, with an account.
const ELIF: &str = "251372c6-ea71-4cad-977e-6caa536142e9";
/// Somebody inactive, with an account.
const FUMIKO: &str = "d3531c8e-9fa0-4905-8960-b306766d847b";
/// Nobody.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// A request without credentials: `POST /people`, below `/api`.
fn anonymous(line: &str) -> Ask {
    let (method, path) = line.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    raw(method, &format!("/api{path}")).header("content-type", "application/json")
}

/// The same with a token.
fn by(token: &str, line: &str) -> Ask {
    anonymous(line).header("authorization", &format!("Bearer {token}"))
}

/// The same by an administrator.
fn ask(line: &str) -> Ask {
    by("admin-token", line)
}

/// What an error says: its status, and its message or messages.
#[track_caller]
fn problem(ask: &Ask, app: &App) -> String {
    let response = ask.of(app);
    let status = response.status.as_u16();
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["statusCode"], status, "{body}");
    match &body["message"] {
        Value::Array(messages) => {
            let messages: Vec<_> = messages.iter().filter_map(Value::as_str).collect();
            format!("{status}\n{}", messages.join("\n"))
        }
        message => format!("{status} {}", message.as_str().unwrap()),
    }
}

/// The account's audit trail, newest first.
fn trail(app: &App, person_id: &str) -> Vec<Value> {
    let page = ask(&format!("GET /people/{person_id}/accounts/audit-trails?take=100"));
    page.expect(app, 200)["items"].as_array().unwrap().clone()
}

/// The mails of the session, oldest first.
fn mails(app: &App) -> Vec<Value> {
    let outbox = raw(Method::GET, "/__admin/outbox").expect(app, 200);
    outbox["messages"].as_array().unwrap().clone()
}
