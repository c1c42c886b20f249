//! Our own API, under `/__admin`: what a test says to the mock and not to the vendor.

mod clock;
mod health;
mod outbox;
mod problem;
mod reload;
mod reset;

use http::{Method, StatusCode};
use serde::Serialize;

use crate::app::App;
use crate::http::{Request, Response};
use crate::sessions::Session;
use problem::Problem;

/// Where our own API lies.
const MOUNT: &str = "/__admin";

/// One control call: what it needs to know.
struct Call<'a> {
    app: &'a App,
    session: &'a Session,
    request: &'a Request,
}

type Handler = fn(&Call<'_>) -> Result<Response, Problem>;

/// Our own API on one screen.
const ROUTES: &[(Method, &str, Handler)] = &[
    (Method::GET, "/health", health::health),
    (Method::GET, "/ready", health::ready),
    (Method::POST, "/reset", reset::reset),
    (Method::POST, "/reload", reload::reload),
    (Method::GET, "/clock", clock::get),
    (Method::PUT, "/clock", clock::put),
    (Method::GET, "/outbox", outbox::get),
    (Method::DELETE, "/outbox", outbox::delete),
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

/// Answers a control call; it acts on the session that the request belongs to.
#[must_use]
pub fn answer(app: &App, session: &Session, request: &Request, path: &str) -> Response {
    let call = Call { app, session, request };
    let rest = path.strip_prefix(MOUNT).unwrap_or(path);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let answer = match handler(&request.method, rest) {
        Ok(handler) => handler(&call),
        Err(problem) => Err(problem),
    };
    answer.unwrap_or_else(|problem| problem.response())
}

/// The answer to a path that belongs to no vendor and not to us.
#[must_use]
pub fn not_mounted(path: &str) -> Response {
    Problem::NotMounted { path: path.to_owned() }.response()
}

fn handler(method: &Method, path: &str) -> Result<Handler, Problem> {
    let mut others = Vec::new();
    for (verb, route, handler) in ROUTES {
        if *route == path {
            // A HEAD is a GET whose body the server leaves out.
            if verb == method || (method == Method::HEAD && verb == Method::GET) {
                return Ok(*handler);
            }
            others.push(verb.clone());
        }
    }
    if others.is_empty() {
        return Err(Problem::UnknownPath { path: format!("{MOUNT}{path}") });
    }
    Err(Problem::WrongVerb { method: method.clone(), allowed: others })
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => Response::new(StatusCode::OK, "application/json", body),
        Err(error) => Problem::Unwritable { error: error.to_string() }.response(),
    }
}
