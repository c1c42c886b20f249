//! Who is calling: a bearer token, from the fixtures or any well-formed JWT.

use std::collections::BTreeMap;

use http::header::AUTHORIZATION;
use smol_str::SmolStr;

use super::person::id;
use super::{Problem, token};
use crate::http::Request;
use crate::sessions::Session;

/// The group whose members may do everything (facts §4.0 A-ROLE).
const ADMIN_GROUP: &str = "ecgAdmin";

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody, also without a token.
    Anyone,
    /// An administrator, or the person that it is about.
    Owner,
    /// An administrator.
    Admin,
}

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// The caller's own person id: what `createdBy`, `updatedBy` and `modifiedBy` show.
    pub(super) person_id: SmolStr,
    is_admin: bool,
}

/// What fixtures say about tokens.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tokens {
    by_text: BTreeMap<String, Caller>,
    /// The key that signs JWTs; without one no signature is checked.
    key: Option<String>,
    /// Who calls where nobody asks for credentials (`--auth off`).
    admin: Caller,
}

impl Default for Caller {
    /// An administrator whom no fixture names.
    fn default() -> Self {
        Self::new(id(uuid::Uuid::nil()), &[ADMIN_GROUP])
    }
}

impl Caller {
    /// A caller with the groups that a token gave.
    pub(super) fn new(person_id: SmolStr, groups: &[impl AsRef<str>]) -> Self {
        let is_admin = groups.iter().any(|group| group.as_ref() == ADMIN_GROUP);
        Self { person_id, is_admin }
    }

    /// Whether the caller may call an operation about this person.
    pub(super) fn may(&self, access: Access, person_id: &str) -> bool {
        match access {
            Access::Anyone => true,
            Access::Owner => self.is_admin || self.person_id.eq_ignore_ascii_case(person_id),
            Access::Admin => self.is_admin,
        }
    }
}

impl Tokens {
    /// The tokens of the fixtures, and the key of their server.
    pub(super) fn new(by_text: BTreeMap<String, Caller>, key: Option<String>) -> Self {
        let admin = by_text.values().find(|it| it.is_admin).cloned().unwrap_or_default();
        Self { by_text, key, admin }
    }
}

/// Who is calling, if the operation asks for that.
pub(super) fn caller(
    access: Access,
    session: &Session,
    request: &Request,
    tokens: &Tokens,
) -> Result<Caller, Problem> {
    let no_credentials = !request.headers.contains_key(AUTHORIZATION);
    if access == Access::Anyone || (no_credentials && !session.asks_for_credentials) {
        return Ok(tokens.admin.clone());
    }
    let token = request.header(&AUTHORIZATION).and_then(bearer).ok_or(Problem::Unauthorized)?;
    if let Some(caller) = tokens.by_text.get(token) {
        return Ok(caller.clone());
    }
    token::read(token, tokens.key.as_deref(), session.clock.now()).ok_or(Problem::Unauthorized)
}

/// The token of an `Authorization` header; the scheme's letter case makes no difference, as
/// passport-jwt sees it.
fn bearer(header: &str) -> Option<&str> {
    let mut words = header.split_ascii_whitespace();
    let scheme = words.next()?;
    let token = words.next()?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
