//! The journal: what this session's client has asked.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Problem};
use crate::http::Response;
use crate::journal::Shown;
use crate::scenarios::Matcher;

/// How many requests are shown unless the caller wants more.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 10_000;

/// The exchanges of the call's session, newest first.
pub(super) fn newest_first(call: &Call<'_>) -> impl Iterator<Item = Shown> + use<> {
    call.app.journal.entries(&call.slot.session().pages).into_iter().rev().map(Shown::new)
}

/// `GET /__admin/requests`
pub(super) fn list(call: &Call<'_>) -> Result<Response, Problem> {
    let mut filter = json!({});
    let (mut after, mut before, mut limit) = (0, u64::MAX, PAGE);
    let mut status = None;
    let known = ["after", "before", "limit", "operation", "status", "personId"];
    for (name, value) in call.parameters(&known)? {
        match name.as_str() {
            "after" => after = number(&name, &value)?,
            "before" => before = number(&name, &value)?,
            "limit" => limit = usize::try_from(number(&name, &value)?).unwrap_or(LARGEST_PAGE),
            "status" => status = Some(Status::read(&value)?),
            _ => filter[name] = value.into(),
        }
    }
    if limit > LARGEST_PAGE {
        let error = format!("`limit` is at most {LARGEST_PAGE}");
        return Err(Problem::BadParameter { error });
    }
    let filter: Matcher = serde_json::from_value(filter)
        .map_err(|error| Problem::BadParameter { error: error.to_string() })?;

    let mut total = 0;
    let mut page = Vec::new();
    for request in newest_first(call) {
        let entry = &request.entry;
        let is_wanted = (after + 1..before).contains(&entry.id)
            && status.as_ref().is_none_or(|wanted| wanted.holds(entry.status))
            && filter.matches(&request);
        if is_wanted {
            total += 1;
            if page.len() < limit {
                page.push(request.json());
            }
        }
    }
    Ok(super::json(&json!({ "requests": page, "meta": { "total": total, "lost": lost(call) } })))
}

/// How many requests of this session had to make room for newer ones of any session.
pub(super) fn lost(call: &Call<'_>) -> u64 {
    let pages = &call.slot.session().pages;
    let kept = call.app.journal.entries(pages).len() as u64;
    pages.recorded().saturating_sub(kept)
}

/// `DELETE /__admin/requests`: forgets them.
pub(super) fn clear(call: &Call<'_>) -> Result<Response, Problem> {
    call.slot.session().pages.clear();
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// The request that the call's path names.
pub(super) fn named(call: &Call<'_>) -> Result<Shown, Problem> {
    let entry = call.name.parse().ok();
    let entry = entry.and_then(|id| call.app.journal.entry(&call.slot.session().pages, id));
    let id = || crate::journal::redacted(call.name).into_owned();
    entry.map(Shown::new).ok_or_else(|| Problem::NoRequest { id: id() })
}

/// `GET /__admin/requests/{id}`
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    Ok(super::json(&named(call)?.json()))
}

/// What `count` and `find` take.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    #[serde(default)]
    when: Matcher,
    limit: Option<usize>,
}

/// `POST /__admin/requests/count`
pub(super) fn count(call: &Call<'_>) -> Result<Response, Problem> {
    let Search { when, .. } = call.body()?;
    let count = newest_first(call).filter(|request| when.matches(request)).count();
    Ok(super::json(&json!({ "count": count })))
}

/// `POST /__admin/requests/find`
pub(super) fn find(call: &Call<'_>) -> Result<Response, Problem> {
    let Search { when, limit } = call.body()?;
    let limit = limit.unwrap_or(PAGE).min(LARGEST_PAGE);
    let found: Vec<_> = newest_first(call).filter(|request| when.matches(request)).collect();
    let page: Vec<Value> = found.iter().take(limit).map(Shown::json).collect();
    let meta = json!({ "total": found.len(), "lost": lost(call) });
    Ok(super::json(&json!({ "requests": page, "meta": meta })))
}

fn number(name: &str, value: &str) -> Result<u64, Problem> {
    let error = || format!("`{name}` is a whole number, not `{value}`");
    value.parse().map_err(|_| Problem::BadParameter { error: error() })
}

/// A status, or a class of them as `4xx`.
enum Status {
    One(u16),
    Class(u16),
}

impl Status {
    fn read(text: &str) -> Result<Self, Problem> {
        let read = match text.to_ascii_lowercase().strip_suffix("xx") {
            Some(class) => class.parse().ok().filter(|it| (1..=9).contains(it)).map(Self::Class),
            None => text.parse().ok().filter(|it| (100..1000).contains(it)).map(Self::One),
        };
        let error = || format!("`status` is a number, or a class as `4xx`, not `{text}`");
        read.ok_or_else(|| Problem::BadParameter { error: error() })
    }

    fn holds(&self, status: u16) -> bool {
        match *self {
            Self::One(one) => status == one,
            Self::Class(class) => status / 100 == class,
        }
    }
}
