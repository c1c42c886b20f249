//! The stories that a session plays, and the faults that somebody put in by hand: where each of
//! them stands, and what it does to the next exchange.
//!
//! To match a rule, to count that and to move on to the next state is one step under one lock, so
//! that under any concurrency a rule with `times: 1` fires exactly once. While nothing is played,
//! an exchange pays for one look at a flag.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::expect::{Met, Progress};
use super::fault::Delivery;
use super::format::{ErrorName, RateKey, RateLimit};
use super::library::Library;
use super::live::Live;
use super::matcher::Subject;
use super::operations::Operations;
use super::story::{Answer, Deed, PASS, ReadyRule, Story};
use crate::dialects::Forced;

/// How many faults a session may have.
pub(crate) const MOST_FAULTS: usize = 1_000;

/// How many keys a rate limit counts apart; past it the oldest windows go.
const MOST_KEYS: usize = 10_000;

/// Everything that is played in a session.
#[derive(Debug, Default)]
pub struct Playing {
    /// Whether there is anything that has to see exchanges.
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

/// A story, and how far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub story: Arc<Story>,
    /// What it was made from, if that was no file.
    pub given: Option<Arc<Value>>,
    /// Whether it goes on; a story that was stopped is kept for its verdict.
    pub is_running: bool,
    state: usize,
    entered: Timestamp,
    counters: Vec<Counter>,
    progress: Vec<Progress>,
}

/// What a rule has seen since its state was entered.
#[derive(Clone, Debug, Default)]
struct Counter {
    matched: u64,
    fired: u64,
    windows: HashMap<Box<str>, (Timestamp, u64)>,
    /// Seconds until the rate limit that was asked last lets by again.
    retry_after: Option<u64>,
}

/// An exchange that waits.
#[derive(Debug)]
pub(crate) struct Held {
    deed: Arc<Deed>,
    is_over: AtomicBool,
}

/// What becomes of an exchange that a rule is about.
#[derive(Clone, Debug)]
pub(crate) struct Fired {
    pub deed: Arc<Deed>,
    pub by: Arc<ForcedBy>,
    pub delivery: Delivery,
    /// Seconds until a rate limit lets by again.
    pub retry_after: Option<u64>,
    /// The states between which the story moved.
    pub moved: Option<(Box<str>, Box<str>)>,
    /// Whether the exchange has waited already.
    pub was_held: bool,
}

/// Why an exchange isn't what it would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedBy {
    /// Who did it.
    pub cause: Cause,
    /// What was done, in a few words.
    pub does: Box<str>,
    /// Whether the answer isn't the vendor's natural one.
    pub is_answer: bool,
}

/// Who makes an exchange something else than it would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A rule of a scenario.
    Scenario {
        /// The scenario.
        name: Box<str>,
        /// The index of the rule.
        rule: usize,
        /// The state that the story was in.
        state: Box<str>,
    },
    /// A fault that was put in by hand, by its id.
    Fault(Box<str>),
    /// The request itself.
    Prefer,
}

impl ForcedBy {
    /// It as control calls show it.
    #[must_use]
    pub fn json(&self) -> Value {
        match &self.cause {
            Cause::Scenario { name, rule, state } => {
                json!({ "scenario": name, "rule": rule, "state": state, "does": self.does })
            }
            Cause::Fault(id) => json!({ "fault": id, "does": self.does }),
            Cause::Prefer => json!({ "prefer": self.does, "does": self.does }),
        }
    }
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
        let is_watching = AtomicBool::new(plays.is_watching());
        Self { is_watching, state: Mutex::new(plays) }
    }

    /// Says what becomes of an exchange, and counts it.
    pub(crate) fn decide(&self, live: &Live<'_>) -> Option<Fired> {
        if !self.is_watching.load(Ordering::Acquire) {
            return None;
        }
        let operation = Operations::one(live.vendor, live.operation_index());
        let now = live.session.clock.now();
        let mut plays = self.lock();
        let Plays { faults, stories, .. } = &mut *plays;
        faults.iter_mut().chain(stories).find_map(|play| play.decide(live, operation, now))
    }

    /// Takes an exchange into account that is over: for expectations, and for those that wait.
    pub(crate) fn see(&self, live: &Live<'_>) {
        if !self.is_watching.load(Ordering::Acquire) {
            return;
        }
        let mut plays = self.lock();
        for play in plays.stories.iter_mut().filter(|it| it.is_running) {
            for (progress, expectation) in play.progress.iter_mut().zip(&play.story.expect) {
                progress.see(expectation, live);
            }
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
            Some(play) => std::mem::replace(&mut play.is_running, false),
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
            let play = Play { given: Some(Arc::new(given)), ..Play::new(&story, now) };
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
                    let state = story.state(play.state());
                    let was_running = play.is_running;
                    *play = Play::new(story, now);
                    play.is_running = was_running;
                    play.state = state.unwrap_or_default();
                }
                true
            });
        });
    }

    fn change<T>(&self, act: impl FnOnce(&mut Plays) -> T) -> T {
        let mut plays = self.lock();
        let done = act(&mut plays);
        self.is_watching.store(plays.is_watching(), Ordering::Release);
        done
    }

    fn lock(&self) -> MutexGuard<'_, Plays> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plays {
    fn is_watching(&self) -> bool {
        let is_running = self.stories.iter().any(|play| play.is_running);
        is_running || !self.faults.is_empty() || !self.holds.is_empty()
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

impl Play {
    fn new(story: &Arc<Story>, now: Timestamp) -> Self {
        Self {
            given: None,
            is_running: true,
            state: 0,
            entered: now,
            counters: vec![Counter::default(); story.rules.len()],
            progress: vec![Progress::default(); story.expect.len()],
            story: Arc::clone(story),
        }
    }

    /// The name of the state that it is in.
    pub(crate) fn state(&self) -> &str {
        &self.story.states[self.state].name
    }

    /// How often each rule matched and fired since the state was entered.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counters.iter().map(|it| (it.matched, it.fired))
    }

    /// What has become of what the client is expected to do.
    pub(crate) fn verdict(&self) -> Vec<Met> {
        let pairs = self.progress.iter().zip(&self.story.expect);
        pairs.map(|(progress, expectation)| progress.outcome(expectation)).collect()
    }

    fn enter(&mut self, state: usize, now: Timestamp) {
        self.state = state;
        self.entered = now;
        self.counters.iter_mut().for_each(|it| *it = Counter::default());
    }

    fn decide(&mut self, live: &Live<'_>, operation: Operations, now: Timestamp) -> Option<Fired> {
        let story = Arc::clone(&self.story);
        let state = &story.states[self.state];
        if !self.is_running || !state.operations.meets(operation) {
            return None;
        }
        let elapsed = now.duration_since(self.entered);
        for &index in &state.rules {
            let rule = &story.rules[index];
            let is_about = rule.operations.meets(operation)
                && rule.is_time(elapsed)
                && rule.when.matches(live);
            if !is_about {
                continue;
            }
            let counter = &mut self.counters[index];
            if !counter.fires(rule, live, now) {
                continue;
            }
            let retry_after = counter.retry_after;
            let cause = match &self.given {
                Some(_) => Cause::Fault(story.name.clone()),
                None => Cause::Scenario {
                    name: story.name.clone(),
                    rule: index,
                    state: state.name.clone(),
                },
            };
            let moved = rule.goto.map(|next| {
                self.enter(next, now);
                (state.name.clone(), self.state().into())
            });
            return Some(Fired { retry_after, moved, ..Fired::new(&rule.deed, cause, live) });
        }
        None
    }
}

