//! The patience with which a connection of HTTP/1 waits for the next request.
//!
//! hyper has a timer for this, which takes a look at the clock, an allocation and a lock with every
//! request. Here what happens only counts itself, and from time to time it is looked whether the
//! count has moved.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// How often it is looked in the time that a client has. It gets that time and at most one look more.
const LOOKS: u32 = 5;

/// How far a connection has come, as its exchanges tell it.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Counts>);

#[derive(Default)]
struct Counts {
    /// How often a request has come, an answer that took time has ended, or a blocked client has
    /// gone on.
    events: AtomicU32,
    under_way: AtomicU32,
    is_blocked: AtomicBool,
}

/// An exchange that isn't over, until this is dropped.
pub(super) struct UnderWay(Progress);

/// Waits for a client that sends nothing.
pub(super) struct Patience {
    progress: Progress,
    interval: Duration,
    next_look: Pin<Box<Sleep>>,
    is_waiting: bool,
    /// How many events there had been at the last look.
    events: u32,
    /// How many looks in a row have found nothing new.
    silent: u32,
}

impl Progress {
    /// A request has come.
    pub(super) fn begin(&self) {
        self.count();
    }

    /// Of two events at once one may be lost, and the count has moved all the same.
    fn count(&self) {
        let events = &self.0.events;
        events.store(events.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// Whether the client doesn't take what is written, for the time being: it is busy with the last
    /// answer, and nobody waits for its next request.
    pub(super) fn set_blocked(&self, is_blocked: bool) {
        if self.0.is_blocked.load(Ordering::Relaxed) != is_blocked {
            self.0.is_blocked.store(is_blocked, Ordering::Relaxed);
            self.count();
        }
    }

    fn is_waiting(&self) -> bool {
        let Counts { under_way, is_blocked, .. } = &*self.0;
        under_way.load(Ordering::Acquire) == 0 && !is_blocked.load(Ordering::Relaxed)
    }

    /// Its answer takes time, and nobody waits for the next request meanwhile.
    pub(super) fn under_way(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Counted first: whoever sees that nothing is under way sees this too.
        self.0.count();
        self.0.0.under_way.fetch_sub(1, Ordering::Release);
    }
}

impl Patience {
    /// For so long, from now on and after each exchange.
    pub(super) fn new(progress: Progress, time: Duration) -> Self {
        let interval = time / LOOKS;
        let next_look = Box::pin(sleep(interval));
        Self { progress, interval, next_look, is_waiting: false, events: 0, silent: 0 }
    }

    /// Ready when it has come to its end.
    pub(super) fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // Whoever waits needn't say so again; the waker of a task is the same as long as it lives.
        while !self.is_waiting || self.next_look.is_elapsed() {
            self.is_waiting = true;
            ready!(self.next_look.as_mut().poll(context));
            let is_waiting = self.progress.is_waiting();
            let events = self.progress.0.events.load(Ordering::Relaxed);
            let is_silent = is_waiting && events == self.events;
            self.events = events;
            self.silent = if is_silent { self.silent + 1 } else { 0 };
            if self.silent == LOOKS {
                return Poll::Ready(());
            }
            self.next_look.as_mut().reset(Instant::now() + self.interval);
            self.is_waiting = false;
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const TIME: Duration = Duration::from_secs(10);

    /// How long patience lasts while something happens.
    fn lasts(happens: impl AsyncFnOnce(Progress)) -> Duration {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build().unwrap().block_on(async {
            let start = Instant::now();
            let progress = Progress::default();
            let mut patience = Patience::new(progress.clone(), TIME);
            let end = poll_fn(|context| patience.poll_end(context));
            tokio::join!(end, happens(progress));
            start.elapsed()
        })
    }

    #[test]
    fn it_lasts_its_time_and_after_an_exchange_hardly_longer() {
        assert_eq!(lasts(async |_| {}).as_secs(), 10);
        let time = lasts(async |progress| {
            sleep(Duration::from_secs(9)).await;
            progress.begin();
        });
        assert!((19..=21).contains(&time.as_secs()), "{time:?}");
    }

    #[test]
    fn an_exchange_that_takes_time_is_no_silence() {
        let time = lasts(async |progress| {
            progress.begin();
            let under_way = progress.under_way();
            sleep(Duration::from_secs(61)).await;
            drop(under_way);
        });
        assert!((71..=73).contains(&time.as_secs()), "{time:?}");
    }

    #[test]
    fn a_client_that_is_slow_to_take_its_answer_is_not_silent() {
        let time = lasts(async |progress| {
            progress.begin();
            progress.set_blocked(true);
            sleep(Duration::from_secs(61)).await;
            progress.set_blocked(false);
        });
        assert!((71..=73).contains(&time.as_secs()), "{time:?}");
    }
}
