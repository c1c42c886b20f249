//! The parser's part for strings and names.

use std::borrow::Cow;

use super::fault::Fault;
use super::text;
use super::tokens::Tokens;

/// How long a name and a string may be, in UTF-16 units (`StreamReadConstraints`).
const MAX_NAME: usize = 50_000;
const MAX_TEXT: usize = 20_000_000;

/// Whether a byte ends what stands as it is in a quoted text: a quote, a backslash or a control
/// character. A table, since this is asked of nearly every byte of a body.
static IS_SPECIAL: [bool; 256] = {
    let mut is_special = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        is_special[control] = true;
        control += 1;
    }
    is_special[b'"' as usize] = true;
    is_special[b'\\' as usize] = true;
    is_special
};

/// What a quoted text is, for the errors in it.
#[derive(Clone, Copy, PartialEq)]
enum Quoted {
    Name,
    Value,
}

impl<'a> Tokens<'a> {
    /// Reads a member's name, whose opening quote is next.
    pub(super) fn read_name(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        self.read_quoted(Quoted::Name)
    }

    /// Reads the content of the current token, which is a string; may be done once.
    pub(super) fn read_text(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.read_quoted(Quoted::Value)
    }

    fn read_quoted(&mut self, quoted: Quoted) -> Result<Cow<'a, str>, Fault> {
        let first = self.read_plain();
        // Nearly every text has no escape, and is there in one piece.
        let content = match self.peek() {
            Some('"') => Cow::Borrowed(first),
            _ => Cow::Owned(self.read_rest(first, quoted)?),
        };
        self.at += 1;
        let (what, allowed, getter) = match quoted {
            Quoted::Name => ("Name length", MAX_NAME, "getMaxNameLength"),
            Quoted::Value => ("String value length", MAX_TEXT, "getMaxStringLength"),
        };
        // Bytes are never fewer than UTF-16 units, so most texts need no counting.
        if content.len() > allowed {
            let length = content.encode_utf16().count();
            if length > allowed {
                return Err(Fault::limit(what, length, allowed, getter));
            }
        }
        Ok(content)
    }

    /// Reads up to what is special in a quoted text.
    fn read_plain(&mut self) -> &'a str {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let end = rest.bytes().position(|it| IS_SPECIAL[usize::from(it)]);
        let plain = end.unwrap_or(rest.len());
        self.at += plain;
        rest.get(..plain).unwrap_or_default()
    }

    /// Reads on to the closing quote, which is not consumed.
    fn read_rest(&mut self, first: &str, quoted: Quoted) -> Result<String, Fault> {
        let mut content = Units::default();
        content.push_str(first);
        loop {
            match self.peek() {
                Some('"') => break,
                Some('\\') => {
                    self.at += 1;
                    let unit = self.read_escape()?;
                    content.push_unit(unit);
                }
                Some(it) => {
                    let what = if quoted == Quoted::Name { "name" } else { "string value" };
                    let text = format!(
                        "Illegal unquoted character ({}): has to be escaped using backslash to be included in {what}",
                        text::describe(it)
                    );
                    return Err(Fault::parsing(text, self.at));
                }
                None if quoted == Quoted::Name => return Err(self.ends_early(" in field name")),
                None => {
                    return Err(self.ends_early(": was expecting closing quote for a string value"));
                }
            }
            content.push_str(self.read_plain());
        }
        Ok(content.finish())
    }

    /// Reads what follows a backslash.
    fn read_escape(&mut self) -> Result<u16, Fault> {
        const EARLY: &str = " in character escape sequence";
        let Some(it) = self.peek() else {
            return Err(self.ends_early(EARLY));
        };
        let unit = match it {
            'b' => 0x08,
            't' => 0x09,
            'n' => 0x0a,
            'f' => 0x0c,
            'r' => 0x0d,
            '"' => 0x22,
            '/' => 0x2f,
            '\\' => 0x5c,
            'u' => 0,
            it => {
                let text = format!("Unrecognized character escape {}", text::describe(it));
                return Err(Fault::parsing(text, self.at));
            }
        };
        self.at += 1;
        if it != 'u' {
            return Ok(unit);
        }
        let mut unit = 0;
        for _ in 0..4 {
            let Some(it) = self.peek() else {
                return Err(self.ends_early(EARLY));
            };
            // Jackson looks at the low byte alone, which makes digits of some letters far outside ASCII.
            let low = char::from(u32::from(it).to_le_bytes()[0]);
            let seen = if it.len_utf16() == 1 { low } else { it };
            let Some(digit) = seen.to_digit(16).and_then(|it| u16::try_from(it).ok()) else {
                return Err(
                    self.unexpected(it, "expected a hex-digit for character escape sequence")
                );
            };
            unit = (unit << 4) | digit;
            self.at += it.len_utf8();
        }
        Ok(unit)
    }
}

/// A text put together from parts, some of which are UTF-16 units; half a surrogate pair becomes U+FFFD, because Rust cannot hold it.
#[derive(Default)]
struct Units {
    text: String,
    high: Option<u16>,
}

impl Units {
    fn push_str(&mut self, part: &str) {
        if !part.is_empty() {
            self.flush();
            self.text.push_str(part);
        }
    }

    fn push_unit(&mut self, unit: u16) {
        let pair = [self.high.unwrap_or_default(), unit];
        match unit {
            0xd800..=0xdbff => {
                self.flush();
                self.high = Some(unit);
            }
            0xdc00..=0xdfff if self.high.is_some() => {
                self.high = None;
                self.text.push_str(&String::from_utf16_lossy(&pair));
            }
            unit => {
                self.flush();
                self.text.push_str(&String::from_utf16_lossy(&[unit]));
            }
        }
    }

    fn flush(&mut self) {
        if self.high.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn finish(mut self) -> String {
        self.flush();
        self.text
    }
}
