//! The baseline: what hyper does at the least to read a request and send these bytes.

use std::convert::Infallible;
use std::io::Write;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use crate::over::{Over, Stream};

/// What is sent to everybody.
struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

/// Sends the answer that is in a file, byte by byte but for the date, to whatever is asked.
#[tokio::main]
pub(crate) async fn serve(over: &str, file: &str) {
    let answer: &'static Answer = Box::leak(Box::new(Answer::read(&std::fs::read(file).unwrap())));
    let over = Over::named(over);
    let acceptor = over.acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("ready on http://{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        match acceptor.clone() {
            None => drop(tokio::spawn(speak(stream, over.is_http2(), answer))),
            Some(tls) => drop(tokio::spawn(async move {
                speak(tls.accept(stream).await.unwrap(), over.is_http2(), answer).await;
            })),
        }
    }
}

async fn speak(stream: impl Stream + 'static, is_http2: bool, answer: &'static Answer) {
    let (stream, service) = (TokioIo::new(stream), service_fn(|request| respond(answer, request)));
    // How a client goes is its own affair.
    if is_http2 {
        let builder = http2::Builder::new(TokioExecutor::new());
        let _ = builder.serve_connection(stream, service).await;
    } else {
        let _ = http1::Builder::new().serve_connection(stream, service).await;
    }
}

async fn respond(
    answer: &'static Answer,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if !request.body().is_end_stream() {
        drop(request.into_body().collect().await);
    }
    let mut response = Response::new(Full::new(answer.body.clone()));
    *response.status_mut() = answer.status;
    for (name, value) in &answer.headers {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(response)
}

impl Answer {
    /// An answer as it came over a socket.
    fn read(raw: &[u8]) -> Self {
        let end = raw.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(raw[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            // These two hyper writes itself.
            .filter(|(name, _)| !["date", "content-length"].contains(name))
            .map(|(name, value)| {
                // As cheap to copy as those that a program knows when it is compiled.
                let value: &'static str = Box::leak(value.into());
                (name.parse().unwrap(), HeaderValue::from_static(value))
            })
            .collect();
        Self { status, headers, body: Bytes::copy_from_slice(&raw[end + 4..]) }
    }
}
