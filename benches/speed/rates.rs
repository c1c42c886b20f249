//! Requests a second, their latency and what they cost, beside the baseline.

use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use people_mock::commands::generate::generate;
use people_mock::fixtures::generate::Profile;

use crate::clients::{self, NUMBER, Seen};
use crate::instructions::{OTHER_HEADER, OTHER_OPERATION, OTHER_PERSON, numbered};
use crate::over::{self, Over};
use crate::process::{PEOPLE, Server, request};
use crate::report::{head, median, row, thousands};

const CONNECTIONS: [usize; 4] = [1, 16, 64, 256];
/// Each has servers of its own: two processes of one program differ by some percent for as long as
/// they live, by where their memory happens to lie.
const ROUNDS: usize = 10;
const TURNS: usize = 2;

/// Long enough that how a turn begins, with new connections and cold caches, doesn't show.
const TIME: Duration = Duration::from_millis(1_200);

/// How long the servers are asked before anything is measured: ours until its journal is full, and
/// writes to memory that it has had before.
const WARM_UP: Duration = Duration::from_millis(4_500);
const WARM_UP_OF_BARE: Duration = Duration::from_millis(500);

/// How many people there are where each page is another one: a page of 100 at every number of four
/// digits.
pub(crate) const MANY: u64 = 10_100;

/// What is asked.
#[derive(Clone, Copy)]
struct Work<'a> {
    name: &'a str,
    request: &'a str,
    over: Over,
    flags: &'a [&'a str],
    connections: &'a [usize],
}

/// Logs nothing of what goes well, as one would under load.
pub(crate) const QUIET: &[&str] = &["--log-level", "warn"];

pub(crate) fn measure() -> String {
    over::make_certificate();
    let folder = tempfile::tempdir().unwrap();
    generate(MANY, 1, Profile::Plain, folder.path()).unwrap();
    let folder = folder.path().to_str().unwrap();
    let many = [QUIET, &["--fixtures", "embedded", "--fixtures", folder]].concat();

    let person = request("GET", &format!("{PEOPLE}/sappho"), "");
    let page = request("GET", &format!("{PEOPLE}?maxItems=100"), "");
    let pages = request("GET", &format!("{PEOPLE}?maxItems=100&skipCount=####"), "");
    let avatar = request("GET", &format!("{PEOPLE}/abeecher/avatar"), "");
    let new = format!(
        r#"{{"id":"p{NUMBER}","firstName":"Ann","lastName":"Other","email":"ann@example.com","password":"secret"}}"#
    );
    let new = request("POST", PEOPLE, &new);
    let person = Work {
        name: "GET person",
        request: &person,
        over: Over::Http1,
        flags: QUIET,
        connections: &CONNECTIONS,
    };
    let at_16 = Work { connections: &[16], ..person };
    let works = [
        person,
        Work { name: "page of 100", request: &page, ..person },
        Work { name: "page of 100, another one each time", request: &pages, flags: &many, ..at_16 },
        Work { name: "avatar of 5 kB", request: &avatar, ..person },
        Work { name: "POST person", request: &new, ..person },
        Work { name: "GET person, each one logged", flags: &[], ..at_16 },
        Work { name: "GET person over TLS", over: Over::TlsHttp1, ..at_16 },
        Work { name: "GET person over HTTP/2", over: Over::Http2, ..at_16 },
        Work { name: "GET person over HTTP/2 and TLS", over: Over::TlsHttp2, ..at_16 },
    ];
    let mut text = head(&[
        "what",
        "connections",
        "requests/s",
        "bare hyper",
        "ratio",
        "p99",
        "bare hyper",
        "ratio",
        "CPU s / 100,000",
        "bare hyper",
    ]);
    for work in &works {
        text += &compare(work);
    }
    text
}

/// What is answered, without the header that only this connection made necessary.
fn answered(server: &Server, request: &str) -> Vec<u8> {
    // With the page in the middle, where there are pages.
    let answer = server.ask(&request.replace('#', "5"));
    let close = b"connection: close\r\n";
    let at = answer.windows(close.len()).position(|it| it == close).unwrap();
    [&answer[..at], &answer[at + close.len()..]].concat()
}

/// A hundred people, and an avatar of noise that no packing makes smaller.
pub(crate) fn fill(server: &Server) {
    for index in 0..100 {
        let new = format!(
            r#"{{"id":"filler{index}","firstName":"F{index}","lastName":"L","email":"f@example.com","password":"p"}}"#
        );
        let answer = server.ask(&request("POST", PEOPLE, &new));
        assert!(answer.starts_with(b"HTTP/1.1 201"), "{}", String::from_utf8_lossy(&answer));
    }
    let mut dice = fastrand::Rng::with_seed(1);
    let noise = RgbImage::from_fn(40, 40, |_, _| Rgb([dice.u8(..), dice.u8(..), dice.u8(..)]));
    let mut png = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut png, ImageFormat::Png).unwrap();
    let type_and_length =
        format!("\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n", png.get_ref().len());
    let head = request("PUT", &format!("{PEOPLE}/abeecher/avatar"), "");
    let answer = server.send(&head.replace("\r\n\r\n", &type_and_length), png.get_ref());
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

