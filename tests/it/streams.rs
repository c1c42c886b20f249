//! What takes time, over a socket: streams of events, waits, and the end of both.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use people_mock::app::App;
use people_mock::server;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::app;

/// A server on a port of its own.
struct Server {
    runtime: Runtime,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    fn start(app: App) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving =
            runtime.spawn(server::run(listener, Arc::new(app), async { drop(stopped.await) }));
        Self { runtime, address, stop, serving }
    }

    /// Sends a request and gives what comes back, line by line.
    fn ask(&self, request: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // No test waits so long; one that hangs fails.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        BufReader::new(stream)
    }

    fn stop(self) {
        self.stop.send(()).unwrap();
        let Self { runtime, serving, .. } = self;
        runtime.block_on(serving).unwrap();
    }
}

fn read_until(reader: &mut impl BufRead, wanted: &str) -> String {
    let mut read = String::new();
    while !read.contains(wanted) {
        let n_bytes = reader.read_line(&mut read).unwrap();
        assert!(n_bytes > 0, "`{wanted}` never came: {read}");
    }
    read
}

const EVENTS: &str = "GET /__admin/events HTTP/1.1\r\nhost: localhost\r\n\r\n";
const WAIT: &str = "POST /__admin/requests/wait HTTP/1.1\r\nhost: localhost\r\ncontent-length: 40\r\n\r\n{\"when\":{\"path\":\"/x\"},\"timeout\":\"600s\" }";

#[test]
fn a_stream_tells_at_once_and_ends_when_the_server_is_stopped() {
    let server = Server::start(app());
    let mut events = server.ask(EVENTS);
    let head = read_until(&mut events, ": listening");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");

    let mut other = server.ask("GET /x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    other.read_to_string(&mut String::new()).unwrap();
    let event = read_until(&mut events, "data: ");
    assert!(event.contains(r#""path":"/x","status":404"#), "{event}");

    server.stop();
    let mut rest = String::new();
    events.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "the body came to its end: {rest:?}");
}

#[test]
fn a_wait_ends_with_the_request_that_it_waits_for() {
    let server = Server::start(app());
    let mut wait = server.ask(WAIT);
    server.ask("GET /x HTTP/1.1\r\nhost: localhost\r\n\r\n").fill_buf().unwrap();
    assert_eq!(read_until(&mut wait, "\r\n"), "HTTP/1.1 200 OK\r\n");
    server.stop();
}

#[test]
fn a_wait_ends_when_the_server_is_stopped() {
    let server = Server::start(app());
    let mut wait = server.ask(&WAIT.replace("/__admin", "/__session/w/__admin"));
    // Its session is there once the server has taken the request on.
    let mut sessions = String::new();
    while !sessions.contains("\"id\":\"w\"") {
        sessions.clear();
        let list = "GET /__admin/sessions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        server.ask(list).read_to_string(&mut sessions).unwrap();
    }
    server.stop();
    let status = read_until(&mut wait, "\r\n");
    assert!(status.starts_with("HTTP/1.1 406 "), "{status}");
}

#[test]
fn a_head_of_a_stream_has_no_body() {
    let server = Server::start(app());
    let request =
        EVENTS.replace("GET", "HEAD").replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    server.ask(&request).read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    server.stop();
}
