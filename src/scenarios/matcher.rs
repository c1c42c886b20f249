use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

use http::HeaderName;
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::bloom::{Bloom, Hash};
use super::format::TextOrTexts;
use super::operations::Operations;
use super::prefilter::{Prefilter, wanted};
use super::value::{Seen, ValueMatcher, is_condition, is_equal};
use crate::dialects;
use crate::fixtures::nearest;

/// What a matcher looks at: a request, or what the journal kept of one.
pub trait Subject {
    /// The operation, with its vendor's name.
    fn operation(&self) -> Option<&'static str>;
    /// The id in the path, as the client wrote it.
    fn person_id(&self) -> Option<&str>;
    /// Who called, if that is known.
    fn caller(&self) -> Option<&str>;
    /// The verb.
    fn method(&self) -> &str;
    /// The path, decoded.
    fn path(&self) -> &str;
    /// The values of a parameter, decoded.
    fn query(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>>;
    /// The values of a header.
    fn header(&self, name: &HeaderName) -> impl Iterator<Item = Cow<'_, str>>;
    /// The body, if it is JSON.
    fn body(&self) -> Option<&Value>;
}

/// A description of requests. A member that isn't there matches everything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, remote = "Self")]
pub struct Matcher {
    /// The operation, as `alfresco.getPerson`, `ecg.*` or `*.updatePerson`, or several.
    #[schemars(with = "Option<TextOrTexts>")]
    operation: Option<OneOrMany<OperationName>>,
    /// The id in the path, as the client wrote it.
    person_id: Option<ValueMatcher>,
    /// The id of who calls.
    caller: Option<ValueMatcher>,
    /// The verb, or several.
    #[schemars(with = "Option<TextOrTexts>")]
    method: Option<OneOrMany<String>>,
    /// The path, in which `*` stands for anything; or several.
    #[schemars(with = "Option<TextOrTexts>")]
    path: Option<OneOrMany<String>>,
    /// Parameters of the query, by name.
    query: BTreeMap<String, ValueMatcher>,
    /// Headers, by name.
    #[serde(deserialize_with = "read_headers")]
    #[schemars(with = "BTreeMap<String, ValueMatcher>")]
    headers: Vec<HeaderMatcher>,
    /// Values of the body by JSON Pointer, or an object that it contains.
    #[schemars(with = "Option<Value>")]
    body: Option<Body>,
    /// What must not match.
    not: Option<Box<Matcher>>,
    /// Of these one is enough.
    any: Option<Vec<Matcher>>,
    /// These all.
    all: Vec<Matcher>,
}

/// An object alone: serde would also read a struct from an array of its members, and `[]` would match
/// every request.
impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnObject)
    }
}

struct AnObject;

impl<'de> Visitor<'de> for AnObject {
    type Value = Matcher;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object that describes requests")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Matcher, A::Error> {
        // The function that serde derives (`remote`), and not the one above.
        Matcher::deserialize(MapAccessDeserializer::new(members))
    }
}

/// What a header has to be.
#[derive(Clone, Debug)]
struct HeaderMatcher {
    written: String,
    /// As requests have it; what can't be a name stands in none of them.
    name: Option<HeaderName>,
    value: ValueMatcher,
}

fn read_headers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<HeaderMatcher>, D::Error> {
    let headers = BTreeMap::<String, ValueMatcher>::deserialize(deserializer)?;
    let ready = |(written, value): (String, _)| HeaderMatcher {
        name: written.parse().ok(),
        written,
        value,
    };
    Ok(headers.into_iter().map(ready).collect())
}

/// One thing in which a request isn't what a matcher wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What was looked at, as `operation`, `headers.accept` or `body/firstName`.
    pub at: String,
    /// What the matcher wants.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

/// Where differences go: nowhere, if only the answer is wanted.
struct Report<'r>(Option<&'r mut Vec<Difference>>);

