//! Avatars: a small PNG, whatever was uploaded (facts: people §8 to §10).

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, EXPIRES,
    IF_MODIFIED_SINCE, LAST_MODIFIED, PRAGMA, RANGE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;

use super::auth::Caller;
use super::person::{Avatar, Extras, Headers};
use super::picture::{self, PictureError};
use super::problem::Problem;
use super::sniff::sniff;
use super::{Answer, Call, reply};
use crate::http::{Prepared, Response};

/// What is shown of somebody without an avatar.
static PLACEHOLDER: &[u8] = include_bytes!("placeholder.png");

/// `GET /people/{personId}/avatar`
pub(super) fn get(call: &Call<'_>, caller: &Caller) -> Answer {
    let person = call.person(caller)?;
    // Anything but "true" is false, as Java's `Boolean.valueOf` has it.
    let flag = |name: &str, default: bool| {
        call.query.first(name).map_or(default, |value| value.eq_ignore_ascii_case("true"))
    };
    let is_attachment = flag("attachment", true);
    match &person.avatar {
        Some(avatar) => picture(call, avatar, is_attachment),
        None if flag("placeholder", call.world.seed.server.placeholder_default) => {
            placeholder(call, is_attachment)
        }
        None => Err(Problem::NoThumbnail),
    }
}

/// `PUT /people/{personId}/avatar`
pub(super) fn update(call: &Call<'_>, caller: &Caller) -> Answer {
    // A content type that is none stops the vendor before it looks at anything else.
    let content_type = call.request.header(&CONTENT_TYPE).unwrap_or_default();
    check_media_type(content_type)?;
    let server = &call.world.seed.server;
    if !server.thumbnails {
        return Err(Problem::ThumbnailsDisabled);
    }
    let person = call.person(caller)?;
    if !caller.may_change(&person) {
        return Err(Problem::PermissionDenied);
    }
    if content_type.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/")) {
        return Err(Problem::MultipartAvatar);
    }
    let body = call.body()?;
    let uploaded = body.len() as u64;
    if let Some(limit) = server.max_content_bytes.filter(|limit| uploaded > *limit) {
        return Err(Problem::ContentTooLarge { limit: limit.to_string() });
    }
    if server.storage_quota_bytes.is_some_and(|quota| uploaded > quota) {
        return Err(Problem::InsufficientStorage);
    }

    let sniffed = named_type(call).unwrap_or_else(|| sniff(body));
    if !sniffed.starts_with("image/") {
        return Err(Problem::NotAnImage { sniffed: sniffed.to_owned() });
    }
    let png = picture::thumbnail(body).map_err(|error| match error {
        PictureError::Unsupported | PictureError::Undecodable | PictureError::TooLarge => {
            Problem::UnsupportedTransform { sniffed: sniffed.to_owned() }
        }
    })?;

    // The rendition isn't made yet when the vendor answers, so its id is missing there.
    let mut changed = person.edited();
    changed.avatar = None;
    let extras = Extras { capabilities: None, ..changed.extras(true) };
    let usages = server.storage_quota_bytes;
    let body = changed.write(extras, usages, call.parameters.fields.as_deref());
    changed.avatar = Some(std::sync::Arc::new(Avatar {
        id: call.session.dice.uuid(),
        png: png.into(),
        uploaded,
        modified: call.session.clock.now(),
        headers: Headers::default(),
    }));
    call.world.people.put(changed);
    Ok(reply::json(StatusCode::OK, body))
}

/// `DELETE /people/{personId}/avatar`
pub(super) fn delete(call: &Call<'_>, caller: &Caller) -> Answer {
    let person = call.person(caller)?;
    if !caller.may_change(&person) {
        return Err(Problem::PermissionDenied);
    }
    if person.avatar.is_some() {
        let mut changed = person.edited();
        changed.avatar = None;
        call.world.people.put(changed);
    }
    Ok(reply::nothing(StatusCode::NO_CONTENT))
}

/// The answer with a real avatar. The facts' `Content-Language` is left out: which language the
/// vendor shows depends on a server's own settings.
fn picture(call: &Call<'_>, avatar: &Avatar, is_attachment: bool) -> Answer {
    if is_unmodified(call, avatar.modified) {
        return Ok(Response {
            headers: reply::framed(1).into(),
            ..Response::empty(StatusCode::NOT_MODIFIED)
        });
    }
    let headers = || {
        let mut headers = dated(avatar.modified);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=31536000"));
        headers
    };
    if call.request.headers.contains_key(RANGE) {
        return ranged(call, headers(), &avatar.png, is_attachment);
    }
    // Most often the whole picture is wanted, again and again.
    let headers = avatar.headers.0[usize::from(is_attachment)].get_or_init(|| {
        let mut headers = headers();
        insert_range(&mut headers, &(0..avatar.png.len()), avatar.png.len());
        insert_disposition(&mut headers, is_attachment);
        Arc::new(headers)
    });
    let headers = Prepared::Shared(Arc::clone(headers)).into();
    Ok(Response { status: StatusCode::OK, headers, body: avatar.png.clone() })
}

