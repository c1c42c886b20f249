//! What tells nearly all rules that are about something else from those that have to be looked at.
//!
//! A prefilter lets by every request that its rules match, and now and then another one: their
//! matchers have the last word.

use std::cell::OnceCell;

use jiff::Timestamp;

use super::bloom::{Bloom, Hash};
use super::live::{self, Live};
use super::matcher::Subject;
use super::operations::Operations;
use super::value::ValueMatcher;
use crate::http::Request;

/// Ids of people.
type People = Bloom<1>;

/// Headers and parameters, each by its name alone and with its value. A browser sends a dozen.
pub(super) type Fields = Bloom<2>;

/// What rules are about, as far as it can be seen at a glance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefilter {
    pub operations: Operations,
    /// The ids of which one has to stand in the path.
    pub people: People,
    /// What has to be there, all of it.
    pub fields: Fields,
}

/// A request, and what of it prefilters look at.
pub(super) struct Glance<'a> {
    operation: Operations,
    person: People,
    fields: OnceCell<Fields>,
    now: OnceCell<Timestamp>,
    pub live: &'a Live<'a>,
}

impl Prefilter {
    /// Lets no request by.
    pub(super) const NONE: Self =
        Self { operations: Operations::NONE, people: Bloom::NONE, fields: Bloom::ALL };

    /// Lets by what one of the two does.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            operations: self.operations.or(other.operations),
            people: self.people.or(other.people),
            fields: self.fields.and(other.fields),
        }
    }

    /// Whether a request may be one that the rules match.
    #[inline]
    pub(super) fn lets_by(&self, glance: &Glance<'_>) -> bool {
        self.operations.meets(glance.operation)
            && self.people.covers(&glance.person)
            && (self.fields == Bloom::NONE || glance.fields().covers(&self.fields))
    }
}

impl<'a> Glance<'a> {
    pub(super) fn at(live: &'a Live<'a>, operation: Operations) -> Self {
        let person = Bloom::of(Hash::of(live.person_id().unwrap_or_default()));
        Self { operation, person, fields: OnceCell::new(), now: OnceCell::new(), live }
    }

    /// When it is: one time for all plays.
    pub(super) fn now(&self) -> Timestamp {
        *self.now.get_or_init(|| self.live.session.clock.now())
    }

    #[inline]
    fn fields(&self) -> &Fields {
        self.fields.get_or_init(|| fields(self.live.request))
    }
}

/// What a request has to have of a header or parameter so that a matcher may hold.
pub(super) fn wanted(name: &str, matcher: &ValueMatcher) -> Fields {
    match matcher.text() {
        Some(text) => Bloom::of(Hash::of(name).and(text)),
        None if matcher.holds(None) => Bloom::NONE,
        None => Bloom::of(Hash::of(name)),
    }
}

/// What a request has.
fn fields(request: &Request) -> Fields {
    let field = |name: &str, value: &str| {
        let name = Hash::of(name);
        Bloom::of(name).or(Bloom::of(name.and(value)))
    };
    let mut all = Bloom::NONE;
    for (name, value) in &request.headers {
        all = all.or(field(name.as_str(), &live::text(value)));
    }
    for (name, value) in request.query().pairs {
        all = all.or(field(&name, &value));
    }
    all
}
