//! A server with a socket, and a client that sees every byte.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use people_mock::app::App;
use people_mock::config::{Config, Tls};
use people_mock::server::{self, Listener};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::support::app_with;

/// After which a hang is a failure.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// What bytes come over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Tcp,
    Tls,
    Unix,
}

/// A server on a free port or a socket file, until it is dropped or stopped.
pub(super) struct Server {
    over: Over,
    folder: TempDir,
    pub(super) runtime: Runtime,
    pub(super) address: SocketAddr,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) running: JoinHandle<()>,
}

impl Server {
    pub(super) fn start(app: App) -> Self {
        let listener = |_: &Path| Config { ..Config::default() };
        Self::serve(app, Over::Tcp, listener)
    }

    pub(super) fn start_over(over: Over) -> Self {
        Self::serve(app_with(|_| {}), over, |folder| match over {
            Over::Tcp => Config::default(),
            Over::Tls => Config {
                tls: Tls::SelfSigned,
                tls_ca_out: Some(folder.join("ca.pem")),
                ..Config::default()
            },
            Over::Unix => {
                Config { address: None, unix: Some(folder.join("socket")), ..Config::default() }
            }
        })
    }

    fn serve(app: App, over: Over, config: impl FnOnce(&Path) -> Config) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let listener = runtime.block_on(async { Listener::bind(&config(folder.path())) }).unwrap();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let address = listener.address().unwrap_or(nowhere);
        let (stop, told) = oneshot::channel();
        let running =
            runtime.spawn(server::run(listener, Arc::new(app), async { drop(told.await) }));
        Self { over, folder, runtime, address, stop, running }
    }

    pub(super) fn connect(&self) -> Client {
        let stream: Box<dyn Stream> = match self.over {
            Over::Tcp => Box::new(self.connect_tcp()),
            Over::Tls => Box::new(self.shake_hands(self.connect_tcp(), &[])),
            Over::Unix => {
                let stream = UnixStream::connect(self.path("socket")).unwrap();
                stream.set_read_timeout(Some(DEADLINE)).unwrap();
                stream.set_write_timeout(Some(DEADLINE)).unwrap();
                Box::new(stream)
            }
        };
        Client(BufReader::new(stream))
    }

    pub(super) fn connect_tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// Begins to speak TLS as one who trusts the server.
    pub(super) fn shake_hands(&self, stream: TcpStream, protocols: &[&str]) -> TlsStream {
        let name = "w1.localhost".try_into().unwrap();
        let connection = ClientConnection::new(Arc::new(self.trust(protocols)), name).unwrap();
        StreamOwned::new(connection, stream)
    }

    pub(super) fn trust(&self, protocols: &[&str]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.path("ca.pem")).unwrap()).unwrap();
        let mut config =
            ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        config
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Tells the server to stop, and waits until it has.
    pub(super) fn stop(self) {
        self.stop.send(()).unwrap();
        let Self { runtime, running, .. } = self;
        let ended = async { tokio::time::timeout(DEADLINE, running).await };
        runtime.block_on(ended).unwrap().unwrap();
    }

    /// Sends what is one request and reads the answer, on a connection of its own.
    pub(super) fn ask(&self, request: &str) -> Answer {
        let mut client = self.connect();
        client.send(request);
        client.answer()
    }

    /// Waits until the server has taken on a request that wants to be spoilt.
    pub(super) fn wait_for_spoilt(&self) {
        let body = r#"{"when":{"headers":{"x-spoilt":"yes"}},"timeout":"20s"}"#;
        let head = "POST /__admin/requests/wait HTTP/1.1\r\nHost: x\r\nContent-Length:";
        let answer = self.ask(&format!("{head} {}\r\n\r\n{body}", body.len()));
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Whether the server still does what it is there for.
    pub(super) fn check_health(&self) {
        let answer = self.ask("GET /__admin/ready HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

pub(super) type TlsStream = StreamOwned<ClientConnection, TcpStream>;

/// What a client can do with any stream.
pub(super) trait Stream: Read + Write {
    /// Says that nothing more will be sent.
    fn leave(&mut self);
}

impl Stream for TcpStream {
    fn leave(&mut self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

impl Stream for UnixStream {
    fn leave(&mut self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

impl Stream for TlsStream {
    fn leave(&mut self) {
        self.conn.send_close_notify();
        self.flush().unwrap();
    }
}

/// One end of a connection.
pub(super) struct Client(BufReader<Box<dyn Stream>>);

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Client {
    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
        self.0.get_mut().flush().unwrap();
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

    /// What has come, once anything has.
    pub(super) fn read_some(&mut self) -> Vec<u8> {
        let some = self.0.fill_buf().unwrap().to_vec();
        self.0.consume(some.len());
        some
    }

    /// Everything until the connection ends, and how it does.
    pub(super) fn rest(&mut self) -> (Vec<u8>, Result<(), ErrorKind>) {
        let mut rest = Vec::new();
        let end = self.0.read_to_end(&mut rest);
        (rest, end.map(drop).map_err(|error| error.kind()))
    }

    /// Says that nothing more will be sent.
    pub(super) fn leave(&mut self) {
        self.0.get_mut().leave();
    }

    /// Checks that the server has closed the connection and said nothing more.
    #[track_caller]
    pub(super) fn check_closed(&mut self) {
        let mut rest = Vec::new();
        // A reset is as closed as an end is; but a deadline that passes is none.
        let end = self.0.read_to_end(&mut rest).map_err(|error| error.kind());
        assert_ne!(end, Err(ErrorKind::WouldBlock), "still open");
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
