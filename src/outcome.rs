//! What becomes of a request: most often an answer, and sometimes something that takes time. Time is
//! spent in [`crate::server`]; here it is only said how.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::events::Listener;
use crate::http::Response;
use crate::sessions::Slot;

/// What becomes of a request.
pub enum Outcome {
    /// This answer.
    Answer(Response),
    /// An answer that comes when something has happened.
    Wait(Wait),
    /// This answer, whose body is what the listener hears.
    Stream(Response, Listener),
}

impl Outcome {
    /// The status, if it is known.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(response) | Self::Stream(response, _) => Some(response.status.as_u16()),
            Self::Wait(_) => None,
        }
    }
}

impl From<Response> for Outcome {
    fn from(response: Response) -> Self {
        Self::Answer(response)
    }
}

/// Says whether what is waited for has happened, and what is answered if nobody waits any longer.
pub type Condition = Box<dyn Fn() -> (bool, Response) + Send + Sync>;

/// An answer that comes when something has happened in a session.
pub struct Wait {
    /// How long somebody waits for it.
    pub timeout: Duration,
    slot: Arc<Slot>,
    condition: Condition,
}

impl Wait {
    /// Waits for a condition on a session.
    #[must_use]
    pub fn new(slot: Arc<Slot>, timeout: Duration, condition: Condition) -> Self {
        Self { timeout, slot, condition }
    }

    /// The answer, if it has come to that; if not, the task is woken when to ask again.
    pub fn poll(&self, context: &Context<'_>) -> Poll<Response> {
        self.slot.events.wake(context);
        match (self.condition)() {
            (true, response) => Poll::Ready(self.dated(response)),
            (false, _) => Poll::Pending,
        }
    }

    /// The answer when the time is over.
    #[must_use]
    pub fn give_up(&self) -> Response {
        // It may have happened at the last moment.
        self.dated((self.condition)().1)
    }

    fn dated(&self, mut response: Response) -> Response {
        crate::app::set_date(&self.slot.session(), &mut response);
        response
    }
}
