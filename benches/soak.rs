//! Ten minutes of everything at once: `cargo bench --bench soak` (`-- 60` for a minute of it).
//!
//! Readers and writers at full load, while fixtures are reloaded, good and broken ones, sessions
//! come, are reset and go, scenarios and faults strike, listeners come and go, and clients leave in
//! the middle. At the end it says how many requests failed that nothing had asked to fail, and what
//! memory was held at the start, in the middle and at the end. It fails if there was such a request,
//! or if memory grew after the first fifth of the time.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a soak that can't go on ends there")]
#![allow(clippy::disallowed_methods, reason = "it runs in real time")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PEOPLE: &str = "/alfresco/api/-default-/public/alfresco/versions/1/people";
const ADMIN: &str = "Authorization: Basic YWRtaW46YWRtaW4=\r\n";
const ECG: &str = "Authorization: Bearer admin-token\r\n";

/// How much memory may grow after the first fifth of the time, in percent.
const GROWTH: u64 = 10;

/// The server, and what has been seen of it.
struct Soak {
    address: SocketAddr,
    is_over: AtomicBool,
    answered: AtomicU64,
    /// Connections that broke as a fault said.
    broken: AtomicU64,
    /// Clients that left in the middle.
    left: AtomicU64,
    reloads: AtomicU64,
    sessions: AtomicU64,
    failed: AtomicU64,
    /// The first of those that failed and that nothing had asked to fail.
    failures: Mutex<Vec<String>>,
}

/// A connection that is kept.
struct Client<'a> {
    soak: &'a Soak,
    stream: Option<BufReader<TcpStream>>,
}

impl Soak {
    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    fn fail(&self, what: String) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut failures = self.failures.lock().unwrap();
        if failures.len() < 20 {
            failures.push(what);
        }
    }

    fn client(&self) -> Client<'_> {
        Client { soak: self, stream: None }
    }
}

impl Client<'_> {
    /// Asks, and says what came: a status, or nothing where the connection broke.
    fn ask(&mut self, head: &str, headers: &str, body: &str) -> Option<u16> {
        let status = self.try_ask(head, headers, body).ok();
        if status.is_none() {
            self.stream = None;
        }
        self.soak.answered.fetch_add(u64::from(status.is_some()), Ordering::Relaxed);
        status
    }

    /// Asks, and fails unless this comes.
    fn expect(&mut self, status: u16, head: &str, headers: &str, body: &str) {
        let given = self.ask(head, headers, body);
        if given != Some(status) {
            self.soak.fail(format!("{head} {headers:?} {body}: {given:?} and not {status}"));
        }
    }

    fn try_ask(&mut self, head: &str, headers: &str, body: &str) -> std::io::Result<u16> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.soak.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut().unwrap();
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Err(broken());
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| broken())?;
            }
            if line == "\r\n" {
                break;
            }
        }
        std::io::copy(&mut stream.take(length), &mut std::io::sink())
            .and_then(|read| if read == length { Ok(status) } else { Err(broken()) })
    }
}

/// People are read by everybody, while the files under them change.
fn read(soak: &Soak) {
    let mut client = soak.client();
    while soak.goes_on() {
        client.expect(200, &format!("GET {PEOPLE}/abeecher"), ADMIN, "");
        client.expect(200, &format!("GET {PEOPLE}?maxItems=10&orderBy=lastName"), ADMIN, "");
        client.expect(200, &format!("GET {PEOPLE}/abeecher/avatar"), ADMIN, "");
        client.expect(404, &format!("GET {PEOPLE}/nobody-at-all"), ADMIN, "");
        client.expect(401, &format!("GET {PEOPLE}/abeecher"), "", "");
        client.expect(404, "GET /api/people/00000000-0000-4000-8000-00000000dead", ECG, "");
    }
}

