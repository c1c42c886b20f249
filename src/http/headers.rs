use std::ops::Deref;
use std::sync::LazyLock;

use http::HeaderMap;

static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);

/// The headers of an answer: its own, or some that were made once for many answers.
#[derive(Clone, Debug)]
pub struct Headers {
    prepared: &'static HeaderMap,
    /// In a box, since an answer is handed on a lot and most have none.
    own: Option<Box<HeaderMap>>,
}

impl Headers {
    /// Headers that were made once for many answers.
    #[must_use]
    pub fn prepared(headers: &'static HeaderMap) -> Self {
        Self { prepared: headers, own: None }
    }

    /// The same headers, if they were made once for many answers and are still those.
    #[must_use]
    pub fn as_prepared(&self) -> Option<&'static HeaderMap> {
        self.own.is_none().then_some(self.prepared)
    }

    /// The headers as this answer's own, to be changed.
    pub fn to_mut(&mut self) -> &mut HeaderMap {
        self.own.get_or_insert_with(|| Box::new(self.prepared.clone()))
    }

    /// The headers, to be sent.
    #[must_use]
    pub fn into_owned(self) -> HeaderMap {
        self.own.map_or_else(|| self.prepared.clone(), |own| *own)
    }
}

impl Deref for Headers {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        self.own.as_deref().unwrap_or(self.prepared)
    }
}

impl Default for Headers {
    /// None at all.
    fn default() -> Self {
        Self::prepared(&NONE)
    }
}

impl From<HeaderMap> for Headers {
    fn from(headers: HeaderMap) -> Self {
        Self { prepared: &NONE, own: Some(Box::new(headers)) }
    }
}
