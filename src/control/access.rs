//! Who may make control calls (`--admin`).

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderName, HeaderValue};

use super::{MOUNT, Problem};
use crate::config::{Admin, AdminToken};
use crate::http::Request;
use crate::sessions::host;

/// What a container's probe asks, which has no token: always answered.
pub(super) const ALWAYS_OPEN: &[&str] = &["/health", "/ready"];

const TOKEN: HeaderName = HeaderName::from_static("x-mock-admin-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a call may be made.
pub(super) fn check(admin: &Admin, request: &Request, call: &str) -> Result<(), Problem> {
    if ALWAYS_OPEN.contains(&call) {
        return Ok(());
    }
    if *admin == Admin::Off {
        let path = crate::journal::redacted(call);
        return Err(Problem::UnknownPath { path: format!("{MOUNT}{path}") });
    }
    // A page that somebody looks at must not steer the mock behind it, whatever `--cors` lets it do
    // to the APIs. Its browser tells on it.
    if is_cross_origin(request) {
        return Err(Problem::CrossOrigin);
    }
    match admin {
        Admin::Token(token) if !shows(token, request) => Err(Problem::TokenNeeded),
        Admin::Local => check_host(request),
        _ => Ok(()),
    }
}

fn is_cross_origin(request: &Request) -> bool {
    // `none` is a person who typed the address.
    let is_foreign = |site: &HeaderValue| site != "same-origin" && site != "none";
    if request.headers.get(FETCH_SITE).is_some_and(is_foreign) {
        return true;
    }
    let Some(origin) = request.headers.get(ORIGIN) else { return false };
    let host = request.header(&HOST).or_else(|| Some(request.uri.authority()?.as_str()));
    let own = origin.to_str().ok().and_then(|origin| {
        let (scheme, rest) = origin.split_once("://")?;
        ["http", "https"].contains(&scheme).then_some(rest)
    });
    // Without a host there is nothing that the origin could be the same as.
    own.zip(host).is_none_or(|(own, host)| !own.eq_ignore_ascii_case(host))
}

fn shows(token: &AdminToken, request: &Request) -> bool {
    let bearer = request.headers.get(AUTHORIZATION).and_then(|value| {
        let (scheme, shown) = value.as_bytes().split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"Bearer ").then(|| shown.trim_ascii())
    });
    let header = request.headers.get(TOKEN).map(HeaderValue::as_bytes);
    [bearer, header].into_iter().flatten().any(|shown| token.is(shown))
}

/// Endings that nobody outside can have a name under (RFC 6761, 6762, 9476 and ICANN's `internal`).
const OWN_ENDINGS: &[&str] = &["localhost", "local", "internal", "test", "example", "invalid"];

/// A page from anywhere can have its own name lead to this machine, and then its requests come from
/// the same origin. They still carry that name, which is one that can be bought.
fn check_host(request: &Request) -> Result<(), Problem> {
    let Some(host) = host(request) else { return Ok(()) };
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let is_ours = match name.rsplit_once('.') {
        None => true,
        Some((_, ending)) => OWN_ENDINGS.contains(&ending),
    };
    if is_ours || address.parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    Err(Problem::ForeignHost { host: host.to_owned() })
}
