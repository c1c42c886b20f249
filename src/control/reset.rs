use http::StatusCode;

use super::{Call, Problem};
use crate::http::Response;

/// `POST /__admin/reset`: this session back to the seed; `?keep=journal` leaves the journal.
pub(super) fn reset(call: &Call<'_>) -> Result<Response, Problem> {
    let mut keeps_journal = false;
    for (_, value) in call.parameters(&["keep"])? {
        if value != "journal" {
            let error = format!("`keep={value}` is unknown; what can be kept: `journal`");
            return Err(Problem::BadParameter { error });
        }
        keeps_journal = true;
    }
    call.slot.reset(&call.app.seeds.load(), keeps_journal);
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
