//! The vendor's little clause language, which both `where` and `include`/`select` are written in.
//!
//! Alfresco has one ANTLR 3 grammar (`WhereClause.g`, alfresco-framework.md §2.4 and §2.6) with two entry rules.
//! We follow it in two steps, as ANTLR does, because its error texts betray which step failed:
//!
//! - the *lexer* cuts the clause into tokens and gives up at the first character that fits none;
//! - the *parser* looks at one token at a time and gives up at the first that cannot stand there.
//!
//! Tokens are cut only when the parser asks for them, so what comes first in the clause is what is reported, and
//! what comes after the last token looked at is never read: `include=x y` is just `x`.
//!
//! Three habits of the lexer explain most of what looks odd from outside:
//!
//! - The blank belongs to the operator: `and`, `or`, `in`, `matches`, `between` and the comparisons swallow the
//!   blanks before them, and the lexer decides by the *first letter* after the blanks, for good.
//!   `properties, aspectNames` is therefore an `and` that goes wrong at its second letter.
//! - Other blanks are tokens on a hidden channel, which the parser never sees.
//! - Keywords are all lower case or all upper case, nothing between.
//!
//! The grammar does not nest, hence nothing here recurses: a clause of a million parentheses is wrong at the second.
//! Positions count UTF-16 units since the last line feed, as Java strings do.

/// Where and in which step a clause goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// No token begins or goes on like this.
    Lexer { position: usize },
    /// A token stands where the grammar has no place for it.
    Parser { position: usize },
}

/// Checks a `where` clause, whose meaning no operation on people asks for (alfresco-people.md §3).
///
/// Whatever follows the closing parenthesis is ignored, once its first token could be cut.
pub(super) fn check_where(clause: &str) -> Result<(), Mistake> {
    let mut parser = Parser::new(clause)?;
    parser.expect(Kind::LeftParenthesis)?;
    parser.predicate()?;

    // `and` and `or` do not mix: the first one seen decides which may follow.
    let connective = parser.token.kind;
    if matches!(connective, Kind::And | Kind::Or) {
        while parser.accept(connective)? {
            parser.predicate()?;
        }
    }
    parser.expect(Kind::RightParenthesis)
}

/// Reads the names of an `include` or `select` clause.
pub(super) fn names(clause: &str) -> Result<Vec<String>, Mistake> {
    let mut parser = Parser::new(clause)?;
    let mut names = Vec::new();
    loop {
        let name = parser.token.text;
        parser.expect(Kind::Name)?;
        names.push(name.to_owned());
        // The rule has no end-of-input in it, so any other token ends the list and is dropped with all after it.
        if !parser.accept(Kind::Comma)? {
            return Ok(names);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Not,
    Exists,
    In,
    Matches,
    Between,
    Or,
    And,
    /// `=`, `<`, `>`, `<=` or `>=`: the grammar has a place for all or for none.
    Comparison,
    LeftParenthesis,
    RightParenthesis,
    Comma,
    Colon,
    /// A lone quote as the very last character.
    Quote,
    /// A quoted string or a run of digits.
    Value,
    /// An identifier or a path of them, which also serves as an unquoted value.
    Name,
    /// Blanks on the hidden channel.
    Blank,
    End,
}

#[derive(Clone, Copy, Debug)]
struct Token<'c> {
    kind: Kind,
    text: &'c str,
    position: usize,
}

struct Parser<'c> {
    lexer: Lexer<'c>,
    token: Token<'c>,
}

impl<'c> Parser<'c> {
    fn new(clause: &'c str) -> Result<Self, Mistake> {
        let mut lexer = Lexer { rest: clause, position: 0 };
        let token = lexer.next_visible()?;
        Ok(Self { lexer, token })
    }

