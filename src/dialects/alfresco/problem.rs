//! Everything that this vendor can say went wrong, in its own words, misspellings included.
//!
//! One table says it all: status, name, the shape of the vendor's exception, its text, how we know,
//! which operations can answer it, and how a client gets there. The enum, its texts and the
//! catalogue are made from it. Texts are those of the fact files; a comment marks the odd ones.

use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use jiff::tz::TimeZone;

use super::reply;
use crate::dialects::problems;
use crate::http::Response;
use crate::sessions::Session;

/// How the vendor throws it, which decides what becomes of its text (facts: people §1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An exception of the API with a literal text: the text is the `errorKey` too.
    Api,
    /// An exception of the API with a message key.
    Key(&'static str),
    /// A plain Java exception: no log number.
    Plain,
    /// A web script's exception; its log numbers are those of the API's exceptions.
    Script,
    /// A repository's exception: its log numbers are counted apart.
    Repository,
    /// A repository's exception that the API wraps: a number of each, and the inner text is the key.
    Wrapped,
    /// An exception without any text: neither `errorKey` nor `briefSummary` says more.
    Mute,
}

use Shape::{Api, Key, Mute, Plain, Repository, Script, Wrapped};

/// Each operation.
const EACH: &[&str] = &[];
/// The operations that ask who is calling.
const KNOWN_CALLER: &[&str] = &[
    "createPerson",
    "listPeople",
    "getPerson",
    "updatePerson",
    "getAvatarImage",
    "updateAvatarImage",
    "deleteAvatarImage",
    "validateTicket",
    "deleteTicket",
    "getRepositoryInformation",
    "deauthorize",
    "requestReauthorizationCode",
    "reauthorize",
];
/// The operations that look a person up by the path.
const ONE_PERSON: &[&str] =
    &["getPerson", "updatePerson", "getAvatarImage", "updateAvatarImage", "deleteAvatarImage"];
/// The operations that read a JSON body.
const JSON_BODY: &[&str] =
    &["createPerson", "updatePerson", "requestPasswordReset", "resetPassword", "createTicket"];
const CREATE: &[&str] = &["createPerson"];
const UPDATE: &[&str] = &["updatePerson"];
const WRITE: &[&str] = &["createPerson", "updatePerson"];
const LIST: &[&str] = &["listPeople"];
const GET_AVATAR: &[&str] = &["getAvatarImage"];
const PUT_AVATAR: &[&str] = &["updateAvatarImage"];
const REQUEST_RESET: &[&str] = &["requestPasswordReset"];
const RESET: &[&str] = &["resetPassword"];
const LOGIN: &[&str] = &["createTicket"];
const TICKET: &[&str] = &["validateTicket", "deleteTicket"];

