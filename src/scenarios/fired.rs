//! What becomes of an exchange, and who made that of it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::deed::{Answer, Deed, PASS, forced};
use super::fault::Delivery;
use super::format::ErrorName;
use super::live::Live;
use crate::dialects::{self, Forced};

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

impl Fired {
    /// Whether the exchange is none the different for it.
    pub(crate) fn is_pass(&self) -> bool {
        &*self.deed.words == PASS
    }

    /// Whether the exchange has to wait first.
    pub(crate) fn is_held(&self) -> bool {
        self.deed.hold.is_some() && !self.was_held
    }

    pub(super) fn new(deed: &Arc<Deed>, cause: Cause, live: &Live<'_>) -> Self {
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
        let forced = forced(error)?;
        let vendor = dialects::ALL[live.vendor?];
        if matches!(forced, Forced::Problem(_))
            && vendor.row(live.operation_index(), forced).is_none()
        {
            return None;
        }
        Some(Self::new(&Arc::new(Deed::error(forced)), Cause::Prefer, live))
    }
}
