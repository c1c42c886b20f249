use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::matcher::Subject;
use crate::dialects::{self, Dialect};
use crate::http::{Path, Request};
use crate::router::Found;
use crate::sessions::Session;

/// A request that is being answered, as matchers look at it. What none of them asks for isn't
/// worked out.
pub(crate) struct Live<'a> {
    pub request: &'a Request,
    pub path: &'a Path<'a>,
    /// The index of the vendor, and what its router found.
    pub vendor: Option<usize>,
    pub found: &'a Found<'a>,
    pub session: &'a Session,
    body: OnceCell<Option<Value>>,
    caller: OnceCell<Option<Arc<str>>>,
}

impl<'a> Live<'a> {
    pub(crate) fn new(
        session: &'a Session,
        request: &'a Request,
        path: &'a Path<'a>,
        vendor: Option<usize>,
        found: &'a Found<'a>,
    ) -> Self {
        let (body, caller) = (OnceCell::new(), OnceCell::new());
        Self { request, path, vendor, found, session, body, caller }
    }

    /// The index of the operation.
    pub(crate) fn operation_index(&self) -> Option<usize> {
        match self.found {
            Found::Operation(found) => Some(found.index),
            _ => None,
        }
    }

    /// The world of the vendor.
    pub(crate) fn world(&self) -> Option<&'a dyn Dialect> {
        self.vendor.map(|vendor| self.session.world(vendor))
    }
}

impl Subject for Live<'_> {
    fn operation(&self) -> Option<&'static str> {
        let vendor = dialects::ALL.get(self.vendor?)?;
        vendor.operations.get(self.operation_index()?).map(|it| it.name)
    }

    fn person_id(&self) -> Option<&str> {
        match self.found {
            Found::Operation(found) => {
                Some(found.parameter("personId")).filter(|it| !it.is_empty())
            }
            _ => None,
        }
    }

    fn caller(&self) -> Option<&str> {
        let ask = || self.world()?.caller(self.session, self.request);
        self.caller.get_or_init(ask).as_deref()
    }

    fn method(&self) -> &str {
        self.request.method.as_str()
    }

    fn path(&self) -> &str {
        self.path
    }

    fn query(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        let pairs = self.request.query().pairs.into_iter();
        pairs.filter(move |(key, _)| key == name).map(|(_, value)| value)
    }

    fn header(&self, name: &HeaderName) -> impl Iterator<Item = Cow<'_, str>> {
        self.request.headers.get_all(name).iter().map(text)
    }

    fn body(&self) -> Option<&Value> {
        let read = || serde_json::from_slice(self.request.body.as_ref().ok()?).ok();
        self.body.get_or_init(read).as_ref()
    }
}

/// The value of a header; most are texts, and need not be gone through piece by piece.
pub(super) fn text(value: &HeaderValue) -> Cow<'_, str> {
    let bytes = value.as_bytes();
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
