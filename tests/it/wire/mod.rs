//! Bytes on a socket: what hyper and the server make of them, and what a client gets to read.
//!
//! Nothing is timed. A deadline is there to turn a hang into a failure.

mod client;
mod faults;
mod http2;
mod tls;

use std::net::TcpStream;

use crate::support::{PEOPLE_API, TICKETS, app, app_with};
use client::{DEADLINE, Server};

const LOGIN: &str = r#"{"userId":"admin","password":"admin"}"#;
const ADMIN: &str = "Authorization: Basic YWRtaW46YWRtaW4=";

fn get(path: &str, header: &str) -> String {
    format!("GET {PEOPLE_API}{path} HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n")
}

/// The head of a login, whose body is told about by a header.
fn login_head(header: &str) -> String {
    format!("POST {TICKETS} HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n")
}

fn login() -> String {
    login_head(&format!("Content-Length: {}", LOGIN.len())) + LOGIN
}

const TOO_LARGE: &str = "larger than the maximum upload size";

fn small_server() -> Server {
    Server::start(app_with(|config| config.max_body = 1000))
}

#[test]
fn a_connection_is_kept_for_the_next_request() {
    let server = Server::start(app());
    let mut client = server.connect();
    for _ in 0..3 {
        client.send(get("/people/-me-", ADMIN));
        assert_eq!(client.answer().status, 200);
        client.send(get("/people/-me-", "Accept: */*"));
        assert_eq!(client.answer().status, 401);
        client.send(login());
        assert_eq!(client.answer().status, 201);
    }
}

#[test]
fn a_connection_is_closed_for_whoever_wants_it_so() {
    let server = Server::start(app());
    for request in [
        get("/people/-me-", "Connection: close"),
        format!("GET {PEOPLE_API}/people/-me- HTTP/1.0\r\n\r\n"),
    ] {
        let mut client = server.connect();
        client.send(request);
        assert_eq!(client.answer().status, 401);
        client.check_closed();
    }
}

