//! Clients: connections that ask the same thing again and again, each as soon as it has its answer.

use std::future::poll_fn;
use std::io::ErrorKind;
use std::pin::Pin;
use std::process::Command;
use std::time::{Duration, Instant};

use memchr::memmem;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What in a request is replaced by a number that never comes again.
pub(crate) const NUMBER: &str = "############";

/// What clients saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) answers: usize,
    pub(crate) per_second: f64,
    pub(crate) p99: Duration,
}

/// Has another process ask a server for some time.
pub(crate) fn ask(address: &str, connections: usize, time: Duration, request: &str) -> Seen {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), request).unwrap();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["clients", address, &connections.to_string(), &time.as_millis().to_string()])
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
pub(crate) async fn run(address: &str, connections: &str, time: &str, request: &str) {
    let request = std::fs::read(request).unwrap();
    let time = Duration::from_millis(time.parse().unwrap());
    let mut streams = Vec::new();
    for _ in 0..connections.parse().unwrap() {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        streams.push(stream);
    }
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for (index, stream) in streams.into_iter().enumerate() {
        clients.spawn(client(stream, request.clone(), index, began + time));
    }
    let mut times: Vec<Duration> = clients.join_all().await.concat();
    let taken = began.elapsed();
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!("{} {} {}", times.len(), taken.as_secs_f64(), p99.as_secs_f64());
}

async fn client(
    mut stream: TcpStream,
    mut request: Vec<u8>,
    index: usize,
    end: Instant,
) -> Vec<Duration> {
    let place = request.windows(NUMBER.len()).position(|it| it == NUMBER.as_bytes());
    let mut times = Vec::new();
    let mut status: Option<Vec<u8>> = None;
    let mut buffer = vec![0; 256 << 10];
    // No two runs have the same numbers, nor do two clients of a run.
    let since = std::time::UNIX_EPOCH.elapsed().unwrap().as_micros() % 10_000_000_000;
    let mut number = since * 100 + index as u128;
    loop {
        if let Some(place) = place {
            number += 1_000;
            let text = format!("{:012}", number % 1_000_000_000_000);
            request[place..place + NUMBER.len()].copy_from_slice(text.as_bytes());
        }
        let asked = Instant::now();
        assert_eq!(stream.try_write(&request).unwrap(), request.len());
        let mut read = 0;
        while length(&buffer[..read]).is_none_or(|length| read < length) {
            let mut free = ReadBuf::new(&mut buffer[read..]);
            let received = poll_fn(|it| Pin::new(&mut stream).poll_read(it, &mut free)).await;
            match received {
                Ok(()) if free.filled().is_empty() => panic!("the connection was closed"),
                Ok(()) => read += free.filled().len(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("{error}"),
            }
        }
        let answered = Instant::now();
        let first = status.get_or_insert_with(|| buffer[..12].to_vec());
        assert_eq!(&buffer[..12], &first[..], "another status than at first");
        times.push(answered - asked);
        if answered >= end {
            return times;
        }
    }
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
