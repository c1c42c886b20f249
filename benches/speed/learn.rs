//! What `.ci/release` lays the program out for: what clients of both vendors ask, the same for as long
//! each, over every way to travel. Of what asks for much work at once, such as a picture, there is little.

use std::time::Duration;

use people_mock::commands::generate::generate;
use people_mock::fixtures::generate::Profile;

use crate::clients::{self, NUMBER};
use crate::over::{self, Over};
use crate::process::{BASIC, PEOPLE, Server, login, request};
use crate::rates::{MANY, QUIET, fill};

const CONNECTIONS: usize = 16;

/// How long each thing is asked.
const TIME: Duration = Duration::from_millis(500);

/// What ECG has in place of a password.
const BEARER: &str = "Authorization: Bearer admin-token\r\n";

/// Somebody of ECG's.
const ADA: &str = "/api/people/0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11";

/// Has a program do what it'll do most.
pub(crate) fn load() {
    over::make_certificate();
    let folder = tempfile::tempdir().unwrap();
    generate(MANY, 1, Profile::Plain, folder.path()).unwrap();
    let many = ["--fixtures", "embedded", "--fixtures", folder.path().to_str().unwrap()];
    let runs = [
        (Over::Http1, [QUIET, &many].concat()),
        (Over::Http1, Vec::new()),
        (Over::TlsHttp1, QUIET.to_vec()),
        (Over::Http2, QUIET.to_vec()),
        (Over::TlsHttp2, QUIET.to_vec()),
    ];
    for (over, flags) in runs {
        let server = Server::mock(over, &flags);
        fill(&server);
        let mut requests = reads(&server);
        if !over.is_http2() {
            requests.extend(writes());
        }
        let ask = |request: &String| clients::ask(&server, CONNECTIONS, TIME, request).answers;
        let answers: usize = requests.iter().map(ask).sum();
        println!("{over:?}: {answers} answers");
        for path in ["/__admin/requests?limit=100", "/__admin/metrics", "/__admin/coverage"] {
            server.ask(&request("GET", path, ""));
        }
    }
}

fn reads(server: &Server) -> Vec<String> {
    let login = server.ask(&login());
    let login = String::from_utf8(login).unwrap();
    let ticket = login.split('"').find(|it| it.starts_with("TICKET_")).expect("it is let in");
    let paths = [
        "",
        "?maxItems=100",
        "?maxItems=100&skipCount=5",
        "?orderBy=lastName%20DESC,firstName&skipCount=20&maxItems=10",
        "?fields=id,displayName,email&include=capabilities",
        "/abeecher",
        "/-me-?fields=id,firstName,lastName",
        "/nobody",
        "/abeecher/avatar",
        "/mjackson/avatar?placeholder=false",
    ];
    let people = paths.map(|path| request("GET", &format!("{PEOPLE}{path}"), ""));
    let by_ticket = request("GET", &format!("{PEOPLE}/sappho?alf_ticket={ticket}"), "");
    let other = [
        by_ticket.replace(BASIC, ""),
        request("GET", &format!("/__session/other{PEOPLE}/csmith"), ""),
        request("GET", &format!("{PEOPLE}/csmith"), "").replace(BASIC, ""),
        request("GET", ADA, "").replace(BASIC, BEARER),
        request("GET", &format!("{ADA}/accounts/audit-trails?take=2"), "").replace(BASIC, BEARER),
        request("GET", ADA, "").replace(BASIC, ""),
    ];
    people.into_iter().chain(other).collect()
}

fn writes() -> Vec<String> {
    let new = |id: &str| {
        format!(
            r#"{{"id":"{id}","firstName":"Ann","lastName":"Other","email":"ann@example.com","password":"secret"}}"#
        )
    };
    let ecg = |method, path, body| request(method, path, body).replace(BASIC, BEARER);
    vec![
        request("POST", PEOPLE, &new(&format!("p{NUMBER}"))),
        request("POST", PEOPLE, &new("abeecher")),
        request("PUT", &format!("{PEOPLE}/sappho"), r#"{"jobTitle":"Muse"}"#),
        request("PUT", &format!("{PEOPLE}/sappho"), r#"{"jobTitle":"#),
        request("DELETE", &format!("{PEOPLE}/abeecher/avatar"), ""),
        request(
            "POST",
            &format!("{PEOPLE}/abeecher/request-password-reset"),
            r#"{"client":"share"}"#,
        ),
        login(),
        ecg("POST", "/api/people", r#"{"firstName":"Zoe","lastName":"New"}"#),
        ecg("PATCH", ADA, r#"[{"op":"replace","path":"/nickName","value":"A"}]"#),
        ecg(
            "POST",
            "/api/people/re-sync",
            r#"{"personId":"0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11"}"#,
        ),
        request("POST", "/__admin/reset", ""),
    ]
}
