//! Scalar properties: what each Java type takes from each token (`StdDeserializer` and the classes on it).

use std::borrow::Cow;

use super::fault::Fault;
use super::scalars::MAX_NUMBER;
use super::text;
use super::tokens::{Token, Tokens};

/// The refusal that names no more than the kind of token.
pub(super) fn mismatch(tokens: &Tokens<'_>, name: &str) -> Fault {
    let (kind, token) = match tokens.token {
        Token::ObjectStart => ("Object value", "START_OBJECT"),
        Token::ArrayStart => ("Array value", "START_ARRAY"),
        Token::ArrayEnd => ("Array value", "END_ARRAY"),
        Token::Text => ("String value", "VALUE_STRING"),
        Token::Int => ("Integer value", "VALUE_NUMBER_INT"),
        Token::Float => ("Floating-point value", "VALUE_NUMBER_FLOAT"),
        Token::True => ("Boolean value", "VALUE_TRUE"),
        Token::False => ("Boolean value", "VALUE_FALSE"),
        Token::Null | Token::End => ("Null value", "VALUE_NULL"),
    };
    let text = format!(
        "Cannot deserialize value of type `{name}` from {kind} (token `JsonToken.{token}`)"
    );
    Fault::binding(text, tokens.start)
}

/// A `String`: the text of any scalar, and null for "".
pub(super) fn text<'a>(tokens: &mut Tokens<'a>) -> Result<Option<Cow<'a, str>>, Fault> {
    let text = match tokens.token {
        Token::Text => tokens.read_text()?,
        Token::Int | Token::Float | Token::True | Token::False => tokens.raw().into(),
        _ => return Err(mismatch(tokens, "java.lang.String")),
    };
    Ok(Some(text).filter(|it| !it.is_empty()))
}

/// A `NodeRef`: only a string will do (`NodeRefDeserializer`).
pub(super) fn node<'a>(tokens: &mut Tokens<'a>) -> Result<Cow<'a, str>, Fault> {
    let shown = match tokens.token {
        Token::Text => return tokens.read_text(),
        Token::ObjectStart => "{",
        Token::ArrayStart => "[",
        Token::True => "true",
        Token::False => "false",
        _ => "null",
    };
    Err(Fault::foreign(format!("Unable to deserialize nodeRef: {shown}")))
}

/// A `Boolean`.
pub(super) fn flag(tokens: &mut Tokens<'_>) -> Result<Option<bool>, Fault> {
    const NAME: &str = "java.lang.Boolean";
    match tokens.token {
        Token::True => Ok(Some(true)),
        Token::False => Ok(Some(false)),
        Token::Int => Ok(Some(!matches!(tokens.raw(), "0" | "-0"))),
        Token::Text => {
            let Some(string) = string(tokens)? else {
                return Ok(None);
            };
            match string.as_str() {
                "true" | "True" | "TRUE" => Ok(Some(true)),
                "false" | "False" | "FALSE" => Ok(Some(false)),
                it => Err(weird(tokens, NAME, it, "only \"true\" or \"false\" recognized")),
            }
        }
        _ => Err(mismatch(tokens, NAME)),
    }
}

/// A `Long`.
pub(super) fn count(tokens: &mut Tokens<'_>) -> Result<Option<i64>, Fault> {
    const NAME: &str = "java.lang.Long";
    match tokens.token {
        Token::Int | Token::Float => whole(tokens.raw())
            .map(Some)
            .ok_or_else(|| Fault::parsing(out_of_range(tokens.raw()), tokens.at)),
        Token::Text => {
            let Some(string) = string(tokens)? else {
                return Ok(None);
            };
            let length = string.encode_utf16().count();
            if length > MAX_NUMBER {
                return Err(Fault::limit(
                    "Number value length",
                    length,
                    MAX_NUMBER,
                    "getMaxNumberLength",
                ));
            }
            let number = string.parse();
            number
                .map(Some)
                .map_err(|_| weird(tokens, NAME, &string, "not a valid `java.lang.Long` value"))
        }
        _ => Err(mismatch(tokens, NAME)),
    }
}

/// The whole part of a JSON number, by way of a `double` if it is no integer.
fn whole(raw: &str) -> Option<i64> {
    if raw.contains(['.', 'e', 'E']) {
        let limit = 9_223_372_036_854_775_807_f64;
        let number: f64 = raw.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Java's cast is meant: it cuts and saturates alike"
        )]
        return (-limit..=limit).contains(&number).then_some(number as i64);
    }
    raw.parse().ok()
}

