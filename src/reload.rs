//! New fixtures under a running server: read everything, check everything, swap at once.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use serde_json::json;

use crate::app::App;
use crate::dialects::Seed;
use crate::fixtures::{self, Difference, Layer, LoadError, Signature};

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

/// How the server stands to its fixtures.
#[derive(Debug, Default)]
pub(crate) struct Reloading {
    /// One at a time.
    turn: Mutex<()>,
    /// What the files looked like when they were last read, with success or not.
    read: ArcSwapOption<Signature>,
    /// What was wrong with them then.
    errors: ArcSwap<Vec<LoadError>>,
}

impl Reloading {
    /// For files that are about to be read for the first time. What changes from here on is seen as
    /// a change, whenever watching begins.
    pub(crate) fn before(layers: &[Layer]) -> Self {
        let read = ArcSwapOption::from_pointee(Signature::of(layers));
        Self { read, ..Self::default() }
    }

    /// What is wrong with the files as they are now. While that is anything, the last good seed is
    /// served.
    pub(crate) fn errors(&self) -> Arc<Vec<LoadError>> {
        self.errors.load_full()
    }
}

impl App {
    /// Reads the fixtures now. Either all of them count from here on, and what differs is told, or
    /// nothing changes, and everything that is wrong is told.
    pub fn reload(&self) -> Result<Difference, Arc<Vec<LoadError>>> {
        let _turn = self.reloading.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match read(self) {
            Ok(seeds) => {
                let difference = self.put_under(seeds);
                let was_stale = !self.reloading.errors.swap(Arc::default()).is_empty();
                if was_stale || !difference.is_empty() {
                    tracing::info!(
                        created = difference.created.len(),
                        changed = difference.changed.len(),
                        removed = difference.removed.len(),
                        "the fixtures were reloaded"
                    );
                }
                Ok(difference)
            }
            Err(errors) => {
                let errors = Arc::new(errors);
                // A mistake that is still the same was told.
                if *self.reloading.errors.swap(Arc::clone(&errors)) != *errors {
                    tell(&errors);
                }
                Err(errors)
            }
        }
    }

    /// Whether the files with this look were read already.
    pub(crate) fn has_read(&self, signature: &Signature) -> bool {
        self.reloading.read.load().as_deref() == Some(signature)
    }

    /// Swaps the seed, and the worlds of every session onto it.
    fn put_under(&self, seeds: Vec<Arc<dyn Seed>>) -> Difference {
        let mut difference = Difference::default();
        for (new, old) in seeds.iter().zip(self.seeds.load().iter()) {
            difference.extend(new.difference(Arc::clone(old)));
        }
        let is_reset = self.config.on_reload == OnReload::Reset;
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
}

/// Reads the files as they were at one moment: not half before and half after a change.
fn read(app: &App) -> Result<Vec<Arc<dyn Seed>>, Vec<LoadError>> {
    let layers = &app.config.layers;
    let mut before = Signature::of(layers);
    let mut tries = 1;
    loop {
        let read = fixtures::load(layers);
        let after = Signature::of(layers);
        app.reloading.read.store(Some(Arc::new(before.clone())));
        if after == before || tries == MAX_TRIES {
            return read;
        }
        before = after;
        tries += 1;
    }
}

fn tell(errors: &[LoadError]) {
    for error in errors.iter().take(LOGGED) {
        tracing::error!("{error}");
    }
    tracing::error!(
        errors = errors.len(),
        "the fixtures are wrong and were left alone; the last good ones are still served"
    );
}
