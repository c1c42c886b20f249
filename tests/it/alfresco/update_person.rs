//! `updatePerson`: `PUT /people/{personId}`. Passwords have tests of their own.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{app, get, problem, put};

const DENIED: &str = "403 ~PermissionDenied | Permission was denied";
const NO_NAME: &str = "400 = | Field 'firstName' is null, but is required.";
const NO_EMAIL: &str = "400 = | Field 'email' is null, but is required.";
const NO_ENABLED: &str = "400 ~ApiDefault | 'enabled' field cannot be empty.";
const NO_WISH: &str = "400 ~ApiDefault | 'emailNotificationsEnabled' field cannot be empty.";
const NOBODY: &str = "404 ~EntityNotFound | The entity with id: Nobody was not found";
const ADMIN: &str = "403 = | Admin authority cannot be disabled.";

#[test]
fn what_is_sent_changes_and_the_rest_stays() {
    let app = app();
    let update = put("/people/oqureshi", r#"{"jobTitle":"Archivist","userStatus":"Back"}"#);
    assert_snapshot!(update.by("oqureshi").whole(&app), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"lastName":"Qureshi","userStatus":"Back","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Omar Qureshi","jobTitle":"Archivist","emailNotificationsEnabled":false,"telephone":"+441134960020","enabled":true,"firstName":"Omar","location":"Leeds, UK","company":{},"id":"oqureshi","email":"omar.qureshi@example.com"}}
    "#);
    let read = get("/people/oqureshi").by("oqureshi").brief(&app);
    assert_eq!(put("/people/-me-", "{}").by("oqureshi").brief(&app), read, "nothing was sent");
    assert_eq!(put("/people/-ME-", r#"{"displayName":"X"}"#).by("oqureshi").brief(&app), read);
}

#[test]
fn null_and_the_empty_string_clear_a_member() {
    let app = app();
    for name in ["skypeId", "googleId", "instantMessageId", "jobTitle", "location", "mobile"] {
        put("/people/jane.doe@example.com", &format!(r#"{{"{name}":null}}"#))
            .by("admin")
            .expect(&app, 200);
    }
    let person = get("/people/jane.doe@example.com").by("admin").brief(&app);
    assert_snapshot!(person, @r#"200 {"entry":{"firstName":"Jane","lastName":"Doe","avatarId":"f6674cdf-4c09-4967-8fee-3c11732a4852","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Jane Doe","emailNotificationsEnabled":true,"company":{"organization":"Example Inc.","address1":"10 Harbor Way","address2":"Boston","address3":"MA","postcode":"02110","email":"hello@example.com"},"id":"jane.doe@example.com","enabled":true,"email":"jane.doe@example.com"}}"#);
    let cleared = r#"{"description":"","telephone":"","userStatus":"","lastName":""}"#;
    let person = put("/people/csmith", cleared).by("admin").expect(&app, 200);
    for name in ["description", "telephone", "userStatus", "lastName"] {
        assert!(person["entry"].get(name).is_none(), "{name}");
    }
    assert_eq!(person["entry"]["displayName"], "Carol");
}

#[test]
fn a_company_is_merged_member_by_member_and_an_empty_one_clears_all() {
    let app = app();
    let company = |sent: &str| -> Value {
        let body = format!(r#"{{"company":{sent}}}"#);
        let person = put("/people/zkovarova", &body).by("zkovarova").expect(&app, 200);
        person["entry"]["company"].clone()
    };
    let before = json!({
        "organization": "Překlady s.r.o.", "address1": "Náměstí Míru 5", "address2": "Plzeň",
        "postcode": "301 00",
    });
    let mut expected = before.clone();
    expected["fax"] = json!("1");
    assert_eq!(company(r#"{"fax":1}"#), expected);
    assert_eq!(company(r#"{"fax":null}"#), before);
    expected = before;
    expected["postcode"] = json!(" ");
    assert_eq!(company(r#"{"postcode":" ","email":""}"#), expected);
    assert_eq!(company("{}"), json!({}));
    assert_eq!(company(r#"{"email":"e"}"#), json!({ "email": "e" }));
    assert_eq!(company("null"), json!({}));
}

#[test]
fn the_status_has_a_date_that_this_api_never_sets() {
    let app = app();
    let person = put("/people/csmith", r#"{"userStatus":"new"}"#).by("csmith").expect(&app, 200);
    assert_eq!(person["entry"]["statusUpdatedAt"], "2026-03-09T08:15:00.000+0000");
    let person = put("/people/sappho", r#"{"userStatus":"new"}"#).by("sappho").expect(&app, 200);
    assert!(person["entry"].get("statusUpdatedAt").is_none());
}

#[test]
fn an_update_is_checked_rule_by_rule() {
    let app = app();
    let check = |by: &str, person: &str, body: &str, expected: &str| {
        let found = problem(&put(&format!("/people/{person}"), body).by(by).of(&app));
        assert_eq!(found, expected, "{by} sends {person} {body}");
    };

    check("sappho", "sappho", r#"{"id":"sappho"}"#, "400 = | Unsupported field: id");
    check("sappho", "sappho", r#"{"id":null}"#, "400 = | Unsupported field: id");
    for field in ["statusUpdatedAt", "avatarId", "quota", "quotaUsed"] {
        let told = format!("400 = | Unsupported field: {field}");
        check("admin", "sappho", &format!(r#"{{"{field}":null}}"#), &told);
    }
    check("admin", "Nobody", "{}", NOBODY);
    check("sappho", "sappho", r#"{"firstName":null}"#, NO_NAME);
    check("admin", "sappho", r#"{"firstName":""}"#, NO_NAME);
    check("sappho", "sappho", r#"{"email":""}"#, NO_EMAIL);
    check("sappho", "sappho", r#"{"enabled":null}"#, NO_ENABLED);
    check("admin", "sappho", r#"{"enabled":" "}"#, NO_ENABLED);
    check("sappho", "sappho", r#"{"emailNotificationsEnabled":""}"#, NO_WISH);
    check("sappho", "oqureshi", "{}", DENIED);
    check("sappho", "admin", "{}", DENIED);
    check("sappho", "guest", "{}", DENIED);

    // Which of two errors is told.
    check("sappho", "Nobody", r#"{"id":"x","quota":1}"#, "400 = | Unsupported field: id");
    check("sappho", "Nobody", r#"{"quota":1}"#, "400 = | Unsupported field: quota");
    check(
        "sappho",
        "Nobody",
        r#"{"quotaUsed":1,"statusUpdatedAt":1}"#,
        "400 = | Unsupported field: statusUpdatedAt",
    );
    check("sappho", "Nobody", r#"{"aspectNames":"app:no","firstName":null}"#, NOBODY);
    check(
        "sappho",
        "admin",
        r#"{"firstName":null,"properties":{"app:no":1}}"#,
        "400 = | Unknown property: app:no",
    );
    check("sappho", "admin", r#"{"enabled":null,"email":null,"firstName":null}"#, NO_NAME);
    check("sappho", "admin", r#"{"enabled":null,"email":null}"#, NO_EMAIL);
    check("sappho", "admin", r#"{"emailNotificationsEnabled":null,"enabled":null}"#, NO_ENABLED);
    check("sappho", "admin", r#"{"emailNotificationsEnabled":null}"#, NO_WISH);
    check("sappho", "admin", r#"{"oldPassword":"","enabled":false}"#, DENIED);
    check(
        "sappho",
        "sappho",
        r#"{"oldPassword":"","enabled":false}"#,
        "400 ~ApiDefault | 'oldPassword' field cannot be empty.",
    );
}

#[test]
fn enabled_belongs_to_administrators() {
    let app = app();
    let check = |by: &str, person: &str, enabled: &str, expected: &str| {
        let body = format!(r#"{{"enabled":{enabled}}}"#);
        let found = put(&format!("/people/{person}"), &body).by(by).of(&app);
        let found = if found.status == 200 { "200".to_owned() } else { problem(&found) };
        assert_eq!(found, expected, "{by} sets {person} to {enabled}");
    };
    check("sappho", "sappho", "true", DENIED);
    check("sappho", "sappho", "false", DENIED);
    check("admin", "sappho", "true", "200");
    check("admin", "admin", "true", "200");
    check("admin", "admin", "false", ADMIN);
    check("csmith", "csmith", "false", ADMIN);
    check("csmith", "admin", "0", ADMIN);
    check("sappho", "admin", "false", DENIED);
    // Two letters of the name are all that the log may show.
    check("admin", "guest", "true", "401 ~ApiDefault | User not found: gu***");
    check("admin", "GUEST", "false", "401 ~ApiDefault | User not found: gu***");
}

#[test]
fn whoever_is_disabled_cannot_log_in_until_enabled_again() {
    let app = app();
    let ticket = super::ticket_of(&app, "oqureshi");
    let by_ticket = || get("/people/-me-").by(&format!("ROLE_TICKET:{ticket}"));
    by_ticket().expect(&app, 200);
    let person = put("/people/oqureshi", r#"{"enabled":false}"#).by("admin").expect(&app, 200);
    assert_eq!(person["entry"]["enabled"], false);
    by_ticket().expect(&app, 401);
    get("/people/-me-").by("oqureshi").expect(&app, 401);
    put("/people/oqureshi", r#"{"enabled":"TRUE"}"#).by("csmith").expect(&app, 200);
    get("/people/-me-").by("oqureshi").expect(&app, 200);
    put("/people/rleaver", r#"{"enabled":true}"#).by("admin").expect(&app, 200);
    get("/people/-me-").by("rleaver").expect(&app, 200);
}

#[test]
fn an_error_undoes_all_of_the_update() {
    let app = app();
    let before = get("/people/sappho").by("sappho").brief(&app);
    let check = |body: &str, status: u16| {
        put("/people/sappho", body).by("sappho").expect(&app, status);
        assert_eq!(get("/people/sappho").by("sappho").brief(&app), before, "{body}");
    };
    check(r#"{"jobTitle":"x","firstName":null}"#, 400);
    check(r#"{"jobTitle":"x","password":"y","oldPassword":"Passw0rd!","enabled":true}"#, 403);
    check(r#"{"jobTitle":"x","password":"y","oldPassword":"wrong"}"#, 403);
    check(r#"{"jobTitle":"x","aspectNames":["app:linked","app:no"]}"#, 400);
}

#[test]
fn only_the_wanted_members_are_answered_and_the_change_is_whole() {
    let app = app();
    let update = put("/people/sappho?fields=id,mobile", r#"{"jobTitle":"x","mobile":5}"#);
    assert_eq!(update.by("admin").brief(&app), r#"200 {"entry":{"mobile":"5","id":"sappho"}}"#);
    assert_eq!(get("/people/sappho").by("sappho").json(&app)["entry"]["jobTitle"], "x");
}

#[test]
fn an_error_says_nothing_of_caches() {
    let app = app();
    assert_snapshot!(put("/people/admin", "{}").by("sappho").whole(&app), @r#"
    403 Forbidden
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.PermissionDenied","statusCode":403,"briefSummary":"07210000 Permission was denied","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    // A repository's exceptions are numbered apart from the API's.
    let enable = put("/people/guest", r#"{"enabled":true}"#).by("admin");
    assert_snapshot!(enable.whole(&app), @r#"
    401 Unauthorized
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":401,"briefSummary":"07210000 User not found: gu***","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"3d58bb03-f31a-4686-8763-de764d6fe1b0"}}
    "#);
}
