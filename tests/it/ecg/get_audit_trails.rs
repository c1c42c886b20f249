//! `getAuditTrails`: `GET /api/people/{personId}/accounts/audit-trails`

use http::Method;
use people_mock::app::App;
use serde_json::Value;

use super::{ADA, BRUNO, CHIDI, DANA, ELIF, NOBODY, ask, by, problem, trail};
use crate::support::{Ask, app, raw};

fn list(query: &str) -> Ask {
    ask(&format!("GET /people/{ADA}/accounts/audit-trails{query}"))
}

fn freeze(app: &App, at: &str) {
    let body = format!(r#"{{"freeze":"{at}"}}"#);
    raw(Method::PUT, "/__admin/clock").body(body).expect(app, 200);
}

/// When each item of a page was modified.
fn times(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|it| it["modifiedAt"].as_str().unwrap()).collect()
}

#[test]
fn a_page_shows_ten_entries_newest_first_and_counts_the_rest() {
    let chidi = ask(&format!("GET /people/{CHIDI}/accounts/audit-trails?take=2"));
    let page = chidi.expect(&app(), 200);
    assert_eq!(page["totalRecords"], 3);
    assert_eq!(page["totalPages"], 2);
    assert_eq!(
        list("?take=1&order_by=ASC").brief(&app()),
        "200 {\"items\":[{\"id\":\"63c7e295-0ace-433a-8670-59d9e45133bb\",\"action\":\"INSERT\",\
         \"entityName\":\"user_account\",\"entityId\":\"52cadb18-06b7-42f7-8b38-17e3d4150e50\",\
         \"personId\":\"0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11\",\"oldValue\":null,\
         \"newValue\":{\"emailAddress\":\"ada.e@example.com\",\"password\":\"***\",\
         \"status\":\"FORCE_CHANGE_PASSWORD\"},\"modifiedAt\":\"2023-02-14T10:00:00.000Z\",\
         \"modifiedBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\"}],\"currentPageNumber\":1,\
         \"recordsPerPage\":1,\"totalRecords\":9,\"totalPages\":9}",
    );
}

#[test]
fn skip_counts_pages_and_pages_concatenate_to_the_list() {
    let app = app();
    let whole = list("?take=100").expect(&app, 200);
    let whole = whole["items"].as_array().unwrap();
    let mut found = Vec::new();
    for skip in 0..3 {
        let page = list(&format!("?take=4&skip={skip}")).expect(&app, 200);
        assert_eq!(page["currentPageNumber"], skip + 1);
        assert_eq!(page["totalPages"], 3);
        found.extend(page["items"].as_array().unwrap().clone());
    }
    assert_eq!(&found, whole);
    let beyond = list("?take=4&skip=3").brief(&app);
    assert_eq!(
        beyond,
        r#"200 {"items":[],"currentPageNumber":4,"recordsPerPage":4,"totalRecords":9,"totalPages":3}"#
    );
    list("?skip=18446744073709551615&take=100").expect(&app, 200);
    list("?skip=1e300").expect(&app, 200);
}

#[test]
fn the_order_is_by_time_or_by_action_and_both_ways() {
    let app = app();
    let ascending = list("?order_by=ASC&sort_by=modifiedAt&take=100").expect(&app, 200);
    let mut times = times(&ascending);
    assert!(times.is_sorted());
    times.reverse();
    assert_eq!(times, self::times(&list("?take=100").expect(&app, 200)));

    let actions = |query| -> Vec<String> {
        let page = list(query).expect(&app, 200);
        let items = page["items"].as_array().unwrap().iter();
        items.map(|it| format!("{} {}", it["action"], it["modifiedAt"])).collect()
    };
    let mut by_action = actions("?sort_by=action&order_by=ASC&take=100");
    assert!(by_action.is_sorted());
    assert!(by_action[0].contains("DELETE"));
    by_action.reverse();
    assert_eq!(by_action, actions("?sort_by=action&order_by=DESC&take=100"));
}

#[test]
fn the_search_term_is_an_action() {
    let app = app();
    for (action, count) in [("INSERT", 2), ("UPDATE", 6), ("DELETE", 1)] {
        let page = list(&format!("?searchTerm={action}")).expect(&app, 200);
        assert_eq!(page["totalRecords"], count, "{action}");
        assert!(page["items"].as_array().unwrap().iter().all(|it| it["action"] == action));
    }
}

