use std::borrow::Cow;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What a single value has to be: a literal, or a condition.
#[derive(Clone, Debug)]
pub(super) enum ValueMatcher {
    /// This value. Where the value is a text (in a query, a header, a name), `5` means `"5"`.
    Literal(Literal),
    /// Conditions that hold together.
    Conditions(Vec<Condition>),
}

/// One condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// A text in which the expression is found somewhere.
    Matches(Regex),
    /// A text with this in it, or a list with this element.
    Contains(Literal),
    /// Whether there must be none.
    Absent(bool),
    /// A number above this one.
    GreaterThan(f64),
    /// A number below this one.
    LessThan(f64),
}

/// A value that stands for itself.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    value: Value,
    /// A text itself, and of any other value its JSON.
    text: Box<str>,
}

/// What a request has where a matcher looks.
#[derive(Clone, Copy)]
pub(super) enum Seen<'a> {
    Text(&'a str),
    /// A value of the body that is no text.
    Json(&'a Value),
}

impl<'a> From<&'a Value> for Seen<'a> {
    fn from(value: &'a Value) -> Self {
        value.as_str().map_or(Self::Json(value), Self::Text)
    }
}

/// The members that make an object a condition and not a literal.
const CONDITIONS: &[&str] = &["matches", "contains", "absent", "gt", "lt"];

impl ValueMatcher {
    /// Reads a value of a matcher's JSON; any object but a condition is a literal.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(members) if is_condition(&members) => {
                let conditions = members.into_iter().map(|(name, value)| condition(&name, value));
                conditions.collect::<Result<_, _>>().map(Self::Conditions)
            }
            literal => Ok(Self::Literal(literal.into())),
        }
    }

    /// Whether a value, or the lack of one, is right.
    pub(super) fn holds(&self, found: Option<Seen<'_>>) -> bool {
        match self {
            Self::Literal(literal) => found.is_some_and(|found| literal.is(found)),
            Self::Conditions(conditions) => conditions.iter().all(|it| it.holds(found)),
        }
    }

    /// Whether one of several texts is right, as of a header that may stand there twice.
    pub(super) fn holds_for_any(&self, found: impl Iterator<Item = impl AsRef<str>>) -> bool {
        let mut found = found.peekable();
        if found.peek().is_none() {
            return self.holds(None);
        }
        found.any(|text| self.holds(Some(Seen::Text(text.as_ref()))))
    }

    /// The one text that is right, if there is just one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Literal(literal) => literal.as_text(),
            Self::Conditions(_) => None,
        }
    }

    /// What is wanted, in the words of the language.
    pub(super) fn words(&self) -> String {
        let conditions = match self {
            Self::Literal(literal) => return literal.value.to_string(),
            Self::Conditions(conditions) => conditions,
        };
        let words: Vec<_> = conditions
            .iter()
            .map(|condition| match condition {
                Condition::Matches(regex) => format!("a text that matches `{regex}`"),
                Condition::Contains(it) => format!("something that contains {}", it.value),
                Condition::Absent(true) => "nothing".to_owned(),
                Condition::Absent(false) => "anything at all".to_owned(),
                Condition::GreaterThan(number) => format!("a number above {number}"),
                Condition::LessThan(number) => format!("a number below {number}"),
            })
            .collect();
        words.join(" and ")
    }
}

impl Condition {
    fn holds(&self, found: Option<Seen<'_>>) -> bool {
        let Some(found) = found else { return matches!(self, Self::Absent(true)) };
        match self {
            Self::Absent(is_absent) => !is_absent,
            Self::Matches(regex) => match found {
                Seen::Text(text) => regex.is_match(text),
                Seen::Json(other) => regex.is_match(&other.to_string()),
            },
            Self::Contains(wanted) => wanted.is_in(found),
            Self::GreaterThan(bound) => number(found).is_some_and(|it| it > *bound),
            Self::LessThan(bound) => number(found).is_some_and(|it| it < *bound),
        }
    }
}

impl From<Value> for Literal {
    fn from(value: Value) -> Self {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Self { value, text: text.into() }
    }
}

impl Literal {
    fn is(&self, found: Seen<'_>) -> bool {
        match found {
            Seen::Text(text) => self.as_text() == Some(text),
            Seen::Json(found) => is_equal(&self.value, found),
        }
    }

    /// The one text that is equal to it, if there is one.
    fn as_text(&self) -> Option<&str> {
        match self.value {
            Value::String(_) | Value::Number(_) | Value::Bool(_) => Some(&self.text),
            _ => None,
        }
    }

    fn is_in(&self, found: Seen<'_>) -> bool {
        match found {
            Seen::Text(text) => text.contains(&*self.text),
            Seen::Json(found) => {
                found.as_array().is_some_and(|all| all.iter().any(|it| is_equal(&self.value, it)))
            }
        }
    }
}

fn number(found: Seen<'_>) -> Option<f64> {
    match found {
        Seen::Text(text) => text.trim().parse().ok(),
        Seen::Json(value) => value.as_f64(),
    }
}

/// Equality, where a text is equal to the number or the flag that it spells.
pub(super) fn is_equal(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => &wanted.to_string() == text,
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => wanted == found,
    }
}

pub(super) fn is_condition(members: &Map<String, Value>) -> bool {
    !members.is_empty() && members.keys().all(|name| CONDITIONS.contains(&name.as_str()))
}

fn condition(name: &str, value: Value) -> Result<Condition, String> {
    let wanted = |what: &str, value: &Value| format!("`{name}` takes {what}, not {value}");
    match name {
        "matches" => match value.as_str() {
            Some(text) => Regex::new(text).map(Condition::Matches).map_err(|error| {
                format!("`{text}` is no regular expression: {}", last_line(&error))
            }),
            None => Err(wanted("a regular expression", &value)),
        },
        "contains" => Ok(Condition::Contains(value.into())),
        "absent" => {
            value.as_bool().map(Condition::Absent).ok_or_else(|| wanted("true or false", &value))
        }
        "gt" => {
            value.as_f64().map(Condition::GreaterThan).ok_or_else(|| wanted("a number", &value))
        }
        _ => value.as_f64().map(Condition::LessThan).ok_or_else(|| wanted("a number", &value)),
    }
}

/// The library draws the place under the text; its last line says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

impl<'de> Deserialize<'de> for ValueMatcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(Error::custom)
    }
}

impl JsonSchema for ValueMatcher {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a literal, or one or more of {\"matches\": regex}, {\"contains\": text}, {\"absent\": true}, {\"gt\": number}, {\"lt\": number}"
        })
    }
}
