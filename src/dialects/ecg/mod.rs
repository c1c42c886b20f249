//! The dialect of ECG Organizations: the People controller of a Nest service.
//!
//! The vendor publishes methods, paths and names, and nothing of the bodies. What is built here is
//! the documented assumption of `ecg-people.md` (cited as "facts"); where it leaves something to
//! Nest, class-validator, body-parser or Express, their own behavior is imitated, as seen by
//! running Nest 10 with Express 4 on Node 20.
//!
//! Express would add `X-Powered-By: Express` and a weak `ETag` to every answer. Both are left out:
//! nobody has seen them on the vendor's own answers, and applications commonly switch them off.

mod accounts;
mod audit_trails;
mod auth;
mod body;
mod forced;
mod generate;
mod health;
mod openapi;
mod password;
mod patch;
mod people;
mod person;
mod problem;
mod query;
mod reply;
mod requests;
mod resync;
mod routes;
mod seed;
mod shapes;
mod syntax;
mod taken;
mod token;
mod validation;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use self::audit_trails::Trails;
use self::auth::{Access, Caller};
use self::person::{Person, Stored};
use self::problem::Problem;
use self::seed::EcgSeed;
use self::taken::Taken;
use super::{Check, Dialect, Forced, Secrets, Seed, Trail, Vendor, downcast};
use crate::http::{Path, Request, Response};
use crate::router::Found;
use crate::sessions::Session;
use crate::store::Table;

pub use token::{Grant, mint};

/// ECG Organizations.
pub const VENDOR: Vendor = Vendor {
    name: "ecg",
    mounts: &["/api", "/healthcheck"],
    operations: routes::OPERATIONS,
    // Express routes a HEAD to the GET of its path.
    answers_head: true,
    examples: &[("personId", "0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11")],
    catalogue: problem::CATALOGUE,
    files: seed::FILES,
    checks: CHECKS,
    secrets: Secrets {
        names: &["password", "oldPassword", "newPassword", "temporaryPassword"],
        // A JWT, by its header's first member.
        beginnings: &["eyJhbGciOi", "eyJ0eXAiOi"],
    },
    description: openapi::description,
    load: seed::load,
    generate: Some(generate::generate),
};

/// The steps of [`Ecg::checked`].
const CHECKS: &[Check] = &[
    Check { name: "body", about: "body-parser reads the body before anything else is looked at." },
    Check { name: "route", about: "The path and the verb fit a route." },
    Check { name: "parameter", about: "Express decodes the id in the path." },
    Check { name: "caller", about: "Who is calling: a bearer token that is good, or nobody." },
    Check { name: "role", about: "The caller is an administrator, or the person concerned." },
    Check { name: "personId", about: "The id in the path is a UUID." },
    Check {
        name: "operation",
        about: "The operation: its body or query, then the person, the account, and what state they are in.",
    },
];
const BODY: usize = 0;
const ROUTE: usize = 1;
const PARAMETER: usize = 2;
const CALLER: usize = 3;
const ROLE: usize = 4;
const PERSON_ID: usize = 5;
const OPERATION: usize = 6;

/// The vendor's state in one session. Every part shows its seed and holds what differs from it.
struct Ecg {
    people: Table<Stored>,
    /// Who has which `contactEmailAddress`, among people who aren't archived.
    contacts: Table<Taken>,
    /// Which account has which `emailAddress`.
    logins: Table<Taken>,
    trails: Trails,
    /// What the fixtures gave: also the tokens, which no session changes.
    seed: Arc<EcgSeed>,
}

/// A call of an operation, once it is known who calls and that the id in the path is one.
struct Call<'a> {
    world: &'a Ecg,
    session: &'a Session,
    request: &'a Request,
    caller: Caller,
    /// The id in the path, as sent; empty where the path has none.
    person_id: &'a str,
    /// The body: an object or an array, `{}` if there is none.
    body: &'a Value,
}

impl Dialect for Ecg {
    fn answer(
        &self,
        session: &Session,
        request: &Request,
        path: &Path<'_>,
        found: &Found<'_>,
        trail: &mut Trail,
    ) -> Response {
        self.checked(session, request, path, found, trail).unwrap_or_else(|problem| {
            trail.problem = Some(problem.id());
            problem.response()
        })
    }

    fn forced(
        &self,
        _: &Session,
        request: &Request,
        found: &Found<'_>,
        forced: Forced,
        trail: &mut Trail,
    ) -> Response {
        forced::response(request, found, forced, trail)
    }

    fn caller(&self, session: &Session, request: &Request) -> Option<Arc<str>> {
        let caller = auth::caller(Access::Owner, session, request, &self.seed.tokens).ok()?;
        Some(caller.person_id.into())
    }

    fn crashed(&self, _: &Session) -> Response {
        Problem::Crashed.response()
    }

