//! Who is calling: tickets, passwords, the guest, and the guard against guessing
//! (facts: people §1.3, framework §3).

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::Alfresco;
use super::lookup::Script;
use super::person::{self, Person};
use super::problem::{Problem, Stage};
use crate::http::{Query, Request, Response};
use crate::sessions::Session;
use crate::store::{Map, new_map};

/// Failures in a row after which a user is refused even with the right password…
const GUARD_FAILURES: u32 = 10;
/// …until so many milliseconds after the last one (repository.properties:1207-1209).
const GUARD_MS: i64 = 6_000;
/// For how many names failures are counted, so that a client that makes names up can't fill the
/// memory.
const GUARDED_NAMES: usize = 10_000;

/// Whoever writes Base64 by hand gets the padding wrong; the vendor's decoder doesn't mind.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Somebody who is logged in.
pub(super) struct Caller {
    /// The person.
    pub person: Arc<Person>,
    /// The ticket that the caller showed, if it was a ticket.
    pub ticket: Option<String>,
}

impl Caller {
    /// Whether the caller may change a person: oneself, or anybody as an administrator.
    pub(super) fn may_change(&self, person: &Person) -> bool {
        self.person.is_admin || self.person.key == person.key
    }
}

/// A problem, with what decides about its headers.
pub(super) struct Refusal {
    problem: Problem,
    stage: Stage,
}

impl Refusal {
    /// A problem that arose at a stage.
    pub(super) fn plain(problem: Problem, stage: Stage) -> Self {
        Self { problem, stage }
    }

    fn unauthenticated(problem: Problem) -> Self {
        Self::plain(problem, Stage::BeforeResource)
    }

    fn challenge(script: Script) -> Self {
        Self::unauthenticated(Problem::AuthenticationFailed { script: script.name() })
    }

    /// The problem's name in the catalogue.
    pub(super) fn problem_id(&self) -> &'static str {
        self.problem.id()
    }

    /// The vendor's answer.
    pub(super) fn response(&self, world: &Alfresco, session: &Session, network: &str) -> Response {
        if matches!(self.problem, Problem::AuthenticationFailed { .. }) {
            let scheme = world.seed.server.challenge.as_str();
            return self.problem.challenge(session, &world.logs, scheme, network);
        }
        self.problem.response(session, &world.logs, self.stage)
    }
}

/// Finds out who is calling.
pub(super) fn caller(
    world: &Alfresco,
    session: &Session,
    request: &Request,
    query: &Query<'_>,
    script: Script,
    network: &str,
) -> Result<Caller, Refusal> {
    let guest = || Refusal::unauthenticated(Problem::GuestAttempted { script: script.name() });
    if query.first("guest").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Err(guest());
    }
    // A network that isn't there is a wrong login and never a 404, so that nobody can list networks.
    if !is_known(network) {
        return Err(Refusal::challenge(script));
    }

    let alf_ticket = query.first("alf_ticket").filter(|ticket| !ticket.is_empty());
    if let Some(caller) = alf_ticket.and_then(|it| world.caller_with_ticket(session, it)) {
        return Ok(caller);
    }
    // A bad `alf_ticket` isn't the end: the header may be better.
    if let Some(person) = world.last_login.repeated(world, request) {
        return Ok(Caller { person, ticket: None });
    }
    let Some(header) = header(request) else {
        if alf_ticket.is_none() && !session.asks_for_credentials {
            return world.administrator().ok_or_else(|| Refusal::challenge(script));
        }
        return Err(Refusal::challenge(script));
    };
    let caller = match credentials(&header).map_err(Refusal::unauthenticated)? {
        Credentials::Ticket(ticket) => world.caller_with_ticket(session, &ticket),
        Credentials::Password { user, .. } if user.eq_ignore_ascii_case("guest") => {
            return Err(guest());
        }
        Credentials::Password { user, password } => {
            let replacements = world.people.replacements();
            let person = world.log_in(session, &user, &password);
            person.map(|person| {
                world.last_login.remember(request, &person, replacements);
                Caller { person, ticket: None }
            })
        }
    };
    caller.ok_or_else(|| Refusal::challenge(script))
}

