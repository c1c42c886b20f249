//! The one body of an answer: whole, slow or cut short, or events as they happen.

use std::num::NonZeroU64;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Interval, MissedTickBehavior, Sleep, interval, sleep};

use super::Draining;
use super::exchange::Connection;
use super::patience::UnderWay;
use super::wire::{End, Ending};
use crate::events::Listener;

/// How often a stream on which nothing happens says that it lives, so that nobody between takes it
/// for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// In how many pieces a second what drips goes out, if it has so many bytes.
const PIECES_PER_SECOND: u64 = 16;

/// How long what was written on a stream of HTTP/2 has to leave before the stream is reset, which
/// takes back all that has not left.
const STREAM_FLUSH: Duration = Duration::from_millis(100);

/// The exchange is broken off, because a scenario wants it so.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("broken off on purpose")]
pub(super) struct Broken;

/// The body of an answer.
pub(super) enum Body {
    Whole(Bytes),
    Slow(Box<Slow>),
    Events(Box<Events>),
}

/// Bytes that go out at their own pace, and perhaps not all that were announced.
pub(super) struct Slow {
    rest: Bytes,
    /// How many bytes are still to come, as the head has it; it says nothing if this doesn't.
    announced: Option<u64>,
    pace: Option<Pace>,
    /// What breaks once the bytes are out.
    then: Option<Break>,
}

/// How fast bytes go out.
pub(super) struct Pace {
    rate: NonZeroU64,
    /// When the next piece is due; none if the first hasn't been asked for.
    due: Option<Pin<Box<Sleep>>>,
    draining: Pin<Box<dyn Future<Output = ()> + Send>>,
    _under_way: UnderWay,
}

/// What breaks off a body.
pub(super) enum Break {
    /// The end of the connection.
    Connection(Ending, End),
    /// The end of a stream, at its time.
    Stream(Option<Pin<Box<Sleep>>>),
}

/// What a listener hears, until the server is told to stop.
pub(super) struct Events {
    listener: Listener,
    draining: Pin<Box<dyn Future<Output = ()> + Send>>,
    keep_alive: Interval,
    _under_way: UnderWay,
}

impl Body {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }

    pub(super) fn slow(
        rest: Bytes,
        announced: Option<u64>,
        pace: Option<Pace>,
        then: Option<Break>,
    ) -> Self {
        let slow = Slow { rest, announced, pace, then };
        if slow.rest.is_empty() {
            // There may be nothing that anybody asks a body for.
            slow.end_connection();
        }
        Self::Slow(Box::new(slow))
    }

    pub(super) fn events(listener: Listener, on: &Connection) -> Self {
        let mut keep_alive = interval(KEEP_ALIVE);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick comes at once, and there is a greeting already.
        keep_alive.reset();
        let draining = Box::pin(on.draining.clone().begun());
        let under_way = on.progress.under_way();
        Self::Events(Box::new(Events { listener, draining, keep_alive, _under_way: under_way }))
    }
}

impl Slow {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        if !self.rest.is_empty() {
            let piece = match &mut self.pace {
                Some(pace) => ready!(pace.poll_piece(&mut self.rest, context)),
                None => std::mem::take(&mut self.rest),
            };
            self.announced = self.announced.map(|it| it.saturating_sub(piece.len() as u64));
            if self.rest.is_empty() {
                self.end_connection();
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        match &mut self.then {
            None => Poll::Ready(None),
            // The wire ends the connection, and with it this.
            Some(Break::Connection(..)) => Poll::Pending,
            Some(Break::Stream(time)) => {
                let time = time.get_or_insert_with(|| Box::pin(sleep(STREAM_FLUSH)));
                ready!(time.as_mut().poll(context));
                Poll::Ready(Some(Err(Broken)))
            }
        }
    }

