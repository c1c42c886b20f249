//! The story of one request, in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::header::DATE;
use http::{HeaderValue, Method};

use crate::config::Config;
use crate::dialects::{self, Trail, Vendor};
use crate::fixtures::{self, LoadError};
use crate::http::{Request, Response};
use crate::journal::{self, Exchange, Journal, Shown};
use crate::metrics::Metrics;
use crate::outcome::Outcome;
use crate::reload::Reloading;
use crate::router::{Found, Router};
use crate::sessions::{Seeds, Session, Sessions, Slot};
use crate::{clock, control, cors, sessions};

/// The whole mock, but for sockets: everything that a request can meet.
pub struct App {
    /// How it was told to run.
    pub config: Config,
    /// One seed a vendor, in the order of [`dialects::ALL`]; swapped whole.
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
    /// Reads the fixtures and is ready to answer, or says all that is wrong with them.
    pub fn load(config: Config) -> Result<Self, Vec<LoadError>> {
        let reloading = Reloading::before(&config.layers);
        let seeds = Arc::new(fixtures::load(&config.layers)?);
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
            self.exchange(&slot, &request, &path).into()
        }
    }

    /// An exchange with a vendor, or with nobody.
    fn exchange(&self, slot: &Slot, request: &Request, path: &str) -> Response {
        // A request that changes something has the session to itself, from before it looks at the
        // world, so that no reset or reload can come between its look and its change; and until it
        // is in the journal, which so has changes in the order in which they were made.
        let is_reading = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let _change = (!is_reading).then(|| slot.begin_change());
        let session = slot.session();
        let arrived = session.clock.now();
        let mut trail = Trail::default();

        let preflight = if self.config.cors { cors::preflight(request) } else { None };
        let (vendor, mut response) = match (preflight, vendor_of(path)) {
            (Some(response), _) => (None, response),
            (None, None) => (None, control::not_mounted(path)),
            (None, Some((index, vendor))) => {
                let found = self.routers[index].find(&request.method, path);
                if let Found::Operation(found) = &found {
                    trail.operation = Some(found.index);
                }
                let response = answer_as(vendor, index, &session, request, found, &mut trail);
                (Some(index), response)
            }
        };
        if self.config.cors {
            cors::open(request, &mut response);
        }
        set_date(&session, &mut response);

        let status = response.status.as_u16();
        let operation = vendor
            .zip(trail.operation)
            .and_then(|(vendor, index)| dialects::ALL[vendor].operations.get(index))
            .map(|operation| operation.name);
        self.metrics.count(vendor, trail.operation, status);
        let times = (arrived, session.clock.now());
        let exchange = Exchange { times, vendor, trail, request, response: &response };
        let entry = self.journal.record(&slot.pages(), exchange);
        slot.events.tell("exchange", Some(entry.id), || Shown::new(Arc::clone(&entry)).line());
        log(request, path, slot, operation, Some(status));
        response
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

/// The vendor under whose mounts a path lies, with its index in [`dialects::ALL`].
fn vendor_of(path: &str) -> Option<(usize, &'static Vendor)> {
    let is_under = |mount: &&str| {
        path.strip_prefix(mount).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let vendors = dialects::ALL.iter().copied().enumerate();
    vendors.into_iter().find(|(_, vendor)| vendor.mounts.iter().any(is_under))
}

fn answer_as(
    vendor: &Vendor,
    index: usize,
    session: &Session,
    request: &Request,
    found: Found<'_>,
    trail: &mut Trail,
) -> Response {
    let world = session.world(index);
    let answer = AssertUnwindSafe(|| world.answer(session, request, found, trail));
    catch_unwind(answer).unwrap_or_else(|_| {
        // The panic's own words and place are on stderr already; what it was asked belongs to them.
        tracing::error!(vendor = vendor.name, method = %request.method, "a handler panicked");
        world.crashed(session)
    })
}

/// Shows the session's time, where it isn't real time, as the time of the answer.
pub(crate) fn set_date(session: &Session, response: &mut Response) {
    if !session.clock.is_set() {
        return;
    }
    let seconds = u64::try_from(session.clock.now().as_second()).unwrap_or_default();
    let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.min(253_402_300_799));
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(date)) {
        response.headers.insert(DATE, date);
    }
}
