//! Who is calling: the credentials that count, what is said to the others, the guard against
//! guessing, networks, and `--auth off`. What holds for `getPerson` holds for every operation that
//! asks who is calling; `createTicket`, `requestPasswordReset` and `resetPassword` don't ask.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;

use super::ticket_of;
use crate::support::{
    Ask, PEOPLE_API, TICKETS, app, app_with, app_with_files, ask, brief, delete, get, post,
    problem, put, raw,
};

const FAILED: &str =
    "401 ~ApiDefault | Authentication failed for Web Script org/alfresco/api/ResourceWebScript.get";
const GUEST: &str = "401 ~ApiDefault | Web Script org/alfresco/api/ResourceWebScript.get requires user authentication; however, a guest has attempted access.";

/// A request with `Authorization: Basic` over a text as it is.
fn basic(ask: Ask, text: impl AsRef<[u8]>) -> Ask {
    ask.header("authorization", &format!("Basic {}", STANDARD.encode(text)))
}

fn header(value: &str) -> Ask {
    get("/people/-me-").header("authorization", value)
}

/// Who the server takes the caller for, or what it says instead.
fn caller(app: &App, ask: &Ask) -> String {
    let response = ask.of(app);
    if response.status == 200 {
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        return body["entry"]["id"].as_str().unwrap().to_owned();
    }
    problem(&response)
}

