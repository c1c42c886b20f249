//! TLS, and those who come without it.

use std::io::{ErrorKind, Read, Write};

use super::client::{Over, Server};
use super::{ADMIN, get};

#[test]
fn the_protocol_is_agreed_upon() {
    let server = Server::start_over(Over::Tls);
    for (offered, agreed) in [
        (&["http/1.1"][..], Some(&b"http/1.1"[..])),
        (&["h2", "http/1.1"], Some(b"h2")),
        (&[], None),
    ] {
        let mut stream = server.shake_hands(server.connect_tcp(), offered);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        assert_eq!(stream.conn.alpn_protocol(), agreed, "{offered:?}");
    }
    // Whoever speaks HTTP/1.1 though HTTP/2 was agreed upon is understood.
    let mut stream = server.shake_hands(server.connect_tcp(), &["h2"]);
    stream.write_all(get("/people/-me-", ADMIN).as_bytes()).unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}

#[test]
fn whoever_comes_without_is_told_what_to_do() {
    let server = Server::start_over(Over::Tls);
    let mut stream = server.connect_tcp();
    stream.write_all(get("/people/-me-", ADMIN).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
    assert_eq!(body, "This port speaks TLS: write https:// instead of http://\n");
    drop(stream);

    for bytes in [&b""[..], b"\x16", b"\x16\x03\x01\x00\x05hello", b"\x00\xff"] {
        let mut stream = server.connect_tcp();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut end = Vec::new();
        let _ = stream.read_to_end(&mut end);
    }
    server.check_health();
}

#[test]
fn whoever_takes_too_long_is_let_go() {
    let server = Server::start_over(Over::Tls);
    // All wait at the same time: before the handshake, after it, and in the middle of a head.
    let mut silent = server.connect_tcp();
    let mut shaken = server.shake_hands(server.connect_tcp(), &[]);
    shaken.conn.complete_io(&mut shaken.sock).unwrap();
    let mut begun = server.shake_hands(server.connect_tcp(), &[]);
    begun.write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
    for stream in [&mut silent as &mut dyn Read, &mut shaken, &mut begun] {
        match stream.read_to_end(&mut Vec::new()) {
            Ok(n_bytes) => assert_eq!(n_bytes, 0),
            Err(error) => assert_ne!(error.kind(), ErrorKind::WouldBlock, "still open"),
        }
    }
    server.check_health();
}
