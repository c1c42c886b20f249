//! The stories that a session plays, and the faults that somebody put in by hand: where each of
//! them stands, and what it does to the next exchange.
//!
//! To match a rule, to count that and to move on to the next state is one step under one lock, so
//! that under any concurrency a rule with `times: 1` fires exactly once. An exchange that nothing
//! played is about doesn't come to the lock.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jiff::Timestamp;
use serde_json::Value;

use super::deed::Deed;
use super::fired::Fired;
use super::library::Library;
use super::live::Live;
use super::operations::Operations;
use super::play::Play;
use super::prefilter::Glance;
use super::story::Story;

/// How many faults a session may have.
pub(crate) const MOST_FAULTS: usize = 1_000;

/// Everything that is played in a session.
#[derive(Debug, Default)]
pub struct Playing {
    /// The operations that anything played is about, in the state in which it is.
    operations: AtomicU64,
    /// Whether there is anything that has to see exchanges when they are over.
    is_watching: AtomicBool,
    state: Mutex<Plays>,
}

#[derive(Clone, Debug, Default)]
struct Plays {
    /// Put in by hand; they come first.
    faults: Vec<Play>,
    /// In the order in which they were started.
    stories: Vec<Play>,
    last_fault: u64,
    /// Exchanges that wait for another one to be over.
    holds: Vec<Weak<Held>>,
}

/// An exchange that waits.
#[derive(Debug)]
pub(crate) struct Held {
    deed: Arc<Deed>,
    is_over: AtomicBool,
}

/// There is no room for another fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session has at most {MOST_FAULTS} faults; delete some first")]
pub struct TooManyFaults;

impl Playing {
    /// What a session plays at first.
    pub(crate) fn new(library: &Library, now: Timestamp) -> Self {
        let playing = Self::default();
        for story in library.started() {
            playing.start(story, now);
        }
        playing
    }

    /// A copy that goes its own way. Exchanges that wait are not copied.
    pub(crate) fn fork(&self) -> Self {
        let plays = Plays { holds: Vec::new(), ..self.lock().clone() };
        let fork = Self::default();
        fork.change(|it| *it = plays);
        fork
    }

    /// Says what becomes of an exchange, and counts it.
    pub(crate) fn decide(&self, live: &Live<'_>) -> Option<Fired> {
        let operation = Operations::one(live.vendor, live.operation_index());
        if !Operations::from_bits(self.operations.load(Ordering::Acquire)).meets(operation) {
            return None;
        }
        self.decide_played(&Glance::at(live, operation))
    }

    #[cold]
    fn decide_played(&self, glance: &Glance<'_>) -> Option<Fired> {
        let mut plays = self.lock();
        let fired =
            first(&mut plays.faults, glance).or_else(|| first(&mut plays.stories, glance))?;
        if fired.moved.is_some() {
            self.note(&plays);
        }
        Some(fired)
    }

    /// Takes an exchange into account that is over: for expectations, and for those that wait.
    pub(crate) fn see(&self, live: &Live<'_>) {
        if self.is_watching.load(Ordering::Acquire) {
            self.see_watching(live);
        }
    }

    #[cold]
    fn see_watching(&self, live: &Live<'_>) {
        let mut plays = self.lock();
        for play in plays.stories.iter_mut().filter(|it| it.is_watching()) {
            play.see(live);
        }
        plays.holds.retain(|held| {
            let Some(held) = held.upgrade() else { return false };
            let is_met = held.deed.hold.as_ref().is_some_and(|it| it.until.matches(live));
            held.is_over.fetch_or(is_met, Ordering::AcqRel);
            !is_met
        });
        self.is_watching.store(plays.is_watching(), Ordering::Release);
    }

    /// Keeps an exchange waiting until another is over that its deed names.
    pub(crate) fn hold(&self, deed: &Arc<Deed>) -> Arc<Held> {
        let held = Arc::new(Held { deed: Arc::clone(deed), is_over: AtomicBool::new(false) });
        self.change(|plays| plays.holds.push(Arc::downgrade(&held)));
        held
    }

