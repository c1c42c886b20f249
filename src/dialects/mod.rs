//! The vendors: what each offers, and the seam between them and the machinery.
//!
//! Shared is the machinery; a vendor owns its state, its errors and its order of checks. A further
//! dialect is one folder here, one under `fixtures`, and two lines in this file. A dialect names no
//! other, and nothing outside this file names any.

use std::any::Any;
use std::sync::Arc;

use http::Method;

use crate::fixtures::generate::Order;
use crate::fixtures::{Difference, FixtureFile, Folder, LoadError};
use crate::http::{Path, Request, Response};
use crate::router::Found;
use crate::scenarios::ForcedBy;
use crate::sessions::Session;

pub mod alfresco;
pub mod ecg;
mod problems;

pub use ecg::{Grant, mint};
use problems::{Field, problems};

/// Every vendor, in the order in which the machinery lists them.
pub const ALL: &[&Vendor] = &[&alfresco::VENDOR, &ecg::VENDOR];

/// A vendor, before any data is loaded. All of it is data: it is listed, logged and documented.
#[derive(Debug)]
pub struct Vendor {
    /// Its name, also of its folder of fixtures and the prefix of its operations.
    pub name: &'static str,
    /// The paths that are its own, each with all that lies below it.
    pub mounts: &'static [&'static str],
    /// Its operations.
    pub operations: &'static [Operation],
    /// Whether it answers a HEAD as it does a GET; the body is left out by the server.
    pub answers_head: bool,
    /// What the parameters of their paths are in examples.
    pub examples: &'static [(&'static str, &'static str)],
    /// Everything that it can say went wrong.
    pub catalogue: &'static [CatalogueEntry],
    /// The files that it reads from its folder, with their schemas.
    pub files: &'static [FixtureFile],
    /// Its checks, in the order in which it makes them; the last one is the operation itself.
    pub checks: &'static [Check],
    /// What of its requests and answers nobody else may see.
    pub secrets: Secrets,
    /// What its OpenAPI document says beyond these tables; see [`crate::openapi`].
    pub description: fn() -> serde_json::Value,
    /// Reads its fixtures, or says all that is wrong with them.
    pub load: fn(&Folder<'_>) -> Loaded,
    /// Makes fixtures up, if it can.
    pub generate: Option<fn(&Order<'_>) -> std::io::Result<()>>,
}

/// One line of a vendor's API.
#[derive(Debug)]
pub struct Operation {
    /// Its name with the vendor's, as `alfresco.getPerson`.
    pub name: &'static str,
    /// The verb.
    pub method: Method,
    /// The whole path, its parameters in braces.
    pub path: &'static str,
    /// The statuses of its answers when nothing goes wrong, the usual one first.
    pub answers: &'static [u16],
}

/// One thing that a vendor can say went wrong.
#[derive(Debug)]
pub struct CatalogueEntry {
    /// Its name, as scenarios call it.
    pub id: &'static str,
    /// The status.
    pub status: u16,
    /// The operations that can answer it, without the vendor's name; none means each of them.
    pub operations: &'static [&'static str],
    /// How a client comes to see it without any scenario.
    pub how: &'static str,
    /// How we know.
    pub evidence: Evidence,
}

/// An error that is asked for and not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forced {
    /// Any with this status, 400 to 599.
    Status(u16),
    /// The one that [`CatalogueEntry::id`] names.
    Problem(&'static str),
}

impl Vendor {
    /// Every row of the catalogue that an operation can answer, its own ones before those that each
    /// can; of a request that is none of the operations, those alone.
    pub fn rows(&self, operation: Option<usize>) -> impl Iterator<Item = &'static CatalogueEntry> {
        let catalogue = self.catalogue;
        let name = operation.and_then(|it| self.operations.get(it)).map(Operation::own_name);
        let is_own =
            move |row: &&CatalogueEntry| name.is_some_and(|it| row.operations.contains(&it));
        let own = catalogue.iter().filter(is_own);
        own.chain(catalogue.iter().filter(|row| row.operations.is_empty()))
    }

    /// The row that an operation answers with when an error is asked for, if it has one.
    #[must_use]
    pub fn row(&self, operation: Option<usize>, forced: Forced) -> Option<&'static CatalogueEntry> {
        self.rows(operation).find(|row| match forced {
            Forced::Status(status) => row.status == status,
            Forced::Problem(id) => row.id == id,
        })
    }
}

impl Operation {
    /// Its name without the vendor's.
    #[must_use]
    pub fn own_name(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, name)| name)
    }
}

/// One step of a vendor's order of checks.
#[derive(Debug)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// What is looked at, in a sentence.
    pub about: &'static str,
}

/// How secrets are recognized.
#[derive(Debug)]
pub struct Secrets {
    /// The names of JSON members and of parameters that hold one, in any letter case.
    pub names: &'static [&'static str],
    /// How words begin that are secret wherever they stand, in any letter case.
    pub beginnings: &'static [&'static str],
}

