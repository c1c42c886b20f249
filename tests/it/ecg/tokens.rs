//! Who is calling.

use http::Method;
use jiff::Timestamp;
use people_mock::app::App;
use people_mock::dialects::{Grant, mint};

use super::{ADA, BRUNO, GRACE, NOBODY, anonymous, ask, by};
use crate::support::{app, app_with, app_with_files, raw};

fn token(person_id: &str, groups: &[&str], expires_at: Option<&str>, key: &str) -> String {
    let groups: Vec<_> = groups.iter().map(|&it| it.to_owned()).collect();
    let expires_at: Option<Timestamp> = expires_at.map(|it| it.parse().unwrap());
    mint(&Grant { person_id, groups: &groups, expires_at, key })
}

/// The status of a call about Ada with a token.
fn status(app: &App, token: &str) -> u16 {
    by(token, &format!("GET /people/{ADA}")).of(app).status.as_u16()
}

#[test]
fn any_well_formed_token_says_who_calls_and_what_he_may() {
    let app = app();
    assert_eq!(status(&app, &token(ADA, &[], None, "any key")), 200);
    assert_eq!(status(&app, &token(&ADA.to_uppercase(), &[], None, "any key")), 200);
    assert_eq!(status(&app, &token(BRUNO, &[], None, "any key")), 403);
    assert_eq!(status(&app, &token(NOBODY, &["x", "ecgAdmin"], None, "any key")), 200);
    // Who calls is who did it.
    let reset =
        by(&token(NOBODY, &["ecgAdmin"], None, "k"), &format!("POST /people/{ADA}/reset-password"));
    reset.expect(&app, 200);
    let ada = ask(&format!("GET /people/{ADA}")).expect(&app, 200);
    assert_eq!(ada["account"]["auditInfo"]["updatedBy"], NOBODY);
}

#[test]
fn a_token_ends_on_the_sessions_clock() {
    let app = app();
    let token = token(ADA, &[], Some("2026-08-21T10:00:01Z"), "k");
    assert_eq!(status(&app, &token), 200);
    raw(Method::PUT, "/__admin/clock").body(r#"{"advance":"PT1S"}"#).expect(&app, 200);
    assert_eq!(status(&app, &token), 401);
}

#[test]
fn what_is_no_token_is_nobody() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let app = app();
    let joined = |header: &str, claims: &str| {
        format!("{}.{}.{}", BASE64.encode(header), BASE64.encode(claims), BASE64.encode("s"))
    };
    let (header, claims) = (r#"{"alg":"HS256"}"#, format!(r#"{{"sub":"{ADA}"}}"#));
    assert_eq!(status(&app, &joined(header, &claims)), 200);
    assert_eq!(status(&app, &joined(r#"{"alg":"RS256","kid":"1"}"#, &claims)), 200);
    for bad in [
        joined("{}", &claims),
        joined("[]", &claims),
        joined(header, "{}"),
        joined(header, r#"{"sub":""}"#),
        joined(header, r#"{"sub":5}"#),
        joined(header, &format!(r#"{{"sub":"{ADA}","exp":"never"}}"#)),
        joined(header, &format!(r#"{{"sub":"{ADA}","exp":0}}"#)),
        joined(header, &format!(r#"{{"sub":"{ADA}","cognito:groups":"ecgAdmin"}}"#)),
        joined(header, &claims).replace('.', ""),
        joined(header, &claims) + ".x",
        joined(header, &claims) + "*",
        "nonsense".to_owned(),
        "..".to_owned(),
        String::new(),
    ] {
        assert_eq!(status(&app, &bad), 401, "{bad}");
    }
}

#[test]
fn the_scheme_is_bearer_in_any_letters() {
    let app = app();
    let with = |header: &str| {
        let get = anonymous(&format!("GET /people/{ADA}")).header("authorization", header);
        get.of(&app).status.as_u16()
    };
    assert_eq!(with("Bearer admin-token"), 200);
    assert_eq!(with("bearer   admin-token"), 200);
    assert_eq!(with("Basic admin-token"), 401);
    assert_eq!(with("admin-token"), 401);
    assert_eq!(with("Bearer"), 401);
    assert_eq!(with(""), 401);
    assert_eq!(with("Bearer \u{e4}"), 401);
    assert_eq!(anonymous(&format!("GET /people/{ADA}")).of(&app).status, 401);
}

#[test]
fn with_a_key_only_its_own_signatures_count() {
    let app = app_with_files(&[("ecg/server.json", r#"{"jwtKey":"secret"}"#)]);
    assert_eq!(status(&app, &token(ADA, &[], None, "secret")), 200);
    assert_eq!(status(&app, &token(ADA, &[], None, "another")), 401);
    let (signed, _) = token(ADA, &[], None, "secret")
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(status(&app, &format!("{signed}.")), 401);
    // `{"alg":"none"}`, which has talked more than one server out of checking.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", signed.split_once('.').unwrap().1);
    assert_eq!(status(&app, &unsigned), 401);
    // Tokens of the fixtures aren't signed, and stay good.
    assert_eq!(status(&app, "admin-token"), 200);
}

#[test]
fn where_nobody_asks_a_call_without_a_token_is_the_administrators() {
    let app = app_with(|config| config.asks_for_credentials = false);
    let added = anonymous("POST /people").body(r#"{"firstName":"Z","lastName":"N"}"#);
    assert_eq!(added.expect(&app, 201)["auditInfo"]["createdBy"], GRACE);
    assert_eq!(status(&app, "nonsense"), 401);
    assert_eq!(status(&app, "bruno-token"), 403);
}

#[test]
fn the_program_prints_a_token_that_the_server_takes() {
    let print = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_people-mock");
        let output =
            std::process::Command::new(program).arg("token").args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    let app = app();
    let (code, token) = print(&["--person", NOBODY, "--group", "staff", "--group", "ecgAdmin"]);
    assert_eq!((code, status(&app, &token)), (Some(0), 200));
    let (_, token) = print(&["--person", BRUNO, "--expires-in", "1h"]);
    assert_eq!(status(&app, &token), 403);
    let (_, token) = print(&["--person", ADA, "--expires-in", "-100000h"]);
    assert_eq!(status(&app, &token), 401);
    let keyed = app_with_files(&[("ecg/server.json", r#"{"jwtKey":"secret"}"#)]);
    let (_, token) = print(&["--person", ADA, "--key", "secret"]);
    assert_eq!(status(&keyed, &token), 200);
    let (_, token) = print(&["--person", ADA]);
    assert_eq!(status(&keyed, &token), 401);
    assert_eq!(print(&["--person", "x"]).0, Some(2));
    assert_eq!(print(&[]).0, Some(2));
}
