//! What must not be shown: passwords, tickets, keys and credentials, wherever they stand.
//!
//! The vendors say which members and parameters hold secrets ([`crate::dialects::Secrets`]). Every
//! rule is applied to every exchange, whoever answered it: a client that takes the wrong path sends
//! the same secrets.

use std::borrow::Cow;

use serde_json::Value;

use crate::dialects;

/// What is shown in the place of a secret.
pub const MASK: &str = "[redacted]";

/// Headers that are nothing but credentials.
const HEADERS: &[&str] =
    &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-mock-admin-token"];

/// Parts of names that say enough: `X-Api-Key`, `X-CSRF-Token` and the like.
const HEADER_PARTS: &[&str] = &["token", "password", "secret", "api-key", "ticket"];

/// Schemes that may be shown in front of credentials.
const SCHEMES: &[&str] = &["Basic", "Bearer", "Digest", "Negotiate"];

/// So many characters in common with a secret are a part of it.
const FRAGMENT: usize = 4;

/// Whether a member or a parameter of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    secret_names().any(|secret| secret.eq_ignore_ascii_case(name))
}

fn secret_names() -> impl Iterator<Item = &'static str> {
    dialects::ALL.iter().flat_map(|vendor| vendor.secrets.names).copied()
}

/// A text without the words that are secret by how they begin, such as tickets.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for beginning in dialects::ALL.iter().flat_map(|vendor| vendor.secrets.beginnings) {
        if let Some(masked) = mask_words(&text, beginning) {
            text = Cow::Owned(masked);
        }
    }
    text
}

fn mask_words(text: &str, beginning: &str) -> Option<String> {
    let mut masked = None::<String>;
    let mut done = 0;
    while let Some(at) = find_ignoring_case(text, beginning, done) {
        let end = at + beginning.len();
        let rest = &text[end..];
        let word = rest
            .find(|it: char| !it.is_alphanumeric() && !"-_.".contains(it))
            .unwrap_or(rest.len());
        let masked = masked.get_or_insert_default();
        masked.push_str(&text[done..at]);
        masked.push_str(if word == 0 { &text[at..end] } else { MASK });
        done = end + word;
    }
    masked.map(|masked| masked + &text[done..])
}

/// The value of a header.
pub(super) fn header<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    if name.eq_ignore_ascii_case("authorization")
        || name.eq_ignore_ascii_case("proxy-authorization")
    {
        let scheme = value.split(' ').next().unwrap_or_default();
        let known = SCHEMES.iter().find(|known| known.eq_ignore_ascii_case(scheme));
        return known.map_or(Cow::Borrowed(MASK), |scheme| format!("{scheme} {MASK}").into());
    }
    let is_secret = HEADERS.contains(&name) || HEADER_PARTS.iter().any(|part| name.contains(part));
    if is_secret { Cow::Borrowed(MASK) } else { loose(value) }
}

/// The parameters of a query or a form, decoded.
pub(super) fn parameters(raw: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(raw)
        .map(|(name, value)| {
            let value = if is_secret(&name) { MASK.to_owned() } else { loose(&value).into_owned() };
            (loose(&name).into_owned(), value)
        })
        .collect()
}

/// A text that may be of any kind: without what [`text`] takes away, and, once the name of a secret
/// member is mentioned, without all that follows, since nobody knows where the secret ends.
pub(super) fn loose(given: &str) -> Cow<'_, str> {
    match mention(given) {
        Some(at) => Cow::Owned(text(&given[..at]).into_owned() + MASK),
        None => text(given),
    }
}

/// Where the first mention of a secret member ends: its name, with something behind it that makes
/// it a name (a quote, a colon, an equals sign, brackets) and not a word of a sentence.
fn mention(given: &str) -> Option<usize> {
    let ends = secret_names().flat_map(|name| {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = find_ignoring_case(given, name, from)?;
            from = at + name.len();
            Some((at, from))
        })
    });
    let is_name = |&(at, end): &(usize, usize)| {
        let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
        let rest = given[end..].trim_start_matches(['\\', '"', '\'', ']']);
        let is_quoted = rest.len() < given.len() - end;
        let is_assigned = rest.trim_start().starts_with([':', '=', '>']);
        !given[..at].ends_with(is_part) && (is_assigned || is_quoted)
    };
    ends.filter(is_name).map(|(_, end)| end).min()
}

