//! What a rule does to an exchange, made ready, so that nothing of it has to be worked out while a
//! client waits.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::delay::Delay;
use super::fault::Fault;
use super::format::{Action, Effect, ErrorName, Hold, Respond, RetryAfter};
use super::matcher::Matcher;
use super::story::{Check, ReadFile};
use crate::dialects::{self, Forced};
use crate::http::Response;

/// The headers that tell where a body ends. A wrong one would break the connection, or the exchange
/// after this, in ways that nobody chose.
const FRAMING: [HeaderName; 2] = [CONTENT_LENGTH, TRANSFER_ENCODING];

/// What a deed is called that does nothing.
pub(super) const PASS: &str = "pass";

/// How long an exchange is held, unless the story says so.
const HOLD: Duration = Duration::from_secs(5);

/// What a rule does, ready to be done.
#[derive(Debug)]
pub(crate) struct Deed {
    pub answer: Answer,
    pub(super) effect: Effect,
    pub headers: HeaderMap,
    pub(super) delay: Option<Delay>,
    pub bytes_per_second: Option<NonZeroU64>,
    pub fault: Option<Fault>,
    pub hold: Option<ReadyHold>,
    /// It in words.
    pub words: Box<str>,
}

/// Where the answer comes from.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// From the vendor, as always.
    Natural,
    /// From the vendor, with this changed.
    Patched(Value),
    /// The vendor's own error.
    Error(Forced),
    /// From the story.
    Fixed(Response),
}

/// Until when an exchange waits.
#[derive(Debug)]
pub(crate) struct ReadyHold {
    pub until: Matcher,
    pub timeout: Duration,
}

/// The error that a name or a status means.
pub(super) fn forced(error: &ErrorName) -> Option<Forced> {
    match error {
        ErrorName::Status(status) => {
            (400..=599).contains(status).then_some(Forced::Status(*status))
        }
        ErrorName::Name(name) => {
            let mut all = dialects::ALL.iter().flat_map(|vendor| vendor.catalogue);
            all.find(|row| row.id.eq_ignore_ascii_case(name)).map(|row| Forced::Problem(row.id))
        }
    }
}