problems! {
    Shape, String;

    // Before the operation: who is there, and who is calling.

    /// The path holds a `%` that is no escape.
    400 BrokenEscape: Plain, "URLDecoder: Illegal hex characters in escape (%) pattern",
        Assumed EACH, "send a path with `%zz`";
    /// A path that fits no template, with GET.
    404 NoWebScript { path: String }: Script, "Script url {path} does not map to a Web Script.",
        Code EACH, "GET a path that is none of the API's";
    /// A path that fits no template, with another verb.
    404 NotFound { what: String }: Key("framework.exception.NotFound"), "{what} was not found",
        Code EACH, "POST to a path that is none of the API's";
    /// An API or a version that isn't there. The vendor forgets the parameter of its own text.
    404 UnknownApi: Key("framework.exception.NotFound"), "{{0}} was not found",
        Code EACH, "ask for `versions/2`";
    /// A version that is no number, or a scope that is none.
    400 InvalidApi { why: String }: Api, "Invalid API definition:{why}",
        Code EACH, "ask for `versions/x`";
    /// A version below 1.
    400 InvalidVersion: Api, "Version must be a positive integer.",
        Code EACH, "ask for `versions/0`";
    /// An API name with capitals.
    400 ApiNameNotLowercase: Api, "Api name must be lowercase",
        Code EACH, "ask for `/public/Alfresco/versions/1/people`";
    /// An unknown collection: an operator precedence slip of the vendor's swallows key and text.
    404 UnknownCollection: Key(""), "",
        Code EACH, "GET `/public/alfresco/versions/1/nothing`";
    /// An unknown relation: of the sentence, the same slip leaves the relation's name alone.
    404 UnknownRelation { relation: String }: Api, "{relation}",
        Code EACH, "GET `/people/abeecher/nothing`";
    /// A path that goes deeper than any resource.
    404 UnableToLocate { collection: String, relation: String }: Api, "Unable to locate resource for: {collection} {relation}",
        Code EACH, "GET `/people/abeecher/sites/x/nothing`";
    /// A verb that the vendor's web scripts don't have.
    405 UnsupportedMethod { path: String, method: String }: Script, "Script url {path} does not support the method {method}",
        Code EACH, "send PATCH or HEAD";
    /// A verb that the resource doesn't have.
    405 UnsupportedResourceOperation: Key("framework.exception.UnsupportedResourceOperation"), "The operation is unsupported",
        Code EACH, "DELETE a person";
    /// PUT to a collection.
    405 PutOnCollection: Api, "PUT is executed against the instance URL",
        Code EACH, "PUT `/people`";
    /// POST to an entity.
    405 PostOnEntity: Api, "POST is executed against a collection URL",
        Code EACH, "POST `/people/abeecher`";
    /// DELETE of all tickets.
    405 DeleteOnActions: Api, "DELETE not supported for Actions",
        Code EACH, "DELETE `/tickets`";
    /// No credentials, or bad ones.
    401 AuthenticationFailed { script: String }: Script, "Authentication failed for Web Script {script}",
        Code KNOWN_CALLER, "send no credentials, a wrong password or an expired ticket";
    /// A scheme other than Basic.
    401 UnsupportedScheme { scheme: String }: Script, "Authorization '{scheme}' not supported.",
        Test KNOWN_CALLER, "send `Authorization: Bearer x`";
    /// The guest, where a user is wanted.
    401 GuestAttempted { script: String }: Script, "Web Script {script} requires user authentication; however, a guest has attempted access.",
        Code KNOWN_CALLER, "log in as guest, or send `?guest=true`";
    /// A network of three characters or fewer and nothing behind it: the vendor cuts a string short.
    500 NetworkTooShort: Mute, "",
        Assumed EACH, "GET `/alfresco/api/abc`";
    /// A network and nothing behind it, which the vendor takes for an entity without an id.
    404 NothingBehindNetwork: Key("framework.exception.EntityNotFound"), "The entity with id:  was not found",
        Assumed EACH, "GET `/alfresco/api/-default-`";
    /// A handler of this program failed.
    500 Crashed: Mute, "",
        Assumed EACH, "never, we hope";

    // The query, read on every verb.

    /// A page of nothing.
    400 MaxItemsNotPositive: Api, "Only positive values supported for maxItems.",
        Code EACH, "send `maxItems=0`";
    /// A page before the first.
    400 SkipCountNegative: Api, "Negative values not supported for skipCount.",
        Code EACH, "send `skipCount=-1`";
    /// One number that is none.
    400 InvalidPagingParameter { name: String, value: String }: Api, "Invalid paging parameter {name}:{value}",
        Code EACH, "send `maxItems=abc`";
    /// Two numbers of which one is none; there is a blank after the first colon only.
    400 InvalidPagingParameters { skip_count: String, max_items: String }: Api, "Invalid paging parameters skipCount: {skip_count}, maxItems:{max_items}",
        Code EACH, "send `skipCount=5&maxItems=y`";
    /// An order of three words.
    400 UnknownSortDefinition { item: String }: Api, "Unknown sort order definition '{item}', expected 'field1,field2' or 'field1 asc,field2 desc' or similar",
        Code EACH, "send `orderBy=a b c`";
    /// A direction that is none; the vendor shows it in capitals.
    400 UnknownSortDirection { direction: String }: Api, "Unknown sort order direction '{direction}', expected asc or desc",
        Code EACH, "send `orderBy=id down`";
    /// An order of blanks: the vendor's tokenizer has no next element.
    500 BlankSortItem: Mute, "",
        Assumed EACH, "send `orderBy=%20`";
    /// A malformed `relations`.
    500 MalformedRelations { why: String }: Plain, "{why}",
        Code EACH, "send `relations=sites(`";
    /// A malformed `where`; a well-formed one is ignored.
    400 InvalidQuery { why: String }: Key("framework.exception.InvalidQuery"), "An invalid WHERE query was received. {why}",
        Code EACH, "send `where=x`";
    /// A malformed `include`.
    400 InvalidInclude { why: String }: Key("framework.exception.InvalidSelect"), "An invalid INCLUDE query was received. {why}",
        Code EACH, "send `include=1`";
    /// A malformed `select`.
    400 InvalidSelect { why: String }: Key("framework.exception.InvalidSelect"), "An invalid SELECT query was received. {why}",
        Code EACH, "send `select=1`";
    /// An order that people don't have.
    400 InvalidSortField { name: String }: Api, "Invalid sort field: {name}",
        Code LIST, "send `orderBy=email`";

    // The body.

    /// A body that Jackson can't read.
    400 UnreadableBody { why: String }: Api, "Could not read content from HTTP request body: {why}",
        Code JSON_BODY, "send `{`, an unknown member or a wrong type";
    /// A list where one is wanted.
    405 OnlyOneEntity: Api, "Only 1 entity is supported in the HTTP request body",
        Code &["createPerson", "requestPasswordReset", "resetPassword"], "send `[]`";
    /// No login at all. The wording without a colon is the vendor's.
    400 EmptyList: Api, "Could not read content from HTTP request body, the list is empty",
        Code LOGIN, "log in with `[]`";
    /// The JSON literal `null`: the vendor's handler falls over it.
    500 NullBody: Mute, "",
        Assumed &["createPerson", "updatePerson", "requestPasswordReset", "resetPassword"], "send `null`";
    /// A form where JSON is wanted: the vendor casts it to the wrong class.
    500 FormBody: Plain, "class org.springframework.extensions.webscripts.servlet.FormData cannot be cast to class java.lang.String",
        Assumed &["createPerson", "requestPasswordReset", "resetPassword", "createTicket"], "send `multipart/form-data`";
    /// A body over the server's limit.
    413 RequestEntityTooLarge: Key("framework.exception.RequestEntityTooLarge"), "The file can't be uploaded because it's larger than the maximum upload size",
        Documented &["createPerson", "updatePerson", "updateAvatarImage", "requestPasswordReset", "resetPassword", "createTicket"], "send more than `--max-body`";

    // People.

    /// Nobody has this id.
    404 EntityNotFound { id: String }: Key("framework.exception.EntityNotFound"), "The entity with id: {id} was not found",
        Code ONE_PERSON, "ask for an id that nobody has";
    /// A relation that people don't have here.
    404 UnknownRelationParameter { relation: String }: Api, "{relation}",
        Code &["listPeople", "getPerson"], "send `relations=nothing`";
    /// Not allowed.
    403 PermissionDenied: Key("framework.exception.PermissionDenied"), "Permission was denied",
        Test &["createPerson", "updatePerson", "updateAvatarImage", "deleteAvatarImage"], "change somebody else without being an administrator";
    /// A member that can't be written.
    400 UnsupportedField { field: String }: Api, "Unsupported field: {field}",
        Code WRITE, "send `avatarId`, `statusUpdatedAt`, `quota` or `quotaUsed`; or `id` on an update";
    /// A member that is needed.
    400 FieldRequired { field: String }: Api, "Field '{field}' is null, but is required.",
        Code &["createPerson", "updatePerson", "requestPasswordReset", "resetPassword"], "leave `firstName` out, or send \"\"";
    /// An id of more than 100 characters.
    400 UsernameTooLong: Api, "Username exceeds max length of 100 characters.",
        Code CREATE, "create a person with an id of 101 characters";
    /// An id that looks like a group's or a role's.
    400 ReservedPrefix { prefix: String }: Plain, "Username cannot start with the reserved prefix '{prefix}'.",
        Code CREATE, "create `group_x`";
    /// The id is taken, in any letter case.
    409 PersonExists { id: String }: Api, "Person '{id}' already exists.",
        Test CREATE, "create a person twice";
    /// An id with a character that a node's name can't have; found last of all.
    400 NameNotPermitted { character: String }: Plain, "Person name contains characters that are not permitted: {character}",
        Code CREATE, "create `a/b`";
    /// The id of the system: the vendor fails to make its home folder.
    500 SystemUser: Mute, "",
        Assumed CREATE, "create `System`";
    /// `enabled` sent as null.
    400 EnabledEmpty: Plain, "'enabled' field cannot be empty.",
        Code UPDATE, "update with `\"enabled\": null`";
    /// `emailNotificationsEnabled` sent as null.
    400 NotificationsEmpty: Plain, "'emailNotificationsEnabled' field cannot be empty.",
        Code UPDATE, "update with `\"emailNotificationsEnabled\": null`";
    /// `oldPassword` sent as null or "".
    400 OldPasswordEmpty: Plain, "'oldPassword' field cannot be empty.",
        Code UPDATE, "update with `\"oldPassword\": \"\"`";
    /// No new password. The opening quote is missing at the vendor's too.
    400 PasswordEmpty: Plain, "password' field cannot be empty.",
        Code UPDATE, "update with `\"password\": \"\"`";
    /// A user's own password without the old one.
    400 BothPasswordsRequired: Plain, "To change password, both 'oldPassword' and 'password' fields are required.",
        Code UPDATE, "change your own password without `oldPassword`";
    /// A wrong old password; it counts as a failed login.
    403 IncorrectPassword: Api, "Incorrect password.",
        Test UPDATE, "change your own password with a wrong `oldPassword`";
    /// A new password for somebody without a credential.
    401 NoCredential { masked: String }: Repository, "User name does not exist: {masked}",
        Assumed UPDATE, "set guest's password";
    /// `enabled` for somebody without a credential.
    401 NoCredentialToEnable { masked: String }: Repository, "User not found: {masked}",
        Assumed UPDATE, "enable guest";
    /// Disabling an administrator.
    403 AdminCannotBeDisabled: Api, "Admin authority cannot be disabled.",
        Test UPDATE, "update admin with `\"enabled\": false`";
    /// A name with a prefix that nobody has mapped.
    400 UnmappedPrefix { name: String, prefix: String }: Api, "{name} isn't a valid QName. Namespace prefix {prefix} is not mapped to a namespace URI",
        Code WRITE, "send the aspect `nothing:x`";
    /// A name that has no local part, is cut off, or is null.
    400 InvalidQName { name: String, why: String }: Api, "{name} isn't a valid QName. {why}",
        Code WRITE, "send the aspect `app:`";
    /// An aspect that the dictionary doesn't have.
    400 UnknownAspect { name: String }: Api, "Unknown aspect: {name}",
        Code WRITE, "send the aspect `app:nothing`";
    /// A property that the dictionary doesn't have.
    400 UnknownProperty { name: String }: Api, "Unknown property: {name}",
        Code WRITE, "send the property `app:nothing`";
    /// A name that is known, and not for this API.
    400 NamespaceNotAllowed { name: String }: Plain, "NameSpace cannot be used by API: {name}",
        Code WRITE, "send the aspect `cm:titled`";
    /// A value that can't become the property's type.
    400 IncompatibleValue { name: String, value: String }: Plain, "The property value is not compatible with the type defined for the property: \nproperty: {name}\nvalue: {value}",
        Assumed WRITE, "send `\"exif:orientation\": \"x\"`";
    /// A value that a model's constraint forbids.
    422 IntegrityViolation { what: String }: Repository, "Found 1 integrity violations:\n{what}",
        Assumed WRITE, "send a value that a custom model's constraint forbids";

    // Avatars.

    /// No avatar, and no placeholder wanted.
    404 NoThumbnail: Api, "Thumbnail was not found for [avatar]",
        Code GET_AVATAR, "ask for an avatar that isn't there with `placeholder=false`";
    /// A range that can't be had. It is told by a header, and by no body at all.
    416 RangeNotSatisfiable: Mute, "",
        Code GET_AVATAR, "send `Range: bytes=9-1`";
    /// Thumbnails are switched off.
    501 ThumbnailsDisabled: Api, "Thumbnail generation has been disabled.",
        Code PUT_AVATAR, "upload with `\"thumbnails\": false` in server.json";
    /// A form where bytes are wanted.
    415 MultipartAvatar: Api, "Cannot update using multipart/form-data",
        Code PUT_AVATAR, "upload with `Content-Type: multipart/form-data`";
    /// A content type that is none.
    415 InvalidMimeType { why: String }: Plain, "Invalid mime type {why}",
        Assumed PUT_AVATAR, "upload with `Content-Type: foo`";
    /// Bytes that are no image.
    400 NotAnImage { sniffed: String }: Api, "Uploaded content must be an image (content type determined to be '{sniffed}')",
        Code PUT_AVATAR, "upload a text";
    /// An image that can't be made into an avatar.
    400 UnsupportedTransform { sniffed: String }: Plain, "Local transform avatar from {sniffed} is unsupported",
        Code PUT_AVATAR, "upload a broken PNG, or an SVG with its XML declaration";
    /// Over the limit of `server.json`. Two exceptions, two numbers; the inner text is the key.
    413 ContentTooLarge { limit: String }: Wrapped, "Content size violation, limit = {limit}",
        Assumed PUT_AVATAR, "upload more than `maxContentBytes` in server.json";
    /// Over the quota of `server.json`.
    507 InsufficientStorage: Key("framework.exception.InsufficientStorage"), "The file upload exceeds the content storage allowance",
        Code PUT_AVATAR, "upload more than `storageQuotaBytes` in server.json";

    // Password resets.

    /// A client that isn't registered; seen only where the user exists.
    404 ClientNotFound { client: String }: Repository, "Client was not found [{client}]",
        Code REQUEST_RESET, "ask for a reset with the client `foo`";
    /// A password of blanks, with everything else right.
    400 InvalidPassword { password: String }: Plain, "Invalid password value [{password}]",
        Code RESET, "reset a password to three blanks";

    // Tickets.

    /// Half a login.
    400 InvalidLoginDetails: Api, "Invalid login details.",
        Test LOGIN, "log in without a password";
    /// More than one login.
    400 OneLoginOnly: Api, "Please specify one login request only.",
        Code LOGIN, "log in with a list of two";
    /// A wrong login. Never a 401.
    403 LoginFailed: Api, "Login failed",
        Test LOGIN, "log in with a wrong password";
    /// A password where a ticket is wanted.
    400 TicketRequired: Api, "Ticket base authentication required.",
        Test TICKET, "ask for `-me-` with user and password";
    /// A dead ticket in the query of somebody who came in by the header.
    404 TicketNotFound { ticket: String }: Key("framework.exception.NotFound"), "{ticket} was not found",
        Test TICKET, "send a dead `alf_ticket` with good credentials";
    /// Another ticket than one's own.
    400 InvalidParameter { value: String }: Api, "Invalid parameter: {value}",
        Test TICKET, "ask for any id but `-me-`";

    // Credentials over which the vendor falls. They stand last because nobody means them who asks for
    // any error of their status.

    /// `Authorization: Basic` and nothing behind it: the vendor falls over its own array.
    500 AuthorizationWithoutValue: Plain, "Index 1 out of bounds for length 1",
        Assumed KNOWN_CALLER, "send `Authorization: Basic`";
    /// Credentials that are no Base64.
    500 AuthorizationNotBase64: Mute, "",
        Assumed KNOWN_CALLER, "send `Authorization: Basic ***`";
    /// Credentials that are Base64 of nothing.
    400 AuthorizationEmpty: Plain, "authorization is a mandatory parameter",
        Assumed KNOWN_CALLER, "send `Authorization: Basic =`";
}

