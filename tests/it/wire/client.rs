//! A server with a socket, and a client that sees every byte.

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

/// After which a hang is a failure.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// A server on a free port, until it is dropped or stopped.
pub(super) struct Server {
    pub(super) runtime: Runtime,
    pub(super) address: SocketAddr,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) running: JoinHandle<()>,
}

impl Server {
    pub(super) fn start(app: App) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, told) = oneshot::channel();
        let running =
            runtime.spawn(server::run(listener, Arc::new(app), async { drop(told.await) }));
        Self { runtime, address, stop, running }
    }

    pub(super) fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Client(BufReader::new(stream))
    }

    /// Sends what is one request and reads the answer, on a connection of its own.
    pub(super) fn ask(&self, request: &str) -> Answer {
        let mut client = self.connect();
        client.send(request);
        client.answer()
    }

    /// Whether the server still does what it is there for.
    pub(super) fn check_health(&self) {
        let answer = self.ask("GET /__admin/ready HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// One end of a connection.
pub(super) struct Client(BufReader<TcpStream>);

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Client {
    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    pub(super) fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        let length = answer.header("content-length").map_or(0, |value| value.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
    }

    /// The status line and the headers alone, as they come after a HEAD.
    pub(super) fn head(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = self.0.read_line(&mut head).unwrap();
            assert_ne!(read, 0, "the connection was closed after {head:?}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::new() }
    }

    /// Checks that the server has closed the connection and said nothing more.
    #[track_caller]
    pub(super) fn check_closed(&mut self) {
        let mut rest = Vec::new();
        // A reset is as closed as an end is.
        let _ = self.0.read_to_end(&mut rest);
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Checks that this is a whole error of the vendor's.
    #[track_caller]
    pub(super) fn check_problem(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json;charset=UTF-8"));
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(body["error"]["statusCode"], status);
        let summary = body["error"]["briefSummary"].as_str().unwrap();
        assert!(summary.contains(text), "{summary}");
    }
}
