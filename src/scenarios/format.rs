//! What a scenario file may hold: the types that serde reads and the schema is derived from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU64;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::delay::{Delay, Time};
use super::expect::Expectation;
use super::matcher::{Matcher, OneOrMany};

/// A scenario file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(title = "scenario")]
pub(super) struct StoryFile {
    /// The schema of this file, for editors.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// What the story is about.
    pub description: String,
    /// The state that it begins in; `start` if this isn't said.
    pub start: Option<String>,
    /// What the mock does to exchanges; of those that fit, the first that fires decides.
    pub rules: Vec<Rule>,
    /// What the client is expected to do.
    pub expect: Vec<Expectation>,
}

/// One rule: to which exchanges, when, what, and what then.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Rule {
    /// The state, or the states, in which it counts; all of them if this isn't said.
    #[serde(rename = "in")]
    #[schemars(with = "Option<TextOrTexts>")]
    pub states: Option<OneOrMany<String>>,
    /// Which exchanges it is about.
    pub when: Matcher,
    /// How many matches in this state go by first.
    pub skip: u64,
    /// How often it fires in this state at most.
    pub times: Option<u64>,
    /// It fires on every so many-th match.
    pub every: Option<NonZeroU64>,
    /// How likely it fires, from the session's dice.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub chance: Option<f64>,
    /// How long after the state was entered it begins to count, on the session's clock.
    pub after: Option<Time>,
    /// For how long it counts from then on, on the session's clock.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
    /// What happens; `pass`, the natural answer, if this isn't said.
    pub then: Then,
    /// The state that follows.
    pub goto: Option<String>,
}

/// What a rule does to an exchange: `pass`, or an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Then(pub Box<Action>);

/// What a rule does to an exchange. Where it only changes the natural answer, that is given.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Action {
    /// The operation's own error: a status, or a name from the catalogue.
    pub error: Option<ErrorName>,
    /// Any answer at all.
    pub respond: Option<Respond>,
    /// A JSON Merge Patch on the natural answer.
    pub patch: Option<Value>,
    /// How long the answer is kept back.
    pub delay: Option<Delay>,
    /// Headers of the answer; they take the place of others with the same name.
    pub headers: BTreeMap<String, String>,
    /// The header `Retry-After`: a duration, or whole seconds.
    pub retry_after: Option<RetryAfter>,
    /// How fast the body goes out.
    pub bytes_per_second: Option<NonZeroU64>,
    /// How the answer breaks on its way.
    pub fault: Option<FaultName>,
    /// For `truncate`: how many bytes of the body come.
    pub after: Option<u64>,
    /// Whether error, answer or fault strike instead of the operation or after it.
    pub effect: Option<Effect>,
    /// Keeps the exchange waiting until another one is over.
    pub hold: Option<Hold>,
    /// Strikes only those who ask too often.
    pub rate_limit: Option<RateLimit>,
}

/// When an error, an answer or a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Effect {
    /// Instead of the operation: nothing is changed.
    #[default]
    Before,
    /// After it: the change is made, and the client doesn't come to know.
    After,
}

/// Any answer at all.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Respond {
    /// The status; 200 if this isn't said.
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    #[serde(deserialize_with = "some")]
    pub json: Option<Value>,
    /// A text as the body.
    pub text: Option<String>,
    /// A file beside the scenario as the body.
    pub file: Option<String>,
    /// Any bytes as the body.
    pub base64: Option<String>,
}

/// `"json": null` is a body too.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Until when an exchange waits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Hold {
    /// An exchange that is over ends the wait.
    pub until: Matcher,
    /// After so long it goes on all the same; `5s` if this isn't said.
    #[serde(default)]
    pub timeout: Option<Time>,
}

/// How often is too often.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RateLimit {
    /// So many requests are let by…
    pub requests: u64,
    /// …in so long, on the session's clock.
    pub per: Time,
    /// What is counted apart; all are counted together if this isn't said.
    #[serde(default)]
    pub key: Option<RateKey>,
}

/// What a rate limit counts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum RateKey {
    /// Who calls.
    Caller,
    /// The id in the path.
    PersonId,
    /// The operation.
    Operation,
}

