//! Whatever is asked, the answer is one of Nest's.

use http::{Method, Uri};
use people_mock::app::App;
use people_mock::http::Request;
use proptest::prelude::*;
use serde_json::Value;

use super::{ADA, BRUNO, DANA, ELIF};
use crate::support::{Ask, app};

/// Members of an error in the orders that Nest has, or an answer that tells of success.
fn check(app: &App, ask: &Ask) {
    let response = ask.of(app);
    let text = String::from_utf8(response.body.to_vec()).unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let status = response.status.as_u16();
    assert_eq!(response.headers["content-type"], "application/json; charset=utf-8");
    // A password that no request here holds: V8 shows a client its own malformed body.
    assert!(!text.contains("Chidi-Lockwood-1"));
    if status < 300 {
        return;
    }
    assert_ne!(status, 500, "{:?} {text}", ask.0);
    let members: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(body["statusCode"], status);
    match &members[..] {
        ["message", "error", "statusCode"] => {
            assert_eq!(body["error"], response.status.canonical_reason().unwrap());
            let message = &body["message"];
            assert!(message.is_string() || message.as_array().is_some_and(|it| !it.is_empty()));
        }
        ["message", "statusCode"] => assert_eq!(status, 401),
        ["statusCode", "message"] => assert!([400, 413, 415].contains(&status)),
        _ => panic!("{text}"),
    }
}

fn json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "firstName",
            "lastName",
            "emailAddress",
            "password",
            "temporaryPassword",
            "personId",
            "personIds",
            "oldPassword",
            "newPassword",
            "op",
            "path",
            "value",
            "phoneNumbers",
            "addresses",
            "address",
            "types",
            "number",
            "contactEmailAddress",
            "isProvider",
        ])
        .prop_map(str::to_owned),
        ".{0,4}",
    ];
    let text = prop_oneof![
        prop::sample::select(vec![
            "add",
            "remove",
            "replace",
            "/firstName",
            "/phoneNumbers",
            "/phoneNumbers/-",
            "/phoneNumbers/0",
            "/addresses/1",
            "a@example.com",
            "Ada-Example-1",
            "New-Pass-1",
            ADA,
            ELIF,
            "2020-01-01",
            "555-0100",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let id = prop::sample::select(vec![ADA, BRUNO, DANA, ELIF, "x", "%zz", "%C3", "re-sync"]);
    let rest = prop::sample::select(vec![
        "",
        "/",
        "/accounts",
        "/accounts/audit-trails",
        "/reset-password",
        "/resend-credentials",
        "/change-password",
        "/nothing",
    ]);
    let query = prop_oneof![Just(String::new()), "[a-z_=&%0-9+\\[\\]]{0,30}", listing_query()];
    let people = (id, rest).prop_map(|(id, rest)| format!("/api/people/{id}{rest}"));
    let fixed = prop::sample::select(vec![
        "/api/people",
        "/api/people/re-sync",
        "/api/people/re-sync-batch",
        "/api",
        "/api/",
    ]);
    let wild = "/api(/[a-zA-Z0-9%.~-]{0,6}){0,4}";
    let path = prop_oneof![4 => people, 2 => fixed.prop_map(str::to_owned), 1 => wild];
    (path, query).prop_map(|(path, query)| format!("{path}?{query}"))
}

fn listing_query() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "skip",
        "take",
        "order_by",
        "sort_by",
        "searchTerm",
        "dateRangeType",
        "from",
        "to",
        "include",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "0",
            "1",
            "5",
            "-1",
            "1e9",
            "ASC",
            "DESC",
            "action",
            "UPDATE",
            "custom",
            "today",
            "last-quarter",
            "2020-01-01",
            "2027-01-01T00:00:00Z",
            "",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9.:-]{0,12}",
    ];
    prop::collection::vec((name, value), 0..5).prop_map(|pairs| {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    })
}

fn request() -> impl Strategy<Value = Request> {
    let method =
        prop::sample::select(vec!["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]);
    let body = prop_oneof![
        json().prop_map(|it| it.to_string().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    let token =
        prop::sample::select(vec![Some("admin-token"), Some("ada-token"), Some("a.b.c"), None]);
    (method, path(), body, token).prop_filter_map("no address", |(method, path, body, token)| {
        let uri: Uri = path.parse().ok()?;
        let mut ask = Ask(Request::new(method.parse::<Method>().ok()?, uri));
        if let Some(token) = token {
            ask = ask.header("authorization", &format!("Bearer {token}"));
        }
        Some(ask.header("content-type", "application/json").body(body).0)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]
    #[test]
    fn any_request_gets_an_answer_in_nests_shape(requests in prop::collection::vec(request(), 1..30)) {
        let app = app();
        for request in requests {
            check(&app, &Ask(request));
        }
    }
}
