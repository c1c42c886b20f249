//! `listPeople`: `GET /people`.

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;

use crate::support::{app, get, post, problem, put, raw};

/// The ids of a page, in order.
fn ids(app: &App, query: &str) -> String {
    let list = get(&format!("/people?{query}")).by("sappho").expect(app, 200);
    let entries = list["list"]["entries"].as_array().unwrap();
    let ids: Vec<_> = entries.iter().map(|it| it["entry"]["id"].as_str().unwrap()).collect();
    ids.join(" ")
}

const ALL: &str = "abeecher admin csmith guest jane.doe@example.com mjackson oqureshi rleaver sappho tnguyen zkovarova";

#[test]
fn a_page_is_answered_with_its_place_in_the_list() {
    let page = get("/people?skipCount=1&maxItems=3").by("sappho");
    assert_snapshot!(page.whole(&app()), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"list":{"pagination":{"count":3,"hasMoreItems":true,"totalItems":11,"skipCount":1,"maxItems":3},"entries":[{"entry":{"firstName":"Administrator","displayName":"Administrator","emailNotificationsEnabled":true,"company":{},"id":"admin","enabled":true,"email":"admin@alfresco.com"}},{"entry":{"lastName":"Smith","userStatus":"On call this week","displayName":"Carol Smith","jobTitle":"Content Administrator","statusUpdatedAt":"2026-03-09T08:15:00.000+0000","mobile":"+447700900123","emailNotificationsEnabled":true,"description":"Looks after the repository when the administrator is away.","telephone":"+441134960010","enabled":true,"firstName":"Carol","avatarId":"e41b66d4-13c6-4bdc-a996-431cfcb2185a","location":"Leeds, UK","company":{"organization":"Example Publishing","address1":"1 Mill Lane","address2":"Leeds","address3":"UK","postcode":"LS1 1AA","telephone":"+441134960000","fax":"+441134960001","email":"office@example.com"},"id":"csmith","email":"carol.smith@example.com"}},{"entry":{"firstName":"Guest","displayName":"Guest","emailNotificationsEnabled":true,"company":{},"id":"guest","enabled":false}}]}}
    "#);
}

#[test]
fn everybody_is_listed_by_id_disabled_people_and_the_guest_too() {
    let app = app();
    assert_eq!(ids(&app, ""), ALL);
    assert_eq!(ids(&app, "orderBy="), ALL);
    assert_eq!(ids(&app, "orderBy=id%20asc"), ALL);
    assert_eq!(ids(&app, "where=(id='admin')&format=xml&callback=x"), ALL);
}

#[test]
fn a_slash_behind_the_list_is_the_list() {
    let app = app();
    let list = get("/people").by("admin").brief(&app);
    assert_eq!(get("/people/").by("admin").brief(&app), list);
}

#[test]
fn pages_are_counted_as_the_vendor_counts() {
    let app = app();
    let check = |query: &str, count: u64, more: bool, total: u64, skip: u64, max: u64| {
        let list = get(&format!("/people?{query}")).by("admin").expect(&app, 200);
        let expected = serde_json::json!({
            "count": count, "hasMoreItems": more, "totalItems": total,
            "skipCount": skip, "maxItems": max,
        });
        assert_eq!(list["list"]["pagination"], expected, "{query}");
        assert_eq!(list["list"]["entries"].as_array().unwrap().len() as u64, count, "{query}");
    };
    check("", 11, false, 11, 0, 100);
    check("maxItems=10", 10, true, 11, 0, 10);
    check("maxItems=11", 11, false, 11, 0, 11);
    check("skipCount=10&maxItems=1", 1, false, 11, 10, 1);
    check("skipCount=11", 0, false, 11, 11, 100);
    check("maxItems=2147483647&skipCount=%2B2", 9, false, 11, 2, 2_147_483_647);
    // Past the end, what was skipped is taken for the total (CQ:326-331).
    check("skipCount=12", 0, false, 12, 12, 100);
    check(
        "skipCount=2147483647&maxItems=2147483647",
        0,
        false,
        2_147_483_647,
        2_147_483_647,
        2_147_483_647,
    );
}

