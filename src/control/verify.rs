//! Whether the client did what a test expects of it.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Call, Problem};
use crate::app::App;
use crate::clock::deserialize_duration;
use crate::http::Response;
use crate::journal::{Journal, MASK, Shown};
use crate::outcome::{Outcome, Wait};
use crate::scenarios::{Count, Difference, Matcher};
use crate::sessions::Slot;

/// How long `wait` waits, unless the caller says otherwise, and how long at most.
const WAIT: Duration = Duration::from_secs(10);
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// What is said in the place of a value that a secret was compared with.
const SECRETS: &str = "something else; secrets can't be compared, only be `{\"absent\": false}`";

/// What `verify` and `wait` take: one matcher with a count, or a sequence of matchers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    when: Option<Matcher>,
    count: Option<Count>,
    sequence: Option<Vec<Matcher>>,
    #[serde(default, deserialize_with = "timeout")]
    timeout: Option<Duration>,
}

fn timeout<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let time: SignedDuration = deserialize_duration(deserializer)?;
    let time = Duration::try_from(time).ok().filter(|time| *time <= LONGEST_WAIT);
    time.map(Some).ok_or_else(|| {
        serde::de::Error::custom(format!("a wait lasts at most {} s", LONGEST_WAIT.as_secs()))
    })
}

/// An expectation that makes sense.
enum Wanted {
    Count(Box<Matcher>, Count),
    Sequence(Vec<Matcher>),
}

/// An expectation, and where to look whether it holds.
struct Question {
    wanted: Wanted,
    journal: Arc<Journal>,
    slot: Arc<Slot>,
}

/// `POST /__admin/requests/verify`
pub(super) fn verify(call: &Call<'_>) -> Result<Response, Problem> {
    let (question, _) = Question::read(call)?;
    question.answer()
}

/// `POST /__admin/requests/wait`: verifies again with each exchange until it holds.
pub(super) fn wait(call: &Call<'_>) -> Result<Outcome, Problem> {
    let (question, timeout) = Question::read(call)?;
    let slot = Arc::clone(call.slot);
    let question = Arc::new(question);
    let asked = Arc::clone(&question);
    let has_happened = move || asked.answer().is_ok();
    let then = move |_: &App| match question.answer() {
        Ok(response) => response.into(),
        Err(problem) => problem.response().into(),
    };
    let timeout = timeout.unwrap_or(WAIT);
    Ok(Outcome::Wait(Wait::new(slot, timeout, Box::new(has_happened), Box::new(then))))
}

impl Question {
    fn read(call: &Call<'_>) -> Result<(Self, Option<Duration>), Problem> {
        let Expectation { when, count, sequence, timeout } = call.body()?;
        let wanted = match (when, count, sequence) {
            (Some(when), count, None) => Wanted::Count(Box::new(when), count.unwrap_or_default()),
            (None, None, Some(sequence)) if !sequence.is_empty() => Wanted::Sequence(sequence),
            _ => {
                let error = "expected {\"when\":{…},\"count\":1} or {\"sequence\":[{…},{…}]}";
                return Err(Problem::BadBody { error: error.to_owned() });
            }
        };
        let (journal, slot) = (Arc::clone(&call.app.journal), Arc::clone(call.slot));
        Ok((Self { wanted, journal, slot }, timeout))
    }

    /// 200, or 406 with the difference.
    fn answer(&self) -> Result<Response, Problem> {
        let session = self.slot.session();
        let pages = &session.pages;
        let requests = self.journal.entries(pages);
        let lost = pages.recorded().saturating_sub(requests.len() as u64);
        let requests: Vec<Shown> = requests.into_iter().map(Shown::new).collect();
        let verdict = match &self.wanted {
            Wanted::Count(when, count) => by_count(when, *count, &requests),
            Wanted::Sequence(sequence) => by_sequence(sequence, &requests),
        };
        verdict.map(|members| super::json_with(StatusCode::OK, &members)).map_err(
            |(detail, mut members)| {
                members.insert("lost".to_owned(), lost.into());
                Problem::NotVerified { detail, members }
            },
        )
    }
}

