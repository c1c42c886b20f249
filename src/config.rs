//! The flags, checked and resolved, once.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::fixtures::watch::Watching;
use crate::fixtures::{Embedded, Layer};
use crate::reload::OnReload;

/// How the server was told to run. Every value has been checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on, if it isn't a socket file alone; port 0 picks a free one.
    pub address: Option<SocketAddr>,
    /// The file that gets the port number once the server is ready.
    pub port_file: Option<PathBuf>,
    /// The socket file to listen on.
    pub unix: Option<PathBuf>,
    /// Whose certificate is shown.
    pub tls: Tls,
    /// The file that gets the certificate that clients are to trust.
    pub tls_ca_out: Option<PathBuf>,
    /// Where the initial data comes from, lower layers first.
    pub layers: Vec<Layer>,
    /// Where the stories are.
    pub scenarios: Layer,
    /// The names of the stories that run from the start in every session.
    pub from_start: Vec<String>,
    /// Whether a request may ask for an error itself (`Prefer: code=`).
    pub prefer: bool,
    /// How changes of the fixtures are noticed.
    pub watch: Watching,
    /// How long to wait between two looks at the fixtures, where that is done.
    pub poll_interval: Duration,
    /// What becomes of sessions when the fixtures change.
    pub on_reload: OnReload,
    /// The seed of every session's dice.
    pub seed: Option<u64>,
    /// Where every session's clock stands still.
    pub now: Option<Timestamp>,
    /// Whether a call without credentials is refused.
    pub asks_for_credentials: bool,
    /// Whether browsers on other origins are served.
    pub cors: bool,
    /// The longest request body, in bytes.
    pub max_body: u64,
    /// Who may use the control API.
    pub admin: Admin,
    /// How many bytes of exchanges are kept, of all sessions.
    pub journal_bytes: usize,
    /// How many sessions there may be.
    pub max_sessions: usize,
    /// After so long without a request a session goes.
    pub session_idle: Duration,
}

/// Whose certificate is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Nobody's: there is no TLS.
    Off,
    /// One that is made at the start, for names that only this machine has.
    SelfSigned,
    /// The user's, from files of PEM.
    Files {
        /// The certificate, and then those that it needs.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
}

/// Who may use the control API, but for health and readiness, which everybody may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admin {
    /// Everybody on this machine, by a name that only this machine can have: a page whose own name
    /// leads here is refused, since it is another's. This is what a loopback bind gives.
    Local,
    /// Everybody.
    Open,
    /// Whoever shows the token.
    Token(AdminToken),
    /// Nobody.
    Off,
}

/// The token of the control API. It is never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminToken(String);

impl AdminToken {
    /// A token that somebody chose.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// A token that nobody can guess.
    #[must_use]
    pub fn make_up() -> Self {
        // The keys of a `RandomState` come from the system's source of randomness, and what they
        // hash to tells nothing of them: 128 bits without another dependency.
        let random = RandomState::new();
        Self(format!("{:016x}{:016x}", random.hash_one(0), random.hash_one(1)))
    }

    /// The token itself, for the one time at which it is printed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether somebody shows this token. Takes as long for a nearly right one as for a wrong one.
    #[must_use]
    pub fn is(&self, shown: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let differences = own.iter().zip(shown).fold(0, |sum, (a, b)| sum | (a ^ b));
        own.len() == shown.len() && differences == 0
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken(…)")
    }
}

impl Default for Config {
    /// What `people-mock` without flags does, but on a free port and watching no files: the right
    /// thing inside a test.
    fn default() -> Self {
        Self {
            address: Some(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0)),
            port_file: None,
            unix: None,
            tls: Tls::Off,
            tls_ca_out: None,
            layers: vec![Layer::Embedded(Embedded::Fixtures)],
            scenarios: Layer::Embedded(Embedded::Scenarios),
            from_start: Vec::new(),
            prefer: true,
            watch: Watching::Off,
            poll_interval: Duration::from_secs(1),
            on_reload: OnReload::Keep,
            seed: None,
            now: None,
            asks_for_credentials: true,
            cors: true,
            max_body: 16 << 20,
            admin: Admin::Local,
            journal_bytes: 32 << 20,
            max_sessions: 10_000,
            session_idle: Duration::from_secs(30 * 60),
        }
    }
}
