//! The patience with which a connection waits for the next request.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// The timer of one connection. hyper asks for a new deadline with every request and gives it up
/// as soon as the head is there; the alarm of this timer stays as it was set, and only when it goes
/// off it is looked whether anybody waits, and until when. So the runtime's wheel is touched once in
/// ten seconds and not twice a request.
#[derive(Clone, Default)]
pub(super) struct OneTimer(Arc<Mutex<Option<Alarm>>>);

type Alarm = Pin<Box<tokio::time::Sleep>>;

/// One deadline. Those of a connection come one after the other, each later than the one before.
struct Until {
    timer: OneTimer,
    deadline: tokio::time::Instant,
}

impl Timer for OneTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until { timer: self.clone(), deadline: deadline.into() })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.timer.0.lock().unwrap_or_else(PoisonError::into_inner);
        let set = || Box::pin(tokio::time::sleep_until(self.deadline));
        let alarm = alarm.get_or_insert_with(set);
        loop {
            ready!(alarm.as_mut().poll(context));
            if alarm.deadline() >= self.deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(self.deadline);
        }
    }
}
