//! What the repository says about itself (facts: framework §4).

use http::StatusCode;
use http::header::X_FRAME_OPTIONS;

use super::auth::Caller;
use super::{Answer, Call, reply};

/// Version and modules are those of the release that the facts were read from.
const REPOSITORY: &str = r#"{"entry":{"repository":{"id":"5d3ef1e6-3e5f-4a5b-9f5e-0c4f9c9a7b10","edition":"Community","version":{"major":"26","minor":"3","patch":"0","hotfix":"0","schema":26000,"label":"r1234-b5","display":"26.3.0.0 (r1234-b5) schema 26000"},"status":{"isReadOnly":false,"isAuditEnabled":true,"isQuickShareEnabled":true,"isThumbnailGenerationEnabled":THUMBNAILS,"isDirectAccessUrlEnabled":false},"modules":[{"id":"alfresco-share-services","title":"Alfresco Share Services AMP","description":"Module to be applied to alfresco.war, containing APIs for Alfresco Share","version":"26.3.0","installDate":"2026-08-21T08:00:00.000+0000","installState":"INSTALLED","versionMin":"0","versionMax":"999"}]}}}"#;

/// `GET /alfresco/api/discovery`
pub(super) fn get(call: &Call<'_>, _: &Caller) -> Answer {
    let thumbnails = call.world.seed.server.thumbnails.to_string();
    let mut response = reply::json(StatusCode::OK, REPOSITORY.replace("THUMBNAILS", &thumbnails));
    // The vendor resets this answer before it writes it, and this header with it.
    response.headers.to_mut().remove(X_FRAME_OPTIONS);
    Ok(response)
}
