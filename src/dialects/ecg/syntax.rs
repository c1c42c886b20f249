//! What V8 says about a text that isn't JSON: Nest passes its `SyntaxError` on to the client.
//!
//! The texts and positions are those of Node 20, found by running it. Positions count UTF-16 units.

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It ends.
    End,
    /// A character that can't begin or go on with a value.
    Token(usize),
    /// Anything that V8 has a sentence of its own for.
    Said(&'static str, usize),
}

/// V8's message for a text that a JSON parser has refused.
pub(super) fn error(text: &str) -> String {
    // The one special string that a body can be: what a client sends that forgot `JSON.stringify`.
    if text == "[object Object]" {
        return "\"[object Object]\" is not valid JSON".to_owned();
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    match (Scanner { units: &units, at: 0 }).document() {
        Err(fault) => message(fault, &units),
        // V8 has no limit of depth and takes half a surrogate pair; we have one, and don't.
        Ok(()) => "JSON holds what this mock can't keep: it is nested too deeply, a number is too large, or half a surrogate pair stands alone".to_owned(),
    }
}

/// body-parser's message for JSON that is no object and no array: what V8 would say if the first
/// character could begin no value.
pub(super) fn not_a_container(text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let first = units.iter().position(|&unit| !is_blank(unit));
    message(first.map_or(Fault::End, Fault::Token), &units)
}

fn message(fault: Fault, units: &[u16]) -> String {
    /// From this length on V8 shows a part of the text, this much on either side.
    const LONG: usize = 21;
    const CONTEXT: usize = 10;
    let part = |from: usize, to: usize| String::from_utf16_lossy(&units[from..to]);
    match fault {
        Fault::End => "Unexpected end of JSON input".to_owned(),
        Fault::Said(what, at) => format!("{what} JSON at position {at}"),
        Fault::Token(at) => {
            let (mut from, mut to) = (0, units.len());
            let (mut before, mut after) = ("", "");
            if units.len() >= LONG {
                if at >= CONTEXT {
                    (from, before) = (at - CONTEXT, "...");
                }
                if at + CONTEXT < units.len() {
                    (to, after) = (at + CONTEXT, "...");
                }
            }
            let (token, context) = (part(at, at + 1), part(from, to));
            format!("Unexpected token '{token}', {before}\"{context}\"{after} is not valid JSON")
        }
    }
}

fn is_blank(unit: u16) -> bool {
    matches!(u8::try_from(unit), Ok(b' ' | b'\t' | b'\n' | b'\r'))
}

/// Walks through a text as far as it is JSON.
struct Scanner<'a> {
    units: &'a [u16],
    at: usize,
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        // For each container that is open, whether it is an object. No recursion: a client chooses
        // the depth.
        let mut open = Vec::new();
        loop {
            self.begin_value(&mut open)?;
            // A value is over; so may be what holds it.
            loop {
                match (open.last(), self.after_blanks()) {
                    (None, None) => return Ok(()),
                    (None, Some(_)) => {
                        return self.fault("Unexpected non-whitespace character after");
                    }
                    (Some(true), Some(b'}')) | (Some(false), Some(b']')) => {
                        self.at += 1;
                        open.pop();
                    }
                    (Some(true), Some(b',')) => {
                        self.at += 1;
                        if self.after_blanks() != Some(b'"') {
                            return self.fault("Expected double-quoted property name in");
                        }
                        self.name()?;
                        break;
                    }
                    (Some(false), Some(b',')) => {
                        self.at += 1;
                        break;
                    }
                    (Some(true), _) => {
                        return self.fault("Expected ',' or '}' after property value in");
                    }
                    (Some(false), _) => {
                        return self.fault("Expected ',' or ']' after array element in");
                    }
                }
            }
        }
    }

    /// Goes on to the end of the next value that is no container, or of an empty container.
    fn begin_value(&mut self, open: &mut Vec<bool>) -> Result<(), Fault> {
        loop {
            match self.after_blanks().ok_or(Fault::End)? {
                b'{' => {
                    self.at += 1;
                    match self.after_blanks() {
                        Some(b'}') => return self.step(),
                        Some(b'"') => self.name()?,
                        _ => return self.fault("Expected property name or '}' in"),
                    }
                    open.push(true);
                }
                b'[' => {
                    self.at += 1;
                    if self.after_blanks() == Some(b']') {
                        return self.step();
                    }
                    open.push(false);
                }
                b'"' => return self.string(),
                b'-' | b'0'..=b'9' => return self.number(),
                b't' => return self.literal("true"),
                b'f' => return self.literal("false"),
                b'n' => return self.literal("null"),
                _ => return Err(Fault::Token(self.at)),
            }
        }
    }

    fn name(&mut self) -> Result<(), Fault> {
        self.string()?;
        if self.after_blanks() != Some(b':') {
            return self.fault("Expected ':' after property name in");
        }
        self.step()
    }

    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            match self.units.get(self.at) {
                None => return self.fault("Unterminated string in"),
                Some(&unit) if unit < 0x20 => {
                    return self.fault("Bad control character in string literal in");
                }
                Some(&unit) if unit == u16::from(b'"') => return self.step(),
                Some(&unit) if unit == u16::from(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        if self.at == self.units.len() {
            return Err(Fault::End);
        }
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.step(),
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.byte().is_some_and(|it| it.is_ascii_hexdigit()) {
                        return self.fault("Bad Unicode escape in");
                    }
                    self.at += 1;
                }
                Ok(())
            }
            _ => self.fault("Bad escaped character in"),
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
            if self.is_digit() {
                return self.fault("Unexpected number in");
            }
        } else {
            self.digits("No number after minus sign in")?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits("Unterminated fractional number in")?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("Exponent part is missing a number in")?;
        }
        Ok(())
    }

    fn digits(&mut self, otherwise: &'static str) -> Result<(), Fault> {
        if !self.is_digit() {
            return self.fault(otherwise);
        }
        while self.is_digit() {
            self.at += 1;
        }
        Ok(())
    }

    fn literal(&mut self, word: &str) -> Result<(), Fault> {
        for expected in word.bytes() {
            match self.units.get(self.at) {
                None => return Err(Fault::End),
                Some(&unit) if unit == u16::from(expected) => self.at += 1,
                Some(_) => return Err(Fault::Token(self.at)),
            }
        }
        Ok(())
    }

    fn after_blanks(&mut self) -> Option<u8> {
        while self.units.get(self.at).is_some_and(|&unit| is_blank(unit)) {
            self.at += 1;
        }
        self.byte()
    }

    /// The next unit; one that is no byte is no part of JSON's grammar either, and shows as 0.
    fn byte(&self) -> Option<u8> {
        self.units.get(self.at).map(|&unit| u8::try_from(unit).unwrap_or(0))
    }

    fn is_digit(&self) -> bool {
        self.byte().is_some_and(|it| it.is_ascii_digit())
    }

    fn step(&mut self) -> Result<(), Fault> {
        self.at += 1;
        Ok(())
    }

    fn fault(&self, what: &'static str) -> Result<(), Fault> {
        Err(Fault::Said(what, self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_json_is_told_about_as_node_20_does() {
        // Each line was printed by Node 20.20.
        let check = |text: &str, expected: &str| assert_eq!(error(text), expected, "{text}");
        check("{a}", "Expected property name or '}' in JSON at position 1");
        check("{", "Expected property name or '}' in JSON at position 1");
        check(r#"{"a":}"#, r#"Unexpected token '}', "{"a":}" is not valid JSON"#);
        check(r#"{"a""#, "Expected ':' after property name in JSON at position 4");
        check(r#"{"a":"#, "Unexpected end of JSON input");
        check(r#"{"a":1"#, "Expected ',' or '}' after property value in JSON at position 6");
        check("[", "Unexpected end of JSON input");
        check("[1", "Expected ',' or ']' after array element in JSON at position 2");
        check("[1,]", r#"Unexpected token ']', "[1,]" is not valid JSON"#);
        check(r#"{"a":1,}"#, "Expected double-quoted property name in JSON at position 7");
        check(r#"{"a":"x"#, "Unterminated string in JSON at position 7");
        check("{\"a\":\"\n\"}", "Bad control character in string literal in JSON at position 6");
        check(r#"{"a":"\x"}"#, "Bad escaped character in JSON at position 7");
        check(r#"{"a":"\u12"}"#, "Bad Unicode escape in JSON at position 10");
        check(r#"{"a":"\"#, "Unexpected end of JSON input");
        check(r#"{"a":-}"#, "No number after minus sign in JSON at position 6");
        check(r#"{"a":1.}"#, "Unterminated fractional number in JSON at position 7");
        check(r#"{"a":1e+}"#, "Exponent part is missing a number in JSON at position 8");
        check("[-01]", "Unexpected number in JSON at position 3");
        check(r#"{"a":tru}"#, r#"Unexpected token '}', "{"a":tru}" is not valid JSON"#);
        check("{} {}", "Unexpected non-whitespace character after JSON at position 3");
        check(r#"{"a":"😀"x}"#, "Expected ',' or '}' after property value in JSON at position 9");
        check(
            r#"{"firstName":"Ada","lastName":nope}"#,
            r#"Unexpected token 'o', ..."astName":nope}" is not valid JSON"#,
        );
        check(
            r#"{"firstName":"Ada","lastName":nope,"c":1,"d":"xxxxxxxx"}"#,
            r#"Unexpected token 'o', ..."astName":nope,"c":1,"... is not valid JSON"#,
        );
        check(
            r#"{"a":nope,"firstName":"Ada","lastName":1}"#,
            r#"Unexpected token 'o', "{"a":nope,"first"... is not valid JSON"#,
        );
    }

    #[test]
    fn json_that_is_no_container_is_told_about_as_body_parser_does() {
        let check = |text, expected| assert_eq!(not_a_container(text), expected, "{text}");
        check(r#""abc""#, r#"Unexpected token '"', ""abc"" is not valid JSON"#);
        check("null", r#"Unexpected token 'n', "null" is not valid JSON"#);
        check("   ", "Unexpected end of JSON input");
    }

    proptest::proptest! {
        #[test]
        fn what_serde_json_refuses_has_a_fault_and_what_it_takes_has_none(
            text in r#"[\[\]{}",:01.eE+\-\\untrfalsbx 😀]{0,12}"#
        ) {
            let units: Vec<u16> = text.encode_utf16().collect();
            let fault = (Scanner { units: &units, at: 0 }).document();
            let parsed = serde_json::from_str::<serde::de::IgnoredAny>(&text);
            proptest::prop_assert_eq!(fault.is_ok(), parsed.is_ok());
            error(&text);
            not_a_container(&text);
        }
    }
}
