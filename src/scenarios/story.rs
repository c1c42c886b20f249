//! A story that can be played: a file that was read, checked and made ready, so that an exchange
//! finds everything at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::delay::Delay;
use super::expect::Expectation;
use super::fault::Fault;
use super::format::{
    Action, Effect, ErrorName, Hold, RateLimit, Respond, RetryAfter, Rule, StoryFile,
};
use super::matcher::Matcher;
use super::operations::Operations;
use crate::dialects::{self, CatalogueEntry, Forced};
use crate::fixtures::{Step, nearest};
use crate::http::Response;

/// The state that a story begins in, unless it says another.
const START: &str = "start";

/// What a deed is called that does nothing.
pub(super) const PASS: &str = "pass";

/// How long an exchange is held, unless the story says so.
const HOLD: Duration = Duration::from_secs(5);

/// A scenario, ready to be played.
#[derive(Debug)]
pub(crate) struct Story {
    pub name: Box<str>,
    pub description: String,
    /// The file that it was read from, by which an edit is told from a touch.
    pub text: Bytes,
    /// Every state, the one that it begins in first.
    pub states: Vec<State>,
    pub(super) rules: Vec<ReadyRule>,
    pub(super) expect: Vec<Expectation>,
}

/// A state, and what counts in it.
#[derive(Debug)]
pub(crate) struct State {
    pub name: Box<str>,
    /// The operations that any of its rules is about.
    pub(super) operations: Operations,
    /// Its rules, in their order, as indices into those of the story.
    pub(super) rules: Vec<usize>,
}

/// A rule, ready to be asked.
#[derive(Debug)]
pub(super) struct ReadyRule {
    pub operations: Operations,
    pub when: Matcher,
    pub skip: u64,
    pub times: Option<u64>,
    pub every: Option<NonZeroU64>,
    pub chance: Option<f64>,
    pub after: Duration,
    pub lasts: Option<Duration>,
    pub rate_limit: Option<RateLimit>,
    pub deed: Arc<Deed>,
    /// The index of the state that follows.
    pub goto: Option<usize>,
}

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

/// Something that can't be meant, and where.
#[derive(Debug)]
pub(super) struct Mistake {
    pub steps: Vec<Step>,
    pub message: String,
}

/// Gives the bytes of a file beside a story, or says why not.
pub(super) type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Bytes, String>;

/// Gathers what can't be meant.
#[derive(Default)]
struct Check {
    steps: Vec<Step>,
    mistakes: Vec<Mistake>,
}

impl Check {
    fn refuse(&mut self, members: &[&str], message: String) {
        let inner = members.iter().map(|name| Step::Member((*name).to_owned()));
        let steps = self.steps.iter().cloned().chain(inner).collect();
        self.mistakes.push(Mistake { steps, message });
    }
}

impl Story {
    /// Makes a file ready, or says all that can't be meant.
    pub(super) fn ready(
        name: &str,
        file: StoryFile,
        read: ReadFile<'_>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut check = Check::default();
        let start = file.start.unwrap_or_else(|| START.to_owned());
        let mut names = vec![start];
        let targets = file.rules.iter().filter_map(|rule| rule.goto.as_ref());
        for target in targets {
            if !names.contains(target) {
                names.push(target.clone());
            }
        }
        let (mut rules, mut in_states) = (Vec::new(), Vec::new());
        for (index, rule) in file.rules.into_iter().enumerate() {
            check.steps = vec![Step::Member("rules".to_owned()), Step::Index(index)];
            in_states.push(states_of(&rule, &names, &mut check));
            rules.push(ready_rule(rule, &names, read, &mut check));
        }
        let state = |(index, name): (usize, String)| {
            let counts =
                |rule: &usize| in_states[*rule].as_ref().is_none_or(|it| it.contains(&index));
            let here: Vec<usize> = (0..rules.len()).filter(counts).collect();
            let operations =
                here.iter().fold(Operations::NONE, |all, &it| all.or(rules[it].operations));
            State { name: name.into(), operations, rules: here }
        };
        let states = names.into_iter().enumerate().map(state).collect();
        if !check.mistakes.is_empty() {
            return Err(check.mistakes);
        }
        Ok(Self {
            name: name.into(),
            description: file.description,
            text: Bytes::new(),
            states,
            rules,
            expect: file.expect,
        })
    }

