//! What becomes of a request: most often an answer, and sometimes something that takes time. Time is
//! spent in [`crate::server`]; here it is only said how.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::app::App;
use crate::events::Listener;
use crate::http::Response;
use crate::scenarios::Delivery;
use crate::sessions::Slot;

/// What becomes of a request.
pub enum Outcome {
    /// This answer.
    Answer(Response),
    /// This answer, late, slow or broken, as a scenario says.
    Spoilt(Response, Delivery),
    /// Something else has to happen before.
    Wait(Wait),
    /// This answer, whose body is what the listener hears.
    Stream(Response, Listener),
}

impl Outcome {
    /// The status, if it is known.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(response) | Self::Spoilt(response, _) | Self::Stream(response, _) => {
                Some(response.status.as_u16())
            }
            Self::Wait(_) => None,
        }
    }
}

impl From<Response> for Outcome {
    fn from(response: Response) -> Self {
        Self::Answer(response)
    }
}

/// Says whether what is waited for has happened.
pub type Condition = Box<dyn Fn() -> bool + Send + Sync>;

/// What is done once it has happened, or once nobody waits any longer.
pub type Then = Box<dyn FnOnce(&App) -> Outcome + Send + Sync>;

/// A request that is answered when something has happened in its session, or when its time is over.
pub struct Wait {
    /// How long to wait at most, in real time.
    pub timeout: Duration,
    slot: Arc<Slot>,
    condition: Condition,
    then: Then,
}

impl Wait {
    /// Waits for a condition on a session, and then does something.
    #[must_use]
    pub fn new(slot: Arc<Slot>, timeout: Duration, condition: Condition, then: Then) -> Self {
        Self { timeout, slot, condition, then }
    }

    /// Whether it has happened; if not, the task is woken when to ask again.
    pub fn poll(&self, context: &Context<'_>) -> Poll<()> {
        self.slot.events.wake(context);
        if (self.condition)() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// What becomes of the request now, whether or not it has happened.
    #[must_use]
    pub fn finish(self, app: &App) -> Outcome {
        match (self.then)(app) {
            Outcome::Answer(mut response) => {
                crate::app::set_date(&self.slot.session(), &mut response);
                Outcome::Answer(response)
            }
            later => later,
        }
    }
}
