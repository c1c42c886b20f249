//! `createPerson`: `POST /people`.

use insta::assert_snapshot;
use people_mock::app::App;

use crate::support::{app, get, post, problem};

/// A body that is right, and then these members; of a member that is there twice the last counts.
fn with(members: &str) -> String {
    format!(
        r#"{{"id":"new","firstName":"Nina","email":"n@example.com","password":"secret",{members}}}"#
    )
}

fn rows(app: &App, user: &str, rows: &[(&str, &str)]) {
    for (members, expected) in rows {
        let found = problem(&post("/people", &with(members)).by(user).of(app));
        assert_eq!(found, *expected, "{user} with {members}");
    }
    get("/people/new").by("admin").expect(app, 404);
}

#[test]
fn a_person_is_created_and_the_answer_is_the_person() {
    let app = app();
    let everything = r#""lastName":"Novák","description":"<b>new</b>","skypeId":"s","googleId":"g",
        "instantMessageId":"im","jobTitle":"Job","location":"Brno","mobile":"1","telephone":"2",
        "userStatus":"here","enabled":true,"emailNotificationsEnabled":false,
        "company":{"email":"c@example.com","fax":"3","organization":"Org","telephone":"4",
        "address1":"a","address2":"b","address3":"c","postcode":"5"},
        "aspectNames":["app:linked"],"properties":{"exif:model":"M"}"#;
    let create = post("/people", &with(everything)).by("admin");
    assert_snapshot!(create.whole(&app), @r#"
    201 Created
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"googleId":"g","lastName":"Novák","userStatus":"here","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Nina Novák","jobTitle":"Job","mobile":"1","emailNotificationsEnabled":false,"description":"<b>new</b>","telephone":"2","enabled":true,"aspectNames":["app:linked","exif:exif"],"firstName":"Nina","skypeId":"s","instantMessageId":"im","location":"Brno","company":{"organization":"Org","address1":"a","address2":"b","address3":"c","postcode":"5","telephone":"4","fax":"3","email":"c@example.com"},"id":"new","email":"n@example.com","properties":{"exif:model":"M"}}}
    "#);
    assert_snapshot!(get("/people/new").by("csmith").brief(&app), @r#"200 {"entry":{"googleId":"g","lastName":"Novák","userStatus":"here","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Nina Novák","jobTitle":"Job","mobile":"1","emailNotificationsEnabled":false,"description":"<b>new</b>","telephone":"2","enabled":true,"aspectNames":["app:linked","exif:exif"],"firstName":"Nina","skypeId":"s","instantMessageId":"im","location":"Brno","company":{"organization":"Org","address1":"a","address2":"b","address3":"c","postcode":"5","telephone":"4","fax":"3","email":"c@example.com"},"id":"new","email":"n@example.com","properties":{"exif:model":"M"}}}"#);
    get("/people/-me-").by("new:secret").expect(&app, 200);
}

