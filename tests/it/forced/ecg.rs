use http::Method;
use people_mock::dialects::ALL;
use people_mock::http::UnreadBody;
use serde_json::Value;

use super::{Recipe, one, operations_of};
use crate::support::{Ask, raw};

const ADA: &str = "0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11";
/// Somebody without an account.
const DANA: &str = "c563e1f2-d5f9-495a-9c17-452a792f02df";
const ARCHIVED: &str = "251372C6-ea71-4cad-977e-6caa536142e9";
const INACTIVE: &str = "d3531c8e-9fa0-4905-8960-b306766d847b";
const NOBODY: &str = "00000000-0000-4000-8000-00000000000A";

/// A call of each operation that is good in itself, about Ada.
const CALLS: &[(&str, &str, &str)] = &[
    ("addPerson", "POST /api/people", r#"{"firstName":"A","lastName":"B"}"#),
    ("getPersonById", "GET /api/people/{id}", ""),
    ("updatePerson", "PATCH /api/people/{id}", r#"[{"op":"add","path":"/nickName","value":"N"}]"#),
    ("addUserAccount", "POST /api/people/{id}/accounts", r#"{"emailAddress":"new@x.org"}"#),
    ("updateAccountEmail", "PATCH /api/people/{id}/accounts", EMAIL),
    ("resetUserPassword", "POST /api/people/{id}/reset-password", ""),
    ("resendCredentials", "POST /api/people/{id}/resend-credentials", ""),
    ("changePassword", "POST /api/people/{id}/change-password", PASSWORDS),
    ("resync", "POST /api/people/re-sync", r#"{"personId":"{id}"}"#),
    ("resyncBatch", "POST /api/people/re-sync-batch", r#"{"personIds":["{id}"]}"#),
    ("getAuditTrails", "GET /api/people/{id}/accounts/audit-trails", ""),
    ("healthcheck", "GET /healthcheck", ""),
];
const EMAIL: &str = r#"{"emailAddress":"new@x.org","password":"New-Pass-1"}"#;
const PASSWORDS: &str = r#"{"oldPassword":"Ada-Example-2","newPassword":"New-Pass-1"}"#;

/// An administrator's call about somebody, good but for the body.
fn call(operation: &str, person: &str, body: Option<&str>) -> Ask {
    anonymous(operation, person, body).header("authorization", "Bearer admin-token")
}

fn anonymous(operation: &str, person: &str, body: Option<&str>) -> Ask {
    let (_, line, good) = CALLS.iter().find(|(name, ..)| *name == operation).unwrap();
    let (verb, path) = line.split_once(' ').unwrap();
    let body = body.unwrap_or(good).replace("{id}", person);
    let ask = raw(verb.parse().unwrap(), &path.replace("{id}", person));
    ask.header("content-type", "application/json").body(body)
}

/// A good call of each operation, by nobody.
pub(super) fn calls() -> Vec<Ask> {
    CALLS.iter().map(|(name, ..)| anonymous(name, ADA, None)).collect()
}

/// The good body of an operation with the e-mail address of somebody else.
fn taken(operation: &str) -> String {
    let good = CALLS.iter().find(|it| it.0 == operation).unwrap().2;
    let mut body: Value = serde_json::from_str(good).unwrap();
    match &mut body {
        Value::Array(items) => {
            items[0]["path"] = "/contactEmailAddress".into();
            items[0]["value"] = " Chidi@example.org ".into();
        }
        body => {
            let name =
                if operation == "addPerson" { "contactEmailAddress" } else { "emailAddress" };
            body[name] = "Chidi@example.org".into();
        }
    }
    body.to_string()
}

fn unread(ask: Ask, why: UnreadBody) -> Ask {
    let mut ask = ask;
    ask.0.body = Err(why);
    ask
}

pub(super) fn recipes() -> Vec<Recipe> {
    let each = |id: &'static str, make: &dyn Fn(&str) -> Ask| -> Vec<Recipe> {
        operations_of(ALL[1], id).into_iter().map(|name| one(id, make(name))).collect()
    };
    let about = |id, person: &str| each(id, &|name| call(name, person, None));
    let mut recipes = vec![
        one("CannotFind", raw(Method::DELETE, &format!("/api/people/{ADA}?a=b"))),
        one("CannotFind", raw(Method::HEAD, "/api/nothing")),
        one("InvalidPatch", call("updatePerson", ADA, Some("[]"))),
        one(
            "InvalidQuery",
            raw(Method::GET, &format!("/api/people/{ADA}/accounts/audit-trails?take=0"))
                .header("authorization", "Bearer admin-token"),
        ),
        one("IncorrectOldPassword", call("changePassword", ADA, None)),
        one("AccountExists", call("addUserAccount", ADA, None)),
        one("AccountConfirmed", call("resendCredentials", ADA, None)),
        one("AccountEmailTaken", call("addUserAccount", DANA, Some(&taken("addUserAccount")))),
        one(
            "AccountEmailTaken",
            call("updateAccountEmail", ADA, Some(&taken("updateAccountEmail"))),
        ),
    ];
    recipes.extend(each("MalformedJson", &|name| call(name, ADA, Some("{"))));
    recipes.extend(each("InvalidBody", &|name| call(name, ADA, Some("{}"))));
    recipes.extend(each("ContactEmailTaken", &|name| call(name, ADA, Some(&taken(name)))));
    recipes
        .extend(each("RequestAborted", &|name| unread(call(name, ADA, None), UnreadBody::Broken)));
    recipes.extend(each("EntityTooLarge", &|name| {
        unread(call(name, ADA, None), UnreadBody::TooLarge { limit: 1 })
    }));
    recipes.extend(each("UnsupportedCharset", &|name| {
        let mut ask = call(name, ADA, Some("{}"));
        let value = "application/json; charset=latin1".parse().unwrap();
        ask.0.headers.insert("content-type", value);
        ask
    }));
    recipes.extend(each("Unauthorized", &|name| anonymous(name, ADA, None)));
    recipes.extend(each("Forbidden", &|name| {
        anonymous(name, ADA, None).header("authorization", "Bearer bruno-token")
    }));
    recipes.extend(about("UndecodableParameter", "%zz"));
    recipes.extend(about("NotAUuid", "abc"));
    recipes.extend(about("PersonNotFound", NOBODY));
    recipes.extend(about("AccountNotFound", DANA));
    recipes.extend(about("PersonArchived", ARCHIVED));
    recipes.extend(about("PersonInactive", INACTIVE));
    recipes
}
