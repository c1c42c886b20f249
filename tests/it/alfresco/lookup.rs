//! Paths and verbs that are none of the operations, and what becomes of odd paths. What is looked
//! up for `getPerson` is looked up for every operation; `deauthorize`, `requestReauthorizationCode`
//! and `reauthorize` are there and do nothing.

use http::Method;
use insta::assert_snapshot;

use crate::support::{Ask, PEOPLE_API, TICKETS, app, ask, delete, get, post, problem, put, raw};

const UNSUPPORTED: &str = "405 ~UnsupportedResourceOperation | The operation is unsupported";
const FAILED: &str =
    "401 ~ApiDefault | Authentication failed for Web Script org/alfresco/api/ResourceWebScript";

fn api(path: &str) -> String {
    format!("/alfresco/api/-default-{path}")
}

/// Checks what nobody has to log in for, which is said with the headers against caching.
#[track_caller]
fn check_early(ask: &Ask, expected: &str) {
    let response = ask.of(&app());
    assert_eq!(problem(&response), expected, "{ask:?}");
    assert_eq!(response.headers["cache-control"], "no-cache", "{ask:?}");
    assert!(!response.headers.contains_key("www-authenticate"), "{ask:?}");
    assert!(!response.headers.contains_key("allow"), "{ask:?}");
}

/// Checks what only a caller is told, in the resource, without a word about caching.
#[track_caller]
fn check_late(ask: &Ask, expected: &str) {
    let app = app();
    let anonymous = ask.of(&app);
    assert!(problem(&anonymous).starts_with(FAILED), "{ask:?}: {}", problem(&anonymous));
    let response = ask.clone().by("admin").of(&app);
    assert_eq!(problem(&response), expected, "{ask:?}");
    assert!(!response.headers.contains_key("cache-control"), "{ask:?}");
    assert!(!response.headers.contains_key("allow"), "{ask:?}");
}

