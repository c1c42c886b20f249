//! HTTP/2, by prior knowledge and by TLS: faults break a stream, and the connection's other streams
//! live on.

use std::sync::Arc;

use bytes::Bytes;
use h2::client::{SendRequest, handshake};
use h2::{Reason, RecvStream};
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::client::{DEADLINE, Over, Server};
use crate::support::PEOPLE_API;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection of HTTP/2.
struct Client {
    send: SendRequest<Bytes>,
    /// How the connection ends.
    end: JoinHandle<Result<(), h2::Error>>,
}

impl Client {
    async fn connect(server: &Server, over: Over) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let stream: Box<dyn Stream> = match over {
            Over::Tls => {
                let tls = TlsConnector::from(Arc::new(server.trust(&["h2", "http/1.1"])));
                let name = "localhost".try_into().unwrap();
                let stream = tls.connect(name, stream).await.unwrap();
                assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
                Box::new(stream)
            }
            _ => Box::new(stream),
        };
        let (send, connection) = handshake(stream).await.unwrap();
        Self { send, end: tokio::spawn(connection) }
    }

    async fn send(&mut self, request: Request<()>, body: &str) -> Answer {
        let (answer, mut stream) = self.send.send_request(request, body.is_empty()).unwrap();
        if !body.is_empty() {
            stream.send_data(body.to_owned().into(), true).unwrap();
        }
        match timeout(DEADLINE, answer).await.unwrap() {
            Ok(answer) => Answer::read(answer).await,
            Err(error) => Answer { head: None, body: vec![], end: Err(error.reason()) },
        }
    }

    async fn get(&mut self, method: &str, path: &str, is_spoilt: bool) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost{path}"))
            .header("authorization", "Basic YWRtaW46YWRtaW4=")
            .header("x-spoilt", if is_spoilt { "yes" } else { "no" });
        self.send(request.body(()).unwrap(), "").await
    }

    async fn me(&mut self, is_spoilt: bool) -> Answer {
        self.get("GET", &format!("{PEOPLE_API}/people/-me-"), is_spoilt).await
    }

    async fn spoil(&mut self, then: &str) {
        let body = format!(r#"{{"when":{{"headers":{{"x-spoilt":"yes"}}}},"then":{{{then}}}}}"#);
        let request = Request::post("http://localhost/__admin/faults").body(()).unwrap();
        assert_eq!(self.send(request, &body).await.status(), Some(201));
    }
}

/// What came on a stream.
#[derive(Debug)]
struct Answer {
    head: Option<Response<()>>,
    body: Vec<u8>,
    end: Result<(), Option<Reason>>,
}

impl Answer {
    async fn read(answer: Response<RecvStream>) -> Self {
        let (head, mut stream) = answer.into_parts();
        let mut body = Vec::new();
        let mut end = Ok(());
        while let Some(data) = timeout(DEADLINE, stream.data()).await.unwrap() {
            match data {
                Ok(data) => body.extend_from_slice(&data),
                Err(error) => {
                    end = Err(error.reason());
                    break;
                }
            }
        }
        Self { head: Some(Response::from_parts(head, ())), body, end }
    }

    fn status(&self) -> Option<u16> {
        Some(self.head.as_ref()?.status().as_u16())
    }

    fn length(&self) -> Option<usize> {
        self.head.as_ref()?.headers().get("content-length")?.to_str().unwrap().parse().ok()
    }
}

/// Sees what comes with a fault, beside an answer without it, on the same connection.
fn check(then: &str, expect: impl Fn(&Answer, Answer)) {
    for over in [Over::Tcp, Over::Tls] {
        let server = Server::start_over(over);
        server.runtime.block_on(async {
            let mut client = Client::connect(&server, over).await;
            client.spoil(then).await;
            let well = client.me(false).await;
            assert_eq!((well.status(), well.end), (Some(200), Ok(())));
            expect(&well, client.me(true).await);
            let other = client.me(false).await;
            assert_eq!((other.status(), other.end), (Some(200), Ok(())));
        });
    }
}

const BROKEN: Result<(), Option<Reason>> = Err(Some(Reason::INTERNAL_ERROR));

#[test]
fn what_breaks_before_the_answer_resets_its_stream() {
    for fault in ["reset", "close", "garbage"] {
        check(&format!(r#""fault":"{fault}""#), |_, answer| {
            assert_eq!((answer.status(), answer.end), (None, BROKEN), "{fault}");
        });
    }
}

#[test]
fn what_is_truncated_resets_its_stream_after_so_much_of_its_body() {
    for after in [0, 5] {
        check(&format!(r#""fault":"truncate","after":{after}"#), |well, answer| {
            assert_eq!((answer.status(), answer.length()), (Some(200), Some(well.body.len())));
            assert_eq!((&answer.body[..], answer.end), (&well.body[..after], BROKEN));
        });
    }
}

#[test]
fn a_malformed_chunk_resets_its_stream_after_the_head() {
    check(r#""fault":"malformedChunk""#, |_, answer| {
        assert_eq!((answer.status(), answer.length()), (Some(200), None));
        assert_eq!((&answer.body[..], answer.end), (&b""[..], BROKEN));
    });
}

#[test]
fn a_wrong_length_is_more_than_there_is() {
    check(r#""fault":"wrongLength""#, |well, answer| {
        assert_eq!(answer.length(), Some(well.body.len() + 1));
        // The client's own verdict: nobody has reset the stream.
        assert_eq!(answer.end, Err(Some(Reason::PROTOCOL_ERROR)));
    });
}

