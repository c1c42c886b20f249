//! What holds for any request at all.

use std::cell::Cell;
use std::sync::{LazyLock, Once};

use http::Method;
use people_mock::app::App;
use people_mock::http::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::{Ask, app_with, raw, whole};

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

thread_local! {
    static HAS_PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Notes panics: the server catches them, and its answer looks like others of the vendor's.
fn watch_for_panics() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            HAS_PANICKED.set(true);
            hook(info);
        }));
    });
}

fn method() -> impl Strategy<Value = Method> {
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
        Method::from_bytes(b"BREW").unwrap(),
    ];
    prop_oneof![3 => select(methods[..4].to_vec()), 1 => select(methods.to_vec())]
}

fn person_id() -> impl Strategy<Value = String> {
    let known = ["-me-", "admin", "guest", "sappho", "TNGUYEN", "a"];
    prop_oneof![
        8 => select(known.to_vec()).prop_map(str::to_owned),
        1 => select(vec!["nobody", "System", "%20", "%zz", "%"]).prop_map(str::to_owned),
        1 => any::<String>().prop_map(|it| encoded(&it)),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let relation = prop_oneof![
        4 => Just(""),
        4 => Just("/avatar"),
        1 => Just("/request-password-reset"),
        1 => Just("/reset-password"),
        1 => select(vec!["/", "/deauthorize", "/reauthorize", "/nothing", "/sites/x", "/sites/x/y"]),
    ];
    let person = (person_id(), relation).prop_map(|(id, relation)| {
        format!("/-default-/public/alfresco/versions/1/people/{id}{relation}")
    });
    let people = Just("/-default-/public/alfresco/versions/1/people".to_owned());
    let known = [
        "",
        "/",
        "/discovery",
        "/-default-",
        "/abc",
        "/-default-/public/alfresco/versions/1/nothing",
        "/-default-/public/alfresco/versions/1",
        "/-default-/private/alfresco/versions/0/people",
        "/-default-/public/authentication/versions/1/tickets",
        "/-default-/public/authentication/versions/1/tickets/-me-",
        "/other/public/alfresco/versions/1/people",
    ];
    let anything = proptest::collection::vec(any::<String>(), 0..7).prop_map(|segments| {
        segments.iter().fold(String::new(), |path, it| path + "/" + &encoded(it))
    });
    prop_oneof![
        12 => person,
        6 => people,
        3 => select(known.to_vec()).prop_map(str::to_owned),
        1 => anything,
    ]
}

fn query() -> impl Strategy<Value = String> {
    let name = [
        "skipCount",
        "maxItems",
        "orderBy",
        "relations",
        "where",
        "include",
        "select",
        "fields",
        "properties",
        "attachment",
        "placeholder",
        "name",
        "alf_ticket",
        "guest",
        "x",
    ];
    let value = prop_oneof![
        select(vec![
            "1",
            "-1",
            "0",
            "99999999999",
            "id",
            "lastName desc,id",
            "firstName",
            " ",
            "a,,b",
            "(a='b')",
            "(",
            "capabilities",
            "aspectNames,properties",
            "true",
            "false",
            "x.png",
            "sites(",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let parameter = (select(name.to_vec()), value)
        .prop_map(|(name, value)| format!("{name}={}", encoded(&value)));
    prop_oneof![
        4 => Just(Vec::new()),
        1 => proptest::collection::vec(parameter, 0..4),
    ]
    .prop_map(|parameters| parameters.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let known = [
        ("authorization", "Basic YWRtaW46YWRtaW4="),
        ("authorization", "Basic c2FwcGhvOlBhc3N3MHJkIQ=="),
        ("authorization", "Basic"),
        ("authorization", "Basic ***"),
        ("authorization", "Bearer x"),
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "foo"),
        ("range", "bytes=0-1"),
        ("range", "bytes=9-1"),
        ("range", "bytes=-"),
        ("if-modified-since", "Fri, 21 Aug 2026 10:00:00 GMT"),
    ];
    let known = select(known.to_vec()).prop_map(|(name, value)| (name, value.to_owned()));
    let name = select(vec!["authorization", "content-type", "range", "if-modified-since"]);
    let header = prop_oneof![2 => known, 1 => (name, "[ -~]{0,12}")];
    prop_oneof![2 => Just(Vec::new()), 1 => proptest::collection::vec(header, 1..3)]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec!["", " ", "share", "app:linked", "cm:titled", "new", "{", "{x}", ":"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let name = prop_oneof![
            select(vec![
                "fax",
                "exif:model",
                "exif:orientation",
                "trx:fromContent",
                "wf:x",
                "cm:title",
                ""
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let name = select(vec![
        "id",
        "firstName",
        "lastName",
        "email",
        "password",
        "oldPassword",
        "enabled",
        "company",
        "properties",
        "aspectNames",
        "emailNotificationsEnabled",
        "description",
        "quota",
        "avatarId",
        "statusUpdatedAt",
        "client",
        "key",
        "userId",
        "capabilities",
        "nothing",
    ]);
    let members = proptest::collection::btree_map(name, json_value(), 0..3).boxed();
    let person = (members.clone(), "[a-zA-Z/ž ]{1,3}").prop_map(|(members, id)| {
        let mut person = json!({ "id": id, "firstName": "N", "email": "n", "password": "p" });
        person.as_object_mut().unwrap().extend(members.into_iter().map(|(k, v)| (k.to_owned(), v)));
        person
    });
    let texts = select(vec!["firstName", "lastName", "jobTitle", "userStatus", "password"]);
    let texts = proptest::collection::btree_map(texts, any::<String>(), 0..3);
    let bytes = proptest::collection::vec(any::<u8>(), 0..60);
    let png: &[u8] = include_bytes!("../../../fixtures/alfresco/avatars/csmith.png");
    prop_oneof![
        4 => members.prop_map(|it| json!(it).to_string().into_bytes()),
        4 => texts.prop_map(|it| json!(it).to_string().into_bytes()),
        4 => person.prop_map(|it| it.to_string().into_bytes()),
        1 => json_value().prop_map(|it| it.to_string().into_bytes()),
        1 => bytes.clone(),
        1 => bytes.prop_map(|it| [b"\x89PNG\r\n\x1a\n", &it[..]].concat()),
        1 => Just(br#"{"client":"share"}"#.to_vec()),
        2 => Just(png.to_vec()),
    ]
}

fn check_envelope(method: &Method, response: &Response) -> Result<(), TestCaseError> {
    let status = response.status.as_u16();
    prop_assert!((200..600).contains(&status));
    if status < 400
        || (response.body.is_empty() && (*method == Method::HEAD || [416, 501].contains(&status)))
    {
        return Ok(());
    }
    prop_assert_eq!(&response.headers["content-type"], "application/json;charset=UTF-8");
    let body: Value = serde_json::from_slice(&response.body)
        .map_err(|error| TestCaseError::fail(format!("{error}: {}", whole(response))))?;
    let error = body["error"].as_object().cloned().unwrap_or_default();
    prop_assert_eq!(&error["statusCode"], status);
    for name in ["stackTrace", "descriptionURL", "logId"] {
        prop_assert!(error[name].as_str().is_some_and(|it| !it.is_empty()), "{}", name);
    }
    let members =
        ["errorKey", "statusCode", "briefSummary", "stackTrace", "descriptionURL", "logId"];
    let places: Vec<_> =
        error.keys().map(|name| members.iter().position(|it| it == name)).collect();
    prop_assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{:?}", error.keys());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_request_is_answered_in_the_vendors_envelope(
        method in method(), path in path(), query in query(), headers in headers(), body in body(),
    ) {
        // Nobody need log in, so that more requests come through.
        static APP: LazyLock<App> = LazyLock::new(|| app_with(|config| config.asks_for_credentials = false));
        watch_for_panics();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let ask = raw(method.clone(), &format!("/alfresco/api{path}{query}")).body(body);
        let ask = headers.iter().fold(ask, |ask: Ask, (name, value)| ask.header(name, value));
        let response = ask.of(&APP);
        prop_assert!(!HAS_PANICKED.replace(false), "a handler has panicked");
        check_envelope(&method, &response)?;
    }
}