    /// Starts a story, from its beginning if it was started before.
    pub(crate) fn start(&self, story: &Arc<Story>, now: Timestamp) {
        self.change(|plays| {
            plays.stories.retain(|play| play.story.name != story.name);
            plays.stories.push(Play::new(story, now));
        });
    }

    /// Stops a story. Says whether it was running.
    pub(crate) fn stop(&self, name: &str) -> bool {
        self.change(|plays| match plays.story(name) {
            Some(play) => play.stop(),
            None => false,
        })
    }

    /// Puts a running story into a state; into its first if none is named. Says which state it was
    /// in, if there is such a story and such a state.
    pub(crate) fn put(&self, name: &str, state: Option<&str>, now: Timestamp) -> Option<Box<str>> {
        self.change(|plays| {
            let play = plays.story(name).filter(|it| it.is_running)?;
            let index = state.map_or(Some(0), |state| play.story.state(state))?;
            let before = play.state().into();
            play.enter(index, now);
            Some(before)
        })
    }

    /// Starts every running story again.
    pub(crate) fn restart(&self, now: Timestamp) {
        self.change(|plays| {
            for play in plays.stories.iter_mut().filter(|it| it.is_running) {
                *play = Play::new(&play.story, now);
            }
        });
    }

    /// The stories that were started, and how far each has come.
    pub(crate) fn stories(&self) -> Vec<Play> {
        self.lock().stories.clone()
    }

    /// Puts a fault in. Gives its id.
    pub(crate) fn put_fault(
        &self,
        given: Value,
        make: impl FnOnce(&str) -> Arc<Story>,
        now: Timestamp,
    ) -> Result<Play, TooManyFaults> {
        self.change(|plays| {
            if plays.faults.len() >= MOST_FAULTS {
                return Err(TooManyFaults);
            }
            plays.last_fault += 1;
            let story = make(&format!("fault-{}", plays.last_fault));
            let play = Play::by_hand(given, &story, now);
            plays.faults.push(play.clone());
            Ok(play)
        })
    }

    /// Takes a fault away, or all of them. Says whether there was one.
    pub(crate) fn drop_faults(&self, id: Option<&str>) -> bool {
        self.change(|plays| {
            let before = plays.faults.len();
            plays.faults.retain(|play| id.is_some_and(|id| &*play.story.name != id));
            plays.faults.len() < before
        })
    }

    /// The faults that were put in by hand.
    pub(crate) fn faults(&self) -> Vec<Play> {
        self.lock().faults.clone()
    }

    /// Goes on with stories as their files have them now: in the state that a story is in, if there
    /// still is one of that name, and otherwise from its beginning.
    pub(crate) fn follow(&self, library: &Library, now: Timestamp) {
        self.change(|plays| {
            plays.stories.retain_mut(|play| {
                let Some(story) = library.get(&play.story.name) else { return false };
                if !Arc::ptr_eq(story, &play.story) {
                    *play = play.on(story, now);
                }
                true
            });
        });
    }

    fn change<T>(&self, act: impl FnOnce(&mut Plays) -> T) -> T {
        let mut plays = self.lock();
        let done = act(&mut plays);
        self.note(&plays);
        done
    }

    /// Notes what exchanges are told apart by before they come to the lock; after any change.
    fn note(&self, plays: &Plays) {
        self.operations.store(plays.operations().bits(), Ordering::Release);
        self.is_watching.store(plays.is_watching(), Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Plays> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the first play that has something to say makes of an exchange.
fn first(plays: &mut [Play], glance: &Glance<'_>) -> Option<Fired> {
    for play in plays {
        if play.prefilter().lets_by(glance)
            && let Some(fired) = play.decide(glance)
        {
            return Some(fired);
        }
    }
    None
}

impl Plays {
    fn is_watching(&self) -> bool {
        self.stories.iter().any(Play::is_watching) || !self.holds.is_empty()
    }

    fn operations(&self) -> Operations {
        let all = self.faults.iter().chain(&self.stories);
        all.fold(Operations::NONE, |all, play| all.or(play.prefilter().operations))
    }

    fn story(&mut self, name: &str) -> Option<&mut Play> {
        self.stories.iter_mut().find(|play| &*play.story.name == name)
    }
}

impl Held {
    /// Whether what it waits for has happened.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }
}
