//! Alfresco Content Services: the People API, and the calls that its clients make first.
//!
//! What is imitated, and how we know, stands in the catalogue ([`problem`]) and in comments at the
//! lines that imitate an oddity. The order of checks is [`Alfresco::steps`].

mod auth;
mod avatar;
mod dictionary;
mod discovery;
mod forced;
mod generate;
mod json;
mod lookup;
mod openapi;
mod password;
mod people;
mod person;
mod picture;
mod problem;
mod profile;
mod query;
mod reply;
mod routes;
mod seed;
mod sniff;
mod texts;
mod tickets;
mod where_clause;

use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use crate::dialects::{Check, Dialect, Forced, Secrets, Seed, Trail, Vendor, downcast};
use crate::http::{Path, Query, Request, Response, UnreadBody};
use crate::router::{Found, Match};
use crate::sessions::Session;
use crate::store::Table;
use auth::{Caller, Failures, LastLogin, Refusal};
use lookup::{Script, Target};
use person::Person;
use problem::{LogNumbers, Problem, Stage};
use query::Parameters;
use seed::AlfrescoSeed;

/// Alfresco Content Services.
pub const VENDOR: Vendor = Vendor {
    name: "alfresco",
    mounts: &["/alfresco/api"],
    operations: routes::OPERATIONS,
    answers_head: false,
    examples: &[("network", "-default-"), ("personId", "abeecher"), ("ticketId", "-me-")],
    catalogue: problem::CATALOGUE,
    files: seed::FILES,
    checks: CHECKS,
    // A ticket is an `id` like any other, and known by how it begins.
    secrets: Secrets {
        names: &["password", "oldPassword", "key", "alf_ticket"],
        beginnings: &["TICKET_"],
    },
    description: openapi::description,
    load: seed::load,
    generate: Some(generate::generate),
};

/// The steps of [`Alfresco::steps`].
const CHECKS: &[Check] = &[
    Check { name: "webScript", about: "The path fits a web script, and the script has the verb." },
    Check {
        name: "resource",
        about: "Of GET and POST, the resource is looked up before anybody is asked who they are.",
    },
    Check { name: "caller", about: "Who is calling: a ticket, a password, or nobody." },
    Check {
        name: "lateResource",
        about: "Of PUT and DELETE, the resource is looked up once the caller is known.",
    },
    Check { name: "query", about: "The generic query parameters, on every verb." },
    Check { name: "form", about: "The resource takes the verb in this form of its path." },
    Check { name: "operation", about: "The operation itself, which begins with its body." },
];
const WEB_SCRIPT: usize = 0;
const RESOURCE: usize = 1;
const CALLER: usize = 2;
const LATE_RESOURCE: usize = 3;
const QUERY: usize = 4;
const FORM: usize = 5;
const OPERATION: usize = 6;

/// One Alfresco repository: the seed, and what a session has done to it.
struct Alfresco {
    seed: Arc<AlfrescoSeed>,
    people: Table<Person>,
    tickets: tickets::Tickets,
    failures: Failures,
    last_login: LastLogin,
    resets: password::Resets,
    logs: LogNumbers,
}