impl Report<'_> {
    /// Takes one criterion. Says whether to go on.
    fn is_going_on(
        &mut self,
        holds: bool,
        difference: impl FnOnce() -> (String, String, String),
    ) -> bool {
        if holds {
            return true;
        }
        let Some(differences) = &mut self.0 else { return false };
        let (at, expected, actual) = difference();
        differences.push(Difference { at, expected, actual });
        true
    }
}

impl Matcher {
    /// Whether a request is as described.
    #[must_use]
    pub fn matches(&self, subject: &impl Subject) -> bool {
        self.check(subject, &mut Report(None))
    }

    /// The same but for the operation, for those who have looked at it in the prefilter.
    pub(super) fn without_operation(self) -> Self {
        Self { operation: None, ..self }
    }

    /// The requests that can match at all. Of operations it is exact.
    pub(super) fn prefilter(&self) -> Prefilter {
        let operations = self.operation.as_ref().map_or(Operations::ALL, |names| {
            Operations::those(|name| names.any(|glob| is_glob(&glob.0, name)))
        });
        let id = self.person_id.as_ref().and_then(ValueMatcher::text);
        let people = id.map_or(Bloom::ALL, |id| Bloom::of(Hash::of(id)));
        let headers = self.headers.iter();
        let headers = headers.map(|it| wanted(&it.written.to_ascii_lowercase(), &it.value));
        let query = self.query.iter().map(|(name, value)| wanted(name, value));
        let fields = headers.chain(query).fold(Bloom::NONE, Bloom::or);
        Prefilter { operations, people, fields }
    }

    /// The requests that are described, in words.
    pub(super) fn words(&self) -> String {
        let mut words = Vec::new();
        if let Some(names) = &self.operation {
            words.push(names.0.iter().map(|it| &*it.0).collect::<Vec<_>>().join(" or "));
        }
        for (name, texts) in [("method", &self.method), ("path", &self.path)] {
            words.extend(texts.as_ref().map(|it| format!("{name} {}", it.0.join(" or "))));
        }
        for (name, value) in [("personId", &self.person_id), ("caller", &self.caller)] {
            words.extend(value.as_ref().map(|it| format!("{name} {}", it.words())));
        }
        words.extend(self.query.iter().map(|(name, it)| format!("query.{name} {}", it.words())));
        let headers = self.headers.iter();
        words.extend(headers.map(|it| format!("headers.{} {}", it.written, it.value.words())));
        words.extend(self.body.as_ref().map(Body::words));
        words.extend(self.not.as_ref().map(|it| format!("not ({})", it.words())));
        if let Some(any) = &self.any {
            let any: Vec<_> = any.iter().map(Self::words).collect();
            words.push(format!("any of ({})", any.join("; ")));
        }
        words.extend(self.all.iter().map(Self::words));
        if words.is_empty() { "any request".to_owned() } else { words.join(", ") }
    }

    /// All in which a request isn't as described.
    #[must_use]
    pub fn differences(&self, subject: &impl Subject) -> Vec<Difference> {
        let mut differences = Vec::new();
        self.check(subject, &mut Report(Some(&mut differences)));
        differences
    }

    /// Goes through the criteria, those that cost nothing first, until one doesn't hold and nobody
    /// wants to know of more.
    fn check(&self, subject: &impl Subject, report: &mut Report<'_>) -> bool {
        if let Some(names) = &self.operation {
            let found = subject.operation();
            let holds = found.is_some_and(|it| names.any(|name| is_glob(&name.0, it)));
            let words = || {
                let names: Vec<_> = names.0.iter().map(|it| &*it.0).collect();
                ("operation".to_owned(), names.join(" or "), shown(found))
            };
            if !report.is_going_on(holds, words) {
                return false;
            }
        }
        if let Some(methods) = &self.method {
            let holds = methods.any(|it| it.eq_ignore_ascii_case(subject.method()));
            let words =
                || ("method".to_owned(), methods.0.join(" or "), subject.method().to_owned());
            if !report.is_going_on(holds, words) {
                return false;
            }
        }
        if let Some(paths) = &self.path {
            let holds = paths.any(|it| is_glob(it, subject.path()));
            let words = || ("path".to_owned(), paths.0.join(" or "), subject.path().to_owned());
            if !report.is_going_on(holds, words) {
                return false;
            }
        }
        if let Some(wanted) = &self.person_id
            && !check_text("personId", wanted, subject.person_id(), report)
        {
            return false;
        }
        // Who calls is worked out only for those who ask.
        if let Some(wanted) = &self.caller
            && !check_text("caller", wanted, subject.caller(), report)
        {
            return false;
        }
        self.check_named(subject, report) && self.check_others(subject, report)
    }

