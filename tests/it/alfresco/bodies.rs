//! How the bodies of `createPerson`, `updatePerson`, `requestPasswordReset` and `resetPassword` are
//! read.

use insta::assert_snapshot;

use crate::support::{Ask, app, post, problem, put};

const UNREADABLE: &str = "400 = | Could not read content from HTTP request body: ";
const ONE: &str = "405 = | Only 1 entity is supported in the HTTP request body";

const PERSON: &str = r#""id":"new","firstName":"N","email":"n@example.com","password":"p""#;

/// The one line that tells a body that can't be read, without the place.
fn told(ask: &Ask) -> String {
    let problem = problem(&ask.of(&app()));
    problem.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_body_that_cannot_be_read_is_told_in_jacksons_words() {
    let app = app();
    let check = |body: &str| problem(&put("/people/-me-", body).by("sappho").of(&app));
    assert_snapshot!(check(""), @"
    400 = | Could not read content from HTTP request body: No content to map due to end-of-input
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1]
    ");
    assert_snapshot!(check("{"), @"
    400 = | Could not read content from HTTP request body: Unexpected end-of-input: expected close marker for Object (start marker at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1])
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]
    ");
    assert_snapshot!(check("<xml/>"), @"
    400 = | Could not read content from HTTP request body: Unexpected character ('<' (code 60)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]
    ");
    assert_snapshot!(check(r#"{"userName":"x"}"#), @r#"
    400 = | Could not read content from HTTP request body: Unrecognized field "userName" (class org.alfresco.rest.api.model.Person), not marked as ignorable (26 known properties: "enabled", "mobile", "telephone", "displayName", "aspectNames", "skypeId", "properties", "avatarId", "location", "capabilities", "quota", "firstName", "email", "userStatus", "lastName", "oldPassword", "googleId", "jobTitle", "statusUpdatedAt", "instantMessageId", "quotaUsed", "emailNotificationsEnabled", "description", "password", "company", "id")
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 14] (through reference chain: org.alfresco.rest.api.model.Person["userName"])
    "#);
    assert_snapshot!(check(r#"{"company":{"name":"x"}}"#), @r#"
    400 = | Could not read content from HTTP request body: Unrecognized field "name" (class org.alfresco.rest.api.model.Company), not marked as ignorable (8 known properties: "organization", "telephone", "email", "address1", "address2", "address3", "postcode", "fax")
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 21] (through reference chain: org.alfresco.rest.api.model.Person["company"]->org.alfresco.rest.api.model.Company["name"])
    "#);
    assert_snapshot!(check(r#"{"enabled":"yes"}"#), @r#"
    400 = | Could not read content from HTTP request body: Cannot deserialize value of type `java.lang.Boolean` from String "yes": only "true" or "false" recognized
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 12] (through reference chain: org.alfresco.rest.api.model.Person["enabled"])
    "#);
    assert_snapshot!(check(r#"{"statusUpdatedAt":"2026-01-01T00:00:00.000Z"}"#), @r#"
    400 = | Could not read content from HTTP request body: Cannot deserialize value of type `java.util.Date` from String "2026-01-01T00:00:00.000Z": not a valid representation (error: Failed to parse Date value '2026-01-01T00:00:00.000Z': Unparseable date: "2026-01-01T00:00:00.000Z")
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 20] (through reference chain: org.alfresco.rest.api.model.Person["statusUpdatedAt"])
    "#);
}

#[test]
fn every_member_takes_what_its_java_type_takes() {
    let app = app();
    let check = |member: &str, expected: &str| {
        let ask = put("/people/-me-?fields=nothing", &format!("{{{member}}}")).by("admin");
        let found = ask.of(&app);
        let found = if found.status == 200 { "200".to_owned() } else { problem(&found) };
        assert!(found.starts_with(expected), "{member}: {found}");
    };
    for value in ["1", "true", "1.5", "\"\"", "\" \"", "null"] {
        check(&format!(r#""jobTitle":{value}"#), "200");
    }
    for value in ["{}", "[]"] {
        check(&format!(r#""jobTitle":{value}"#), UNREADABLE);
    }
    for value in ["true", "\"true\"", "\"True\"", "\"FALSE\"", "0", "7"] {
        check(&format!(r#""emailNotificationsEnabled":{value}"#), "200");
    }
    for value in ["\"\"", "\" \"", "null"] {
        let told = "400 ~ApiDefault | 'emailNotificationsEnabled' field cannot be empty.";
        check(&format!(r#""emailNotificationsEnabled":{value}"#), told);
    }
    for value in ["\"yes\"", "1.0", "{}", "[]"] {
        check(&format!(r#""emailNotificationsEnabled":{value}"#), UNREADABLE);
    }
    for value in ["{}", "null", r#"{"fax":1}"#] {
        check(&format!(r#""company":{value}"#), "200");
    }
    for value in ["\"\"", "\"x\"", "[]", "1", r#"{"nothing":1}"#, r#"{"fax":{}}"#] {
        check(&format!(r#""company":{value}"#), UNREADABLE);
    }
    for value in ["{}", "null"] {
        check(&format!(r#""properties":{value}"#), "200");
    }
    for value in ["\"\"", "\"x\"", "[]", "1"] {
        check(&format!(r#""properties":{value}"#), UNREADABLE);
    }
    for value in ["[]", "null", "\"app:linked\"", r#"["app:linked"]"#] {
        check(&format!(r#""aspectNames":{value}"#), "200");
    }
    for value in ["{}", "[[]]", "[{}]"] {
        check(&format!(r#""aspectNames":{value}"#), UNREADABLE);
    }
    let derived = "400 = | Unsupported field: ";
    for value in ["\"2026-01-01T00:00:00.000+0000\"", "0", "null", "\"\""] {
        check(&format!(r#""statusUpdatedAt":{value}"#), derived);
    }
    for value in ["\"2026-01-01T00:00:00.000Z\"", "\"2026-01-01\"", "true"] {
        check(&format!(r#""statusUpdatedAt":{value}"#), UNREADABLE);
    }
    for value in ["1", "\"1\"", "\"\"", "null"] {
        check(&format!(r#""quota":{value}"#), derived);
        check(&format!(r#""quotaUsed":{value}"#), derived);
    }
    check(r#""quota":"x""#, UNREADABLE);
    check(r#""avatarId":"x""#, derived);
    check(r#""avatarId":1"#, UNREADABLE);
    check(r#""ID":"x""#, UNREADABLE);
}

#[test]
fn of_two_members_with_one_name_the_last_counts_and_nothing_behind_the_object_does() {
    let app = app();
    let body = r#"{"jobTitle":"first","jobTitle":"last"} {"jobTitle":"behind"} ]"#;
    let person = put("/people/sappho", body).by("sappho").expect(&app, 200);
    assert_eq!(person["entry"]["jobTitle"], "last");
}

#[test]
fn an_array_where_one_object_is_due_is_a_405_on_post_alone() {
    for path in ["/people", "/people/x/request-password-reset", "/people/x/reset-password"] {
        assert_eq!(told(&post(path, "[]").by("admin")), ONE, "{path}");
        assert_eq!(told(&post(path, r#"[{"id":"x"}]"#).by("admin")), ONE, "{path}");
    }
    let array = "Cannot deserialize value of type `org.alfresco.rest.api.model.Person` from Array value (token `JsonToken.START_ARRAY`)";
    let unreadable = format!("400 Could not read content from HTTP request body: {array}");
    let starts = |ask: &Ask| told(ask).replace("= | ", "").starts_with(&unreadable);
    // A place that doesn't begin with `line: 1, column: 1`.
    assert!(starts(&post("/people", "  []").by("admin")));
    assert!(starts(&put("/people/sappho", "[]").by("admin")));
    assert!(starts(&put("/people/nobody", "[]").by("admin")), "the body is read first");
}

#[test]
fn an_array_in_a_member_is_taken_for_one_where_its_column_begins_with_a_one() {
    let check = |body: &str, is_one: bool| {
        assert_eq!(told(&post("/people", body).by("admin")) == ONE, is_one, "{body}");
    };
    check(r#"{"id":[]}"#, false);
    check(r#"{"email":[]}"#, true);
    check(r#"{"company":[]}"#, true);
    check(r#"{"instantMessageId":[]}"#, false);
    check("{\n\"company\":[]}", false);
    let far = format!("{{\"id\":\"{}\",\"company\":[]}}", "x".repeat(100));
    check(&far, true);
}

#[test]
fn null_where_an_object_is_due_brings_the_server_down_in_its_own_envelope() {
    assert_snapshot!(post("/people", "null").by("admin").whole(&app()), @r#"
    500 Internal Server Error
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":500,"stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    assert_eq!(told(&put("/people/sappho", " null").by("admin")), "500 ~ApiDefault | -");
    assert_eq!(told(&post("/people/x/reset-password", "null")), "500 ~ApiDefault | -");
}

#[test]
fn the_content_type_does_not_matter_but_for_forms() {
    let app = app();
    let check = |content_type: &str, id: &str, expected: &str| {
        let body = format!(r#"{{{PERSON},"id":"{id}"}}"#);
        let found =
            post("/people", &body).by("admin").header("content-type", content_type).of(&app);
        let found = if found.status == 201 { "201".to_owned() } else { problem(&found) };
        assert!(found.starts_with(expected), "{content_type}: {found}");
    };
    check("text/plain", "a", "201");
    check("application/octet-stream", "b", "201");
    check("nonsense", "c", "201");
    check("application/json; charset=UTF-8", "d", "201");
    check("multipart/form-data; boundary=x", "e", "500 ~ApiDefault | class org.springframework");
    check(
        "application/x-www-form-urlencoded",
        "f",
        "400 = | Could not read content from HTTP request body: No content to map due to end-of-input",
    );
    let form = put("/people/sappho", "{}").by("admin");
    form.header("content-type", "multipart/form-data; boundary=x").expect(&app, 200);
}
