//! Whatever a rule says and whatever a request is, nothing falls over.

use std::sync::LazyLock;

use http::Method;
use people_mock::app::App;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{admin, read};
use crate::support::{Ask, app, get, post, raw};

/// JSON that may stand anywhere, made of words that the language knows.
fn json_of_words() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(vec![
        "in",
        "when",
        "skip",
        "times",
        "every",
        "chance",
        "after",
        "for",
        "then",
        "goto",
        "error",
        "respond",
        "patch",
        "delay",
        "headers",
        "retryAfter",
        "bytesPerSecond",
        "fault",
        "effect",
        "hold",
        "rateLimit",
        "until",
        "timeout",
        "requests",
        "per",
        "key",
        "status",
        "json",
        "text",
        "base64",
        "operation",
        "personId",
        "caller",
        "method",
        "path",
        "query",
        "body",
        "not",
        "any",
        "all",
        "matches",
        "contains",
        "absent",
        "gt",
        "lt",
        "uniform",
        "lognormal",
        "/a/0",
    ]);
    let text = proptest::sample::select(vec![
        "pass",
        "alfresco.*",
        "*.getPerson",
        "GET",
        "*",
        "5s",
        "PT1M",
        "-1s",
        "reset",
        "truncate",
        "personExists",
        "unauthorized",
        "caller",
        "x",
        "(",
        "^a",
        "",
        "1",
        "after",
        "before",
    ]);
    let leaf = prop_oneof![
        text.prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..600_u32).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let members = proptest::collection::vec((word.clone(), inner.clone()), 0..5);
        let object = members.prop_map(|members| {
            let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
            Value::Object(members.collect::<Map<_, _>>())
        });
        prop_oneof![2 => object, 1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from)]
    })
}

/// A matcher that is one.
fn matcher() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        Just(json!("oqureshi")),
        Just(json!({ "matches": "^[a-m]" })),
        Just(json!({ "contains": "e" })),
        Just(json!({ "absent": true })),
        Just(json!({ "gt": 1, "lt": 9 })),
        Just(json!(5)),
    ];
    let operation =
        proptest::sample::select(vec!["alfresco.getPerson", "*.*", "ecg.*", "*.updatePerson"]);
    let leaf = prop_oneof![
        Just(json!({})),
        operation.prop_map(|it| json!({ "operation": it })),
        value.clone().prop_map(|it| json!({ "personId": it })),
        value.clone().prop_map(|it| json!({ "caller": it })),
        value.clone().prop_map(|it| json!({ "query": { "maxItems": it } })),
        value.clone().prop_map(|it| json!({ "headers": { "X-a": it } })),
        (value.clone(), value.clone())
            .prop_map(|(a, b)| json!({ "headers": { "x-a": a }, "query": { "maxItems": b } })),
        value.clone().prop_map(|it| json!({ "body": { "/a": it } })),
        value.prop_map(|it| json!({ "body": { "a": it } })),
        Just(json!({ "method": ["GET", "POST"], "path": "/a*e" })),
    ];
    leaf.prop_recursive(4, 20, 3, |inner| {
        let many = || proptest::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            inner.clone().prop_map(|it| json!({ "not": it })),
            many().prop_map(|it| json!({ "any": it })),
            many().prop_map(|it| json!({ "all": it })),
        ]
    })
}

fn request() -> impl Strategy<Value = Ask> {
    let path = prop_oneof![
        "/[a-z%/*?&=.0-9]{0,20}",
        Just(
            "/alfresco/api/-default-/public/alfresco/versions/1/people/oqureshi?maxItems=5"
                .to_owned()
        ),
        Just("/api/people/0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11".to_owned()),
    ];
    let method =
        proptest::sample::select(vec![Method::GET, Method::POST, Method::PUT, Method::HEAD]);
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..20),
        Just(br#"{"a":"5"}"#.to_vec()),
        Just(br#"[{"a":[1,2]}]"#.to_vec()),
    ];
    let value = prop_oneof!["[ -~]{0,8}", Just("oqureshi".to_owned()), Just("5".to_owned())];
    (path, method, body, value).prop_filter_map("no path", |(path, method, body, value)| {
        path.parse::<http::Uri>().ok()?;
        Some(raw(method, &path).by("admin").header("x-a", &value).body(body))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_rule_is_taken_or_refused_and_whatever_is_taken_can_be_played(rule in json_of_words()) {
        static APP: LazyLock<App> = LazyLock::new(app);
        let app = &*APP;
        admin(Method::POST, "/reset").expect(app, 204);
        let answer = admin(Method::POST, "/faults").body(rule.to_string()).of(app);
        prop_assert!(matches!(answer.status.as_u16(), 201 | 400), "{rule}");
        for ask in [read(), get("/nothing"), post("/people", "{}").by("admin"), raw(Method::GET, "/healthcheck")] {
            let _ = ask.of(app);
        }
    }

    #[test]
    fn a_matcher_and_its_opposite_part_all_requests(matcher in matcher(), ask in request()) {
        static APP: LazyLock<App> = LazyLock::new(app);
        let app = &*APP;
        admin(Method::POST, "/reset").expect(app, 204);
        let rule = |matcher: &Value, status: u16| json!({ "when": matcher, "then": { "respond": { "status": status } } });
        for rule in [rule(&matcher, 298), rule(&json!({ "not": matcher }), 299)] {
            admin(Method::POST, "/faults").body(rule.to_string()).expect(app, 201);
        }
        let status = ask.of(app).status.as_u16();
        prop_assert!(matches!(status, 298 | 299), "{status}");
        // The journal speaks the same language, and keeps what it needs to come to the same end; but
        // of a body and of headers it may have forgotten what was secret.
        let count = admin(Method::POST, "/requests/count").body(json!({ "when": matcher }).to_string()).expect(app, 200);
        prop_assert_eq!(count["count"].as_u64(), Some(u64::from(status == 298)));
    }
}
