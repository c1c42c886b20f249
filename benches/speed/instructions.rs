//! Instructions of a request, without sockets: a count that no other process disturbs.

use std::process::Command;

use http::{HeaderValue, Method};
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::http::{Request, Response};
use people_mock::outcome::Outcome;

use crate::process::PEOPLE;
use crate::report::{head, row, thousands};

/// What `GET person` takes. Who makes it cheaper lowers this; who has to raise it says why.
const BUDGET: f64 = 12_000.0;
/// By how much it may grow before the bench fails.
const TOLERANCE: f64 = 1.15;

const FEW: u32 = 2_000;
const MANY: u32 = 12_000;

/// What a session plays meanwhile: so many faults, each about this.
const PLAYED: [(&str, u32, &str); 3] = [
    ("`GET person`", 0, ""),
    (
        "with 100 rules about another operation",
        100,
        r#"{"when":{"operation":"alfresco.createPerson"},"then":{"error":503}}"#,
    ),
    (
        "with 100 rules about this operation and another person",
        100,
        r#"{"when":{"operation":"alfresco.getPerson","personId":"tnguyen"},"then":{"error":503}}"#,
    ),
];

pub(crate) fn measure() -> String {
    let mut text =
        head(&["through `App::answer`, with authentication and journal", "instructions"]);
    for (index, (name, ..)) in PLAYED.iter().enumerate() {
        let each = (count(MANY, index) - count(FEW, index)) / f64::from(MANY - FEW);
        assert!(
            index > 0 || each <= BUDGET * TOLERANCE,
            "GET person takes {each:.0} instructions, and {BUDGET} are its budget: make it cheaper, or raise the budget and say why"
        );
        text += &row(&[name, &thousands(each)]);
    }
    text
}

/// All instructions of a process that asks so many times.
fn count(times: u32, played: usize) -> f64 {
    let out = tempfile::NamedTempFile::new().unwrap();
    let done = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", out.path().display()))
        .arg(std::env::current_exe().unwrap())
        .args(["ask", &times.to_string(), &played.to_string()])
        .output()
        .expect("valgrind counts instructions: `apt-get install valgrind`");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = std::fs::read_to_string(out.path()).unwrap();
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
    totals.trim().parse().unwrap()
}

/// That process.
pub(crate) fn ask(times: &str, played: &str) {
    // The journal is small, so that it is full soon, and each exchange makes another one go.
    let app = App::load(Config { seed: Some(1), journal_bytes: 1 << 20, ..Config::default() });
    let app = app.ok().unwrap();
    let (_, rules, rule) = PLAYED[played.parse::<usize>().unwrap()];
    for _ in 0..rules {
        let mut request = Request::new(Method::POST, "/__admin/faults".parse().unwrap());
        request.headers.insert("host", HeaderValue::from_static("127.0.0.1:8080"));
        request.body = Ok(rule.into());
        assert_eq!(answered(&app, request).status, 201);
    }
    let mut request = Request::new(Method::GET, format!("{PEOPLE}/sappho").parse().unwrap());
    for (name, value) in [("host", "127.0.0.1:8080"), ("authorization", "Basic YWRtaW46YWRtaW4=")] {
        request.headers.insert(name, HeaderValue::from_static(value));
    }
    for _ in 0..times.parse().unwrap() {
        assert_eq!(answered(&app, request.clone()).status, 200);
    }
}

fn answered(app: &App, request: Request) -> Response {
    match app.answer(request) {
        Outcome::Answer(response) => response,
        _ => unreachable!("nothing waits here"),
    }
}
