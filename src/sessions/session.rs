use std::sync::Arc;

use crate::clock::{Clock, Dice};
use crate::config::Config;
use crate::coverage::Coverage;
use crate::dialects::{Dialect, Seed};
use crate::journal::Pages;
use crate::outbox::Outbox;
use crate::scenarios::{Library, Playing};

/// What the files gave, immutable and shared by every session.
pub struct Seeds {
    /// One seed a vendor, in the order of [`crate::dialects::ALL`].
    pub fixtures: Vec<Arc<dyn Seed>>,
    /// The stories that there are.
    pub scenarios: Library,
}

/// One isolated world: the seeds with its own changes, and its own clock, dice, outbox
/// and stories.
///
/// This is everything that a session *is*; a snapshot is one of these put aside. It is never put
/// back to an earlier state but replaced by a copy, so that an exchange sees one world from start
/// to end, and each copy is made here by naming every part: a new kind of state that somebody
/// forgets to copy doesn't compile.
pub struct Session {
    /// Its time.
    pub clock: Arc<Clock>,
    /// Its ids and chances.
    pub dice: Arc<Dice>,
    /// The mails that its operations sent.
    pub outbox: Arc<Outbox>,
    /// The stories that it plays, and its faults.
    pub scenarios: Arc<Playing>,
    /// What of the catalogue its client has met.
    pub coverage: Arc<Coverage>,
    /// Which part of the journal is its own.
    pub pages: Arc<Pages>,
    /// Whether credentials are asked for (`--auth`). If not, a call without any is made by the
    /// vendor's administrator.
    pub asks_for_credentials: bool,
    /// What `worlds` stand on.
    seeds: Arc<Seeds>,
    /// One world a vendor.
    worlds: Vec<Arc<dyn Dialect>>,
}

impl Session {
    /// A session that shows the seeds.
    #[must_use]
    pub fn new(config: &Config, seeds: &Arc<Seeds>) -> Self {
        let clock = Clock::new(config.now);
        Self {
            scenarios: Arc::new(Playing::new(&seeds.scenarios, clock.now())),
            clock: Arc::new(clock),
            dice: Arc::new(Dice::new(config.seed)),
            outbox: Arc::default(),
            coverage: Arc::default(),
            pages: Arc::default(),
            asks_for_credentials: config.asks_for_credentials,
            worlds: worlds(seeds),
            seeds: Arc::clone(seeds),
        }
    }

    /// The world of the vendor with this index.
    #[must_use]
    pub fn world(&self, vendor: usize) -> &dyn Dialect {
        &*self.worlds[vendor]
    }

    /// How this session was at first, on the seeds of today and with a journal that begins anew.
    #[must_use]
    pub(super) fn fresh(&self, seeds: &Arc<Seeds>) -> Self {
        let clock = self.clock.fresh();
        Self {
            scenarios: Arc::new(Playing::new(&seeds.scenarios, clock.now())),
            clock: Arc::new(clock),
            dice: Arc::new(self.dice.fresh()),
            outbox: Arc::default(),
            coverage: Arc::default(),
            pages: Arc::default(),
            asks_for_credentials: self.asks_for_credentials,
            worlds: worlds(seeds),
            seeds: Arc::clone(seeds),
        }
    }

    /// A copy that goes its own way, on the seeds of today. Nothing has been asked of it yet.
    #[must_use]
    pub(crate) fn fork(&self, seeds: &Arc<Seeds>) -> Self {
        let worlds = if Arc::ptr_eq(&self.seeds, seeds) {
            self.worlds.iter().map(|world| world.fork()).collect()
        } else {
            self.worlds_on(seeds)
        };
        let scenarios = self.scenarios.fork();
        scenarios.follow(&seeds.scenarios, self.clock.now());
        Self {
            clock: Arc::new(self.clock.fork()),
            dice: Arc::new(self.dice.fork()),
            outbox: Arc::new(self.outbox.fork()),
            coverage: Arc::new(self.coverage.fork()),
            pages: Arc::default(),
            scenarios: Arc::new(scenarios),
            asks_for_credentials: self.asks_for_credentials,
            worlds,
            seeds: Arc::clone(seeds),
        }
    }

    /// The same session on other seeds: time, dice, mails and stories are the very same ones, so
    /// that nothing is lost that a request under way does with them.
    #[must_use]
    pub(super) fn on_seeds(&self, seeds: &Arc<Seeds>) -> Self {
        self.scenarios.follow(&seeds.scenarios, self.clock.now());
        Self {
            clock: Arc::clone(&self.clock),
            dice: Arc::clone(&self.dice),
            outbox: Arc::clone(&self.outbox),
            coverage: Arc::clone(&self.coverage),
            pages: Arc::clone(&self.pages),
            scenarios: Arc::clone(&self.scenarios),
            asks_for_credentials: self.asks_for_credentials,
            worlds: self.worlds_on(seeds),
            seeds: Arc::clone(seeds),
        }
    }

    /// This session, which goes on with the journal of another one.
    #[must_use]
    pub(super) fn with_journal_of(self, other: &Self) -> Self {
        Self { pages: Arc::clone(&other.pages), ..self }
    }

    /// Whether this session shows these very seeds.
    pub(super) fn is_on(&self, seeds: &Arc<Seeds>) -> bool {
        Arc::ptr_eq(&self.seeds, seeds)
    }

    fn worlds_on(&self, seeds: &Arc<Seeds>) -> Vec<Arc<dyn Dialect>> {
        self.worlds
            .iter()
            .zip(&seeds.fixtures)
            .map(|(world, seed)| world.on_seed(Arc::clone(seed)))
            .collect()
    }
}

fn worlds(seeds: &Arc<Seeds>) -> Vec<Arc<dyn Dialect>> {
    seeds.fixtures.iter().map(|seed| Arc::clone(seed).world()).collect()
}
