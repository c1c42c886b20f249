use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The query of a request, with `%XX` and `+` decoded. It is worked out once and handed on.
#[derive(Clone, Debug)]
pub struct Query<'r> {
    /// Every parameter in order.
    pub pairs: Vec<(Cow<'r, str>, Cow<'r, str>)>,
}

impl<'r> Query<'r> {
    /// Decodes a query, which is given without its question mark.
    #[must_use]
    pub fn decode(sent: &'r str) -> Self {
        let mut pairs = Vec::new();
        let mut rest = sent;
        while !rest.is_empty() {
            let (pair, others) = cut(rest, b'&');
            if !pair.is_empty() {
                let (name, value) = cut(pair, b'=');
                pairs.push((decode(name), decode(value)));
            }
            rest = others;
        }
        Self { pairs }
    }

    /// The first value of a parameter. Both vendors' servers look at no other.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(it, _)| it == name).map(|(_, value)| &**value)
    }
}

/// What stands before a character of ASCII, and what behind it. In texts as short as these a plain
/// loop takes fewer instructions than `str::split_once` and than `memchr`.
fn cut(text: &str, at: u8) -> (&str, &str) {
    match text.bytes().position(|it| it == at) {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, ""),
    }
}

/// Decodes what `application/x-www-form-urlencoded` has encoded. Nearly all is as it was, for which
/// the crate `form_urlencoded` takes twice the instructions; a test compares the two.
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
            let read = Query::decode(&raw).pairs;
            let expected: Vec<_> = form_urlencoded::parse(raw.as_bytes()).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
