use http::HeaderValue;
use http::header::RETRY_AFTER;
use serde_json::Value;

use super::deed::Answer;
use super::fault::{Delivery, Fault};
use super::fired::Fired;
use super::format::Effect;
use crate::dialects::Forced;
use crate::http::Response;

/// What the machinery can do for a scenario.
pub(crate) trait Answering {
    /// The vendor's natural answer, with all that it changes.
    fn natural(&mut self) -> Response;
    /// The natural answer, of which nothing stays: it is given by a copy of the session.
    fn natural_in_a_copy(&mut self) -> Response;
    /// The vendor's own error.
    fn forced(&mut self, error: Forced) -> Response;
}

/// The answer to an exchange that a rule is about.
#[cold]
pub(crate) fn perform(fired: &Fired, answering: &mut impl Answering) -> Response {
    let deed = &fired.deed;
    let is_replaced = matches!(deed.answer, Answer::Error(_) | Answer::Fixed(_));
    let strikes_before = deed.effect == Effect::Before && (is_replaced || deed.fault.is_some());
    let natural = if !strikes_before {
        Some(answering.natural())
    } else if !is_replaced && has_body(deed.fault) {
        Some(answering.natural_in_a_copy())
    } else {
        None
    };
    let mut response = match (&deed.answer, natural) {
        (Answer::Error(error), _) => answering.forced(*error),
        (Answer::Fixed(response), _) => response.clone(),
        (Answer::Patched(patch), Some(natural)) => patched(natural, patch),
        (Answer::Natural, Some(natural)) => natural,
        // Nobody will see it: the connection ends before.
        (Answer::Natural | Answer::Patched(_), None) => Response::empty(http::StatusCode::OK),
    };
    if let Some(seconds) = fired.retry_after {
        response.headers.to_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    for name in deed.headers.keys() {
        response.headers.to_mut().remove(name);
    }
    response.headers.to_mut().extend(deed.headers.clone());
    response
}

impl Delivery {
    /// Whether a client gets to see the head of the answer.
    #[must_use]
    pub fn has_head(&self) -> bool {
        has_body(self.fault)
    }
}

/// Whether anything of an answer comes through a fault.
fn has_body(fault: Option<Fault>) -> bool {
    match fault {
        Some(Fault::Reset | Fault::Close | Fault::Garbage | Fault::Hang) => false,
        Some(Fault::Truncate { .. } | Fault::MalformedChunk | Fault::WrongLength) | None => true,
    }
}

/// An answer with a JSON Merge Patch (RFC 7396) on its body; one that isn't JSON stays as it is.
fn patched(mut natural: Response, patch: &Value) -> Response {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&natural.body) {
        json_patch::merge(&mut body, patch);
        natural.body = body.to_string().into();
    }
    natural
}