fn out_of_range(raw: &str) -> String {
    let shown = if raw.len() < 1000 {
        raw.to_owned()
    } else {
        format!("[Integer with {} digits]", raw.trim_start_matches('-').len())
    };
    format!(
        "Numeric value ({shown}) out of range of long (-9223372036854775808 - 9223372036854775807)"
    )
}

/// A `Date`, checked and let go.
pub(super) fn date(tokens: &mut Tokens<'_>) -> Result<Option<()>, Fault> {
    const NAME: &str = "java.util.Date";
    match tokens.token {
        Token::Int if tokens.raw().parse::<i64>().is_ok() => Ok(Some(())),
        Token::Int => {
            let text = format!(
                "Cannot deserialize value of type `{NAME}` from number {}: not a valid 64-bit `long` for creating `{NAME}`",
                tokens.raw()
            );
            Err(Fault::binding(text, tokens.start))
        }
        Token::Text => {
            let Some(string) = string(tokens)? else {
                return Ok(None);
            };
            if is_date(&string).is_some() {
                return Ok(Some(()));
            }
            let why = format!(
                "not a valid representation (error: Failed to parse Date value '{string}': Unparseable date: \"{string}\")"
            );
            Err(weird(tokens, NAME, &string, &why))
        }
        _ => Err(mismatch(tokens, NAME)),
    }
}

/// `SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZ")`, which is lenient: any number of digits for a part, days that do not exist, anything behind the zone.
///
/// Of the zone's names only `GMT` and `UTC` are known here; Java knows hundreds.
fn is_date(string: &str) -> Option<()> {
    let mut rest = string;
    for delimiter in ["-", "-", "T", ":", ":", ".", ""] {
        rest = rest.trim_start_matches([' ', '\t']);
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let behind = digits.trim_start_matches(|it: char| it.is_ascii_digit());
        if behind.len() == digits.len() {
            return None;
        }
        rest = behind.strip_prefix(delimiter)?;
    }
    let zone = rest.trim_start_matches([' ', '\t']).as_bytes();
    let offset = |it: &[u8], has_colon| {
        if is_offset(it, has_colon) { Some(()) } else { None }
    };
    match zone {
        [b'+' | b'-', hours @ ..] => offset(hours, false),
        [b'G' | b'g', b'M' | b'm', b'T' | b't', b'+' | b'-', hours @ ..] => offset(hours, true),
        [b'G' | b'g', b'M' | b'm', b'T' | b't', ..]
        | [b'U' | b'u', b'T' | b't', b'C' | b'c', ..] => Some(()),
        _ => None,
    }
}

fn is_offset(it: &[u8], has_colon: bool) -> bool {
    let (hours, minutes) = match it {
        [a, b, b':', c, d, ..] if has_colon => ([*a, *b], [*c, *d]),
        [a, b':', c, d, ..] if has_colon => ([b'0', *a], [*c, *d]),
        [a, b, c, d, ..] if !has_colon => ([*a, *b], [*c, *d]),
        _ => return false,
    };
    let is_below = |it: [u8; 2], limit| it.iter().all(u8::is_ascii_digit) && it < limit;
    is_below(hours, *b"24") && is_below(minutes, *b"60")
}

/// The content of a string for a type that is no string: trimmed, and null if blank or the word `null`.
fn string(tokens: &mut Tokens<'_>) -> Result<Option<String>, Fault> {
    let string = tokens.read_text()?;
    let trimmed = text::trim(&string);
    Ok(Some(trimmed.to_owned()).filter(|it| !it.is_empty() && it != "null"))
}

fn weird(tokens: &Tokens<'_>, name: &str, string: &str, why: &str) -> Fault {
    let shown = text::shorten(string);
    let text = format!("Cannot deserialize value of type `{name}` from String \"{shown}\": {why}");
    Fault::binding(text, tokens.start)
}

/// How Java prints a floating-point number that it could not use.
pub(super) fn shown_float(raw: &str) -> String {
    text::java_double(raw.parse().unwrap_or(f64::NAN))
}

/// How Java calls and prints an integer that it could not use.
pub(super) fn shown_int(raw: &str) -> (&'static str, &'static str, String) {
    let kind = if raw.parse::<i32>().is_ok() {
        "int/Int"
    } else if raw.parse::<i64>().is_ok() {
        "long/Long"
    } else {
        "BigInteger"
    };
    let shown = if raw == "-0" { "0" } else { raw };
    (kind, "Number", shown.to_owned())
}
