use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::{Path, Query};

/// One request, read whole and owned, so that an answer can be worked out without waiting.
#[derive(Clone, Debug)]
pub struct Request {
    /// The verb, as sent.
    pub method: Method,
    /// The target, as sent: percent-encoded, with its query.
    pub uri: Uri,
    /// All headers, in the order of arrival for each name.
    pub headers: HeaderMap,
    /// The body, or why there is none.
    ///
    /// A dialect meets the error at the moment at which its vendor would read the body, so that
    /// an unknown path is still a 404 and a missing credential still a 401.
    pub body: Result<Bytes, UnreadBody>,
}

/// Why a body wasn't read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadBody {
    /// It is longer than `--max-body`, and wasn't kept.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// It broke off, or its chunks are malformed.
    Broken,
}

impl Request {
    /// A request without headers and without a body, for tests and for calls from inside.
    #[must_use]
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: HeaderMap::new(), body: Ok(Bytes::new()) }
    }

    /// The path, decoded; see [`Path`].
    #[must_use]
    pub fn path(&self) -> Path<'_> {
        Path::decode(self.uri.path())
    }

    /// The query, decoded; see [`Query`].
    #[must_use]
    pub fn query(&self) -> Query<'_> {
        Query::decode(self.uri.query().unwrap_or_default())
    }

    /// The value of a cookie, without quotes around it.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
        let mut pairs =
            cookies.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"'))
    }

    /// The first value of a header. To go over the few headers of a request takes less than to ask
    /// the map, which makes a hash of the name.
    #[must_use]
    pub fn first(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value)
    }

    /// The first value of a header, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.first(name).and_then(|value| value.to_str().ok())
    }
}
