//! A story that can be played: a file that was read, checked and made ready, so that an exchange
//! finds everything at hand.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::deed::{Deed, ready_deed};
use super::expect::Expectation;
use super::format::{ErrorName, RateLimit, Rule, StoryFile};
use super::matcher::Matcher;
use super::operations::Operations;
use super::prefilter::Prefilter;
use crate::dialects::{self, CatalogueEntry};
use crate::fixtures::{Step, nearest};

/// The state that a story begins in, unless it says another.
const START: &str = "start";

/// A scenario, ready to be played.
#[derive(Debug)]
pub(crate) struct Story {
    pub name: Box<str>,
    pub description: String,
    /// The file that it was read from and those that it names, by which an edit is told from a touch.
    pub text: Bytes,
    /// Every state, the one that it begins in first.
    pub states: Vec<State>,
    pub(super) rules: Vec<ReadyRule>,
    pub(super) expect: Vec<Expectation>,
}

/// A state, and what counts in it.
#[derive(Debug)]
pub(crate) struct State {
    pub name: Box<str>,
    /// What any of its rules is about.
    pub(super) prefilter: Prefilter,
    /// Its rules, in their order, as indices into those of the story.
    pub(super) rules: Vec<usize>,
}

/// A rule, ready to be asked.
#[derive(Debug)]
pub(super) struct ReadyRule {
    pub prefilter: Prefilter,
    /// What is left to be asked of a request that the prefilter lets by.
    pub when: Matcher,
    pub skip: u64,
    pub times: Option<u64>,
    pub every: Option<NonZeroU64>,
    pub chance: Option<f64>,
    pub after: Duration,
    pub lasts: Option<Duration>,
    pub rate_limit: Option<RateLimit>,
    pub deed: Arc<Deed>,
    /// The index of the state that follows.
    pub goto: Option<usize>,
}

/// Something that can't be meant, and where.
#[derive(Debug)]
pub(super) struct Mistake {
    pub steps: Vec<Step>,
    pub message: String,
}

/// Gives the bytes of a file beside a story, or says why not.
pub(super) type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Bytes, String>;

/// Gathers what can't be meant.
#[derive(Default)]
pub(super) struct Check {
    steps: Vec<Step>,
    mistakes: Vec<Mistake>,
}

impl Check {
    pub(super) fn refuse(&mut self, members: &[&str], message: String) {
        let inner = members.iter().map(|name| Step::Member((*name).to_owned()));
        let steps = self.steps.iter().cloned().chain(inner).collect();
        self.mistakes.push(Mistake { steps, message });
    }
}

impl Story {
    /// Makes a file ready, or says all that can't be meant.
    pub(super) fn ready(
        name: &str,
        file: StoryFile,
        read: ReadFile<'_>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut check = Check::default();
        let start = file.start.unwrap_or_else(|| START.to_owned());
        let mut names = vec![start];
        let targets = file.rules.iter().filter_map(|rule| rule.goto.as_ref());
        for target in targets {
            if !names.contains(target) {
                names.push(target.clone());
            }
        }
        let (mut rules, mut in_states) = (Vec::new(), Vec::new());
        for (index, rule) in file.rules.into_iter().enumerate() {
            check.steps = vec![Step::Member("rules".to_owned()), Step::Index(index)];
            in_states.push(states_of(&rule, &names, &mut check));
            rules.push(ready_rule(rule, &names, read, &mut check));
        }
        for (index, expectation) in file.expect.iter().enumerate() {
            check.steps = vec![Step::Member("expect".to_owned()), Step::Index(index)];
            if let Some(message) = expectation.mistake() {
                check.refuse(&[], message.to_owned());
            }
        }
        let state = |(index, name): (usize, String)| {
            let counts =
                |rule: &usize| in_states[*rule].as_ref().is_none_or(|it| it.contains(&index));
            let here: Vec<usize> = (0..rules.len()).filter(counts).collect();
            let prefilter =
                here.iter().fold(Prefilter::NONE, |all, &it| all.or(rules[it].prefilter));
            State { name: name.into(), prefilter, rules: here }
        };
        let states = names.into_iter().enumerate().map(state).collect();
        if !check.mistakes.is_empty() {
            return Err(check.mistakes);
        }
        Ok(Self {
            name: name.into(),
            description: file.description,
            text: Bytes::new(),
            states,
            rules,
            expect: file.expect,
        })
    }

    /// The index of a state.
    pub(super) fn state(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| &*state.name == name)
    }
}

/// The states in which a rule counts; all of them where it names none.
fn states_of(rule: &Rule, names: &[String], check: &mut Check) -> Option<BTreeSet<usize>> {
    let wanted = rule.states.as_ref()?;
    let mut states = BTreeSet::new();
    for state in &wanted.0 {
        if let Some(index) = names.iter().position(|it| it == state) {
            states.insert(index);
        } else {
            let near = nearest(state, names.iter().map(String::as_str));
            let cure = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
            let message = format!(
                "the story never comes to the state `{state}`: it doesn't start there, and no `goto` leads there{cure}"
            );
            check.refuse(&["in"], message);
        }
    }
    Some(states)
}

fn ready_rule(rule: Rule, names: &[String], read: ReadFile<'_>, check: &mut Check) -> ReadyRule {
    if rule.chance.is_some_and(|it| !(0.0..=1.0).contains(&it)) {
        check.refuse(&["chance"], "a chance lies between 0 and 1".to_owned());
    }
    let mut prefilter = rule.when.prefilter();
    let action = *rule.then.0;
    if let Some(error) = &action.error {
        match can_answer(error, prefilter.operations) {
            Ok(those) => prefilter.operations = those,
            Err(message) => check.refuse(&["then", "error"], message),
        }
    }
    let rate_limit = action.rate_limit;
    ReadyRule {
        prefilter,
        when: rule.when.without_operation(),
        skip: rule.skip,
        times: rule.times,
        every: rule.every,
        chance: rule.chance,
        after: rule.after.map_or(Duration::ZERO, |it| it.0),
        lasts: rule.lasts.map(|it| it.0),
        rate_limit,
        deed: Arc::new(ready_deed(action, read, check)),
        goto: rule.goto.and_then(|it| names.iter().position(|name| *name == it)),
    }
}

/// The operations, of those that are meant, that can answer an error; any can be made to answer any
/// status.
fn can_answer(error: &ErrorName, meant: Operations) -> Result<Operations, String> {
    let name = match error {
        ErrorName::Status(400..=599) => return Ok(meant),
        ErrorName::Status(status) => {
            return Err(format!("{status} is no error; expected a status from 400 to 599"));
        }
        ErrorName::Name(name) => name,
    };
    let is_meant = |row: &CatalogueEntry| row.id.eq_ignore_ascii_case(name);
    // Also requests that are no operation can be answered by what their vendor says to all.
    let can = Operations::those(|operation| {
        dialects::ALL.iter().any(|vendor| {
            let index = vendor.operations.iter().position(|it| it.name == operation);
            index.is_some_and(|index| vendor.rows(Some(index)).any(is_meant))
        })
    });
    let all = dialects::ALL.iter().flat_map(|vendor| vendor.catalogue);
    if all.clone().all(|row| !row.id.eq_ignore_ascii_case(name)) {
        let near = nearest(name, all.map(|row| row.id));
        let cure = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
        return Err(format!("there is no error `{name}` in the catalogue{cure}"));
    }
    let both = can.and(meant);
    if both.is_empty() {
        return Err(format!(
            "the operations that this rule is about can't answer `{name}`; `people-mock catalog OPERATION` lists what they can"
        ));
    }
    Ok(both)
}
