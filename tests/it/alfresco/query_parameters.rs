//! The generic query parameters from end to end, told by `listPeople`, `getPerson` and
//! `updatePerson`. Every text of every parameter has its row in the unit tests of `query.rs`; here
//! is what a client sees of them.

use insta::assert_snapshot;
use people_mock::app::App;

use crate::support::{app, delete, get, post, problem, put};

#[track_caller]
fn check(app: &App, query: &str, expected: &str) {
    let ask = get(&format!("/people?{query}")).by("admin");
    assert_eq!(problem(&ask.of(app)), expected, "{query}");
}

/// The page that a query gives: count, whether there is more, total, skip count and max items.
fn page(app: &App, query: &str) -> String {
    let list = get(&format!("/people?{query}")).by("admin").expect(app, 200);
    list["list"]["pagination"].to_string()
}

#[test]
fn a_bad_parameter_is_answered_without_a_word_about_caching() {
    assert_snapshot!(get("/people?maxItems=0").by("admin").whole(&app()), @r#"
    400 Bad Request
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"Only positive values supported for maxItems.","statusCode":400,"briefSummary":"07210000 Only positive values supported for maxItems.","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
}

#[test]
fn each_bad_parameter_is_told_in_the_vendors_words() {
    let app = app();
    let check = |query: &str, expected: &str| check(&app, query, expected);
    check("skipCount=-1", "400 = | Negative values not supported for skipCount.");
    check("maxItems=-1", "400 = | Only positive values supported for maxItems.");
    check("skipCount=abc", "400 = | Invalid paging parameter skipCount:abc");
    check("maxItems=", "400 = | Invalid paging parameter maxItems:");
    check("maxItems=+1", "400 = | Invalid paging parameter maxItems: 1");
    check("maxItems=2147483648", "400 = | Invalid paging parameter maxItems:2147483648");
    check("skipCount=5&maxItems=y", "400 = | Invalid paging parameters skipCount: 5, maxItems:y");
    check("orderBy=id%20down", "400 = | Unknown sort order direction 'DOWN', expected asc or desc");
    check(
        "orderBy=firstName+ASC+x",
        "400 = | Unknown sort order definition 'firstName ASC x', expected 'field1,field2' or 'field1 asc,field2 desc' or similar",
    );
    check("orderBy=%20", "500 ~ApiDefault | -");
    check(
        "where=a%3D%27b%27",
        "400 ~InvalidQuery | An invalid WHERE query was received. a='b', Error at char position 0",
    );
    check("include=", "400 ~InvalidSelect | An invalid INCLUDE query was received. ");
    check(
        "include=a.b",
        "400 ~InvalidSelect | An invalid INCLUDE query was received. Error at char position 1",
    );
    check("relations=sites(", "500 ~ApiDefault | begin 6, end 5, length 6");
    check("relations=nothing", "404 = | nothing");
}

#[test]
fn numbers_are_echoed_and_have_no_upper_limit() {
    let app = app();
    assert_snapshot!(page(&app, ""), @r#"{"count":11,"hasMoreItems":false,"totalItems":11,"skipCount":0,"maxItems":100}"#);
    assert_snapshot!(page(&app, "skipCount=%2B1&maxItems=02"), @r#"{"count":2,"hasMoreItems":true,"totalItems":11,"skipCount":1,"maxItems":2}"#);
    assert_snapshot!(page(&app, "maxItems=2147483647"), @r#"{"count":11,"hasMoreItems":false,"totalItems":11,"skipCount":0,"maxItems":2147483647}"#);
    assert_snapshot!(page(&app, "skipCount=500"), @r#"{"count":0,"hasMoreItems":false,"totalItems":500,"skipCount":500,"maxItems":100}"#);
}

#[test]
fn the_first_of_repeated_parameters_counts() {
    let app = app();
    assert_eq!(page(&app, "maxItems=2&maxItems=0&maxItems=x"), page(&app, "maxItems=2"));
    check(&app, "maxItems=0&maxItems=2", "400 = | Only positive values supported for maxItems.");
    // As python's client sends lists: the real server honours the first alone.
    let list = get("/people?fields=id&fields=email&maxItems=1").by("admin").expect(&app, 200);
    assert_eq!(list["list"]["entries"][0]["entry"].as_object().unwrap().len(), 1);
}

#[test]
fn what_nobody_knows_is_ignored() {
    let app = app();
    let plain = get("/people").by("admin").brief(&app);
    for query in
        ["foo=bar", "MaxItems=0", "format=xml", "callback=f&alf_callback=g", "&&=&a", "%zz=1"]
    {
        assert_eq!(get(&format!("/people?{query}")).by("admin").brief(&app), plain, "{query}");
    }
    for accept in ["text/xml", "application/octet-stream", "nonsense", "*/*;q=0"] {
        let ask = get("/people").by("admin").header("accept", accept);
        assert_eq!(ask.brief(&app), plain, "{accept}");
    }
    let german = get("/people").by("admin").header("accept-language", "de").brief(&app);
    assert_eq!(german, plain);
}

#[test]
fn a_plus_in_a_query_is_a_blank_and_so_is_percent_20() {
    let app = app();
    let by = |query: &str| get(&format!("/people?orderBy={query}")).by("admin").brief(&app);
    assert_eq!(by("firstName+DESC"), by("firstName%20desc"));
    assert_ne!(by("firstName+DESC"), by("firstName"));
    assert_eq!(by(""), by(","));
}

#[test]
fn fields_choose_among_the_names_of_the_top() {
    let app = app();
    let fields = |query: &str| get(&format!("/people/sappho?{query}")).by("admin").brief(&app);
    assert_snapshot!(fields("fields=id,email"), @r#"200 {"entry":{"id":"sappho","email":"sappho@example.org"}}"#);
    assert_snapshot!(fields("fields=%20id%20,,%20email"), @r#"200 {"entry":{"id":"sappho","email":"sappho@example.org"}}"#);
    assert_snapshot!(fields("fields=company/organization,id.x,nothing"), @r#"200 {"entry":{}}"#);
    assert_snapshot!(fields("fields="), @r#"200 {"entry":{}}"#);
    assert_snapshot!(fields("fields=id&include=company/organization"), @r#"200 {"entry":{"company":{},"id":"sappho"}}"#);
    assert_snapshot!(fields("properties=id"), @r#"200 {"entry":{"id":"sappho"}}"#);
    assert_snapshot!(fields("properties=id&fields=email"), @r#"200 {"entry":{"email":"sappho@example.org"}}"#);
    assert_snapshot!(fields("fields=userName,id&select=email"), @r#"200 {"entry":{"id":"sappho"}}"#);
    assert_eq!(fields("include=nothing,aspectNames"), fields(""));
}

#[test]
fn fields_choose_on_every_verb() {
    let app = app();
    let list = get("/people?fields=id&maxItems=2").by("admin").brief(&app);
    assert_snapshot!(list, @r#"200 {"list":{"pagination":{"count":2,"hasMoreItems":true,"totalItems":11,"skipCount":0,"maxItems":2},"entries":[{"entry":{"id":"abeecher"}},{"entry":{"id":"admin"}}]}}"#);
    let body = r#"{"id":"n","firstName":"N","email":"n@example.org","password":"n"}"#;
    assert_snapshot!(post("/people?fields=id", body).by("admin").brief(&app), @r#"201 {"entry":{"id":"n"}}"#);
    let body = r#"{"jobTitle":"x"}"#;
    assert_snapshot!(put("/people/n?fields=jobTitle", body).by("admin").brief(&app), @r#"200 {"entry":{"jobTitle":"x"}}"#);
}

#[test]
fn a_bad_parameter_changes_nothing() {
    let app = app();
    let avatar = |query: &str| delete(&format!("/people/tnguyen/avatar{query}"));
    assert_eq!(avatar("?maxItems=0").by("admin").of(&app).status, 400);
    let shown = get("/people/tnguyen/avatar?placeholder=false").by("admin").of(&app);
    assert_eq!(shown.status, 200);
    assert_eq!(avatar("").by("admin").of(&app).status, 204);
    assert_eq!(problem(&put("/people/sappho?orderBy=a+x", "{}").by("admin").of(&app))[..3], *"400");
}
