//! Wakes that come from inside of the task that they wake.
//!
//! hyper wakes a connection's own task with every body that is read from it. tokio then puts the
//! task at the end of its queue and wakes another thread to look for work, which on a quiet server
//! takes longer than the answer. Here such a wake has the connection polled once more instead, and
//! only those from outside reach tokio.

use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

/// How often a future is polled in a row. One that goes on to wake itself has to let others by.
const MOST_POLLS: u32 = 4;

/// Nobody polls, and nobody has to.
const IDLE: u8 = 0;
/// Somebody polls.
const POLLING: u8 = 1;
/// Since the last poll began there has been a wake.
const WOKEN: u8 = 2;

/// Polls a future and keeps its wakes of itself from its task.
pub(super) struct Nudged {
    nudge: Arc<Nudge>,
    waker: Waker,
}

#[derive(Default)]
struct Nudge {
    state: AtomicU8,
    /// The waker of the task is the same as long as it lives.
    task: OnceLock<Waker>,
}

impl Wake for Nudge {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Whoever polls looks here again, and whoever was woken before is about to poll.
        if self.state.swap(WOKEN, Ordering::AcqRel) == IDLE
            && let Some(task) = self.task.get()
        {
            task.wake_by_ref();
        }
    }
}

impl Nudged {
    /// For a future of one task.
    pub(super) fn new() -> Self {
        let nudge = Arc::<Nudge>::default();
        Self { waker: Arc::clone(&nudge).into(), nudge }
    }

    /// Polls the future, and once more for as long as it has woken itself.
    pub(super) fn poll<F: Future>(
        &self,
        mut future: Pin<&mut F>,
        context: &Context<'_>,
    ) -> Poll<F::Output> {
        let Nudge { state, task } = &*self.nudge;
        let task = task.get_or_init(|| context.waker().clone());
        for _ in 0..MOST_POLLS {
            state.swap(POLLING, Ordering::AcqRel);
            let polled = future.as_mut().poll(&mut Context::from_waker(&self.waker));
            if polled.is_ready() {
                return polled;
            }
            let rest = state.compare_exchange(POLLING, IDLE, Ordering::AcqRel, Ordering::Acquire);
            if rest.is_ok() {
                return Poll::Pending;
            }
        }
        // Woken, and so the next one is on its way already.
        task.wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    /// A task that counts how often it is woken.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// How often a future that wakes itself so many times is polled by one poll of its task, and how
    /// often the task is woken.
    fn check(n_wakes: usize, expected: (usize, usize)) {
        let task = Arc::<Counted>::default();
        let waker = Waker::from(Arc::clone(&task));
        let mut n_polls = 0;
        let future = pin!(poll_fn(|context| {
            n_polls += 1;
            if n_polls <= n_wakes {
                context.waker().wake_by_ref();
            }
            Poll::<()>::Pending
        }));
        assert!(Nudged::new().poll(future, &Context::from_waker(&waker)).is_pending());
        assert_eq!((n_polls, task.0.load(Ordering::Acquire)), expected, "{n_wakes} wakes");
    }

    #[test]
    fn a_future_that_wakes_itself_is_polled_again_and_its_task_is_not_woken() {
        check(0, (1, 0));
        check(1, (2, 0));
        check(3, (4, 0));
    }

    #[test]
    fn one_that_never_stops_to_wake_itself_lets_others_by() {
        check(4, (4, 1));
        check(100, (4, 1));
    }

    #[test]
    fn whoever_wakes_it_from_outside_wakes_the_task() {
        let task = Arc::<Counted>::default();
        let waker = Waker::from(Arc::clone(&task));
        let nudged = Nudged::new();
        let mut given = None;
        let mut future = pin!(poll_fn(|context| {
            given = Some(context.waker().clone());
            Poll::<()>::Pending
        }));
        let _ = nudged.poll(future.as_mut(), &Context::from_waker(&waker));
        nudged.waker.wake_by_ref();
        // It is woken already, and hasn't been polled since.
        nudged.waker.wake_by_ref();
        assert_eq!(task.0.load(Ordering::Acquire), 1);
        let _ = nudged.poll(future, &Context::from_waker(&waker));
        given.unwrap().wake();
        assert_eq!(task.0.load(Ordering::Acquire), 2);
    }

    #[test]
    fn no_wake_is_lost_between_a_poll_and_its_end() {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(2).build().unwrap().block_on(async {
            let served = tokio::spawn(async {
                let nudged = Nudged::new();
                let said = Arc::new(AtomicUsize::new(0));
                let (mut seen, mut asked) = (0, false);
                let mut future = pin!(poll_fn(|context| {
                    while seen < 2_000 {
                        if said.load(Ordering::Acquire) == seen {
                            if !std::mem::replace(&mut asked, true) {
                                let (said, waker) = (Arc::clone(&said), context.waker().clone());
                                thread::spawn(move || {
                                    said.fetch_add(1, Ordering::AcqRel);
                                    waker.wake();
                                });
                            }
                            return Poll::Pending;
                        }
                        seen += 1;
                        asked = false;
                    }
                    Poll::Ready(())
                }));
                poll_fn(|context| nudged.poll(future.as_mut(), context)).await;
            });
            served.await.unwrap();
        });
    }
}
