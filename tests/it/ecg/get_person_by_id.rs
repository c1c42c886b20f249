//! `getPersonById`: `GET /api/people/{personId}`

use super::{ADA, DANA, ELIF, FUMIKO, NOBODY, anonymous, ask, by, problem};
use crate::support::app;

#[test]
fn a_person_is_shown_with_the_account_or_without() {
    let app = app();
    assert_eq!(
        ask(&format!("GET /people/{DANA}?include=organization")).brief(&app),
        "200 {\"id\":\"c563e1f2-d5f9-495a-9c17-452a792f02df\",\"firstName\":\"Dana\",\
         \"lastName\":\"Newcomer\",\"nickName\":null,\"dateOfBirth\":\"2000-02-29\",\
         \"contactEmailAddress\":\"dana@example.com\",\"isProvider\":false,\"locale\":\"en-US\",\
         \"timezoneId\":null,\"organizationId\":\"e47bbf54-d913-4e6b-bd2f-6678a36081b8\",\
         \"phoneNumbers\":[],\"addresses\":[],\"account\":null,\
         \"archiveInfo\":{\"archived\":false,\"archivedStatusChangedAt\":null},\
         \"auditInfo\":{\"createdAt\":\"2026-08-03T07:15:30.000Z\",\
         \"createdBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\",\
         \"updatedAt\":\"2026-08-03T07:15:30.000Z\",\
         \"updatedBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\"},\
         \"activeInfo\":{\"active\":true,\"activeStatusChangedAt\":null}}",
    );
    let ada = ask(&format!("GET /people/{ADA}")).expect(&app, 200);
    assert_eq!(
        ada["account"].to_string(),
        "{\"id\":\"52cadb18-06b7-42f7-8b38-17e3d4150e50\",\
         \"personId\":\"0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11\",\
         \"emailAddress\":\"ada@example.com\",\"status\":\"CONFIRMED\",\
         \"credentialsSentAt\":\"2025-12-31T23:59:59.999Z\",\
         \"archiveInfo\":{\"archived\":false,\"archivedStatusChangedAt\":null},\
         \"auditInfo\":{\"createdAt\":\"2024-04-01T00:00:00.000Z\",\
         \"createdBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\",\
         \"updatedAt\":\"2026-08-17T06:45:00.000Z\",\
         \"updatedBy\":\"0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11\"},\
         \"activeInfo\":{\"active\":true,\"activeStatusChangedAt\":null}}",
    );
}

#[test]
fn also_archived_and_inactive_people_are_shown() {
    let app = app();
    let elif = ask(&format!("GET /people/{ELIF}")).expect(&app, 200);
    assert_eq!(elif["archiveInfo"]["archived"], true);
    let fumiko = ask(&format!("GET /people/{FUMIKO}")).expect(&app, 200);
    assert_eq!(fumiko["activeInfo"]["active"], false);
}

#[test]
fn a_head_is_a_get_and_a_slash_at_the_end_makes_no_difference() {
    let app = app();
    let get = ask(&format!("GET /people/{ADA}")).whole(&app);
    // The server leaves the body of a HEAD out, and tells its length.
    assert_eq!(ask(&format!("HEAD /people/{ADA}")).whole(&app), get);
    assert_eq!(ask(&format!("GET /people/{ADA}/")).whole(&app), get);
    assert_eq!(anonymous(&format!("HEAD /people/{ADA}")).of(&app).status, 401);
}

#[test]
fn the_checks_come_in_nests_order() {
    let app = app();
    // Who is calling, then whether he may, then whether the id is one, then whether it is known.
    assert_eq!(
        anonymous("GET /people/x").brief(&app),
        r#"401 {"message":"Unauthorized","statusCode":401}"#,
    );
    assert_eq!(
        by("ada-token", "GET /people/x").brief(&app),
        r#"403 {"message":"Forbidden resource","error":"Forbidden","statusCode":403}"#,
    );
    assert_eq!(
        ask("GET /people/x").brief(&app),
        r#"400 {"message":"Validation failed (uuid is expected)","error":"Bad Request","statusCode":400}"#,
    );
    assert_eq!(
        ask(&format!("GET /people/{NOBODY}")).brief(&app),
        format!(
            r#"404 {{"message":"Person with id '{NOBODY}' not found","error":"Not Found","statusCode":404}}"#
        ),
    );
}

#[test]
fn a_literal_path_is_an_id_under_the_verbs_that_it_does_not_have() {
    let app = app();
    for line in
        ["GET /people/re-sync", "PATCH /people/re-sync-batch", "POST /people/re-sync/accounts"]
    {
        assert_eq!(problem(&ask(line), &app), "400 Validation failed (uuid is expected)", "{line}");
    }
}

#[test]
fn what_express_cannot_decode_or_route_is_told_in_its_words() {
    let app = app();
    let check = |line: &str, expected: &str| assert_eq!(problem(&ask(line), &app), expected);
    check("GET /people/%zz", "400 Failed to decode param '%zz'");
    check("GET /people/%ff", "400 Failed to decode param '%ff'");
    check("GET /nope?y=%20&z", "404 Cannot GET /api/nope?y=%20&z");
    check("DELETE /people", "404 Cannot DELETE /api/people");
    check("GET /people", "404 Cannot GET /api/people");
    check("OPTIONS /people", "404 Cannot OPTIONS /api/people");
    check("GET ", "404 Cannot GET /api");
    check("PUT /people/x/accounts", "404 Cannot PUT /api/people/x/accounts");
    check(
        "GET /people//accounts/audit-trails",
        "404 Cannot GET /api/people//accounts/audit-trails",
    );
}

#[test]
fn a_reset_session_shows_the_seed_again() {
    let app = app();
    let before = ask(&format!("GET /people/{ADA}")).whole(&app);
    let change = r#"{"emailAddress":"new@example.com","password":"New-Pass-1"}"#;
    ask(&format!("PATCH /people/{ADA}/accounts")).body(change).expect(&app, 200);
    assert_ne!(ask(&format!("GET /people/{ADA}")).whole(&app), before);
    crate::support::raw(http::Method::POST, "/__admin/reset").of(&app);
    assert_eq!(ask(&format!("GET /people/{ADA}")).whole(&app), before);
    assert_eq!(super::trail(&app, ADA).len(), 9);
    let dana = ask(&format!("POST /people/{DANA}/accounts"));
    dana.body(r#"{"emailAddress":"new@example.com"}"#).expect(&app, 201);
}