/// Where in the vendor's order of checks a problem arose, which decides about its headers
/// (facts: people §1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the resource: the answer must not be cached, and says so.
    BeforeResource,
    /// In the resource.
    InResource,
}

impl Problem {
    /// The vendor's answer.
    pub(super) fn response(&self, session: &Session, logs: &LogNumbers, stage: Stage) -> Response {
        if *self == Self::RangeNotSatisfiable {
            return reply::range_not_satisfiable();
        }
        dressed(self.parts(), session, logs, stage)
    }

    /// A status that is none of this table's, as a web script's exception has one of its own. One
    /// without a reason phrase gets the text of the vendor's exceptions that say nothing.
    pub(super) fn unlisted(status: u16, session: &Session, logs: &LogNumbers) -> Response {
        let phrase = StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
        let text = phrase.unwrap_or("Unknown error calling the Rest API").to_owned();
        dressed((status, Script, text), session, logs, Stage::InResource)
    }

    /// The vendor's 401 for credentials that it didn't accept: with its challenge.
    pub(super) fn challenge(
        &self,
        session: &Session,
        logs: &LogNumbers,
        scheme: &str,
        network: &str,
    ) -> Response {
        let mut response = self.response(session, logs, Stage::BeforeResource);
        let challenge = format!("{scheme} realm=\"Alfresco {network} tenant\"");
        // A network that isn't ASCII goes out as the bytes of its UTF-8, as Tomcat does not: it
        // would send question marks, which no client has ever wanted to read.
        if let Ok(challenge) = http::HeaderValue::from_bytes(challenge.as_bytes()) {
            response.headers.to_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

fn dressed(
    (status, shape, text): (u16, Shape, String),
    session: &Session,
    logs: &LogNumbers,
    stage: Stage,
) -> Response {
    let (key, summary) = worded(shape, text, session, logs);
    let body = envelope(status, key.as_deref(), summary.as_deref(), session);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply::error(status, body, stage)
}

/// The counters behind log numbers, since the start of the session.
#[derive(Debug, Default)]
pub(super) struct LogNumbers {
    framework: AtomicU32,
    repository: AtomicU32,
}

impl Clone for LogNumbers {
    fn clone(&self) -> Self {
        let copy = |counter: &AtomicU32| AtomicU32::new(counter.load(Ordering::Relaxed));
        Self { framework: copy(&self.framework), repository: copy(&self.repository) }
    }
}

impl LogNumbers {
    fn framework(&self, session: &Session) -> String {
        number(session, &self.framework)
    }

    fn repository(&self, session: &Session) -> String {
        number(session, &self.repository)
    }
}

/// `MMDDnnnn`. The month counts from **zero**: that is Java's `Date.getMonth()`, and nobody has ever
/// corrected it. The counter has at least four digits and may grow.
fn number(session: &Session, counter: &AtomicU32) -> String {
    let count = counter.fetch_add(1, Ordering::Relaxed);
    let today = TimeZone::UTC.to_datetime(session.clock.now());
    format!("{:02}{:02}{count:04}", today.month() - 1, today.day())
}

/// `errorKey` and `briefSummary`.
fn worded(
    shape: Shape,
    text: String,
    session: &Session,
    logs: &LogNumbers,
) -> (Option<String>, Option<String>) {
    let default = || Some("framework.exception.ApiDefault".to_owned());
    match shape {
        Api => {
            let summary = format!("{} {text}", logs.framework(session));
            (Some(text), Some(summary))
        }
        Key(key) => (Some(key.to_owned()), Some(format!("{} {text}", logs.framework(session)))),
        Plain => (default(), Some(text)),
        Script => (default(), Some(format!("{} {text}", logs.framework(session)))),
        Repository => (default(), Some(format!("{} {text}", logs.repository(session)))),
        Wrapped => {
            let inner = format!("{} {text}", logs.repository(session));
            let summary = format!("{} {inner}", logs.framework(session));
            (Some(inner), Some(summary))
        }
        Mute => (default(), None),
    }
}

/// The vendor's envelope; members that are empty are left out (facts: framework §1.1).
fn envelope(status: u16, key: Option<&str>, summary: Option<&str>, session: &Session) -> String {
    // The last sentence has no full stop, which is how the vendor tells that its property is from
    // `rest-framework-messages.properties` and not from a client's test data.
    const STACK_TRACE: &str = "For security reasons the stack trace is no longer displayed, but the property is kept for previous versions";
    let mut error = serde_json::Map::new();
    if let Some(key) = key.filter(|key| !key.is_empty()) {
        error.insert("errorKey".to_owned(), key.into());
    }
    error.insert("statusCode".to_owned(), status.into());
    if let Some(summary) = summary {
        error.insert("briefSummary".to_owned(), summary.into());
    }
    error.insert("stackTrace".to_owned(), STACK_TRACE.into());
    error.insert("descriptionURL".to_owned(), "https://api-explorer.alfresco.com".into());
    error.insert("logId".to_owned(), session.dice.uuid().to_string().into());
    serde_json::json!({ "error": error }).to_string()
}