    fn check_named(&self, subject: &impl Subject, report: &mut Report<'_>) -> bool {
        for (name, wanted) in &self.query {
            let words =
                || (format!("query.{name}"), wanted.words(), shown_all(subject.query(name)));
            if !report.is_going_on(wanted.holds_for_any(subject.query(name)), words) {
                return false;
            }
        }
        for HeaderMatcher { written, name, value } in &self.headers {
            let found = || name.iter().flat_map(|name| subject.header(name));
            let words = || (format!("headers.{written}"), value.words(), shown_all(found()));
            if !report.is_going_on(value.holds_for_any(found()), words) {
                return false;
            }
        }
        self.body.as_ref().is_none_or(|body| body.check(subject.body(), report))
    }

    fn check_others(&self, subject: &impl Subject, report: &mut Report<'_>) -> bool {
        if let Some(not) = &self.not {
            let words = || {
                ("not".to_owned(), "a request that doesn't match".to_owned(), "it does".to_owned())
            };
            if !report.is_going_on(!not.matches(subject), words) {
                return false;
            }
        }
        if let Some(any) = &self.any {
            let words = || {
                // The one that misses least says most.
                let closest = any.iter().map(|it| it.differences(subject)).min_by_key(Vec::len);
                let first = closest.and_then(|differences| differences.into_iter().next());
                let first = first.map(|it| format!("; of the nearest, {} is {}", it.at, it.actual));
                let of = format!("one of {} matchers", any.len());
                ("any".to_owned(), of, format!("none matches{}", first.unwrap_or_default()))
            };
            if !report.is_going_on(any.iter().any(|it| it.matches(subject)), words) {
                return false;
            }
        }
        self.all.iter().all(|it| it.check(subject, report))
    }
}

fn shown(found: Option<&str>) -> String {
    found.map_or_else(|| "nothing".to_owned(), str::to_owned)
}

fn shown_all<'a>(found: impl Iterator<Item = Cow<'a, str>>) -> String {
    let found: Vec<_> = found.collect();
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}

fn check_text(
    at: &str,
    wanted: &ValueMatcher,
    found: Option<&str>,
    report: &mut Report<'_>,
) -> bool {
    let words = || (at.to_owned(), wanted.words(), shown(found));
    report.is_going_on(wanted.holds(found.map(Seen::Text)), words)
}

/// What a JSON body has to hold.
#[derive(Clone, Debug)]
enum Body {
    /// Values by JSON Pointer.
    Pointers(Vec<(String, ValueMatcher)>),
    /// A value that the body has at least: an object may have more members.
    Subset(Value),
}

impl Body {
    /// What is wanted of a body, in words.
    fn words(&self) -> String {
        match self {
            Self::Pointers(pointers) => {
                let each = pointers.iter().map(|(at, it)| format!("body{at} {}", it.words()));
                each.collect::<Vec<_>>().join(", ")
            }
            Self::Subset(wanted) => format!("body {wanted}"),
        }
    }

    fn check(&self, body: Option<&Value>, report: &mut Report<'_>) -> bool {
        match self {
            Self::Pointers(pointers) => pointers.iter().all(|(pointer, wanted)| {
                let found = body.and_then(|body| body.pointer(pointer));
                check_value(&format!("body{pointer}"), wanted, found, report)
            }),
            Self::Subset(wanted) => check_subset("body", wanted, body, report),
        }
    }
}

fn check_value(
    at: &str,
    wanted: &ValueMatcher,
    found: Option<&Value>,
    report: &mut Report<'_>,
) -> bool {
    let words = || {
        let actual = found.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        (at.to_owned(), wanted.words(), actual)
    };
    report.is_going_on(wanted.holds(found.map(Seen::from)), words)
}

