//! The parser: cuts a body into tokens on demand, as `ReaderBasedJsonParser` does.
//!
//! Two habits of Jackson's show in its errors and are kept.
//! A member's name is read together with the first token of its value, so a bad value is reported before an unknown name.
//! A string's content is read only when somebody asks for it, so an unknown name is reported before a bad string.

use std::borrow::Cow;

use super::fault::Fault;
use super::text;

/// How deeply arrays and objects may nest (`StreamReadConstraints`).
const MAX_DEPTH: usize = 1000;

/// What can stand where a value is due, for the error texts.
const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// A token; names of members are told apart by [`Tokens::next_name`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Token {
    ObjectStart,
    ArrayStart,
    ArrayEnd,
    Text,
    Int,
    Float,
    True,
    False,
    Null,
    /// The end of the body, where a value could have begun.
    End,
}

/// How a name was asked for: Jackson has two methods, which word one error differently.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    /// By `nextToken`, as beans do for their first member.
    AsToken,
    /// By `nextFieldName`, as everybody does otherwise.
    AsName,
}

/// An object or array that is still open.
#[derive(Debug)]
struct Open {
    is_object: bool,
    start: usize,
    has_items: bool,
}

impl Open {
    fn name(&self) -> &'static str {
        if self.is_object { "Object" } else { "Array" }
    }
}

