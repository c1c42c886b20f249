//! One story that is being played, and how far it has come.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::expect::{Met, Progress};
use super::fired::{Cause, Fired};
use super::format::{RateKey, RateLimit};
use super::live::Live;
use super::matcher::Subject;
use super::prefilter::{Glance, Prefilter};
use super::story::{ReadyRule, Story};

/// How many keys a rate limit counts apart; past it the oldest windows go.
const MOST_KEYS: usize = 10_000;

/// A story, and how far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub story: Arc<Story>,
    /// What it was made from, if that was no file.
    pub given: Option<Arc<Value>>,
    /// Whether it goes on; a story that was stopped is kept for its verdict.
    pub is_running: bool,
    state: usize,
    /// That of its state while it runs, at hand for who looks through a hundred plays.
    prefilter: Prefilter,
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

impl Play {
    pub(super) fn new(story: &Arc<Story>, now: Timestamp) -> Self {
        Self {
            given: None,
            is_running: true,
            state: 0,
            prefilter: story.states[0].prefilter,
            entered: now,
            counters: vec![Counter::default(); story.rules.len()],
            progress: vec![Progress::default(); story.expect.len()],
            story: Arc::clone(story),
        }
    }

    /// A rule that somebody put in, as it was given.
    pub(super) fn by_hand(given: Value, story: &Arc<Story>, now: Timestamp) -> Self {
        Self { given: Some(Arc::new(given)), ..Self::new(story, now) }
    }

    /// Where another version of the story goes on: in the state that this one is in, if it still has
    /// one of that name, and otherwise at its beginning.
    pub(super) fn on(&self, story: &Arc<Story>, now: Timestamp) -> Self {
        let mut play = Self::new(story, now);
        play.enter(story.state(self.state()).unwrap_or_default(), now);
        if !self.is_running {
            play.stop();
        }
        play
    }

    /// Ends it, but for its verdict. Says whether it was running.
    pub(super) fn stop(&mut self) -> bool {
        self.prefilter = Prefilter::NONE;
        std::mem::replace(&mut self.is_running, false)
    }

    /// Whether it has to see exchanges that are over.
    pub(super) fn is_watching(&self) -> bool {
        self.is_running && !self.progress.is_empty()
    }

    /// Takes an exchange into account that is over.
    pub(super) fn see(&mut self, live: &Live<'_>) {
        for (progress, expectation) in self.progress.iter_mut().zip(&self.story.expect) {
            progress.see(expectation, live);
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

    /// Goes on in another state; only a play that is running does.
    pub(super) fn enter(&mut self, state: usize, now: Timestamp) {
        self.state = state;
        self.prefilter = self.story.states[state].prefilter;
        self.entered = now;
        self.counters.iter_mut().for_each(|it| *it = Counter::default());
    }

    /// What it is about, as things stand. Of most plays an exchange asks no more.
    #[inline]
    pub(super) fn prefilter(&self) -> &Prefilter {
        &self.prefilter
    }

    /// Says what becomes of an exchange, and counts it.
    pub(super) fn decide(&mut self, glance: &Glance<'_>) -> Option<Fired> {
        let (live, now) = (glance.live, glance.now());
        let story = Arc::clone(&self.story);
        let state = &story.states[self.state];
        let elapsed = now.duration_since(self.entered);
        for &index in &state.rules {
            let rule = &story.rules[index];
            let is_about =
                rule.prefilter.lets_by(glance) && rule.is_time(elapsed) && rule.when.matches(live);
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
