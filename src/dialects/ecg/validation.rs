//! class-validator's decorators and their words, as Nest's `ValidationPipe` shows them with
//! `whitelist` and `forbidNonWhitelisted` on (facts §4.0 A-BODY).
//!
//! The order of messages is the library's own, found by running it: unknown properties first, then
//! property by property as they were declared, and within a property from the decorator that
//! stands lowest in the source up to the highest.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{password, person};

/// How many messages an answer has at most. A body can hold millions of faults; nobody reads them.
const MOST_MESSAGES: usize = 1_000;

/// A property that a body or a query may have.
pub(super) struct Property {
    /// Its name.
    pub(super) name: &'static str,
    /// `@IsOptional()`: nothing else is asked of it where it is missing or null.
    pub(super) is_optional: bool,
    /// The decorators from the lowest to the highest.
    pub(super) rules: &'static [Rule],
    /// What it holds.
    pub(super) nested: Nested,
}

/// What a property holds.
pub(super) enum Nested {
    /// A plain value.
    No,
    /// An object with these properties.
    One(&'static [Property]),
    /// An array of objects with these properties.
    Each(&'static [Property]),
}

/// A decorator.
pub(super) enum Rule {
    IsString,
    /// A string of blanks is empty too (facts §4.2 #3: "not blank").
    IsNotEmpty,
    MinLength(usize),
    MaxLength(usize),
    /// The address counts as it is stored: without blanks around it (facts §4.0 A-MAIL).
    IsEmail,
    IsBoolean,
    IsUuid,
    /// A day, as `1950-02-03`.
    IsDay,
    /// A day that isn't after today.
    MaxToday,
    /// A moment, as `2024-11-27T12:27:28.044Z`, or a day.
    IsDateTime,
    /// A string with a regular expression, and its text.
    Matches(fn(&str) -> bool, &'static str),
    IsIn(&'static [&'static str]),
    IsInt,
    Min(i32),
    Max(i32),
    IsObject,
    IsArray,
    ArrayNotEmpty,
    ArrayMaxSize(usize),
    ArrayUnique,
    IsStrongPassword,
    /// The decorator with `{ each: true }`.
    Each(&'static Rule),
}

/// Everything that is wrong with a body or a query, in class-validator's words.
pub(super) struct Validator {
    /// The session's day.
    pub(super) today: Date,
    /// What was found so far.
    pub(super) messages: Vec<String>,
}

impl Validator {
    /// Nothing is wrong yet.
    pub(super) fn new(today: Date) -> Self {
        Self { today, messages: Vec::new() }
    }

    /// Whether no further message will be shown.
    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= MOST_MESSAGES
    }

    /// Adds a message, if there is room.
    pub(super) fn add(&mut self, message: String) {
        if !self.is_full() {
            self.messages.push(message);
        }
    }

    /// Checks an object. An array, which body-parser lets through, is an object with the names `0`,
    /// `1` and so on.
    pub(super) fn check(&mut self, body: &Value, properties: &[Property], prefix: &str) {
        let nothing = Map::new();
        match body {
            Value::Object(members) => self.check_members(members, properties, prefix),
            Value::Array(elements) => {
                for index in 0..elements.len().min(MOST_MESSAGES) {
                    self.add(format!("{prefix}property {index} should not exist"));
                }
                self.check_members(&nothing, properties, prefix);
            }
            _ => self.check_members(&nothing, properties, prefix),
        }
    }

    fn check_members(&mut self, members: &Map<String, Value>, of: &[Property], prefix: &str) {
        for name in members.keys() {
            if !of.iter().any(|property| property.name == name) {
                self.add(format!("{prefix}property {name} should not exist"));
            }
        }
        for property in of {
            let value = members.get(property.name).unwrap_or(&Value::Null);
            self.check_property(value, property, prefix);
        }
    }

    /// Checks the value of a property; `null` stands for one that is missing.
    pub(super) fn check_property(&mut self, value: &Value, property: &Property, prefix: &str) {
        let name = property.name;
        if property.is_optional && value.is_null() {
            return;
        }
        let failed = property.rules.iter().filter(|rule| !rule.holds(value, self.today));
        let mut own: Vec<_> =
            failed.map(|rule| format!("{prefix}{}", rule.text(name, self.today))).collect();

        let before = self.messages.len();
        let must_be = "must be either object or array";
        match (&property.nested, value) {
            (Nested::One(properties) | Nested::Each(properties), Value::Object(_)) => {
                self.check(value, properties, &format!("{prefix}{name}."));
            }
            (Nested::Each(properties), Value::Array(elements)) => {
                for (index, element) in elements.iter().enumerate().take(MOST_MESSAGES) {
                    if element.is_object() {
                        self.check(element, properties, &format!("{prefix}{name}.{index}."));
                    } else {
                        self.add(format!(
                            "{prefix}{name}.each value in nested property {name} {must_be}"
                        ));
                    }
                }
            }
            (Nested::No, _) | (_, Value::Null) | (Nested::One(_), Value::Array(_)) => {}
            (Nested::One(_), _) => own.push(format!("{prefix}nested property {name} {must_be}")),
            (Nested::Each(_), _) => {
                own.push(format!("{prefix}each value in nested property {name} {must_be}"));
            }
        }
        // Nest shows what is wrong inside of a property, or else what is wrong with it itself.
        if self.messages.len() == before {
            for message in own {
                self.add(message);
            }
        }
    }
}

impl Rule {
    fn holds(&self, value: &Value, today: Date) -> bool {
        let text = value.as_str();
        let array = value.as_array();
        match self {
            Self::IsString => text.is_some(),
            Self::IsNotEmpty => !value.is_null() && text.is_none_or(|it| !it.chars().all(is_blank)),
            Self::MinLength(least) => text.is_some_and(|it| it.chars().count() >= *least),
            Self::MaxLength(most) => text.is_some_and(|it| it.chars().count() <= *most),
            Self::IsEmail => text.is_some_and(|it| is_email(it.trim())),
            Self::IsBoolean => value.is_boolean(),
            Self::IsUuid => text.is_some_and(person::is_uuid),
            Self::IsDay => text.is_some_and(|it| day(it).is_some()),
            Self::MaxToday => text.and_then(day).is_none_or(|it| it <= today),
            Self::IsDateTime => text.is_some_and(|it| super::query::moment(it).is_some()),
            Self::Matches(is_match, _) => text.is_some_and(is_match),
            Self::IsIn(values) => text.is_some_and(|it| values.contains(&it)),
            Self::IsInt => value.as_f64().is_some_and(|it| it.fract() == 0.0),
            Self::Min(least) => value.as_f64().is_some_and(|it| it >= f64::from(*least)),
            Self::Max(most) => value.as_f64().is_some_and(|it| it <= f64::from(*most)),
            Self::IsObject => value.is_object(),
            Self::IsArray => array.is_some(),
            Self::ArrayNotEmpty => array.is_some_and(|it| !it.is_empty()),
            Self::ArrayMaxSize(most) => array.is_some_and(|it| it.len() <= *most),
            Self::ArrayUnique => array.is_some_and(|it| are_unique(it)),
            Self::IsStrongPassword => text.is_some_and(password::is_strong),
            Self::Each(rule) => match array {
                Some(elements) => elements.iter().all(|it| rule.holds(it, today)),
                None => rule.holds(value, today),
            },
        }
    }

    fn text(&self, name: &str, today: Date) -> String {
        match self {
            Self::IsString => format!("{name} must be a string"),
            Self::IsNotEmpty | Self::ArrayNotEmpty => format!("{name} should not be empty"),
            Self::MinLength(least) => {
                format!("{name} must be longer than or equal to {least} characters")
            }
            Self::MaxLength(most) => {
                format!("{name} must be shorter than or equal to {most} characters")
            }
            Self::IsEmail => format!("{name} must be an email"),
            Self::IsBoolean => format!("{name} must be a boolean value"),
            Self::IsUuid => format!("{name} must be a UUID"),
            Self::IsDay | Self::IsDateTime => {
                format!("{name} must be a valid ISO 8601 date string")
            }
            // The library would print the moment as JavaScript prints dates.
            Self::MaxToday => format!("maximal allowed date for {name} is {today}"),
            Self::Matches(_, expression) => {
                format!("{name} must match {expression} regular expression")
            }
            Self::IsIn(values) => {
                format!("{name} must be one of the following values: {}", values.join(", "))
            }
            Self::IsInt => format!("{name} must be an integer number"),
            Self::Min(least) => format!("{name} must not be less than {least}"),
            Self::Max(most) => format!("{name} must not be greater than {most}"),
            Self::IsObject => format!("{name} must be an object"),
            Self::IsArray => format!("{name} must be an array"),
            Self::ArrayMaxSize(most) => format!("{name} must contain no more than {most} elements"),
            // The apostrophe is the library's.
            Self::ArrayUnique => format!("All {name}'s elements must be unique"),
            Self::IsStrongPassword => format!("{name} is not strong enough"),
            Self::Each(rule) => format!("each value in {}", rule.text(name, today)),
        }
    }
}

/// What JavaScript's `trim` and `\s` take for a blank: Unicode's white space, without the next-line
/// character and with the byte order mark.
pub(super) fn is_blank(it: char) -> bool {
    (it.is_whitespace() && it != '\u{85}') || it == '\u{feff}'
}

fn are_unique(elements: &[Value]) -> bool {
    // Only strings can be equal here: other elements are refused anyway.
    let mut seen = std::collections::HashSet::new();
    elements.iter().filter_map(Value::as_str).all(|it| seen.insert(it))
}

/// A day in the one form that the vendor takes.
pub(super) fn day(text: &str) -> Option<Date> {
    let is_written_so = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_written_so { text.parse().ok() } else { None }
}

/// Whether validator.js takes an address, quoted local parts and the rarest forms aside.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_high = |it: char| it >= '\u{a1}';
    let is_local =
        |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(it) || is_high(it);
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_local);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || is_high(it))
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    let is_top = top.to_ascii_lowercase().starts_with("xn--")
        || (top.chars().count() >= 2
            && top.chars().all(|it| it.is_ascii_alphabetic() || is_high(it)));
    text.len() <= 254
        && local.len() <= 64
        && local.split('.').all(is_atom)
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && is_top
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_with_a_domain_that_can_be() {
        let check = |text, expected| assert_eq!(is_email(text), expected, "{text}");
        check("ada@example.com", true);
        check("a.b+c@x-y.example.org", true);
        check("jürgen@example.com", true);
        check("ada@example", false);
        check("ada@.com", false);
        check("ada@example.c", false);
        check("ada@-x.com", false);
        check(".ada@example.com", false);
        check("a..b@example.com", false);
        check("a b@example.com", false);
        check("example.com", false);
        check("@example.com", false);
        check("a@b@example.com", false);
        check(&format!("{}@example.com", "x".repeat(65)), false);
    }

    #[test]
    fn a_blank_is_what_javascript_takes_for_one() {
        let is_empty = |text: &str| !Rule::IsNotEmpty.holds(&text.into(), Date::MIN);
        assert!(is_empty("") && is_empty(" \t\n\u{a0}\u{feff}"));
        assert!(!is_empty("\u{85}") && !is_empty(" x "));
    }

    #[test]
    fn a_day_has_ten_characters_and_is_in_the_calendar() {
        let check = |text, expected| assert_eq!(day(text).is_some(), expected, "{text}");
        check("1950-02-03", true);
        check("2024-02-29", true);
        check("2023-02-29", false);
        check("1950-2-3", false);
        check("19500203", false);
        check("1950-02-03T00:00:00Z", false);
    }
}