/// People are made in a session that is put back now and then, so that it doesn't grow for ever.
fn write(soak: &Soak, name: &str) {
    let mut client = soak.client();
    let base = format!("/__session/{name}");
    for round in 0_u64.. {
        for person in 0..200 {
            if !soak.goes_on() {
                return;
            }
            let (id, people) = (format!("p{round}-{person}"), format!("{base}{PEOPLE}"));
            let body =
                format!(r#"{{"id":"{id}","firstName":"A","email":"{id}@b.c","password":"x"}}"#);
            client.expect(201, &format!("POST {people}"), ADMIN, &body);
            client.expect(409, &format!("POST {people}"), ADMIN, &body);
            client.expect(200, &format!("PUT {people}/{id}"), ADMIN, r#"{"lastName":"B"}"#);
            client.expect(200, &format!("GET {people}/{id}"), ADMIN, "");
        }
        client.expect(201, &format!("PUT {base}/__admin/snapshots/one"), "", "");
        client.expect(204, &format!("POST {base}/__admin/reset"), "", "");
        client.expect(204, &format!("POST {base}/__admin/snapshots/one/restore"), "", "");
        client.expect(204, &format!("DELETE {base}/__admin/snapshots/one"), "", "");
        client.expect(204, &format!("POST {base}/__admin/reset"), "", "");
    }
}

/// Sessions come and go, each with a story and with errors of its own.
fn churn(soak: &Soak) {
    let mut client = soak.client();
    while soak.goes_on() {
        let id = soak.sessions.fetch_add(1, Ordering::Relaxed);
        let base = format!("/__session/churn-{id}");
        client.expect(200, &format!("POST {base}/__admin/scenarios/expired-session/start"), "", "");
        for expected in [200, 200, 200, 401, 401] {
            client.expect(expected, &format!("GET {base}{PEOPLE}/admin"), ADMIN, "");
        }
        let fault = r#"{"when":{"operation":"*.createPerson"},"times":1,"then":{"error":409}}"#;
        client.expect(201, &format!("POST {base}/__admin/faults"), "", fault);
        let body = r#"{"id":"new","firstName":"A","email":"a@b.c","password":"x"}"#;
        client.expect(409, &format!("POST {base}{PEOPLE}"), ADMIN, body);
        // Every other one is left to be evicted.
        if id.is_multiple_of(2) {
            client.expect(204, &format!("DELETE /__admin/sessions/churn-{id}"), "", "");
        }
    }
}

/// Connections break as told, and the next one is served.
fn breaks(soak: &Soak) {
    let mut client = soak.client();
    for round in 0.. {
        if !soak.goes_on() {
            return;
        }
        let base = "/__session/broken";
        let fault =
            ["reset", "close", "truncate", "malformedChunk", "garbage", "wrongLength"][round % 6];
        let rule = format!(
            r#"{{"when":{{"operation":"alfresco.*"}},"times":1,"then":{{"fault":"{fault}","delay":"2ms"}}}}"#
        );
        client.expect(201, &format!("POST {base}/__admin/faults"), "", &rule);
        match client.ask(&format!("GET {base}{PEOPLE}/admin"), ADMIN, "") {
            None => drop(soak.broken.fetch_add(1, Ordering::Relaxed)),
            // This client reads no chunks, and so sees a good head.
            Some(200) if fault == "malformedChunk" => client.stream = None,
            Some(status) => soak.fail(format!("{fault} gave {status}")),
        }
        client.expect(200, &format!("GET {base}{PEOPLE}/admin"), ADMIN, "");
        client.expect(204, &format!("DELETE {base}/__admin/faults"), "", "");
    }
}

/// Clients leave: in the middle of the head, of the body, of the answer, of a stream of events.
fn leave(soak: &Soak) {
    let list = format!("GET {PEOPLE}?maxItems=1000 HTTP/1.1\r\nHost: localhost\r\n{ADMIN}\r\n");
    let beginnings = [
        "GET /alfresco/api/-default-/pub".to_owned(),
        format!(
            "POST {PEOPLE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n{ADMIN}\r\n{{"
        ),
        list.repeat(20),
        "GET /__admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "\0\u{1}garbage".to_owned(),
    ];
    for round in 0.. {
        if !soak.goes_on() {
            return;
        }
        let Ok(mut stream) = TcpStream::connect(soak.address) else {
            soak.fail("no connection".to_owned());
            continue;
        };
        let beginning = &beginnings[round % beginnings.len()];
        // Whoever isn't served any more has left all the same.
        let _ = stream.write_all(beginning.as_bytes());
        if beginning.starts_with("GET /alfresco") && beginning.len() > 1000 {
            let _ = stream.read(&mut [0; 10]);
        }
        drop(stream);
        soak.left.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Fixtures change under everybody, and are broken now and then.
fn reload(soak: &Soak, folder: &Path) {
    let file = folder.join("alfresco/people.json");
    for round in 0.. {
        if !soak.goes_on() {
            return;
        }
        let text = if round % 5 == 4 {
            "[{".to_owned()
        } else {
            format!(
                r#"[{{"id":"changing","firstName":"V{round}","email":"c@b.c","password":"x"}}]"#
            )
        };
        let next = folder.join("next");
        std::fs::write(&next, text).unwrap();
        std::fs::rename(&next, &file).unwrap();
        soak.reloads.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(250));
    }
}

fn resident_kb(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn start(folder: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_people-mock"))
        .args(["--port", "0", "--log-level", "error", "--max-sessions", "200"])
        .args(["--fixtures", "embedded", "--fixtures"])
        .arg(folder)
        .stdout(Stdio::piped())
        // A broken file is told each time, and is meant.
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (_, address) = line.trim().rsplit_once("//").unwrap();
    (child, address.parse().unwrap())
}

fn main() {
    let argument = std::env::args().skip(1).find(|it| it != "--bench");
    let seconds =
        argument.map_or(600, |it| it.parse().expect("the argument is a number of seconds"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("alfresco")).unwrap();
    std::fs::write(folder.path().join("alfresco/people.json"), "[]").unwrap();
    let (mut child, address) = start(folder.path());
    let soak = Soak {
        address,
        is_over: AtomicBool::new(false),
        answered: AtomicU64::new(0),
        broken: AtomicU64::new(0),
        left: AtomicU64::new(0),
        reloads: AtomicU64::new(0),
        sessions: AtomicU64::new(0),
        failed: AtomicU64::new(0),
        failures: Mutex::default(),
    };
    // At the start, and after each tenth of the time.
    let mut held = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| read(&soak));
        }
        scope.spawn(|| write(&soak, "w1"));
        scope.spawn(|| write(&soak, "w2"));
        scope.spawn(|| churn(&soak));
        scope.spawn(|| breaks(&soak));
        scope.spawn(|| leave(&soak));
        scope.spawn(|| reload(&soak, folder.path()));
        let begin = Instant::now();
        println!("seconds   answers  resident kB");
        for tenth in 0..=10 {
            let until = Duration::from_secs(seconds) * tenth / 10;
            std::thread::sleep(until.saturating_sub(begin.elapsed()));
            held.push(resident_kb(&child));
            let (answered, last) = (count(&soak.answered), held[held.len() - 1]);
            println!("{:>7.1}  {answered:>8}  {last:>11}", until.as_secs_f64());
        }
        soak.is_over.store(true, Ordering::Relaxed);
    });
    // The server answers still, and ends well when it is told to.
    soak.client().expect(200, "GET /__admin/health", "", "");
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let end = child.wait().unwrap();
    if !end.success() {
        soak.fail(format!("the server ended with {end}"));
    }
    report(soak, &held);
}

/// Says how it went, and fails if that isn't well.
fn report(soak: Soak, held: &[u64]) {
    println!(
        "{} reloads, {} sessions, {} connections broken on purpose, {} clients left in the middle",
        count(&soak.reloads),
        count(&soak.sessions),
        count(&soak.broken),
        count(&soak.left),
    );
    let (answered, failed) = (count(&soak.answered), count(&soak.failed));
    println!("{failed} of {answered} requests failed that nothing had asked to fail");
    let (settled, last) = (held[2], held[10]);
    println!("memory: {} kB at the start, {} in the middle, {last} at the end", held[0], held[5]);

    let failures = soak.failures.into_inner().unwrap();
    assert!(failures.is_empty(), "the first of those that failed: {failures:#?}");
    assert!(
        last <= settled + settled * GROWTH / 100,
        "memory grew by more than {GROWTH} % from {settled} kB after a fifth of the time; in less than a minute it may still be filling its bounds"
    );
}

fn count(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