/// `409`, or a name as `personExists`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ErrorName {
    Status(u16),
    Name(String),
}

/// A duration, or whole seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryAfter(pub Time);

/// How an answer breaks, also by the names that `WireMock` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FaultName(pub &'static str);

/// Each fault, with `WireMock`'s name for it where it has one.
const FAULTS: &[(&str, Option<&str>)] = &[
    ("reset", Some("CONNECTION_RESET_BY_PEER")),
    ("close", Some("EMPTY_RESPONSE")),
    ("truncate", None),
    ("malformedChunk", Some("MALFORMED_RESPONSE_CHUNK")),
    ("garbage", Some("RANDOM_DATA_THEN_CLOSE")),
    ("hang", None),
    ("wrongLength", None),
];

impl<'de> Deserialize<'de> for FaultName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let fault = FAULTS.iter().find(|(ours, theirs)| *ours == name || *theirs == Some(&name));
        fault.map(|(ours, _)| Self(ours)).ok_or_else(|| {
            let known: Vec<_> = FAULTS.iter().map(|it| it.0).collect();
            Error::custom(format!("there is no fault `{name}`; there are {}", known.join(", ")))
        })
    }
}

impl JsonSchema for FaultName {
    fn schema_name() -> Cow<'static, str> {
        "Fault".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = FAULTS.iter().flat_map(|(ours, theirs)| [Some(*ours), *theirs]);
        json_schema!({ "type": "string", "enum": names.flatten().collect::<Vec<_>>() })
    }
}

impl<'de> Deserialize<'de> for ErrorName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::read(&name)),
            other => other
                .as_u64()
                .and_then(|it| u16::try_from(it).ok())
                .map(Self::Status)
                .ok_or_else(|| Error::custom("expected a status as 409, or an error's name")),
        }
    }
}

impl ErrorName {
    /// Reads a status or a name, as the header `Prefer` has it.
    pub(super) fn read(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Status)
    }
}

impl JsonSchema for ErrorName {
    fn schema_name() -> Cow<'static, str> {
        "Error".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 400, "maximum": 599 },
            { "type": "string" },
        ] })
    }
}

impl<'de> Deserialize<'de> for RetryAfter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            Value::String(text) => Time::read(&text),
            Value::Number(seconds) => Time::read(&format!("{seconds}s")),
            other => Err(format!("expected a duration or whole seconds, found {other}")),
        };
        read.map(Self).map_err(Error::custom)
    }
}

impl JsonSchema for RetryAfter {
    fn schema_name() -> Cow<'static, str> {
        "RetryAfter".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<Time>(), { "type": "integer", "minimum": 0 }] })
    }
}

/// The schema of [`OneOrMany`] texts.
pub(super) struct TextOrTexts;

impl JsonSchema for TextOrTexts {
    fn schema_name() -> Cow<'static, str> {
        "TextOrTexts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ] })
    }
}

/// What is said as a text, or at more length as an object.
///
/// An untagged enum would do, and forget where in the object a mistake is.
pub(super) trait TextOrObject<'de>: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;

    fn from_text(text: &str) -> Result<Self, String>;
    fn from_object<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error>;

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

struct Either<T>(PhantomData<T>);

impl<'de, T: TextOrObject<'de>> Visitor<'de> for Either<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_object(MapAccessDeserializer::new(map))
    }
}

impl<'de> TextOrObject<'de> for Then {
    const EXPECTED: &'static str = "`pass`, or an object";

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "pass" => Ok(Self::default()),
            other => Err(format!("`{other}` is nothing to do; expected {}", Self::EXPECTED)),
        }
    }

    fn from_object<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        Box::<Action>::deserialize(object).map(Self)
    }
}

impl<'de> Deserialize<'de> for Then {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

impl JsonSchema for Then {
    fn schema_name() -> Cow<'static, str> {
        "Then".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let action = generator.subschema_for::<Action>();
        json_schema!({ "anyOf": [{ "type": "string", "enum": ["pass"] }, action] })
    }
}
