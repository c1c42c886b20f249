use http::StatusCode;

use super::{Call, Problem};
use crate::http::Response;

/// `POST /__admin/reset`: this session back to the seed.
pub(super) fn reset(call: &Call<'_>) -> Result<Response, Problem> {
    call.session.reset(&call.app.seeds.load());
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
