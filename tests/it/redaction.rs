//! Whatever secret a request holds, no control call and no line of the log ever shows it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use people_mock::app::App;
use people_mock::outcome::Outcome;
use proptest::prelude::*;

use crate::support::{Ask, TICKETS, app, get, post, put, raw, whole};

/// Where a client may put a secret, rightly or by mistake.
fn requests(password: &str, ticket: &str) -> Vec<Ask> {
    let person = format!(r#"{{"id":"new","firstName":"N","email":"n@x","password":"{password}"}}"#);
    let json = serde_json::to_string(password).unwrap();
    let encoded: String = form_urlencoded::byte_serialize(password.as_bytes()).collect();
    vec![
        post("/people", &person).by("admin"),
        post("/people", &person).by("zkovarova"),
        post("/people", &person[..person.len() - 1]).by("admin"),
        post("/people", &person.replace("password", "p\\u0061ssword")).by("admin"),
        post("/people", &person.replace("\"password\"", "password")).by("admin"),
        post("/people", &person.replace('"', "'")).by("admin"),
        post("/people", &format!("{{\"password\":{password}}}")).by("admin"),
        post("/people", &format!("{{\"password\":[{json}]}}")).by("admin"),
        post("/people", &format!("{{\"x\":{{\"PASSWORD\":{{\"y\":{json}}}}}}}")).by("admin"),
        post("/people", &format!("[{person},{person}]")).by("admin"),
        post("/people", &format!("password={encoded}&x=y"))
            .header("content-type", "application/x-www-form-urlencoded")
            .by("admin"),
        put("/people/zkovarova", &format!(r#"{{"oldPassword":{json},"password":{json}}}"#))
            .by("zkovarova"),
        get("/people").by(&format!("zkovarova:{password}")),
        get("/people").header("authorization", &format!("Bearer {}", STANDARD.encode(password))),
        get("/people").header("authorization", ticket),
        get("/people").header("cookie", &format!("session={ticket}; x={encoded}")),
        get("/people").header("x-api-token", &encoded),
        get("/people").header("referer", &format!("http://x/?alf_ticket={encoded}&y")),
        get(&format!("/people?alf_ticket={ticket}")),
        get(&format!("/people?alf_ticket={encoded}")),
        get(&format!("/people?password={encoded}")).by("admin"),
        get(&format!("/people?where={ticket}")).by("admin"),
        get(&format!("/people/{ticket}")).by("admin"),
        raw(Method::GET, &format!("/nowhere/{ticket}")),
        raw(Method::GET, &format!("/__admin/{ticket}")),
        raw(Method::GET, &format!("/__admin/requests/{ticket}")),
        raw(Method::PUT, &format!("/__admin/requests/{ticket}")),
        raw(Method::GET, &format!("{TICKETS}/{ticket}?alf_ticket={ticket}")),
        raw(Method::POST, TICKETS).body(format!(r#"{{"userId":"admin","password":{json}}}"#)),
        raw(Method::POST, TICKETS).body(format!(r#"{{"userId":"{ticket}","password":{json}"#)),
        ecg(Method::POST, "", &format!(r#"{{"firstName":"N","password":{json}}}"#)),
        ecg(Method::POST, "", &format!(r#"{{"firstName":"N","password":"{password}"#)),
        ecg(Method::POST, "", &format!(r#"{{"newPassword":{password}}}"#)),
        ecg(Method::POST, "", &format!(r#"{{"temporaryPassword":{json},}}"#)),
        ecg(Method::POST, "/x/change-password", &format!(r#"{{"oldPassword":{json}}}"#)),
        ecg(Method::POST, "/x/accounts", &format!(r#"{{"temporaryPassword":{json}}}"#)),
        raw(Method::GET, "/api/people/x").header("authorization", &format!("Bearer {encoded}")),
        raw(Method::GET, &format!("/api/people/x?password={encoded}&newPassword={encoded}")),
    ]
}

fn ecg(method: Method, path: &str, body: &str) -> Ask {
    raw(method, &format!("/api/people{path}"))
        .header("content-type", "application/json")
        .header("authorization", "Bearer admin-token")
        .body(body.to_owned())
}

/// Every control call that could tell of a request.
fn tellers(password: &str) -> Vec<Ask> {
    let call = |method, path: &str| raw(method, &format!("/__admin/{path}"));
    let mut calls = vec![
        call(Method::GET, "requests"),
        call(Method::GET, "sessions"),
        call(Method::GET, "metrics"),
        call(Method::GET, "health"),
        call(Method::GET, "snapshots"),
        call(Method::POST, "requests/find").body("{}"),
        call(Method::POST, "requests/verify")
            .body(r#"{"when":{"body":{"id":"x","password":"y"},"caller":"z"}}"#),
        call(Method::POST, "requests/verify")
            .body(r#"{"when":{"path":"x","query":{"alf_ticket":"y","where":"z"}}}"#),
        call(Method::POST, "requests/wait")
            .body(r#"{"when":{"headers":{"authorization":"x","referer":"y"}}}"#),
    ];
    let when =
        serde_json::json!({ "operation": "*.createPerson", "body": { "password": password } });
    let body = serde_json::json!({ "when": when }).to_string();
    calls.push(call(Method::POST, "requests/verify").body(body));
    calls.extend((1..50).map(|id| call(Method::GET, &format!("explain/{id}"))));
    calls
}

/// A log that a test reads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// All that is told of some requests: by control calls, by events, and by the log.
fn told(app: &App, requests: Vec<Ask>, password: &str) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let mut told = tracing::subscriber::with_default(subscriber, || {
        let Outcome::Stream(_, mut listener) = app.answer(raw(Method::GET, "/__admin/events").0)
        else {
            panic!("no stream")
        };
        let mut told = String::new();
        for ask in requests {
            let is_control = ask.0.uri.path().starts_with("/__admin");
            let answer = ask.whole(app);
            if is_control {
                told.push_str(&answer);
            }
        }
        for ask in tellers(password) {
            told.push_str(&whole(&ask.of(app)));
        }
        let context = std::task::Context::from_waker(std::task::Waker::noop());
        while let std::task::Poll::Ready(Some(bytes)) = listener.poll_next(&context) {
            told.push_str(std::str::from_utf8(&bytes).unwrap());
        }
        told
    });
    told.push_str(std::str::from_utf8(&log.0.lock().unwrap()).unwrap());
    assert!(told.contains("exchange"), "the log was read, too");
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn no_secret_is_ever_told(
        // Such as don't stand in any other place by chance.
        password in "[A-Z0-9!$%&/+#~^?;,.<>|(){}'=*-]{2}Zq[A-Za-z0-9!$ %&=+]{2,20}Qz",
        ticket in "TICKET_[0-9a-f]{40}",
    ) {
        static APP: LazyLock<App> = LazyLock::new(app);
        raw(Method::POST, "/__admin/reset").expect(&APP, 204);
        let told = told(&APP, requests(&password, &ticket), &password);
        let encoded: String = form_urlencoded::byte_serialize(password.as_bytes()).collect();
        let secrets = [
            password.clone(),
            // A part is too much already.
            password[..4].to_owned(),
            password[password.len() - 4..].to_owned(),
            encoded,
            STANDARD.encode(&password),
            ticket["TICKET_".len()..].to_owned(),
        ];
        for secret in secrets {
            if let Some(at) = told.find(&secret) {
                let from = told[..at].char_indices().rev().nth(300).map_or(0, |it| it.0);
                prop_assert!(false, "{secret:?} is told: …{}", &told[from..(at + secret.len())]);
            }
        }
    }
}

#[test]
fn a_ticket_that_the_vendor_gives_is_not_told_either() {
    let app = app();
    let ticket = crate::alfresco::ticket_of(&app, "admin");
    let told = told(&app, vec![get(&format!("/people/-me-?alf_ticket={ticket}"))], "s3cret");
    assert!(!told.contains(&ticket["TICKET_".len()..]), "{told}");
}
