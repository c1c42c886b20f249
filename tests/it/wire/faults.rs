//! What a client sees of each fault, byte by byte, on HTTP/1.1.
//!
//! Before each fault the same connection has been served well, and after each the next one is.

use std::io::ErrorKind;

use super::client::{Answer, Client, Over, Server};
use super::{ADMIN, get};

const ME: &str = "/people/-me-";

const SPOILT: &str = "X-Spoilt: yes";

/// Asks for something well, and then for the same as `then` has it.
fn spoilt(client: &mut Client, method: &str, then: &str) -> Answer {
    client.send(get(ME, ADMIN));
    let well = client.answer();
    assert_eq!(well.status, 200, "{well:?}");
    spoil(client, then);
    client.send(get(ME, &format!("{ADMIN}\r\n{SPOILT}")).replace("GET", method));
    well
}

/// Makes a rule for requests that want to be spoilt.
fn spoil(client: &mut Client, then: &str) {
    let body = format!(r#"{{"when":{{"headers":{{"x-spoilt":"yes"}}}},"then":{{{then}}}}}"#);
    let head = "POST /__admin/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length:";
    client.send(format!("{head} {}\r\n\r\n{body}", body.len()));
    let answer = client.answer();
    assert_eq!(answer.status, 201, "{answer:?}");
}

/// Runs a test over everything there is, and sees that the server is well after it.
fn check(test: impl Fn(&mut Client)) {
    for over in [Over::Tcp, Over::Tls, Over::Unix] {
        check_over(over, &test);
    }
}

fn check_over(over: Over, test: &impl Fn(&mut Client)) {
    let server = Server::start_over(over);
    test(&mut server.connect());
    server.check_health();
}

#[test]
fn a_reset_is_a_reset_without_a_byte() {
    for method in ["GET", "HEAD"] {
        for over in [Over::Tcp, Over::Tls] {
            check_over(over, &|client: &mut Client| {
                spoilt(client, method, r#""fault":"reset""#);
                assert_eq!(client.rest(), (vec![], Err(ErrorKind::ConnectionReset)));
            });
        }
        // A socket file knows no resets.
        check_over(Over::Unix, &|client: &mut Client| {
            spoilt(client, method, r#""fault":"reset""#);
            assert_eq!(client.rest(), (vec![], Ok(())));
        });
    }
}

#[test]
fn a_close_is_an_end_without_a_byte() {
    for method in ["GET", "HEAD"] {
        check(|client| {
            spoilt(client, method, r#""fault":"close""#);
            assert_eq!(client.rest(), (vec![], Ok(())));
        });
    }
}

#[test]
fn what_is_truncated_has_its_head_and_so_much_of_its_body() {
    for after in [0, 1, 7, 100_000] {
        check(|client| {
            let well = spoilt(client, "GET", &format!(r#""fault":"truncate","after":{after}"#));
            assert_eq!(client.head().head, well.head);
            let body = &well.body.as_bytes()[..after.min(well.body.len())];
            assert_eq!(client.rest(), (body.to_vec(), Ok(())));
        });
    }
}

#[test]
fn a_wrong_length_is_more_than_there_is() {
    check(|client| {
        let well = spoilt(client, "GET", r#""fault":"wrongLength""#);
        let length: usize = well.header("content-length").unwrap().parse().unwrap();
        let head = client.head();
        assert_eq!(head.header("content-length").unwrap(), (length + 1).to_string());
        assert_eq!(client.rest(), (well.body.into_bytes(), Ok(())));
    });
}

#[test]
fn a_malformed_chunk_follows_a_head_that_announces_chunks() {
    check(|client| {
        let well = spoilt(client, "GET", r#""fault":"malformedChunk""#);
        let head = client.head();
        assert_eq!(head.status, 200);
        assert_eq!(head.header("transfer-encoding"), Some("chunked"));
        assert_eq!(head.header("content-length"), None);
        assert_eq!(head.header("content-type"), well.header("content-type"));
        assert_eq!(client.rest(), (b"this is no chunk\r\n".to_vec(), Ok(())));
    });
}

#[test]
fn garbage_is_no_http() {
    check(|client| {
        spoilt(client, "GET", r#""fault":"garbage""#);
        let (bytes, end) = client.rest();
        assert_eq!(end, Ok(()));
        assert!(!bytes.is_empty() && !bytes.starts_with(b"HTTP"), "{bytes:?}");
        assert!(String::from_utf8(bytes).is_err());
    });
}

#[test]
fn a_head_of_what_breaks_in_its_body_is_whole_and_the_connection_ends() {
    for fault in [r#""fault":"truncate","after":3"#, r#""fault":"wrongLength""#] {
        check(|client| {
            spoilt(client, "HEAD", fault);
            // The vendor refuses the verb; that has a length too.
            assert_eq!(client.head().status, 405, "{fault}");
            assert_eq!(client.rest(), (vec![], Ok(())), "{fault}");
        });
    }
}

#[test]
fn a_hang_lasts_until_the_client_leaves() {
    for next in [String::new(), get(ME, ADMIN).repeat(3)] {
        check(|client| {
            spoilt(client, "GET", r#""fault":"hang""#);
            client.send(&next);
            client.leave();
            client.check_closed();
        });
    }
}

#[test]
fn a_hang_ends_when_the_server_is_stopped() {
    for over in [Over::Tcp, Over::Tls, Over::Unix] {
        let server = Server::start_over(over);
        let mut client = server.connect();
        spoilt(&mut client, "GET", r#""fault":"hang""#);
        server.wait_for_spoilt();
        server.stop();
        assert_eq!(client.rest(), (vec![], Ok(())));
    }
}

#[test]
fn a_delayed_answer_comes_at_once_when_the_server_is_stopped() {
    for over in [Over::Tcp, Over::Tls, Over::Unix] {
        let server = Server::start_over(over);
        let mut client = server.connect();
        let well = spoilt(&mut client, "GET", r#""delay":"1h""#);
        server.wait_for_spoilt();
        server.stop();
        assert_eq!(client.answer().body, well.body);
    }
}

#[test]
fn a_fault_strikes_after_its_delay() {
    for over in [Over::Tcp, Over::Tls, Over::Unix] {
        let server = Server::start_over(over);
        let mut client = server.connect();
        spoilt(&mut client, "GET", r#""delay":"1h","fault":"garbage""#);
        server.wait_for_spoilt();
        server.stop();
        assert!(!client.rest().0.is_empty());
    }
}

#[test]
fn what_drips_comes_whole_and_the_connection_is_kept() {
    check(|client| {
        for _ in 0..3 {
            let well = spoilt(client, "GET", r#""bytesPerSecond":100000"#);
            let slow = client.answer();
            assert_eq!((slow.head, slow.body), (well.head, well.body));
        }
    });
}

#[test]
fn what_drips_comes_piece_by_piece_and_at_once_when_the_server_is_stopped() {
    for over in [Over::Tcp, Over::Tls, Over::Unix] {
        let server = Server::start_over(over);
        let mut client = server.connect();
        let well = spoilt(&mut client, "GET", r#""bytesPerSecond":10"#);
        client.head();
        let first = client.read_some();
        assert!(first.len() < well.body.len());
        server.stop();
        let (rest, end) = client.rest();
        assert_eq!([first, rest].concat(), well.body.into_bytes());
        assert_eq!(end, Ok(()));
    }
}

#[test]
fn what_drips_can_be_cut() {
    check(|client| {
        let well = spoilt(client, "GET", r#""fault":"truncate","after":5,"bytesPerSecond":50"#);
        assert_eq!(client.head().head, well.head);
        assert_eq!(client.rest(), (well.body.as_bytes()[..5].to_vec(), Ok(())));
    });
}

#[test]
fn answers_before_a_fault_are_whole_and_there_are_none_after_it() {
    // But for a reset, which may take along what the client hasn't read yet.
    for fault in ["close", "truncate", "malformedChunk", "garbage", "wrongLength"] {
        check(|client| {
            spoil(client, &format!(r#""fault":"{fault}""#));
            let well = get(ME, ADMIN);
            let spoilt = get(ME, &format!("{ADMIN}\r\n{SPOILT}"));
            client.send(well.repeat(20) + &spoilt + &well.repeat(20));
            for _ in 0..20 {
                assert_eq!(client.answer().status, 200, "{fault}");
            }
            let rest = String::from_utf8_lossy(&client.rest().0).into_owned();
            assert!(rest.matches("HTTP/1.1").count() <= 1, "{fault}: {rest}");
        });
    }
}
