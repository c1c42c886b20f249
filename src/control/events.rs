use http::header::CACHE_CONTROL;
use http::{HeaderName, Method, StatusCode};

use super::{Call, Problem};
use crate::events::{CAPACITY, Listener};
use crate::http::Response;
use crate::journal::Shown;
use crate::outcome::Outcome;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// `GET /__admin/events`: what happens in this session from now on, as server-sent events. A
/// client that was interrupted names the last exchange that it knows and gets the later ones first.
pub(super) fn listen(call: &Call<'_>) -> Result<Outcome, Problem> {
    let response =
        Response::new(StatusCode::OK, "text/event-stream", "").with(CACHE_CONTROL, "no-store");
    if call.request.method == Method::HEAD {
        return Ok(response.into());
    }
    let mut listener = Listener::new(call.slot.clone());
    let last = call.request.header(&LAST_EVENT_ID).and_then(|id| id.trim().parse::<u64>().ok());
    if let Some(last) = last {
        let missed = call.app.journal.entries(&call.slot.session().pages).into_iter();
        let missed: Vec<_> = missed.filter(|entry| entry.id > last).collect();
        let newest = missed.len().saturating_sub(CAPACITY);
        let newest = missed.into_iter().skip(newest).map(Shown::new);
        listener.catch_up(newest.map(|request| (request.entry.id, request.line())));
    }
    Ok(Outcome::Stream(response, listener))
}
