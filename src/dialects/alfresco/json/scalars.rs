//! The parser's part for numbers and words.

use super::fault::Fault;
use super::text;
use super::tokens::{Token, Tokens};

/// How many digits a number may have (`StreamReadConstraints`).
pub(super) const MAX_NUMBER: usize = 1000;

/// The digits of a number before its point or exponent.
struct Whole {
    end: usize,
    is_zero: bool,
}

impl Tokens<'_> {
    /// Reads a number whose first character is next.
    pub(super) fn scan_number(&mut self) -> Result<Token, Fault> {
        if self.peek() == Some('-') {
            self.at += 1;
            match self.peek() {
                Some('0'..='9') => {}
                None => return Err(self.ends_early("No digit following sign")),
                Some(it @ '.') => return Err(self.no_value(it)),
                Some(it) => return Err(self.bad_number_start(it, '-')),
            }
        }
        let is_zero = self.peek() == Some('0');
        let mut length = self.skip_digits(if is_zero { 1 } else { usize::MAX });
        if is_zero && matches!(self.peek(), Some('0'..='9')) {
            let text = "Invalid numeric value: Leading zeroes not allowed".to_owned();
            return Err(Fault::parsing(text, self.at));
        }
        let whole = Whole { end: self.at, is_zero };
        let mut token = Token::Int;
        if self.peek() == Some('.') {
            token = Token::Float;
            length += self.scan_fraction(&whole)?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            token = Token::Float;
            length += self.scan_exponent(&whole)?;
        }
        match self.peek() {
            Some(' ' | '\t' | '\r' | '\n') | None => {}
            Some(it) if self.is_at_root() => {
                return Err(self.unexpected(it, "Expected space separating root-level values"));
            }
            Some(_) => {}
        }
        // Jackson forgets to count a lone zero before the point.
        length -= usize::from(is_zero && token == Token::Float);
        if length > MAX_NUMBER {
            return Err(Fault::limit(
                "Number value length",
                length,
                MAX_NUMBER,
                "getMaxNumberLength",
            ));
        }
        Ok(token)
    }

    fn scan_fraction(&mut self, whole: &Whole) -> Result<usize, Fault> {
        const WHY: &str = "Decimal point not followed by a digit";
        self.at += 1;
        let length = self.skip_digits(usize::MAX);
        match self.peek() {
            _ if length > 0 => Ok(length),
            Some(it) => Err(self.unexpected_digit(it, WHY, whole)),
            None => {
                // At the end of the text Jackson names the last character that it had: the point.
                self.at = whole.end;
                Err(self.unexpected_in_number('.', WHY))
            }
        }
    }

    fn scan_exponent(&mut self, whole: &Whole) -> Result<usize, Fault> {
        const WHY: &str = "Exponent indicator not followed by a digit";
        self.at += 1;
        if matches!(self.peek(), Some('+' | '-')) {
            self.at += 1;
        }
        let length = self.skip_digits(usize::MAX);
        match self.peek() {
            _ if length > 0 => Ok(length),
            Some(it) => Err(self.unexpected_digit(it, WHY, whole)),
            None => Err(self.ends_early("expected a digit for number exponent")),
        }
    }

    /// Jackson's quick way for numbers has only come to the end of the whole part when it complains; its slow way, for numbers that begin with zero, knows the place.
    fn unexpected_digit(&mut self, it: char, why: &str, whole: &Whole) -> Fault {
        if !whole.is_zero {
            self.at = whole.end;
        }
        self.unexpected_in_number(it, why)
    }

    fn skip_digits(&mut self, at_most: usize) -> usize {
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().take(at_most).take_while(|it| it.is_ascii_digit()).count();
        self.at += count;
        count
    }

    /// What follows a sign and is no digit; `-INF` and `-Infinity` have a text of their own.
    fn bad_number_start(&mut self, mut it: char, sign: char) -> Fault {
        if it == 'I' {
            self.at += 1;
            match self.peek() {
                None => return self.ends_early(" in a Number value"),
                Some('N') => return self.non_standard(if sign == '-' { "-INF" } else { "+INF" }),
                Some('n') => {
                    return self.non_standard(if sign == '-' { "-Infinity" } else { "+Infinity" });
                }
                Some(other) => it = other,
            }
        }
        if sign == '+' {
            let why = "JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow";
            return self.unexpected_in_number('+', why);
        }
        self.unexpected_in_number(
            it,
            "expected digit (0-9) to follow minus sign, for valid numeric value",
        )
    }

    fn unexpected_in_number(&self, it: char, why: &str) -> Fault {
        let text = format!("Unexpected character ({}) in numeric value: {why}", text::describe(it));
        Fault::parsing(text, self.at)
    }

    /// What is no value but may look like one.
    pub(super) fn odd_value(&mut self, it: char) -> Fault {
        match it {
            'N' => self.non_standard("NaN"),
            'I' => self.non_standard("Infinity"),
            '+' => {
                self.at += 1;
                match self.peek() {
                    None => self.ends_early(" in a Number value"),
                    Some(next) => self.bad_number_start(next, '+'),
                }
            }
            it if text::starts_identifier(it) => self.unknown_word(),
            it => self.no_value(it),
        }
    }

    fn non_standard(&mut self, word: &'static str) -> Fault {
        if let Err(fault) = self.scan_word(word, Token::Null) {
            return fault;
        }
        let text = format!(
            "Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
        );
        Fault::parsing(text, self.at)
    }

    /// Reads a word that begins at the current token's start.
    pub(super) fn scan_word(&mut self, word: &str, token: Token) -> Result<Token, Fault> {
        let rest = self.source.get(self.start..).unwrap_or_default();
        let common = rest.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        self.at = self.start + common;
        // Jackson takes everything below the digit zero for an end, even the `$` that Java has in identifiers.
        let goes_on = self.peek().is_some_and(|it| it >= '0' && text::continues_identifier(it));
        if common < word.len() || goes_on { Err(self.unknown_word()) } else { Ok(token) }
    }
}
