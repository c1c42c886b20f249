//! What a client is expected to do, counted as it does it.

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::matcher::{Matcher, Subject};

/// What a client is expected to do: as many matching requests, or some in this order.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Expectation {
    /// How many requests match.
    Count(Box<CountOf>),
    /// Requests one after the other, with any number of others between.
    Sequence(Sequence),
}

/// How many requests match.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CountOf {
    /// Which requests.
    pub when: Matcher,
    /// How many; at least one if this isn't said.
    #[serde(default)]
    pub count: Count,
}

/// Requests one after the other.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sequence {
    /// One matcher a request.
    pub sequence: Vec<Matcher>,
}

/// Untagged, an enum would forget what is wrong inside.
impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if !value.is_object() {
            // serde would also read one from a list of its members.
            let expected = "expected {\"when\":{…},\"count\":1} or {\"sequence\":[{…},{…}]}";
            return Err(Error::custom(expected));
        }
        let read = if value.get("sequence").is_some() {
            serde_json::from_value(value).map(Self::Sequence)
        } else {
            serde_json::from_value(value).map(Self::Count)
        };
        read.map_err(Error::custom)
    }
}

impl Expectation {
    /// Why no client could ever do it, or do anything else.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        match self {
            Self::Count(it) if it.count.least() > it.count.most() => {
                Some("no count is that large and that small: `atLeast` is above `atMost`")
            }
            Self::Sequence(Sequence { sequence }) if sequence.is_empty() => {
                Some("a sequence has one request at least")
            }
            _ => None,
        }
    }
}

/// How often something has to have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number, or an object with `atLeast`, `atMost` or both")]
pub(crate) enum Count {
    /// Just so often.
    Exactly(u64),
    /// Anything between.
    Between(Between),
}

/// A range of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Between {
    /// At least so often.
    at_least: Option<u64>,
    /// At most so often.
    at_most: Option<u64>,
}

impl Default for Count {
    /// At least once.
    fn default() -> Self {
        Self::Between(Between { at_least: Some(1), at_most: None })
    }
}

impl Count {
    pub(crate) fn least(self) -> u64 {
        match self {
            Self::Exactly(count) => count,
            Self::Between(between) => between.at_least.unwrap_or_default(),
        }
    }

    pub(crate) fn most(self) -> u64 {
        match self {
            Self::Exactly(count) => count,
            Self::Between(between) => between.at_most.unwrap_or(u64::MAX),
        }
    }

    pub(crate) fn holds(self, count: u64) -> bool {
        (self.least()..=self.most()).contains(&count)
    }

    pub(crate) fn words(self) -> String {
        match (self.least(), self.most()) {
            (least, most) if least == most => format!("exactly {least}"),
            (least, u64::MAX) => format!("at least {least}"),
            (0, most) => format!("at most {most}"),
            (least, most) => format!("between {least} and {most}"),
        }
    }
}

/// How much of an expectation has been met.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Matching requests, or steps of the sequence.
    met: u64,
}

impl Progress {
    /// Takes one more exchange into account.
    pub(super) fn see(&mut self, expectation: &Expectation, subject: &impl Subject) {
        let is_met = match expectation {
            Expectation::Count(it) => it.when.matches(subject),
            Expectation::Sequence(Sequence { sequence }) => usize::try_from(self.met)
                .ok()
                .and_then(|step| sequence.get(step))
                .is_some_and(|step| step.matches(subject)),
        };
        self.met += u64::from(is_met);
    }

    /// What has become of an expectation.
    pub(super) fn outcome(self, expectation: &Expectation) -> Met {
        match expectation {
            Expectation::Count(it) => Met {
                expected: format!("{} of {}", it.count.words(), it.when.words()),
                actual: self.met.to_string(),
                is_enough: it.count.holds(self.met),
            },
            Expectation::Sequence(Sequence { sequence }) => {
                let steps: Vec<_> = sequence.iter().map(Matcher::words).collect();
                let next = usize::try_from(self.met).ok().and_then(|it| steps.get(it));
                let missing = next.map(|it| format!("; next would be {it}")).unwrap_or_default();
                Met {
                    expected: format!("in this order: {}", steps.join(", then ")),
                    actual: format!("{} of {} steps{missing}", self.met, steps.len()),
                    is_enough: next.is_none(),
                }
            }
        }
    }
}

/// What has become of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    /// What is expected.
    pub expected: String,
    /// What there is.
    pub actual: String,
    /// Whether that is enough.
    pub is_enough: bool,
}
