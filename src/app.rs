//! The story of one request, in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::header::DATE;
use http::{HeaderValue, Method};
use serde_json::json;

use crate::config::Config;
use crate::dialects::{self, Forced, Trail};
use crate::fixtures::{self, LoadError};
use crate::http::{Path, Request, Response};
use crate::journal::{self, Exchange, Journal, Recorded, Shown};
use crate::metrics::Metrics;
use crate::outcome::{Outcome, Wait};
use crate::reload::Reloading;
use crate::router::{Found, Router};
use crate::scenarios::{self, Answering, Delivery, Fired, Library, Live, Subject};
use crate::sessions::{Seeds, Session, Sessions, Slot};
use crate::{clock, control, cors, sessions};

/// The whole mock, but for sockets: everything that a request can meet.
pub struct App {
    /// How it was told to run.
    pub config: Config,
    /// What the files gave; swapped whole.
    pub(crate) seeds: ArcSwap<Seeds>,
    /// Every session.
    pub sessions: Sessions,
    pub(crate) journal: Arc<Journal>,
    pub(crate) metrics: Metrics,
    pub(crate) reloading: Reloading,
    pub(crate) started: jiff::Timestamp,
    routers: Vec<Router>,
}

impl App {
    /// Reads fixtures and scenarios and is ready to answer, or says all that is wrong with them.
    pub fn load(config: Config) -> Result<Self, Vec<LoadError>> {
        let reloading = Reloading::before(&config);
        let (scenarios, mut errors) =
            Library::open(&config.scenarios, &config.from_start, &Library::default());
        let fixtures = fixtures::load(&config.layers).unwrap_or_else(|more| {
            errors.splice(..0, more);
            Vec::new()
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        let seeds = Arc::new(Seeds { fixtures, scenarios });
        Ok(Self {
            sessions: Sessions::new(&config, &seeds),
            seeds: ArcSwap::new(seeds),
            journal: Arc::new(Journal::new(config.journal_bytes)),
            metrics: Metrics::default(),
            reloading,
            started: clock::system_now(),
            routers: dialects::ALL.iter().map(|vendor| Router::new(vendor)).collect(),
            config,
        })
    }

    /// Answers a request, or says what has to happen before. This never fails and never waits for
    /// anything but its turn to change the session.
    #[must_use]
    pub fn answer(&self, mut request: Request) -> Outcome {
        // The key of the session may be a part of the path; nobody behind this line sees it.
        let key = sessions::take_key(&mut request);
        let path = request.path();
        let is_control = control::is_control(&path);
        if is_control && let Some(refusal) = control::refuse(self, &request, &path) {
            return refusal.into();
        }
        let slot = match key {
            Ok(key) => self.sessions.enter(key.as_deref(), &self.seeds),
            Err(bad) => {
                let mut refusal = control::bad_session(bad);
                if self.config.cors && !is_control {
                    cors::open(&request, &mut refusal);
                }
                return refusal.into();
            }
        };
        if is_control {
            let outcome = control::answer(self, &slot, &request, &path);
            log(&request, &path, &slot, None, outcome.status());
            outcome
        } else {
            self.exchange(&slot, &request, &path, None)
        }
    }

    /// An exchange with a vendor, or with nobody; one that was held goes on with what had been
    /// decided about it.
    fn exchange(
        &self,
        slot: &Arc<Slot>,
        request: &Request,
        path: &Path<'_>,
        held: Option<Fired>,
    ) -> Outcome {
        // A request that changes something has the session to itself, from before it looks at the
        // world, so that no reset or reload can come between its look and its change; and until it
        // is in the journal, which so has changes in the order in which they were made.
        let is_reading = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let _change = (!is_reading).then(|| slot.begin_change());
        let session = slot.session();
        let arrived = session.clock.now();
        let preflight = if self.config.cors { cors::preflight(request) } else { None };

        let vendor = if preflight.is_some() { None } else { vendor_of(path) };
        let found =
            vendor.map_or(Found::Nothing, |it| self.routers[it].find(&request.method, path));
        let live = Live::new(&session, request, path, vendor, &found);
        let mut answering = Answer { app: self, live: &live, trail: Trail::default() };
        answering.trail.operation = live.operation_index();
        let mut delivery = Delivery::default();
        let mut response = match preflight {
            Some(response) => response,
            None => match held.or_else(|| scenarios::decide(&live, self.config.prefer)) {
                Some(fired) if fired.is_held() => return hold(slot, &session, request, fired),
                Some(fired) => {
                    delivery.clone_from(&fired.delivery);
                    let response = scenarios::perform(&fired, &mut answering);
                    tell(slot, &fired);
                    answering.trail.forced_by = (!fired.is_pass()).then_some(fired.by);
                    // Where the vendor wasn't asked, nobody has noted who calls.
                    answering.trail.caller =
                        answering.trail.caller.or_else(|| live.caller().map(Into::into));
                    response
                }
                None => answering.natural(),
            },
        };
        if self.config.cors {
            cors::open(request, &mut response);
        }
        set_date(&session, &mut response);
        let trail = answering.trail;
        session.scenarios.see(&live);

        let status = if delivery.has_head() { response.status.as_u16() } else { 0 };
        let operation = live.operation();
        self.metrics.count(vendor, trail.operation, status);
        if let Some(vendor) = vendor {
            session.coverage.meet(vendor, &trail, status);
        }
        let times = (arrived, session.clock.now());
        let exchange = Exchange { times, vendor, trail, request, response: &response, status };
        let status = (status != 0).then_some(status);
        let id = self.journal.record(&session.pages, &exchange);
        let told = || Shown::new(Recorded::alone(id, &exchange)).line();
        slot.events.tell("exchange", Some(id), told);
        log(request, path, slot, operation, status);
        if delivery.is_plain() { response.into() } else { Outcome::Spoilt(response, delivery) }
    }
}

/// Lets an exchange wait until another one is over, or its session is another one.
#[cold]
fn hold(slot: &Arc<Slot>, session: &Session, request: &Request, mut fired: Fired) -> Outcome {
    let (playing, timeout) = (Arc::clone(&session.scenarios), fired.deed.hold_timeout());
    let held = playing.hold(&fired.deed);
    fired.was_held = true;
    let (request, waiting, resumed) = (request.clone(), Arc::clone(slot), Arc::clone(slot));
    let is_over = move || held.is_over() || !Arc::ptr_eq(&waiting.session().scenarios, &playing);
    let then = move |app: &App| app.exchange(&resumed, &request, &request.path(), Some(fired));
    Outcome::Wait(Wait::new(Arc::clone(slot), timeout, Box::new(is_over), Box::new(then)))
}

/// Tells listeners what a scenario did.
#[cold]
fn tell(slot: &Slot, fired: &Fired) {
    if !fired.is_pass() {
        slot.events.tell("fault", None, || fired.by.json());
    }
    if let Some((from, to)) = &fired.moved {
        let told = || json!({ "by": fired.by.json(), "from": from, "to": to });
        slot.events.tell("state", None, told);
    }
}

/// Gets answers from the vendor whom a request is for.
struct Answer<'a> {
    app: &'a App,
    live: &'a Live<'a>,
    trail: Trail,
}

impl Answer<'_> {
    fn natural_of(&mut self, session: &Session) -> Response {
        let live = self.live;
        let Some(vendor) = live.vendor else { return control::not_mounted(live.path) };
        let world = session.world(vendor);
        let trail = &mut self.trail;
        let answer =
            AssertUnwindSafe(|| world.answer(session, live.request, live.path, live.found, trail));
        catch_unwind(answer).unwrap_or_else(|_| {
            // The panic's own words and place are on stderr already; what it was asked belongs to
            // them.
            let vendor = dialects::ALL[vendor].name;
            tracing::error!(vendor, method = %live.request.method, "a handler panicked");
            world.crashed(session)
        })
    }
}

