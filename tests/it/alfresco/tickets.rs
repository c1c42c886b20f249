//! `createTicket`, `validateTicket` and `deleteTicket`.

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;

use super::ticket_of;
use crate::support::{Ask, TICKETS, app, app_with_files, get, problem, put, raw};

fn login(body: &str) -> Ask {
    raw(Method::POST, TICKETS).body(body.to_owned())
}

/// `-me-` among the tickets, with the query that follows.
fn own(method: Method, query: &str) -> Ask {
    raw(method, &format!("{TICKETS}/-me-{query}"))
}

fn advance(app: &App, by: &str) {
    let body = format!(r#"{{"advance":"{by}"}}"#);
    raw(Method::PUT, "/__admin/clock").body(body).expect(app, 200);
}

fn is_alive(app: &App, ticket: &str) -> bool {
    get(&format!("/people/-me-?alf_ticket={ticket}")).of(app).status == 200
}

#[test]
fn whoever_logs_in_gets_a_ticket() {
    let app = app();
    assert_snapshot!(login(r#"{"userId":"admin","password":"admin"}"#).whole(&app), @r#"
    201 Created
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"id":"TICKET_baf424e6c74b68c5dd5d7937d3f835b3acaf6269","userId":"admin"}}
    "#);
    // The name is shown as typed, and neither the order of members nor an `id` matters.
    let body = r#"{"password":"Passw0rd!","id":"ignored","userId":"TNguyen"}"#;
    assert_snapshot!(login(body).brief(&app), @r#"201 {"entry":{"id":"TICKET_21611a05ae1cd72084464653193838026e3ac0d8","userId":"TNguyen"}}"#);
}

#[test]
fn a_user_has_one_ticket_however_often_they_log_in() {
    let app = app();
    let ticket = ticket_of(&app, "sappho");
    assert_eq!(ticket_of(&app, "sappho"), ticket);
    assert_eq!(ticket_of(&app, "SAPPHO"), ticket);
    assert_ne!(ticket_of(&app, "tnguyen"), ticket);
    // One logout ends all.
    own(Method::DELETE, &format!("?alf_ticket={ticket}")).expect(&app, 204);
    assert!(!is_alive(&app, &ticket));
    let next = ticket_of(&app, "sappho");
    assert_ne!(next, ticket);
    assert!(is_alive(&app, &next));
}

#[test]
fn a_list_of_one_login_is_a_login() {
    login(r#"[{"userId":"admin","password":"admin"}]"#).expect(&app(), 201);
}

#[test]
fn a_content_type_is_not_asked_for() {
    let login = || login(r#"{"userId":"admin","password":"admin"}"#);
    let app = app();
    login().expect(&app, 201);
    login().header("content-type", "text/plain").expect(&app, 201);
    login().header("accept", "application/xml").expect(&app, 201);
    let form = login().header("content-type", "application/x-www-form-urlencoded");
    assert!(problem(&form.of(&app)).starts_with("400 = | Could not read content from HTTP request body: No content to map due to end-of-input"));
    let form = login().header("content-type", "multipart/form-data; boundary=x");
    assert!(problem(&form.of(&app)).starts_with("500 ~ApiDefault"));
}

#[test]
fn a_wrong_login_is_forbidden_and_never_challenged() {
    let app = app();
    let wrong = login(r#"{"userId":"admin","password":"wrong"}"#);
    assert_snapshot!(wrong.whole(&app), @r#"
    403 Forbidden
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"Login failed","statusCode":403,"briefSummary":"07210000 Login failed","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
}

#[test]
fn each_bad_login_is_told_why() {
    let app = app();
    let check = |body: &str, expected: &str| {
        assert_eq!(problem(&login(body).of(&app)), expected, "{body}");
    };
    let details = "400 = | Invalid login details.";
    check("{}", details);
    check(r#"{"userId":"admin"}"#, details);
    check(r#"{"password":"admin"}"#, details);
    check(r#"{"userId":"","password":"admin"}"#, details);
    check(r#"{"userId":"admin","password":""}"#, details);
    check(r#"{"userId":null,"password":"admin"}"#, details);
    check("[{}]", details);
    check("[null]", details);

    let failed = "403 = | Login failed";
    check(r#"{"userId":"admin","password":"ADMIN"}"#, failed);
    check(r#"{"userId":"nobody","password":"x"}"#, failed);
    check(r#"{"userId":"rleaver","password":"Passw0rd!"}"#, failed);
    check(r#"{"userId":" ","password":" "}"#, failed);

    let two = r#"[{"userId":"admin","password":"admin"},{"userId":"admin","password":"admin"}]"#;
    check(two, "400 = | Please specify one login request only.");
    let empty = "400 = | Could not read content from HTTP request body, the list is empty";
    check("[]", empty);
    check("null", empty);
}

#[test]
fn an_unreadable_login_is_told_in_jacksons_words() {
    let app = app();
    assert_snapshot!(problem(&login("").of(&app)), @"
    400 = | Could not read content from HTTP request body: No content to map due to end-of-input
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1]
    ");
    assert_snapshot!(problem(&login("{").of(&app)), @"
    400 = | Could not read content from HTTP request body: Unexpected end-of-input: expected close marker for Object (start marker at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1])
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2] (through reference chain: org.alfresco.rest.api.model.LoginTicket[0])
    ");
    assert_snapshot!(problem(&login(r#"{"userId":"a","foo":"b"}"#).of(&app)), @r#"
    400 = | Could not read content from HTTP request body: Unrecognized field "foo" (class org.alfresco.rest.api.model.LoginTicket), not marked as ignorable (3 known properties: "password", "userId", "id")
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 22] (through reference chain: org.alfresco.rest.api.model.LoginTicket[0]->org.alfresco.rest.api.model.LoginTicket["foo"])
    "#);
    assert_snapshot!(problem(&login(r#"[{"foo":"b"}]"#).of(&app)), @r#"
    400 = | Could not read content from HTTP request body: Unrecognized field "foo" (class org.alfresco.rest.api.model.LoginTicket), not marked as ignorable (3 known properties: "password", "userId", "id")
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 10] (through reference chain: java.util.ArrayList[0]->org.alfresco.rest.api.model.LoginTicket["foo"])
    "#);
}

#[test]
fn a_ticket_is_shown_to_whoever_holds_it() {
    let app = app();
    let ticket = ticket_of(&app, "admin");
    let expected = own(Method::GET, &format!("?alf_ticket={ticket}")).whole(&app);
    assert_snapshot!(expected, @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"id":"TICKET_baf424e6c74b68c5dd5d7937d3f835b3acaf6269"}}
    "#);
    for user in [format!("ROLE_TICKET:{ticket}"), format!(":{ticket}")] {
        assert_eq!(own(Method::GET, "").by(&user).whole(&app), expected);
    }
}

#[test]
fn a_logout_says_nothing_and_ends_the_ticket() {
    let app = app();
    let ticket = ticket_of(&app, "admin");
    let logout = own(Method::DELETE, "").by(&format!("ROLE_TICKET:{ticket}"));
    assert_snapshot!(logout.whole(&app), @"
    204 No Content
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
    assert_eq!(
        problem(&logout.of(&app)),
        "401 ~ApiDefault | Authentication failed for Web Script org/alfresco/api/ResourceWebScript.delete"
    );
}

#[test]
fn only_ones_own_ticket_can_be_asked_for() {
    let app = app();
    let ticket = ticket_of(&app, "admin");
    let missing =
        "401 ~ApiDefault | Authentication failed for Web Script org/alfresco/api/ResourceWebScript";
    for (method, verb) in [(Method::GET, "get"), (Method::DELETE, "delete")] {
        let check = |ask: Ask, expected: &str| {
            assert_eq!(problem(&ask.of(&app)), expected, "{ask:?}");
        };
        let own = |query: &str| own(method.clone(), query);
        let other = |id: &str| raw(method.clone(), &format!("{TICKETS}/{id}"));
        check(own("").by("admin"), "400 = | Ticket base authentication required.");
        check(own("?alf_ticket=").by("admin"), "400 = | Ticket base authentication required.");
        check(
            own("?alf_ticket=TICKET_bad").by("admin"),
            "404 ~NotFound | TICKET_bad was not found",
        );
        // The query is asked before the header, also by a caller whose header has a good ticket.
        let by_ticket = format!("ROLE_TICKET:{ticket}");
        let both = own("?alf_ticket=TICKET_bad").by(&by_ticket);
        check(both, "404 ~NotFound | TICKET_bad was not found");
        check(own(""), &format!("{missing}.{verb}"));
        check(own("?alf_ticket=TICKET_bad"), &format!("{missing}.{verb}"));
        check(other("x").by("admin"), "400 = | Invalid parameter: x");
        check(other(&ticket).by(&by_ticket), &format!("400 = | Invalid parameter: {ticket}"));
        check(other("-ME-").by(&by_ticket), "400 = | Invalid parameter: -ME-");
        check(other("x"), &format!("{missing}.{verb}"));
    }
}

#[test]
fn a_ticket_ends_an_hour_after_it_was_last_renewed() {
    let app = app();
    let ticket = ticket_of(&app, "admin");
    advance(&app, "PT1H");
    assert!(is_alive(&app, &ticket), "in the last moment, and renewed by it");
    advance(&app, "PT1H0.001S");
    assert!(!is_alive(&app, &ticket));
    let next = ticket_of(&app, "admin");
    assert_ne!(next, ticket);
    assert!(!is_alive(&app, &ticket));
}

#[test]
fn using_a_ticket_of_which_half_is_left_does_not_renew_it() {
    let app = app();
    let ticket = ticket_of(&app, "admin");
    advance(&app, "PT30M");
    assert!(is_alive(&app, &ticket));
    assert_eq!(ticket_of(&app, "admin"), ticket, "nor does logging in");
    advance(&app, "PT30M0.001S");
    assert!(!is_alive(&app, &ticket));
}

#[test]
fn using_a_ticket_of_which_less_than_half_is_left_renews_it() {
    for is_login in [false, true] {
        let app = app();
        let ticket = ticket_of(&app, "admin");
        advance(&app, "PT30M0.001S");
        if is_login {
            assert_eq!(ticket_of(&app, "admin"), ticket);
        } else {
            assert!(is_alive(&app, &ticket));
        }
        // Once it has been renewed, a tenth is enough to renew it again.
        advance(&app, "PT6M0.001S");
        assert!(is_alive(&app, &ticket));
        advance(&app, "PT1H");
        assert!(is_alive(&app, &ticket));
    }
}

#[test]
fn how_long_a_ticket_lives_can_be_set() {
    let app = app_with_files(&[("alfresco/server.json", r#"{"ticketLifetime":"PT10S"}"#)]);
    let ticket = ticket_of(&app, "admin");
    advance(&app, "PT10.001S");
    assert!(!is_alive(&app, &ticket));
}

#[test]
fn a_ticket_outlives_a_change_of_password() {
    let app = app();
    let ticket = ticket_of(&app, "sappho");
    put("/people/sappho", r#"{"oldPassword":"Passw0rd!","password":"n"}"#)
        .by("sappho")
        .expect(&app, 200);
    assert!(is_alive(&app, &ticket));
}
