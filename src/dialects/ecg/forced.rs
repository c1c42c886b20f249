//! Errors on demand: a problem as this request would have met it.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::validation::Validator;
use super::{Problem, VENDOR, body, cannot, person, requests, syntax, undecodable};
use crate::dialects::{Forced, Trail};
use crate::http::{Request, Response};
use crate::router::{Found, Match};

/// The vendor's answer had this error happened to this request.
pub(super) fn response(
    request: &Request,
    found: &Found<'_>,
    forced: Forced,
    trail: &mut Trail,
) -> Response {
    let path = match found {
        Found::Operation(path) => Some(path),
        _ => None,
    };
    let row = VENDOR.row(path.map(|it| it.index), forced);
    let id = match forced {
        Forced::Problem(id) => Some(id),
        Forced::Status(_) => row.map(|row| row.id),
    };
    let happened = Happened { request, path };
    let problem = id.and_then(|id| happened.problem(id));
    trail.problem = problem.as_ref().map(Problem::id);
    match (problem, forced) {
        (Some(problem), _) => problem.response(),
        // Nobody is asked who they are by the health check; a proxy before it may ask.
        (None, Forced::Status(401)) => Problem::Unauthorized.response(),
        (None, Forced::Status(status)) => Problem::unlisted(status),
        (None, Forced::Problem(_)) => Problem::Crashed.response(),
    }
}

/// A request to which a problem is to have happened.
struct Happened<'a> {
    request: &'a Request,
    path: Option<&'a Match<'a>>,
}

impl Happened<'_> {
    /// The problem of this name, with what the request says about it, or else an example.
    fn problem(&self, id: &'static str) -> Option<Problem> {
        match (id, self.path.map(|path| path.operation.own_name())) {
            ("InvalidBody", Some(operation)) => {
                Some(Problem::InvalidBody { messages: unmet(operation) })
            }
            _ => Problem::example(id, &|field| {
                self.part(id, field).unwrap_or_else(|| example(id, field))
            }),
        }
    }

    fn part(&self, id: &str, field: &str) -> Option<String> {
        match (id, field) {
            ("CannotFind", _) => match cannot(self.request) {
                Problem::CannotFind { verb, .. } if field == "verb" => Some(verb),
                Problem::CannotFind { address, .. } => Some(address),
                _ => None,
            },
            ("UndecodableParameter", _) => undecodable(&self.request.path()),
            // Only who isn't there is shown as sent; of others the stored id is, in lower case.
            ("PersonNotFound", _) => self.person_id(),
            (_, "id") => self.person_id().map(|id| id.to_ascii_lowercase()),
            ("ContactEmailTaken", _) => {
                self.member("contactEmailAddress").map(|it| person::email(&it).into())
            }
            (_, "email") => self.member("emailAddress").map(|it| person::email(&it).into()),
            _ => None,
        }
    }

    /// Whom the request is about: by its path, or by its body.
    fn person_id(&self) -> Option<String> {
        let in_path = self.path.map(|path| path.parameter("personId")).filter(|id| !id.is_empty());
        in_path.map(str::to_owned).or_else(|| self.member("personId"))
    }

    /// A text that the body gives, as a member or by a patch.
    fn member(&self, name: &str) -> Option<String> {
        let body = body::read(self.request).ok()?;
        let patched = |item: &Value| {
            let is_it = item.get("path")?.as_str()?.strip_prefix('/') == Some(name);
            if is_it { item.get("value").cloned() } else { None }
        };
        let value = match body {
            Value::Array(items) => items.iter().rev().find_map(patched)?,
            body => body.get(name)?.clone(),
        };
        value.as_str().map(str::to_owned)
    }
}

/// What is wrong with an empty body.
fn unmet(operation: &str) -> Vec<String> {
    let mut validator = Validator::new(Date::ZERO);
    validator.check(&json!({}), requests::of(operation), "");
    validator.messages
}

/// What a problem says where the request doesn't tell.
fn example(id: &str, field: &str) -> String {
    match (id, field) {
        ("MalformedJson", _) => return syntax::error("{"),
        ("UnsupportedCharset", _) => "LATIN1",
        ("UndecodableParameter", _) => "%zz",
        ("InvalidPatch", _) => "body should not be empty",
        ("InvalidQuery", _) => "take must not be less than 1",
        (_, "email") => "ada@example.com",
        _ => "0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11",
    }
    .to_owned()
}
