//! Which error wins where several things are wrong (facts: framework §0): each row has everything
//! wrong that the rows after it have, and one thing more that is looked at before. Told by
//! `createPerson`, `updatePerson`, `updateAvatarImage`, `deleteAvatarImage`, `requestPasswordReset`
//! and `createTicket`, which between them have every step.

use http::Method;
use people_mock::app::App;
use people_mock::http::UnreadBody;

use crate::support::{Ask, PEOPLE_API, TICKETS, app, ask, get, post, problem, put, raw};

#[track_caller]
fn check(app: &App, ask: &Ask, expected: &str) {
    assert_eq!(problem(&ask.of(app)), expected, "{ask:?}");
}

fn failed(verb: &str) -> String {
    let script = format!("org/alfresco/api/ResourceWebScript.{verb}");
    format!("401 ~ApiDefault | Authentication failed for Web Script {script}")
}

/// A query with everything wrong, what is read last first.
const QUERY: [(&str, &str, &str); 7] = [
    ("select", "1", "400 ~InvalidSelect | An invalid SELECT query was received. 1"),
    ("include", "1", "400 ~InvalidSelect | An invalid INCLUDE query was received. 1"),
    (
        "where",
        "x",
        "400 ~InvalidQuery | An invalid WHERE query was received. x, Error at char position 0",
    ),
    ("relations", "sites(", "500 ~ApiDefault | begin 6, end 5, length 6"),
    ("orderBy", "a+x", "400 = | Unknown sort order direction 'X', expected asc or desc"),
    ("maxItems", "0", "400 = | Only positive values supported for maxItems."),
    ("skipCount", "-1", "400 = | Negative values not supported for skipCount."),
];

#[test]
fn the_query_is_read_in_the_vendors_order_on_every_verb_and_before_the_body() {
    let app = app();
    let unread = |method, path: &str| {
        let mut ask = ask(method, path).by("sappho");
        ask.0.body = Err(UnreadBody::TooLarge { limit: 1 });
        ask
    };
    let mut query = String::new();
    for (name, value, expected) in QUERY {
        query = format!("{query}&{name}={value}");
        check(&app, &get(&format!("/people?{query}")).by("sappho"), expected);
        check(&app, &get(&format!("/people/nobody?{query}")).by("sappho"), expected);
        check(&app, &get(&format!("/people/nobody/avatar?{query}")).by("sappho"), expected);
        check(&app, &unread(Method::POST, &format!("/people?{query}")), expected);
        check(&app, &unread(Method::PUT, &format!("/people/nobody?{query}")), expected);
        check(&app, &unread(Method::PUT, &format!("/people/nobody/avatar?{query}")), expected);
        check(&app, &unread(Method::DELETE, &format!("/people/nobody/avatar?{query}")), expected);
        let reset = post(&format!("/people/nobody/request-password-reset?{query}"), "{");
        check(&app, &reset, expected);
        check(&app, &post(&format!("/people/nobody/reset-password?{query}"), "{"), expected);
        check(&app, &raw(Method::POST, &format!("{TICKETS}?{query}")).body("{"), expected);
        check(&app, &raw(Method::GET, &format!("{TICKETS}/x?{query}")).by("sappho"), expected);
        check(&app, &raw(Method::DELETE, &format!("{TICKETS}/x?{query}")).by("sappho"), expected);
    }
}