    /// The index of a state.
    pub(super) fn state(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| &*state.name == name)
    }
}

/// The states in which a rule counts; all of them where it names none.
fn states_of(rule: &Rule, names: &[String], check: &mut Check) -> Option<BTreeSet<usize>> {
    let wanted = rule.states.as_ref()?;
    let mut states = BTreeSet::new();
    for state in &wanted.0 {
        if let Some(index) = names.iter().position(|it| it == state) {
            states.insert(index);
        } else {
            let near = nearest(state, names.iter().map(String::as_str));
            let cure = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
            let message = format!(
                "the story never comes to the state `{state}`: it doesn't start there, and no `goto` leads there{cure}"
            );
            check.refuse(&["in"], message);
        }
    }
    Some(states)
}

fn ready_rule(rule: Rule, names: &[String], read: ReadFile<'_>, check: &mut Check) -> ReadyRule {
    if rule.chance.is_some_and(|it| !(0.0..=1.0).contains(&it)) {
        check.refuse(&["chance"], "a chance lies between 0 and 1".to_owned());
    }
    let mut operations = rule.when.operations();
    let action = *rule.then.0;
    if let Some(error) = &action.error {
        match can_answer(error, operations) {
            Ok(those) => operations = those,
            Err(message) => check.refuse(&["then", "error"], message),
        }
    }
    let rate_limit = action.rate_limit;
    ReadyRule {
        operations,
        when: rule.when,
        skip: rule.skip,
        times: rule.times,
        every: rule.every,
        chance: rule.chance,
        after: rule.after.map_or(Duration::ZERO, |it| it.0),
        lasts: rule.lasts.map(|it| it.0),
        rate_limit,
        deed: Arc::new(ready_deed(action, read, check)),
        goto: rule.goto.and_then(|it| names.iter().position(|name| *name == it)),
    }
}

/// The operations, of those that are meant, that can answer an error; any can be made to answer any
/// status.
fn can_answer(error: &ErrorName, meant: Operations) -> Result<Operations, String> {
    let name = match error {
        ErrorName::Status(400..=599) => return Ok(meant),
        ErrorName::Status(status) => {
            return Err(format!("{status} is no error; expected a status from 400 to 599"));
        }
        ErrorName::Name(name) => name,
    };
    let is_meant = |row: &CatalogueEntry| row.id.eq_ignore_ascii_case(name);
    // Also requests that are no operation can be answered by what their vendor says to all.
    let can = Operations::those(|operation| {
        dialects::ALL.iter().any(|vendor| {
            let index = vendor.operations.iter().position(|it| it.name == operation);
            index.is_some_and(|index| vendor.rows(Some(index)).any(is_meant))
        })
    });
    let all = dialects::ALL.iter().flat_map(|vendor| vendor.catalogue);
    if all.clone().all(|row| !row.id.eq_ignore_ascii_case(name)) {
        let near = nearest(name, all.map(|row| row.id));
        let cure = near.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
        return Err(format!("there is no error `{name}` in the catalogue{cure}"));
    }
    let both = can.and(meant);
    if both.is_empty() {
        return Err(format!(
            "the operations that this rule is about can't answer `{name}`; `people-mock catalog OPERATION` lists what they can"
        ));
    }
    Ok(both)
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

fn ready_deed(action: Action, read: ReadFile<'_>, check: &mut Check) -> Deed {
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
        let header = (name.parse::<HeaderName>(), HeaderValue::from_str(value));
        if let (Ok(name), Ok(value)) = header {
            ready.append(name, value);
        } else {
            let members: Vec<_> = members.iter().copied().chain([name.as_str()]).collect();
            check.refuse(&members, format!("`{name}` and its value can't be a header"));
        }
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
    response.headers = ready_headers(&respond.headers, &["then", "respond", "headers"], check);
    response.body = body;
    if let Some(content_type) = content_type
        && !response.headers.contains_key(CONTENT_TYPE)
    {
        response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
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
