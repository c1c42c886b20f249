use std::borrow::Cow;

use percent_encoding::percent_decode_str;

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
        self.sent().find(|(key, _)| decode(key) == name).map(|(_, value)| decode(value))
    }

    /// Every parameter in order, with `%XX` and `+` decoded.
    pub fn pairs(self) -> impl Iterator<Item = (Cow<'r, str>, Cow<'r, str>)> {
        self.sent().map(|(key, value)| (decode(key), decode(value)))
    }

    /// Every parameter as it was sent.
    fn sent(self) -> impl Iterator<Item = (&'r str, &'r str)> {
        let pairs = self.raw.split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }
}

/// Decodes what `application/x-www-form-urlencoded` has encoded; nearly all is as it was.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|it| matches!(it, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&text).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_query_is_read_as_forms_are(raw in "[a-c%+&=é0-9A-F]{0,20}") {
            let read: Vec<_> = Query::new(&raw).pairs().collect();
            let expected: Vec<_> = form_urlencoded::parse(raw.as_bytes()).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