#[test]
fn three_fields_order_the_list_and_whoever_lacks_one_is_hidden() {
    let app = app();
    let check = |order: &str, expected: &str| {
        assert_eq!(ids(&app, &format!("orderBy={order}")), expected, "{order}");
    };
    check(
        "id%20DESC",
        "zkovarova tnguyen sappho rleaver oqureshi mjackson jane.doe@example.com guest csmith admin abeecher",
    );
    check(
        "firstName",
        "admin abeecher csmith guest jane.doe@example.com mjackson oqureshi rleaver sappho tnguyen zkovarova",
    );
    // admin and guest have a lastName, which is "". sappho has none.
    check(
        "lastName",
        "admin guest abeecher jane.doe@example.com mjackson zkovarova rleaver tnguyen oqureshi csmith",
    );
    check(
        "lastName%20desc",
        "csmith oqureshi tnguyen rleaver zkovarova mjackson jane.doe@example.com abeecher admin guest",
    );
    check(
        "lastName,id%20desc",
        "guest admin abeecher jane.doe@example.com mjackson zkovarova rleaver tnguyen oqureshi csmith",
    );
    check(
        "lastName,firstName%20DESC",
        "guest admin abeecher jane.doe@example.com mjackson zkovarova rleaver tnguyen oqureshi csmith",
    );
    check("id,lastName", &ALL.replace("sappho ", ""));
    check("firstName,id,lastName", &ids(&app, "orderBy=firstName,lastName"));
    check("id,firstName", ALL);
    check("firstName,firstName%20DESC", &ids(&app, "orderBy=firstName"));
    check("id,,firstName", ALL);
}

