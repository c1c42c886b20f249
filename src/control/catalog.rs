use super::{Call, Problem, json};
use crate::catalog;
use crate::http::Response;

/// `GET /__admin/catalog`: everything that every operation can answer.
pub(super) fn all(call: &Call<'_>) -> Result<Response, Problem> {
    call.parameters(&[])?;
    Ok(json(&catalog::all(&call.app.seeds.load_full())))
}

/// `GET /__admin/catalog/{operation}`
pub(super) fn one(call: &Call<'_>) -> Result<Response, Problem> {
    call.parameters(&[])?;
    Ok(json(&catalog::one(call.name, &call.app.seeds.load_full())?))
}
