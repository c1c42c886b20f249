//! Tickets: what clients log in for (facts: framework §3.4).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use http::StatusCode;
use serde_json::json;

use super::auth::Caller;
use super::json::{self, Sent};
use super::people::{posted_body, unreadable};
use super::problem::Problem;
use super::{Answer, Call, person, reply};
use crate::store::{Map, new_map};

/// The vendor cuts so many characters off a ticket and never looks at what they were.
const PREFIX: &str = "TICKET_";

/// The tickets that live.
pub(super) struct Tickets {
    by_id: Map<Arc<Ticket>>,
    /// One a user: logging in again gives the same, and one logout ends all.
    by_owner: Map<Arc<Ticket>>,
}

struct Ticket {
    /// The part after the prefix.
    id: Arc<str>,
    /// The key of the person whose it is.
    owner: Arc<str>,
    /// In milliseconds since 1970, on the session's clock.
    expires: AtomicI64,
    /// Whether it has been renewed before.
    was_renewed: AtomicBool,
}

impl Ticket {
    /// Whether it lives. Looking renews it: a new ticket of which less than half is left, and a
    /// renewed one as soon as a tenth is gone, which is how the vendor makes the copy that a renewal
    /// is (`InMemoryTicketComponentImpl.Ticket`).
    fn lives(&self, now: i64, lifetime: i64) -> bool {
        let left = self.expires.load(Ordering::Relaxed) - now;
        if left < 0 {
            return false;
        }
        let was_renewed = self.was_renewed.load(Ordering::Relaxed);
        if left < if was_renewed { lifetime - lifetime / 10 } else { lifetime / 2 } {
            self.expires.store(now.saturating_add(lifetime), Ordering::Relaxed);
            self.was_renewed.store(true, Ordering::Relaxed);
        }
        true
    }
}

impl Default for Tickets {
    fn default() -> Self {
        Self { by_id: new_map(), by_owner: new_map() }
    }
}

impl Clone for Tickets {
    /// A copy whose tickets are renewed on their own.
    fn clone(&self) -> Self {
        let copy = Self::default();
        for ticket in &self.by_id {
            let expires = AtomicI64::new(ticket.expires.load(Ordering::Relaxed));
            let was_renewed = AtomicBool::new(ticket.was_renewed.load(Ordering::Relaxed));
            let (id, owner) = (ticket.id.clone(), ticket.owner.clone());
            copy.add(Ticket { id, owner, expires, was_renewed });
        }
        copy
    }
}

impl Tickets {
    fn add(&self, ticket: Ticket) {
        let ticket = Arc::new(ticket);
        self.by_id.insert(ticket.id.clone(), Arc::clone(&ticket));
        self.by_owner.insert(ticket.owner.clone(), ticket);
    }

    /// The key of the person whose ticket it is, if it lives. Using it renews it in time.
    pub(super) fn owner(&self, ticket: &str, now: i64, lifetime: i64) -> Option<Arc<str>> {
        let ticket = Arc::clone(&*self.by_id.get(ticket.get(PREFIX.len()..)?)?);
        ticket.lives(now, lifetime).then(|| ticket.owner.clone())
    }

    /// The key of the person whose ticket it is, if it lives. Looking renews nothing.
    pub(super) fn owner_unrenewed(&self, ticket: &str, now: i64) -> Option<Arc<str>> {
        let ticket = self.by_id.get(ticket.get(PREFIX.len()..)?)?;
        (ticket.expires.load(Ordering::Relaxed) >= now).then(|| ticket.owner.clone())
    }

    /// The ticket of a person: the one that lives, or one that is made. Logging in renews a ticket
    /// when using it would, and no earlier.
    fn of(&self, owner: &str, now: i64, lifetime: i64, make: impl FnOnce() -> String) -> String {
        let known = self.by_owner.get(owner).map(|ticket| Arc::clone(&*ticket));
        if let Some(ticket) = known {
            if ticket.lives(now, lifetime) {
                return format!("{PREFIX}{}", ticket.id);
            }
            self.by_id.remove(&ticket.id);
        }
        let id = make();
        let expires = AtomicI64::new(now.saturating_add(lifetime));
        let (key, owner) = (id.as_str().into(), owner.into());
        self.add(Ticket { id: key, owner, expires, was_renewed: AtomicBool::new(false) });
        format!("{PREFIX}{id}")
    }

    fn remove(&self, ticket: &str) {
        let removed = ticket.get(PREFIX.len()..).and_then(|id| self.by_id.remove(id));
        if let Some((_, ticket)) = removed {
            self.by_owner.remove(&ticket.owner);
        }
    }
}

/// `POST /tickets`
pub(super) fn create(call: &Call<'_>) -> Answer {
    let body = posted_body(call)?;
    let logins = json::read_list(body, &json::LOGIN_TICKET).map_err(|why| unreadable(&why))?;
    let login = match logins.as_slice() {
        [] => return Err(Problem::EmptyList),
        [Some(login)] => login,
        // A list with nothing but `null` in it has one login, which says nothing.
        [None] => return Err(Problem::InvalidLoginDetails),
        _ => return Err(Problem::OneLoginOnly),
    };
    let (Sent::Value(user), Sent::Value(password)) = (login.text("userId"), login.text("password"))
    else {
        return Err(Problem::InvalidLoginDetails);
    };
    let person = call.world.log_in(call.session, user, password).ok_or(Problem::LoginFailed)?;
    let now = call.session.clock.now_ms();
    let make = || call.session.dice.hex(40);
    let ticket = call.world.tickets.of(&person.key, now, call.world.seed.ticket_ms(), make);
    // The user is shown as typed, not as stored.
    let body = json!({ "entry": { "id": ticket, "userId": user } });
    Ok(reply::json(StatusCode::CREATED, body.to_string()))
}

/// `GET /tickets/-me-`
pub(super) fn validate(call: &Call<'_>, caller: &Caller) -> Answer {
    let ticket = own_ticket(call, caller)?;
    let body = json!({ "entry": { "id": ticket } });
    Ok(reply::json(StatusCode::OK, body.to_string()))
}

/// `DELETE /tickets/-me-`
pub(super) fn delete(call: &Call<'_>, caller: &Caller) -> Answer {
    call.world.tickets.remove(own_ticket(call, caller)?);
    Ok(reply::nothing(StatusCode::NO_CONTENT))
}

fn own_ticket<'c>(call: &Call<'_>, caller: &'c Caller) -> Result<&'c str, Problem> {
    let id = call.path.parameter("ticketId");
    // Here, unlike in a person's path, letter case matters (`AuthenticationsImpl.validateTicket`).
    if id != person::ME {
        return Err(Problem::InvalidParameter { value: id.to_owned() });
    }
    // The query is asked before the header: whoever came in by the header although they sent a
    // ticket in the query learns that that one is dead.
    let alf_ticket = call.query.first("alf_ticket").filter(|ticket| !ticket.is_empty());
    match (alf_ticket, caller.ticket.as_deref()) {
        (Some(sent), ticket) if ticket != Some(sent) => {
            Err(Problem::TicketNotFound { ticket: sent.to_owned() })
        }
        (_, Some(ticket)) => Ok(ticket),
        (_, None) => Err(Problem::TicketRequired),
    }
}
