//! What is done from time to time, on a thread of its own.
//!
//! A timer of the runtime would do it too. But a runtime that has one asks the clock and sets an
//! alarm each time that it waits for sockets, and for a client on one connection that is each time
//! that it waits for the next request.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Something that is done again and again, until this is dropped.
pub(super) struct Every {
    _is_wanted: Sender<()>,
}

impl Every {
    /// Does it after each such time.
    pub(super) fn new(time: Duration, mut act: impl FnMut() + Send + 'static) -> Self {
        let (is_wanted, wait) = channel();
        let thread = thread::Builder::new().name("people-mock-every".to_owned());
        let spawned = thread.spawn(move || {
            while wait.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                act();
            }
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread for what is done from time to time; it isn't done");
        }
        Self { _is_wanted: is_wanted }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn it_is_done_again_and_again_until_nobody_wants_it() {
        let (done, doing) = mpsc::channel();
        let every = Every::new(Duration::from_millis(1), move || {
            let _ = done.send(());
        });
        assert!((0..3).all(|_| doing.recv().is_ok()));
        drop(every);
        // It comes to its end, and lets go of what it did.
        while doing.recv().is_ok() {}
    }
}
