use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::catalog::UnknownOperation;
use crate::dialects;
use crate::http::Response;
use crate::journal;
use crate::scenarios::TooManyFaults;
use crate::sessions::{BadName, NotMade, TooManySnapshots};

/// What can go wrong with a control call, told as an RFC 9457 problem document.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error(
        "nothing is served at `{path}`; the APIs are under {}, and the mock's own calls under /__admin",
        mounts()
    )]
    NotMounted { path: String },
    #[error("there is no control call `{path}`")]
    UnknownPath { path: String },
    #[error("this control call doesn't take {method}")]
    WrongVerb { method: Method, allowed: Vec<Method> },
    #[error(
        "this control call needs the admin token, as `Authorization: Bearer TOKEN` or `X-Mock-Admin-Token: TOKEN`"
    )]
    TokenNeeded,
    #[error("a page of another origin may not use the control API")]
    CrossOrigin,
    #[error(
        "the control API is for this machine, and `{host}` is no name of it; `--admin open` or `--admin token` serves other names"
    )]
    ForeignHost { host: String },
    #[error("the body can't be read: {error}")]
    BadBody { error: String },
    #[error("the body is longer than `--max-body`, which is {limit} bytes")]
    BodyTooLarge { limit: u64 },
    #[error("the query can't be read: {error}")]
    BadParameter { error: String },
    #[error("the session's id can't be one: {0}")]
    BadSession(BadName),
    #[error("{0}")]
    BadName(#[from] BadName),
    #[error("there is no session `{id}`")]
    NoSession { id: String },
    #[error("the session `default` can't be dropped; reset it instead")]
    DefaultStays,
    #[error("{0}")]
    NotMade(#[from] NotMade),
    #[error("there is no snapshot `{name}` in this session")]
    NoSnapshot { name: String },
    #[error("{0}")]
    TooManySnapshots(#[from] TooManySnapshots),
    #[error("{0}")]
    UnknownOperation(#[from] UnknownOperation),
    #[error("there is no request `{id}` in this session's journal")]
    NoRequest { id: String },
    #[error("there is no OpenAPI document `{name}`; there are {names}")]
    NoDocument { name: String, names: String },
    #[error("{detail}")]
    NoScenario { detail: String },
    #[error(
        "the scenario `{name}` isn't running in this session; start it with POST /__admin/scenarios/{name}/start"
    )]
    ScenarioNotRunning { name: String },
    #[error("there is no fault `{id}` in this session")]
    NoFault { id: String },
    #[error("{0}")]
    TooManyFaults(#[from] TooManyFaults),
    #[error("{detail}")]
    NotVerified { detail: String, members: Map<String, Value> },
    #[error("the answer can't be written: {error}")]
    Unwritable { error: String },
}

fn mounts() -> String {
    let mounts: Vec<_> = dialects::ALL.iter().flat_map(|vendor| vendor.mounts).copied().collect();
    mounts.join(", ")
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotMounted { .. }
            | Self::UnknownPath { .. }
            | Self::NoSession { .. }
            | Self::NotMade(NotMade::NoSource(_))
            | Self::NoSnapshot { .. }
            | Self::NoRequest { .. }
            | Self::NoDocument { .. }
            | Self::UnknownOperation(_)
            | Self::NoScenario { .. }
            | Self::NoFault { .. } => StatusCode::NOT_FOUND,
            Self::WrongVerb { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::TokenNeeded => StatusCode::UNAUTHORIZED,
            Self::CrossOrigin | Self::ForeignHost { .. } => StatusCode::FORBIDDEN,
            Self::BadBody { .. }
            | Self::BadParameter { .. }
            | Self::BadSession(_)
            | Self::BadName(_) => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::DefaultStays
            | Self::NotMade(NotMade::Exists(_))
            | Self::TooManySnapshots(_)
            | Self::TooManyFaults(_)
            | Self::ScenarioNotRunning { .. } => StatusCode::CONFLICT,
            Self::NotVerified { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::Unwritable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn response(&self) -> Response {
        let status = self.status();
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            // Callers are shown their own words, and those may hold a ticket.
            "detail": journal::redacted(&self.to_string()),
        });
        if let (Self::NotVerified { members, .. }, Some(body)) = (self, body.as_object_mut()) {
            body.extend(members.clone());
        }
        let mut response = Response::new(status, "application/problem+json", body.to_string());
        if let Self::WrongVerb { allowed, .. } = self {
            let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
            if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
                response.headers.to_mut().insert(ALLOW, allowed);
            }
        }
        if matches!(self, Self::TokenNeeded) {
            response = response.with(WWW_AUTHENTICATE, "Bearer realm=\"people-mock\"");
        }
        response
    }
}