#[test]
fn to_create_is_to_pass_path_login_query_body_members_and_only_then_rights() {
    let app = app();
    let people = |network: &str, version: &str, query: &str, body: &str| {
        let path = format!("/alfresco/api/{network}/public/alfresco/versions/{version}/people");
        raw(Method::POST, &format!("{path}{query}")).body(body.to_owned())
    };
    check(&app, &people("acme", "2", "?maxItems=0", "{"), "404 ~NotFound | {0} was not found");
    check(&app, &people("acme", "1", "?maxItems=0", "{").by("sappho"), &failed("post"));
    check(&app, &people("-default-", "1", "?maxItems=0", "{"), &failed("post"));
    let zero = "400 = | Only positive values supported for maxItems.";
    check(&app, &people("-default-", "1", "?maxItems=0", "{").by("sappho"), zero);
    let array = people("-default-", "1", "", "[]").by("sappho");
    check(&app, &array, "405 = | Only 1 entity is supported in the HTTP request body");
    let nothing = people("-default-", "1", "", "{}").by("sappho");
    check(&app, &nothing, "400 = | Field 'id' is null, but is required.");
    let whole = r#"{"id":"admin","firstName":"N","email":"n@example.org","password":"n"}"#;
    let denied = "403 ~PermissionDenied | Permission was denied";
    check(&app, &people("-default-", "1", "", whole).by("sappho"), denied);
    let exists = people("-default-", "1", "", whole).by("admin");
    check(&app, &exists, "409 = | Person 'admin' already exists.");
}

#[test]
fn to_update_is_to_log_in_before_the_path_is_looked_at_twice() {
    let app = app();
    check(&app, &raw(Method::PUT, "/alfresco/api/acme/x"), "404 ~NotFound | /x was not found");
    check(&app, &put("/people/nobody/foo?maxItems=0", "{"), &failed("put"));
    check(&app, &put("/people/nobody/foo?maxItems=0", "{").by("sappho"), "404 = | foo");
    let zero = "400 = | Only positive values supported for maxItems.";
    check(&app, &put("/people/nobody?maxItems=0", "{").by("sappho"), zero);
    let broken = put("/people/nobody", "{").by("sappho").of(&app);
    assert!(problem(&broken).starts_with("400 = | Could not read content"));
    let nobody = "404 ~EntityNotFound | The entity with id: nobody was not found";
    check(&app, &put("/people/nobody", "{}").by("sappho"), nobody);
}

#[test]
fn a_body_that_is_too_large_is_told_where_the_vendor_would_read_it() {
    let app = app();
    let large = |method, path: &str| {
        let mut ask = raw(method, path);
        ask.0.body = Err(UnreadBody::TooLarge { limit: 1 });
        ask
    };
    let too_large = "413 ~RequestEntityTooLarge | The file can't be uploaded because it's larger than the maximum upload size";
    let person = format!("{PEOPLE_API}/people/sappho");
    check(&app, &large(Method::POST, &format!("{PEOPLE_API}/foo")), "404 - | ");
    check(&app, &large(Method::PUT, &person), &failed("put"));
    check(&app, &large(Method::PUT, &person).by("sappho"), too_large);
    check(&app, &large(Method::PUT, &format!("{person}/avatar")).by("sappho"), too_large);
    check(&app, &large(Method::POST, &format!("{PEOPLE_API}/people")).by("sappho"), too_large);
    check(&app, &large(Method::POST, TICKETS), too_large);
    check(&app, &large(Method::POST, &format!("{person}/reset-password")), too_large);
    // Whoever reads no body doesn't mind one.
    large(Method::GET, &person).by("sappho").expect(&app, 200);
    large(Method::DELETE, &format!("{person}/avatar")).by("sappho").expect(&app, 204);
}

#[test]
fn guest_and_network_and_ticket_and_header_are_asked_in_this_order() {
    let app = app();
    let path = |network: &str, query: &str| {
        format!("/alfresco/api/{network}/public/alfresco/versions/1/people{query}")
    };
    let bearer = |path: String| raw(Method::GET, &path).header("authorization", "Bearer x");
    let guest = "401 ~ApiDefault | Web Script org/alfresco/api/ResourceWebScript.get requires user authentication; however, a guest has attempted access.";
    check(&app, &bearer(path("-default-", "?guest=true&alf_ticket=bad")), guest);
    let unsupported = "401 ~ApiDefault | Authorization 'Bearer' not supported.";
    check(&app, &bearer(path("-default-", "?alf_ticket=bad")), unsupported);
    check(&app, &raw(Method::GET, &path("-default-", "?alf_ticket=bad")), &failed("get"));
}
