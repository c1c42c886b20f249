//! Alfresco's People API, a module a resource.

mod any_request;
mod aspects;
mod authentication;
mod avatar;
mod avatar_upload;
mod bodies;
mod change_password;
mod create_person;
mod discovery;
mod fixtures;
mod get_person;
mod list_people;
mod lookup;
mod order_of_checks;
mod password_reset;
mod properties;
mod query_parameters;
mod reauthorization;
mod tickets;
mod update_person;

use people_mock::app::App;

use crate::support::{TICKETS, raw};

/// Logs somebody of the default fixtures in.
pub(crate) fn ticket_of(app: &App, user: &str) -> String {
    let password = if user == "admin" { "admin" } else { "Passw0rd!" };
    let body = format!(r#"{{"userId":"{user}","password":"{password}"}}"#);
    let login = raw(http::Method::POST, TICKETS).body(body).expect(app, 201);
    login["entry"]["id"].as_str().unwrap().to_owned()
}
