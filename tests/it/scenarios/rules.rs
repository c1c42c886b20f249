//! When a rule fires: counts, chances, times, and states.

use http::Method;
use serde_json::{Value, json};

use super::{admin, advance, pattern, playing, playing_story, put_fault, read, state};
use crate::support::{Ask, app, app_with, ask, files, get, raw};

/// A rule on reading a person, with more to it.
fn rule(more: &Value) -> Value {
    let mut rule =
        json!({ "when": { "operation": "alfresco.getPerson" }, "then": { "error": 500 } });
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

#[test]
fn skip_lets_matches_by_every_counts_in_steps_and_times_bounds_what_fires() {
    let check = |more: &Value, expected: &str| {
        let app = playing(&json!([rule(more)]));
        assert_eq!(pattern(&app, &read(), expected.len()), expected, "{more}");
    };
    check(&json!({}), "XXXXXX");
    check(&json!({ "skip": 2 }), "..XXXX");
    check(&json!({ "times": 2 }), "XX....");
    check(&json!({ "every": 3 }), "..X..X..X");
    check(&json!({ "skip": 1, "every": 2, "times": 2 }), "..X.X....");
    check(&json!({ "times": 0 }), "......");
}

#[test]
fn only_what_matches_counts_and_a_rule_that_does_not_fire_leaves_the_request_to_the_next() {
    let app = playing(&json!([
        rule(&json!({ "skip": 1, "times": 1 })),
        rule(&json!({ "skip": 2, "then": { "error": 503 } })),
    ]));
    let mut seen = Vec::new();
    for _ in 0..5 {
        get("/people").by("admin").expect(&app, 200);
        seen.push(read().of(&app).status.as_u16());
    }
    // The second rule never saw the second read: the first had decided about it.
    assert_eq!(seen, [200, 500, 200, 503, 503]);
}

#[test]
fn chances_are_thrown_by_the_dice_of_the_session() {
    let pattern = |seed: u64, chance: f64| {
        let rules = json!({ "rules": [rule(&json!({ "chance": chance }))] });
        let app = app_with(|config| {
            config.seed = Some(seed);
            config.scenarios = files(&[("story.json", &rules.to_string())]);
            config.from_start = vec!["story".to_owned()];
        });
        let first = pattern(&app, &read(), 200);
        admin(Method::POST, "/reset").expect(&app, 204);
        assert_eq!(pattern(&app, &read(), 200), first, "a reset begins the dice again");
        first
    };
    let some = pattern(1, 0.25);
    let n_fired = some.matches('X').count();
    assert!((30..70).contains(&n_fired), "{n_fired} of 200");
    assert_eq!(pattern(1, 0.25), some);
    assert_ne!(pattern(2, 0.25), some);
    assert!(!pattern(1, 0.0).contains('X') && !pattern(1, 1.0).contains('.'));
}

#[test]
fn after_and_for_are_times_of_the_sessions_clock_since_the_state_was_entered() {
    let app = playing(&json!([
        rule(&json!({ "in": "start", "after": "10s", "for": "PT1M" })),
        { "when": { "operation": "alfresco.listPeople" }, "goto": "start" },
    ]));
    let check = |by: &str, expected: &str| {
        advance(&app, by);
        assert_eq!(pattern(&app, &read(), 2), expected, "after {by} more");
    };
    check("PT9S", "..");
    check("PT1S", "XX");
    check("PT59S", "XX");
    check("PT1S", "..");
    get("/people").by("admin").expect(&app, 200);
    check("PT9S", "..");
    check("PT1S", "XX");
    // Nobody knows what an earlier time than that of entering means; the rule doesn't count then.
    admin(Method::PUT, "/clock").body(r#"{"freeze":"2020-01-01T00:00:00Z"}"#).expect(&app, 200);
    assert_eq!(pattern(&app, &read(), 1), ".");
}

#[test]
fn a_story_goes_from_state_to_state_and_counts_anew_in_each() {
    let app = playing_story(&json!({ "start": "calm", "rules": [
        { "in": "calm", "when": { "operation": "*.getPerson" }, "skip": 2, "goto": "storm" },
        { "in": ["storm"], "when": { "operation": "*.getPerson" }, "times": 2, "then": { "error": 503 } },
        { "in": ["storm", "calm"], "when": { "operation": "*.listPeople" }, "then": "pass", "goto": "calm" },
    ]}));
    assert_eq!(state(&app, "story"), "calm");
    assert_eq!(pattern(&app, &read(), 7), "...XX..");
    assert_eq!(state(&app, "story"), "storm");
    get("/people").by("admin").expect(&app, 200);
    assert_eq!(state(&app, "story"), "calm");
    assert_eq!(pattern(&app, &read(), 6), "...XX.");
}

#[test]
fn unknown_paths_other_verbs_and_heads_are_hit_where_no_operation_is_asked_for() {
    let app = playing(&json!([
        { "when": { "path": "*/nothing" }, "then": { "error": 503 } },
        { "when": { "method": ["HEAD", "OPTIONS"] }, "then": { "respond": { "status": 418 } } },
    ]));
    assert_eq!(get("/nothing").expect(&app, 503)["error"]["statusCode"], 503);
    assert_eq!(raw(Method::GET, "/api/nothing").expect(&app, 503)["statusCode"], 503);
    // Nobody's path has nobody's errors.
    raw(Method::GET, "/nothing").expect(&app, 404);
    ask(Method::HEAD, "/people").expect(&app, 418);
    raw(Method::HEAD, "/nowhere").expect(&app, 418);
    ask(Method::OPTIONS, "/people").expect(&app, 418);
    // A preflight is the browser's, and no exchange of the client's.
    let preflight = ask(Method::OPTIONS, "/people")
        .header("origin", "http://app.example")
        .header("access-control-request-method", "GET");
    preflight.expect(&app, 200);
}

#[test]
fn a_story_is_found_by_whatever_it_is_about_in_the_state_that_it_has_come_to() {
    let app = playing_story(&json!({
        "start": "reads",
        "rules": [
            { "in": "reads", "when": { "operation": "alfresco.getPerson" }, "goto": "lists" },
            { "in": "lists", "when": { "operation": "alfresco.listPeople" }, "then": { "error": 503 }, "goto": "reads" },
        ]
    }));
    let list = get("/people").by("admin");
    let story = |method, rest: &str| admin(method, &format!("/scenarios/story{rest}"));
    assert_eq!(pattern(&app, &list, 2), "..");
    for _ in 0..2 {
        read().expect(&app, 200);
        assert_eq!(pattern(&app, &list, 2), "X.", "moved by an exchange");
    }
    story(Method::PUT, "/state").body(r#"{"state":"lists"}"#).expect(&app, 200);
    assert_eq!(pattern(&app, &list, 2), "X.", "moved by hand");
    read().expect(&app, 200);
    story(Method::POST, "/stop").expect(&app, 200);
    assert_eq!(pattern(&app, &list, 2), "..", "stopped");
    story(Method::POST, "/start").expect(&app, 200);
    read().expect(&app, 200);
    let fault =
        put_fault(&app, &json!({ "when": { "method": "DELETE" }, "then": { "error": 500 } }));
    admin(Method::DELETE, &format!("/faults/{fault}")).expect(&app, 204);
    assert_eq!(pattern(&app, &list, 2), "X.", "beside a fault that came and went");
}

#[test]
fn of_a_hundred_rules_the_one_that_is_meant_decides() {
    let check = |when: fn(u16) -> Value, ask: fn(u16) -> Ask| {
        let app = app();
        for n in 0..100 {
            put_fault(
                &app,
                &json!({ "when": when(n), "then": { "respond": { "status": 400 + n } } }),
            );
        }
        let statuses: Vec<_> = (0..101).map(|n| ask(n).of(&app).status.as_u16()).collect();
        assert_eq!(statuses[..100], (400..500).collect::<Vec<_>>(), "{}", when(0));
        assert_eq!(statuses[100], 200, "{}", when(0));
    };
    check(
        |n| json!({ "personId": n }),
        |n| match n {
            100 => read(),
            n => get(&format!("/people/{n}")).by("admin"),
        },
    );
    check(
        |n| json!({ "headers": { "X-Tenant": format!("t{n}") } }),
        |n| read().header("x-tenant", "other").header("x-tenant", &format!("t{n}")),
    );
    check(
        |n| json!({ "query": { "a b": n } }),
        |n| get(&format!("/people/oqureshi?a+b=x&a%20b={n}")).by("admin"),
    );
    check(
        |n| json!({ "headers": { format!("X-{n}"): { "absent": false } } }),
        |n| read().header(&format!("x-{n}"), ""),
    );
}
