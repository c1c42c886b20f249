//! A server inside a test of somebody else.

use std::io::{Read, Write};
use std::net::TcpStream;

use http::{Method, StatusCode};
use people_mock::Server;
use people_mock::config::Config;

use crate::support::{PEOPLE_API, files, raw};

/// The answer to a request without a body, from the status on.
fn ask(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "{request} HTTP/1.0\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.trim_start_matches("HTTP/1.0 ").to_owned()
}

#[test]
fn a_server_is_there_for_as_long_as_its_value() {
    let server = Server::start(Config::default()).unwrap();
    let address = server.address();
    assert_eq!(server.url(), format!("http://127.0.0.1:{}", address.port()));
    let answer = ask(&server, &format!("GET {PEOPLE_API}/people/-me-"));
    assert!(answer.starts_with("200 OK"), "{answer}");
    drop(server);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn dropping_it_waits_for_nobody() {
    let server = Server::start(Config::default()).unwrap();
    let mut silent = TcpStream::connect(server.address()).unwrap();
    let mut streaming = TcpStream::connect(server.address()).unwrap();
    streaming.write_all(b"GET /__admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_ne!(streaming.read(&mut [0; 1]).unwrap(), 0);
    drop(server);
    assert_eq!(silent.read(&mut [0; 1]).unwrap_or(0), 0);
}

#[test]
fn every_server_has_its_own_people() {
    let (one, other) = (Config::default(), Config::default());
    let (one, other) = (Server::start(one).unwrap(), Server::start(other).unwrap());
    let picture = format!("{PEOPLE_API}/people/abeecher/avatar?placeholder=false");
    assert!(ask(&one, &format!("DELETE {picture}")).starts_with("204"));
    assert!(ask(&one, &format!("GET {picture}")).starts_with("404"));
    let there = raw(Method::GET, &picture).by("admin").of(other.app());
    assert_eq!(there.status, StatusCode::OK);
}

#[test]
fn it_can_be_started_and_dropped_where_others_wait() {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = Server::start(Config::default()).unwrap();
        assert!(ask(&server, "GET /healthcheck").starts_with("200 OK"));
    });
}

#[test]
fn why_it_did_not_start_is_told() {
    let server = Server::start(Config::default()).unwrap();
    let taken = Config { address: Some(server.address()), ..Config::default() };
    let error = Server::start(taken).unwrap_err();
    let told = format!("can't listen on {}; is another server there? ", server.address());
    assert!(error.to_string().starts_with(&told), "{error}");

    let layers = vec![files(&[("alfresco/people.json", "[{\"id\": 1}]")])];
    let error = Server::start(Config { layers, ..Config::default() }).unwrap_err();
    assert!(error.to_string().contains("alfresco/people.json:1:"), "{error}");
}