/// What a verdict says, or why it is none.
type Verdict = Result<Map<String, Value>, (String, Map<String, Value>)>;

fn by_count(when: &Matcher, count: Count, requests: &[Shown]) -> Verdict {
    let found: Vec<_> = requests.iter().filter(|request| when.matches(*request)).collect();
    let ids: Vec<_> = found.iter().map(|request| request.entry.id).collect();
    let holds = count.holds(found.len() as u64);
    let mut members = Map::new();
    members.insert("verified".to_owned(), holds.into());
    members.insert("count".to_owned(), found.len().into());
    members.insert("requests".to_owned(), ids.into());
    if holds {
        return Ok(members);
    }
    let mut detail = format!(
        "expected {} of the requests to match, and {} of {} do",
        count.words(),
        found.len(),
        requests.len()
    );
    if (found.len() as u64) < count.least() {
        let others = requests.iter().filter(|request| !ids_hold(&found, request));
        add_nearest(when, others, &mut detail, &mut members);
    }
    Err((detail, members))
}

fn ids_hold(found: &[&Shown], request: &Shown) -> bool {
    found.binary_search_by_key(&request.entry.id, |it| it.entry.id).is_ok()
}

/// The matchers one after the other, with any number of other requests between.
fn by_sequence(sequence: &[Matcher], requests: &[Shown]) -> Verdict {
    let mut met = Vec::new();
    let mut rest = requests;
    let mut missing = None;
    for (index, step) in sequence.iter().enumerate() {
        let Some(at) = rest.iter().position(|request| step.matches(request)) else {
            missing = Some((index, step));
            break;
        };
        met.push(rest[at].entry.id);
        rest = &rest[at + 1..];
    }
    let mut members = Map::new();
    members.insert("verified".to_owned(), missing.is_none().into());
    members.insert("requests".to_owned(), met.clone().into());
    let Some((index, step)) = missing else { return Ok(members) };
    members.insert("missing".to_owned(), index.into());
    let after = met.last().map(|id| format!(" after request {id}")).unwrap_or_default();
    let mut detail =
        format!("step {} of {} isn't met by any request{after}", index + 1, sequence.len());
    add_nearest(step, rest.iter(), &mut detail, &mut members);
    Err((detail, members))
}

/// Adds the request that comes nearest to a matcher, and what is still wrong with it.
fn add_nearest<'r>(
    matcher: &Matcher,
    requests: impl DoubleEndedIterator<Item = &'r Shown>,
    detail: &mut String,
    members: &mut Map<String, Value>,
) {
    // Of equally near ones the newest.
    let nearest = requests
        .rev()
        .map(|request| (request, matcher.differences(request)))
        .min_by_key(|(_, differences)| differences.iter().map(weight).sum::<usize>());
    let Some((request, mut differences)) = nearest else {
        members.insert("nearest".to_owned(), Value::Null);
        return;
    };
    for difference in &mut differences {
        if difference.actual.contains(MASK) {
            // What it was compared with may be the very secret.
            SECRETS.clone_into(&mut difference.expected);
        }
    }
    if let Some(first) = differences.first() {
        let Difference { at, expected, actual } = first;
        // Writing to a string doesn't fail.
        let _ = write!(
            detail,
            "; nearest is request {}, whose {at} is {actual} and not {expected}",
            request.entry.id
        );
    }
    let differences: Vec<Value> = differences
        .iter()
        .map(|it| json!({ "at": it.at, "expected": it.expected, "actual": it.actual }))
        .collect();
    let nearest = json!({ "request": request.line(), "differences": differences });
    members.insert("nearest".to_owned(), nearest);
}

/// Another operation is farther away than another value.
fn weight(difference: &Difference) -> usize {
    if ["operation", "method", "path"].contains(&difference.at.as_str()) { 4 } else { 1 }
}