const NEW_YEARS_EVE: &str = "2025-12-31T23:59:59.999Z";
const NEW_YEAR: &str = "2026-01-01T00:00:00.000Z";

#[test]
fn every_range_ends_with_its_last_millisecond() {
    let app = app();
    let check = |now: &str, kind: &str, expected: &[&str]| {
        freeze(&app, now);
        let page = list(&format!("?dateRangeType={kind}&order_by=ASC&take=100")).expect(&app, 200);
        assert_eq!(times(&page), expected, "{kind} at {now}");
    };
    // A year, a quarter, a month, a week and a day end at the same moment.
    check("2025-12-31T12:00:00Z", "today", &[NEW_YEARS_EVE]);
    check("2026-01-01T12:00:00Z", "today", &[NEW_YEAR]);
    check("2025-12-31T12:00:00Z", "this-month", &[NEW_YEARS_EVE]);
    check("2026-01-31T23:59:59.999Z", "last-month", &[NEW_YEARS_EVE]);
    check("2026-03-31T23:59:59.999Z", "this-quarter", &[NEW_YEAR]);
    check("2026-01-01T00:00:00Z", "last-quarter", &[NEW_YEARS_EVE]);
    check("2026-06-30T23:59:59.999Z", "last-quarter", &[NEW_YEAR]);
    check("2026-12-31T23:59:59.999Z", "this-year", &[NEW_YEAR, "2026-08-17T06:45:00.000Z"]);
    // The year's turn is inside of a week.
    check("2026-01-04T23:59:59.999Z", "this-week", &[NEW_YEARS_EVE, NEW_YEAR]);
    check("2026-01-05T00:00:00Z", "this-week", &[]);
    check("2026-01-05T00:00:00Z", "last-week", &[NEW_YEARS_EVE, NEW_YEAR]);
    // The last Sunday of June 2025, half an hour before Monday; and Monday.
    check("2025-06-29T01:00:00Z", "this-week", &["2025-06-29T23:30:00.000Z"]);
    check("2025-06-30T01:00:00Z", "this-week", &["2025-06-30T00:30:00.000Z"]);
    check("2025-07-06T23:59:59Z", "last-week", &["2025-06-29T23:30:00.000Z"]);
    check(
        "2026-08-21T10:00:00Z",
        "last-year",
        &["2025-06-29T23:30:00.000Z", "2025-06-30T00:30:00.000Z", NEW_YEARS_EVE],
    );
    check("2024-04-01T00:00:00Z", "last-quarter", &["2024-03-31T23:59:59.999Z"]);
}

#[test]
fn a_custom_range_holds_both_its_ends() {
    let app = app();
    let check = |query: &str, expected: usize| {
        let page = list(query).expect(&app, 200);
        assert_eq!(page["totalRecords"], expected, "{query}");
    };
    check("?dateRangeType=custom&from=2025-12-31T23:59:59.999Z&to=2026-01-01T00:00:00Z", 2);
    check("?dateRangeType=custom&from=2026-01-01T00:00:00.000Z&to=2026-01-01T00:00:00.000Z", 1);
    check("?dateRangeType=custom&from=2026-01-01T00:00:00.001Z&to=2026-01-02", 0);
    // Dates alone mean the same, in any offset.
    check("?from=2026-01-01T01:00:00%2B01:00&to=2026-01-01T01:00:00%2B01:00", 1);
    check("?from=2026-01-01&to=2026-12-31", 2);
    // Under another type they are ignored.
    check("?dateRangeType=last-year&from=2026-01-01&to=2025-01-01", 3);
    check("?dateRangeType=last-year&from=2026-01-01", 3);
}

