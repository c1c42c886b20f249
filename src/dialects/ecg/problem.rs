//! Everything that this vendor can say went wrong, in Nest's words or in ours.
//!
//! One table says it all: status, name, shape, text, how we know, which operations can answer it,
//! and how a client gets there. The enum, its texts and the catalogue are made from it.
//!
//! Sister services of the vendor put the message into an outer `error` object (facts §2.5), so
//! rendering is one function, [`Problem::response`].

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Map, Value, json};

use super::{health, reply};
use crate::dialects::problems;
use crate::http::Response;

/// Which members an error has, and in which order: that of Nest's own source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An `HttpException` with a message: `message`, `error`, `statusCode`.
    Named,
    /// An `HttpException` without one: `message`, `statusCode`.
    Bare,
    /// An error from elsewhere, as body-parser's: `statusCode`, `message`.
    Foreign,
    /// The health of `@nestjs/terminus`.
    Health,
}

use Shape::{Bare, Foreign, Health, Named};

/// Each operation.
const EACH: &[&str] = &[];
/// The operations of the People controller: all but the health check.
const PEOPLE: &[&str] = &[
    "addPerson",
    "getPersonById",
    "updatePerson",
    "addUserAccount",
    "updateAccountEmail",
    "resetUserPassword",
    "resendCredentials",
    "changePassword",
    "resync",
    "resyncBatch",
    "getAuditTrails",
];
/// The operations with a person's id in the path.
const ONE_PERSON: &[&str] = &[
    "getPersonById",
    "updatePerson",
    "addUserAccount",
    "updateAccountEmail",
    "resetUserPassword",
    "resendCredentials",
    "changePassword",
    "getAuditTrails",
];
/// The operations that look a person up.
const KNOWN_PERSON: &[&str] = &[
    "getPersonById",
    "updatePerson",
    "addUserAccount",
    "updateAccountEmail",
    "resetUserPassword",
    "resendCredentials",
    "changePassword",
    "resync",
    "getAuditTrails",
];
/// The operations that a plain object is sent to.
const OBJECT_BODY: &[&str] = &[
    "addPerson",
    "addUserAccount",
    "updateAccountEmail",
    "changePassword",
    "resync",
    "resyncBatch",
];
/// The operations that change an account that is there.
const ACCOUNT: &[&str] =
    &["updateAccountEmail", "resetUserPassword", "resendCredentials", "changePassword"];
/// The operations that a person's state can forbid.
const CHANGING: &[&str] = &[
    "updatePerson",
    "addUserAccount",
    "updateAccountEmail",
    "resetUserPassword",
    "resendCredentials",
    "changePassword",
    "resync",
];
const ADD_ACCOUNT: &[&str] = &["addUserAccount"];