/// The answer with the placeholder, which is as new as the answer.
fn placeholder(call: &Call<'_>, is_attachment: bool) -> Answer {
    let mut headers = dated(call.session.clock.now());
    // Two blanks, as the vendor writes them.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=0,  must-revalidate"));
    ranged(call, headers, &Bytes::from_static(PLACEHOLDER), is_attachment)
}

fn dated(modified: Timestamp) -> HeaderMap {
    let mut headers = reply::framed(12);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png;charset=UTF-8"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // Left over from the headers that the vendor gives every success.
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(EXPIRES, reply::LONG_AGO);
    insert(&mut headers, ETAG, &format!("\"{}\"", modified.as_millisecond()));
    insert(&mut headers, LAST_MODIFIED, &httpdate::fmt_http_date(system_time(modified)));
    headers
}

/// The whole picture or the part that was asked for. `Content-Range` is there in both cases.
fn ranged(call: &Call<'_>, mut headers: HeaderMap, png: &Bytes, is_attachment: bool) -> Answer {
    let length = png.len();
    // The vendor cuts six characters off, whatever they are, and hears nothing of a shorter header
    // (ContentStreamer).
    let wanted = call.request.header(&RANGE).and_then(|it| it.get(6..)).filter(|it| !it.is_empty());
    let (status, range) = match wanted {
        None => (StatusCode::OK, 0..length),
        Some(wanted) => {
            let range = range(wanted, length).ok_or(Problem::RangeNotSatisfiable)?;
            (StatusCode::PARTIAL_CONTENT, range)
        }
    };
    insert_range(&mut headers, &range, length);
    insert_disposition(&mut headers, is_attachment);
    Ok(Response { status, headers: headers.into(), body: png.slice(range) })
}

fn insert_range(headers: &mut HeaderMap, range: &Range<usize>, length: usize) {
    let last = range.end.saturating_sub(1);
    insert(headers, CONTENT_RANGE, &format!("bytes {}-{last}/{length}", range.start));
}

fn insert_disposition(headers: &mut HeaderMap, is_attachment: bool) {
    if is_attachment {
        let value = "attachment; filename=\"avatar\"; filename*=UTF-8''avatar";
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(value));
    }
}

/// The bytes that a `Range` header asks for, as the vendor reads it: `bytes=-n` is **not** the end
/// but the beginning up to n (HttpRangeProcessor:574-619). Of several ranges the first is served.
fn range(wanted: &str, length: usize) -> Option<Range<usize>> {
    let (start, end) = wanted.split(',').next()?.trim().split_once('-')?;
    let start = if start.is_empty() { 0 } else { start.parse::<usize>().ok()? };
    let last = length.checked_sub(1)?;
    let end = if end.is_empty() { last } else { end.parse::<usize>().ok()?.min(last) };
    (start <= end).then_some(start..end + 1)
}

/// Whether the client has the picture already. A date that is none, such as the ISO dates of
/// `@alfresco/js-api`, is ignored (CS:249-276).
fn is_unmodified(call: &Call<'_>, modified: Timestamp) -> bool {
    let since = call.request.header(&IF_MODIFIED_SINCE);
    let since = since.and_then(|date| httpdate::parse_http_date(date).ok());
    let seconds = Duration::from_secs(u64::try_from(modified.as_second()).unwrap_or_default());
    since.is_some_and(|since| UNIX_EPOCH + seconds <= since)
}

/// A moment within the years that an HTTP date can show.
fn system_time(at: Timestamp) -> SystemTime {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(seconds.min(253_402_300_799))
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The type that `name=` in the query gives the content by its extension (NI:3180-3190).
fn named_type(call: &Call<'_>) -> Option<&'static str> {
    let name = call.query.first("name")?;
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "html" | "htm" => "text/html",
        "pdf" => "application/pdf",
        _ => return None,
    })
}

/// A `Content-Type` must be one, if there is any; the texts are Spring's.
fn check_media_type(content_type: &str) -> Result<(), Problem> {
    let full = content_type.split(';').next().unwrap_or_default().trim();
    if full.is_empty() || full == "*" {
        return Ok(());
    }
    let invalid =
        |why: &str| Problem::InvalidMimeType { why: format!("\"{content_type}\": {why}") };
    let Some((kind, subtype)) = full.split_once('/') else {
        return Err(invalid("does not contain '/'"));
    };
    if subtype.is_empty() {
        return Err(invalid("does not contain subtype after '/'"));
    }
    if kind.is_empty() {
        return Err(invalid("'type' must not be empty"));
    }
    for token in [kind, subtype] {
        let is_token = |it: char| it.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(it);
        if let Some(character) = token.chars().find(|it| !is_token(*it)) {
            return Err(invalid(&format!(
                "Invalid token character '{character}' in token \"{token}\""
            )));
        }
    }
    Ok(())
}