/// Asks people-mock and the baseline.
fn compare(work: &Work) -> String {
    let both = || {
        let mock = Server::mock(work.over, work.flags);
        fill(&mock);
        let answer = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(answer.path(), answered(&mock, work.request)).unwrap();
        let bare = Server::bare(work.over, answer.path());
        clients::ask(&mock, 64, WARM_UP, work.request);
        clients::ask(&bare, 64, WARM_UP_OF_BARE, work.request);
        (mock, bare)
    };
    let rows = work.connections.iter().zip(in_turns(work, both));
    rows.map(|(connections, pairs)| compared(work.name, *connections, &pairs)).collect()
}

/// What a hundred rules cost that are about something else, beside the same server without any, and
/// beside none at all, to tell what is noise.
pub(crate) fn measure_rules() -> String {
    let played = [
        ("none, to see the noise", ""),
        ("another operation", OTHER_OPERATION),
        ("this operation and another person", OTHER_PERSON),
        ("this operation and another header", OTHER_HEADER),
    ];
    let request = request("GET", &format!("{PEOPLE}/sappho"), "");
    let mut text = head(&[
        "100 rules about",
        "connections",
        "requests/s",
        "without",
        "ratio",
        "CPU s / 100,000",
        "without",
    ]);
    for (name, rule) in played {
        let over = Over::Http1;
        let work = Work { name, request: &request, over, flags: QUIET, connections: &[16] };
        let both = || {
            let servers = [rule, ""].map(|rule| {
                let server = Server::mock(work.over, work.flags);
                play(&server, rule);
                clients::ask(&server, 64, WARM_UP, work.request);
                server
            });
            servers.into()
        };
        for (connections, pairs) in work.connections.iter().zip(in_turns(&work, both)) {
            let (mock, without, ratio) = medians(&pairs, &|it| it.per_second);
            text += &row(&[
                &name,
                connections,
                &thousands(mock),
                &thousands(without),
                &format!("**{ratio:.2}**"),
                &format!("{:.2}", cost(pairs.iter().map(|it| it.0))),
                &format!("{:.2}", cost(pairs.iter().map(|it| it.1))),
            ]);
        }
    }
    text
}

/// Puts a hundred faults in, each of which is about something of its own.
fn play(server: &Server, rule: &str) {
    for number in 0..if rule.is_empty() { 0 } else { 100 } {
        let answer = server.ask(&request("POST", "/__admin/faults", &numbered(rule, number)));
        assert!(answer.starts_with(b"HTTP/1.1 201"), "{}", String::from_utf8_lossy(&answer));
    }
}

/// Asks two servers in turns, since what else the machine has to do comes and goes.
fn in_turns(work: &Work, start: impl Fn() -> (Server, Server)) -> Vec<Vec<(Run, Run)>> {
    let mut pairs: Vec<_> = work.connections.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        let (mock, other) = start();
        for (pairs, connections) in pairs.iter_mut().zip(work.connections) {
            let run = |server: &Server| {
                let before = server.cpu();
                let seen = clients::ask(server, *connections, TIME, work.request);
                (seen, server.cpu().saturating_sub(before))
            };
            for _ in 0..TURNS {
                if work.request.starts_with("POST") {
                    // People stay; each turn begins with as many.
                    mock.ask(&request("POST", "/__admin/reset", ""));
                }
                pairs.push((run(&mock), run(&other)));
            }
        }
    }
    pairs
}

/// What a server's clients saw, and what the server took.
type Run = (Seen, Duration);

fn compared(name: &str, connections: usize, pairs: &[(Run, Run)]) -> String {
    let rates = medians(pairs, &|it| it.per_second);
    let tails = medians(pairs, &|it| it.p99.as_secs_f64() * 1e6);
    row(&[
        &name,
        &connections,
        &thousands(rates.0),
        &thousands(rates.1),
        &format!("**{:.2}**", rates.2),
        &format!("{:.0} µs", tails.0),
        &format!("{:.0} µs", tails.1),
        &format!("{:.2}", tails.2),
        &format!("{:.2}", cost(pairs.iter().map(|it| it.0))),
        &format!("{:.2}", cost(pairs.iter().map(|it| it.1))),
    ])
}

/// The median of a figure for one server, for the other, and of the ratios of their turns.
fn medians(pairs: &[(Run, Run)], figure: &dyn Fn(&Seen) -> f64) -> (f64, f64, f64) {
    let one = median(pairs.iter().map(|((it, _), _)| figure(it)).collect());
    let other = median(pairs.iter().map(|(_, (it, _))| figure(it)).collect());
    let ratio = median(pairs.iter().map(|((a, _), (b, _))| figure(a) / figure(b)).collect());
    (one, other, ratio)
}

/// Seconds of a processor that 100,000 answers took.
fn cost(runs: impl Iterator<Item = Run>) -> f64 {
    let (answers, cpu) = runs.fold((0, Duration::ZERO), |(answers, cpu), (seen, more)| {
        (answers + seen.answers, cpu + more)
    });
    cpu.as_secs_f64() / answers as f64 * 1e5
}