#[test]
fn four_members_are_enough() {
    assert_snapshot!(post("/people", &with(r#""lastName":null"#)).by("admin").brief(&app()), @r#"201 {"entry":{"firstName":"Nina","capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"displayName":"Nina","emailNotificationsEnabled":true,"company":{},"id":"new","enabled":true,"email":"n@example.com"}}"#);
}

#[test]
fn null_is_fine_for_what_is_not_required() {
    let nulls = r#""lastName":null,"description":null,"skypeId":null,"googleId":null,
        "instantMessageId":null,"jobTitle":null,"location":null,"mobile":null,"telephone":null,
        "userStatus":null,"enabled":null,"emailNotificationsEnabled":"","company":null,
        "aspectNames":null,"properties":null,"displayName":null,"capabilities":null,
        "oldPassword":null"#;
    let created = post("/people", &with(nulls)).by("admin").expect(&app(), 201);
    assert_eq!(
        created,
        post("/people", &with(r#""enabled":true"#)).by("admin").expect(&app(), 201)
    );
}

#[test]
fn what_the_server_makes_itself_is_read_and_ignored() {
    let body = with(
        r#""displayName":"Somebody","capabilities":{"isAdmin":true,"x":false},"oldPassword":"x""#,
    );
    let entry = post("/people", &body).by("admin").expect(&app(), 201)["entry"].clone();
    assert_eq!(entry["displayName"], "Nina");
    assert_eq!(entry["capabilities"]["isAdmin"], false);
}

#[test]
fn a_person_is_checked_rule_by_rule() {
    let a_hundred = "ž".repeat(100);
    let app = app();
    post("/people", &with(&format!(r#""id":"{a_hundred}""#))).by("admin").expect(&app, 201);
    let too_long = format!(r#""id":"{a_hundred}x""#);
    let astral = format!(r#""id":"{}""#, "😀".repeat(51));
    rows(
        &app,
        "admin",
        &[
            (r#""statusUpdatedAt":null"#, "400 = | Unsupported field: statusUpdatedAt"),
            (r#""avatarId":null"#, "400 = | Unsupported field: avatarId"),
            (r#""quota":null"#, "400 = | Unsupported field: quota"),
            (r#""quotaUsed":"1""#, "400 = | Unsupported field: quotaUsed"),
            (r#""id":null"#, "400 = | Field 'id' is null, but is required."),
            (r#""firstName":"""#, "400 = | Field 'firstName' is null, but is required."),
            (r#""email":null"#, "400 = | Field 'email' is null, but is required."),
            (r#""password":"""#, "400 = | Field 'password' is null, but is required."),
            (&too_long, "400 = | Username exceeds max length of 100 characters."),
            (&astral, "400 = | Username exceeds max length of 100 characters."),
            (
                r#""id":"group_x""#,
                "400 ~ApiDefault | Username cannot start with the reserved prefix 'GROUP_'.",
            ),
            (
                r#""id":"Role_""#,
                "400 ~ApiDefault | Username cannot start with the reserved prefix 'ROLE_'.",
            ),
            (r#""id":"ADMIN""#, "409 = | Person 'ADMIN' already exists."),
            (r#""id":"Guest""#, "409 = | Person 'Guest' already exists."),
            (
                r#""id":"Jane.Doe@Example.com""#,
                "409 = | Person 'Jane.Doe@Example.com' already exists.",
            ),
            (
                r#""id":"a/b""#,
                "400 ~ApiDefault | Person name contains characters that are not permitted: /",
            ),
            (
                r#""id":"a\\b""#,
                "400 ~ApiDefault | Person name contains characters that are not permitted: \\",
            ),
            (
                r#""id":"a\"b""#,
                "400 ~ApiDefault | Person name contains characters that are not permitted: \"",
            ),
            (
                r#""id":"a\nb""#,
                "400 ~ApiDefault | Person name contains characters that are not permitted: \n",
            ),
            (
                r#""id":"a\rb""#,
                "400 ~ApiDefault | Person name contains characters that are not permitted: \r",
            ),
            (r#""id":"System""#, "500 ~ApiDefault | -"),
        ],
    );
}

#[test]
fn of_two_errors_the_earlier_check_is_told() {
    let app = app();
    rows(
        &app,
        "zkovarova",
        &[
            (
                r#""quotaUsed":1,"quota":1,"avatarId":"a","statusUpdatedAt":1"#,
                "400 = | Unsupported field: statusUpdatedAt",
            ),
            (r#""quotaUsed":1,"quota":1,"avatarId":"a""#, "400 = | Unsupported field: avatarId"),
            (r#""quotaUsed":1,"quota":1"#, "400 = | Unsupported field: quota"),
            (r#""quota":1,"id":null"#, "400 = | Unsupported field: quota"),
            (
                r#""password":null,"email":null,"firstName":null,"id":null"#,
                "400 = | Field 'id' is null, but is required.",
            ),
            (
                r#""password":null,"email":null,"firstName":null"#,
                "400 = | Field 'firstName' is null, but is required.",
            ),
            (r#""password":null,"email":null"#, "400 = | Field 'email' is null, but is required."),
            (
                r#""password":null,"id":"GROUP_x""#,
                "400 = | Field 'password' is null, but is required.",
            ),
            (
                r#""id":"GROUP_x","aspectNames":"a:b""#,
                "400 ~ApiDefault | Username cannot start with the reserved prefix 'GROUP_'.",
            ),
            (
                r#""properties":{"app:no":1},"aspectNames":"app:no""#,
                "400 = | Unknown aspect: app:no",
            ),
            (r#""id":"admin","properties":{"app:no":1}"#, "400 = | Unknown property: app:no"),
            (r#""id":"admin""#, "403 ~PermissionDenied | Permission was denied"),
            (r#""id":"a/b""#, "403 ~PermissionDenied | Permission was denied"),
            (r#""id":"new""#, "403 ~PermissionDenied | Permission was denied"),
        ],
    );
    let created = post("/people", &with(r#""id":"a""#)).by("admin");
    created.expect(&app, 201);
    rows(&app, "csmith", &[(r#""id":"A""#, "409 = | Person 'A' already exists.")]);
}

#[test]
fn a_name_that_is_too_long_is_told_before_a_reserved_one() {
    let id = format!(r#""id":"GROUP_{}""#, "x".repeat(100));
    let told = "400 = | Username exceeds max length of 100 characters.";
    rows(&app(), "admin", &[(&id, told)]);
}

#[test]
fn ids_may_hold_nearly_everything_and_are_found_in_any_letter_case() {
    let app = app();
    for (id, path) in [
        ("a b+c@x.org", "A%20B+c%40x.org"),
        ("Žluťoučký", "%C5%BElu%C5%A5ou%C4%8Dk%C3%BD"),
        ("x;:%'<>&#?*|", "x;:%25'%3C%3E&%23%3F*%7C"),
        ("_-.", "_-."),
    ] {
        post("/people", &with(&format!(r#""id":"{id}""#))).by("admin").expect(&app, 201);
        let entry = get(&format!("/people/{path}")).by("admin").expect(&app, 200);
        assert_eq!(entry["entry"]["id"], id);
    }
}

#[test]
fn blank_is_not_empty() {
    let app = app();
    let body = with(
        r#""firstName":" ","lastName":"\t","email":"  ","password":" ","company":{"fax":" "}"#,
    );
    let entry = post("/people", &body).by("admin").expect(&app, 201)["entry"].clone();
    // Blank members are stored and not shown, but in a company.
    for name in ["firstName", "lastName", "displayName", "email"] {
        assert!(entry.get(name).is_none(), "{name}");
    }
    assert_eq!(entry["company"], serde_json::json!({ "fax": " " }));
    get("/people/-me-").by("new: ").expect(&app, 200);
}

#[test]
fn whoever_is_created_disabled_cannot_log_in() {
    let app = app();
    let body = with(r#""enabled":"False""#);
    assert_eq!(post("/people", &body).by("admin").expect(&app, 201)["entry"]["enabled"], false);
    get("/people/-me-").by("new:secret").expect(&app, 401);
}

#[test]
fn emails_and_passwords_follow_no_rule() {
    let app = app();
    let body = with(r#""email":"admin@alfresco.com","password":"x""#);
    post("/people", &body).by("admin").expect(&app, 201);
    post("/people", &with(r#""id":"n2","email":"no address""#)).by("admin").expect(&app, 201);
}

#[test]
fn only_the_wanted_members_are_answered() {
    let app = app();
    let check = |query: &str, id: &str, expected: &str| {
        let body = with(&format!(r#""id":"{id}""#));
        let found = post(&format!("/people?{query}"), &body).by("admin").brief(&app);
        assert_eq!(found, format!("201 {expected}"), "{query}");
    };
    check("fields=id", "a", r#"{"entry":{"id":"a"}}"#);
    check("fields=", "b", r#"{"entry":{}}"#);
    check("properties=id", "c", r#"{"entry":{"id":"c"}}"#);
    check("fields=id&properties=email", "d", r#"{"entry":{"id":"d"}}"#);
    check("fields=email,%20id%20,nothing", "e", r#"{"entry":{"id":"e","email":"n@example.com"}}"#);
    check("fields=company", "f", r#"{"entry":{"company":{}}}"#);
    check("fields=password,oldPassword", "g", r#"{"entry":{}}"#);
    check(
        "fields=id&include=capabilities",
        "h",
        r#"{"entry":{"capabilities":{"isGuest":false,"isAdmin":false,"isMutable":true},"id":"h"}}"#,
    );
}

#[test]
fn an_error_says_nothing_of_caches_and_everything_in_order() {
    let app = app();
    let person = with(r#""id":"admin""#);
    assert_snapshot!(post("/people", &person).by("admin").whole(&app), @r#"
    409 Conflict
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"Person 'admin' already exists.","statusCode":409,"briefSummary":"07210000 Person 'admin' already exists.","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    assert_snapshot!(post("/people", &with(r#""id":"a/b""#)).by("admin").whole(&app), @r#"
    400 Bad Request
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":400,"briefSummary":"Person name contains characters that are not permitted: /","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"3d58bb03-f31a-4686-8763-de764d6fe1b0"}}
    "#);
}
