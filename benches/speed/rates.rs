//! Requests a second, their latency and what they cost, beside the baseline.

use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};

use crate::clients::{self, NUMBER, Seen};
use crate::process::{PEOPLE, Server, request};
use crate::report::{head, median, row, thousands};

const CONNECTIONS: [usize; 4] = [1, 16, 64, 256];
const ROUNDS: usize = 7;
const TIME: Duration = Duration::from_millis(600);

/// What is asked.
struct Work {
    name: &'static str,
    request: String,
    flags: &'static [&'static str],
    connections: &'static [usize],
}

/// Logs nothing of what goes well, as one would under load.
const QUIET: &[&str] = &["--log-level", "warn"];

pub(crate) fn measure() -> String {
    let person = request("GET", &format!("{PEOPLE}/sappho"), "");
    let new = format!(
        r#"{{"id":"p{NUMBER}","firstName":"Ann","lastName":"Other","email":"ann@example.com","password":"secret"}}"#
    );
    let work = |name, request: &str| Work {
        name,
        request: request.to_owned(),
        flags: QUIET,
        connections: &CONNECTIONS,
    };
    let works = [
        work("GET person", &person),
        work("page of 100", &request("GET", &format!("{PEOPLE}?maxItems=100"), "")),
        work("avatar of 5 kB", &request("GET", &format!("{PEOPLE}/abeecher/avatar"), "")),
        work("POST person", &request("POST", PEOPLE, &new)),
        Work { flags: &[], connections: &[16], ..work("GET person, each one logged", &person) },
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
        let mock = Server::mock(work.flags);
        fill(&mock);
        let answer = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(answer.path(), answered(&mock, &work.request)).unwrap();
        let bare = Server::bare(answer.path());
        for &connections in work.connections {
            text += &compare(work, connections, &mock, &bare);
        }
    }
    text
}

/// What is answered, without the header that only this connection made necessary.
fn answered(server: &Server, request: &str) -> Vec<u8> {
    let answer = server.ask(&request.replace(NUMBER, "000000000000"));
    let close = b"connection: close\r\n";
    let at = answer.windows(close.len()).position(|it| it == close).unwrap();
    [&answer[..at], &answer[at + close.len()..]].concat()
}

/// A hundred people, and an avatar of noise that no packing makes smaller.
fn fill(server: &Server) {
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
    put(server, &format!("{PEOPLE}/abeecher/avatar"), png.get_ref());
}

fn put(server: &Server, path: &str, body: &[u8]) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
    let head = request("PUT", path, "").replace("\r\n\r\n", "\r\nContent-Type: image/png\r\n");
    write!(stream, "{head}Connection: close\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn compare(work: &Work, connections: usize, mock: &Server, bare: &Server) -> String {
    let run = |server: &Server| {
        let before = server.cpu();
        let seen = clients::ask(&server.address, connections, TIME, &work.request);
        (seen, server.cpu().saturating_sub(before))
    };
    let pairs: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let pair = (run(mock), run(bare));
            if work.request.starts_with("POST") {
                // People stay; the next round begins with as many as this one did.
                mock.ask(&request("POST", "/__admin/reset", ""));
            }
            pair
        })
        .collect();
    let rate = |seen: &Seen| seen.per_second;
    let p99 = |seen: &Seen| seen.p99.as_secs_f64() * 1e6;
    let both = |figure: &dyn Fn(&Seen) -> f64| {
        let mock = median(pairs.iter().map(|((it, _), _)| figure(it)).collect());
        let bare = median(pairs.iter().map(|(_, (it, _))| figure(it)).collect());
        let ratio = median(pairs.iter().map(|((a, _), (b, _))| figure(a) / figure(b)).collect());
        (mock, bare, ratio)
    };
    let cost = |of: &dyn Fn(usize) -> (Seen, Duration)| {
        let all = (0..ROUNDS).map(of);
        let (answers, cpu) = all.fold((0, Duration::ZERO), |(answers, cpu), (seen, more)| {
            (answers + seen.answers, cpu + more)
        });
        cpu.as_secs_f64() / answers as f64 * 1e5
    };
    let (rates, tails) = (both(&rate), both(&p99));
    row(&[
        &work.name,
        &connections,
        &thousands(rates.0),
        &thousands(rates.1),
        &format!("**{:.2}**", rates.2),
        &format!("{:.0} µs", tails.0),
        &format!("{:.0} µs", tails.1),
        &format!("{:.2}", tails.2),
        &format!("{:.2}", cost(&|round| pairs[round].0)),
        &format!("{:.2}", cost(&|round| pairs[round].1)),
    ])
}
