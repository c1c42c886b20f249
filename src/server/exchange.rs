//! One request: read whole, answered, written.

use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Method, StatusCode, Version};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use hyper::service::Service;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::Draining;
use super::body::{Body, Broken};
use super::delivery::{Recipient, deliver};
use super::patience::{Progress, UnderWay};
use super::wire::{Ending, Wire};
use crate::app::App;
use crate::control;
use crate::http::{Request, Response, UnreadBody};
use crate::outcome::{Outcome, Wait};

/// From here on an answer may take long enough to be worth a thread of its own: an avatar that has
/// to be decoded.
const LARGE_BODY: usize = 64 << 10;

/// How long a client may take for the next piece of a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a refused body is read and thrown away, and for how long, so that a client that
/// is still sending gets to the answer.
const DISCARD_BYTES: u64 = 256 << 20;
const DISCARD_TIME: Duration = Duration::from_secs(10);

/// The service of one connection.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Connection>);

/// What the exchanges of a connection share.
pub(super) struct Connection {
    pub(super) app: Arc<App>,
    pub(super) draining: Draining,
    pub(super) ending: Ending,
    pub(super) progress: Progress,
}

impl Connection {
    pub(super) fn over(wire: &Wire, app: Arc<App>, draining: &Draining) -> Self {
        let (ending, progress) = (wire.ending(), wire.progress());
        Self { app, draining: draining.clone(), ending, progress }
    }
}

impl Exchange {
    pub(super) fn on(connection: Connection) -> Self {
        Self(Arc::new(connection))
    }
}

impl Service<hyper::Request<Incoming>> for Exchange {
    type Response = hyper::Response<Body>;
    /// This has the connection, or in HTTP/2 the stream, end without an answer.
    type Error = Broken;
    type Future = Answering;

    fn call(&self, request: hyper::Request<Incoming>) -> Answering {
        let (Parts { method, uri, headers, version, .. }, body) = request.into_parts();
        let connection = &self.0;
        connection.progress.begin();
        let to =
            Recipient { is_alone: version < Version::HTTP_2, wants_head: method == Method::HEAD };
        if !body.is_end_stream() {
            let connection = Arc::clone(connection);
            return self.later(async move {
                let body = read(body, &connection).await;
                let request = Request { method, uri, headers, body };
                let outcome = answer(&connection.app, request).await;
                perform(outcome, &connection, to).await
            });
        }
        let request = Request { method, uri, headers, body: Ok(Bytes::new()) };
        if takes_long(&request) {
            let connection = Arc::clone(connection);
            return self.later(async move {
                let outcome = answer(&connection.app, request).await;
                perform(outcome, &connection, to).await
            });
        }
        match connection.app.answer(request) {
            Outcome::Answer(response) => Answering::Now(ready(Ok(write_for(response, to)))),
            outcome => {
                let connection = Arc::clone(connection);
                self.later(async move { perform(outcome, &connection, to).await })
            }
        }
    }
}

impl Exchange {
    fn later(&self, answer: impl Future<Output = Written> + Send + 'static) -> Answering {
        Answering::Later { answer: Box::pin(answer), _under_way: self.0.progress.under_way() }
    }
}

/// An answer on its way. Most requests have no body and are answered at once, and there is no need
/// to put a task into memory for them.
pub(super) enum Answering {
    Now(Ready<Written>),
    Later { answer: Pin<Box<dyn Future<Output = Written> + Send>>, _under_way: UnderWay },
}

type Written = Result<hyper::Response<Body>, Broken>;

impl Future for Answering {
    type Output = Written;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Written> {
        match self.get_mut() {
            Self::Now(answer) => Pin::new(answer).poll(context),
            Self::Later { answer, .. } => answer.as_mut().poll(context),
        }
    }
}

/// Does what has to be done until there is an answer to be sent.
async fn perform(mut outcome: Outcome, on: &Connection, to: Recipient) -> Written {
    loop {
        match outcome {
            Outcome::Answer(response) => return Ok(write_for(response, to)),
            Outcome::Spoilt(response, delivery) => {
                return deliver(response, delivery, on, to).await;
            }
            Outcome::Wait(wait) => {
                wait_for(&wait, on.draining.clone()).await;
                outcome = wait.finish(&on.app);
            }
            Outcome::Stream(response, listener) => {
                return Ok(write(response).map(|_| {
                    if to.wants_head {
                        Body::slow(Bytes::new(), None, None, None)
                    } else {
                        Body::events(listener, on)
                    }
                }));
            }
        }
    }
}

