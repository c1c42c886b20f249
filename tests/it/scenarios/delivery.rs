//! Answers that go out late, slowly or broken, and what they leave behind.

use std::num::NonZeroU64;
use std::time::Duration;

use http::Method;
use people_mock::scenarios::{Delivery, Fault};
use serde_json::{Value, json};

use super::{admin, advance, delivered, playing, read};
use crate::support::{Ask, get, post, put, raw};

fn delivery(then: &Value) -> Delivery {
    let (answer, delivery) = delivered(&playing(&json!([{ "then": then }])), &read());
    assert_eq!(answer.status, 200, "{then}");
    delivery
}

fn create() -> Ask {
    post("/people", r#"{"id":"new","firstName":"N","email":"n@example.com","password":"n"}"#)
        .by("admin")
}

#[test]
fn delays_are_told_to_the_server_and_are_drawn_from_the_dice() {
    let delay = |delay: Value| delivery(&json!({ "delay": delay })).delay;
    assert_eq!(delay(json!("250ms")), Duration::from_millis(250));
    assert_eq!(delay(json!("PT2S")), Duration::from_secs(2));
    let uniform = json!({ "uniform": ["50ms", "2s"] });
    let drawn = delay(uniform.clone());
    assert!((Duration::from_millis(50)..=Duration::from_secs(2)).contains(&drawn));
    assert_eq!(delay(uniform), drawn, "the seed is the same");
    let lognormal = json!({ "lognormal": { "median": "80ms", "sigma": 2, "max": "90ms" } });
    assert!(delay(lognormal) <= Duration::from_millis(90));
    let slow = delivery(&json!({ "bytesPerSecond": 100 }));
    assert_eq!(slow.bytes_per_second, NonZeroU64::new(100));
}

#[test]
fn every_fault_has_its_name_and_wiremocks() {
    let check = |name: &str, fault: Fault| {
        assert_eq!(delivery(&json!({ "fault": name })).fault, Some(fault), "{name}");
    };
    check("reset", Fault::Reset);
    check("CONNECTION_RESET_BY_PEER", Fault::Reset);
    check("close", Fault::Close);
    check("EMPTY_RESPONSE", Fault::Close);
    check("malformedChunk", Fault::MalformedChunk);
    check("MALFORMED_RESPONSE_CHUNK", Fault::MalformedChunk);
    check("garbage", Fault::Garbage);
    check("RANDOM_DATA_THEN_CLOSE", Fault::Garbage);
    check("hang", Fault::Hang);
    check("wrongLength", Fault::WrongLength);
    check("truncate", Fault::Truncate { after: 0 });
    let cut = delivery(&json!({ "fault": "truncate", "after": 7 }));
    assert_eq!(cut.fault, Some(Fault::Truncate { after: 7 }));
}

#[test]
fn a_fault_strikes_instead_of_the_operation_unless_it_is_to_strike_after_it() {
    let check = |then: Value, is_made: bool| {
        let rules =
            json!([{ "when": { "operation": "alfresco.createPerson" }, "times": 1, "then": then }]);
        let app = playing(&rules);
        let (answer, _) = delivered(&app, &create());
        get("/people/new").by("admin").expect(&app, if is_made { 200 } else { 404 });
        answer
    };
    check(json!({ "fault": "reset" }), false);
    check(json!({ "fault": "reset", "effect": "after" }), true);
    check(json!({ "error": 503 }), false);
    assert_eq!(check(json!({ "error": 503, "effect": "after" }), true).status, 503);
    check(json!({ "respond": { "status": 502 } }), false);
    check(json!({ "respond": { "status": 502 }, "effect": "after" }), true);
    check(json!({ "delay": "1ms" }), true);
    check(json!({ "patch": {} }), true);
}

#[test]
fn what_is_cut_short_is_the_natural_answer_even_where_nothing_is_changed() {
    let natural = create().of(&crate::support::app());
    for fault in ["truncate", "malformedChunk", "wrongLength"] {
        let app = playing(&json!([{ "times": 1, "then": { "fault": fault } }]));
        let (answer, _) = delivered(&app, &create());
        assert_eq!((answer.status, &answer.body), (natural.status, &natural.body), "{fault}");
        get("/people/new").by("admin").expect(&app, 404);
        // Nothing was changed, so it can be done again: not a number was used up.
        assert_eq!(create().of(&app).body, natural.body, "{fault}");
    }
    let app = playing(&json!([{ "times": 1, "then": { "fault": "truncate", "error": 409 } }]));
    assert_eq!(delivered(&app, &create()).0.status, 409);
}

#[test]
fn an_exchange_without_an_answer_has_no_status_in_the_journal() {
    let app = playing(&json!([
        { "times": 1, "then": { "fault": "reset" } },
        { "times": 1, "then": { "fault": "truncate", "after": 3 } },
    ]));
    delivered(&app, &read());
    delivered(&app, &read());
    let entry = |id: u32| admin(Method::GET, &format!("/requests/{id}")).expect(&app, 200);
    assert_eq!(entry(1)["response"]["status"], Value::Null, "{}", entry(1));
    assert_eq!(entry(2)["response"]["status"], 200);
    let told = admin(Method::GET, "/explain/1").expect(&app, 200);
    assert_eq!(told["forcedBy"]["does"], "fault reset");
}

#[test]
fn a_rate_limit_counts_by_its_key_in_its_window_and_says_when_it_is_over() {
    let limit = |key: Value| json!([{ "when": { "operation": "alfresco.getPerson" }, "then": { "rateLimit": { "requests": 2, "per": "10s", "key": key } } }]);
    let statuses = |key: Value, asks: &[Ask]| {
        let app = playing(&limit(key));
        asks.iter().map(|ask| ask.of(&app).status.as_u16()).collect::<Vec<_>>()
    };
    let by = |user: &str, id: &str| get(&format!("/people/{id}")).by(user);
    let asks = [
        by("admin", "sappho"),
        by("admin", "oqureshi"),
        by("sappho", "sappho"),
        by("admin", "sappho"),
        by("sappho", "oqureshi"),
    ];
    assert_eq!(statuses(json!(null), &asks), [200, 200, 429, 429, 429]);
    assert_eq!(statuses(json!("caller"), &asks), [200, 200, 200, 429, 200]);
    assert_eq!(statuses(json!("personId"), &asks), [200, 200, 200, 429, 200]);
    assert_eq!(statuses(json!("operation"), &asks), [200, 200, 429, 429, 429]);

    let app = playing(&limit(json!("caller")));
    read().expect(&app, 200);
    advance(&app, "PT9.5S");
    read().expect(&app, 200);
    let refused = read().of(&app);
    assert_eq!(
        (refused.status.as_u16(), refused.headers["retry-after"].to_str().unwrap()),
        (429, "1")
    );
    let body: Value = serde_json::from_slice(&refused.body).unwrap();
    assert_eq!(body["error"]["statusCode"], 429);
    advance(&app, "PT0.5S");
    read().expect(&app, 200);

    // It may answer something else, and as the other vendor.
    let app = playing(
        &json!([{ "when": { "operation": "ecg.*" }, "then": { "rateLimit": { "requests": 0, "per": "1s" }, "error": 503 } }]),
    );
    raw(Method::GET, "/healthcheck").expect(&app, 503);
    put("/people/oqureshi", "{}").by("admin").expect(&app, 200);
}
