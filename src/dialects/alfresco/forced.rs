//! Errors on demand: a problem as this request would have met it.

use std::sync::Arc;

use http::Method;
use serde_json::Value;

use super::auth::{self, Refusal};
use super::lookup::{self, Script, Target};
use super::problem::{Problem, Stage};
use super::{Alfresco, VENDOR, json, people, person, profile};
use crate::dialects::{Forced, Trail};
use crate::http::{Request, Response};
use crate::router::{Found, Match};
use crate::sessions::Session;

/// The vendor's answer had this error happened to this request.
pub(super) fn response(
    world: &Alfresco,
    session: &Session,
    request: &Request,
    found: &Found<'_>,
    forced: Forced,
    trail: &mut Trail,
) -> Response {
    let path = match found {
        Found::Operation(path) => Some(path),
        _ => None,
    };
    let decoded = request.path();
    let target = Target::of(&decoded);
    let happened = Happened { world, session, request, target, path };
    let row = VENDOR.row(path.map(|it| it.index), forced);
    let id = match forced {
        Forced::Problem(id) => Some(id),
        Forced::Status(_) => row.map(|row| row.id),
    };
    let problem = id.and_then(|id| happened.problem(id));
    trail.problem = problem.as_ref().map(Problem::id);
    let problem = match (problem, forced) {
        (Some(problem), _) => problem,
        // Nobody is asked who they are by an open operation; a proxy before it may ask.
        (None, Forced::Status(401)) => Problem::AuthenticationFailed { script: happened.script() },
        (None, Forced::Status(status)) => return Problem::unlisted(status, session, &world.logs),
        (None, Forced::Problem(_)) => Problem::Crashed,
    };
    let stage = stage(&problem, &request.method);
    let network = happened.target.network;
    Refusal::plain(problem, stage).response(world, session, network)
}

/// Where a problem arises: the order of checks in [`Alfresco::steps`], read backwards.
fn stage(problem: &Problem, method: &Method) -> Stage {
    use Problem as P;
    match problem {
        P::BrokenEscape
        | P::NoWebScript { .. }
        | P::NotFound { .. }
        | P::NothingBehindNetwork
        | P::NetworkTooShort
        | P::UnsupportedMethod { .. }
        | P::AuthenticationFailed { .. }
        | P::UnsupportedScheme { .. }
        | P::GuestAttempted { .. }
        | P::AuthorizationWithoutValue
        | P::AuthorizationNotBase64
        | P::AuthorizationEmpty => Stage::BeforeResource,
        P::UnknownApi
        | P::InvalidApi { .. }
        | P::InvalidVersion
        | P::ApiNameNotLowercase
        | P::UnknownCollection
        | P::UnknownRelation { .. }
        | P::UnableToLocate { .. }
        | P::UnsupportedResourceOperation
            if matches!(*method, Method::GET | Method::POST) =>
        {
            Stage::BeforeResource
        }
        _ => Stage::InResource,
    }
}

/// A request to which a problem is to have happened.
struct Happened<'a> {
    world: &'a Alfresco,
    session: &'a Session,
    request: &'a Request,
    target: Target<'a>,
    path: Option<&'a Match<'a>>,
}

