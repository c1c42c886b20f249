use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};
use serde_json::json;

use crate::dialects;
use crate::http::Response;

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
    #[error("the body can't be read: {error}")]
    BadBody { error: String },
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
            Self::NotMounted { .. } | Self::UnknownPath { .. } => StatusCode::NOT_FOUND,
            Self::WrongVerb { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadBody { .. } => StatusCode::BAD_REQUEST,
            Self::Unwritable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn response(&self) -> Response {
        let status = self.status();
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        let mut response = Response::new(status, "application/problem+json", body.to_string());
        if let Self::WrongVerb { allowed, .. } = self {
            let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
            if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
                response.headers.insert(ALLOW, allowed);
            }
        }
        response
    }
}