    /// One condition, possibly negated.
    fn predicate(&mut self) -> Result<(), Mistake> {
        self.accept(Kind::Not)?;
        if self.accept(Kind::Exists)? {
            self.expect(Kind::LeftParenthesis)?;
            self.expect(Kind::Name)?;
            return self.expect(Kind::RightParenthesis);
        }
        self.expect(Kind::Name)?;
        let operator = self.token.kind;
        match operator {
            Kind::Comparison => {
                self.advance()?;
                self.value()
            }
            Kind::In | Kind::Matches | Kind::Between => {
                self.advance()?;
                self.expect(Kind::LeftParenthesis)?;
                self.operands(operator)?;
                self.expect(Kind::RightParenthesis)
            }
            _ => Err(self.misplaced()),
        }
    }

    /// What stands in the parentheses: one value for `matches`, two for `between`, any number for `in`.
    fn operands(&mut self, operator: Kind) -> Result<(), Mistake> {
        self.value()?;
        if operator == Kind::Between {
            self.expect(Kind::Comma)?;
            self.value()?;
        }
        while operator == Kind::In && self.accept(Kind::Comma)? {
            self.value()?;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), Mistake> {
        match self.token.kind {
            Kind::Value | Kind::Name => self.advance(),
            _ => Err(self.misplaced()),
        }
    }

    fn expect(&mut self, kind: Kind) -> Result<(), Mistake> {
        if self.accept(kind)? { Ok(()) } else { Err(self.misplaced()) }
    }

    fn accept(&mut self, kind: Kind) -> Result<bool, Mistake> {
        let fits = self.token.kind == kind;
        if fits {
            self.advance()?;
        }
        Ok(fits)
    }

    /// Steps on, which cuts the following token at once: a mistake of the lexer in it wins over everything later.
    fn advance(&mut self) -> Result<(), Mistake> {
        self.token = self.lexer.next_visible()?;
        Ok(())
    }

    fn misplaced(&self) -> Mistake {
        Mistake::Parser { position: self.token.position }
    }
}

struct Lexer<'c> {
    rest: &'c str,
    position: usize,
}