/// What a dialect notes while it answers, for those who ask afterwards why.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The operation, as an index into [`Vendor::operations`].
    pub operation: Option<usize>,
    /// Who called, once that is known.
    pub caller: Option<Arc<str>>,
    /// What went wrong, as [`CatalogueEntry::id`] has it.
    pub problem: Option<&'static str>,
    /// What made it something else than it would have been, if something did.
    pub forced_by: Option<Arc<ForcedBy>>,
    /// What was looked at.
    pub checks: Checks,
}

impl Trail {
    /// A check is about to be made: an index into [`Vendor::checks`].
    pub fn make(&mut self, check: usize) {
        self.checks.0 |= 1 << check;
    }
}

/// Which of [`Vendor::checks`] were made, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checks(u32);

impl Checks {
    /// Whether one was made.
    #[must_use]
    pub fn contains(self, check: usize) -> bool {
        self.0 & (1 << check) != 0
    }

    /// The one that was made last: the one that decided.
    #[must_use]
    pub fn last(self) -> Option<usize> {
        self.0.checked_ilog2().map(|bit| bit as usize)
    }
}

/// How we know that a vendor behaves as it does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Read in the vendor's code, or seen by running it.
    Code,
    /// Asserted by the vendor's own tests.
    Test,
    /// Said by the vendor's published documents.
    Documented,
    /// Documented for a sibling of the same API.
    Sibling,
    /// Reasoned; nobody has seen it.
    Assumed,
}

impl Evidence {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Test => "test",
            Self::Documented => "documented",
            Self::Sibling => "sibling",
            Self::Assumed => "assumed",
        }
    }
}

/// A seed, or all that is wrong with the fixtures.
pub type Loaded = Result<Arc<dyn Seed>, Vec<LoadError>>;

/// What fixtures gave for one vendor: immutable, and shared by every session.
pub trait Seed: Any + Send + Sync {
    /// A world that shows this seed and nothing else, whatever its size at no cost.
    fn world(self: Arc<Self>) -> Arc<dyn Dialect>;

    /// What this seed has that an older one of the same vendor had not, and the reverse.
    fn difference(&self, old: Arc<dyn Seed>) -> Difference;
}

/// One vendor in one session: its rules, and its people with all that was changed about them.
pub trait Dialect: Send + Sync {
    /// The vendor's answer to any request under its mounts.
    ///
    /// The machinery calls this for one changing request of a session at a time, so that a check
    /// and the change that follows it are one step.
    ///
    /// What it notes in the trail is no part of the answer; see [`Trail`].
    fn answer(
        &self,
        session: &Session,
        request: &Request,
        path: &Path<'_>,
        found: &Found<'_>,
        trail: &mut Trail,
    ) -> Response;

    /// The very answer that the vendor would give had this error happened to this request. It counts
    /// log numbers and throws dice as the natural one does, and changes nothing else.
    ///
    /// A status that the operation doesn't have comes in the vendor's envelope with the status's
    /// reason phrase.
    fn forced(
        &self,
        session: &Session,
        request: &Request,
        found: &Found<'_>,
        forced: Forced,
        trail: &mut Trail,
    ) -> Response;

    /// Who calls, if the credentials are good. Looking has no effect: no failure is counted and no
    /// ticket renewed.
    fn caller(&self, session: &Session, request: &Request) -> Option<Arc<str>>;

    /// The vendor's answer when a handler of ours has panicked: its own 500.
    fn crashed(&self, session: &Session) -> Response;

    /// A copy that goes its own way, for snapshots and new sessions. It costs what the session has
    /// changed, whatever the size of the seed.
    fn fork(&self) -> Arc<dyn Dialect>;

    /// The same world on another seed of the same vendor: what this session changed stays as it is,
    /// everything else follows the new seed, and tickets stay valid.
    fn on_seed(&self, seed: Arc<dyn Seed>) -> Arc<dyn Dialect>;
}

/// A seed as its own vendor's type. A seed of another vendor is a mistake in this program.
fn downcast<S: Seed>(seed: Arc<dyn Seed>) -> Option<Arc<S>> {
    let seed: Arc<dyn Any + Send + Sync> = seed;
    seed.downcast().ok()
}

/// Makes a vendor's table of operations: `OPERATIONS`, which is data for everybody, and `ROUTES`,
/// which says for the operation with the same index what the dialect does with it.
macro_rules! routes {
    (
        $vendor:literal => $route:ty;
        $( $prefix:literal { $( $name:literal $method:ident $path:literal $answers:tt => $what:expr, )+ } )+
    ) => {
        /// Every operation of this vendor.
        pub(super) static OPERATIONS: &[$crate::dialects::Operation] = &[
            $( $( $crate::dialects::Operation {
                name: concat!($vendor, ".", $name),
                method: http::Method::$method,
                path: concat!($prefix, $path),
                answers: &$answers,
            }, )+ )+
        ];

        /// What this dialect does for the operation with the same index.
        pub(super) static ROUTES: &[$route] = &[ $( $( $what, )+ )+ ];
    };
}
use routes;
