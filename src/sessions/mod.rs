//! Isolation: whose world a request belongs to.
//!
//! A [`Slot`] is the place of a session and lives as long as the session is known by its id; the
//! [`Session`] in it is what the session is at the moment. A request holds its slot by an `Arc`
//! while it is under way, and only a slot that nobody else holds is ever evicted.

mod key;
mod session;
mod slot;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use dashmap::{DashMap, Entry};

pub use key::{BadName, check_name};
pub(crate) use key::{host, take as take_key};
pub use session::{Seeds, Session};
pub use slot::{MOST_SNAPSHOTS, Slot, Snapshot, TooManySnapshots};

use crate::config::Config;

/// The session of a request without a key.
pub const DEFAULT: &str = "default";

/// Every session of the server.
pub struct Sessions {
    /// Held aside, so that the common case touches no map.
    default: Arc<Slot>,
    others: DashMap<Box<str>, Arc<Slot>>,
    /// How many there may be, `default` included.
    most: usize,
    /// After so long without a request a session goes.
    idle: Duration,
    evicted: AtomicU64,
    named: AtomicU64,
    config: Config,
}

/// Why a session isn't made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMade {
    /// Its id is taken.
    #[error("the session `{0}` exists already; drop it first, or leave `id` out")]
    Exists(String),
    /// What it is to be a copy of isn't there.
    #[error("there is no {0} to make a session from")]
    NoSource(String),
}

/// What a new session shows at first.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// The seeds.
    Seeds,
    /// Another session as it is now.
    Session(&'a str),
    /// A snapshot of a session.
    Snapshot(&'a Slot, &'a str),
}

impl Sessions {
    /// The sessions of a fresh server: one, `default`.
    #[must_use]
    pub fn new(config: &Config, seeds: &Arc<Seeds>) -> Self {
        Self {
            default: Arc::new(Slot::new(DEFAULT, Session::new(config, seeds))),
            others: DashMap::new(),
            most: config.max_sessions,
            idle: config.session_idle,
            evicted: AtomicU64::new(0),
            named: AtomicU64::new(0),
            config: config.clone(),
        }
    }

