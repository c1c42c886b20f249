//! Characters and places as Java sees them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Decodes as Java's `InputStreamReader` does, which never fails.
///
/// A byte order mark is kept, and is then an unexpected character.
/// Rust's own lossy decoding puts as many U+FFFD as Java's, but for encoded surrogates (`ED A0..BF xx`): three in Rust, one in Java; and one for such a sequence that breaks off after its second byte.
pub(super) fn decode(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return text.into();
    }
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let Some(chunk) = rest.utf8_chunks().next() else {
            break;
        };
        text.push_str(chunk.valid());
        let valid = chunk.valid().len();
        let tail = rest.get(valid..).unwrap_or_default();
        let bad = match tail {
            [] => 0,
            [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..] => 3,
            [0xED, 0xA0..=0xBF, ..] => 2,
            _ => chunk.invalid().len(),
        };
        if bad > 0 {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        rest = tail.get(bad..).unwrap_or_default();
    }
    text.into()
}

/// A place as Jackson prints it, in a version that keeps the source to itself (2.17 and later).
pub(super) fn location(line: usize, column: Option<usize>) -> String {
    let mut text = format!(
        "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}"
    );
    if let Some(column) = column {
        // Writing to a String cannot fail.
        let _ = write!(text, ", column: {column}");
    }
    text.push(']');
    text
}

/// The place of a byte: lines end with `\n`, `\r` or `\r\n`, and columns count UTF-16 units from 1.
///
/// This walks the text, which is fine because a body has at most a handful of errors' places to tell.
pub(super) fn location_of(source: &str, offset: usize) -> String {
    let before = source.get(..offset).unwrap_or(source);
    let past_end = offset.saturating_sub(source.len());
    let bytes = before.as_bytes();
    let mut line = 1;
    let mut line_start = 0;
    for (index, byte) in bytes.iter().enumerate() {
        let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
        if ends_line {
            line += 1;
            line_start = index + 1;
        }
    }
    let column = before.get(line_start..).map_or(0, |it| it.encode_utf16().count());
    location(line, Some(column + past_end + 1))
}

/// A character as Jackson describes it (`ParserMinimalBase._getCharDesc`).
///
/// Jackson looks at one UTF-16 unit, so of a character outside the basic plane it names the high surrogate, which no encoding can print: Java writes `?`.
pub(super) fn describe(it: char) -> String {
    let mut units = [0; 2];
    let unit = it.encode_utf16(&mut units).first().copied().unwrap_or_default();
    let shown = if it.len_utf16() == 1 { it } else { '?' };
    if it.is_control() {
        format!("(CTRL-CHAR, code {unit})")
    } else if unit > 255 {
        format!("'{shown}' (code {unit} / 0x{unit:x})")
    } else {
        format!("'{shown}' (code {unit})")
    }
}

/// `Character.isJavaIdentifierStart` for one UTF-16 unit, exact for ASCII and close to it elsewhere.
pub(super) fn starts_identifier(it: char) -> bool {
    let is_currency = matches!(it, '$' | '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20c0}');
    let is_connector = matches!(it, '_' | '\u{203f}' | '\u{2040}' | '\u{2054}' | '\u{ff3f}');
    it.len_utf16() == 1 && (it.is_alphabetic() || is_currency || is_connector)
}

/// `Character.isJavaIdentifierPart` for one UTF-16 unit, exact for ASCII and close to it elsewhere.
pub(super) fn continues_identifier(it: char) -> bool {
    let is_ignorable = matches!(it, '\0'..='\x08' | '\x0e'..='\x1b' | '\x7f'..='\u{9f}' | '\u{ad}')
        || matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}');
    let is_combining = matches!(it, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20dc}');
    let is_digit = it.is_ascii_digit() || (!it.is_ascii() && it.is_numeric());
    starts_identifier(it) || (it.len_utf16() == 1 && (is_ignorable || is_combining || is_digit))
}

/// `String.trim`: everything up to the space goes, control characters included, and no other white space.
pub(super) fn trim(it: &str) -> &str {
    it.trim_matches(|c| c <= ' ')
}

/// The first and last 500 UTF-16 units of a longer text (`DeserializationContext._truncate`).
pub(super) fn shorten(it: &str) -> String {
    const KEPT: usize = 500;
    let units: Vec<u16> = it.encode_utf16().collect();
    if units.len() <= KEPT {
        return it.to_owned();
    }
    let (head, _) = units.split_at(KEPT);
    let (_, tail) = units.split_at(units.len() - KEPT);
    format!("{}]...[{}", String::from_utf16_lossy(head), String::from_utf16_lossy(tail))
}

/// `Double.toString`, which error texts print.
pub(super) fn java_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{number:?}");
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{point}E{exponent}")
}
