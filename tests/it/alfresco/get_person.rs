//! `getPerson`: `GET /people/{personId}`.

use insta::assert_snapshot;

use crate::support::{app, app_with_files, get, problem};

#[test]
fn the_people_of_a_fresh_server_are_there() {
    let app = app();
    assert_snapshot!(get("/people/admin").by("admin").whole(&app), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"firstName":"Administrator","capabilities":{"isGuest":false,"isAdmin":true,"isMutable":true},"displayName":"Administrator","emailNotificationsEnabled":true,"company":{},"id":"admin","enabled":true,"email":"admin@alfresco.com"}}
    "#);
    assert_snapshot!(get("/people/guest").by("admin").brief(&app), @r#"200 {"entry":{"firstName":"Guest","capabilities":{"isGuest":true,"isAdmin":false,"isMutable":false},"displayName":"Guest","emailNotificationsEnabled":true,"company":{},"id":"guest","enabled":false}}"#);
    assert_snapshot!(get("/people/abeecher").by("admin").brief(&app), @r#"200 {"entry":{"lastName":"Beecher","userStatus":"Helping to design the look and feel of the new web site","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Alice Beecher","jobTitle":"Graphic Designer","statusUpdatedAt":"2011-02-15T20:20:13.432+0000","mobile":"0112211001100","emailNotificationsEnabled":true,"description":"Alice is a demo user for the sample Alfresco Team site.","telephone":"0112211001100","enabled":false,"firstName":"Alice","skypeId":"abeecher","avatarId":"198500fc-1e99-4f5f-8926-248cea433366","location":"Tilbury, UK","company":{"organization":"Moresby, Garland and Wedge","address1":"200 Butterwick Street","address2":"Tilbury","address3":"UK","postcode":"ALF1 SAM1"},"id":"abeecher","email":"abeecher@example.com"}}"#);
    assert_snapshot!(get("/people/mjackson").by("admin").brief(&app), @r#"200 {"entry":{"lastName":"Jackson","userStatus":"Working on a new web design for the corporate site","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Mike Jackson","jobTitle":"Web Site Manager","statusUpdatedAt":"2011-02-15T20:13:09.649+0000","mobile":"012211331100","emailNotificationsEnabled":true,"description":"Mike is a demo user for the sample Alfresco Team site.","telephone":"012211331100","enabled":false,"firstName":"Mike","skypeId":"mjackson","avatarId":"3fbde500-298b-4e80-ae50-e65a5cbc2c4d","location":"Threepwood, UK","company":{"organization":"Green Energy","address1":"100 Cavendish Street","address2":"Threepwood","address3":"UK","postcode":"ALF1 SAM1"},"id":"mjackson","email":"mjackson@example.com"}}"#);
}

#[test]
fn any_user_sees_the_whole_of_any_person() {
    let app = app();
    assert_snapshot!(get("/people/tnguyen").by("sappho").brief(&app), @r#"200 {"entry":{"lastName":"Nguyễn","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":false},"displayName":"Tâm Nguyễn","jobTitle":"Photographer","mobile":"+33639980123","emailNotificationsEnabled":true,"description":"Photographs the products.","enabled":true,"aspectNames":["exif:exif","app:inlineeditable"],"firstName":"Tâm","avatarId":"b7d30fef-2f75-46b4-a990-119943a93ec0","location":"Lyon, France","company":{},"id":"tnguyen","email":"tam.nguyen@example.com","properties":{"app:editInline":true,"exif:dateTimeOriginal":"2026-05-17T09:30:00.000+0000","exif:fNumber":2.8,"exif:flash":false,"exif:manufacturer":"Example Optics","exif:model":"EX-1","exif:pixelXDimension":6000,"exif:pixelYDimension":4000}}}"#);
    // What looks like markup is not escaped.
    let description =
        get("/people/zkovarova").by("sappho").json(&app)["entry"]["description"].clone();
    assert_eq!(description, "Překládá příručky <b>do češtiny</b> & zpět.");
}

#[test]
fn a_person_is_found_in_any_letter_case_and_shown_in_the_stored_one() {
    let app = app();
    let check = |path: &str, id: &str| {
        let person = get(&format!("/people/{path}")).by("sappho").expect(&app, 200);
        assert_eq!(person["entry"]["id"], id, "{path}");
    };
    check("ADMIN", "admin");
    check("Jane.Doe@EXAMPLE.com", "jane.doe@example.com");
    check("jane.doe%40example.com", "jane.doe@example.com");
    check("-me-", "sappho");
    check("-ME-", "sappho");
    check("sappho/", "sappho");
}

#[test]
fn an_id_that_nobody_has_comes_back_as_it_was_written() {
    let app = app();
    let check = |path: &str, expected: &str| {
        let found = problem(&get(&format!("/people/{path}")).by("sappho").of(&app));
        let text = "The entity with id:";
        assert_eq!(found, format!("404 ~EntityNotFound | {text} {expected} was not found"));
    };
    check("Nobody", "Nobody");
    check("System", "System");
    check("GROUP_ALFRESCO_ADMINISTRATORS", "GROUP_ALFRESCO_ADMINISTRATORS");
    check("a%20b+c", "a b+c");
    check("%C5%BE", "ž");
    check("-you-", "-you-");
    check("%7B0%7D", "{0}");
    assert_snapshot!(get("/people/nobody").by("admin").whole(&app), @r#"
    404 Not Found
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.EntityNotFound","statusCode":404,"briefSummary":"07210007 The entity with id: nobody was not found","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"1af76395-c664-48cd-a74a-c9505f9cd004"}}
    "#);
}

#[test]
fn capabilities_depend_on_who_looks_at_whom() {
    let app = app();
    // (isGuest, isAdmin, isMutable)
    let check = |by: &str, person: &str, expected: (bool, bool, bool)| {
        let found = get(&format!("/people/{person}")).by(by).json(&app);
        let it = &found["entry"]["capabilities"];
        let flag = |name: &str| it[name].as_bool().unwrap();
        let found = (flag("isGuest"), flag("isAdmin"), flag("isMutable"));
        assert_eq!(found, expected, "{by} looks at {person}");
    };
    check("admin", "admin", (false, true, true));
    check("admin", "csmith", (false, true, true));
    check("admin", "guest", (true, false, false));
    check("admin", "abeecher", (false, false, true));
    check("csmith", "admin", (false, true, true));
    check("sappho", "sappho", (false, false, true));
    check("sappho", "-me-", (false, false, true));
    check("sappho", "admin", (false, true, false));
    check("sappho", "oqureshi", (false, false, false));
    check("sappho", "guest", (true, false, false));
}

#[test]
fn fields_choose_members_and_include_changes_nothing_else() {
    let app = app();
    let whole = get("/people/tnguyen").by("admin").brief(&app);
    let check = |query: &str, expected: &str| {
        let found = get(&format!("/people/tnguyen?{query}")).by("admin").brief(&app);
        assert_eq!(found, expected, "{query}");
    };
    check("include=aspectNames", &whole);
    check("include=capabilities,properties", &whole);
    check("fields=displayName,id", r#"200 {"entry":{"displayName":"Tâm Nguyễn","id":"tnguyen"}}"#);
    check("fields=userName,ID", r#"200 {"entry":{}}"#);
    check("fields=company/organization", r#"200 {"entry":{}}"#);
    check(
        "fields=id&include=aspectNames",
        r#"200 {"entry":{"aspectNames":["exif:exif","app:inlineeditable"],"id":"tnguyen"}}"#,
    );
    check("properties=id", r#"200 {"entry":{"id":"tnguyen"}}"#);
    check("fields=&properties=id", r#"200 {"entry":{}}"#);
}

#[test]
fn members_of_at_most_twelve_stand_in_the_order_of_the_smaller_table() {
    let app = app();
    let names = |query: &str| {
        let person = get(&format!("/people/csmith{query}")).by("admin").json(&app);
        let entry = person["entry"].as_object().unwrap().clone();
        entry.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_snapshot!(names(""), @"lastName userStatus capabilities displayName jobTitle statusUpdatedAt mobile emailNotificationsEnabled description telephone enabled firstName avatarId location company id email");
    assert_snapshot!(names("?fields=id,email,enabled,mobile,location,lastName,firstName,avatarId,telephone,jobTitle,company,capabilities"), @"firstName lastName avatarId capabilities jobTitle mobile location telephone company id enabled email");
    assert_snapshot!(names("?fields=id,email,enabled,mobile,location,lastName,firstName,avatarId,telephone,jobTitle,company,capabilities,userStatus"), @"lastName userStatus capabilities jobTitle mobile telephone enabled firstName avatarId location company id email");
}

#[test]
fn quotas_are_shown_where_usages_are_switched_on() {
    let check = |server: &str, expected: [Option<u64>; 2]| {
        let app = app_with_files(&[("alfresco/server.json", server)]);
        let entry = get("/people/sappho").by("admin").json(&app)["entry"].clone();
        assert_eq!([entry["quota"].as_u64(), entry["quotaUsed"].as_u64()], expected);
    };
    check("{}", [None, None]);
    check(r#"{"storageQuotaBytes":5000}"#, [Some(5000), Some(0)]);
}