problems! {
    Shape, Value;

    // body-parser, which is middleware and comes before everything else.

    /// A body that isn't JSON, in V8's words.
    400 MalformedJson { why: String }: Named, "{why}",
        Assumed EACH, "send `{` as application/json";
    /// A body that broke off.
    400 RequestAborted: Foreign, "request aborted",
        Assumed EACH, "end a chunked body in the middle of a chunk";
    /// A body over the limit.
    413 EntityTooLarge: Foreign, "request entity too large",
        Assumed EACH, "send more than `--max-body`";
    /// A character set that isn't one of Unicode's; body-parser shows it in capitals.
    415 UnsupportedCharset { charset: String }: Foreign, "unsupported charset \"{charset}\"",
        Assumed EACH, "send `Content-Type: application/json; charset=latin1`";

    // Routes.

    /// No route: an unknown path or a verb that the path doesn't have. Nest has no 405.
    404 CannotFind { verb: String, address: String }: Named, "Cannot {verb} {address}",
        Assumed EACH, "ask for a path that is none of the API's, or DELETE a person";
    /// A parameter of the path that Express can't decode.
    400 UndecodableParameter { segment: String }: Named, "Failed to decode param '{segment}'",
        Assumed ONE_PERSON, "send a person's id with `%zz` in it";

    // Guards.

    /// No bearer token, or one that is malformed, expired or badly signed.
    401 Unauthorized: Bare, "Unauthorized",
        Assumed PEOPLE, "send no token, an expired one, or one that is none";
    /// A caller without the role, asking about somebody else or for what is the administrators'.
    403 Forbidden: Named, "Forbidden resource",
        Assumed PEOPLE, "call without the group `ecgAdmin` and not about yourself";

    // Pipes.

    /// An id in the path that is no UUID.
    400 NotAUuid: Named, "Validation failed (uuid is expected)",
        Sibling ONE_PERSON, "send `abc` as a person's id";
    /// A body that class-validator refuses: all that is wrong with it.
    400 InvalidBody { messages: Vec<String> }: Named, (messages.clone()),
        Assumed OBJECT_BODY, "leave a member out, send an unknown one or a wrong type";
    /// A JSON patch that is refused: all that is wrong with it.
    400 InvalidPatch { messages: Vec<String> }: Named, (messages.clone()),
        Sibling &["updatePerson"], "send `[]`, an unlisted path or a value of the wrong type";
    /// A query that class-validator refuses: all that is wrong with it.
    400 InvalidQuery { messages: Vec<String> }: Named, (messages.clone()),
        Sibling &["getAuditTrails"], "send `take=0`, or `dateRangeType=custom` without `from`";
    /// The old password is another one. A 400 and not a 401, so that a client keeps its session.
    400 IncorrectOldPassword: Named, "Incorrect old password",
        Assumed &["changePassword"], "send an `oldPassword` that isn't the account's";

    // The operation.

    /// Nobody has this id.
    404 PersonNotFound { id: String }: Named, "Person with id '{id}' not found",
        Assumed KNOWN_PERSON, "send a UUID that nobody has";
    /// The person has no account.
    404 AccountNotFound { id: String }: Named, "User account not found for person '{id}'",
        Assumed ACCOUNT, "ask for a person whose `account` is null";
    /// Another person, who isn't archived, has the address.
    409 ContactEmailTaken { email: String }: Named, "Person with contactEmailAddress '{email}' already exists",
        Assumed &["addPerson", "updatePerson"], "send the `contactEmailAddress` of somebody else";
    /// A person has at most one account.
    409 AccountExists { id: String }: Named, "User account already exists for person '{id}'",
        Assumed ADD_ACCOUNT, "add an account twice";
    /// Another account has the address.
    409 AccountEmailTaken { email: String }: Named, "User account with emailAddress '{email}' already exists",
        Assumed &["addUserAccount", "updateAccountEmail"], "send the `emailAddress` of another account";
    /// The person is archived.
    422 PersonArchived { id: String }: Named, "Person '{id}' is archived",
        Assumed CHANGING, "change a person whose `archiveInfo.archived` is true";
    /// The person is inactive.
    422 PersonInactive { id: String }: Named, "Person '{id}' is inactive",
        Assumed CHANGING, "change a person whose `activeInfo.active` is false";
    /// Only somebody who never confirmed gets the invitation again (Cognito's RESEND).
    422 AccountConfirmed { id: String }: Named, "User account of person '{id}' is already confirmed",
        Assumed &["resendCredentials"], "resend to an account whose status is CONFIRMED";

    // The service itself.

    /// A handler of this program failed.
    500 Crashed: Foreign, "Internal server error",
        Assumed EACH, "never, we hope";
    /// The service is unhealthy.
    503 DatabaseDown: Health, (Value::Null),
        Documented &["healthcheck"], "only by a scenario: there is no database that could be down";
}

impl Problem {
    /// The vendor's answer.
    pub(super) fn response(&self) -> Response {
        dressed(self.parts())
    }

    /// A status that is none of this table's, as an `HttpException` has any. One without a reason
    /// phrase has what Nest makes of the exception's name, and no `error`.
    pub(super) fn unlisted(status: u16) -> Response {
        let phrase = StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
        let shape = if phrase.is_some() { Named } else { Bare };
        dressed((status, shape, phrase.unwrap_or("Http Exception").into()))
    }
}

fn dressed((code, shape, message): (u16, Shape, Value)) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = Map::new();
    match shape {
        Named => {
            body.insert("message".to_owned(), message);
            body.insert("error".to_owned(), status.canonical_reason().into());
            body.insert("statusCode".to_owned(), code.into());
        }
        Bare => {
            body.insert("message".to_owned(), message);
            body.insert("statusCode".to_owned(), code.into());
        }
        Foreign => {
            body.insert("statusCode".to_owned(), code.into());
            body.insert("message".to_owned(), message);
        }
        Health => {
            let down = json!({ "database": { "status": "down" } });
            let body = json!({ "status": "error", "info": {}, "error": down, "details": down });
            return reply::json(status, &body).with(CACHE_CONTROL, health::NO_CACHE);
        }
    }
    reply::json(status, &Value::Object(body))
}