impl<'c> Lexer<'c> {
    fn next_visible(&mut self) -> Result<Token<'c>, Mistake> {
        loop {
            let token = self.next_token()?;
            if token.kind != Kind::Blank {
                return Ok(token);
            }
        }
    }

    fn next_token(&mut self) -> Result<Token<'c>, Mistake> {
        let (clause, position) = (self.rest, self.position);
        let kind = self.cut()?;
        let text = &clause[..clause.len() - self.rest.len()];
        Ok(Token { kind, text, position })
    }

    /// Consumes one token. This is the only place where a character can be wrong as the *first* of a token.
    fn cut(&mut self) -> Result<Kind, Mistake> {
        let Some(first) = self.peek() else {
            return Ok(Kind::End);
        };
        match first {
            '(' => Ok(self.one(Kind::LeftParenthesis)),
            ')' => Ok(self.one(Kind::RightParenthesis)),
            ',' => Ok(self.one(Kind::Comma)),
            ':' => Ok(self.one(Kind::Colon)),
            '\'' => self.quoted(),
            '=' | '<' | '>' => Ok(self.comparison()),
            it if is_blank(it) => self.after_blanks(),
            it if is_digit(it) && !self.digits_begin_a_name() => {
                self.skip_while(is_digit);
                Ok(Kind::Value)
            }
            it if it == '/' || is_letter(it) => self.keyword_or_name(),
            _ => Err(self.mistake()),
        }
    }

    /// The tokens that own the blanks before them, or else the blanks alone.
    fn after_blanks(&mut self) -> Result<Kind, Mistake> {
        self.skip_while(is_blank);
        let (kind, word, blank_after) = match self.peek().map(|it| it.to_ascii_lowercase()) {
            Some('=' | '<' | '>') => return Ok(self.comparison()),
            Some('a') => (Kind::And, "and", true),
            Some('b') => (Kind::Between, "between", false),
            Some('i') => (Kind::In, "in", false),
            Some('m') => (Kind::Matches, "matches", false),
            Some('o') => (Kind::Or, "or", true),
            _ => return Ok(Kind::Blank),
        };
        self.spell(word)?;
        if blank_after && !self.skip_while(is_blank) {
            return Err(self.mistake());
        }
        Ok(kind)
    }

    /// The whole word in the case of its first letter. Wrong is the first letter that differs.
    fn spell(&mut self, word: &str) -> Result<(), Mistake> {
        let upper = self.peek().is_some_and(|it| it.is_ascii_uppercase());
        for letter in word.chars() {
            let letter = if upper { letter.to_ascii_uppercase() } else { letter };
            if self.peek() != Some(letter) {
                return Err(self.mistake());
            }
            self.bump();
        }
        Ok(())
    }

    /// `=`, `<`, `>`, `<=` or `>=`, with the blanks after it, which belong to it as those before it do.
    fn comparison(&mut self) -> Kind {
        let may_grow = self.peek() != Some('=');
        self.bump();
        if may_grow && self.peek() == Some('=') {
            self.bump();
        }
        self.skip_while(is_blank);
        Kind::Comparison
    }

    /// `not` only before a blank, `exists` only as a whole word: unlike the operators these two fall back to names.
    fn keyword_or_name(&mut self) -> Result<Kind, Mistake> {
        if let Some(after) = self.after_word(["not", "NOT"])
            && after.starts_with(is_blank)
        {
            self.skip_to(after);
            self.skip_while(is_blank);
            return Ok(Kind::Not);
        }
        if let Some(after) = self.after_word(["exists", "EXISTS"])
            && !after.starts_with(|it| is_name_part(it) || it == '/' || it == ':')
        {
            self.skip_to(after);
            return Ok(Kind::Exists);
        }
        self.name()?;
        Ok(Kind::Name)
    }

    /// `/`-separated identifiers, each of which may hold one colon; a leading `/` is allowed, a trailing one is not.
    fn name(&mut self) -> Result<(), Mistake> {
        if self.peek() == Some('/') {
            self.bump();
        }
        loop {
            if !self.peek().is_some_and(is_letter) {
                return Err(self.mistake());
            }
            self.skip_while(is_name_part);
            if self.peek() == Some(':') {
                self.bump();
                self.skip_while(is_name_part);
            }
            if self.peek() != Some('/') {
                return Ok(());
            }
            self.bump();
        }
    }

    /// A quoted value, in which `\'` does not end it unless the clause ends there.
    fn quoted(&mut self) -> Result<Kind, Mistake> {
        self.bump();
        if self.rest.is_empty() {
            return Ok(Kind::Quote);
        }
        loop {
            let mut ahead = self.rest.chars();
            match (ahead.next(), ahead.next()) {
                (Some('\''), _) => return Ok(self.one(Kind::Value)),
                // Before the end a backslash fits neither of the lexer's two cases, so there it is the mistake itself.
                (None, _) | (Some('\\'), None) => return Err(self.mistake()),
                (Some('\\'), Some('\'')) if ahead.next().is_some() => {
                    self.bump();
                    self.bump();
                }
                _ => self.bump(),
            }
        }
    }

    /// Non-European digits lie inside the grammar's letter ranges, so a run of them is a name if a name goes on.
    fn digits_begin_a_name(&self) -> bool {
        !self.rest.starts_with(|it: char| it.is_ascii_digit())
            && self
                .rest
                .trim_start_matches(is_digit)
                .starts_with(|it| is_letter(it) || it == '/' || it == ':')
    }

    fn after_word(&self, spellings: [&str; 2]) -> Option<&'c str> {
        spellings.iter().find_map(|it| self.rest.strip_prefix(it))
    }

    fn one(&mut self, kind: Kind) -> Kind {
        self.bump();
        kind
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) {
        let mut chars = self.rest.chars();
        if let Some(it) = chars.next() {
            self.position = if it == '\n' { 0 } else { self.position + it.len_utf16() };
            self.rest = chars.as_str();
        }
    }

    fn skip_to(&mut self, after: &str) {
        while self.rest.len() > after.len() {
            self.bump();
        }
    }

    /// Says whether there was anything to skip.
    fn skip_while(&mut self, wanted: fn(char) -> bool) -> bool {
        let before = self.rest.len();
        while self.peek().is_some_and(wanted) {
            self.bump();
        }
        self.rest.len() < before
    }

    fn mistake(&self) -> Mistake {
        Mistake::Lexer { position: self.position }
    }
}

