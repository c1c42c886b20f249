//! Clients: connections that ask the same thing again and again, each as soon as it has its answer.

use std::ops::Range;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::SendRequest;
use http::{Request, StatusCode};
use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use crate::over::{Over, Stream};
use crate::process::Server;

/// What in a request is replaced by a number that never comes again. Fewer of these characters are
/// replaced by as many last digits of it.
pub(crate) const NUMBER: &str = "############";

/// That number. It begins with the time in microseconds, so that no two runs have the same ones.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What clients saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) answers: usize,
    pub(crate) per_second: f64,
    pub(crate) p99: Duration,
}

/// Has another process ask a server for some time.
pub(crate) fn ask(server: &Server, connections: usize, time: Duration, request: &str) -> Seen {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), request).unwrap();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["clients", &server.address, &format!("{:?}", server.over)])
        .args([connections.to_string(), time.as_millis().to_string()])
        .arg(file.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    let figures: Vec<f64> = text.split_whitespace().map(|it| it.parse().unwrap()).collect();
    let &[answers, seconds, p99] = figures.as_slice() else { panic!("{text}") };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was whole")]
    let whole = answers as usize;
    Seen { answers: whole, per_second: answers / seconds, p99: Duration::from_secs_f64(p99) }
}

/// That other process.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(address: &str, over: &str, connections: &str, time: &str, request: &str) {
    let request = std::fs::read_to_string(request).unwrap();
    let time = Duration::from_millis(time.parse().unwrap());
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_micros();
    NEXT.store(u64::try_from(now).unwrap(), Ordering::Relaxed);
    let mut open = Vec::new();
    for _ in 0..connections.parse().unwrap() {
        open.push(Connection::open(address, Over::named(over), &request).await);
    }
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for connection in open {
        clients.spawn(client(connection, began + time));
    }
    let mut times: Vec<Duration> = clients.join_all().await.concat();
    let taken = began.elapsed();
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!("{} {} {}", times.len(), taken.as_secs_f64(), p99.as_secs_f64());
}

async fn client(mut connection: Connection, end: Instant) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut first = None;
    loop {
        connection.renumber();
        let asked = Instant::now();
        let status = connection.ask().await;
        let answered = Instant::now();
        assert_eq!(status, *first.get_or_insert(status), "another status than at first");
        times.push(answered - asked);
        if answered >= end {
            return times;
        }
    }
}

/// A connection, and what is asked on it.
enum Connection {
    Http1 { stream: Box<dyn Stream>, request: Vec<u8>, buffer: Vec<u8>, number: Range<usize> },
    Http2 { stream: SendRequest<Bytes>, request: Request<()> },
}

impl Connection {
    async fn open(address: &str, over: Over, request: &str) -> Self {
        let stream = over.connect(address).await;
        if !over.is_http2() {
            let start = request.find('#').unwrap_or(0);
            let digits = request[start..].bytes().take_while(|it| *it == b'#').count();
            let request = request.as_bytes().to_vec();
            let buffer = vec![0; 256 << 10];
            return Self::Http1 { stream, request, buffer, number: start..start + digits };
        }
        let (stream, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self::Http2 { stream, request: head(request) }
    }

    /// Writes the next number into the request.
    fn renumber(&mut self) {
        if let Self::Http1 { request, number, .. } = self
            && number.start < number.end
        {
            let digits = format!("{:012}", NEXT.fetch_add(1, Ordering::Relaxed));
            let last = &digits[digits.len() - number.len()..];
            request[number.clone()].copy_from_slice(last.as_bytes());
        }
    }

    /// Asks, and reads the whole answer.
    async fn ask(&mut self) -> StatusCode {
        match self {
            Self::Http1 { stream, request, buffer, .. } => {
                stream.write_all(request).await.unwrap();
                stream.flush().await.unwrap();
                let mut read = 0;
                while length(&buffer[..read]).is_none_or(|length| read < length) {
                    let more = stream.read(&mut buffer[read..]).await.unwrap();
                    assert!(more > 0, "the connection was closed");
                    read += more;
                }
                StatusCode::from_bytes(&buffer["HTTP/1.1 ".len()..][..3]).unwrap()
            }
            Self::Http2 { stream, request } => {
                let (answer, _) = stream.send_request(request.clone(), true).unwrap();
                let (head, mut body) = answer.await.unwrap().into_parts();
                while let Some(data) = body.data().await {
                    body.flow_control().release_capacity(data.unwrap().len()).unwrap();
                }
                head.status
            }
        }
    }
}

/// A request without body and number, in the words of HTTP/2.
fn head(request: &str) -> Request<()> {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(body.is_empty() && !head.contains('#'), "HTTP/2 isn't asked such a thing: {request}");
    let mut lines = head.lines();
    let line: Vec<_> = lines.next().unwrap().split(' ').collect();
    let headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
    let host = headers.iter().find(|(name, _)| *name == "Host").unwrap().1;
    let builder = Request::builder().method(line[0]).uri(format!("http://{host}{}", line[1]));
    let sent = headers.iter().filter(|(name, _)| *name != "Host");
    sent.fold(builder, |builder, (name, value)| builder.header(*name, *value)).body(()).unwrap()
}

/// How long an answer is, once its head is here. It is looked for as fast as can be, since clients
/// and servers share the processors.
fn length(answer: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let end = memmem::find(answer, b"\r\n\r\n")? + 4;
    let digits = memmem::find(&answer[..end], LENGTH).map(|at| &answer[at + LENGTH.len()..end]);
    let digits = digits.into_iter().flatten().take_while(|it| it.is_ascii_digit());
    Some(digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0')) + end)
}
