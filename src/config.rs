//! The flags, checked and resolved, once.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::fixtures::Layer;
use crate::fixtures::watch::Watching;
use crate::reload::OnReload;

/// How the server was told to run. Every value has been checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on; port 0 picks a free one.
    pub address: SocketAddr,
    /// The file that gets the port number once the server is ready.
    pub port_file: Option<PathBuf>,
    /// Where the initial data comes from, lower layers first.
    pub layers: Vec<Layer>,
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
}

impl Default for Config {
    /// What `people-mock` without flags does, but on a free port and watching no files: the right
    /// thing inside a test.
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0),
            port_file: None,
            layers: vec![Layer::Embedded],
            watch: Watching::Off,
            poll_interval: Duration::from_secs(1),
            on_reload: OnReload::Keep,
            seed: None,
            now: None,
            asks_for_credentials: true,
            cors: true,
            max_body: 16 << 20,
        }
    }
}