#[test]
fn requests_that_come_together_are_answered_in_their_order() {
    let server = Server::start(app());
    let mut client = server.connect();
    let ids = ["admin", "sappho", "tnguyen", "csmith", "guest"];
    let requests: Vec<_> =
        ids.iter().map(|id| get(&format!("/people/{id}?fields=id"), ADMIN)).collect();
    client.send(requests.concat() + &login() + &get("/people/nobody", ADMIN));
    for id in ids {
        assert_eq!(client.answer().body, format!(r#"{{"entry":{{"id":"{id}"}}}}"#));
    }
    assert_eq!(client.answer().status, 201);
    assert_eq!(client.answer().status, 404);
}

#[test]
fn an_answer_does_not_wait_for_the_rest_of_the_next_request() {
    let server = Server::start(app());
    let mut client = server.connect();
    client.send(get("/people/-me-", ADMIN) + "GET /half");
    assert_eq!(client.answer().status, 200);
    client.send(" HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().status, 404);
}

#[test]
fn a_head_is_refused_without_a_body() {
    let server = Server::start(app());
    let mut client = server.connect();
    client.send(get("/people", ADMIN).replace("GET", "HEAD"));
    assert_eq!(client.head().status, 405);
    // Whatever came after the head would now be taken for the next answer.
    client.send(get("/people/-me-", ADMIN));
    assert_eq!(client.answer().status, 200);
}

#[test]
fn a_body_may_come_in_chunks() {
    let server = Server::start(app());
    let mut client = server.connect();
    client.send(login_head("Transfer-Encoding: chunked"));
    for part in LOGIN.as_bytes().chunks(7) {
        client.send(format!("{:x};ext=1\r\n", part.len()));
        client.send(part);
        client.send("\r\n");
    }
    client.send("0\r\nTrailer: x\r\n\r\n");
    assert_eq!(client.answer().status, 201);
}

#[test]
fn whoever_asks_first_is_told_to_go_on() {
    let server = small_server();
    let mut client = server.connect();
    client.send(login_head(&format!("Expect: 100-continue\r\nContent-Length: {}", LOGIN.len())));
    assert_eq!(client.head().status, 100);
    client.send(LOGIN);
    assert_eq!(client.answer().status, 201);
}

#[test]
fn whoever_asks_first_with_too_much_is_refused_at_once() {
    let server = small_server();
    for _ in 0..20 {
        let mut client = server.connect();
        client.send(login_head("Expect: 100-continue\r\nContent-Length: 1001"));
        client.answer().check_problem(413, TOO_LARGE);
    }
}

#[test]
fn whoever_sends_too_much_gets_to_read_why() {
    let server = small_server();
    let much = vec![b' '; 8 << 20];

    let mut client = server.connect();
    client.send(login_head(&format!("Content-Length: {}", much.len())));
    client.send(&much);
    client.answer().check_problem(413, TOO_LARGE);
    client.send(get("/people/-me-", ADMIN));
    assert_eq!(client.answer().status, 200, "and may go on");

    let mut client = server.connect();
    client.send(login_head("Transfer-Encoding: chunked"));
    for part in much.chunks(1 << 20) {
        client.send(format!("{:x}\r\n", part.len()));
        client.send(part);
        client.send("\r\n");
    }
    client.send("0\r\n\r\n");
    client.answer().check_problem(413, TOO_LARGE);

    // A body of just the limit is read, and refused for what it is.
    let mut client = server.connect();
    client.send(login_head("Content-Length: 1000"));
    client.send(&much[..1000]);
    client.answer().check_problem(400, "No content to map due to end-of-input");
}

#[test]
fn broken_chunks_are_a_bad_request_in_the_vendors_shape() {
    let server = Server::start(app());
    for chunk in ["zz\r\n", "5\r\nabcdefg\r\n", "-1\r\n", "\r\n", "fffffffffffffffff\r\n"] {
        let mut client = server.connect();
        client.send(login_head("Transfer-Encoding: chunked"));
        client.send(chunk);
        let answer = client.answer();
        answer.check_problem(400, "Could not read content from HTTP request body: ");
        client.check_closed();
    }
}

#[test]
fn a_client_that_leaves_in_the_middle_of_an_upload_harms_nobody() {
    let server = Server::start(app());
    let person = |header: &str| {
        format!("PUT {PEOPLE_API}/people/sappho HTTP/1.1\r\nHost: x\r\n{ADMIN}\r\n{header}\r\n\r\n")
    };
    for n in 0..20 {
        let mut client = server.connect();
        client.send(if n % 2 == 0 {
            person("Content-Length: 100") + r#"{"jobTitle":"half"}"#
        } else {
            person("Transfer-Encoding: chunked") + "13\r\n{\"jobTitle\":\"half\"}\r\n"
        });
        drop(client);
    }
    server.check_health();
    let answer = server.ask(&get("/people/sappho", ADMIN));
    assert!(answer.body.contains("Poet in residence"), "{answer:?}");
}

#[test]
fn many_are_served_at_once() {
    let server = Server::start(app());
    let mut clients: Vec<_> = (0..64).map(|_| server.connect()).collect();
    // All have begun before any has ended.
    let (begin, end) = LOGIN.split_at(9);
    for client in &mut clients {
        client.send(login_head(&format!("Content-Length: {}", LOGIN.len())) + begin);
    }
    for client in &mut clients {
        client.send(end);
    }
    let tickets: Vec<_> = clients.iter_mut().map(|client| client.answer().body).collect();
    assert!(tickets.iter().all(|ticket| *ticket == tickets[0]));
    assert!(tickets[0].contains("TICKET_"));
}

#[test]
fn odd_targets_are_answered() {
    let server = Server::start(app());
    let line = |line: &str| server.ask(&format!("{line} HTTP/1.1\r\nHost: x\r\n{ADMIN}\r\n\r\n"));

    let absolute = line(&format!("GET http://elsewhere:1/{}/people/-me-", &PEOPLE_API[1..]));
    assert_eq!(absolute.status, 200, "{absolute:?}");
    assert_eq!(line("OPTIONS *").status, 404);
    assert_eq!(line("GET /").status, 404);

    let long = "a".repeat(20_000);
    let answer = line(&format!("GET {PEOPLE_API}/people/{long}"));
    answer.check_problem(404, &format!("The entity with id: {long} was not found"));
    let answer = line(&format!("GET {PEOPLE_API}/people/{}", "a".repeat(100_000)));
    assert_eq!(answer.status, 414);

    // Bytes beyond ASCII are not escaped by every client; read as UTF-8, they name somebody.
    line(&format!("GET {PEOPLE_API}/people/Žofie"))
        .check_problem(404, "The entity with id: Žofie was not found");
    line(&format!("GET {PEOPLE_API}/people/%FF")).check_problem(404, "The entity with id: ");
    line(&format!("GET {PEOPLE_API}/people/%00")).check_problem(404, "The entity with id: ");
    line(&format!("GET {PEOPLE_API}/people/%zz")).check_problem(400, "");
    server.check_health();
}

#[test]
fn what_is_no_http_is_refused_and_harms_nobody() {
    let server = Server::start(app());
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"hello\r\n\r\n", b"GET\r\n\r\n"] {
        let mut client = server.connect();
        client.send(bytes);
        assert_eq!(client.head().status, 400);
    }
    server.check_health();
}

#[test]
fn a_server_that_is_told_to_stop_lets_requests_under_way_finish() {
    let server = Server::start(app());
    let mut idle = server.connect();
    idle.send(get("/people/-me-", ADMIN));
    assert_eq!(idle.answer().status, 200);
    let mut silent = server.connect();
    let mut busy = server.connect();
    busy.send(login_head(&format!("Expect: 100-continue\r\nContent-Length: {}", LOGIN.len())));
    assert_eq!(busy.head().status, 100, "under way for certain");

    let Server { runtime, address, stop, running, .. } = server;
    stop.send(()).unwrap();
    idle.check_closed();
    silent.check_closed();
    assert!(TcpStream::connect(address).is_err(), "nobody new is let in");

    busy.send(LOGIN);
    let answer = busy.answer();
    assert_eq!(answer.status, 201);
    busy.check_closed();
    let ended = async { tokio::time::timeout(DEADLINE, running).await };
    runtime.block_on(ended).unwrap().unwrap();
}