/// Whether an answer is worth a thread of its own.
fn takes_long(request: &Request) -> bool {
    let is_large = request.body.as_ref().is_ok_and(|body| body.len() >= LARGE_BODY);
    is_large || control::takes_long(request)
}

async fn answer(app: &Arc<App>, request: Request) -> Outcome {
    if takes_long(&request) {
        let app = Arc::clone(app);
        let answer = tokio::task::spawn_blocking(move || app.answer(request));
        // Only a runtime that is being torn down drops the task; nobody will read this.
        let nobody = |_| Response::empty(StatusCode::SERVICE_UNAVAILABLE).into();
        return answer.await.unwrap_or_else(nobody);
    }
    app.answer(request)
}

/// Waits until a condition holds, its time is over, or the server is told to stop.
async fn wait_for(wait: &Wait, draining: Draining) {
    tokio::select! {
        () = poll_fn(|context| wait.poll(context)) => {}
        () = tokio::time::sleep(wait.timeout) => {}
        () = draining.begun() => {}
    }
}

/// Reads a body, if it isn't too long (`--max-body`). One that announces more is never begun, so
/// that a client that waits for `100 Continue` gets the refusal instead.
async fn read(mut body: Incoming, on: &Connection) -> Result<Bytes, UnreadBody> {
    let limit = on.app.config.max_body;
    if body.size_hint().lower() > limit {
        tokio::spawn(discard(body, on.progress.under_way()));
        return Err(UnreadBody::TooLarge { limit });
    }
    let mut read = BytesMut::new();
    loop {
        let Ok(frame) = next_frame(&mut body).await else { return Err(UnreadBody::Broken) };
        let Some(frame) = frame else { return Ok(read.freeze()) };
        let Ok(frame) = frame else { return Err(UnreadBody::Broken) };
        let Ok(data) = frame.into_data() else { continue };
        if (read.len() + data.len()) as u64 > limit {
            tokio::spawn(discard(body, on.progress.under_way()));
            return Err(UnreadBody::TooLarge { limit });
        }
        if read.is_empty() && body.is_end_stream() {
            // The whole body in one piece, the usual case, needs no copy.
            return Ok(data);
        }
        read.extend_from_slice(&data);
    }
}

/// The next piece of a body. Nearly every body has come with its head; only one that is still missing
/// needs a timer.
async fn next_frame(body: &mut Incoming) -> Result<Option<Piece>, Elapsed> {
    let at_once = poll_fn(|context| match Pin::new(&mut *body).poll_frame(context) {
        Poll::Ready(frame) => Poll::Ready(Some(frame)),
        Poll::Pending => Poll::Ready(None),
    });
    match at_once.await {
        Some(frame) => Ok(frame),
        None => timeout(BODY_TIMEOUT, body.frame()).await,
    }
}

type Piece = hyper::Result<Frame<Bytes>>;

/// Takes what a client is still sending. Without it the connection would be closed under a client
/// that hasn't read its answer yet, and the answer be lost.
async fn discard(mut body: Incoming, _under_way: UnderWay) {
    let mut left = DISCARD_BYTES;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            let read = frame.data_ref().map_or(0, Bytes::len) as u64;
            match left.checked_sub(read) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    let _ = timeout(DISCARD_TIME, reading).await;
}

/// Hands an answer to hyper, perhaps without the body, which HTTP/1 leaves out by itself after a
/// HEAD, and HTTP/2 doesn't.
fn write_for(response: Response, to: Recipient) -> hyper::Response<Body> {
    if !to.wants_head {
        return write(response);
    }
    let len = response.body.len() as u64;
    write(response).map(|_| Body::slow(Bytes::new(), Some(len), None, None))
}

/// Hands an answer to hyper.
pub(super) fn write(response: Response) -> hyper::Response<Body> {
    let mut written = hyper::Response::new(Body::whole(response.body));
    *written.status_mut() = response.status;
    *written.headers_mut() = response.headers.into_owned();
    written
}