impl Answering for Answer<'_> {
    fn natural(&mut self) -> Response {
        self.natural_of(self.live.session)
    }

    fn natural_in_a_copy(&mut self) -> Response {
        let copy = self.live.session.fork(&self.app.seeds.load());
        self.natural_of(&copy)
    }

    fn forced(&mut self, error: Forced) -> Response {
        let live = self.live;
        match live.world() {
            Some(world) => {
                world.forced(live.session, live.request, live.found, error, &mut self.trail)
            }
            None => control::not_mounted(live.path),
        }
    }
}

/// The one line of an exchange; nothing of it can hold a secret.
fn log(
    request: &Request,
    path: &str,
    slot: &Slot,
    operation: Option<&'static str>,
    status: Option<u16>,
) {
    tracing::info!(
        method = %request.method,
        path = %journal::redacted(path).escape_debug(),
        operation,
        session = &*slot.id,
        status,
        "exchange"
    );
}

/// The vendor under whose mounts a path lies, as its index in [`dialects::ALL`].
fn vendor_of(path: &str) -> Option<usize> {
    let is_under = |mount: &&str| {
        path.strip_prefix(mount).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    dialects::ALL.iter().position(|vendor| vendor.mounts.iter().any(is_under))
}

/// Shows the session's time, where it isn't real time, as the time of the answer.
pub(crate) fn set_date(session: &Session, response: &mut Response) {
    if !session.clock.is_set() {
        return;
    }
    let seconds = u64::try_from(session.clock.now().as_second()).unwrap_or_default();
    let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.min(253_402_300_799));
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(date)) {
        response.headers.to_mut().insert(DATE, date);
    }
}
