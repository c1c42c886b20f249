//! How a request says to which session it belongs.
//!
//! Four ways, of which the first that is there counts: the path prefix `/__session/{id}`, the
//! header `X-Mock-Session`, the cookie `mock-session`, and the host name `{id}.localhost`.

use http::header::{COOKIE, HOST};
use http::uri::PathAndQuery;
use http::{HeaderName, Uri};
use percent_encoding::percent_decode_str;

use crate::http::Request;

/// The path that a session's id follows.
const PREFIX: &str = "/__session/";
const HEADER: HeaderName = HeaderName::from_static("x-mock-session");
const COOKIE_NAME: &str = "mock-session";
const HOST_SUFFIX: &[u8] = b".localhost";

/// How long a name may be.
const LONGEST: usize = 64;

/// A name that can't be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name; one has 1 to {LONGEST} letters, digits, dots, underscores and hyphens, and not dots alone"
)]
pub struct BadName(pub String);

/// Checks the name of a session or a snapshot.
pub fn check_name(name: &str) -> Result<(), BadName> {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    let is_good = (1..=LONGEST).contains(&name.len())
        && name.bytes().all(is_part)
        // `.` and `..` have a meaning in a path, and clients take them out of it.
        && name.bytes().any(|it| it != b'.');
    if is_good { Ok(()) } else { Err(BadName(name.chars().take(LONGEST).collect())) }
}

/// Finds the session that a request names. A prefix is cut off its path, so that nobody else sees
/// it.
pub(crate) fn take(request: &mut Request) -> Result<Option<Box<str>>, BadName> {
    let id = match take_prefix(request) {
        Some(id) => Some(id),
        None => named_beside_the_path(request),
    };
    id.map(|id| check_name(&id).map(|()| id)).transpose()
}

fn take_prefix(request: &mut Request) -> Option<Box<str>> {
    request.uri.path().starts_with(PREFIX).then(|| cut_prefix(request))?
}

#[cold]
fn cut_prefix(request: &mut Request) -> Option<Box<str>> {
    let rest = request.uri.path().strip_prefix(PREFIX)?;
    let (id, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let id = percent_decode_str(id).decode_utf8_lossy().into();
    let path = if path.is_empty() { "/" } else { path };
    let target = match request.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = request.uri.clone().into_parts();
    // What follows a slash in a target is a target too, and this never fails.
    parts.path_and_query = PathAndQuery::from_maybe_shared(target).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.uri = uri;
    }
    Some(id)
}

fn named_beside_the_path(request: &Request) -> Option<Box<str>> {
    // Nearly no request has them, and to go over its few headers once is cheaper than to ask twice.
    let is_way = |name: &HeaderName| *name == HEADER || *name == COOKIE;
    if request.headers.keys().any(is_way) {
        if let Some(id) = request.first(&HEADER) {
            return Some(String::from_utf8_lossy(id.as_bytes()).trim().into());
        }
        if let Some(id) = request.cookie(COOKIE_NAME) {
            return Some(id.into());
        }
    }
    let id = host_bytes(request)?.strip_suffix(HOST_SUFFIX)?;
    Some(str::from_utf8(id).ok()?.into())
}

/// The name of the host that a request is for, without its port.
pub(crate) fn host(request: &Request) -> Option<&str> {
    str::from_utf8(host_bytes(request)?).ok()
}

fn host_bytes(request: &Request) -> Option<&[u8]> {
    let host = match request.first(&HOST) {
        Some(host) => host.as_bytes(),
        None => request.uri.authority()?.as_str().as_bytes(),
    };
    // The port follows the last colon, unless that colon is inside of an IPv6 address.
    Some(match host.iter().rposition(|it| *it == b':') {
        Some(colon) if !host.ends_with(b"]") => &host[..colon],
        _ => host,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use super::*;

    fn request(path: &str, headers: &[(HeaderName, &'static str)]) -> Request {
        let mut request = Request::new(Method::GET, path.parse().unwrap());
        for (name, value) in headers {
            request.headers.append(name, HeaderValue::from_static(value));
        }
        request
    }

    #[test]
    fn the_first_of_the_four_ways_counts() {
        let check = |path, headers: &[_], expected: Option<&str>| {
            let id = take(&mut request(path, headers)).unwrap();
            assert_eq!(id.as_deref(), expected, "{path} {headers:?}");
        };
        let all = [
            (HEADER, "by-header"),
            (COOKIE, "a=b; mock-session=by-cookie; c=d"),
            (HOST, "by.host.localhost:8080"),
        ];
        check("/__session/by-path/x", &all, Some("by-path"));
        check("/x", &all, Some("by-header"));
        check("/x", &all[1..], Some("by-cookie"));
        check("/x", &all[2..], Some("by.host"));
        check("/x", &[(HOST, "localhost:8080")], None);
        check("/x", &[(HOST, "[::1]:8080")], None);
        check("http://w7.localhost/x", &[], Some("w7"));
        check("/__sessions/x", &[], None);
    }

    #[test]
    fn a_prefix_is_cut_off_and_the_query_stays() {
        let check = |path, expected| {
            let mut request = request(path, &[]);
            take(&mut request).unwrap();
            assert_eq!(request.uri.to_string(), expected, "{path}");
        };
        check("/__session/a/people?x=%20y", "/people?x=%20y");
        check("/__session/a%2Db/people/%zz", "/people/%zz");
        check("/__session/a", "/");
        check("/__session/a/__session/b", "/__session/b");
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        for path in ["/__session//x", "/__session/..%2f/x", "/__session/a%20b/x"] {
            assert!(take(&mut request(path, &[])).is_err(), "{path}");
        }
        assert!(take(&mut request("/", &[(HEADER, "")])).is_err());
        assert!(check_name("..").is_err());
        assert!(check_name(&"x".repeat(65)).is_err());
        assert!(check_name(&"x".repeat(64)).is_ok());
    }
}