#[test]
fn the_hidden_are_not_counted() {
    let app = app();
    let total = |query: &str| {
        let list = get(&format!("/people?{query}")).by("admin").expect(&app, 200);
        list["list"]["pagination"]["totalItems"].clone()
    };
    assert_eq!(total("orderBy=lastName"), 10);
    assert_eq!(total("orderBy=id,lastName"), 10);
    put("/people/csmith", r#"{"lastName":null}"#).by("admin").expect(&app, 200);
    assert_eq!(total("orderBy=firstName,lastName"), 9);
    put("/people/sappho", r#"{"lastName":"of Lesbos"}"#).by("admin").expect(&app, 200);
    assert_eq!(total("orderBy=lastName"), 10);
    assert_eq!(total(""), 11);
}

#[test]
fn an_order_that_people_do_not_have_is_refused() {
    let app = app();
    let check = |query: &str, expected: &str| {
        let found = problem(&get(&format!("/people?{query}")).by("admin").of(&app));
        assert_eq!(found, expected, "{query}");
    };
    check("orderBy=email", "400 = | Invalid sort field: email");
    check("orderBy=ID", "400 = | Invalid sort field: ID");
    check("orderBy=firstname%20DESC", "400 = | Invalid sort field: firstname");
    check("orderBy=id,userName,email", "400 = | Invalid sort field: userName");
    check("orderBy=email&maxItems=0", "400 = | Only positive values supported for maxItems.");
    check("orderBy=email&relations=nothing", "400 = | Invalid sort field: email");
    check("relations=nothing", "404 = | nothing");
    get("/people?relations=sites,groups(id)").by("admin").expect(&app, 200);
}

#[test]
fn names_are_ordered_without_regard_to_case_and_accents() {
    let app = app();
    for (id, name) in [("P1", "smith"), ("p2", "Šmíd"), ("p3", "SMITH"), ("p4", "Smithe")] {
        let body = format!(
            r#"{{"id":"{id}","firstName":"F","lastName":"{name}","email":"e","password":"p"}}"#
        );
        post("/people", &body).by("admin").expect(&app, 201);
    }
    assert_eq!(ids(&app, "orderBy=lastName&skipCount=9"), "p2 P1 csmith p3 p4");
    assert_eq!(ids(&app, "skipCount=7&maxItems=3"), "P1 p2 p3");
}

#[test]
fn what_is_not_included_is_not_there() {
    let app = app();
    let entry = |query: &str| {
        let ask = get(&format!("/people?skipCount=9&maxItems=1&{query}"));
        ask.by("tnguyen").brief(&app)
    };
    assert_snapshot!(entry(""), @r#"200 {"list":{"pagination":{"count":1,"hasMoreItems":true,"totalItems":11,"skipCount":9,"maxItems":1},"entries":[{"entry":{"lastName":"Nguyễn","displayName":"Tâm Nguyễn","jobTitle":"Photographer","mobile":"+33639980123","emailNotificationsEnabled":true,"description":"Photographs the products.","enabled":true,"firstName":"Tâm","avatarId":"b7d30fef-2f75-46b4-a990-119943a93ec0","location":"Lyon, France","company":{},"id":"tnguyen","email":"tam.nguyen@example.com"}}]}}"#);
    assert_snapshot!(entry("include=aspectNames,properties,capabilities,nothing"), @r#"200 {"list":{"pagination":{"count":1,"hasMoreItems":true,"totalItems":11,"skipCount":9,"maxItems":1},"entries":[{"entry":{"lastName":"Nguyễn","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Tâm Nguyễn","jobTitle":"Photographer","mobile":"+33639980123","emailNotificationsEnabled":true,"description":"Photographs the products.","enabled":true,"aspectNames":["exif:exif","app:inlineeditable"],"firstName":"Tâm","avatarId":"b7d30fef-2f75-46b4-a990-119943a93ec0","location":"Lyon, France","company":{},"id":"tnguyen","email":"tam.nguyen@example.com","properties":{"app:editInline":true,"exif:dateTimeOriginal":"2026-05-17T09:30:00.000+0000","exif:fNumber":2.8,"exif:flash":false,"exif:manufacturer":"Example Optics","exif:model":"EX-1","exif:pixelXDimension":6000,"exif:pixelYDimension":4000}}}]}}"#);
    assert_snapshot!(entry("include=capabilities&fields=id,capabilities,properties"), @r#"200 {"list":{"pagination":{"count":1,"hasMoreItems":true,"totalItems":11,"skipCount":9,"maxItems":1},"entries":[{"entry":{"capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"id":"tnguyen"}}]}}"#);
    assert_snapshot!(entry("fields=id,capabilities,aspectNames"), @r#"200 {"list":{"pagination":{"count":1,"hasMoreItems":true,"totalItems":11,"skipCount":9,"maxItems":1},"entries":[{"entry":{"id":"tnguyen"}}]}}"#);
    assert_snapshot!(entry("fields="), @r#"200 {"list":{"pagination":{"count":1,"hasMoreItems":true,"totalItems":11,"skipCount":9,"maxItems":1},"entries":[{"entry":{}}]}}"#);
    assert_snapshot!(entry("properties=id&include=aspectNames"), @r#"200 {"list":{"pagination":{"count":1,"hasMoreItems":true,"totalItems":11,"skipCount":9,"maxItems":1},"entries":[{"entry":{"aspectNames":["exif:exif","app:inlineeditable"],"id":"tnguyen"}}]}}"#);
}

#[test]
fn capabilities_depend_on_who_looks() {
    let app = app();
    let mutable = |user: &str| {
        let list = get("/people?include=capabilities&fields=id").by(user).expect(&app, 200);
        let entries = list["list"]["entries"].as_array().unwrap().clone();
        let is_mutable = |it: &&serde_json::Value| it["entry"]["capabilities"]["isMutable"] == true;
        let ids = entries.iter().filter(is_mutable).map(|it| it["entry"]["id"].as_str().unwrap());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(mutable("sappho"), "sappho");
    assert_eq!(mutable("csmith"), ALL.replace("guest ", ""));
}

#[test]
fn a_page_that_is_asked_for_again_shows_what_was_changed_in_between() {
    let app = app();
    let emails = |user: &str| {
        let list = get("/people?fields=email&skipCount=9&maxItems=1").by(user).expect(&app, 200);
        list["list"]["entries"][0]["entry"]["email"].clone()
    };
    assert_eq!(emails("sappho"), "tam.nguyen@example.com");
    assert_eq!(emails("sappho"), "tam.nguyen@example.com");
    put("/people/tnguyen", r#"{"email":"new@example.com"}"#).by("admin").expect(&app, 200);
    assert_eq!(emails("sappho"), "new@example.com");
    raw(Method::POST, "/__admin/reset").of(&app);
    assert_eq!(emails("sappho"), "tam.nguyen@example.com");
    // Another page of the same rows is another one.
    assert_eq!(ids(&app, "skipCount=1&maxItems=1"), "admin");
    assert_eq!(ids(&app, "skipCount=2&maxItems=1"), "csmith");
}
