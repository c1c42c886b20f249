//! Our own API, under `/__admin`: what a test says to the mock and not to the vendor.

#![allow(clippy::unnecessary_wraps, reason = "a call that can't fail has the type of all calls")]

mod access;
mod catalog;
mod clock;
mod coverage;
mod events;
mod explain;
mod faults;
mod health;
mod metrics;
mod openapi;
mod outbox;
mod problem;
mod reload;
mod requests;
mod reset;
mod scenarios;
mod sessions;
mod snapshots;
mod verify;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::app::{App, set_date};
use crate::http::{Request, Response, UnreadBody};
use crate::journal;
use crate::outcome::Outcome;
use crate::sessions::{BadName, Session, Slot};
use problem::Problem;

/// Where our own API lies.
const MOUNT: &str = "/__admin";

/// One control call: what it needs to know.
struct Call<'a> {
    app: &'a App,
    /// Where the session that it acts on lives.
    slot: &'a Arc<Slot>,
    /// What that session is as the call comes in.
    session: &'a Session,
    request: &'a Request,
    /// The one parameter of its path; empty if the path has none.
    name: &'a str,
}

type Handler = fn(&Call<'_>) -> Result<Response, Problem>;

/// What a control call does.
#[derive(Clone, Copy)]
enum Act {
    /// It tells something.
    Tell(Handler),
    /// It changes something, which is logged and told to listeners.
    Change(Handler),
    /// It takes time.
    Last(fn(&Call<'_>) -> Result<Outcome, Problem>),
}

use Act::{Change, Last, Tell};

/// Our own API on one screen.
const ROUTES: &[(Method, &str, Act)] = &[
    (Method::GET, "/health", Tell(health::health)),
    (Method::GET, "/ready", Tell(health::ready)),
    (Method::GET, "/metrics", Tell(metrics::metrics)),
    (Method::GET, "/openapi/{}", Tell(openapi::get)),
    (Method::POST, "/reset", Change(reset::reset)),
    (Method::POST, "/reload", Change(reload::reload)),
    (Method::GET, "/sessions", Tell(sessions::list)),
    (Method::POST, "/sessions", Change(sessions::create)),
    (Method::DELETE, "/sessions", Change(sessions::drop_all)),
    (Method::GET, "/sessions/{}", Tell(sessions::get)),
    (Method::DELETE, "/sessions/{}", Change(sessions::drop)),
    (Method::GET, "/snapshots", Tell(snapshots::list)),
    (Method::GET, "/snapshots/{}", Tell(snapshots::get)),
    (Method::PUT, "/snapshots/{}", Change(snapshots::put)),
    (Method::DELETE, "/snapshots/{}", Change(snapshots::delete)),
    (Method::POST, "/snapshots/{}/restore", Change(snapshots::restore)),
    (Method::GET, "/requests", Tell(requests::list)),
    (Method::DELETE, "/requests", Change(requests::clear)),
    (Method::POST, "/requests/count", Tell(requests::count)),
    (Method::POST, "/requests/find", Tell(requests::find)),
    (Method::POST, "/requests/verify", Tell(verify::verify)),
    (Method::POST, "/requests/wait", Last(verify::wait)),
    (Method::GET, "/requests/{}", Tell(requests::get)),
    (Method::GET, "/scenarios", Tell(scenarios::list)),
    (Method::POST, "/scenarios/reset", Change(scenarios::restart)),
    (Method::GET, "/scenarios/{}", Tell(scenarios::get)),
    (Method::POST, "/scenarios/{}/start", Change(scenarios::start)),
    (Method::POST, "/scenarios/{}/stop", Change(scenarios::stop)),
    (Method::PUT, "/scenarios/{}/state", Change(scenarios::put_state)),
    (Method::GET, "/scenarios/{}/verdict", Tell(scenarios::verdict)),
    (Method::GET, "/faults", Tell(faults::list)),
    (Method::POST, "/faults", Change(faults::create)),
    (Method::DELETE, "/faults", Change(faults::delete_all)),
    (Method::GET, "/faults/{}", Tell(faults::get)),
    (Method::DELETE, "/faults/{}", Change(faults::delete)),
    (Method::GET, "/catalog", Tell(catalog::all)),
    (Method::GET, "/catalog/{}", Tell(catalog::one)),
    (Method::GET, "/coverage", Tell(coverage::coverage)),
    (Method::GET, "/explain/{}", Tell(explain::explain)),
    (Method::GET, "/events", Last(events::listen)),
    (Method::GET, "/clock", Tell(clock::get)),
    (Method::PUT, "/clock", Change(clock::put)),
    (Method::GET, "/outbox", Tell(outbox::get)),
    (Method::DELETE, "/outbox", Change(outbox::delete)),
];

/// Whether a path belongs to our own API.
#[must_use]
pub fn is_control(path: &str) -> bool {
    path.strip_prefix(MOUNT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a call may take long enough to be worth a thread of its own: it reads files.
#[must_use]
pub fn takes_long(request: &Request) -> bool {
    request.method == Method::POST
        && request.path().trim_end_matches('/').ends_with("/__admin/reload")
}

/// The answer to a control call that may not be made.
#[cold]
#[must_use]
pub fn refuse(app: &App, request: &Request, path: &str) -> Option<Response> {
    let problem = access::check(&app.config.admin, request, call_of(path)).err()?;
    if !matches!(problem, Problem::UnknownPath { .. }) {
        let path = shown(path);
        tracing::warn!(method = %request.method, path, %problem, "control call refused");
    }
    Some(problem.response())
}

/// Answers a control call; it acts on the session that the request belongs to.
#[cold]
#[must_use]
pub fn answer(app: &App, slot: &Arc<Slot>, request: &Request, path: &str) -> Outcome {
    let session = slot.session();
    let found = find(&request.method, call_of(path));
    let outcome = found.and_then(|(act, name)| {
        let call = Call { app, slot, session: &session, request, name };
        match act {
            Tell(handler) => handler(&call).map(Outcome::from),
            Change(handler) => {
                let response = handler(&call)?;
                has_changed(&call, path, &response);
                Ok(response.into())
            }
            Last(handler) => handler(&call),
        }
    });
    match outcome.unwrap_or_else(|problem| problem.response().into()) {
        Outcome::Answer(mut response) => {
            set_date(&slot.session(), &mut response);
            Outcome::Answer(response)
        }
        later => later,
    }
}

/// The answer to a path that belongs to no vendor and not to us.
#[must_use]
pub fn not_mounted(path: &str) -> Response {
    Problem::NotMounted { path: journal::redacted(path).into_owned() }.response()
}

/// The answer to a request whose session can't be.
#[must_use]
pub fn bad_session(bad: BadName) -> Response {
    Problem::BadSession(bad).response()
}

/// The audit: a line in the log, and an event.
fn has_changed(call: &Call<'_>, path: &str, response: &Response) {
    let method = &call.request.method;
    tracing::info!(
        %method,
        path = %shown(path),
        session = &*call.slot.id,
        status = response.status.as_u16(),
        "control change"
    );
    let call_made = || format!("{method} {}", shown(path));
    call.slot.events.tell("change", None, || json!({ "call": call_made() }));
}

fn shown(path: &str) -> String {
    journal::redacted(path).escape_debug().to_string()
}

/// What follows the mount, without a slash at the end.
fn call_of(path: &str) -> &str {
    let rest = path.strip_prefix(MOUNT).unwrap_or(path);
    rest.strip_suffix('/').unwrap_or(rest)
}

/// What a call does, with the parameter of its path.
fn find<'p>(method: &Method, path: &'p str) -> Result<(Act, &'p str), Problem> {
    let (mut others, mut is_literal) = (Vec::new(), false);
    for (verb, route, act) in ROUTES {
        let Some(name) = fit(route, path) else { continue };
        // A HEAD is a GET whose body the server leaves out.
        if verb == method || (method == Method::HEAD && verb == Method::GET) {
            return Ok((*act, name));
        }
        // `/requests/count` is no request, although `/requests/{}` fits too.
        is_literal |= name.is_empty();
        if name.is_empty() || !is_literal {
            others.push(verb.clone());
        }
    }
    if others.is_empty() {
        let path = journal::redacted(path);
        return Err(Problem::UnknownPath { path: format!("{MOUNT}{path}") });
    }
    Err(Problem::WrongVerb { method: method.clone(), allowed: others })
}

/// The parameter of a path that fits a route, empty if the route has none.
fn fit<'p>(route: &str, path: &'p str) -> Option<&'p str> {
    let Some((before, after)) = route.split_once("{}") else {
        return (route == path).then_some("");
    };
    let name = path.strip_prefix(before)?.strip_suffix(after)?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

impl Call<'_> {
    /// The body, read as JSON; no body at all reads as `{}`.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = match &self.request.body {
            Ok(body) => &body[..],
            Err(UnreadBody::TooLarge { limit }) => {
                return Err(Problem::BodyTooLarge { limit: *limit });
            }
            Err(UnreadBody::Broken) => {
                return Err(Problem::BadBody { error: "it broke off".to_owned() });
            }
        };
        let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
        // serde would also read a struct from an array of its members.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(Problem::BadBody { error: "expected an object".to_owned() });
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let at = error.path().to_string();
            let error = error.into_inner();
            let at = if at == "." { String::new() } else { format!("{at}: ") };
            Problem::BadBody { error: format!("{at}{error}") }
        })?;
        json.end().map_err(|error| Problem::BadBody { error: error.to_string() })?;
        Ok(read)
    }

    /// The parameters of the query, of which none may be unknown or come twice.
    fn parameters(&self, known: &[&str]) -> Result<Vec<(String, String)>, Problem> {
        let mut parameters = Vec::<(String, String)>::new();
        for (name, value) in self.request.query().pairs {
            let name = name.into_owned();
            if !known.contains(&name.as_str()) {
                let known: Vec<_> = known.iter().map(|it| format!("`{it}`")).collect();
                let known = if known.is_empty() { "nothing".into() } else { known.join(", ") };
                let error = format!("there is no `{name}` here; what there is: {known}");
                return Err(Problem::BadParameter { error });
            }
            if parameters.iter().any(|(other, _)| *other == name) {
                let error = format!("`{name}` can be given once");
                return Err(Problem::BadParameter { error });
            }
            parameters.push((name, value.into_owned()));
        }
        Ok(parameters)
    }
}

