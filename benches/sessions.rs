//! What a session costs: `cargo bench --bench sessions`.
//!
//! Making, resetting, snapshotting, restoring and copying one are timed with 100 and with 100,000
//! people, and then the memory of 1,000 sessions is weighed, each with a few changes. The people
//! are written to a folder, as a user's are.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that can't go on ends there")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, StatusCode};
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::fixtures::{Embedded, Layer};
use people_mock::http::Request;
use people_mock::outcome::Outcome;

const PEOPLE: &str = "/alfresco/api/-default-/public/alfresco/versions/1/people";
const ROUNDS: usize = 501;
const JOURNAL: usize = 32 << 20;

/// A server with so many people besides the default ones.
fn app(people: usize, journal_bytes: usize) -> App {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "[".to_owned();
    for index in 0..people {
        let comma = if index == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"id":"p{index:06}","firstName":"First {index}","lastName":"Last {}","email":"p{index}@example.com","jobTitle":"Tester","password":"x"}}"#,
            index % 977
        )
        .unwrap();
    }
    text.push(']');
    std::fs::create_dir(folder.path().join("alfresco")).unwrap();
    std::fs::write(folder.path().join("alfresco/people.json"), text).unwrap();
    let layers =
        vec![Layer::Embedded(Embedded::Fixtures), Layer::Directory(folder.path().to_owned())];
    App::load(Config { layers, seed: Some(1), journal_bytes, ..Config::default() }).unwrap()
}

fn ask(app: &App, method: Method, session: &str, path: &str, body: &'static str) -> StatusCode {
    let mut request = Request::new(method, path.parse().unwrap());
    request.headers.insert("x-mock-session", HeaderValue::from_str(session).unwrap());
    request.headers.insert("authorization", HeaderValue::from_static("Basic YWRtaW46YWRtaW4="));
    request.body = Ok(body.into());
    match app.answer(request) {
        Outcome::Answer(response) => response.status,
        _ => unreachable!("nothing waits here"),
    }
}

/// A few changes, and the lists that tests look at.
fn change(app: &App, session: &str) {
    const NEW: &str =
        r#"{"id":"new","firstName":"N","lastName":"N","email":"n@example.com","password":"n"}"#;
    let changed = r#"{"jobTitle":"changed"}"#;
    assert_eq!(ask(app, Method::POST, session, PEOPLE, NEW), 201);
    for person in ["p000001", "p000050", "admin"] {
        assert_eq!(ask(app, Method::PUT, session, &format!("{PEOPLE}/{person}"), changed), 200);
    }
    assert_eq!(ask(app, Method::GET, session, &format!("{PEOPLE}?maxItems=10"), ""), 200);
}

fn median(mut act: impl FnMut()) -> Duration {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = now();
        act();
        times.push(start.elapsed());
    }
    times.sort();
    times[ROUNDS / 2]
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is what a bench measures with")]
    Instant::now()
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

type Measured = Vec<(&'static str, Duration)>;

fn measure(app: &App) -> Measured {
    // The seed's order is made when a list is first asked for, once for all sessions.
    change(app, "s");
    let control = |method: &Method, path: &str, body: &'static str| {
        let status = ask(app, method.clone(), "s", &format!("/__admin{path}"), body);
        assert!(status.is_success(), "{method} {path}: {status}");
    };
    let mut number = 0;
    let mut measured: Measured = vec![(
        "first use (with its answer)",
        median(|| {
            number += 1;
            ask(app, Method::GET, &format!("n{number}"), &format!("{PEOPLE}/admin"), "");
        }),
    )];
    for (name, method, path, body) in [
        ("create", Method::POST, "/sessions", ""),
        ("snapshot", Method::PUT, "/snapshots/a", ""),
        ("restore", Method::POST, "/snapshots/a/restore", ""),
        ("reset", Method::POST, "/reset", ""),
        ("create from a session", Method::POST, "/sessions", r#"{"from":"session:s"}"#),
        ("create from a snapshot", Method::POST, "/sessions", r#"{"from":"snapshot:a"}"#),
    ] {
        measured.push((name, median(|| control(&method, path, body))));
    }
    control(&Method::POST, "/reset", "");
    let mut reset = Vec::new();
    for _ in 0..ROUNDS {
        change(app, "s");
        let start = now();
        control(&Method::POST, "/reset", "");
        reset.push(start.elapsed());
    }
    reset.sort();
    measured.push(("reset after five changes", reset[ROUNDS / 2]));
    measured
}

fn main() {
    let (small, large) = (app(100, JOURNAL), app(100_000, JOURNAL));
    println!("{:<28}{:>12}{:>16}{:>8}", "median of 501", "100 people", "100,000 people", "ratio");
    for ((name, small), (_, large)) in measure(&small).into_iter().zip(measure(&large)) {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        println!("{name:<28}{:>12}{:>16}{ratio:>8.2}", micros(small), micros(large));
    }
    drop(small);

    assert!(ask(&large, Method::DELETE, "default", "/__admin/sessions", "").is_success());
    change(&large, "warm");
    let before = resident_kib();
    for index in 0..1_000 {
        change(&large, &format!("m{index}"));
    }
    let grown = resident_kib().saturating_sub(before);
    println!("1,000 sessions of four changes and a list each, their journal included: {grown} KiB");

    // Until the journal is full and each exchange makes another one go.
    for (name, path) in [("person", "/admin"), ("page of 100", "?maxItems=100")] {
        let path = format!("{PEOPLE}{path}");
        let get = |app: &App| {
            for _ in 0..60_000 {
                ask(app, Method::GET, "default", &path, "");
            }
            let start = now();
            for _ in 0..20_000 {
                ask(app, Method::GET, "default", &path, "");
            }
            start.elapsed() / 20_000
        };
        let (off, on) = (get(&app(100, 0)), get(&app(100, JOURNAL)));
        println!("GET {name}, without sockets: {off:?} with no journal, {on:?} with a full one");
    }
}

fn micros(time: Duration) -> String {
    format!("{:.1} us", time.as_secs_f64() * 1e6)
}
