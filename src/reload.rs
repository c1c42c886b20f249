//! New files under a running server: read everything, check everything, swap at once.
//!
//! Fixtures count all together or not at all. A scenario stands for itself: one that is wrong stays
//! as it was, whatever becomes of the others.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use serde_json::json;

use crate::app::App;
use crate::config::Config;
use crate::fixtures::{self, Difference, LoadError, Signature};
use crate::scenarios::Library;
use crate::sessions::Seeds;

/// How often files that change while they are read are read again.
const MAX_TRIES: usize = 5;

/// How many errors the log shows of one reload.
const LOGGED: usize = 10;

/// What becomes of sessions when the seed changes (`--on-reload`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OnReload {
    /// They keep what clients changed, with the new seed under it.
    Keep,
    /// They start afresh.
    Reset,
}

/// How the server stands to its files.
#[derive(Debug, Default)]
pub(crate) struct Reloading {
    /// One at a time.
    turn: Mutex<()>,
    /// What the files looked like when they were last read, with success or not.
    read: ArcSwapOption<Signature>,
    /// What was wrong with them then.
    mistakes: ArcSwap<Mistakes>,
}

/// What is wrong with files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// While there are any, the last good fixtures are served.
    pub fixtures: Vec<LoadError>,
    /// A scenario with any stays as it was.
    pub scenarios: Vec<LoadError>,
}

/// What came of a reload.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    /// What differs from before.
    pub difference: Difference,
    /// What was wrong, and so was left as it was.
    pub mistakes: Arc<Mistakes>,
}

impl Mistakes {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &LoadError> {
        self.fixtures.iter().chain(&self.scenarios)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }
}

impl Reloading {
    /// For files that are about to be read for the first time. What changes from here on is seen as
    /// a change, whenever watching begins.
    pub(crate) fn before(config: &Config) -> Self {
        let read = ArcSwapOption::from_pointee(Signature::of(config));
        Self { read, ..Self::default() }
    }

    /// What is wrong with the files as they are now.
    pub(crate) fn mistakes(&self) -> Arc<Mistakes> {
        self.mistakes.load_full()
    }
}

impl App {
    /// Reads fixtures and scenarios now. What is good counts from here on, and what differs is told;
    /// what is wrong is left as it was, and told too.
    pub fn reload(&self) -> Reloaded {
        let _turn = self.reloading.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (seeds, mistakes) = self.read();
        let difference = self.put_under(seeds, mistakes.fixtures.is_empty());
        let mistakes = Arc::new(mistakes);
        let before = self.reloading.mistakes.swap(Arc::clone(&mistakes));
        // A mistake that is still the same was told.
        if *before != *mistakes && !mistakes.is_empty() {
            tell(&mistakes);
        } else if *before != *mistakes || !difference.is_empty() {
            tracing::info!(
                created = difference.created.len(),
                changed = difference.changed.len(),
                removed = difference.removed.len(),
                "the files were reloaded"
            );
        }
        Reloaded { difference, mistakes }
    }

    /// Whether the files with this look were read already.
    pub(crate) fn has_read(&self, signature: &Signature) -> bool {
        self.reloading.read.load().as_deref() == Some(signature)
    }

    /// Swaps what the files gave, and every session onto it.
    fn put_under(&self, seeds: Seeds, are_fixtures_good: bool) -> Difference {
        let before = self.seeds.load_full();
        let mut difference = Difference::default();
        for (new, old) in seeds.fixtures.iter().zip(&before.fixtures) {
            if !Arc::ptr_eq(new, old) {
                difference.extend(new.difference(Arc::clone(old)));
            }
        }
        difference.extend(seeds.scenarios.difference(&before.scenarios));
        let is_reset = are_fixtures_good && self.config.on_reload == OnReload::Reset;
        if !difference.is_empty() || is_reset {
            // New sessions start from the new seeds from here on; those that are there follow.
            self.seeds.store(Arc::new(seeds));
            let seeds = self.seeds.load();
            if is_reset {
                self.sessions.reset(&seeds);
            } else {
                self.sessions.follow(&seeds);
            }
            let told = || {
                json!({
                    "created": difference.created.len(),
                    "changed": difference.changed.len(),
                    "removed": difference.removed.len(),
                })
            };
            self.sessions.for_each(|slot| slot.events.tell("reload", None, told));
        }
        difference.sorted()
    }

    /// Reads the files as they were at one moment: not half before and half after a change.
    fn read(&self) -> (Seeds, Mistakes) {
        let mut before = Signature::of(&self.config);
        let mut tries = 1;
        loop {
            let read = self.read_once();
            let after = Signature::of(&self.config);
            self.reloading.read.store(Some(Arc::new(before.clone())));
            if after == before || tries == MAX_TRIES {
                return read;
            }
            before = after;
            tries += 1;
        }
    }

    fn read_once(&self) -> (Seeds, Mistakes) {
        let Config { layers, scenarios, from_start, .. } = &self.config;
        let last = self.seeds.load();
        let (scenarios, wrong_scenarios) = Library::open(scenarios, from_start, &last.scenarios);
        let (fixtures, wrong_fixtures) = match fixtures::load(layers) {
            Ok(fixtures) => (fixtures, Vec::new()),
            Err(errors) => (last.fixtures.clone(), errors),
        };
        let mistakes = Mistakes { fixtures: wrong_fixtures, scenarios: wrong_scenarios };
        (Seeds { fixtures, scenarios }, mistakes)
    }
}

fn tell(mistakes: &Mistakes) {
    for error in mistakes.all().take(LOGGED) {
        tracing::error!("{error}");
    }
    if !mistakes.fixtures.is_empty() {
        tracing::error!(
            errors = mistakes.fixtures.len(),
            "the fixtures are wrong and were left alone; the last good ones are still served"
        );
    }
    if !mistakes.scenarios.is_empty() {
        tracing::error!(
            errors = mistakes.scenarios.len(),
            "scenarios with mistakes were left alone; the last good ones are still there"
        );
    }
}
