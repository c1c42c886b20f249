//! Errors on demand: any status on any operation, and each the very answer that the vendor gives
//! when it happens.

mod alfresco;
mod ecg;

use std::collections::BTreeSet;
use std::fmt::Display;

use http::{Method, StatusCode};
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::dialects::{self, Vendor};
use people_mock::http::Response;
use serde_json::Value;

use crate::support::{Ask, TICKETS, app, app_with, files, get, raw, whole};

/// What leads to a problem without anybody forcing it.
struct Recipe {
    /// The problem, as the catalogue names it.
    id: &'static str,
    /// A fixture that it takes: name and text.
    fixture: Option<(&'static str, &'static str)>,
    /// The request, once what it takes has been done.
    ask: Box<dyn Fn(&App) -> Ask>,
}

/// A recipe that takes one request.
fn one(id: &'static str, ask: Ask) -> Recipe {
    Recipe { id, fixture: None, ask: Box::new(move |_| ask.clone()) }
}

impl Recipe {
    fn with(self, name: &'static str, text: &'static str) -> Self {
        Self { fixture: Some((name, text)), ..self }
    }

    /// A server on which it can be tried, once, and the request.
    fn prepared(&self) -> (App, Ask) {
        let add = |config: &mut Config| {
            config.layers.extend(self.fixture.map(|fixture| files(&[fixture])));
        };
        let app = app_with(add);
        let ask = (self.ask)(&app);
        (app, ask)
    }
}

/// The operations that a row of the catalogue names: all, if it names none.
fn operations_of(vendor: &Vendor, id: &str) -> Vec<&'static str> {
    let row = vendor.catalogue.iter().find(|row| row.id == id).unwrap();
    if row.operations.is_empty() {
        return vendor.operations.iter().map(dialects::Operation::own_name).collect();
    }
    row.operations.to_vec()
}

/// The answer that a request is forced to have, by a status or an error's name.
fn force(app: &App, ask: &Ask, code: impl Display) -> Response {
    ask.clone().header("prefer", &format!("code={code}")).of(app)
}

/// The problem that the last answer tells of.
fn last_problem(app: &App) -> Option<String> {
    let last = raw(Method::GET, "/__admin/requests?limit=1").json(app);
    let id = &last["requests"][0]["id"];
    let why = raw(Method::GET, &format!("/__admin/explain/{id}")).json(app);
    why["problem"]["id"].as_str().map(str::to_owned)
}