    /// The session with a key; one that isn't there begins here.
    pub fn enter(&self, key: Option<&str>, seeds: &ArcSwap<Seeds>) -> Cow<'_, Arc<Slot>> {
        match key {
            Some(id) if id != DEFAULT => Cow::Owned(self.enter_other(id, seeds)),
            _ => {
                // It never goes, and so nobody has to know exactly.
                self.default.use_unnoted();
                Cow::Borrowed(&self.default)
            }
        }
    }

    /// The session with an id, if it is there.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Slot>> {
        if id == DEFAULT {
            return Some(Arc::clone(&self.default));
        }
        self.others.get(id).map(|slot| Arc::clone(&*slot))
    }

    fn enter_other(&self, id: &str, seeds: &ArcSwap<Seeds>) -> Arc<Slot> {
        if let Some(slot) = self.get(id) {
            if slot.idle() <= self.idle {
                slot.touch();
                return slot;
            }
            // Its time was over before this request, only nobody had looked.
            drop(slot);
            self.evict_idle();
        }
        let slot = match self.others.entry(id.into()) {
            Entry::Occupied(entry) => Arc::clone(entry.get()),
            Entry::Vacant(entry) => {
                let slot = Slot::new(id, Session::new(&self.config, &seeds.load()));
                Arc::clone(&*entry.insert(Arc::new(slot)))
            }
        };
        slot.touch();
        self.settle(&slot, seeds);
        slot
    }

    /// Makes a session. Without an id it gets one that is free.
    pub fn create(
        &self,
        id: Option<&str>,
        start: Start<'_>,
        seeds: &ArcSwap<Seeds>,
    ) -> Result<Arc<Slot>, NotMade> {
        let id = match id {
            Some(id) => id.to_owned(),
            None => self.free_id(),
        };
        if id == DEFAULT {
            return Err(NotMade::Exists(id));
        }
        let today = seeds.load();
        let session = match start {
            Start::Seeds => Session::new(&self.config, &today),
            Start::Session(source) => match self.get(source) {
                Some(source) => source.fork(&today),
                None => return Err(NotMade::NoSource(format!("session `{source}`"))),
            },
            Start::Snapshot(slot, name) => match slot.fork_snapshot(name, &today) {
                Some(session) => session,
                None => return Err(NotMade::NoSource(format!("snapshot `{name}`"))),
            },
        };
        let slot = match self.others.entry(id.as_str().into()) {
            Entry::Occupied(_) => return Err(NotMade::Exists(id)),
            Entry::Vacant(entry) => Arc::clone(&*entry.insert(Arc::new(Slot::new(&id, session)))),
        };
        self.settle(&slot, seeds);
        Ok(slot)
    }

    /// Drops a session; requests under way in it come to their end. Says whether it was there.
    pub fn drop(&self, id: &str) -> bool {
        self.others.remove(id).is_some_and(|(_, slot)| {
            slot.events.end();
            true
        })
    }

    /// Drops every session but `default`.
    pub fn drop_all(&self) {
        for slot in self.list() {
            self.drop(&slot.id);
        }
    }

    /// Every session, `default` first and then by id.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Slot>> {
        let mut slots: Vec<_> = self.others.iter().map(|slot| Arc::clone(&*slot)).collect();
        slots.sort_by(|a, b| a.id.cmp(&b.id));
        slots.insert(0, Arc::clone(&self.default));
        slots
    }

    /// Does something with every session that is there, one after the other, while others come and
    /// go: one that is made meanwhile stands on the seeds of its moment or of a later one.
    pub fn for_each(&self, mut act: impl FnMut(&Slot)) {
        self.list().iter().for_each(|slot| act(slot));
    }

    /// Puts new seeds under every session, which keeps what its clients changed.
    pub fn follow(&self, seeds: &Arc<Seeds>) {
        self.for_each(|slot| slot.put_on(seeds));
    }

    /// Starts every session afresh from new seeds.
    pub fn reset(&self, seeds: &Arc<Seeds>) {
        self.for_each(|slot| slot.reset(seeds, false));
    }

    /// How many sessions there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.others.len() + 1
    }

    /// How many sessions were evicted since the start.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// Notes whether the default session was asked for. From one time to the next is how exactly
    /// it is known when that was.
    pub fn note_use(&self) {
        self.default.note_use();
    }

    /// Lets the sessions go that nobody has asked for in a long time.
    pub fn evict_idle(&self) {
        self.others.retain(|_, slot| {
            let stays = slot.idle() <= self.idle || is_in_use(slot);
            if !stays {
                self.has_evicted(&slot.id, "idle");
            }
            stays
        });
    }

    /// What a new session needs, once it can be found: its seeds are the present ones even if they
    /// were replaced a moment ago, and it is not one too many.
    fn settle(&self, slot: &Slot, seeds: &ArcSwap<Seeds>) {
        slot.put_on(&seeds.load());
        while self.count() > self.most {
            // The one just made is in use by whoever makes it.
            let idlest = self
                .others
                .iter()
                .filter(|other| !is_in_use(other))
                .max_by_key(|other| other.idle())
                .map(|other| other.id.clone());
            // All are in use: there may be as many as there are requests under way.
            let Some(idlest) = idlest else { return };
            if self.others.remove_if(&idlest, |_, slot| !is_in_use(slot)).is_some() {
                self.has_evicted(&idlest, "too many");
            }
        }
    }

    fn has_evicted(&self, id: &str, why: &'static str) {
        self.evicted.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(session = id, why, "a session was evicted");
    }

    fn free_id(&self) -> String {
        loop {
            let id = format!("session-{}", self.named.fetch_add(1, Ordering::Relaxed) + 1);
            if !self.others.contains_key(id.as_str()) {
                return id;
            }
        }
    }
}

/// Whether anybody but the map holds a slot. Asked under the lock of its shard, under which alone
/// others get hold of it, a no stays true until the slot is gone.
fn is_in_use(slot: &Arc<Slot>) -> bool {
    Arc::strong_count(slot) > 1
}
