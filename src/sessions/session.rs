use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use crate::clock::{Clock, Dice};
use crate::config::Config;
use crate::dialects::{Dialect, Seed};
use crate::outbox::Outbox;

/// One isolated world: the seed with its own changes, and its own clock, dice and outbox.
pub struct Session {
    /// Its time.
    pub clock: Clock,
    /// Its ids and chances.
    pub dice: Dice,
    /// The mails that its operations sent.
    pub outbox: Outbox,
    /// Whether credentials are asked for (`--auth`). If not, a call without any is made by the
    /// vendor's administrator.
    pub asks_for_credentials: bool,
    /// One world a vendor, in the order of [`crate::dialects::ALL`]; swapped whole.
    worlds: ArcSwap<Vec<Arc<dyn Dialect>>>,
    changing: Mutex<()>,
}

impl Session {
    /// A session that shows the seeds, one a vendor.
    #[must_use]
    pub fn new(config: &Config, seeds: &[Arc<dyn Seed>]) -> Self {
        Self {
            clock: Clock::new(config.now),
            dice: Dice::new(config.seed),
            outbox: Outbox::default(),
            asks_for_credentials: config.asks_for_credentials,
            worlds: ArcSwap::from_pointee(worlds(seeds)),
            changing: Mutex::new(()),
        }
    }

    /// Waits until no other request is changing this session. Hold it from before
    /// [`Session::world`] until the answer is known; reading needs none.
    pub fn begin_change(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world of the vendor with this index: the same for the whole of an exchange, whatever is
    /// reset or reloaded meanwhile.
    #[must_use]
    pub fn world(&self, vendor: usize) -> Arc<dyn Dialect> {
        Arc::clone(&self.worlds.load()[vendor])
    }

    /// Puts new seeds under the worlds, which keep what this session changed.
    pub fn follow(&self, seeds: &[Arc<dyn Seed>]) {
        // A change that is under way would otherwise go to a world that nobody sees any more.
        let _change = self.begin_change();
        let worlds = self.worlds.load();
        let moved = worlds.iter().zip(seeds).map(|(world, seed)| world.on_seed(Arc::clone(seed)));
        self.worlds.store(Arc::new(moved.collect()));
    }

    /// Back to the seeds: people, clock, dice and outbox.
    pub fn reset(&self, seeds: &[Arc<dyn Seed>]) {
        let _change = self.begin_change();
        self.worlds.store(Arc::new(worlds(seeds)));
        self.clock.reset();
        self.dice.reset();
        self.outbox.reset();
    }
}

fn worlds(seeds: &[Arc<dyn Seed>]) -> Vec<Arc<dyn Dialect>> {
    seeds.iter().map(|seed| Arc::clone(seed).world()).collect()
}