fn json(value: &impl Serialize) -> Response {
    json_with(StatusCode::OK, value)
}

fn json_with(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => Response::new(status, "application/json", body),
        Err(error) => Problem::Unwritable { error: error.to_string() }.response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_call_and_brings_its_parameter() {
        let check = |method, path, expected: Result<&str, &[Method]>| match find(&method, path) {
            Ok((_, name)) => assert_eq!(Ok(name), expected, "{path}"),
            Err(Problem::WrongVerb { allowed, .. }) => {
                assert_eq!(Err(&*allowed), expected, "{path}");
            }
            Err(other) => assert_eq!(Err(&[][..]), expected, "{path}: {other}"),
        };
        check(Method::HEAD, "/health", Ok(""));
        check(Method::GET, "/snapshots/a", Ok("a"));
        check(Method::POST, "/snapshots/a/restore", Ok("a"));
        check(Method::POST, "/requests/count", Ok(""));
        check(Method::GET, "/requests/7", Ok("7"));
        check(Method::PUT, "/requests/count", Err(&[Method::POST]));
        check(Method::POST, "/requests/7", Err(&[Method::GET]));
        check(Method::POST, "/snapshots/a", Err(&[Method::GET, Method::PUT, Method::DELETE]));
        check(Method::GET, "/snapshots/a/b", Err(&[]));
        check(Method::GET, "/snapshots/", Err(&[]));
    }
}
