use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use jiff::Timestamp;

use super::{Seeds, Session};
use crate::clock;
use crate::events::Events;

/// How many snapshots a session keeps.
pub const MOST_SNAPSHOTS: usize = 100;

/// How often a thread asks for its turn to change the session before it sleeps until it has it: to
/// sleep and to be woken takes longer than most changes.
const TRIES: u32 = 1_000;

/// The place of a session: its id, what it is at the moment, and what it was when somebody asked to
/// remember it.
pub struct Slot {
    /// Its id.
    pub id: Box<str>,
    /// When it was made, in real time.
    pub created: Timestamp,
    /// Who listens to what happens in it.
    pub events: Events,
    session: ArcSwap<Session>,
    snapshots: Mutex<BTreeMap<Box<str>, Snapshot>>,
    changing: Mutex<()>,
    /// When it was last asked for, in nanoseconds of [`clock::uptime`].
    used: AtomicU64,
    /// Whether it was asked for since, without a look at the clock.
    has_unnoted_use: AtomicBool,
}

/// A session as it was.
#[derive(Clone)]
pub struct Snapshot {
    /// When it was taken, on the session's clock.
    pub taken: Timestamp,
    session: Arc<Session>,
}

/// There is no room for another snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session keeps at most {MOST_SNAPSHOTS} snapshots; delete one first")]
pub struct TooManySnapshots;

impl Slot {
    /// The place of a session.
    #[must_use]
    pub(super) fn new(id: &str, session: Session) -> Self {
        Self {
            id: id.into(),
            created: clock::system_now(),
            events: Events::default(),
            session: ArcSwap::from_pointee(session),
            snapshots: Mutex::default(),
            changing: Mutex::new(()),
            used: AtomicU64::new(nanos()),
            has_unnoted_use: AtomicBool::new(false),
        }
    }

    /// Waits until no other request is changing this session. Hold it from before
    /// [`Slot::session`] until the answer is known; reading needs none.
    pub fn begin_change(&self) -> MutexGuard<'_, ()> {
        for _ in 0..TRIES {
            match self.changing.try_lock() {
                Ok(guard) => return guard,
                Err(TryLockError::Poisoned(error)) => return error.into_inner(),
                Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
            }
        }
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session as it is now: the same for the whole of an exchange, whatever is reset, restored
    /// or reloaded meanwhile.
    #[must_use]
    pub fn session(&self) -> Guard<Arc<Session>> {
        self.session.load()
    }

    /// For how long nobody has asked for it.
    #[must_use]
    pub fn idle(&self) -> Duration {
        self.note_use();
        Duration::from_nanos(nanos().saturating_sub(self.used.load(Ordering::Relaxed)))
    }

    /// Somebody asks for it now.
    pub(super) fn touch(&self) {
        self.used.store(nanos(), Ordering::Relaxed);
    }

    /// Somebody asks for it, and it will do to know later when that was. This writes only once
    /// between two notes: what one thread writes to all the time is in no other's cache.
    pub(super) fn use_unnoted(&self) {
        if !self.has_unnoted_use.load(Ordering::Relaxed) {
            self.has_unnoted_use.store(true, Ordering::Relaxed);
        }
    }

    /// Takes what was asked for without a look at the clock as asked for now.
    pub(super) fn note_use(&self) {
        if self.has_unnoted_use.swap(false, Ordering::Relaxed) {
            self.touch();
        }
    }

    /// Back to the seeds. Its journal begins anew too, unless somebody wants to keep it; snapshots
    /// stay.
    pub fn reset(&self, seeds: &Arc<Seeds>, keep_journal: bool) {
        let _change = self.begin_change();
        let session = self.session();
        let mut fresh = session.fresh(seeds);
        if keep_journal {
            fresh = fresh.with_journal_of(&session);
        }
        self.session.store(Arc::new(fresh));
    }

    /// Puts new seeds under the session; what it has changed stays.
    pub fn put_on(&self, seeds: &Arc<Seeds>) {
        let _change = self.begin_change();
        let session = self.session();
        if !session.is_on(seeds) {
            self.session.store(Arc::new(session.on_seeds(seeds)));
        }
    }

    /// A copy of the session, on the seeds of today.
    #[must_use]
    pub(super) fn fork(&self, seeds: &Arc<Seeds>) -> Session {
        let _change = self.begin_change();
        self.session().fork(seeds)
    }

    /// Remembers the session as it is under a name, in the place of what had that name. Says
    /// whether the name is new.
    pub fn take_snapshot(
        &self,
        name: &str,
        seeds: &Arc<Seeds>,
    ) -> Result<(Snapshot, bool), TooManySnapshots> {
        let _change = self.begin_change();
        let session = self.session();
        let mut snapshots = self.snapshots();
        if snapshots.len() >= MOST_SNAPSHOTS && !snapshots.contains_key(name) {
            return Err(TooManySnapshots);
        }
        let snapshot =
            Snapshot { taken: session.clock.now(), session: Arc::new(session.fork(seeds)) };
        let is_new = snapshots.insert(name.into(), snapshot.clone()).is_none();
        Ok((snapshot, is_new))
    }

    /// Goes back to a snapshot, which stays as it is. Says whether there is one with this name.
    pub fn restore(&self, name: &str, seeds: &Arc<Seeds>) -> bool {
        let _change = self.begin_change();
        let Some(snapshot) = self.snapshot(name) else { return false };
        let restored = snapshot.session.fork(seeds).with_journal_of(&self.session());
        self.session.store(Arc::new(restored));
        true
    }

    /// A copy of a snapshot's session, on the seeds of today.
    #[must_use]
    pub(super) fn fork_snapshot(&self, name: &str, seeds: &Arc<Seeds>) -> Option<Session> {
        self.snapshot(name).map(|snapshot| snapshot.session.fork(seeds))
    }

    /// The snapshot with a name.
    #[must_use]
    pub fn snapshot(&self, name: &str) -> Option<Snapshot> {
        self.snapshots().get(name).cloned()
    }

    /// Forgets a snapshot. Says whether there was one.
    pub fn drop_snapshot(&self, name: &str) -> bool {
        self.snapshots().remove(name).is_some()
    }

    /// Every snapshot, by name.
    #[must_use]
    pub fn list_snapshots(&self) -> Vec<(Box<str>, Snapshot)> {
        self.snapshots().iter().map(|(name, it)| (name.clone(), it.clone())).collect()
    }

    fn snapshots(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Snapshot>> {
        self.snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanos() -> u64 {
    u64::try_from(clock::uptime().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::scenarios::Library;

    #[test]
    fn a_use_without_a_look_at_the_clock_counts_as_of_the_next_note() {
        let seeds = Arc::new(Seeds { fixtures: Vec::new(), scenarios: Library::default() });
        let slot = Slot::new("a", Session::new(&Config::default(), &seeds));
        let used = || slot.used.load(Ordering::Relaxed);
        let made = used();
        while nanos() == made {}
        slot.note_use();
        assert_eq!(used(), made, "nobody has asked");
        slot.use_unnoted();
        assert_eq!(used(), made);
        slot.note_use();
        let noted = used();
        assert!(noted > made);
        while nanos() == noted {}
        slot.note_use();
        assert_eq!(used(), noted, "nobody has asked again");
        slot.use_unnoted();
        let _ = slot.idle();
        assert!(used() > noted, "whoever asks how long it was is told of it");
    }
}
