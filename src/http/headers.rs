use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use http::HeaderMap;

static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);

/// Headers that are made once, for many answers.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// For as long as the program runs.
    Static(&'static HeaderMap),
    /// For as long as something else lives, such as a picture.
    Shared(Arc<HeaderMap>),
}

impl Prepared {
    /// Whether these are the very same headers, and not others that say the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(&raw const **self, &raw const **other)
    }
}

impl Deref for Prepared {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        match self {
            Self::Static(headers) => headers,
            Self::Shared(headers) => headers,
        }
    }
}

/// The headers of an answer: its own, or prepared ones.
#[derive(Clone, Debug)]
pub struct Headers {
    prepared: Prepared,
    /// In a box, since an answer is handed on a lot and most have none.
    own: Option<Box<HeaderMap>>,
}

impl Headers {
    /// The same headers, if they are prepared ones and were not changed.
    #[must_use]
    pub fn as_prepared(&self) -> Option<&Prepared> {
        self.own.is_none().then_some(&self.prepared)
    }

    /// The headers as this answer's own, to be changed.
    pub fn to_mut(&mut self) -> &mut HeaderMap {
        self.own.get_or_insert_with(|| Box::new((*self.prepared).clone()))
    }

    /// The headers, to be sent.
    #[must_use]
    pub fn into_owned(self) -> HeaderMap {
        self.own.map_or_else(|| (*self.prepared).clone(), |own| *own)
    }
}

impl Deref for Headers {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        self.own.as_deref().unwrap_or(&self.prepared)
    }
}

impl Default for Headers {
    /// None at all.
    fn default() -> Self {
        Prepared::Static(&NONE).into()
    }
}

impl From<HeaderMap> for Headers {
    fn from(headers: HeaderMap) -> Self {
        Self { prepared: Prepared::Static(&NONE), own: Some(Box::new(headers)) }
    }
}

impl From<Prepared> for Headers {
    fn from(prepared: Prepared) -> Self {
        Self { prepared, own: None }
    }
}
