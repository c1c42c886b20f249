use http::Method;
use people_mock::dialects::ALL;
use people_mock::http::UnreadBody;
use serde_json::{Value, json};

use super::{Recipe, one, operations_of};
use crate::support::{Ask, PEOPLE_API, TICKETS, get, post, put, raw};

/// A good call of each operation: its name, verb and path, and body.
const CALLS: &[(&str, &str, &str)] = &[
    ("createPerson", "POST /people", NEW),
    ("listPeople", "GET /people", ""),
    ("getPerson", "GET /people/abeecher", ""),
    ("updatePerson", "PUT /people/abeecher", "{}"),
    ("getAvatarImage", "GET /people/abeecher/avatar", ""),
    ("updateAvatarImage", "PUT /people/abeecher/avatar", "text"),
    ("deleteAvatarImage", "DELETE /people/abeecher/avatar", ""),
    ("requestPasswordReset", "POST /people/csmith/request-password-reset", r#"{"client":"share"}"#),
    ("resetPassword", "POST /people/csmith/reset-password", RESET),
    ("deauthorize", "POST /people/abeecher/deauthorize", ""),
    ("requestReauthorizationCode", "POST /people/abeecher/reauthorization-code", ""),
    ("reauthorize", "POST /people/abeecher/reauthorize", ""),
    ("createTicket", "POST tickets", r#"{"userId":"csmith","password":"Passw0rd!"}"#),
    ("validateTicket", "GET tickets/-me-", ""),
    ("deleteTicket", "DELETE tickets/-me-", ""),
    ("getRepositoryInformation", "GET discovery", ""),
];
const NEW: &str = r#"{"id":"new","firstName":"N","email":"n@example.com","password":"p"}"#;
const RESET: &str = r#"{"password":"p","id":"activiti$1","key":"k"}"#;
const DEAD_TICKET: &str = "TICKET_0000000000000000000000000000000000000000";

/// A query, sent with each operation.
const QUERIES: &[(&str, &str)] = &[
    ("MaxItemsNotPositive", "maxItems=0"),
    ("SkipCountNegative", "skipCount=-1"),
    ("InvalidPagingParameter", "maxItems=abc"),
    ("InvalidPagingParameters", "skipCount=5&maxItems=y"),
    ("UnknownSortDefinition", "orderBy=a%20b%20c"),
    ("UnknownSortDirection", "orderBy=id%20down"),
    ("BlankSortItem", "orderBy=%20"),
    ("MalformedRelations", "relations=sites("),
    ("InvalidQuery", "where=x"),
    ("InvalidInclude", "include=1"),
    ("InvalidSelect", "select=1"),
    ("UnknownRelationParameter", "relations=nothing"),
    ("InvalidSortField", "orderBy=email"),
];

/// An `Authorization` header, sent with each operation that looks at it.
const CREDENTIALS: &[(&str, &str)] = &[
    ("AuthenticationFailed", ""),
    ("AuthenticationFailed", "Basic YWRtaW46d3Jvbmc="),
    ("UnsupportedScheme", "Bearer x"),
    ("GuestAttempted", "Basic Z3Vlc3Q6"),
    ("AuthorizationWithoutValue", "Basic"),
    ("AuthorizationNotBase64", "Basic ***"),
    ("AuthorizationEmpty", "Basic ="),
];

/// A body, sent with each operation that can fall over it.
const BODIES: &[(&str, &str)] = &[
    ("UnreadableBody", "{"),
    ("OnlyOneEntity", "[]"),
    ("EmptyList", "[]"),
    ("NullBody", "null"),
    ("InvalidLoginDetails", "{}"),
    ("OneLoginOnly", "[{},{}]"),
    ("LoginFailed", r#"{"userId":"csmith","password":"wrong"}"#),
];

/// What a good body gets in addition.
fn members() -> Vec<(&'static str, Value)> {
    vec![
        ("UnsupportedField", json!({ "avatarId": "x" })),
        ("UnmappedPrefix", json!({ "aspectNames": ["nothing:x"] })),
        ("InvalidQName", json!({ "aspectNames": ["app:"] })),
        ("UnknownAspect", json!({ "aspectNames": ["app:nothing"] })),
        ("UnknownProperty", json!({ "properties": { "app:nothing": "x" } })),
        ("NamespaceNotAllowed", json!({ "aspectNames": ["cm:titled"] })),
        ("IncompatibleValue", json!({ "properties": { "exif:orientation": "x" } })),
        ("UsernameTooLong", json!({ "id": "x".repeat(101) })),
        ("ReservedPrefix", json!({ "id": "group_x" })),
        ("PersonExists", json!({ "id": "ABeecher" })),
        ("NameNotPermitted", json!({ "id": "a/b" })),
        ("SystemUser", json!({ "id": "System" })),
        ("EnabledEmpty", json!({ "enabled": null })),
        ("NotificationsEmpty", json!({ "emailNotificationsEnabled": null })),
        ("OldPasswordEmpty", json!({ "oldPassword": "" })),
        ("PasswordEmpty", json!({ "password": "" })),
        ("IntegrityViolation", json!({ "properties": { "papi:lunch": "soup" } })),
    ]
}

/// What takes one request of its own.
fn singles() -> Vec<Recipe> {
    let api = |method, path: &str| raw(method, &format!("/alfresco/api{path}")).by("admin");
    let avatar = |body: &str| put("/people/csmith/avatar", body).by("admin");
    let server = "alfresco/server.json";
    vec![
        one("BrokenEscape", api(Method::GET, "/-default-/%zz")),
        one("NoWebScript", api(Method::GET, "/-default-/foo")),
        one("NotFound", api(Method::POST, "/-default-/foo")),
        one("UnknownApi", api(Method::GET, "/-default-/public/alfresco/versions/2/people")),
        one("UnknownApi", api(Method::PUT, "/-default-/public/alfresco/versions/2/people/x")),
        one("InvalidApi", api(Method::GET, "/-default-/public/alfresco/versions/x/people")),
        one("InvalidVersion", api(Method::GET, "/-default-/public/alfresco/versions/0/people")),
        one(
            "ApiNameNotLowercase",
            api(Method::GET, "/-default-/public/Alfresco/versions/1/people"),
        ),
        one("UnknownCollection", get("/nothing").by("admin")),
        one("UnknownRelation", get("/people/abeecher/nothing").by("admin")),
        one("UnableToLocate", get("/people/abeecher/sites/x/nothing").by("admin")),
        one("UnsupportedMethod", raw(Method::PATCH, &format!("{PEOPLE_API}/people"))),
        one("UnsupportedMethod", raw(Method::HEAD, &format!("{PEOPLE_API}/people"))),
        one("UnsupportedResourceOperation", crate::support::delete("/people/abeecher").by("admin")),
        one("UnsupportedResourceOperation", get("/people/abeecher/reset-password")),
        one("PutOnCollection", put("/people", "{}").by("admin")),
        one("PostOnEntity", post("/people/abeecher", "{}").by("admin")),
        one("DeleteOnActions", raw(Method::DELETE, TICKETS).by("admin")),
        one("NetworkTooShort", api(Method::GET, "/abc")),
        one("NothingBehindNetwork", api(Method::GET, "/-default-")),
        one("AuthenticationFailed", api(Method::GET, "/Foo/public/alfresco/versions/1/people")),
        one("FieldRequired", post("/people", r#"{"id":"new"}"#).by("admin")),
        one("FieldRequired", put("/people/csmith", r#"{"firstName":""}"#).by("admin")),
        one("FieldRequired", post("/people/csmith/request-password-reset", "{}")),
        one("FieldRequired", post("/people/csmith/reset-password", "{}")),
        one("BothPasswordsRequired", put("/people/tnguyen", r#"{"password":"x"}"#).by("tnguyen")),
        one(
            "IncorrectPassword",
            put("/people/tnguyen", r#"{"password":"x","oldPassword":"y"}"#).by("tnguyen"),
        ),
        one("NoCredential", put("/people/Guest", r#"{"password":"x"}"#).by("admin")),
        one("NoCredentialToEnable", put("/people/guest", r#"{"enabled":true}"#).by("admin")),
        one("AdminCannotBeDisabled", put("/people/-me-", r#"{"enabled":false}"#).by("admin")),
        one("NoThumbnail", get("/people/sappho/avatar?placeholder=false").by("admin")),
        one(
            "RangeNotSatisfiable",
            get("/people/csmith/avatar").by("admin").header("range", "bytes=9-1"),
        ),
        one("ThumbnailsDisabled", avatar("x")).with(server, r#"{"thumbnails":false}"#),
        one(
            "MultipartAvatar",
            avatar("x").header("content-type", "multipart/form-data; boundary=b"),
        ),
        one("InvalidMimeType", avatar("x").header("content-type", "foo")),
        one("NotAnImage", avatar("text")),
        one(
            "UnsupportedTransform",
            avatar("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ),
        one("ContentTooLarge", avatar("text")).with(server, r#"{"maxContentBytes":3}"#),
        one("InsufficientStorage", avatar("text")).with(server, r#"{"storageQuotaBytes":3}"#),
        one("ClientNotFound", post("/people/csmith/request-password-reset", r#"{"client":"bar"}"#)),
        one("TicketRequired", call("validateTicket", "", None).by("admin")),
        one("TicketRequired", call("deleteTicket", "", None).by("admin")),
        one("InvalidParameter", raw(Method::GET, &format!("{TICKETS}/csmith")).by("admin")),
        one("InvalidParameter", raw(Method::DELETE, &format!("{TICKETS}/-ME-")).by("admin")),
        Recipe {
            id: "InvalidPassword",
            fixture: None,
            ask: Box::new(|app| {
                post("/people/csmith/request-password-reset", r#"{"client":"share"}"#).of(app);
                let outbox = raw(Method::GET, "/__admin/outbox").json(app);
                let data = &outbox["messages"][0]["data"];
                let body =
                    json!({ "password": "  ", "id": data["workflowId"], "key": data["key"] });
                post("/people/csmith/reset-password", &body.to_string())
            }),
        },
    ]
}

const MODEL: &str = r#"{"models":[{"prefix":"papi","uri":"test.people.api","aspects":{
    "papi:lunchable":{"papi:lunch":{"type":"text","maxLength":3}}}}]}"#;

/// A call of an operation with a query, and with another body than the good one.
fn call(operation: &str, query: &str, body: Option<&str>) -> Ask {
    let (_, line, good) = CALLS.iter().find(|(name, ..)| *name == operation).unwrap();
    let (verb, path) = line.split_once(' ').unwrap();
    let path = match path.strip_prefix("tickets") {
        Some(rest) => format!("{TICKETS}{rest}"),
        None if path == "discovery" => "/alfresco/api/discovery".to_owned(),
        None => format!("{PEOPLE_API}{path}"),
    };
    let mark = if query.is_empty() { "" } else { "?" };
    let ask = raw(verb.parse().unwrap(), &format!("{path}{mark}{query}"));
    ask.body(body.unwrap_or(good).to_owned())
}

/// A good call of each operation, by nobody.
pub(super) fn calls() -> Vec<Ask> {
    CALLS.iter().map(|(name, ..)| call(name, "", None)).collect()
}

pub(super) fn recipes() -> Vec<Recipe> {
    let each = |id: &'static str, make: &dyn Fn(&str) -> Ask| -> Vec<Recipe> {
        operations_of(ALL[0], id).into_iter().map(|name| one(id, make(name))).collect()
    };
    let mut recipes = singles();
    for &(id, query) in QUERIES {
        recipes.extend(each(id, &|name| call(name, query, None).by("admin")));
    }
    for &(id, header) in CREDENTIALS {
        recipes.extend(each(id, &|name| {
            let ask = call(name, "", None);
            if header.is_empty() { ask } else { ask.header("authorization", header) }
        }));
    }
    for &(id, body) in BODIES {
        recipes.extend(each(id, &|name| call(name, "", Some(body)).by("admin")));
    }
    for (id, members) in members() {
        let with_members = |name: &str| {
            let good = CALLS.iter().find(|it| it.0 == name).unwrap().2;
            let mut body: Value = serde_json::from_str(good).unwrap();
            body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            call(name, "", Some(&body.to_string())).by("admin")
        };
        let found = each(id, &with_members).into_iter();
        recipes.extend(found.map(|it| {
            if id == "IntegrityViolation" { it.with("alfresco/server.json", MODEL) } else { it }
        }));
    }
    recipes.extend(each("FormBody", &|name| {
        call(name, "", None).by("admin").header("content-type", "multipart/form-data")
    }));
    recipes.extend(each("RequestEntityTooLarge", &|name| {
        let mut ask = call(name, "", None).by("admin");
        ask.0.body = Err(UnreadBody::TooLarge { limit: 1 });
        ask
    }));
    recipes.extend(each("EntityNotFound", &|name| {
        let ask = call(name, "", None).by("admin");
        let uri = ask.0.uri.to_string().replace("abeecher", "No%20body");
        Ask(people_mock::http::Request { uri: uri.parse().unwrap(), ..ask.0 })
    }));
    recipes.extend(each("PermissionDenied", &|name| call(name, "", None).by("tnguyen")));
    recipes.extend(each("TicketNotFound", &|name| {
        call(name, &format!("alf_ticket={DEAD_TICKET}"), None).by("admin")
    }));
    recipes
}
