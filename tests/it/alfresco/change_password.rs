//! `updatePerson` with `password` and `oldPassword`.

use crate::support::{app, get, post, problem, put};

const NO_OLD: &str = "400 ~ApiDefault | 'oldPassword' field cannot be empty.";
const NO_NEW: &str = "400 ~ApiDefault | password' field cannot be empty.";
const BOTH: &str =
    "400 ~ApiDefault | To change password, both 'oldPassword' and 'password' fields are required.";
const WRONG: &str = "403 = | Incorrect password.";
const DENIED: &str = "403 ~PermissionDenied | Permission was denied";

#[test]
fn a_password_change_is_checked_rule_by_rule() {
    let app = app();
    let check = |by: &str, person: &str, body: &str, expected: &str| {
        let found = problem(&put(&format!("/people/{person}"), body).by(by).of(&app));
        assert_eq!(found, expected, "{by} sends {person} {body}");
    };
    // The opening quote is missing at the vendor's too.

    for user in ["sappho", "admin"] {
        check(user, "sappho", r#"{"oldPassword":null,"password":"x"}"#, NO_OLD);
        check(user, "sappho", r#"{"oldPassword":"","password":""}"#, NO_OLD);
        check(user, "sappho", r#"{"oldPassword":"Passw0rd!"}"#, NO_NEW);
        check(user, "sappho", r#"{"oldPassword":"Passw0rd!","password":""}"#, NO_NEW);
        check(user, "sappho", r#"{"password":null}"#, NO_NEW);
    }
    check("sappho", "sappho", r#"{"password":"x"}"#, BOTH);
    check("sappho", "sappho", r#"{"password":"x","oldPassword":"y"}"#, WRONG);
    check("sappho", "sappho", r#"{"password":"x","oldPassword":"PASSW0RD!"}"#, WRONG);
    check("sappho", "oqureshi", r#"{"password":"x","oldPassword":"Passw0rd!"}"#, DENIED);
    check("sappho", "sappho", r#"{"password":"x","oldPassword":"y","enabled":true}"#, WRONG);
    check(
        "sappho",
        "sappho",
        r#"{"password":"x","oldPassword":"Passw0rd!","enabled":true}"#,
        DENIED,
    );
    check(
        "admin",
        "guest",
        r#"{"password":"x"}"#,
        "401 ~ApiDefault | User name does not exist: gu***",
    );
    check(
        "admin",
        "guest",
        r#"{"password":"x","enabled":true}"#,
        "401 ~ApiDefault | User name does not exist: gu***",
    );
    get("/people/-me-").by("sappho").expect(&app, 200);
}

#[test]
fn a_user_changes_the_own_password_with_the_old_one() {
    let app = app();
    let ticket = super::ticket_of(&app, "sappho");
    let change = r#"{"password":" new ","oldPassword":"Passw0rd!"}"#;
    let person = put("/people/-me-", change).by("sappho").expect(&app, 200);
    assert!(person["entry"].get("password").is_none());
    get("/people/-me-").by("sappho").expect(&app, 401);
    get("/people/-me-").by("sappho: new ").expect(&app, 200);
    // Tickets outlive a password.
    get("/people/-me-").by(&format!("ROLE_TICKET:{ticket}")).expect(&app, 200);
}

#[test]
fn an_administrator_sets_any_password_and_no_old_one_is_looked_at() {
    let app = app();
    put("/people/sappho", r#"{"password":"x"}"#).by("csmith").expect(&app, 200);
    get("/people/-me-").by("sappho:x").expect(&app, 200);
    put("/people/csmith", r#"{"password":"y","oldPassword":"wrong"}"#)
        .by("csmith")
        .expect(&app, 200);
    get("/people/-me-").by("csmith:y").expect(&app, 200);
    put("/people/admin", r#"{"password":"z"}"#).by("csmith:y").expect(&app, 200);
    get("/people/-me-").by("admin").expect(&app, 401);
    // Of somebody who is disabled too.
    put("/people/rleaver", r#"{"password":"w","enabled":true}"#).by("admin:z").expect(&app, 200);
    get("/people/-me-").by("rleaver:w").expect(&app, 200);
}

#[test]
fn the_guard_against_guessing_counts_a_wrong_old_password() {
    let app = app();
    let ticket = super::ticket_of(&app, "sappho");
    let change = |old: &str| {
        let body = format!(r#"{{"password":"new","oldPassword":"{old}"}}"#);
        put("/people/-me-", &body).by(&format!("ROLE_TICKET:{ticket}"))
    };
    for _ in 0..10 {
        change("wrong").expect(&app, 403);
    }
    assert_eq!(problem(&change("Passw0rd!").of(&app)), "403 = | Incorrect password.");
    get("/people/-me-").by("sappho").expect(&app, 401);
    let later = crate::support::raw(http::Method::PUT, "/__admin/clock");
    later.body(r#"{"advance":"PT6S"}"#).expect(&app, 200);
    change("Passw0rd!").expect(&app, 200);
    get("/people/-me-").by("sappho:new").expect(&app, 200);
}

#[test]
fn a_password_may_be_a_number_and_is_compared_as_text() {
    let app = app();
    let person = r#"{"id":"n","firstName":"N","email":"n","password":1.50}"#;
    post("/people", person).by("admin").expect(&app, 201);
    get("/people/-me-").by("n:1.50").expect(&app, 200);
    put("/people/n", r#"{"password":true,"oldPassword":1.50}"#).by("n:1.50").expect(&app, 200);
    get("/people/-me-").by("n:true").expect(&app, 200);
}
