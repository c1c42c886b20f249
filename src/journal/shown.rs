use std::borrow::Cow;
use std::cell::OnceCell;

use http::HeaderName;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::chunk::Part;
use super::redact::{self, Body, Hidden};
use super::{REQUEST_LIMIT, RESPONSE_LIMIT, Recorded};
use crate::scenarios::{ForcedBy, Subject};

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
        let line = String::from_utf8_lossy(entry.part(Part::Line));
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
        self.headers.get_or_init(|| headers(self.entry.part(Part::RequestHeaders)))
    }

    fn read_body(&self) -> &(Body, Hidden) {
        self.body.get_or_init(|| {
            let mut hidden = Hidden::default();
            let mut types = self.headers().iter().filter(|(name, _)| name == "content-type");
            let is_form = types.any(|(_, value)| value.contains("x-www-form-urlencoded"));
            let body = Body::of_request(self.entry.part(Part::RequestBody), is_form, &mut hidden);
            (body, hidden)
        })
    }

    /// One line about it, as lists and differences show it.
    #[must_use]
    pub fn line(&self) -> Value {
        json!({
            "id": self.entry.id,
            "operation": self.entry.operation.map(|it| it.name),
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
        json!({
            "id": entry.id,
            "at": entry.at.to_string(),
            "durationMs": (took.as_secs_f64() * 1e6).round() / 1e3,
            "vendor": entry.vendor.map(|it| it.name),
            "operation": self.entry.operation.map(|it| it.name),
            "personId": self.person_id(),
            "caller": entry.caller(),
            "request": {
                "method": self.method,
                "path": self.path,
                "query": gathered(redact::parameters(self.query.as_bytes())),
                "headers": gathered(self.headers().to_vec()),
                "body": shown_body(body),
                "bodyBytes": entry.request_bytes,
                "bodyIsCut": entry.request_bytes > REQUEST_LIMIT || entry.is_unread,
            },
            "response": {
                "status": status(entry.status),
                "headers": gathered(headers(entry.part(Part::ResponseHeaders))),
                "body": shown_body(&Body::of_response(entry.part(Part::ResponseBody), hidden)),
                "bodyBytes": entry.response_bytes,
                "bodyIsCut": entry.response_bytes > RESPONSE_LIMIT,
            },
            "problem": entry.problem,
            "forcedBy": entry.forced_by().map(ForcedBy::json),
        })
    }
}

impl Subject for Shown {
    fn operation(&self) -> Option<&'static str> {
        self.entry.operation.map(|operation| operation.name)
    }

    fn person_id(&self) -> Option<&str> {
        let template = self.entry.operation?.path;
        let index = template.split('/').position(|part| part == "{personId}")?;
        self.path.split('/').nth(index)
    }

    fn caller(&self) -> Option<&str> {
        self.entry.caller()
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

fn headers(lines: &[u8]) -> Vec<(String, String)> {
    lines
        .split(|&it| it == b'\n')
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