#[test]
fn a_call_without_credentials_is_challenged() {
    assert_snapshot!(get("/people").whole(&app()), @r#"
    401 Unauthorized
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    www-authenticate: AlfTicket realm="Alfresco -default- tenant"
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":401,"briefSummary":"07210000 Authentication failed for Web Script org/alfresco/api/ResourceWebScript.get","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
}

#[test]
fn the_challenge_is_basic_where_the_server_is_told_so() {
    let app = app_with_files(&[("alfresco/server.json", r#"{"challenge":"Basic"}"#)]);
    let response = get("/people").of(&app);
    assert_eq!(response.headers["www-authenticate"], r#"Basic realm="Alfresco -default- tenant""#);
}

#[test]
fn a_refusal_names_the_web_script_and_its_verb() {
    let app = app();
    let check = |ask: Ask, script: &str| {
        let expected = format!("401 ~ApiDefault | Authentication failed for Web Script {script}");
        assert_eq!(problem(&ask.of(&app)), expected);
        assert!(ask.of(&app).headers.contains_key("www-authenticate"));
    };
    check(get("/people/-me-/avatar"), "org/alfresco/api/ResourceWebScript.get");
    check(post("/people", "{"), "org/alfresco/api/ResourceWebScript.post");
    check(post("/people/x/deauthorize", ""), "org/alfresco/api/ResourceWebScript.post");
    check(put("/people/x", "{"), "org/alfresco/api/ResourceWebScript.put");
    check(put("/people/x/avatar", ""), "org/alfresco/api/ResourceWebScript.put");
    check(delete("/people/x/avatar"), "org/alfresco/api/ResourceWebScript.delete");
    let ticket = format!("{TICKETS}/-me-");
    check(raw(Method::GET, &ticket), "org/alfresco/api/ResourceWebScript.get");
    check(raw(Method::DELETE, &ticket), "org/alfresco/api/ResourceWebScript.delete");
    let discovery = raw(Method::GET, "/alfresco/api/discovery");
    check(discovery, "org/alfresco/api/DiscoveryApiWebscript.get");
    check(ask(Method::OPTIONS, "/people"), "org/alfresco/api/MetaDataWebScript.options");
    check(raw(Method::GET, "/alfresco/api"), "networks");
}

#[test]
fn credentials_count_in_every_form_that_the_vendor_knows() {
    let app = app_with_files(&[(
        "alfresco/people.json",
        r#"[{"id":"kofi","firstName":"K","email":"k@example.org","password":"a:b:č"}]"#,
    )]);
    let ticket = ticket_of(&app, "tnguyen");
    let me = || get("/people/-me-");
    let check = |ask: Ask, expected: &str| assert_eq!(caller(&app, &ask), expected, "{ask:?}");

    check(basic(me(), "admin:admin"), "admin");
    check(basic(me(), "ADMIN:admin"), "admin");
    check(basic(me(), "kofi:a:b:č"), "kofi");
    check(header(&format!("bAsIc {}", STANDARD.encode("admin:admin"))), "admin");
    check(header("Basic YWRtaW46YWRtaW4"), "admin");

    check(basic(me(), &ticket), "tnguyen");
    check(basic(me(), format!(":{ticket}")), "tnguyen");
    check(basic(me(), format!("ROLE_TICKET:{ticket}")), "tnguyen");
    check(basic(me(), format!("role_ticket:{ticket}")), "tnguyen");
    check(get(&format!("/people/-me-?alf_ticket={ticket}")), "tnguyen");
    // The query is asked first, and a bad ticket in it falls through to the header.
    check(get(&format!("/people/-me-?alf_ticket={ticket}")).by("admin"), "tnguyen");
    check(get("/people/-me-?alf_ticket=TICKET_bad").by("admin"), "admin");
    check(get("/people/-me-?alf_ticket=").by("admin"), "admin");
    // The first seven characters of a ticket are cut off unread.
    let id = ticket.strip_prefix("TICKET_").unwrap();
    check(get(&format!("/people/-me-?alf_ticket=1234567{id}")), "tnguyen");
}

#[test]
fn anything_else_is_refused() {
    let app = app();
    let ticket = ticket_of(&app, "tnguyen");
    let me = || get("/people/-me-");
    let check = |ask: Ask, expected: &str| {
        let response = ask.of(&app);
        assert_eq!(problem(&response), expected, "{ask:?}");
        let is_challenge = response.headers.contains_key("www-authenticate");
        assert_eq!(is_challenge, expected == FAILED, "{ask:?}");
        assert_eq!(response.headers["cache-control"], "no-cache", "{ask:?}");
    };
    check(basic(me(), "admin:wrong"), FAILED);
    check(basic(me(), "admin:ADMIN"), FAILED);
    check(basic(me(), "nobody:admin"), FAILED);
    check(basic(me(), "admin:"), FAILED);
    check(basic(me(), "rleaver:Passw0rd!"), FAILED);
    check(basic(me(), "abeecher:abeecher"), FAILED);
    check(basic(me(), "TICKET_bad"), FAILED);
    check(basic(me(), "short"), FAILED);
    check(basic(me(), ":"), FAILED);
    check(basic(me(), "ROLE_TICKET:"), FAILED);
    // A ticket as the user is no ticket.
    check(basic(me(), format!("{ticket}:")), FAILED);
    // js-api 10 writes Latin-1, which the server reads as UTF-8.
    check(basic(me(), b"sappho:\xe9"), FAILED);
    check(get("/people/-me-?alf_ticket=TICKET_bad"), FAILED);
    check(get("/people/-me-?alf_ticket=").header("authorization", ""), FAILED);

    check(header("Bearer x"), "401 ~ApiDefault | Authorization 'Bearer' not supported.");
    check(header("NEGOTIATE"), "401 ~ApiDefault | Authorization 'NEGOTIATE' not supported.");
    check(basic(me(), "guest:"), GUEST);
    check(basic(me(), "GUEST:x"), GUEST);
    check(get("/people/-me-?guest=true"), GUEST);
    check(get("/people/-me-?guest=TRUE").by("admin"), GUEST);

    check(header("Basic"), "500 ~ApiDefault | Index 1 out of bounds for length 1");
    check(header("Basic ***"), "500 ~ApiDefault | -");
    check(header("Basic ="), "400 ~ApiDefault | authorization is a mandatory parameter");
    assert_eq!(caller(&app, &get("/people/-me-?guest=false").by("admin")), "admin");
}

#[test]
fn who_may_call_without_credentials_may_send_bad_ones() {
    let app = app();
    for bad in ["Basic dW5kZWZpbmVk", "Basic bnVsbA==", "Bearer x", "Basic", "Basic ***"] {
        let login = r#"{"userId":"admin","password":"admin"}"#;
        let login = raw(Method::POST, TICKETS).body(login).header("authorization", bad);
        login.expect(&app, 201);
        post("/people/admin/request-password-reset", r#"{"client":"share"}"#)
            .header("authorization", bad)
            .expect(&app, 202);
        post("/people/admin/reset-password?guest=true", r#"{"password":"x","id":"y","key":"z"}"#)
            .header("authorization", bad)
            .expect(&app, 202);
    }
}

#[test]
fn a_disabled_user_is_refused_with_the_ticket_too() {
    let app = app();
    let ticket = ticket_of(&app, "tnguyen");
    let ask = get(&format!("/people/-me-?alf_ticket={ticket}"));
    assert_eq!(caller(&app, &ask), "tnguyen");
    put("/people/tnguyen", r#"{"enabled":false}"#).by("admin").expect(&app, 200);
    assert_eq!(caller(&app, &ask), FAILED);
    assert_eq!(caller(&app, &get("/people/-me-").by("tnguyen")), FAILED);
    put("/people/tnguyen", r#"{"enabled":true}"#).by("admin").expect(&app, 200);
    assert_eq!(caller(&app, &ask), "tnguyen");
}

#[test]
fn after_ten_failures_the_right_password_is_refused_for_six_seconds() {
    let app = app();
    let advance = |by: &str| {
        let body = format!(r#"{{"advance":"{by}"}}"#);
        raw(Method::PUT, "/__admin/clock").body(body).expect(&app, 200);
    };
    let right = || caller(&app, &get("/people/-me-").by("sappho"));
    let fail = |times: usize| {
        for _ in 0..times {
            assert_eq!(caller(&app, &get("/people/-me-").by("SAPPHO:wrong")), FAILED);
        }
    };

    fail(9);
    assert_eq!(right(), "sappho", "nine are forgiven, and forgotten");
    fail(9);
    assert_eq!(right(), "sappho");
    let ticket = ticket_of(&app, "sappho");
    fail(10);
    assert_eq!(right(), FAILED);
    // The guard asks for the name alone: others, and the user's own ticket, go through.
    assert_eq!(caller(&app, &get("/people/-me-").by("tnguyen")), "tnguyen");
    assert_eq!(caller(&app, &get(&format!("/people/-me-?alf_ticket={ticket}"))), "sappho");
    let login = r#"{"userId":"sappho","password":"Passw0rd!"}"#;
    let login = raw(Method::POST, TICKETS).body(login);
    assert_eq!(problem(&login.of(&app)), "403 = | Login failed");

    // Each refusal counts as one more failure, and the six seconds begin again.
    advance("PT5.999S");
    assert_eq!(right(), FAILED);
    advance("PT5.999S");
    assert_eq!(right(), FAILED);
    advance("PT6S");
    assert_eq!(right(), "sappho");
    fail(9);
    assert_eq!(right(), "sappho", "the count began again");
}

#[test]
fn a_network_is_the_default_one_or_none_that_one_may_know_of() {
    let app = app();
    let path = |network: &str| format!("/alfresco/api/{network}/public/alfresco/versions/1/people");
    for network in ["-default-", "-system-", "-DEFAULT-", "-System-"] {
        raw(Method::GET, &path(network)).by("admin").expect(&app, 200);
    }
    for (network, realm) in [("acme", "acme"), ("Caf%C3%A9", "Café"), ("-default", "-default")] {
        let response = raw(Method::GET, &path(network)).by("admin").of(&app);
        assert_eq!(problem(&response), FAILED);
        let challenge = format!("AlfTicket realm=\"Alfresco {realm} tenant\"");
        assert_eq!(response.headers["www-authenticate"].as_bytes(), challenge.as_bytes());
    }
    // The path is looked at first, and a call that needs no login needs no network either.
    let unknown = raw(Method::GET, "/alfresco/api/acme/public/alfresco/versions/1/people/x/foo");
    assert_eq!(problem(&unknown.of(&app)), "404 = | foo");
    raw(Method::POST, &TICKETS.replace("-default-", "acme"))
        .body(r#"{"userId":"admin","password":"admin"}"#)
        .expect(&app, 201);
}

#[test]
fn with_auth_off_a_call_without_credentials_is_the_administrators() {
    let app = app_with(|config| config.asks_for_credentials = false);
    assert_eq!(caller(&app, &get("/people/-me-")), "admin");
    assert_eq!(caller(&app, &get("/people/-me-?alf_ticket=")), "admin");
    post("/people", r#"{"id":"n","firstName":"N","email":"n@example.org","password":"n"}"#)
        .expect(&app, 201);
    put("/people/-me-", r#"{"jobTitle":"x"}"#).expect(&app, 200);
    raw(Method::GET, "/alfresco/api/discovery").expect(&app, 200);
    // Whoever says who they are is still asked to prove it.
    assert_eq!(caller(&app, &get("/people/-me-").by("sappho")), "sappho");
    assert_eq!(caller(&app, &get("/people/-me-").by("sappho:wrong")), FAILED);
    assert_eq!(caller(&app, &get("/people/-me-?alf_ticket=TICKET_bad")), FAILED);
    let foreign = raw(Method::GET, &PEOPLE_API.replace("-default-", "acme")).by("admin");
    assert_eq!(foreign.of(&app).status, 404);
    assert_eq!(brief(&get("/people/-me-?guest=true").of(&app))[..3], *"401");
}

#[test]
fn a_login_that_was_right_a_moment_ago_is_looked_at_again_once_the_person_has_changed() {
    let app = app();
    let caller = || caller(&app, &get("/people/-me-").by("sappho"));
    // By ticket, so that this is no login that takes the other one's place.
    let login = raw(Method::POST, TICKETS).body(r#"{"userId":"admin","password":"admin"}"#);
    let login = login.expect(&app, 201);
    let change = |body: &str| {
        let ticket = login["entry"]["id"].as_str().unwrap();
        put(&format!("/people/sappho?alf_ticket={ticket}"), body).expect(&app, 200)
    };
    assert_eq!(caller(), "sappho");
    assert_eq!(caller(), "sappho");
    change(r#"{"enabled":false}"#);
    assert_eq!(caller(), FAILED);
    change(r#"{"enabled":true}"#);
    assert_eq!(caller(), "sappho");
    change(r#"{"password":"another"}"#);
    assert_eq!(caller(), FAILED);
    assert_eq!(self::caller(&app, &get("/people/-me-").by("sappho:another")), "sappho");
    raw(Method::POST, "/__admin/reset").of(&app);
    assert_eq!(caller(), "sappho");
}
