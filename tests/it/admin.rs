//! Who may use the control API, and what is noted of its use.

use clap::Parser;
use http::Method;
use insta::assert_snapshot;
use people_mock::cli::Cli;
use people_mock::config::{Admin, AdminToken};

use crate::support::{app, app_with, get, raw};

#[test]
fn without_a_token_nothing_is_open_but_health_and_readiness() {
    let app = app_with(|config| config.admin = Admin::Token(AdminToken::new("s3cret")));
    let call = |method, path: &str| raw(method, &format!("/__admin{path}"));
    call(Method::GET, "/health").expect(&app, 200);
    call(Method::GET, "/ready/").expect(&app, 200);
    assert_snapshot!(call(Method::GET, "/clock").whole(&app), @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="people-mock"

    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"this control call needs the admin token, as `Authorization: Bearer TOKEN` or `X-Mock-Admin-Token: TOKEN`"}
    "#);
    call(Method::GET, "/nothing").expect(&app, 401);
    for (name, value, status) in [
        ("authorization", "Bearer s3cret", 200),
        ("authorization", "bearer s3cret", 200),
        ("x-mock-admin-token", "s3cret", 200),
        ("authorization", "Bearer s3cret2", 401),
        ("authorization", "Basic s3cret", 401),
        ("x-mock-admin-token", "", 401),
        ("x-mock-admin-token", "S3cret", 401),
    ] {
        let answer = call(Method::GET, "/clock").header(name, value).of(&app);
        assert_eq!(answer.status, status, "{name}: {value}");
    }
    get("/people").by("admin").expect(&app, 200);
}

#[test]
fn a_refused_call_makes_no_session() {
    let app = app_with(|config| config.admin = Admin::Token(AdminToken::new("s3cret")));
    raw(Method::GET, "/__session/a/__admin/clock").expect(&app, 401);
    assert!(app.sessions.get("a").is_none());
}

#[test]
fn switched_off_there_is_nothing_but_health_and_readiness() {
    let app = app_with(|config| config.admin = Admin::Off);
    raw(Method::GET, "/__admin/health").expect(&app, 200);
    raw(Method::GET, "/__admin/ready").expect(&app, 200);
    assert_snapshot!(raw(Method::POST, "/__admin/reset").brief(&app), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no control call `/__admin/reset`"}"#);
}

#[test]
fn a_page_of_another_origin_is_refused_even_with_cors_and_with_the_token() {
    let check = |admin: Admin, headers: &[(&str, &str)], status: u16| {
        let app = app_with(|config| config.admin = admin);
        let ask = raw(Method::POST, "/__admin/reset").header("x-mock-admin-token", "s3cret");
        let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
        let answer = ask.of(&app);
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    };
    let host = ("host", "localhost:8080");
    for admin in [Admin::Local, Admin::Open, Admin::Token(AdminToken::new("s3cret"))] {
        let check = |headers: &[_], status| check(admin.clone(), headers, status);
        check(&[host], 204);
        check(&[host, ("origin", "http://localhost:8080")], 204);
        check(&[host, ("origin", "http://localhost:4200")], 403);
        check(&[host, ("origin", "null")], 403);
        check(&[("origin", "http://localhost:8080")], 403);
        check(&[host, ("sec-fetch-site", "same-origin")], 204);
        check(&[host, ("sec-fetch-site", "none")], 204);
        check(&[host, ("sec-fetch-site", "same-site")], 403);
        check(&[host, ("sec-fetch-site", "cross-site")], 403);
    }
}

#[test]
fn a_preflight_of_a_control_call_is_refused() {
    let ask = raw(Method::OPTIONS, "/__admin/reset")
        .header("host", "localhost:8080")
        .header("origin", "http://localhost:4200")
        .header("access-control-request-method", "POST");
    assert_snapshot!(ask.brief(&app()), @r#"403 {"type":"about:blank","title":"Forbidden","status":403,"detail":"a page of another origin may not use the control API"}"#);
}

#[test]
fn a_foreign_name_that_leads_to_this_machine_is_refused_where_everybody_here_is_trusted() {
    let check = |admin: Admin, host: &str, status: u16| {
        let app = app_with(|config| config.admin = admin);
        let ask = raw(Method::GET, "/__admin/clock").header("host", host);
        assert_eq!(ask.of(&app).status, status, "{host}");
    };
    for host in ["localhost", "LOCALHOST:80", "a.localhost:80", "127.0.0.1:8080", "[::1]:8080"] {
        check(Admin::Local, host, 200);
    }
    for host in ["people-mock:8080", "app.test", "api.internal.", "my.local:1"] {
        check(Admin::Local, host, 200);
    }
    check(Admin::Local, "evil.com:8080", 403);
    check(Admin::Local, "localhost.evil.com", 403);
    check(Admin::Open, "mock.docker:8080", 200);
}

#[test]
fn a_token_that_is_made_up_is_another_every_time_and_never_shown_by_accident() {
    let (one, two) = (AdminToken::make_up(), AdminToken::make_up());
    assert_ne!(one, two);
    assert_eq!(one.reveal().len(), 32);
    assert!(!format!("{one:?}").contains(one.reveal()));
}

#[test]
fn whoever_can_only_be_on_this_machine_needs_no_token() {
    let is_local = |flags: &[&str]| {
        let cli = Cli::try_parse_from([&["people-mock"], flags].concat()).unwrap();
        cli.serve.config().unwrap().admin == Admin::Local
    };
    assert!(is_local(&[]));
    assert!(is_local(&["--host", "::1", "--tls", "self-signed"]));
    assert!(!is_local(&["--host", "0.0.0.0"]));
    // A socket file is on this machine, whatever the host of a port would be; a port may not be.
    assert!(is_local(&["--host", "0.0.0.0", "--unix", "mock.sock"]));
    assert!(!is_local(&["--host", "0.0.0.0", "--unix", "mock.sock", "--port", "80"]));
}
