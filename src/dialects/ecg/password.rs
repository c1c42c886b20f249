//! Passwords: Cognito's default policy (facts §4.0 A-PWD), and temporary ones.

use std::fmt;

use smol_str::SmolStr;

use super::validation::is_blank;
use crate::clock::Dice;

/// The longest password that Cognito takes.
pub(super) const MOST: usize = 256;
/// The shortest.
pub(super) const LEAST: usize = 8;

/// A password. It can be compared and mailed, and never be seen in an answer, an audit value or a
/// log.
#[derive(Clone, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
pub(super) struct Password(SmolStr);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Password {
    /// The password that a client or a fixture chose.
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// A password that the policy accepts, from the session's dice. Characters that are easily
    /// taken for others aren't in it: somebody will have to type it.
    pub(super) fn temporary(dice: &Dice) -> Self {
        const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
        const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
        const DIGIT: &[u8] = b"23456789";
        const SPECIAL: &[u8] = b"!#$%*+-=?@";
        const FORM: [&[u8]; 12] = [
            UPPER, LOWER, LOWER, LOWER, SPECIAL, DIGIT, DIGIT, DIGIT, SPECIAL, LOWER, UPPER, LOWER,
        ];
        Self(FORM.iter().map(|set| char::from(set[dice.below(set.len())])).collect())
    }

    /// The password as the mail to its owner shows it: the one place where it may be read.
    pub(super) fn for_mail(&self) -> &str {
        &self.0
    }

    /// Whether it is this text.
    pub(super) fn is(&self, text: &str) -> bool {
        self.0 == text
    }
}

/// Whether a text has at least one lower-case letter, one capital, one digit and one special
/// character. Length and blanks have rules of their own, with texts of their own.
pub(super) fn is_strong(text: &str) -> bool {
    let has = |kind: fn(char) -> bool| text.chars().any(kind);
    has(|it| it.is_ascii_lowercase())
        && has(|it| it.is_ascii_uppercase())
        && has(|it| it.is_ascii_digit())
        && has(|it| it.is_ascii_punctuation() || it == ' ')
}

/// Whether a text, which is one line, has something at its beginning and end that is no blank.
pub(super) fn has_no_outer_blanks(text: &str) -> bool {
    !text.is_empty() && text == text.trim_matches(is_blank) && !text.contains(['\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_password_fits_the_policy() {
        for seed in 0..100 {
            let password = Password::temporary(&Dice::new(Some(seed)));
            assert!(is_strong(password.for_mail()) && has_no_outer_blanks(password.for_mail()));
            assert!((LEAST..=MOST).contains(&password.for_mail().len()));
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", Password::new("Secret-1")), "***");
    }
}
