//! An answer that goes out late, slowly or broken, as a scenario says.
//!
//! HTTP/1 breaks where its connection does, and there the wire is told how to end it. HTTP/2 has
//! streams, and the other streams of a connection are none of a fault's business: whatever breaks,
//! breaks this stream (`RST_STREAM`), before the head or after it. Chunks and bytes that are no
//! HTTP don't exist there; a wrong length does, and needs no reset.

use bytes::Bytes;
use http::StatusCode;
use tokio::time::sleep;

use super::body::{Body, Break, Broken, Pace};
use super::exchange::{Connection, write};
use super::wire::{End, Ending};
use crate::http::Response;
use crate::scenarios::{Delivery, Fault};

/// What comes where a chunk should: its first line is no number.
const NO_CHUNK: &[u8] = b"this is no chunk\r\n";

/// What comes where a head should. Nothing in it reads as HTTP, and some of it isn't even text.
const NO_HTTP: &[u8] = b"\x00\xff\xfe\x15this is no HTTP\x1b\x80\x81\xc3\x28\r\n\xf0\x9f\x00\r\n";

/// How many bytes more than there are a wrong length announces.
const TOO_MANY: u64 = 1;

/// To whom an answer goes.
#[derive(Clone, Copy)]
pub(super) struct Recipient {
    /// Whether its connection serves one request at a time.
    pub(super) is_alone: bool,
    /// Whether only the head of the answer is wanted.
    pub(super) wants_head: bool,
}

/// Sends an answer. A delay ends early when the server is told to stop, and so does what drips:
/// what is left goes out at once.
pub(super) async fn deliver(
    response: Response,
    delivery: Delivery,
    on: &Connection,
    to: Recipient,
) -> Result<hyper::Response<Body>, Broken> {
    if !delivery.delay.is_zero() {
        tokio::select! {
            () = sleep(delivery.delay) => {}
            () = on.draining.clone().begun() => {}
        }
    }
    let pace = delivery
        .bytes_per_second
        .map(|rate| Pace::new(rate, on.draining.clone(), on.progress.under_way()));
    let len = response.body.len() as u64;
    let ending = to.is_alone.then_some(&on.ending);
    let break_off = |end| match ending {
        Some(ending) => Break::Connection(ending.clone(), end),
        None => Break::Stream(None),
    };
    let (announced, n_bytes, then) = match delivery.fault {
        None => (Some(len), len, None),
        Some(Fault::Reset) => return nothing(ending, End::Reset).await,
        Some(Fault::Close) => return nothing(ending, End::Closed(&[])).await,
        Some(Fault::Garbage) => return nothing(ending, End::Closed(NO_HTTP)).await,
        Some(Fault::Hang) => return hang(on, ending).await,
        Some(Fault::Truncate { after }) => (Some(len), after, Some(break_off(End::Closed(&[])))),
        Some(Fault::MalformedChunk) => (None, 0, Some(break_off(End::Closed(NO_CHUNK)))),
        Some(Fault::WrongLength) => {
            let then = to.is_alone.then(|| break_off(End::Closed(&[])));
            (Some(len + TOO_MANY), len, then)
        }
    };
    let n_bytes = usize::try_from(n_bytes).unwrap_or(usize::MAX).min(response.body.len());
    let has_body = !to.wants_head && response.status != StatusCode::NO_CONTENT;
    let bytes = if has_body { response.body.slice(..n_bytes) } else { Bytes::new() };
    let body = Body::slow(bytes, announced, pace, then);
    Ok(write(response).map(|_| body))
}

/// Gives no answer, and ends what would have carried one.
async fn nothing<T>(ending: Option<&Ending>, end: End) -> Result<T, Broken> {
    let Some(ending) = ending else { return Err(Broken) };
    ending.set(end);
    // The wire ends the connection, and with it this.
    std::future::pending().await
}

/// Gives no answer for as long as anybody may wait for one.
async fn hang<T>(on: &Connection, ending: Option<&Ending>) -> Result<T, Broken> {
    if let Some(ending) = ending {
        ending.wait_for_client();
    }
    on.draining.clone().begun().await;
    nothing(ending, End::Closed(&[])).await
}
