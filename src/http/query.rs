use std::borrow::Cow;

/// The query of a request, decoded on demand: most requests have none, or one parameter.
#[derive(Clone, Copy, Debug)]
pub struct Query<'r> {
    raw: &'r str,
}

impl<'r> Query<'r> {
    /// The query whose text, without the question mark, is `raw`.
    #[must_use]
    pub fn new(raw: &'r str) -> Self {
        Self { raw }
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// The first value of a parameter. Both vendors' servers look at no other.
    #[must_use]
    pub fn first(self, name: &str) -> Option<Cow<'r, str>> {
        if self.is_empty() {
            return None;
        }
        self.pairs().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Every parameter in order, with `%XX` and `+` decoded.
    pub fn pairs(self) -> impl Iterator<Item = (Cow<'r, str>, Cow<'r, str>)> {
        form_urlencoded::parse(self.raw.as_bytes())
    }
}