    /// Says how the connection ends after the last piece, which hyper is about to write.
    fn end_connection(&self) {
        if let Some(Break::Connection(ending, end)) = &self.then {
            ending.set(*end);
        }
    }
}

impl Pace {
    /// So many bytes a second, or all at once when the server is told to stop.
    pub(super) fn new(rate: NonZeroU64, draining: Draining, under_way: UnderWay) -> Self {
        Self { rate, due: None, draining: Box::pin(draining.begun()), _under_way: under_way }
    }

    fn poll_piece(&mut self, rest: &mut Bytes, context: &mut Context<'_>) -> Poll<Bytes> {
        if self.draining.as_mut().poll(context).is_ready() {
            return Poll::Ready(std::mem::take(rest));
        }
        let (len, time) = self.piece(rest);
        let due = self.due.get_or_insert_with(|| Box::pin(sleep(time)));
        ready!(due.as_mut().poll(context));
        let piece = rest.split_to(len);
        // From when this was due, and not from now: what comes late is made up for.
        let next = due.deadline() + self.piece(rest).1;
        if let Some(due) = &mut self.due {
            due.as_mut().reset(next);
        }
        Poll::Ready(piece)
    }

    /// How long the next piece is, and how long it takes.
    fn piece(&self, rest: &Bytes) -> (usize, Duration) {
        let rate = self.rate.get();
        let len = (rate / PIECES_PER_SECOND).clamp(1, rest.len().max(1) as u64);
        let nanoseconds = u128::from(len) * 1_000_000_000 / u128::from(rate);
        let time = Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX));
        (usize::try_from(len).unwrap_or(usize::MAX).min(rest.len()), time)
    }
}

impl Events {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.draining.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(next) = self.listener.poll_next(context) {
            return Poll::Ready(next);
        }
        ready!(self.keep_alive.poll_tick(context));
        Poll::Ready(Some(Bytes::from_static(b": still here\n\n")))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let next = match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => None,
            Self::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Self::Slow(slow) => ready!(slow.poll_next(context)),
            Self::Events(events) => ready!(events.poll_next(context)).map(Ok),
        };
        Poll::Ready(next.map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Slow(slow) => slow.announced == Some(0) && slow.then.is_none(),
            Self::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        let len = match self {
            Self::Whole(bytes) => Some(bytes.len() as u64),
            Self::Slow(slow) => slow.announced,
            Self::Events(_) => None,
        };
        len.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body::Body as _;
    use tokio::sync::watch;
    use tokio::time::Instant;

    use super::*;
    use crate::server::patience::Progress;

    /// How long a body takes, and in how many pieces it comes.
    fn drip(rate: u64, len: usize) -> (Duration, usize) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
            let (_drain, draining) = watch::channel(false);
            let under_way = Progress::default().under_way();
            let pace = Pace::new(NonZeroU64::new(rate).unwrap(), Draining(draining), under_way);
            let bytes = Bytes::from(vec![0; len]);
            let mut body = Body::slow(bytes, Some(len as u64), Some(pace), None);
            let (start, mut n_bytes, mut n_pieces) = (Instant::now(), 0, 0);
            while let Some(frame) = poll_fn(|it| Pin::new(&mut body).poll_frame(it)).await {
                n_bytes += frame.unwrap().into_data().unwrap().len();
                n_pieces += 1;
            }
            assert_eq!(n_bytes, len);
            (start.elapsed(), n_pieces)
        })
    }

    #[test]
    fn what_drips_takes_its_time_and_comes_in_small_pieces() {
        let check = |rate, len, milliseconds: u64, n_pieces| {
            let (time, n) = drip(rate, len);
            // The timer's own grain.
            let late = time.checked_sub(Duration::from_millis(milliseconds));
            assert!(late.is_some_and(|it| it <= Duration::from_millis(2)), "{rate} {len} {time:?}");
            assert_eq!(n, n_pieces, "{rate} {len}");
        };
        check(1_000, 2_000, 2_000, 33);
        check(1, 3, 3_000, 3);
        check(3, 6, 2_000, 6);
        check(1 << 20, 1 << 21, 2_000, 32);
        check(u64::MAX, 1_000, 0, 1);
    }
}