fn check_subset(at: &str, wanted: &Value, found: Option<&Value>, report: &mut Report<'_>) -> bool {
    match (wanted, found) {
        (Value::Object(members), _) if is_condition(members) => {
            // It was read once when the matcher was; see `Body::deserialize`.
            ValueMatcher::read(wanted.clone())
                .is_ok_and(|wanted| check_value(at, &wanted, found, report))
        }
        (Value::Object(members), Some(Value::Object(found))) => {
            members.iter().all(|(name, wanted)| {
                check_subset(&format!("{at}/{name}"), wanted, found.get(name), report)
            })
        }
        _ => {
            let holds = found.is_some_and(|found| is_equal(wanted, found));
            let words = || {
                let actual = found.map_or_else(|| "nothing".to_owned(), ToString::to_string);
                (at.to_owned(), wanted.to_string(), actual)
            };
            report.is_going_on(holds, words)
        }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value {
            Value::Object(members)
                if !members.is_empty() && members.keys().all(|it| it.starts_with('/')) =>
            {
                let read = |(pointer, wanted)| {
                    ValueMatcher::read(wanted)
                        .map(|wanted| (pointer, wanted))
                        .map_err(Error::custom)
                };
                members.into_iter().map(read).collect::<Result<_, _>>().map(Self::Pointers)
            }
            subset => {
                check_conditions(&subset).map_err(Error::custom)?;
                Ok(Self::Subset(subset))
            }
        }
    }
}

fn check_conditions(value: &Value) -> Result<(), String> {
    match value {
        Value::Object(members) if is_condition(members) => {
            ValueMatcher::read(value.clone()).map(drop)
        }
        Value::Object(members) => members.values().try_for_each(check_conditions),
        _ => Ok(()),
    }
}

/// One, or a list of which one is enough.
#[derive(Clone, Debug)]
pub(super) struct OneOrMany<T>(pub Vec<T>);

impl<T> OneOrMany<T> {
    pub(super) fn any(&self, is_it: impl Fn(&T) -> bool) -> bool {
        self.0.iter().any(is_it)
    }
}

impl<'de, T: TryFrom<String, Error: Display>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a text or a list of texts")]
        enum Given {
            One(String),
            Many(Vec<String>),
        }
        let given = match Given::deserialize(deserializer)? {
            Given::One(one) => vec![one],
            Given::Many(many) => many,
        };
        let read = given.into_iter().map(T::try_from).collect::<Result<_, _>>();
        read.map(Self).map_err(Error::custom)
    }
}

/// `alfresco.getPerson`, `ecg.*` or `*.updatePerson`: a name that some operation has.
#[derive(Clone, Debug)]
struct OperationName(String);

impl TryFrom<String> for OperationName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let operations = || dialects::ALL.iter().flat_map(|vendor| vendor.operations);
        if operations().any(|operation| is_glob(&name, operation.name)) {
            return Ok(Self(name));
        }
        let near = nearest(&name, operations().map(|it| it.name));
        let hint = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
        Err(format!("there is no operation `{name}`{hint}"))
    }
}