    fn fork(&self) -> Arc<dyn Dialect> {
        Arc::new(self.on(Arc::clone(&self.seed)))
    }

    fn on_seed(&self, seed: Arc<dyn Seed>) -> Arc<dyn Dialect> {
        Arc::new(self.on(downcast(seed).unwrap_or_else(|| Arc::clone(&self.seed))))
    }
}

impl Ecg {
    /// The seed and nothing else.
    fn new(seed: Arc<EcgSeed>) -> Self {
        Self {
            people: Table::new(Arc::clone(&seed.people)),
            contacts: Table::new(Arc::clone(&seed.contacts)),
            logins: Table::new(Arc::clone(&seed.logins)),
            trails: Trails::new(Arc::clone(&seed.trails)),
            seed,
        }
    }

    /// A copy of this world on a seed.
    fn on(&self, seed: Arc<EcgSeed>) -> Self {
        Self {
            people: self.people.on_seed(Arc::clone(&seed.people)),
            contacts: self.contacts.on_seed(Arc::clone(&seed.contacts)),
            logins: self.logins.on_seed(Arc::clone(&seed.logins)),
            trails: self.trails.on_seed(Arc::clone(&seed.trails)),
            seed,
        }
    }

    /// The vendor's order of checks: middleware, routes, guards, pipes, and then the operation.
    fn checked(
        &self,
        session: &Session,
        request: &Request,
        path: &Path<'_>,
        found: &Found<'_>,
        trail: &mut Trail,
    ) -> Result<Response, Problem> {
        // body-parser is middleware: it comes before routes and guards, so that malformed JSON is a
        // 400 also for an unknown path and for an unknown caller.
        trail.make(BODY);
        let body = body::read(request)?;

        trail.make(ROUTE);
        let Found::Operation(found) = found else { return Err(cannot(request)) };
        let (index, person_id) = (found.index, found.parameter("personId"));
        // Express decodes a parameter while it matches a route.
        trail.make(PARAMETER);
        if let Some(segment) = undecodable(path) {
            return Err(Problem::UndecodableParameter { segment });
        }

        let route = &routes::ROUTES[index];
        if route.access != Access::Anyone {
            trail.make(CALLER);
        }
        let caller = auth::caller(route.access, session, request, &self.seed.tokens)?;
        if route.access != Access::Anyone {
            trail.caller = Some(caller.person_id.clone().into());
            trail.make(ROLE);
        }
        if !caller.may(route.access, person_id) {
            return Err(Problem::Forbidden);
        }
        // A pipe looks at the id before another looks at the body: Nest asks all of them at once,
        // and this one answers first.
        if routes::OPERATIONS[index].path.contains("{personId}") {
            trail.make(PERSON_ID);
            if !person::is_uuid(person_id) {
                return Err(Problem::NotAUuid);
            }
        }
        trail.make(OPERATION);
        (route.handler)(&Call { world: self, session, request, caller, person_id, body: &body })
    }

    /// Puts a person in the place of the one with its id, with the e-mail addresses that are taken
    /// by it. The machinery lets one request of a session change something at a time.
    fn put(&self, person: Person) -> Arc<Stored> {
        let old = self.people.get(&person.id);
        let old = old.as_deref().map(|it| &it.person);
        let contact = |it: &Person| it.contact_key().cloned();
        let login = |it: &Person| it.account.as_ref().map(|it| it.email_address.clone());
        taken::replace(&self.contacts, old.and_then(contact), contact(&person), &person.id);
        taken::replace(&self.logins, old.and_then(login), login(&person), &person.id);
        self.people.put(Stored::new(person))
    }
}

impl Call<'_> {
    /// The person whose id is in the path.
    fn person(&self) -> Result<Arc<Stored>, Problem> {
        let found = self.world.people.get(&self.person_id.to_ascii_lowercase());
        found.ok_or_else(|| Problem::PersonNotFound { id: self.person_id.to_owned() })
    }

    /// The session's time to the millisecond, which is all that the vendor's JSON shows.
    fn now(&self) -> Timestamp {
        let now = self.session.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// Nest's answer where no route fits, with the address as the client sent it, query included.
fn cannot(request: &Request) -> Problem {
    Problem::CannotFind {
        verb: request.method.to_string(),
        address: request
            .uri
            .path_and_query()
            .map_or_else(|| request.uri.path().to_owned(), ToString::to_string),
    }
}

/// The segment of the path that `decodeURIComponent` would refuse.
fn undecodable(path: &Path<'_>) -> Option<String> {
    let is_broken = |segment: &&str| {
        let is_escape = |at: usize| {
            let digits = segment.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit))
        };
        segment.match_indices('%').any(|(at, _)| !is_escape(at))
            || percent_encoding::percent_decode_str(segment).decode_utf8().is_err()
    };
    path.escaped()?.split('/').find(is_broken).map(str::to_owned)
}