/// Compares what happens with what is forced, recipe by recipe.
#[track_caller]
fn check(vendor: &Vendor, recipes: &[Recipe]) {
    let mut wrong = Vec::new();
    for recipe in recipes {
        let (app, ask) = recipe.prepared();
        let natural = ask.whole(&app);
        assert_eq!(last_problem(&app).as_deref(), Some(recipe.id), "{natural}");
        let (app, ask) = recipe.prepared();
        let forced = whole(&force(&app, &ask, recipe.id));
        if natural != forced {
            let line = format!("{} {}", ask.0.method, ask.0.uri);
            wrong.push(format!("{} by {line}\n{natural}\n\n{forced}\n", recipe.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let cooked: BTreeSet<_> = recipes.iter().map(|recipe| recipe.id).collect();
    let rows: BTreeSet<_> = vendor.catalogue.iter().map(|row| row.id).collect();
    let missing: Vec<_> = rows.difference(&cooked).copied().collect();
    assert_eq!(
        missing,
        UNREACHABLE.iter().filter(|it| it.0 == vendor.name).map(|it| it.1).collect::<Vec<_>>()
    );
}

/// The rows that no client can reach without a scenario, and why.
const UNREACHABLE: &[(&str, &str, &str)] = &[
    ("alfresco", "Crashed", "no handler of ours is known to panic"),
    ("ecg", "Crashed", "no handler of ours is known to panic"),
    ("ecg", "DatabaseDown", "there is no database"),
];

#[test]
fn whatever_goes_wrong_in_alfresco_is_forced_as_it_happens() {
    check(dialects::ALL[0], &alfresco::recipes());
}

#[test]
fn whatever_goes_wrong_in_ecg_is_forced_as_it_happens() {
    check(dialects::ALL[1], &ecg::recipes());
}

#[test]
fn every_error_can_be_forced_on_every_operation_and_is_in_the_vendors_envelope() {
    let app = app();
    for ask in alfresco::calls().into_iter().chain(ecg::calls()) {
        for status in
            [400, 401, 402, 403, 404, 405, 409, 410, 413, 422, 429, 499, 500, 503, 507, 599]
        {
            let response = force(&app, &ask, status);
            let line = format!("{} {}: {}", ask.0.method, ask.0.uri, whole(&response));
            assert_eq!(response.status.as_u16(), status, "{line}");
            let body: Value = serde_json::from_slice(&response.body).unwrap();
            let is_health = status == 503 && body["details"].is_object();
            let shown = [&body["error"]["statusCode"], &body["statusCode"]];
            assert!(is_health || shown.iter().any(|it| **it == status), "{line}");
            assert_eq!(
                response.headers.contains_key("www-authenticate"),
                status == 401 && ask.0.uri.path().starts_with("/alfresco"),
                "{line}"
            );
        }
    }
}

#[test]
fn the_first_row_of_an_operation_for_a_status_is_its_own() {
    let app = app();
    let check = |ask: Ask, status: u16, expected| {
        assert_eq!(force(&app, &ask, status).status.as_u16(), status);
        assert_eq!(last_problem(&app).as_deref(), expected);
    };
    check(get("/people/abeecher"), 404, Some("EntityNotFound"));
    check(get("/people"), 404, Some("UnknownRelationParameter"));
    check(get("/people/abeecher"), 403, None);
    check(raw(Method::POST, TICKETS), 403, Some("LoginFailed"));
    check(raw(Method::POST, TICKETS), 401, None);
    check(get("/nowhere"), 404, Some("NoWebScript"));
    check(raw(Method::HEAD, "/api/people/re-sync"), 404, Some("PersonNotFound"));
}

#[test]
fn a_status_that_an_operation_does_not_have_shows_its_reason_phrase() {
    let app = app();
    let text = |ask: &Ask, status: u16| whole(&force(&app, ask, status));
    insta::assert_snapshot!(text(&get("/people/abeecher"), 422), @r#"
    422 Unprocessable Entity
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":422,"briefSummary":"07210000 Unprocessable Entity","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    insta::assert_snapshot!(text(&get("/people/abeecher"), 499), @r#"
    499 <unknown status code>
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":499,"briefSummary":"07210001 Unknown error calling the Rest API","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"3d58bb03-f31a-4686-8763-de764d6fe1b0"}}
    "#);
    insta::assert_snapshot!(text(&raw(Method::POST, TICKETS), 401), @r#"
    401 Unauthorized
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    www-authenticate: AlfTicket realm="Alfresco -default- tenant"
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":401,"briefSummary":"07210002 Authentication failed for Web Script org/alfresco/api/ResourceWebScript.post","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"027a617d-2237-46c9-87f4-e5c44c95357a"}}
    "#);
    let person = raw(Method::GET, "/api/people/0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11");
    insta::assert_snapshot!(text(&person, 429), @r#"
    429 Too Many Requests
    content-type: application/json; charset=utf-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"message":"Too Many Requests","error":"Too Many Requests","statusCode":429}
    "#);
    insta::assert_snapshot!(text(&person, 499), @r#"
    499 <unknown status code>
    content-type: application/json; charset=utf-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"message":"Http Exception","statusCode":499}
    "#);
    insta::assert_snapshot!(text(&raw(Method::GET, "/healthcheck"), 401), @r#"
    401 Unauthorized
    content-type: application/json; charset=utf-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"message":"Unauthorized","statusCode":401}
    "#);
    insta::assert_snapshot!(text(&raw(Method::GET, "/healthcheck"), 503), @r#"
    503 Service Unavailable
    content-type: application/json; charset=utf-8
    cache-control: no-cache, no-store, must-revalidate
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"status":"error","info":{},"error":{"database":{"status":"down"}},"details":{"database":{"status":"down"}}}
    "#);
}

#[test]
fn an_error_that_is_forced_on_a_good_request_speaks_of_that_request() {
    let app = app();
    let text = |ask: &Ask, id: &str| {
        let response = force(&app, ask, id);
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        let text = [&body["error"]["briefSummary"], &body["message"]].map(Value::as_str);
        text[0].or(text[1]).unwrap().to_owned()
    };
    let post = |body: &str| crate::support::post("/people", body).by("admin");
    insta::assert_snapshot!(text(&get("/people/-me-").by("admin"), "EntityNotFound"), @"07210000 The entity with id: -me- was not found");
    insta::assert_snapshot!(text(&post(r#"{"id":"new"}"#), "PersonExists"), @"07210001 Person 'new' already exists.");
    insta::assert_snapshot!(text(&post("{"), "PersonExists"), @"07210002 Person 'abeecher' already exists.");
    insta::assert_snapshot!(text(&crate::support::put("/people/zkovarova", "{}").by("admin"), "NoCredential"), @"07210000 User name does not exist: zk***");
    let to_ecg = |verb, path: &str, body: &str| {
        let ask =
            raw(verb, &format!("/api/people{path}")).header("content-type", "application/json");
        ask.body(body.to_owned())
    };
    let ada = "/0B2B2A5E-6f0c-4a53-9b0b-6a0a7d0d9d11";
    insta::assert_snapshot!(text(&to_ecg(Method::PATCH, ada, ""), "PersonNotFound"), @"Person with id '0B2B2A5E-6f0c-4a53-9b0b-6a0a7d0d9d11' not found");
    insta::assert_snapshot!(text(&to_ecg(Method::PATCH, ada, ""), "PersonArchived"), @"Person '0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11' is archived");
    let patch = r#"[{"op":"replace","path":"/contactEmailAddress","value":" New@x.org"}]"#;
    insta::assert_snapshot!(text(&to_ecg(Method::PATCH, ada, patch), "ContactEmailTaken"), @"Person with contactEmailAddress 'new@x.org' already exists");
    let accounts = format!("{ada}/accounts");
    insta::assert_snapshot!(text(&to_ecg(Method::POST, &accounts, r#"{"emailAddress":"N@x.org"}"#), "AccountEmailTaken"), @"User account with emailAddress 'n@x.org' already exists");
}

#[test]
fn looking_at_who_calls_has_no_effect() {
    let app = app();
    let session = app.sessions.get("default").unwrap().session();
    let caller = |vendor: usize, ask: &Ask| session.world(vendor).caller(&session, &ask.0);
    // Ten failures would lock the user out.
    for _ in 0..20 {
        assert_eq!(caller(0, &get("/people").by("csmith:wrong")), None);
    }
    assert_eq!(caller(0, &get("/people").by("CSmith:Passw0rd!")).as_deref(), Some("csmith"));
    // A ticket that is used when less than half is left would live an hour longer.
    let ticket = crate::alfresco::ticket_of(&app, "csmith");
    let with_ticket = get(&format!("/people?alf_ticket={ticket}"));
    session.clock.advance(jiff::SignedDuration::from_mins(50));
    assert_eq!(caller(0, &with_ticket).as_deref(), Some("csmith"));
    session.clock.advance(jiff::SignedDuration::from_mins(20));
    assert_eq!(caller(0, &with_ticket), None);

    assert_eq!(caller(0, &get("/people").by("guest:")), None);
    assert_eq!(caller(0, &get("/people")), None);
    let ecg = |token: &str| raw(Method::GET, "/api/people").header("authorization", token);
    let ada = Some("0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11".into());
    assert_eq!(caller(1, &ecg("Bearer ada-token")), ada);
    assert_eq!(caller(1, &ecg("Bearer nothing")), None);
}

#[test]
fn without_authentication_the_administrator_calls() {
    let app = app_with(|config| config.asks_for_credentials = false);
    let session = app.sessions.get("default").unwrap().session();
    let caller = |vendor: usize, ask: &Ask| session.world(vendor).caller(&session, &ask.0);
    assert_eq!(caller(0, &get("/people")).as_deref(), Some("admin"));
    assert_eq!(caller(0, &get("/people").by("csmith:wrong")), None);
    let grace = Some("54a76d00-b919-4776-aa9c-29a5455e5317".into());
    assert_eq!(caller(1, &raw(Method::GET, "/api/people")), grace);
}

#[test]
fn an_error_that_is_forced_changes_nothing() {
    let app = app();
    let before = get("/people").by("admin").json(&app);
    for ask in alfresco::calls() {
        for row in dialects::ALL[0].catalogue {
            force(&app, &ask, row.status);
        }
    }
    assert_eq!(get("/people").by("admin").json(&app), before);
    let login = raw(Method::POST, TICKETS).body(r#"{"userId":"admin","password":"admin"}"#);
    assert_eq!(login.of(&app).status, StatusCode::CREATED);
}