fn is_blank(it: char) -> bool {
    matches!(it, ' ' | '\t' | '\r' | '\n')
}

fn is_name_part(it: char) -> bool {
    is_letter(it) || is_digit(it)
}

/// The grammar's idea of a letter: Java's of long ago, in ranges of UTF-16 units, so none beyond the first plane.
fn is_letter(it: char) -> bool {
    matches!(it,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{1fff}'
        | '\u{3040}'..='\u{318f}' | '\u{3300}'..='\u{337f}' | '\u{3400}'..='\u{3d2d}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The grammar's digits: ASCII, Arabic, Devanagari and so on to Myanmar. Tamil has no zero there.
fn is_digit(it: char) -> bool {
    matches!(it,
        '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' | '\u{966}'..='\u{96f}'
        | '\u{9e6}'..='\u{9ef}' | '\u{a66}'..='\u{a6f}' | '\u{ae6}'..='\u{aef}' | '\u{b66}'..='\u{b6f}'
        | '\u{be7}'..='\u{bef}' | '\u{c66}'..='\u{c6f}' | '\u{ce6}'..='\u{cef}' | '\u{d66}'..='\u{d6f}'
        | '\u{e50}'..='\u{e59}' | '\u{ed0}'..='\u{ed9}' | '\u{1040}'..='\u{1049}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexer<T>(position: usize) -> Result<T, Mistake> {
        Err(Mistake::Lexer { position })
    }

    fn parser<T>(position: usize) -> Result<T, Mistake> {
        Err(Mistake::Parser { position })
    }

    #[test]
    fn a_well_formed_clause_is_accepted() {
        for clause in [
            "(a='b')",
            "(a=b)",
            "(a = 'b')",
            "(a<1)",
            "(a>1)",
            "(a <= 1)",
            "(a>=1)",
            "(a=b and c=d)",
            "(a=b AND c=d and e=f)",
            "(a=b or c=d OR e=f)",
            "(not a=b)",
            "(NOT a=b and not exists(c))",
            "(exists(a))",
            "(EXISTS (a))",
            "(a in ('x','y'))",
            "(a IN (1, 'y',z))",
            "(a matches('x*'))",
            "(a matches ('x*'))",
            "(a between ('x','y'))",
            " ( x=y ) ",
            "(isRoot=true)",
            "(zones in ('X'))",
            "(a='it\\'s')",
            "(a='b\\\\x')",
            "(/a/cm:b='')",
            "(a='😀')",
            "(nota=b)",
            "(existsA=b)",
            "(not=b)",
            "(a=b)junk)(",
            "(a=b) like",
        ] {
            assert_eq!(check_where(clause), Ok(()), "{clause}");
        }
    }

    #[test]
    fn a_misplaced_token_is_reported_where_it_begins() {
        for (clause, position) in [
            ("", 0),
            ("a='b'", 0),
            ("()", 1),
            ("(a='b'", 6),
            ("(a like 'b')", 3),
            ("((a=b))", 1),
            ("(a=b and c=d or e=f)", 12),
            ("(a=b or c=d and e=f)", 11),
            ("(a=b and c like d)", 11),
            ("(not (a=b))", 5),
            ("(not not a=b)", 5),
            ("(a between ('x'))", 15),
            ("(a between ('x','y','z'))", 19),
            ("(a matches('x','y'))", 14),
            ("(a in ())", 7),
            ("(a < =b)", 5),
            ("(a=b\n like c)", 1),
            ("(é='😀'", 7),
        ] {
            assert_eq!(check_where(clause), parser(position), "{clause}");
        }
    }

    #[test]
    fn a_character_that_fits_no_token_is_reported_where_it_stands() {
        for (clause, position) in [
            ("(a!=b)", 2),
            ("(a=-1)", 3),
            ("(a=1.5)", 4),
            ("( a=b)", 3),
            ("(a in (x, b))", 11),
            ("(a='b)", 6),
            ("(a='b\\", 5),
            ("(a=b And c=d)", 6),
            ("(a=b and", 8),
            ("(a=b)-", 5),
            ("(a/=b)", 3),
            ("(a=😀)", 3),
        ] {
            assert_eq!(check_where(clause), lexer(position), "{clause}");
        }
    }

    #[test]
    fn a_list_of_names_ends_at_the_first_token_that_is_no_comma() {
        for (clause, expected) in [
            ("x", &["x"][..]),
            ("x,y", &["x", "y"]),
            ("aspectNames, properties", &["aspectNames", "properties"]),
            ("x ,y", &["x", "y"]),
            (" x", &["x"]),
            ("x y", &["x"]),
            ("x y-z", &["x"]),
            ("x in", &["x"]),
            ("x=1", &["x"]),
            ("_a1", &["_a1"]),
            ("cm:name", &["cm:name"]),
            ("a:", &["a:"]),
            ("a:b:c", &["a:b"]),
            ("a/b:c/d", &["a/b:c/d"]),
            ("/a", &["/a"]),
            ("not,exists_", &["not", "exists_"]),
            ("x'", &["x"]),
            ("é٣", &["é٣"]),
            ("٣é", &["٣é"]),
            ("a,a", &["a", "a"]),
        ] {
            let expected = expected.iter().map(|&it| it.to_owned()).collect();
            assert_eq!(names(clause), Ok(expected), "{clause}");
        }
    }

    #[test]
    fn a_list_of_names_fails_in_the_parser_for_what_is_no_name() {
        for (clause, position) in [
            ("", 0),
            ("1", 0),
            ("properties,", 11),
            (",a", 0),
            ("a,,b", 2),
            ("not x", 0),
            ("exists", 0),
            ("٣", 0),
            (":a", 0),
            // ` in` is a whole token, hence misplaced, not misspelt.
            ("x, in", 2),
        ] {
            assert_eq!(names(clause), parser(position), "{clause}");
        }
    }

    #[test]
    fn a_list_of_names_fails_in_the_lexer_for_what_is_no_token() {
        for (clause, position) in [
            ("prop-erties", 4),
            ("a.b", 1),
            ("properties, aspectNames", 13),
            ("a, b", 4),
            (" my", 2),
            ("x or", 4),
            ("x'y", 3),
            ("a/", 2),
            ("a/1", 2),
            ("/", 1),
            ("*", 0),
        ] {
            assert_eq!(names(clause), lexer(position), "{clause}");
        }
    }

    #[test]
    fn deep_and_long_clauses_neither_overflow_nor_linger() {
        assert_eq!(check_where(&"(".repeat(1_000_000)), parser(1));
        assert_eq!(check_where(&"not ".repeat(1_000_000)), parser(0));
        assert_eq!(check_where(&format!("({}", "'\\'".repeat(1_000_000))), parser(1));
        assert_eq!(check_where(&format!("(a in ({}z))", "z,".repeat(500_000))), Ok(()));
        assert_eq!(names(&"٣".repeat(500_000)), parser(0));
        assert_eq!(names(&format!("x{}", " ".repeat(1_000_000))), Ok(vec!["x".to_owned()]));
    }
}
