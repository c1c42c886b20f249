//! Instructions of a request, without sockets: a count that no other process disturbs.

use std::process::Command;

use http::{HeaderValue, Method};
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::http::{Request, Response};
use people_mock::outcome::Outcome;

use crate::clients::NUMBER;
use crate::process::PEOPLE;
use crate::report::{head, row, thousands};

/// What `GET person` takes, in a release and as it is compiled for tests. Who makes it cheaper lowers
/// this; who has to raise it says why.
const BUDGET: f64 = if cfg!(debug_assertions) { 38_000.0 } else { 4_750.0 };
/// By how much it may grow before the bench fails.
const TOLERANCE: f64 = 1.15;

/// How often it is asked in two processes, whose difference counts. Many more, since each process has
/// hashes of its own, and some percent more or less to do for every request.
const FEW: u32 = 2_000;
const MANY: u32 = 12_000;

/// What is asked, and what a session plays meanwhile: so many faults, each about this.
struct Work {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: &'static str,
    rules: (u32, &'static str),
}

/// Rules that are about something else than a request of `GET person`.
pub(crate) const OTHER_OPERATION: &str =
    r#"{"when":{"operation":"alfresco.createPerson"},"then":{"error":503}}"#;
pub(crate) const OTHER_PERSON: &str = r#"{"when":{"operation":"alfresco.getPerson","personId":"p############"},"then":{"error":503}}"#;
pub(crate) const OTHER_HEADER: &str = r#"{"when":{"operation":"alfresco.getPerson","headers":{"Host":"tenant-############"}},"then":{"error":503}}"#;

/// The first of them has a budget.
const WORKS: [Work; 7] = [
    Work::plain("`GET person`", "GET", "/sappho", ""),
    Work {
        rules: (100, OTHER_OPERATION),
        ..Work::plain("with 100 rules about another operation", "GET", "/sappho", "")
    },
    Work {
        rules: (100, OTHER_PERSON),
        ..Work::plain(
            "with 100 rules about this operation and another person",
            "GET",
            "/sappho",
            "",
        )
    },
    Work {
        rules: (100, OTHER_HEADER),
        ..Work::plain(
            "with 100 rules about this operation and another header",
            "GET",
            "/sappho",
            "",
        )
    },
    Work::plain("page of 100", "GET", "?maxItems=100", ""),
    Work::plain("avatar", "GET", "/abeecher/avatar", ""),
    Work::plain(
        "`POST person`",
        "POST",
        "",
        r#"{"id":"p############","firstName":"Ann","lastName":"Other","email":"ann@example.com","password":"secret"}"#,
    ),
];

impl Work {
    const fn plain(
        name: &'static str,
        method: &'static str,
        path: &'static str,
        body: &'static str,
    ) -> Self {
        Self { name, method, path, body, rules: (0, "") }
    }

    fn request(&self) -> Request {
        let target = format!("{PEOPLE}{}", self.path);
        let mut request = Request::new(self.method.parse().unwrap(), target.parse().unwrap());
        for (name, value) in
            [("host", "127.0.0.1:8080"), ("authorization", "Basic YWRtaW46YWRtaW4=")]
        {
            request.headers.insert(name, HeaderValue::from_static(value));
        }
        if !self.body.is_empty() {
            let json = HeaderValue::from_static("application/json");
            request.headers.insert("content-type", json);
        }
        request
    }
}

pub(crate) fn measure() -> String {
    let mut text =
        head(&["through `App::answer`, with authentication and journal", "instructions"]);
    for (index, work) in WORKS.iter().enumerate() {
        let each = if index == 0 { check() } else { count_each(index) };
        text += &row(&[&work.name, &thousands(each)]);
    }
    text
}

/// What `GET person` takes, unless that is more than it may.
pub(crate) fn check() -> f64 {
    let each = count_each(0);
    assert!(
        each <= BUDGET * TOLERANCE,
        "GET person takes {each:.0} instructions, and {BUDGET} are its budget: make it cheaper, or raise the budget and say why"
    );
    each
}

fn count_each(work: usize) -> f64 {
    (count(MANY, work) - count(FEW, work)) / f64::from(MANY - FEW)
}

/// All instructions of a process that asks so many times.
fn count(times: u32, work: usize) -> f64 {
    let out = tempfile::NamedTempFile::new().unwrap();
    let done = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", out.path().display()))
        .arg(std::env::current_exe().unwrap())
        .args(["ask", &times.to_string(), &work.to_string()])
        .output()
        .expect("valgrind counts instructions: `apt-get install valgrind`");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = std::fs::read_to_string(out.path()).unwrap();
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
    totals.trim().parse().unwrap()
}

/// That process.
pub(crate) fn ask(times: &str, work: &str) {
    // The journal is small, so that it is full soon, and each exchange makes another one go.
    let app = App::load(Config { seed: Some(1), journal_bytes: 1 << 20, ..Config::default() });
    let app = app.ok().unwrap();
    let work = &WORKS[work.parse::<usize>().unwrap()];
    for index in 0..100 {
        let body = format!(
            r#"{{"id":"filler{index}","firstName":"F{index}","lastName":"L","email":"f@example.com","password":"p"}}"#
        );
        let mut request = Work::plain("", "POST", "", "x").request();
        request.body = Ok(body.into());
        assert_eq!(answered(&app, request).status, 201);
    }
    for number in 0..work.rules.0 {
        let mut request = Request::new(Method::POST, "/__admin/faults".parse().unwrap());
        request.headers.insert("host", HeaderValue::from_static("127.0.0.1:8080"));
        request.body = Ok(numbered(work.rules.1, number).into());
        assert_eq!(answered(&app, request).status, 201);
    }
    let request = work.request();
    for number in 0..times.parse().unwrap() {
        let mut request = request.clone();
        if !work.body.is_empty() {
            request.body = Ok(numbered(work.body, number).into());
        }
        assert!(answered(&app, request).status.is_success());
    }
}

pub(crate) fn numbered(text: &str, number: u32) -> String {
    text.replace(NUMBER, &format!("{number:012}"))
}

fn answered(app: &App, request: Request) -> Response {
    match app.answer(request) {
        Outcome::Answer(response) => response,
        _ => unreachable!("nothing waits here"),
    }
}