impl Happened<'_> {
    /// The problem of this name, with what the request says about it, or else an example.
    fn problem(&self, id: &'static str) -> Option<Problem> {
        if id == "UnreadableBody" {
            return self.unreadable(b"{");
        }
        Problem::example(id, &|field| self.part(id, field).unwrap_or_else(|| example(id, field)))
    }

    /// What Jackson says of a body that breaks off.
    fn unreadable(&self, body: &[u8]) -> Option<Problem> {
        let why = match self.operation() {
            Some("createTicket") => json::read_list(body, &json::LOGIN_TICKET).err(),
            _ => json::read(body, &json::PERSON).err(),
        };
        why.map(|why| people::unreadable(&why))
    }

    fn operation(&self) -> Option<&'static str> {
        self.path.map(|path| path.operation.own_name())
    }

    fn part(&self, id: &str, field: &str) -> Option<String> {
        match (id, field) {
            (_, "path") | ("NotFound", _) => Some(self.target.script_path.to_owned()),
            (_, "method") => Some(self.request.method.to_string()),
            (_, "script") => Some(self.script()),
            ("EntityNotFound", _) => self.parameter("personId").map(str::to_owned),
            ("FieldRequired", _) => Some(self.required_field().to_owned()),
            ("PersonExists", _) => self.member("id"),
            ("ClientNotFound", _) => self.member("client"),
            // Only a password of blanks is ever shown.
            ("InvalidPassword", _) => self.member("password").filter(|it| it.trim().is_empty()),
            (_, "masked") => self.stored_id().map(|id| profile::masked(&id)),
            ("InvalidParameter", _) => self.parameter("ticketId").map(str::to_owned),
            ("TicketNotFound", _) => self.request.query().first("alf_ticket").map(str::to_owned),
            ("ContentTooLarge", _) => {
                self.world.seed.server.max_content_bytes.map(|limit| limit.to_string())
            }
            _ => None,
        }
    }

    /// The web script's name, as a 401 shows it; a verb that has none is taken for a resource's.
    fn script(&self) -> String {
        let script = lookup::web_script(self.request, &self.target, self.path);
        script.unwrap_or(Script::Resource("get")).name()
    }

    /// What the operation's body needs first, of what may be forgotten.
    fn required_field(&self) -> &'static str {
        match self.operation() {
            Some("requestPasswordReset") => "client",
            Some("resetPassword") => "password",
            _ => "firstName",
        }
    }

    /// A parameter of the path.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.path.map(|path| path.parameter(name)).filter(|value| !value.is_empty())
    }

    /// The id of the person in the path as it is stored, or as it was sent if nobody has it.
    fn stored_id(&self) -> Option<Arc<str>> {
        let sent = self.parameter("personId")?;
        let person = if sent.eq_ignore_ascii_case(person::ME) {
            auth::look(self.world, self.session, self.request, self.target.network)
        } else {
            self.world.people.get(&person::key_of(sent))
        };
        Some(person.map_or_else(|| sent.into(), |person| Arc::clone(&person.id)))
    }

    /// A text in the body.
    fn member(&self, name: &str) -> Option<String> {
        let body = self.request.body.as_ref().ok()?;
        let body: Value = serde_json::from_slice(body).ok()?;
        body.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// What a problem says where the request doesn't tell: what the vendor says to the example in
/// [`CatalogueEntry::how`](crate::dialects::CatalogueEntry::how).
fn example(id: &str, field: &str) -> String {
    let texts = EXAMPLES.iter().find(|(of, ..)| *of == id);
    let text = texts.and_then(|(_, texts)| texts.iter().find(|(name, _)| *name == field));
    text.map(|(_, text)| (*text).to_owned()).unwrap_or_default()
}

const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    ("InvalidApi", &[("why", "For input string: \"x\"")]),
    ("UnknownRelation", &[("relation", "nothing")]),
    ("UnableToLocate", &[("collection", "people"), ("relation", "nothing")]),
    ("UnsupportedScheme", &[("scheme", "Bearer")]),
    ("InvalidPagingParameter", &[("name", "maxItems"), ("value", "abc")]),
    ("InvalidPagingParameters", &[("skip_count", "5"), ("max_items", "y")]),
    ("UnknownSortDefinition", &[("item", "a b c")]),
    ("UnknownSortDirection", &[("direction", "DOWN")]),
    ("MalformedRelations", &[("why", "begin 6, end 5, length 6")]),
    ("UnknownRelationParameter", &[("relation", "nothing")]),
    ("InvalidQuery", &[("why", "x, Error at char position 0")]),
    ("InvalidInclude", &[("why", "1")]),
    ("InvalidSelect", &[("why", "1")]),
    ("InvalidSortField", &[("name", "email")]),
    ("EntityNotFound", &[("id", "nobody")]),
    ("UnsupportedField", &[("field", "avatarId")]),
    ("ReservedPrefix", &[("prefix", "GROUP_")]),
    ("PersonExists", &[("id", "abeecher")]),
    ("NameNotPermitted", &[("character", "/")]),
    ("NoCredential", &[("masked", "gu***")]),
    ("NoCredentialToEnable", &[("masked", "gu***")]),
    ("UnmappedPrefix", &[("name", "nothing:x"), ("prefix", "nothing")]),
    ("InvalidQName", &[("name", "app:"), ("why", "A QName must consist of a local name")]),
    ("UnknownAspect", &[("name", "app:nothing")]),
    ("UnknownProperty", &[("name", "app:nothing")]),
    ("NamespaceNotAllowed", &[("name", "cm:titled")]),
    ("IncompatibleValue", &[("name", "exif:orientation"), ("value", "\"x\"")]),
    (
        "IntegrityViolation",
        &[(
            "what",
            "Invalid property value: \n   Property: papi:lunch\n   Constraint: Value 'soup' is too long: the maximum is 3",
        )],
    ),
    ("InvalidMimeType", &[("why", "\"foo\": does not contain '/'")]),
    ("NotAnImage", &[("sniffed", "text/plain")]),
    ("UnsupportedTransform", &[("sniffed", "image/svg+xml")]),
    ("ContentTooLarge", &[("limit", "20000")]),
    ("ClientNotFound", &[("client", "foo")]),
    ("InvalidPassword", &[("password", "   ")]),
    ("InvalidParameter", &[("value", "abeecher")]),
    ("TicketNotFound", &[("ticket", "TICKET_0000000000000000000000000000000000000000")]),
];
