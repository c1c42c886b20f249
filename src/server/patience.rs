//! The patience with which a connection of HTTP/1 waits for the next request.
//!
//! hyper has a timer for this, which takes a look at the clock, an allocation and a lock with every
//! request. Here what happens only counts itself, and from time to time all connections are looked
//! at, whether their counts have moved.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

/// How many looks in a row may find nothing new. A client gets the time of so many looks, and at
/// most one look more.
pub(super) const LOOKS: u32 = 5;

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
    /// Whether nobody waits for the client any longer.
    is_over: AtomicBool,
    /// What wakes the connection; the waker of a task is the same as long as it lives.
    task: OnceLock<Waker>,
}

/// An exchange that isn't over, until this is dropped.
pub(super) struct UnderWay(Progress);

/// Waits for clients that send nothing.
#[derive(Default)]
pub(super) struct Patience(Mutex<Vec<Waiting>>);

/// A connection that is waited for.
struct Waiting {
    counts: Weak<Counts>,
    /// How many events there had been at the last look, if there was one.
    events: Option<u32>,
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

    /// Ready when nobody waits for the client any longer.
    pub(super) fn poll_end(&self, context: &Context<'_>) -> Poll<()> {
        self.0.task.get_or_init(|| context.waker().clone());
        if self.0.is_over.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The context of the connection's task, once that is known. The socket wakes the task itself, and
    /// not by way of what hyper was given ([`super::nudge`]): none of its wakes comes from inside.
    pub(super) fn task_context<'c>(&'c self, context: &'c Context<'_>) -> Context<'c> {
        Context::from_waker(self.0.task.get().unwrap_or(context.waker()))
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

impl Counts {
    fn is_waiting(&self) -> bool {
        self.under_way.load(Ordering::Acquire) == 0 && !self.is_blocked.load(Ordering::Relaxed)
    }
}

impl Patience {
    /// Waits for the client of a connection, from now on and after each exchange.
    pub(super) fn wait_for(&self, progress: &Progress) {
        let counts = Arc::downgrade(&progress.0);
        self.lock().push(Waiting { counts, events: None, silent: 0 });
    }

    /// Looks at every connection, and ends those whose time is over.
    pub(super) fn look(&self) {
        self.lock().retain_mut(|waiting| {
            let Some(counts) = waiting.counts.upgrade() else { return false };
            let is_waiting = counts.is_waiting();
            let events = Some(counts.events.load(Ordering::Relaxed));
            let is_silent = is_waiting && events == waiting.events;
            waiting.events = events;
            waiting.silent = if is_silent { waiting.silent + 1 } else { 0 };
            if waiting.silent >= LOOKS {
                counts.is_over.store(true, Ordering::Release);
                // Whoever can't be woken yet is woken by the next look.
                if let Some(task) = counts.task.get() {
                    task.wake_by_ref();
                }
            }
            true
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Wake;

    use super::*;

    /// A task that counts how often it is woken.
    #[derive(Default)]
    struct Counted(AtomicU32);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The look that ends a connection on which something happens before each of the first looks.
    fn ends_at(n_looks: u32, mut happens: impl FnMut(u32, &Progress)) -> u32 {
        let (patience, progress) = (Patience::default(), Progress::default());
        patience.wait_for(&progress);
        let task = Arc::<Counted>::default();
        let waker = Waker::from(Arc::clone(&task));
        for look in 1..100 {
            if look <= n_looks {
                happens(look, &progress);
            }
            patience.look();
            let end = progress.poll_end(&Context::from_waker(&waker));
            if end.is_ready() {
                assert!(look == 1 || task.0.load(Ordering::Relaxed) == 1, "it is woken");
                return look;
            }
        }
        panic!("it lasts for ever");
    }

    #[test]
    fn it_lasts_five_looks_after_the_one_that_saw_something_new() {
        assert_eq!(ends_at(0, |_, _| {}), 1 + 5);
        assert_eq!(ends_at(7, |_, progress| progress.begin()), 7 + 5);
        let seldom = |look, progress: &Progress| {
            if look % 5 == 0 {
                progress.begin();
            }
        };
        assert_eq!(ends_at(20, seldom), 20 + 5);
    }

    #[test]
    fn an_exchange_that_takes_time_is_no_silence() {
        let mut under_way = None;
        let ends = ends_at(31, |look, progress| {
            under_way =
                (look < 31).then(|| under_way.take().unwrap_or_else(|| progress.under_way()));
        });
        assert_eq!(ends, 31 + 5);
    }

    #[test]
    fn a_client_that_is_slow_to_take_its_answer_is_not_silent() {
        let ends = ends_at(31, |look, progress| progress.set_blocked(look < 31));
        assert_eq!(ends, 31 + 5);
    }

    #[test]
    fn a_connection_that_is_gone_is_forgotten() {
        let (patience, progress) = (Patience::default(), Progress::default());
        patience.wait_for(&progress);
        patience.look();
        assert_eq!(patience.lock().len(), 1);
        drop(progress);
        patience.look();
        assert!(patience.lock().is_empty());
    }
}
