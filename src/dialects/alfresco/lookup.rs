//! What the vendor says about paths and verbs that are none of its operations.
//!
//! The vendor first fits a path to a web script's template and then looks the resource up in a
//! dictionary. Each has errors of its own, and some come before authentication (facts: framework
//! §1.5).

use http::Method;

use super::problem::Problem;
use crate::http::{Path, Request};
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
    has_broken_escape: bool,
}

/// A web script of the vendor's, by the name that its 401 shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Resource(&'static str),
    Discovery,
    Networks,
    MetaData,
}

impl Script {
    /// The name, as in "Authentication failed for Web Script …".
    pub(super) fn name(self) -> String {
        match self {
            Self::Resource(verb) => format!("org/alfresco/api/ResourceWebScript.{verb}"),
            Self::Discovery => "org/alfresco/api/DiscoveryApiWebscript.get".to_owned(),
            // Two scripts are made in code and not from descriptions, under names of their own.
            Self::Networks => "networks".to_owned(),
            Self::MetaData => "org/alfresco/api/MetaDataWebScript.options".to_owned(),
        }
    }
}

impl<'a> Target<'a> {
    /// Cuts a path that begins with the dialect's mount.
    pub(super) fn of(path: &'a Path<'_>) -> Self {
        let rest = path.strip_prefix("/alfresco/api").unwrap_or(path);
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.bytes().position(|it| it == b'/').unwrap_or(rest.len());
        let (network, script_path) = match rest.split_at(end) {
            // Discovery and the list of networks belong to no network; their challenges name the
            // default one.
            ("discovery", "") => ("-default-", "/discovery"),
            ("", "" | "/") => ("-default-", "networks"),
            parts => parts,
        };
        Self { network, script_path, has_broken_escape: path.has_broken_escape() }
    }

    /// Scope, API and version, and what follows; `None` if the path fits no template.
    fn segments(&self) -> Option<([&'a str; 3], Vec<&'a str>)> {
        let (api, rest) = self.split()?;
        Some((api, rest.collect()))
    }

    /// Whether the path fits a template: something follows the version.
    fn fits(&self) -> bool {
        self.split().is_some()
    }

    fn split(&self) -> Option<([&'a str; 3], impl Iterator<Item = &'a str>)> {
        let mut segments = self.script_path.strip_prefix('/')?.split('/');
        let (scope, api) = (segments.next()?, segments.next()?);
        if segments.next()? != "versions" {
            return None;
        }
        let version = segments.next()?;
        // A blank segment counts as none: `/people/` and `/people/%20` are the list.
        let mut rest = segments.filter(|segment| !segment.trim().is_empty()).peekable();
        rest.peek()?;
        Some(([scope, api, version], rest))
    }
}

/// The web script that a path and a verb fit. Its errors come before authentication.
pub(super) fn web_script(
    request: &Request,
    target: &Target<'_>,
    operation: Option<&Match<'_>>,
) -> Result<Script, Problem> {
    if target.has_broken_escape {
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
    if target.script_path == "/discovery" {
        return if verb == Some("get") { Ok(Script::Discovery) } else { Err(unsupported()) };
    }
    if target.script_path == "networks" && verb == Some("get") {
        return Ok(Script::Networks);
    }
    if target.script_path.trim_end_matches('/').is_empty() {
        // The vendor looks at the first five characters, slashes included, of what may have fewer.
        let length = 1 + target.network.encode_utf16().count() + target.script_path.len();
        return Err(if length < 5 {
            Problem::NetworkTooShort
        } else {
            Problem::NothingBehindNetwork
        });
    }
    // The path of an operation fits; others have to be looked at.
    if operation.is_none() && !target.fits() {
        // Only a GET gets as far as the script runtime, which has a text of its own.
        let path = target.script_path.to_owned();
        return Err(match request.method {
            Method::GET => Problem::NoWebScript { path },
            _ => Problem::NotFound { what: path },
        });
    }
    match verb {
        Some(verb) => Ok(Script::Resource(verb)),
        None if request.method == Method::OPTIONS => Ok(Script::MetaData),
        // A HEAD is no GET for the vendor, which doesn't emulate it.
        None => Err(unsupported()),
    }
}

/// Why no operation answers.
#[derive(Clone)]
pub(super) struct Missing {
    /// What the vendor says.
    pub problem: Problem,
    /// Whether the resource has the verb, only not for this form of its path: then the resource is
    /// found, and its script finds out once it has read the query (facts: framework §1.5; vendor:
    /// `ResourceWebScriptPost.extractParams`).
    pub is_late: bool,
}

/// The operation, or what the vendor says instead.
pub(super) fn resource<'f, 'r>(
    request: &Request,
    target: &Target<'_>,
    found: &'f Found<'r>,
) -> Result<&'f Match<'r>, Missing> {
    match found {
        Found::Operation(found) => Ok(found),
        Found::WrongVerb | Found::Nothing => Err(missing(&request.method, target)),
    }
}

#[cold]
fn missing(method: &Method, target: &Target<'_>) -> Missing {
    let problem = what_is_missing(method, target);
    let is_list_of_tickets =
        *method == Method::GET && target.segments().is_some_and(|(_, rest)| rest == ["tickets"]);
    let is_late = match problem {
        Problem::PostOnEntity | Problem::PutOnCollection | Problem::DeleteOnActions => true,
        Problem::UnsupportedResourceOperation => is_list_of_tickets,
        _ => false,
    };
    Missing { problem, is_late }
}

fn what_is_missing(method: &Method, target: &Target<'_>) -> Problem {
    let Some(([scope, api, version], rest)) = target.segments() else {
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
        (&Method::PUT, ["people"]) => Problem::PutOnCollection,
        (&Method::POST, [_, _]) => Problem::PostOnEntity,
        (_, [_, _, relation] | [_, _, relation, _]) if !RELATIONS.contains(relation) => {
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
