use std::borrow::Cow;
use std::ops::Deref;

use percent_encoding::percent_decode_str;

/// The path of a request, percent-decoded as UTF-8; a `+` stays a `+`, and an escape that is none
/// stays as it is (see [`Path::has_broken_escape`]).
///
/// It is worked out once and handed on: each look for an escape goes over the whole of it.
#[derive(Clone, Debug)]
pub struct Path<'r> {
    decoded: Cow<'r, str>,
    /// As sent, if there is a `%` in it: hardly any path has one.
    escaped: Option<&'r str>,
}

impl<'r> Path<'r> {
    /// Decodes a path.
    #[must_use]
    pub fn decode(sent: &'r str) -> Self {
        if !sent.as_bytes().contains(&b'%') {
            return Self { decoded: Cow::Borrowed(sent), escaped: None };
        }
        Self { decoded: percent_decode_str(sent).decode_utf8_lossy(), escaped: Some(sent) }
    }

    /// The path as sent, if there is a `%` in it.
    #[must_use]
    pub fn escaped(&self) -> Option<&'r str> {
        self.escaped
    }

    /// Whether it holds a `%` that two hexadecimal digits do not follow.
    #[must_use]
    pub fn has_broken_escape(&self) -> bool {
        let begins_with_digits = |after: &str| match after.as_bytes() {
            [a, b, ..] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
            _ => false,
        };
        self.escaped.is_some_and(|sent| !sent.split('%').skip(1).all(begins_with_digits))
    }
}

impl Deref for Path<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.decoded
    }
}