impl ReadyRule {
    fn is_time(&self, elapsed: SignedDuration) -> bool {
        let Some(rest) = Duration::try_from(elapsed).ok().and_then(|it| it.checked_sub(self.after))
        else {
            return false;
        };
        self.lasts.is_none_or(|lasts| rest < lasts)
    }
}

impl Counter {
    /// Counts a match. Says whether the rule fires on it.
    fn fires(&mut self, rule: &ReadyRule, live: &Live<'_>, now: Timestamp) -> bool {
        self.matched += 1;
        let nth = self.matched.saturating_sub(rule.skip);
        let fires = nth > 0
            && rule.every.is_none_or(|every| nth % every == 0)
            && rule.rate_limit.is_none_or(|limit| self.is_over(&limit, live, now))
            && rule.times.is_none_or(|times| self.fired < times)
            && rule.chance.is_none_or(|chance| live.session.dice.unit() < chance);
        self.fired += u64::from(fires);
        fires
    }

    /// Counts against a rate limit. Says whether it is past.
    fn is_over(&mut self, limit: &RateLimit, live: &Live<'_>, now: Timestamp) -> bool {
        let key = match limit.key {
            None => None,
            Some(RateKey::Caller) => live.caller(),
            Some(RateKey::PersonId) => live.person_id(),
            Some(RateKey::Operation) => live.operation(),
        };
        let per = SignedDuration::try_from(limit.per.0).unwrap_or(SignedDuration::MAX);
        // A clock that was set back begins anew.
        let has_passed = |start: Timestamp| {
            let age = now.duration_since(start);
            age >= per || age.is_negative()
        };
        if self.windows.len() >= MOST_KEYS {
            self.windows.retain(|_, (start, _)| !has_passed(*start));
            if self.windows.len() >= MOST_KEYS {
                self.windows.clear();
            }
        }
        let window = self.windows.entry(key.unwrap_or_default().into()).or_insert((now, 0));
        if has_passed(window.0) {
            *window = (now, 0);
        }
        window.1 += 1;
        let left = per.saturating_sub(now.duration_since(window.0));
        let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
        self.retry_after = Some(u64::try_from(seconds).unwrap_or_default().max(1));
        window.1 > limit.requests
    }
}

impl Fired {
    /// Whether the exchange is none the different for it.
    pub(crate) fn is_pass(&self) -> bool {
        &*self.deed.words == PASS
    }

    /// Whether the exchange has to wait first.
    pub(crate) fn is_held(&self) -> bool {
        self.deed.hold.is_some() && !self.was_held
    }

    fn new(deed: &Arc<Deed>, cause: Cause, live: &Live<'_>) -> Self {
        let by = ForcedBy {
            cause,
            does: deed.words.clone(),
            is_answer: !matches!(deed.answer, Answer::Natural),
        };
        let delivery = Delivery {
            delay: deed.delay.map_or(Duration::ZERO, |delay| delay.draw(&live.session.dice)),
            bytes_per_second: deed.bytes_per_second,
            fault: deed.fault,
        };
        Self {
            deed: Arc::clone(deed),
            by: Arc::new(by),
            delivery,
            retry_after: None,
            moved: None,
            was_held: false,
        }
    }

    /// What a request asks for itself (`Prefer: code=`), if its operation can answer that.
    pub(super) fn preferred(error: &ErrorName, live: &Live<'_>) -> Option<Self> {
        let forced = super::story::forced(error)?;
        let vendor = crate::dialects::ALL[live.vendor?];
        if matches!(forced, Forced::Problem(_))
            && vendor.row(live.operation_index(), forced).is_none()
        {
            return None;
        }
        Some(Self::new(&Arc::new(Deed::error(forced)), Cause::Prefer, live))
    }
}