pub(super) fn ready_deed(action: Action, read: ReadFile<'_>, check: &mut Check) -> Deed {
    let words = words(&action).into();
    let answers = [action.error.is_some(), action.respond.is_some(), action.patch.is_some()];
    if answers.iter().filter(|it| **it).count() > 1 {
        let message = "`error`, `respond` and `patch` each make the answer; keep one of them";
        check.refuse(&["then"], message.to_owned());
    }
    let mut headers = ready_headers(&action.headers, &["then", "headers"], check);
    if let Some(RetryAfter(time)) = action.retry_after {
        let seconds = time.0.as_secs() + u64::from(time.0.subsec_nanos() > 0);
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    let answer = match (&action.error, action.respond, action.patch) {
        (Some(error), ..) => forced(error).map_or(Answer::Natural, Answer::Error),
        (None, Some(respond), _) => Answer::Fixed(fixed(respond, read, check)),
        (None, None, Some(patch)) => Answer::Patched(patch),
        (None, None, None) if action.rate_limit.is_some() => {
            Answer::Error(Forced::Status(StatusCode::TOO_MANY_REQUESTS.as_u16()))
        }
        (None, None, None) => Answer::Natural,
    };
    if action.after.is_some() && action.fault.is_none_or(|it| it.0 != "truncate") {
        let message = "in `then`, `after` says how much of the body `\"fault\": \"truncate\"` lets by; to let time go by, put `after` beside `then`";
        check.refuse(&["then", "after"], message.to_owned());
    }
    if action.rate_limit.is_some_and(|it| it.per.0.is_zero()) {
        check.refuse(&["then", "rateLimit", "per"], "this time must not be zero".to_owned());
    }
    let fault = action.fault.and_then(|name| match name.0 {
        "reset" => Some(Fault::Reset),
        "close" => Some(Fault::Close),
        "truncate" => Some(Fault::Truncate { after: action.after.unwrap_or_default() }),
        "malformedChunk" => Some(Fault::MalformedChunk),
        "garbage" => Some(Fault::Garbage),
        "hang" => Some(Fault::Hang),
        "wrongLength" => Some(Fault::WrongLength),
        _ => None,
    });
    let ready_hold =
        |Hold { until, timeout }| ReadyHold { until, timeout: timeout.map_or(HOLD, |it| it.0) };
    Deed {
        answer,
        effect: action.effect.unwrap_or_default(),
        headers,
        delay: action.delay,
        bytes_per_second: action.bytes_per_second,
        fault,
        hold: action.hold.map(ready_hold),
        words,
    }
}

impl Deed {
    /// How long an exchange is held.
    pub(crate) fn hold_timeout(&self) -> Duration {
        self.hold.as_ref().map_or(Duration::ZERO, |it| it.timeout)
    }

    /// A plain error.
    pub(super) fn error(forced: Forced) -> Self {
        let words = match forced {
            Forced::Status(status) => format!("error {status}"),
            Forced::Problem(id) => format!("error {id}"),
        };
        Self {
            answer: Answer::Error(forced),
            effect: Effect::Before,
            headers: HeaderMap::new(),
            delay: None,
            bytes_per_second: None,
            fault: None,
            hold: None,
            words: words.into(),
        }
    }
}

/// What an action does, in a few words.
fn words(action: &Action) -> String {
    let mut words = Vec::new();
    match &action.error {
        Some(ErrorName::Status(status)) => words.push(format!("error {status}")),
        Some(ErrorName::Name(name)) => words.push(format!("error {name}")),
        None => {}
    }
    if let Some(respond) = &action.respond {
        words.push(format!("respond {}", respond.status.unwrap_or(200)));
    }
    if let Some(fault) = action.fault {
        words.push(format!("fault {}", fault.0));
    }
    let others = [
        ("patch", action.patch.is_some()),
        ("rateLimit", action.rate_limit.is_some()),
        ("hold", action.hold.is_some()),
        ("delay", action.delay.is_some()),
        ("headers", !action.headers.is_empty() || action.retry_after.is_some()),
        ("bytesPerSecond", action.bytes_per_second.is_some()),
    ];
    words.extend(others.iter().filter(|it| it.1).map(|it| it.0.to_owned()));
    if words.is_empty() { PASS.to_owned() } else { words.join(", ") }
}

fn ready_headers(
    headers: &BTreeMap<String, String>,
    members: &[&str],
    check: &mut Check,
) -> HeaderMap {
    let mut ready = HeaderMap::new();
    for (name, value) in headers {
        let message = match (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            (Ok(name), _) if FRAMING.contains(&name) => format!(
                "`{name}` follows from the body; to spoil it there are `\"fault\": \"wrongLength\"` and `\"malformedChunk\"`"
            ),
            (Ok(name), Ok(value)) => {
                ready.append(name, value);
                continue;
            }
            _ => format!("`{name}` and its value can't be a header"),
        };
        let members: Vec<_> = members.iter().copied().chain([name.as_str()]).collect();
        check.refuse(&members, message);
    }
    ready
}

/// The answer that a story gives in full.
fn fixed(respond: Respond, read: ReadFile<'_>, check: &mut Check) -> Response {
    let at = |member: &'static str| ["then", "respond", member];
    let status = respond.status.unwrap_or(200);
    let known = StatusCode::from_u16(status).ok().filter(|_| (200..=599).contains(&status));
    if known.is_none() {
        let message = format!("{status} is no status of an answer; expected one from 200 to 599");
        check.refuse(&at("status"), message);
    }
    let bodies = [&respond.text, &respond.file, &respond.base64];
    if bodies.iter().filter(|it| it.is_some()).count() + usize::from(respond.json.is_some()) > 1 {
        let message = "`json`, `text`, `file` and `base64` each are the body; keep one of them";
        check.refuse(&["then", "respond"], message.to_owned());
    }
    let (content_type, body) = if let Some(json) = respond.json {
        (Some("application/json"), Bytes::from(json.to_string()))
    } else if let Some(text) = respond.text {
        (Some("text/plain; charset=utf-8"), text.into())
    } else if let Some(name) = respond.file {
        let bytes = read(&name).unwrap_or_else(|message| {
            check.refuse(&at("file"), message);
            Bytes::new()
        });
        (content_type_of(&name), bytes)
    } else if let Some(text) = respond.base64 {
        let bytes = STANDARD.decode(text.trim()).unwrap_or_else(|error| {
            check.refuse(&at("base64"), format!("this is no Base64: {error}"));
            Vec::new()
        });
        (None, bytes.into())
    } else {
        (None, Bytes::new())
    };
    let mut response = Response::empty(known.unwrap_or_default());
    response.headers =
        ready_headers(&respond.headers, &["then", "respond", "headers"], check).into();
    response.body = body;
    if let Some(content_type) = content_type
        && !response.headers.contains_key(CONTENT_TYPE)
    {
        response.headers.to_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

/// The content type that a file's name promises.
fn content_type_of(name: &str) -> Option<&'static str> {
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match extension.as_str() {
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "xml" => "application/xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