/// The parser's state.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    pub(super) source: &'a str,
    /// The first byte that is not consumed.
    pub(super) at: usize,
    /// The first byte of the current token.
    pub(super) start: usize,
    /// The current token.
    pub(super) token: Token,
    /// Whether `token` is a value that was read along with its name and not yet asked for.
    is_ahead: bool,
    open: Vec<Open>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, at: 0, start: 0, token: Token::End, is_ahead: false, open: Vec::new() }
    }

    /// Moves to the next value, or to the end of the array or body.
    pub(super) fn next(&mut self) -> Result<Token, Fault> {
        if self.is_ahead {
            self.is_ahead = false;
        } else if self.open.is_empty() {
            match self.skip_space()? {
                None => self.token = Token::End,
                Some(it @ ('}' | ']')) => return Err(self.stray_closer(it)),
                Some(it) => self.scan_value(it, Asked::AsToken)?,
            }
        } else {
            match self.next_in_container()? {
                None => self.token = Token::ArrayEnd,
                Some(it) => self.scan_value(it, Asked::AsToken)?,
            }
        }
        match self.token {
            Token::ObjectStart => self.enter(true)?,
            Token::ArrayStart => self.enter(false)?,
            _ => {}
        }
        Ok(self.token)
    }

    /// Moves to the next name of the current object, `None` at its end; the value is what `next` gives then.
    pub(super) fn next_name(&mut self, asked: Asked) -> Result<Option<Cow<'a, str>>, Fault> {
        let Some(first) = self.next_in_container()? else {
            return Ok(None);
        };
        if first != '"' {
            return Err(self.unexpected(first, "was expecting double-quote to start field name"));
        }
        let name = self.read_name()?;
        match self.skip_inside()? {
            ':' => self.at += 1,
            it => {
                return Err(
                    self.unexpected(it, "was expecting a colon to separate field name and value")
                );
            }
        }
        let first = self.skip_inside()?;
        self.scan_value(first, asked)?;
        self.is_ahead = true;
        Ok(Some(name))
    }

    /// Whether nothing is open, where a number must be followed by white space.
    pub(super) fn is_at_root(&self) -> bool {
        self.open.is_empty()
    }

    /// The character that is next, not consumed.
    pub(super) fn peek(&self) -> Option<char> {
        match self.source.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.source.get(self.at..)?.chars().next(),
        }
    }

    /// The source text of the current token, if it is a number or word.
    pub(super) fn raw(&self) -> &'a str {
        self.source.get(self.start..self.at).unwrap_or_default()
    }

    /// A complaint about the character that is next.
    pub(super) fn unexpected(&self, it: char, why: &str) -> Fault {
        let text = format!("Unexpected character ({}): {why}", text::describe(it));
        Fault::parsing(text, self.at)
    }

    /// A complaint about a character that no value begins with.
    pub(super) fn no_value(&self, it: char) -> Fault {
        self.unexpected(it, &format!("expected a valid value {VALUES}"))
    }

    /// A complaint that the text ends here; `more` follows "end-of-input" without a space of its own.
    pub(super) fn ends_early(&self, more: &str) -> Fault {
        Fault::parsing(format!("Unexpected end-of-input{more}"), self.at)
    }

    /// A complaint about a word, as long as an identifier of Java's would go on, up to 256 characters.
    pub(super) fn unknown_word(&mut self) -> Fault {
        let mut length = self.raw().encode_utf16().count();
        let mut dots = "";
        while let Some(it) = self.peek().filter(|it| text::continues_identifier(*it)) {
            self.at += it.len_utf8();
            length += 1;
            if length >= 256 {
                dots = "...";
                break;
            }
        }
        let text = format!("Unrecognized token '{}{dots}': was expecting {VALUES}", self.raw());
        Fault::parsing(text, self.start)
    }

    fn enter(&mut self, is_object: bool) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            let depth = self.open.len() + 1;
            return Err(Fault::limit(
                "Document nesting depth",
                depth,
                MAX_DEPTH,
                "getMaxNestingDepth",
            ));
        }
        self.open.push(Open { is_object, start: self.start, has_items: false });
        Ok(())
    }

    /// Finds the first character of the next name or item; `None` when the container ends, which is consumed.
    fn next_in_container(&mut self) -> Result<Option<char>, Fault> {
        let next = self.skip_space()?;
        let Some(open) = self.open.last_mut() else {
            return Ok(None);
        };
        let had_items = std::mem::replace(&mut open.has_items, true);
        let (is_object, name, start) = (open.is_object, open.name(), open.start);
        let first = match next {
            None => {
                let place = text::location_of(self.source, start);
                let more = format!(": expected close marker for {name} (start marker at {place})");
                return Err(self.ends_early(&more));
            }
            Some('}') if is_object => return Ok(self.leave()),
            Some(']') if !is_object => return Ok(self.leave()),
            Some(it @ ('}' | ']')) => return Err(self.wrong_closer(it, name, start)),
            Some(it) => it,
        };
        if !had_items {
            return Ok(Some(first));
        }
        if first != ',' {
            let why = format!("was expecting comma to separate {name} entries");
            return Err(self.unexpected(first, &why));
        }
        self.at += 1;
        self.skip_inside().map(Some)
    }

    fn leave(&mut self) -> Option<char> {
        self.open.pop();
        self.at += 1;
        None
    }

    fn wrong_closer(&self, it: char, name: &str, start: usize) -> Fault {
        let due = if name == "Object" { '}' } else { ']' };
        let place = text::location_of(self.source, start);
        let text = format!(
            "Unexpected close marker '{it}': expected '{due}' (for {name} starting at {place})"
        );
        Fault::parsing(text, self.at)
    }

    fn stray_closer(&self, it: char) -> Fault {
        let name = if it == '}' { "Object" } else { "Array" };
        let text = format!("Unexpected close marker '{it}': no open {name} to close");
        Fault::parsing(text, self.at)
    }

    /// Skips white space where the text may not end.
    #[inline]
    fn skip_inside(&mut self) -> Result<char, Fault> {
        if let Some(it) = self.skip_space()? {
            return Ok(it);
        }
        let name = self.open.last().map_or("root", Open::name);
        Err(self.ends_early(&format!(" within/between {name} entries")))
    }

    /// Skips white space and looks at what follows.
    #[inline]
    fn skip_space(&mut self) -> Result<Option<char>, Fault> {
        match self.source.as_bytes().get(self.at) {
            // Clients seldom send any.
            Some(byte @ (b'!'..=b'.' | b'0'..=b'~')) => Ok(Some(char::from(*byte))),
            _ => self.skip_more_space(),
        }
    }

    #[inline(never)]
    fn skip_more_space(&mut self) -> Result<Option<char>, Fault> {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r' | '\n') => self.at += 1,
                Some(it @ '\0'..' ') => {
                    let text = format!(
                        "Illegal character ({}): only regular white space (\\r, \\n, \\t) is allowed between tokens",
                        text::describe(it)
                    );
                    return Err(Fault::parsing(text, self.at + 1));
                }
                Some(it @ '/') => {
                    let why = "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)";
                    return Err(self.unexpected(it, why));
                }
                it => return Ok(it),
            }
        }
    }

    /// Reads a value's first token; of a string only the opening quote.
    fn scan_value(&mut self, first: char, asked: Asked) -> Result<(), Fault> {
        self.start = self.at;
        self.token = match first {
            '"' => self.mark(Token::Text),
            '{' => self.mark(Token::ObjectStart),
            '[' => self.mark(Token::ArrayStart),
            't' => self.scan_word("true", Token::True)?,
            'f' => self.scan_word("false", Token::False)?,
            'n' => self.scan_word("null", Token::Null)?,
            '-' | '0'..='9' => self.scan_number()?,
            '}' if asked == Asked::AsToken => {
                return Err(self.unexpected(first, "expected a value"));
            }
            it => return Err(self.odd_value(it)),
        };
        Ok(())
    }

    fn mark(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }
}
