//! The story of one request, in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::header::DATE;
use http::{HeaderValue, Method};

use crate::config::Config;
use crate::dialects::{self, Seed, Vendor};
use crate::fixtures::{self, LoadError};
use crate::http::{Request, Response};
use crate::reload::Reloading;
use crate::router::{Found, Router};
use crate::sessions::{Session, Sessions};
use crate::{clock, control, cors};

/// The whole mock, but for sockets: everything that a request can meet.
pub struct App {
    /// How it was told to run.
    pub config: Config,
    /// One seed a vendor, in the order of [`dialects::ALL`]; swapped whole.
    pub(crate) seeds: ArcSwap<Vec<Arc<dyn Seed>>>,
    pub(crate) sessions: Sessions,
    pub(crate) reloading: Reloading,
    pub(crate) started: jiff::Timestamp,
    routers: Vec<Router>,
}

impl App {
    /// Reads the fixtures and is ready to answer, or says all that is wrong with them.
    pub fn load(config: Config) -> Result<Self, Vec<LoadError>> {
        let reloading = Reloading::before(&config.layers);
        let seeds = fixtures::load(&config.layers)?;
        Ok(Self {
            sessions: Sessions::new(&config, &seeds),
            seeds: ArcSwap::from_pointee(seeds),
            reloading,
            started: clock::system_now(),
            routers: dialects::ALL.iter().map(|vendor| Router::new(vendor.operations)).collect(),
            config,
        })
    }

    /// Answers a request. This never fails and never waits for anything but its turn to change the
    /// session.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Response {
        let session = self.sessions.default_session();
        let path = request.path();
        let mut operation = None;

        let mut response = if control::is_control(&path) {
            control::answer(self, session, request, &path)
        } else if let Some(response) = self.preflight(request) {
            response
        } else if let Some((index, vendor)) = vendor_of(&path) {
            let found = self.routers[index].find(&request.method, &path);
            if let Found::Operation(found) = &found {
                operation = Some(found.operation.name);
            }
            answer_as(vendor, index, session, request, found)
        } else {
            control::not_mounted(&path)
        };

        if self.config.cors && !control::is_control(&path) {
            cors::open(request, &mut response);
        }
        if session.clock.is_set() {
            set_date(session, &mut response);
        }
        tracing::info!(
            method = %request.method,
            path = %Redacted(&path),
            operation,
            status = response.status.as_u16(),
            "exchange"
        );
        response
    }

    fn preflight(&self, request: &Request) -> Option<Response> {
        if self.config.cors { cors::preflight(request) } else { None }
    }
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
) -> Response {
    // A request that changes something has the session to itself, from before it looks at the
    // world, so that no reset or reload can come between its look and its change.
    let is_reading = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let _change = (!is_reading).then(|| session.begin_change());
    let world = session.world(index);

    let answer = AssertUnwindSafe(|| world.answer(session, request, found));
    catch_unwind(answer).unwrap_or_else(|_| {
        // The panic's own words and place are on stderr already; what it was asked belongs to them.
        tracing::error!(vendor = vendor.name, method = %request.method, "a handler panicked");
        world.crashed(session)
    })
}

/// Shows the session's time, where it isn't real time, as the time of the answer.
fn set_date(session: &Session, response: &mut Response) {
    let seconds = u64::try_from(session.clock.now().as_second()).unwrap_or_default();
    let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.min(253_402_300_799));
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(date)) {
        response.headers.insert(DATE, date);
    }
}

/// A path as the log may show it: without tickets, and without anything that isn't printable.
struct Redacted<'a>(&'a str);

impl std::fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.find("TICKET_") {
            Some(at) => write!(f, "{}TICKET_…", self.0[..at].escape_debug()),
            None => write!(f, "{}", self.0.escape_debug()),
        }
    }
}