fn find_ignoring_case(text: &str, wanted: &str, from: usize) -> Option<usize> {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    // What is wanted is ASCII, so that a match begins and ends between characters.
    text[from..]
        .windows(wanted.len())
        .position(|it| it.eq_ignore_ascii_case(wanted))
        .map(|at| at + from)
}

/// A body, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    /// There is none, or nobody could read it.
    None,
    /// A JSON document.
    Json(Value),
    /// Something else.
    Text(String),
}

/// What an exchange hides in its request, so that the answer can't tell it either.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Secrets.
    values: Vec<String>,
    /// Text in which there is a secret somewhere.
    hiding: Vec<String>,
}

impl Body {
    /// Reads the body of a request, and says what is hidden of it.
    pub(super) fn of_request(bytes: &[u8], is_form: bool, hidden: &mut Hidden) -> Self {
        if bytes.is_empty() {
            return Self::None;
        }
        if let Ok(mut value) = serde_json::from_slice(bytes) {
            mask_members(&mut value, hidden);
            return Self::Json(value);
        }
        if is_form {
            let form = parameters(bytes).into_iter();
            let form = form.map(|(name, value)| (name, Value::String(value)));
            return Self::Json(Value::Object(form.collect()));
        }
        // The last character may have been cut in two.
        let read = String::from_utf8_lossy(bytes);
        let readable = plain_escapes(&read);
        let Some(at) = mention(&readable) else { return Self::Text(text(&readable).into_owned()) };
        hidden.hiding.push(readable[at..].to_owned());
        Self::Text(text(&readable[..at]).into_owned() + MASK)
    }

    /// Reads the body of an answer.
    pub(super) fn of_response(bytes: &[u8], hidden: &Hidden) -> Self {
        if bytes.is_empty() {
            return Self::None;
        }
        match serde_json::from_slice(bytes) {
            Ok(mut value) => {
                mask_members(&mut value, &mut Hidden::default());
                hidden.mask_strings(&mut value);
                Self::Json(value)
            }
            // An answer that isn't JSON is a part of some, or a page made by a script.
            Err(_) => match std::str::from_utf8(bytes) {
                Ok(read) => Self::Text(hidden.mask(&loose(&plain_escapes(read)))),
                Err(error) => {
                    let (good, _) = bytes.split_at(error.valid_up_to());
                    let read = String::from_utf8_lossy(good);
                    Self::Text(hidden.mask(&loose(&plain_escapes(&read))))
                }
            },
        }
    }
}

fn mask_members(value: &mut Value, hidden: &mut Hidden) {
    match value {
        Value::Object(members) => {
            // A name can be a secret too.
            if members.keys().any(|name| matches!(loose(name), Cow::Owned(_))) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, value)| (loose(&name).into_owned(), value))
                    .collect();
            }
            for (name, value) in members {
                if !is_secret(name) {
                    mask_members(value, hidden);
                } else if !value.is_null() {
                    hidden.keep(value);
                    *value = MASK.into();
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|it| mask_members(it, hidden)),
        Value::String(string) => {
            if let Cow::Owned(masked) = loose(string) {
                *string = masked;
            }
        }
        _ => {}
    }
}

impl Hidden {
    /// Remembers a secret, and those inside of it.
    fn keep(&mut self, value: &Value) {
        match value {
            Value::String(secret) if secret.chars().count() >= FRAGMENT => {
                self.values.push(secret.clone());
            }
            Value::Array(elements) => elements.iter().for_each(|it| self.keep(it)),
            Value::Object(members) => members.values().for_each(|it| self.keep(it)),
            _ => {}
        }
    }

    fn mask_strings(&self, value: &mut Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|it| self.mask_strings(it)),
            Value::Array(elements) => elements.iter_mut().for_each(|it| self.mask_strings(it)),
            Value::String(string) => *string = self.mask(string),
            _ => {}
        }
    }

    /// A text without the secrets, and without any part of what hides one.
    pub(super) fn mask(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.values {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        }
        for hiding in &self.hiding {
            text = without_fragments(&text, hiding);
        }
        text
    }
}