/// What answers an operation.
#[derive(Clone, Copy)]
enum Route {
    /// For everybody who is logged in.
    User(fn(&Call<'_>, &Caller) -> Answer),
    /// For everybody. Credentials are not looked at: a bad one does no harm, and real clients send
    /// `Authorization: Basic dW5kZWZpbmVk` here (facts: framework §3.3).
    Open(fn(&Call<'_>) -> Answer),
}

/// What a handler says.
type Answer = Result<Response, Problem>;

/// One call of an operation.
struct Call<'a> {
    session: &'a Session,
    request: &'a Request,
    world: &'a Alfresco,
    path: &'a Match<'a>,
    /// The id in the path, as the client wrote it.
    person_id: &'a str,
    query: &'a Query<'a>,
    /// What every operation can be asked for in the query.
    parameters: Parameters,
}

impl Call<'_> {
    /// Whether the id in the path is nothing but blanks, which counts as none at all: the path is
    /// the collection's then (facts: people §1.1).
    fn has_blank_id(&self) -> bool {
        self.person_id.chars().all(char::is_whitespace)
    }

    /// The body. One over the server's limit is refused where the vendor would read it.
    fn body(&self) -> Result<&Bytes, Problem> {
        self.request.body.as_ref().map_err(|error| match error {
            UnreadBody::TooLarge { .. } => Problem::RequestEntityTooLarge,
            UnreadBody::Broken => {
                Problem::UnreadableBody { why: "Invalid chunk header".to_owned() }
            }
        })
    }
}

impl Alfresco {
    /// A world that shows nothing but its seed.
    fn new(seed: Arc<AlfrescoSeed>) -> Self {
        Self {
            people: Table::new(Arc::clone(&seed.people)),
            tickets: tickets::Tickets::default(),
            failures: Failures::default(),
            last_login: LastLogin::default(),
            resets: password::Resets::default(),
            logs: LogNumbers::default(),
            seed,
        }
    }

    /// A copy of this world on a seed.
    fn on(&self, seed: Arc<AlfrescoSeed>) -> Self {
        Self {
            people: self.people.on_seed(Arc::clone(&seed.people)),
            tickets: self.tickets.clone(),
            failures: self.failures.clone(),
            last_login: LastLogin::default(),
            resets: self.resets.clone(),
            logs: self.logs.clone(),
            seed,
        }
    }

    /// The vendor's order of checks (facts: framework §0). Which of two errors a client sees is
    /// decided here and nowhere else.
    fn steps(
        &self,
        session: &Session,
        request: &Request,
        target: &Target<'_>,
        found: &Found<'_>,
        trail: &mut Trail,
    ) -> Result<Response, Refusal> {
        let before = |problem| Refusal::plain(problem, Stage::BeforeResource);
        let within = |problem| Refusal::plain(problem, Stage::InResource);

        let resource = lookup::resource(request, target, found);

        // 1. The path fits a web script, and the script has the verb.
        trail.make(WEB_SCRIPT);
        let script =
            lookup::web_script(request, target, resource.as_ref().ok().copied()).map_err(before)?;

        // 2. Of GET and POST the resource is looked up before anybody is asked who they are; of PUT
        //    and DELETE after that.
        let is_early =
            matches!(request.method, Method::GET | Method::POST) && script != Script::Networks;
        if is_early {
            trail.make(RESOURCE);
        }
        if let Err(missing) = &resource
            && is_early
            && !missing.is_late
        {
            return Err(before(missing.problem.clone()));
        }

        // 3. Who is calling, if the operation asks.
        let query = &request.query();
        let route = match found {
            Found::Operation(path) => Some(routes::ROUTES[path.index]),
            _ => None,
        };
        let caller = if let Some(Route::Open(_)) = route {
            None
        } else {
            trail.make(CALLER);
            let caller = auth::caller(self, session, request, query, script, target.network)?;
            trail.caller = Some(Arc::clone(&caller.person.id));
            Some(caller)
        };
        match script {
            Script::MetaData => return Ok(reply::no_metadata()),
            Script::Networks => return Ok(reply::networks()),
            Script::Resource(_) | Script::Discovery => {}
        }
        if !is_early {
            trail.make(LATE_RESOURCE);
        }
        if let Err(missing) = &resource
            && !missing.is_late
        {
            return Err(within(missing.problem.clone()));
        }

        // 4. The generic query parameters, on every verb.
        trail.make(QUERY);
        let parameters = query::parse(query).map_err(within)?;
        trail.make(FORM);
        let path = resource.map_err(|missing| within(missing.problem))?;

        // 5. The operation, which begins with the body if it has one.
        trail.make(OPERATION);
        let person_id = path.parameter("personId");
        let call = Call { session, request, world: self, path, person_id, query, parameters };
        match (route, caller) {
            (Some(Route::User(handler)), Some(caller)) => handler(&call, &caller),
            (Some(Route::Open(handler)), _) => handler(&call),
            _ => Err(Problem::UnsupportedResourceOperation),
        }
        .map_err(within)
    }
}

impl Dialect for Alfresco {
    fn answer(
        &self,
        session: &Session,
        request: &Request,
        path: &Path<'_>,
        found: &Found<'_>,
        trail: &mut Trail,
    ) -> Response {
        let target = Target::of(path);
        self.steps(session, request, &target, found, trail).unwrap_or_else(|refusal| {
            trail.problem = Some(refusal.problem_id());
            refusal.response(self, session, target.network)
        })
    }

    fn forced(
        &self,
        session: &Session,
        request: &Request,
        found: &Found<'_>,
        forced: Forced,
        trail: &mut Trail,
    ) -> Response {
        forced::response(self, session, request, found, forced, trail)
    }

    fn caller(&self, session: &Session, request: &Request) -> Option<Arc<str>> {
        let path = request.path();
        let person = auth::look(self, session, request, Target::of(&path).network)?;
        Some(Arc::clone(&person.id))
    }

    fn crashed(&self, session: &Session) -> Response {
        Problem::Crashed.response(session, &self.logs, Stage::InResource)
    }

    fn fork(&self) -> Arc<dyn Dialect> {
        Arc::new(self.on(Arc::clone(&self.seed)))
    }

    fn on_seed(&self, seed: Arc<dyn Seed>) -> Arc<dyn Dialect> {
        Arc::new(self.on(downcast(seed).unwrap_or_else(|| Arc::clone(&self.seed))))
    }
}