/// Whether a text fits a pattern in which a star stands for anything, slashes included.
#[must_use]
pub(crate) fn is_glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    let mut rest = rest;
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Sample {
        body: Value,
    }

    impl Subject for Sample {
        fn operation(&self) -> Option<&'static str> {
            Some("alfresco.updatePerson")
        }
        fn person_id(&self) -> Option<&str> {
            Some("abeecher")
        }
        fn caller(&self) -> Option<&str> {
            Some("admin")
        }
        fn method(&self) -> &'static str {
            "PUT"
        }
        fn path(&self) -> &'static str {
            "/alfresco/api/-default-/public/alfresco/versions/1/people/abeecher"
        }
        fn query(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
            let values: &[&str] = if name == "fields" { &["id", "5"] } else { &[] };
            values.iter().map(|&it| it.into())
        }
        fn header(&self, name: &HeaderName) -> impl Iterator<Item = Cow<'_, str>> {
            (name == "accept").then_some("*/*".into()).into_iter()
        }
        fn body(&self) -> Option<&Value> {
            Some(&self.body)
        }
    }

    fn sample() -> Sample {
        Sample {
            body: json!({"firstName":"A","company":{"fax":"1","email":"x"},"age":7,"list":[1,2]}),
        }
    }

    #[test]
    fn every_member_of_the_language_matches_and_does_not() {
        let check = |matcher: Value, expected: bool| {
            let read: Matcher = serde_json::from_value(matcher.clone()).unwrap();
            assert_eq!(read.matches(&sample()), expected, "{matcher}");
            assert_eq!(read.differences(&sample()).is_empty(), expected, "{matcher}");
        };
        check(json!({}), true);
        check(json!({"operation":"alfresco.updatePerson"}), true);
        check(json!({"operation":["alfresco.getPerson","*.updatePerson"]}), true);
        check(json!({"operation":"alfresco.get*"}), false);
        check(json!({"personId":"abeecher","caller":{"matches":"^ad"}}), true);
        check(json!({"caller":{"absent":true}}), false);
        check(json!({"method":"put"}), true);
        check(json!({"method":["GET","DELETE"]}), false);
        check(json!({"path":"/alfresco/*/people/*"}), true);
        check(json!({"path":"/people"}), false);
        check(json!({"query":{"fields":"id","skipCount":{"absent":true}}}), true);
        check(json!({"query":{"fields":5}}), true);
        check(json!({"query":{"fields":{"gt":5}}}), false);
        check(json!({"headers":{"Accept":{"contains":"*"}}}), true);
        check(json!({"headers":{"X":"y"}}), false);
        check(
            json!({"body":{"/company/fax":"1","/list/1":{"gt":1,"lt":3},"/no":{"absent":true}}}),
            true,
        );
        check(json!({"body":{"/list":{"contains":3}}}), false);
        check(json!({"body":{"company":{"fax":"1"},"age":{"lt":8}}}), true);
        check(json!({"body":{"company":{"fax":"2"}}}), false);
        check(json!({"body":{"list":[1]}}), false);
        check(json!({"not":{"method":"GET"}}), true);
        check(json!({"not":{"method":"PUT"}}), false);
        check(json!({"any":[{"method":"GET"},{"caller":"admin"}]}), true);
        check(json!({"any":[]}), false);
        check(json!({"all":[{"method":"PUT"},{"caller":"x"}]}), false);
    }

    #[test]
    fn a_mistake_is_said_in_words() {
        let check = |matcher: Value, expected: &str| {
            let error = serde_json::from_value::<Matcher>(matcher).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(json!({"operation":"alfresco.getPersn"}), "did you mean `alfresco.getPerson`?");
        check(json!({"opration":"x"}), "unknown field `opration`, expected one of `operation`");
        check(json!({"caller":{"matches":"("}}), "`(` is no regular expression: unclosed group");
        check(json!({"body":{"a":{"gt":"x"}}}), "`gt` takes a number, not \"x\"");
    }

    #[test]
    fn differences_say_what_was_wanted_and_what_was_there() {
        let matcher = json!({"method":"GET","caller":"x","body":{"age":{"gt":9}}});
        let read: Matcher = serde_json::from_value(matcher).unwrap();
        let differences = read.differences(&sample());
        let lines: Vec<_> = differences
            .iter()
            .map(|it| format!("{}: {} / {}", it.at, it.expected, it.actual))
            .collect();
        assert_eq!(
            lines,
            ["method: GET / PUT", "caller: \"x\" / admin", "body/age: a number above 9 / 7"]
        );
    }

    #[test]
    fn a_star_stands_for_anything() {
        let check = |pattern, text, expected| {
            assert_eq!(is_glob(pattern, text), expected, "{pattern} {text}");
        };
        check("a*c", "abc", true);
        check("a*b*c", "aXbYc", true);
        check("a*a", "a", false);
        check("*", "", true);
        check("a", "ab", false);
        check("*b", "ab", true);
    }
}