#[test]
fn what_drips_comes_whole() {
    check(r#""bytesPerSecond":100000,"delay":"20ms""#, |well, answer| {
        assert_eq!((&answer.body, answer.end), (&well.body, Ok(())));
    });
}

#[test]
fn a_hang_ends_with_the_server_which_says_that_it_goes() {
    for over in [Over::Tcp, Over::Tls] {
        let server = Server::start_over(over);
        let (client, hung) = server.runtime.block_on(async {
            let mut client = Client::connect(&server, over).await;
            client.spoil(r#""fault":"hang""#).await;
            let request = Request::get(format!("http://localhost{PEOPLE_API}/people/-me-"));
            let request = request.header("x-spoilt", "yes").body(()).unwrap();
            let (hung, _) = client.send.send_request(request, true).unwrap();
            // Served after the other has been begun.
            assert_eq!(client.me(false).await.status(), Some(200));
            (client, tokio::spawn(hung))
        });
        let Server { runtime, stop, running, .. } = server;
        stop.send(()).unwrap();
        runtime.block_on(async {
            let hung = timeout(DEADLINE, hung).await.unwrap().unwrap().unwrap_err();
            assert_eq!(hung.reason(), Some(Reason::INTERNAL_ERROR));
            // With no stream left and the server's GOAWAY, the client ends the connection itself; it
            // may be too late to say so.
            let end = timeout(DEADLINE, client.end).await.unwrap().unwrap();
            assert!(end.is_ok() || end.as_ref().is_err_and(h2::Error::is_io), "{end:?}");
            let refused = client.send.ready().await.err().unwrap();
            assert!(refused.is_go_away(), "{refused:?}");
            timeout(DEADLINE, running).await.unwrap().unwrap();
        });
    }
}

#[test]
fn a_stream_of_events_ends_with_the_server() {
    for over in [Over::Tcp, Over::Tls] {
        let server = Server::start_over(over);
        let (client, mut events) = server.runtime.block_on(async {
            let mut client = Client::connect(&server, over).await;
            let request = Request::get("http://localhost/__admin/events").body(()).unwrap();
            let (answer, _) = client.send.send_request(request, true).unwrap();
            let mut events = timeout(DEADLINE, answer).await.unwrap().unwrap().into_body();
            let first = timeout(DEADLINE, events.data()).await.unwrap().unwrap().unwrap();
            assert!(first.starts_with(b": listening"), "{first:?}");
            (client, events)
        });
        let Server { runtime, stop, running, .. } = server;
        stop.send(()).unwrap();
        runtime.block_on(async {
            while let Some(data) = timeout(DEADLINE, events.data()).await.unwrap() {
                assert_eq!(data.unwrap(), "");
            }
            drop(events);
            drop(client.send);
            timeout(DEADLINE, running).await.unwrap().unwrap();
        });
    }
}

#[test]
fn a_head_has_a_length_and_no_body() {
    let server = Server::start_over(Over::Tcp);
    server.runtime.block_on(async {
        let mut client = Client::connect(&server, Over::Tcp).await;
        let path = format!("{PEOPLE_API}/people/-me-");
        let head = client.get("HEAD", &path, false).await;
        assert_eq!(head.status(), Some(405));
        assert!(head.length() > Some(0), "{head:?}");
        assert_eq!((&head.body[..], head.end), (&b""[..], Ok(())));
        let head = client.get("HEAD", "/__admin/events", false).await;
        assert_eq!((head.status(), &head.body[..], head.end), (Some(200), &b""[..], Ok(())));
    });
}

#[test]
fn the_authority_names_session_and_host() {
    let server = Server::start_over(Over::Tcp);
    server.runtime.block_on(async {
        let mut client = Client::connect(&server, Over::Tcp).await;
        let mut ask = async |uri: &str| {
            let answer = client.send(Request::get(uri).body(()).unwrap(), "").await;
            (answer.status(), String::from_utf8(answer.body).unwrap())
        };
        ask("http://w7.localhost:8080/x").await;
        let (_, sessions) = ask("http://localhost/__admin/sessions").await;
        assert!(sessions.contains(r#""id":"w7""#), "{sessions}");
        let (status, body) = ask("http://somebody.elses.com/__admin/sessions").await;
        assert_eq!(status, Some(403), "{body}");
    });
}

#[test]
fn the_first_bytes_may_come_one_by_one() {
    let server = Server::start_over(Over::Tcp);
    server.runtime.block_on(async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (mut from_client, mut to_client) = tokio::io::split(theirs);
        let pump = tokio::spawn(async move {
            let (mut read, mut write) = stream.split();
            let up = async {
                let mut byte = [0];
                while tokio::io::AsyncReadExt::read_exact(&mut from_client, &mut byte).await.is_ok()
                {
                    write.write_all(&byte).await.unwrap();
                    tokio::task::yield_now().await;
                }
            };
            let down = async { drop(tokio::io::copy(&mut read, &mut to_client).await) };
            tokio::join!(up, down);
        });
        let (send, connection) = handshake(ours).await.unwrap();
        let mut client = Client { send, end: tokio::spawn(connection) };
        assert_eq!(client.me(false).await.status(), Some(200));
        pump.abort();
    });
}