#[test]
fn everything_that_is_wrong_with_a_query_is_told_at_once() {
    let app = app();
    let check = |query: &str, expected: &str| {
        assert_eq!(problem(&list(query), &app), format!("400\n{expected}"), "{query}");
    };
    check(
        "?order_by=asc&skip=-1&take=101&sort_by=id&searchTerm=x&dateRangeType=now&from=x&to=y&x=1",
        "property x should not exist\n\
         order_by must be one of the following values: ASC, DESC\n\
         skip must not be less than 0\n\
         take must not be greater than 100\n\
         sort_by must be one of the following values: modifiedAt, action\n\
         searchTerm must be one of the following values: UPDATE, DELETE, INSERT\n\
         dateRangeType must be one of the following values: custom, this-year, last-year, today, this-week, last-week, this-month, last-month, this-quarter, last-quarter\n\
         from must be a valid ISO 8601 date string\n\
         to must be a valid ISO 8601 date string",
    );
    check("?take=0", "take must not be less than 1");
    check(
        "?take=abc",
        "take must not be greater than 100\ntake must not be less than 1\ntake must be an integer number",
    );
    check("?take=1.5", "take must be an integer number");
    check("?skip=1&skip=2", "skip must not be less than 0\nskip must be an integer number");
    check("?skip[]=3", "skip must not be less than 0\nskip must be an integer number");
    check("?skip=Infinity", "skip must not be less than 0\nskip must be an integer number");
    check(
        "?dateRangeType=custom",
        "from must be a valid ISO 8601 date string\nto must be a valid ISO 8601 date string",
    );
    check("?dateRangeType=custom&from=2026-01-01", "to must be a valid ISO 8601 date string");
    check("?to=2026-01-01", "from must be a valid ISO 8601 date string");
    check("?from=2026-01-02&to=2026-01-01", "from must not be after to");
    check("?dateRangeType=today&from=x", "from must be a valid ISO 8601 date string");
    list("?skip=&include=person&include=x").expect(&app, 200);
}

#[test]
fn whoever_has_no_account_has_an_empty_list_and_people_see_their_own() {
    let app = app();
    let empty = r#"200 {"items":[],"currentPageNumber":1,"recordsPerPage":10,"totalRecords":0,"totalPages":0}"#;
    assert_eq!(ask(&format!("GET /people/{DANA}/accounts/audit-trails")).brief(&app), empty);
    // Adding a person is remembered, and is none of the account's.
    let zoe = ask("POST /people").body(r#"{"firstName":"Zoe","lastName":"New"}"#).expect(&app, 201);
    let id = zoe["id"].as_str().unwrap();
    assert_eq!(ask(&format!("GET /people/{id}/accounts/audit-trails")).brief(&app), empty);
    let nobody = ask(&format!("GET /people/{NOBODY}/accounts/audit-trails"));
    assert_eq!(problem(&nobody, &app), format!("404 Person with id '{NOBODY}' not found"));
    ask(&format!("GET /people/{ELIF}/accounts/audit-trails")).expect(&app, 200);
    by("ada-token", &format!("GET /people/{ADA}/accounts/audit-trails")).expect(&app, 200);
    by("ada-token", &format!("GET /people/{BRUNO}/accounts/audit-trails")).expect(&app, 403);
}

#[test]
fn entries_stand_in_the_order_of_their_time_also_if_the_clock_is_set_back() {
    let app = app();
    let reset = ask(&format!("POST /people/{ADA}/reset-password"));
    reset.expect(&app, 200);
    freeze(&app, "2024-01-01T00:00:00Z");
    reset.expect(&app, 200);
    let times: Vec<_> = trail(&app, ADA).iter().map(|it| it["modifiedAt"].to_string()).collect();
    assert_eq!(times.len(), 11);
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
}

#[test]
fn a_session_keeps_ten_thousand_entries_of_its_own() {
    let app = app();
    let reset = |id: &str| ask(&format!("POST /people/{id}/reset-password")).expect(&app, 200);
    let total = |id: &str| {
        let page = ask(&format!("GET /people/{id}/accounts/audit-trails")).expect(&app, 200);
        page["totalRecords"].as_u64().unwrap()
    };
    reset(BRUNO);
    for _ in 0..9_999 {
        reset(ADA);
    }
    assert_eq!((total(BRUNO), total(ADA)), (1, 10_008));
    reset(ADA);
    // Bruno's was the oldest; what the fixtures gave stays.
    assert_eq!((total(BRUNO), total(ADA)), (0, 10_009));
    reset(ADA);
    assert_eq!(total(ADA), 10_009);
}
