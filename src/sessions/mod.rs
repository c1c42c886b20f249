//! Isolation: whose world a request belongs to.

mod session;

use std::sync::Arc;

pub use session::Session;

use crate::config::Config;
use crate::dialects::Seed;

/// Every session of the server.
pub struct Sessions {
    default: Arc<Session>,
}

impl Sessions {
    /// The sessions of a fresh server: one, `default`.
    #[must_use]
    pub fn new(config: &Config, seeds: &[Arc<dyn Seed>]) -> Self {
        Self { default: Arc::new(Session::new(config, seeds)) }
    }

    /// Puts new seeds under every session, which keeps what its clients changed.
    pub fn follow(&self, seeds: &[Arc<dyn Seed>]) {
        self.default.follow(seeds);
    }

    /// Starts every session afresh from new seeds.
    pub fn reset(&self, seeds: &[Arc<dyn Seed>]) {
        self.default.reset(seeds);
    }

    /// The session that a request without a key belongs to.
    #[must_use]
    pub fn default_session(&self) -> &Arc<Session> {
        &self.default
    }
}
