//! people-mock stands in for the People APIs of two vendors: right about each, and breakable on
//! purpose.
//!
//! A request is read whole, answered by a **synchronous** function over a session in memory, and
//! written back. Only [`server`] knows hyper, and only `dialects/<vendor>` knows a vendor.
//!
//! # In a Rust test
//!
//! ```
//! let server = people_mock::Server::start(people_mock::config::Config::default())?;
//! let url = server.url(); // http://127.0.0.1:41213, for the client to be tested
//! drop(server); // and it is gone
//! # Ok::<(), people_mock::server::in_process::StartError>(())
//! ```
//!
//! See [`Server`]; without sockets, [`app::App::answer`] is a plain function.
//!
//! # The path of a request
//!
//! ```text
//! server/listener accept → server/tls, if wanted → HTTP/1 or HTTP/2
//! server/wire → exchange: read whole ───────────────────── hyper ends ──┐
//! app.rs  App::answer(request) → Outcome                                │
//!   sessions/           whose world: prefix, header, cookie, host       │
//!   vendor by mount → router.rs: which operation, wrong verb, nothing   │
//!   scenarios/          is it to be spoilt, before or after its effect  │
//!   dialects/V/mod      answer: the vendor's own order of checks        │
//!     dialects/V/people   the operation: person ⇄ store                 │
//!     dialects/V/problem  the vendor's envelope                         │
//!   journal/            remember it                                     │
//!   events.rs           tell it                                         │
//! exchange  write; server/delivery: late, slow, broken ─── hyper ───────┘
//! server/wire  carries the bytes out, and ends the connection as told
//! ```
//!
//! # Where things are
//!
//! A good order to read in: [`cli`] and [`config`] (how it is told to run), [`server`], [`app`],
//! [`router`], [`sessions`], [`dialects`] with [`store`], [`clock`] and [`outbox`]; then [`fixtures`]
//! and [`reload`]; then [`scenarios`], which bend all this; and at last what looks on: [`journal`],
//! [`events`], [`metrics`], [`coverage`] with [`catalog`], and [`control`], our own API; [`openapi`]
//! describes all of it to tools.
//!
//! Inside a dialect the files have the same names wherever the same thing exists: `routes.rs` is the
//! vendor's API on one screen, `mod.rs` its order of checks, `problem.rs` everything that it can say
//! went wrong, `openapi.json` what bodies look like, and a file a resource the handlers.
//!
//! # Invariants
//!
//! Each is held by a test in `tests/it/layout.rs` (the last in `redaction.rs`) or by a lint.
//!
//! 1. `hyper`, `tokio` and what makes TLS are named only in `server/` and `main.rs`; there is no
//!    `async` elsewhere.
//! 2. A dialect names no other dialect; nothing outside `dialects/mod.rs` names any.
//! 3. `store.rs` knows no status code and no vendor. Records don't derive `Serialize`: their JSON is
//!    written on purpose, member order included.
//! 4. A seed is replaced whole or not at all ([`reload`]); an exchange sees one seed.
//! 5. Time, ids and chances come from the session ([`clock`]); `clippy.toml` disallows the others.
//! 6. Every answer under a mount is in that vendor's shape, also our own 404, 405, 413 and 500.
//! 7. Every operation has a test module, a line in the README and catalogue rows with evidence.
//! 8. No guard of a map leaves the function that took it.
//! 9. Matching a scenario's rule, counting that and moving the story on is one step under one lock.
//! 10. Of an exchange nothing leaves the process but through [`journal::Shown`], which redacts.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod control;
pub mod cors;
pub mod coverage;
pub mod dialects;
pub mod events;
pub mod fixtures;
pub mod http;
pub mod journal;
pub mod metrics;
mod openapi;
pub mod outbox;
pub mod outcome;
mod ranks;
pub mod reload;
pub mod router;
pub mod scenarios;
pub mod server;
pub mod sessions;
pub mod store;

pub use server::in_process::Server;
