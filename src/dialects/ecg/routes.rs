//! The vendor's API on one screen.

use super::auth::Access;
use super::{Call, Problem, accounts, audit_trails, health, people, resync};
use crate::dialects::routes;
use crate::http::Response;

/// What this dialect does for an operation.
pub(super) struct Route {
    /// Who may call it.
    pub(super) access: Access,
    /// What it does, once the caller and the id in its path are known to be right.
    pub(super) handler: fn(&Call<'_>) -> Result<Response, Problem>,
}

type Handler = fn(&Call<'_>) -> Result<Response, Problem>;

const fn anyone(handler: Handler) -> Route {
    Route { access: Access::Anyone, handler }
}

const fn admin(handler: Handler) -> Route {
    Route { access: Access::Admin, handler }
}

/// An administrator, or the person whose id is in the path (facts §4.0 A-ROLE).
const fn owner(handler: Handler) -> Route {
    Route { access: Access::Owner, handler }
}

routes! {
    "ecg" => Route;
    "/api/people" {
        "addPerson"          POST  ""                                  [201] => admin(people::add),
        "getPersonById"      GET   "/{personId}"                       [200] => owner(people::get),
        "updatePerson"       PATCH "/{personId}"                       [200] => owner(people::update),
        "addUserAccount"     POST  "/{personId}/accounts"              [201] => admin(accounts::add),
        "updateAccountEmail" PATCH "/{personId}/accounts"              [200] => admin(accounts::update),
        "resetUserPassword"  POST  "/{personId}/reset-password"        [200] => admin(accounts::reset_password),
        "resendCredentials"  POST  "/{personId}/resend-credentials"    [200] => admin(accounts::resend),
        "changePassword"     POST  "/{personId}/change-password"       [200] => owner(accounts::change_password),
        "resync"             POST  "/re-sync"                          [200] => admin(resync::one),
        "resyncBatch"        POST  "/re-sync-batch"                    [200] => admin(resync::batch),
        "getAuditTrails"     GET   "/{personId}/accounts/audit-trails" [200] => owner(audit_trails::list),
    }
    "/healthcheck" {
        "healthcheck"        GET   ""                                  [200] => anyone(health::check),
    }
}
