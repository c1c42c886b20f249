//! Browsers on other origins (`--cors`): the vendor's filter, opened for every origin and header.
//!
//! Tomcat's `CorsFilter`, which Alfresco ships switched off, answers a preflight before anyone is
//! authenticated and adds its headers to every answer, errors included. A request without an
//! `Origin` sees nothing of it.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderValue, Method, StatusCode};

use crate::http::{Request, Response};

/// The answer to a preflight; `None` if the request is none.
#[must_use]
pub fn preflight(request: &Request) -> Option<Response> {
    if request.method != Method::OPTIONS || !request.headers.contains_key(ORIGIN) {
        return None;
    }
    answer_preflight(request)
}

#[cold]
fn answer_preflight(request: &Request) -> Option<Response> {
    let method = request.headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let mut response = Response::empty(StatusCode::OK)
        .with(ACCESS_CONTROL_MAX_AGE, "10")
        .with(ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,HEAD,OPTIONS,PUT,DELETE,PATCH");
    // A verb that isn't listed is echoed, so that a client meets the vendor's 405 and not ours.
    if !["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"].iter().any(|it| it == method) {
        response.headers.to_mut().insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    }
    if let Some(headers) = request.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        response.headers.to_mut().insert(ACCESS_CONTROL_ALLOW_HEADERS, headers.clone());
    }
    Some(response)
}

/// Adds what lets a browser on another origin read the answer.
pub fn open(request: &Request, response: &mut Response) {
    // Most requests come from the same origin, and to go over their few headers is cheaper than to
    // ask the map.
    if !request.headers.keys().any(|name| *name == ORIGIN) {
        return;
    }
    let Some(origin) = request.headers.get(ORIGIN) else { return };
    let headers = response.headers.to_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if request.method != Method::OPTIONS {
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(
                "Access-Control-Allow-Origin,Access-Control-Allow-Credentials,Content-Disposition",
            ),
        );
    }
}