#[test]
fn an_error_before_the_resource_is_whole() {
    assert_snapshot!(raw(Method::GET, &api("/foo")).whole(&app()), @r#"
    404 Not Found
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":404,"briefSummary":"07210000 Script url /foo does not map to a Web Script.","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    // The vendor's slip leaves neither a key nor a text but the number.
    assert_snapshot!(raw(Method::GET, &api("/public/alfresco/versions/1/foo")).whole(&app()), @r#"
    404 Not Found
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"statusCode":404,"briefSummary":"07210000 ","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
}

#[test]
fn an_error_in_the_resource_is_whole() {
    assert_snapshot!(delete("/people/sappho").by("admin").whole(&app()), @r#"
    405 Method Not Allowed
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.UnsupportedResourceOperation","statusCode":405,"briefSummary":"07210000 The operation is unsupported","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
}

#[test]
fn a_path_that_fits_no_template_is_told_with_the_path_but_without_the_network() {
    for path in ["/foo", "/public/alfresco/versions/1", "/public/alfresco/people", "/a/b/c/d"] {
        let unmapped = format!("Script url {path} does not map to a Web Script.");
        let get = raw(Method::GET, &api(path));
        check_early(&get, &format!("404 ~ApiDefault | {unmapped}"));
        for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] {
            let other = raw(method.parse().unwrap(), &api(path));
            check_early(&other, &format!("404 ~NotFound | {path} was not found"));
        }
    }
}

#[test]
fn what_get_and_post_look_for_in_vain_is_told_before_anyone_logs_in() {
    for method in [Method::GET, Method::POST] {
        let check = |path: &str, expected: &str| {
            check_early(&raw(method.clone(), &api(path)), expected);
        };
        let people =
            |version: &str, rest: &str| format!("/public/alfresco/versions/{version}/people{rest}");
        check("/public/alfresco/versions/1/foo", "404 - | ");
        check("/public/authentication/versions/1/people", "404 - | ");
        check("/public/alfresco/versions/1/tickets", "404 - | ");
        check(&people("1", "/bob/foo"), "404 = | foo");
        check(&people("1", "/bob/foo/1"), "404 = | foo");
        check(
            &people("1", "/bob/sites/s1/baz"),
            "404 = | Unable to locate resource for: people baz",
        );
        check(&people("2", ""), "404 ~NotFound | {0} was not found");
        check("/public/workflow/versions/1/people", "404 ~NotFound | {0} was not found");
        check("/private/alfresco/versions/1/people", "404 ~NotFound | {0} was not found");
        check(&people("x", ""), "400 = | Invalid API definition:For input string: \"x\"");
        check(&people("1.0", ""), "400 = | Invalid API definition:For input string: \"1.0\"");
        check(&people("0", ""), "400 = | Version must be a positive integer.");
        check(&people("-1", ""), "400 = | Version must be a positive integer.");
        check("/public/Alfresco/versions/1/people", "400 = | Api name must be lowercase");
        let scope = "No enum constant org.alfresco.rest.framework.Api.SCOPE.FOO";
        check(
            "/foo/alfresco/versions/1/people",
            &format!("400 = | Invalid API definition:{scope}"),
        );
    }
}

#[test]
fn put_and_delete_are_asked_who_they_are_before_anything_is_looked_for() {
    for method in [Method::PUT, Method::DELETE] {
        let check = |path: &str, expected: &str| {
            check_late(&raw(method.clone(), &api(path)), expected);
        };
        check("/public/alfresco/versions/1/foo", "404 - | ");
        check("/public/alfresco/versions/1/people/bob/foo", "404 = | foo");
        check("/public/alfresco/versions/2/people", "404 ~NotFound | {0} was not found");
        let text = "Invalid API definition:For input string: \"x\"";
        check("/public/alfresco/versions/x/people", &format!("400 = | {text}"));
    }
}

#[test]
fn a_verb_that_no_script_has_is_told_with_its_name() {
    for method in ["PATCH", "HEAD", "TRACE", "CONNECT", "PURGE"] {
        for path in ["/people", "/people/admin", "/people/admin/avatar", "/foo"] {
            let script = format!("Script url /public/alfresco/versions/1{path}");
            let expected =
                format!("405 ~ApiDefault | {script} does not support the method {method}");
            check_early(&ask(method.parse().unwrap(), path), &expected);
        }
    }
}

#[test]
fn a_verb_that_the_resource_has_not_is_unsupported() {
    check_early(&post("/people/bob/avatar", ""), UNSUPPORTED);
    for operation in ["request-password-reset", "reset-password", "deauthorize"] {
        check_early(&get(&format!("/people/bob/{operation}")), UNSUPPORTED);
        check_late(&put(&format!("/people/bob/{operation}"), ""), UNSUPPORTED);
        check_late(&delete(&format!("/people/bob/{operation}")), UNSUPPORTED);
    }
    check_late(&delete("/people"), UNSUPPORTED);
    check_late(&delete("/people/bob"), UNSUPPORTED);
    check_late(&raw(Method::PUT, TICKETS), UNSUPPORTED);
    check_late(&raw(Method::PUT, &format!("{TICKETS}/-me-")), UNSUPPORTED);
}

#[test]
fn a_verb_that_the_resource_has_elsewhere_is_told_by_the_script() {
    check_late(&put("/people", "{}"), "405 = | PUT is executed against the instance URL");
    check_late(&post("/people/bob", "{}"), "405 = | POST is executed against a collection URL");
    check_late(&raw(Method::DELETE, TICKETS), "405 = | DELETE not supported for Actions");
    check_late(&raw(Method::GET, TICKETS), UNSUPPORTED);
    // The script has read the query by then.
    let zero = "400 = | Only positive values supported for maxItems.";
    check_late(&put("/people?maxItems=0", "{}"), zero);
    check_late(&post("/people/bob?maxItems=0", "{}"), zero);
    check_late(&raw(Method::GET, &format!("{TICKETS}?maxItems=0")), zero);
}

#[test]
fn reauthorization_is_not_in_the_community_edition() {
    let app = app();
    for operation in ["deauthorize", "reauthorization-code", "reauthorize"] {
        let path = format!("/people/anybody/{operation}");
        assert_eq!(post(&path, "").of(&app).status, 401);
        let response = post(&path, "").by("sappho").of(&app);
        assert_eq!(response.status, 501);
        assert!(response.body.is_empty());
    }
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    let app = app();
    let admin = |ask: Ask| ask.by("admin").brief(&app);
    assert_eq!(admin(get("/people/")), admin(get("/people")));
    assert_eq!(admin(get("/people/sappho/")), admin(get("/people/sappho")));
    assert_eq!(get("/people/tnguyen/avatar/").by("admin").of(&app).status, 200);
    let created = r#"{"id":"n","firstName":"N","email":"n@example.org","password":"n"}"#;
    post("/people/", created).by("admin").expect(&app, 201);
    let login = r#"{"userId":"admin","password":"admin"}"#;
    raw(Method::POST, &format!("{TICKETS}/")).body(login).expect(&app, 201);
}

#[test]
fn an_id_of_blanks_is_none() {
    let app = app();
    let list = get("/people").by("admin").brief(&app);
    assert_eq!(get("/people/%20").by("admin").brief(&app), list);
    assert_eq!(get("/people/%20%20/").by("admin").brief(&app), list);
    check_late(&put("/people/%20", "{}"), "405 = | PUT is executed against the instance URL");
}

#[test]
fn an_id_is_decoded_once_as_utf_8_and_a_plus_stays_a_plus() {
    let app = app();
    let check = |path: &str, id: &str| {
        let expected = format!("404 ~EntityNotFound | The entity with id: {id} was not found");
        assert_eq!(problem(&get(path).by("admin").of(&app)), expected, "{path}");
    };
    check("/people/a+b", "a+b");
    check("/people/a%2Bb", "a+b");
    check("/people/a%20b", "a b");
    check("/people/a%2520b", "a%20b");
    check("/people/%C5%BDofie", "Žofie");
    check("/people/a;b=c", "a;b=c");
    check("/people/a%3Fb", "a?b");
    check("/people/A.b_c-d@e", "A.b_c-d@e");
    get("/people/jane.doe%40example.com").by("admin").expect(&app, 200);
    get("/people/jane.doe@example.com").by("admin").expect(&app, 200);
    get("/people/JANE.DOE@EXAMPLE.COM").by("admin").expect(&app, 200);
    // A decoded slash is a slash: it cuts.
    assert_eq!(problem(&get("/people/a%2Fb").by("admin").of(&app)), "404 = | b");
    assert!(problem(&get("/people/%zz").of(&app)).starts_with("400 ~ApiDefault | "));
}

#[test]
fn letter_case_matters_in_a_path_but_not_in_a_network() {
    let app = app();
    check_early(&get("/People"), "404 - | ");
    check_early(&get("/people/admin/Avatar"), "404 = | Avatar");
    let path = PEOPLE_API.replace("-default-", "-DEFAULT-");
    raw(Method::GET, &format!("{path}/people")).by("admin").expect(&app, 200);
}

#[test]
fn numbers_of_errors_are_counted_from_nought_in_months_from_nought() {
    let app = app();
    let summary = || {
        let body = get("/people/bob/foo").json(&app);
        body["error"]["briefSummary"].as_str().unwrap().to_owned()
    };
    assert_eq!(summary(), "07210000 foo");
    assert_eq!(summary(), "07210001 foo");
    let january = raw(Method::PUT, "/__admin/clock").body(r#"{"freeze":"2027-01-02T00:00:00Z"}"#);
    january.expect(&app, 200);
    assert_eq!(summary(), "00020002 foo");
}
