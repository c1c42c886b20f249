//! What the vendor says about paths and verbs that are none of its operations.
//!
//! The vendor first fits a path to a web script's template and then looks the resource up in a
//! dictionary. Each has errors of its own, and some come before authentication (facts: framework
//! §1.5).

use http::Method;

use super::problem::Problem;
use crate::http::Request;
use crate::router::{Found, Match};

/// The paths below `/people/{personId}` that this API has.
const RELATIONS: &[&str] = &[
    "avatar",
    "request-password-reset",
    "reset-password",
    "deauthorize",
    "reauthorization-code",
    "reauthorize",
];

/// A path, cut as the vendor cuts it.
pub(super) struct Target<'a> {
    /// The part after `/alfresco/api/`: the network, which is the vendor's word for a tenant.
    pub network: &'a str,
    /// What follows, with its slash, as error texts show it.
    pub script_path: &'a str,
}

/// A web script of the vendor's, by the name that its 401 shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Resource(&'static str),
    Discovery,
    MetaData,
}

impl Script {
    /// The name, as in "Authentication failed for Web Script …".
    pub(super) fn name(self) -> String {
        match self {
            Self::Resource(verb) => format!("org/alfresco/api/ResourceWebScript.{verb}"),
            Self::Discovery => "org/alfresco/api/DiscoveryApiWebscript.get".to_owned(),
            Self::MetaData => "org/alfresco/api/MetaDataWebScript.options".to_owned(),
        }
    }
}

impl<'a> Target<'a> {
    /// Cuts a decoded path that begins with the dialect's mount.
    pub(super) fn of(path: &'a str) -> Self {
        let rest = path.strip_prefix("/alfresco/api").unwrap_or(path);
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.find('/').unwrap_or(rest.len());
        let (network, script_path) = rest.split_at(end);
        if network == "discovery" {
            // Discovery belongs to no network; its challenge names the default one.
            return Self { network: "-default-", script_path: "/discovery" };
        }
        Self { network, script_path }
    }

    fn is_discovery(&self) -> bool {
        self.script_path == "/discovery"
    }

    /// Scope, API, version, and what follows; `None` if the path fits no template.
    fn parts(&self) -> Option<(&'a str, &'a str, &'a str, Vec<&'a str>)> {
        let mut segments = self.script_path.strip_prefix('/')?.split('/');
        let (scope, api) = (segments.next()?, segments.next()?);
        if segments.next()? != "versions" {
            return None;
        }
        let version = segments.next()?;
        // A blank segment counts as none: `/people/` and `/people/%20` are the list.
        let rest: Vec<_> = segments.filter(|segment| !segment.trim().is_empty()).collect();
        let is_index = rest.is_empty();
        (!is_index).then_some((scope, api, version, rest))
    }
}

/// The web script that a path and a verb fit. Its errors come before authentication.
pub(super) fn web_script(request: &Request, target: &Target<'_>) -> Result<Script, Problem> {
    if request.has_broken_escape() {
        return Err(Problem::BrokenEscape);
    }
    let verb = match request.method {
        Method::GET => Some("get"),
        Method::POST => Some("post"),
        Method::PUT => Some("put"),
        Method::DELETE => Some("delete"),
        _ => None,
    };
    let unsupported = || Problem::UnsupportedMethod {
        path: target.script_path.to_owned(),
        method: request.method.to_string(),
    };
    if target.is_discovery() {
        return if verb == Some("get") { Ok(Script::Discovery) } else { Err(unsupported()) };
    }
    if target.script_path.trim_end_matches('/').is_empty() {
        // The vendor cuts the network off by length, and a short one ends the string too early.
        return Err(if target.network.chars().count() <= 4 {
            Problem::NetworkTooShort
        } else {
            Problem::EntityNotFound { id: String::new() }
        });
    }
    if target.parts().is_none() {
        let path = target.script_path.to_owned();
        return Err(match request.method {
            Method::POST | Method::PUT | Method::DELETE => Problem::NotFound { what: path },
            _ => Problem::NoWebScript { path },
        });
    }
    match verb {
        Some(verb) => Ok(Script::Resource(verb)),
        None if request.method == Method::OPTIONS => Ok(Script::MetaData),
        // A HEAD is no GET for the vendor, which doesn't emulate it.
        None => Err(unsupported()),
    }
}

/// The one GET whose resource is looked up after authentication: the list of tickets.
pub(super) fn is_looked_up_late(request: &Request, target: &Target<'_>) -> bool {
    request.method == Method::GET
        && matches!(target.parts(), Some((_, "authentication", _, rest)) if rest == ["tickets"])
}

/// The operation, or what the vendor says instead.
pub(super) fn resource<'f, 'r>(
    request: &Request,
    target: &Target<'_>,
    found: &'f Found<'r>,
) -> Result<&'f Match<'r>, Problem> {
    match found {
        Found::Operation(found) => Ok(found),
        Found::WrongVerb | Found::Nothing => Err(missing(&request.method, target)),
    }
}

fn missing(method: &Method, target: &Target<'_>) -> Problem {
    let Some((scope, api, version, rest)) = target.parts() else {
        return Problem::NotFound { what: target.script_path.to_owned() };
    };
    if let Some(problem) = bad_api(scope, api, version) {
        return problem;
    }
    let is_collection_known = match api {
        "alfresco" => rest[0] == "people",
        "authentication" => rest[0] == "tickets",
        _ => return Problem::UnknownApi,
    };
    if !is_collection_known {
        return Problem::UnknownCollection;
    }
    match (method, rest.as_slice()) {
        (&Method::DELETE, ["tickets"]) => Problem::DeleteOnActions,
        (&Method::PUT, [_]) => Problem::PutOnCollection,
        (&Method::POST, [_, _]) => Problem::PostOnEntity,
        (_, [_, _, relation]) if !RELATIONS.contains(relation) => {
            Problem::UnknownRelation { relation: (*relation).to_owned() }
        }
        (_, [collection, _, _, .., last]) => Problem::UnableToLocate {
            collection: (*collection).to_owned(),
            relation: (*last).to_owned(),
        },
        _ => Problem::UnsupportedResourceOperation,
    }
}

/// What is wrong with scope, API name and version, in the vendor's order.
fn bad_api(scope: &str, api: &str, version: &str) -> Option<Problem> {
    let invalid = |why: String| Some(Problem::InvalidApi { why });
    if !matches!(scope, "public" | "private") {
        let scope = scope.to_uppercase();
        return invalid(format!("No enum constant org.alfresco.rest.framework.Api.SCOPE.{scope}"));
    }
    if api.chars().any(char::is_uppercase) {
        return Some(Problem::ApiNameNotLowercase);
    }
    match version.parse::<i32>() {
        Err(_) => invalid(format!("For input string: \"{version}\"")),
        Ok(..1) => Some(Problem::InvalidVersion),
        Ok(1) if scope == "public" => None,
        Ok(_) => Some(Problem::UnknownApi),
    }
}
