//! Stories in which the mock departs from the vendor's natural behavior, and what the client is
//! expected to do about it. The language is told in `scenarios/README.md`.
//!
//! ```text
//! format   what a file may hold             library   the stories that there are
//! story    a file, checked and made ready   deed      what a rule does, made ready
//! matcher  which exchanges                  expect    what the client is to do, and whether it did
//! playing  what a session plays             play      one story, and how far it has come
//! fired    what becomes of an exchange      perform   the answer that comes of it
//! prefer   what a request asks for itself   fault     how an answer goes out
//! prefilter, with operations and bloom: which rules needn't be looked at
//! ```
//!
//! One engine serves files, faults that are put in by hand (`/__admin/faults`: a story of one rule),
//! and `Prefer: code=` (one rule for one request). The journal's calls speak the matcher's language
//! too.

mod bloom;
mod deed;
mod delay;
mod expect;
mod fault;
mod fired;
mod format;
mod library;
mod live;
mod matcher;
mod operations;
mod perform;
mod play;
mod playing;
mod prefer;
mod prefilter;
mod story;
mod value;

use std::sync::{Arc, LazyLock};

use serde_json::Value;

pub(crate) use expect::{Count, Met};
pub use fault::{Delivery, Fault};
pub(crate) use fired::Fired;
pub use fired::{Cause, ForcedBy};
pub use library::Library;
pub(crate) use live::Live;
pub(crate) use matcher::is_glob;
pub use matcher::{Difference, Matcher, Subject};
pub(crate) use perform::{Answering, perform};
pub(crate) use play::Play;
pub use playing::{Playing, TooManyFaults};

use format::{Rule, StoryFile};
use story::Story;

/// The schema of a scenario file, derived from what serde reads.
#[must_use]
pub fn schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        schemars::SchemaGenerator::default().into_root_schema_for::<StoryFile>().into()
    });
    &SCHEMA
}

/// What becomes of an exchange, by what it asks for itself, by faults, or by stories; none if
/// nothing stands between it and the vendor.
pub(crate) fn decide(live: &Live<'_>, hears_preferences: bool) -> Option<Fired> {
    let preferred = || {
        let error = prefer::preferred(live.request)?;
        Fired::preferred(&error, live)
    };
    let preferred = if hears_preferences { preferred() } else { None };
    preferred.or_else(|| live.session.scenarios.decide(live))
}

/// A rule that was put in by hand.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub(crate) struct FaultRule(Rule);

impl FaultRule {
    /// Makes the rule ready as a story of its own, or says all that can't be meant.
    pub(crate) fn ready(self) -> Result<impl FnOnce(&str) -> Arc<Story>, String> {
        let Self(rule) = self;
        if rule.states.is_some() || rule.goto.is_some() {
            return Err(
                "a single fault has no states; leave `in` and `goto` to scenarios".to_owned()
            );
        }
        let file = StoryFile { rules: vec![rule], ..StoryFile::default() };
        let nowhere =
            |name: &str| Err(format!("`{name}` lies nowhere: only a scenario has files beside it"));
        match Story::ready("", file, &nowhere) {
            Ok(story) => Ok(|id: &str| Arc::new(Story { name: id.into(), ..story })),
            Err(mistakes) => {
                let mistakes: Vec<_> = mistakes.into_iter().map(|it| it.message).collect();
                Err(mistakes.join("; "))
            }
        }
    }
}
