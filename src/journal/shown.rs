use std::borrow::Cow;
use std::cell::OnceCell;

use http::HeaderName;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::redact::{self, Body, Hidden};
use super::{REQUEST_LIMIT, RESPONSE_LIMIT, Recorded};
use crate::dialects;
use crate::scenarios::Subject;

/// An entry as it may be seen: without secrets. What isn't asked for isn't worked out.
pub struct Shown {
    /// What is shown.
    pub entry: Recorded,
    /// The path, decoded.
    pub path: String,
    method: String,
    query: String,
    headers: OnceCell<Vec<(String, String)>>,
    body: OnceCell<(Body, Hidden)>,
}

impl Shown {
    /// Looks at an entry.
    #[must_use]
    pub fn new(entry: Recorded) -> Self {
        let head = entry.part(0);
        let line = head.split(|&it| it == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let (method, target) = line.split_once(' ').unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = percent_decode_str(path).decode_utf8_lossy();
        Self {
            path: redact::loose(&path).into_owned(),
            method: redact::loose(method).into_owned(),
            query: query.to_owned(),
            headers: OnceCell::new(),
            body: OnceCell::new(),
            entry,
        }
    }

    fn headers(&self) -> &[(String, String)] {
        self.headers.get_or_init(|| headers(self.entry.part(0).splitn(2, |&it| it == b'\n').nth(1)))
    }

    fn read_body(&self) -> &(Body, Hidden) {
        self.body.get_or_init(|| {
            let mut hidden = Hidden::default();
            let mut types = self.headers().iter().filter(|(name, _)| name == "content-type");
            let is_form = types.any(|(_, value)| value.contains("x-www-form-urlencoded"));
            let body = Body::of_request(self.entry.part(1), is_form, &mut hidden);
            (body, hidden)
        })
    }

    /// The operation, if one was found.
    #[must_use]
    pub fn operation(&self) -> Option<&'static dialects::Operation> {
        let vendor = dialects::ALL.get(self.entry.vendor?)?;
        vendor.operations.get(self.entry.trail.operation?)
    }

    /// One line about it, as lists and differences show it.
    #[must_use]
    pub fn line(&self) -> Value {
        json!({
            "id": self.entry.id,
            "operation": self.operation().map(|it| it.name),
            "method": self.method,
            "path": self.path,
            "status": status(self.entry.status),
        })
    }

    /// All about it.
    #[must_use]
    pub fn json(&self) -> Value {
        let entry = &self.entry;
        let (body, hidden) = self.read_body();
        let took = entry.until.duration_since(entry.at);
        let mut response_headers = headers(Some(entry.part(2)));
        for (name, value) in entry.prepared.iter().flat_map(|it| it.iter()) {
            let value = String::from_utf8_lossy(value.as_bytes());
            response_headers.push((name.to_string(), redact::header(name.as_str(), &value).into()));
        }
        json!({
            "id": entry.id,
            "at": entry.at.to_string(),
            "durationMs": (took.as_secs_f64() * 1e6).round() / 1e3,
            "vendor": entry.vendor.and_then(|it| dialects::ALL.get(it)).map(|it| it.name),
            "operation": self.operation().map(|it| it.name),
            "personId": self.person_id(),
            "caller": Subject::caller(self),
            "request": {
                "method": self.method,
                "path": self.path,
                "query": gathered(redact::parameters(self.query.as_bytes())),
                "headers": gathered(self.headers().to_vec()),
                "body": shown_body(body),
                "bodyBytes": entry.request_bytes,
                "bodyIsCut": entry.request_bytes > REQUEST_LIMIT || entry.unread.is_some(),
            },
            "response": {
                "status": status(entry.status),
                "headers": gathered(response_headers),
                "body": shown_body(&Body::of_response(entry.part(3), hidden)),
                "bodyBytes": entry.response_bytes,
                "bodyIsCut": entry.response_bytes > RESPONSE_LIMIT,
            },
            "problem": entry.trail.problem,
            "forcedBy": entry.trail.forced_by.as_ref().map(|it| it.json()),
        })
    }
}

impl Subject for Shown {
    fn operation(&self) -> Option<&'static str> {
        Shown::operation(self).map(|operation| operation.name)
    }

    fn person_id(&self) -> Option<&str> {
        let template = Shown::operation(self)?.path;
        let index = template.split('/').position(|part| part == "{personId}")?;
        self.path.split('/').nth(index)
    }

    fn caller(&self) -> Option<&str> {
        self.entry.trail.caller.as_deref()
    }

    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn query(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        let all = redact::parameters(self.query.as_bytes()).into_iter();
        all.filter(move |(key, _)| key == name).map(|(_, value)| Cow::Owned(value))
    }

    fn header(&self, name: &HeaderName) -> impl Iterator<Item = Cow<'_, str>> {
        let all = self.headers().iter();
        all.filter(move |(key, _)| key.eq_ignore_ascii_case(name.as_str()))
            .map(|(_, value)| Cow::Borrowed(value.as_str()))
    }

    fn body(&self) -> Option<&Value> {
        match &self.read_body().0 {
            Body::Json(value) => Some(value),
            _ => None,
        }
    }
}

fn headers(lines: Option<&[u8]>) -> Vec<(String, String)> {
    let lines = lines.unwrap_or_default().split(|&it| it == b'\n');
    lines
        .filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), redact::header(name, value).into_owned()))
        })
        .collect()
}

/// Names with their values: a text, or a list of them if there are several.
fn gathered(pairs: Vec<(String, String)>) -> Value {
    let mut all = Map::new();
    for (name, value) in pairs {
        match all.get_mut(&name) {
            None => {
                all.insert(name, value.into());
            }
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    Value::Object(all)
}

fn shown_body(body: &Body) -> Value {
    match body {
        Body::None => Value::Null,
        Body::Json(value) => value.clone(),
        Body::Text(text) => text.as_str().into(),
    }
}

/// A status as it is shown: none where no answer came.
fn status(status: u16) -> Option<u16> {
    (status != 0).then_some(status)
}