/// A text without the runs of characters that it has in common with what hides a secret.
fn without_fragments(text: &str, hiding: &str) -> String {
    let hiding: Vec<char> = hiding.chars().collect();
    let windows: std::collections::HashSet<&[char]> = hiding.windows(FRAGMENT).collect();
    let chars: Vec<char> = text.chars().collect();
    let mut is_hidden = vec![false; chars.len()];
    for (at, window) in chars.windows(FRAGMENT).enumerate() {
        if windows.contains(window) {
            is_hidden[at..at + FRAGMENT].fill(true);
        }
    }
    let mut shown = String::with_capacity(text.len());
    for (at, character) in chars.iter().enumerate() {
        match (is_hidden[at], at > 0 && is_hidden[at - 1]) {
            (false, _) => shown.push(*character),
            (true, false) => shown.push_str(MASK),
            (true, true) => {}
        }
    }
    shown
}

/// JSON's escapes of ASCII letters undone, since `"p\u0061ssword"` is a name like any other.
fn plain_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u00") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u00") {
        let code = rest.get(at + 4..at + 6).and_then(|it| u8::from_str_radix(it, 16).ok());
        plain.push_str(&rest[..at]);
        let Some(code) = code.filter(u8::is_ascii_graphic) else {
            plain.push_str(&rest[at..at + 4]);
            rest = &rest[at + 4..];
            continue;
        };
        plain.push(char::from(code));
        rest = &rest[at + 6..];
    }
    Cow::Owned(plain + rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tickets_are_masked_wherever_they_stand() {
        let check = |given, expected| assert_eq!(text(given), expected);
        check("/tickets/TICKET_0ab9/x", "/tickets/[redacted]/x");
        check("a ticket_12, TICKET_3", "a [redacted], [redacted]");
        check("Bearer eyJhbGciOiJub25lIn0.e30._-x!", "Bearer [redacted]!");
        check("TICKET_", "TICKET_");
        check("nothing", "nothing");
    }

    #[test]
    fn members_are_masked_at_any_depth_and_under_any_spelling() {
        let body = br#"{"id":"x","p\u0061ssword":"s3cret","list":[{"OLDPASSWORD":{"a":"deep"}}],"key":null}"#;
        let mut hidden = Hidden::default();
        let expected = json!({"id":"x","password":MASK,"list":[{"OLDPASSWORD":MASK}],"key":null});
        assert_eq!(Body::of_request(body, false, &mut hidden), Body::Json(expected));
        assert_eq!(hidden.values, ["s3cret", "deep"]);
    }

    #[test]
    fn of_a_body_that_is_no_json_nothing_is_shown_from_the_first_secret_on() {
        let check = |body: &str, expected: &str| {
            let shown = Body::of_request(body.as_bytes(), false, &mut Hidden::default());
            assert_eq!(shown, Body::Text(expected.to_owned()), "{body}");
        };
        check(r#"{"id":"x","password":"sec"ret"}"#, r#"{"id":"x","password[redacted]"#);
        check(r#"{"p\u0061ssword":"sec"#, r#"{"password[redacted]"#);
        check("{password: s3cret", "{password[redacted]");
        check("password=s3cret", "password[redacted]");
        check("<password>s3cret</password>", "<password[redacted]");
        check("{no password here", "{no password here");
    }

    #[test]
    fn an_answer_does_not_repeat_what_its_request_hides() {
        let mut hidden = Hidden::default();
        Body::of_request(br#"{"password":"s3cret!"x"}"#, false, &mut hidden);
        let answer =
            br#"{"message":"Unexpected token, ...\"d\":\"s3cret!\"x\"}\" is not valid JSON"}"#;
        let shown = Body::of_response(answer, &hidden);
        assert_eq!(
            shown,
            Body::Json(json!({"message":"Unexpected token, ...\"d[redacted]\" is not valid JSON"}))
        );
    }

    #[test]
    fn credentials_are_masked_and_their_scheme_may_stay() {
        let check = |name, value, expected| assert_eq!(header(name, value), expected, "{name}");
        check("authorization", "Basic YTpi", "Basic [redacted]");
        check("authorization", "s3cret", MASK);
        check("cookie", "a=b", MASK);
        check("x-csrf-token", "a", MASK);
        check("referer", "http://x/?alf_ticket=a&b=c", "http://x/?alf_ticket[redacted]");
        check("accept", "*/*", "*/*");
    }
}