/// Who is calling, if the credentials are good; looking leaves no trace.
pub(super) fn look(
    world: &Alfresco,
    session: &Session,
    request: &Request,
    network: &str,
) -> Option<Arc<Person>> {
    let query = request.query();
    let is_guest = query.first("guest").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    if is_guest || !is_known(network) {
        return None;
    }
    let now = session.clock.now_ms();
    let owner = |ticket: &str| {
        let key = world.tickets.owner_unrenewed(ticket, now)?;
        world.people.get(&key).filter(|person| person.is_enabled())
    };
    let alf_ticket = query.first("alf_ticket").filter(|ticket| !ticket.is_empty());
    if let Some(person) = alf_ticket.and_then(owner) {
        return Some(person);
    }
    match header(request) {
        Some(header) => match credentials(&header).ok()? {
            Credentials::Ticket(ticket) => owner(&ticket),
            Credentials::Password { user, password } => {
                world.person_with_password(&person::key_of(&user), &password, session)
            }
        },
        None if alf_ticket.is_none() && !session.asks_for_credentials => {
            world.administrator().map(|caller| caller.person)
        }
        None => None,
    }
}

/// Whether there is such a network.
fn is_known(network: &str) -> bool {
    ["-default-", "-system-"].iter().any(|known| known.eq_ignore_ascii_case(network))
}

/// The `Authorization` header, if it says anything.
fn header(request: &Request) -> Option<Cow<'_, str>> {
    let header = request.first(&AUTHORIZATION)?;
    Some(String::from_utf8_lossy(header.as_bytes())).filter(|header| !header.is_empty())
}

enum Credentials {
    Ticket(String),
    Password { user: String, password: String },
}

/// Reads an `Authorization` header, oddities included.
fn credentials(header: &str) -> Result<Credentials, Problem> {
    let mut words = header.split(' ').filter(|word| !word.is_empty());
    let scheme = words.next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Problem::UnsupportedScheme { scheme: scheme.to_owned() });
    }
    let Some(encoded) = words.next() else { return Err(Problem::AuthorizationWithoutValue) };
    let decoded = BASE64.decode(encoded.trim_end_matches('='));
    let decoded = decoded.map_err(|_| Problem::AuthorizationNotBase64)?;
    let mut user = String::from_utf8(decoded)
        .unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
    if user.is_empty() {
        return Err(Problem::AuthorizationEmpty);
    }
    // Three ways to say that it's a ticket: no colon at all, no user, or a user of this name.
    let Some(colon) = user.find(':') else { return Ok(Credentials::Ticket(user)) };
    let secret = user.split_off(colon + 1);
    user.truncate(colon);
    Ok(if user.is_empty() || user.eq_ignore_ascii_case("ROLE_TICKET") {
        Credentials::Ticket(secret)
    } else {
        Credentials::Password { user, password: secret }
    })
}

impl Alfresco {
    /// The person with this name and password, if enabled and not guarded. Every refusal counts.
    pub(super) fn log_in(
        &self,
        session: &Session,
        user: &str,
        password: &str,
    ) -> Option<Arc<Person>> {
        let key = person::key_of(user);
        let person = self.person_with_password(&key, password, session);
        match person {
            Some(_) => self.failures.forget(&key),
            None => self.failures.count(&key, session.clock.now_ms()),
        }
        person
    }

    fn person_with_password(
        &self,
        key: &str,
        password: &str,
        session: &Session,
    ) -> Option<Arc<Person>> {
        if self.failures.is_guarded(key, session) {
            return None;
        }
        let person = self.people.get(key)?;
        let is_right = person.password.as_deref() == Some(password);
        (is_right && person.is_enabled()).then_some(person)
    }

    /// The owner of a ticket, if it lives and its owner is enabled.
    fn caller_with_ticket(&self, session: &Session, ticket: &str) -> Option<Caller> {
        let key = self.tickets.owner(ticket, session.clock.now_ms(), self.seed.ticket_ms())?;
        let person = self.people.get(&key).filter(|person| person.is_enabled())?;
        Some(Caller { person, ticket: Some(ticket.to_owned()) })
    }

