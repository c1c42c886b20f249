use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};

use super::Headers;

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers but for `Content-Length`, `Date` and `Connection`, which the server writes.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// An answer without headers and without a body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: Headers::default(), body: Bytes::new() }
    }

    /// An answer with a body of a given type.
    #[must_use]
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Self::empty(status);
        response.headers.to_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response.body = body.into();
        response
    }

    /// The same answer with a header whose value is fixed.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.to_mut().insert(name, HeaderValue::from_static(value));
        self
    }
}
