//! An error on its way to becoming Jackson's message.

use super::text;

/// What is wrong, where, and on which way into the beans.
#[derive(Debug)]
pub(super) struct Fault {
    text: String,
    place: Place,
    kind: Kind,
    /// The reference chain, innermost step first.
    chain: Vec<String>,
}

/// What the message says about the place.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Nothing: Jackson's limits and the vendor's own exceptions carry no location.
    Unsaid,
    /// The first line and no column, which Jackson says of an empty body.
    EmptyBody,
    /// This byte of the decoded text.
    At(usize),
}

/// The family of Java exception, which decides who adds to the reference chain.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// The parser's: beans and lists add to the chain, maps do not (`ContainerDeserializerBase.wrapAndThrow` throws it on as it is).
    Parsing,
    /// A mapping problem: everybody adds to the chain.
    Binding,
    /// A plain `IOException` of the vendor's: passes through unchanged.
    Foreign,
}

impl Fault {
    /// A fault of the text itself.
    pub(super) fn parsing(text: String, at: usize) -> Self {
        Self { text, place: Place::At(at), kind: Kind::Parsing, chain: Vec::new() }
    }

    /// A value that does not fit its property.
    pub(super) fn binding(text: String, at: usize) -> Self {
        Self { text, place: Place::At(at), kind: Kind::Binding, chain: Vec::new() }
    }

    /// Something longer or deeper than Jackson's `StreamReadConstraints` allow: `what` is "Name length" and the like.
    pub(super) fn limit(what: &str, found: usize, allowed: usize, getter: &str) -> Self {
        let text = format!(
            "{what} ({found}) exceeds the maximum allowed ({allowed}, from `StreamReadConstraints.{getter}()`)"
        );
        Self { text, place: Place::Unsaid, kind: Kind::Parsing, chain: Vec::new() }
    }

    /// The vendor's own refusal, thrown past Jackson.
    pub(super) fn foreign(text: String) -> Self {
        Self { text, place: Place::Unsaid, kind: Kind::Foreign, chain: Vec::new() }
    }

    /// A body without a value.
    pub(super) fn empty_body() -> Self {
        let text = "No content to map due to end-of-input".to_owned();
        Self { text, place: Place::EmptyBody, kind: Kind::Binding, chain: Vec::new() }
    }

    /// The fault as seen from the bean property or list element that it happened in.
    pub(super) fn inside(mut self, step: impl FnOnce() -> String) -> Self {
        if self.kind != Kind::Foreign {
            self.kind = Kind::Binding;
            self.chain.push(step());
        }
        self
    }

    /// The fault as seen from the map entry that it happened in.
    pub(super) fn inside_map(self, step: impl FnOnce() -> String) -> Self {
        match self.kind {
            Kind::Binding => self.inside(step),
            Kind::Parsing | Kind::Foreign => self,
        }
    }

    /// Jackson's text: the problem, a new line with the place, the reference chain.
    pub(super) fn message(self, source: &str) -> String {
        let mut message = self.text;
        match self.place {
            Place::Unsaid => {}
            Place::EmptyBody => {
                message.push_str("\n at ");
                message.push_str(&text::location(1, None));
            }
            Place::At(offset) => {
                message.push_str("\n at ");
                message.push_str(&text::location_of(source, offset));
            }
        }
        if !self.chain.is_empty() {
            let outermost_first: Vec<String> = self.chain.into_iter().rev().collect();
            message.push_str(" (through reference chain: ");
            message.push_str(&outermost_first.join("->"));
            message.push(')');
        }
        message
    }
}