    /// Who a call without credentials is made by with `--auth off`.
    fn administrator(&self) -> Option<Caller> {
        let person = self.people.get("admin").filter(|person| person.is_admin).or_else(|| {
            self.people.list(0).page(&[], 0, usize::MAX).find(|person| person.is_admin).cloned()
        })?;
        Some(Caller { person, ticket: None })
    }
}

/// The last good login. Most clients send the same name and password with every request, and they
/// need no second reading.
#[derive(Default)]
pub(super) struct LastLogin(ArcSwapOption<Login>);

struct Login {
    header: HeaderValue,
    person: Arc<Person>,
    /// How many people had been replaced when this one was found last, as
    /// [`Table::replacements`](crate::store::Table::replacements).
    replacements: AtomicU64,
}

impl LastLogin {
    /// Who calls, if it is who called last, unchanged since; a person is replaced and never changed,
    /// so that the same one has the same password. Where logins fail, all of them are counted and
    /// none is taken from here.
    fn repeated(&self, world: &Alfresco, request: &Request) -> Option<Arc<Person>> {
        let last = self.0.load();
        let Login { header, person, replacements } = &**last.as_ref()?;
        if request.first(&AUTHORIZATION)? != header || !world.failures.are_none() {
            return None;
        }
        let now = world.people.replacements();
        if now != replacements.load(Ordering::Relaxed) {
            let is_same = |found: Arc<Person>| Arc::ptr_eq(&found, person);
            if !world.people.get(&person.key).is_some_and(is_same) {
                return None;
            }
            replacements.store(now, Ordering::Relaxed);
        }
        Some(Arc::clone(person))
    }

    fn remember(&self, request: &Request, person: &Arc<Person>, replacements: u64) {
        if let Some(header) = request.first(&AUTHORIZATION) {
            // A copy, since the header itself holds on to all that was read with it.
            let Ok(mut header) = HeaderValue::from_bytes(header.as_bytes()) else { return };
            header.set_sensitive(true);
            let (person, replacements) = (Arc::clone(person), AtomicU64::new(replacements));
            self.0.store(Some(Arc::new(Login { header, person, replacements })));
        }
    }
}

/// Failed logins in a row, by name.
pub(super) struct Failures {
    by_name: Map<(u32, i64)>,
    /// Whether there ever were any. Nearly always there were none, and nobody comes to the map.
    have_been: AtomicBool,
}

impl Default for Failures {
    fn default() -> Self {
        Self { by_name: new_map(), have_been: AtomicBool::new(false) }
    }
}

impl Clone for Failures {
    fn clone(&self) -> Self {
        let have_been = self.have_been.load(Ordering::Acquire);
        Self { by_name: self.by_name.clone(), have_been: AtomicBool::new(have_been) }
    }
}

impl Failures {
    fn are_none(&self) -> bool {
        !self.have_been.load(Ordering::Acquire) || self.by_name.is_empty()
    }

    fn is_guarded(&self, key: &str, session: &Session) -> bool {
        !self.are_none()
            && self.by_name.get(key).is_some_and(|it| {
                it.0 >= GUARD_FAILURES && session.clock.now_ms() - it.1 < GUARD_MS
            })
    }

    /// Counts one more. A refusal by the guard counts too, so that whoever goes on guessing goes on
    /// waiting.
    fn count(&self, key: &str, now: i64) {
        if self.by_name.len() >= GUARDED_NAMES {
            self.by_name.retain(|_, it| now - it.1 < GUARD_MS);
            if self.by_name.len() >= GUARDED_NAMES {
                self.by_name.clear();
            }
        }
        self.have_been.store(true, Ordering::Release);
        let mut entry = self.by_name.entry(key.into()).or_insert((0, now));
        *entry = (entry.0.saturating_add(1), now);
    }

    fn forget(&self, key: &str) {
        if !self.are_none() {
            self.by_name.remove(key);
        }
    }
}
