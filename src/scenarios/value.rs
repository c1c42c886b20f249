use std::borrow::Cow;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What a single value has to be: a literal, or a condition.
#[derive(Clone, Debug)]
pub enum ValueMatcher {
    /// This value. Where the value is a text (in a query, a header, a name), `5` means `"5"`.
    Literal(Value),
    /// Conditions that hold together.
    Conditions(Vec<Condition>),
}

/// One condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// A text in which the expression is found somewhere.
    Matches(Regex),
    /// A text with this in it, or a list with this element.
    Contains(Value),
    /// Whether there must be none.
    Absent(bool),
    /// A number above this one.
    GreaterThan(f64),
    /// A number below this one.
    LessThan(f64),
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
            literal => Ok(Self::Literal(literal)),
        }
    }

    /// Whether a value, or the lack of one, is right.
    #[must_use]
    pub fn holds(&self, found: Option<&Value>) -> bool {
        match self {
            Self::Literal(literal) => found.is_some_and(|found| is_equal(literal, found)),
            Self::Conditions(conditions) => conditions.iter().all(|it| it.holds(found)),
        }
    }

    /// Whether one of several texts is right, as of a header that may stand there twice.
    pub(super) fn holds_for_any<S: AsRef<str>>(&self, found: &[S]) -> bool {
        let is_right = |text: &S| self.holds(Some(&Value::from(text.as_ref())));
        if found.is_empty() { self.holds(None) } else { found.iter().any(is_right) }
    }

    /// What is wanted, in the words of the language.
    pub(super) fn words(&self) -> String {
        let conditions = match self {
            Self::Literal(literal) => return literal.to_string(),
            Self::Conditions(conditions) => conditions,
        };
        let words: Vec<_> = conditions
            .iter()
            .map(|condition| match condition {
                Condition::Matches(regex) => format!("a text that matches `{regex}`"),
                Condition::Contains(value) => format!("something that contains {value}"),
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
    fn holds(&self, found: Option<&Value>) -> bool {
        match (self, found) {
            (Self::Absent(is_absent), found) => found.is_none() == *is_absent,
            (_, None) => false,
            (Self::Matches(regex), Some(found)) => match found {
                Value::String(text) => regex.is_match(text),
                other => regex.is_match(&other.to_string()),
            },
            (Self::Contains(wanted), Some(found)) => match (wanted, found) {
                (wanted, Value::Array(elements)) => elements.iter().any(|it| is_equal(wanted, it)),
                (Value::String(wanted), Value::String(text)) => text.contains(wanted.as_str()),
                (wanted, Value::String(text)) => text.contains(&wanted.to_string()),
                _ => false,
            },
            (Self::GreaterThan(bound), Some(found)) => number(found).is_some_and(|it| it > *bound),
            (Self::LessThan(bound), Some(found)) => number(found).is_some_and(|it| it < *bound),
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
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
        "contains" => Ok(Condition::Contains(value)),
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
