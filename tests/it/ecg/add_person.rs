//! `addPerson`: `POST /api/people`

use serde_json::json;

use super::{ADA, GRACE, ask, by, problem};
use crate::support::app;

#[test]
fn a_person_with_two_names_gets_everything_else_from_the_server() {
    let add = ask("POST /people").body(r#"{"firstName":"Zoe","lastName":"New"}"#);
    assert_eq!(
        add.whole(&app()),
        "201 Created\n\
         content-type: application/json; charset=utf-8\n\
         date: Fri, 21 Aug 2026 10:00:00 GMT\n\
         \n\
         {\"id\":\"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d\",\"firstName\":\"Zoe\",\"lastName\":\"New\",\
         \"nickName\":null,\"dateOfBirth\":null,\"contactEmailAddress\":null,\"isProvider\":false,\
         \"locale\":\"en-US\",\"timezoneId\":null,\"organizationId\":null,\"phoneNumbers\":[],\
         \"addresses\":[],\"account\":null,\
         \"archiveInfo\":{\"archived\":false,\"archivedStatusChangedAt\":null},\
         \"auditInfo\":{\"createdAt\":\"2026-08-21T10:00:00.000Z\",\
         \"createdBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\",\
         \"updatedAt\":\"2026-08-21T10:00:00.000Z\",\
         \"updatedBy\":\"54a76d00-b919-4776-aa9c-29a5455e5317\"},\
         \"activeInfo\":{\"active\":true,\"activeStatusChangedAt\":null}}",
    );
}

#[test]
fn everything_that_was_said_is_shown_and_can_be_read_again() {
    let app = app();
    let sent = json!({
        "firstName": "Zoe", "lastName": "New", "nickName": "Z", "dateOfBirth": "2026-08-21",
        "contactEmailAddress": " Zoe.New@Example.COM ", "isProvider": true, "locale": "de-DE",
        "timezoneId": "Europe/Berlin", "organizationId": GRACE,
        "phoneNumbers": [{ "number": "+1 (575) 555-0100" }, { "number": "123", "type": "Work", "extension": "4" }],
        "addresses": [{
            "crossStreet": "2nd", "lockBox": null,
            "address": {
                "addressLine1": "1 Main St", "city": "Las Cruces", "stateProvinceCode": "NM",
                "postalCode": "88001", "countryCode": "US",
            },
        }],
    });
    let added = ask("POST /people").body(sent.to_string()).expect(&app, 201);
    assert_eq!(added["contactEmailAddress"], "zoe.new@example.com");
    assert_eq!(added["isProvider"], true);
    assert_eq!(added["phoneNumbers"][0]["type"], "Main");
    assert_eq!(added["phoneNumbers"][1]["extension"], "4");
    assert_eq!(added["addresses"][0]["types"], json!(["Main"]));
    assert_eq!(added["addresses"][0]["address"]["addressLine2"], json!(null));
    let id = added["id"].as_str().unwrap();
    assert_eq!(ask(&format!("GET /people/{id}")).expect(&app, 200), added);
    assert_eq!(ask(&format!("GET /people/{}", id.to_uppercase())).expect(&app, 200), added);
}

#[test]
fn what_is_wrong_is_told_in_class_validators_words_and_order() {
    let app = app();
    let check = |body: &str, expected: &str| {
        assert_eq!(problem(&ask("POST /people").body(body.to_owned()), &app), expected, "{body}");
    };
    let nothing = "400\n\
        firstName must be shorter than or equal to 255 characters\n\
        firstName should not be empty\n\
        firstName must be a string\n\
        lastName must be shorter than or equal to 255 characters\n\
        lastName should not be empty\n\
        lastName must be a string";
    check("", nothing);
    check("{}", nothing);
    check("[]", nothing);
    check("[7]", &nothing.replacen("400\n", "400\nproperty 0 should not exist\n", 1));
    check(
        r#"{"id":"x","firstName":" ","lastName":"b","auditInfo":{}}"#,
        "400\nproperty id should not exist\nproperty auditInfo should not exist\nfirstName should not be empty",
    );
    check(
        r#"{"firstName":"a","lastName":"b","nickName":5,"dateOfBirth":"2026-08-22","contactEmailAddress":"x","isProvider":"true","locale":"","timezoneId":1,"organizationId":"x"}"#,
        "400\n\
         nickName must be shorter than or equal to 255 characters\n\
         nickName must be a string\n\
         maximal allowed date for dateOfBirth is 2026-08-21\n\
         contactEmailAddress must be an email\n\
         isProvider must be a boolean value\n\
         locale should not be empty\n\
         timezoneId must be shorter than or equal to 255 characters\n\
         timezoneId must be a string\n\
         organizationId must be a UUID",
    );
    check(
        r#"{"firstName":"a","lastName":"b","dateOfBirth":"02/03/1950"}"#,
        "400\ndateOfBirth must be a valid ISO 8601 date string",
    );
    check(
        r#"{"firstName":"a","lastName":"b","phoneNumbers":[{"number":"","x":2},5,null],"addresses":[{},{"address":{"city":""}},{"address":5,"types":[]},{"address":[],"types":["a",1]}]}"#,
        "400\n\
         phoneNumbers.0.property x should not exist\n\
         phoneNumbers.0.number must match /^[0-9+\\-() ]{3,20}$/ regular expression\n\
         phoneNumbers.0.number should not be empty\n\
         phoneNumbers.each value in nested property phoneNumbers must be either object or array\n\
         phoneNumbers.each value in nested property phoneNumbers must be either object or array\n\
         addresses.0.address must be an object\n\
         addresses.1.address.addressLine1 must be shorter than or equal to 255 characters\n\
         addresses.1.address.addressLine1 should not be empty\n\
         addresses.1.address.addressLine1 must be a string\n\
         addresses.1.address.city should not be empty\n\
         addresses.1.address.stateProvinceCode must be shorter than or equal to 255 characters\n\
         addresses.1.address.stateProvinceCode should not be empty\n\
         addresses.1.address.stateProvinceCode must be a string\n\
         addresses.1.address.postalCode must be shorter than or equal to 255 characters\n\
         addresses.1.address.postalCode should not be empty\n\
         addresses.1.address.postalCode must be a string\n\
         addresses.1.address.countryCode must match /^[A-Za-z]{2}$/ regular expression\n\
         addresses.1.address.countryCode must be a string\n\
         addresses.2.types should not be empty\n\
         addresses.2.address must be an object\n\
         addresses.2.nested property address must be either object or array\n\
         addresses.3.each value in types must be shorter than or equal to 255 characters\n\
         addresses.3.each value in types must be a string\n\
         addresses.3.address must be an object",
    );
    check(
        r#"{"firstName":"a","lastName":"b","phoneNumbers":"x","addresses":{}}"#,
        "400\n\
         phoneNumbers must contain no more than 100 elements\n\
         phoneNumbers must be an array\n\
         each value in nested property phoneNumbers must be either object or array\n\
         addresses.address must be an object",
    );
}

#[test]
fn a_body_that_is_no_json_is_refused_before_anything_else_is_looked_at() {
    let app = app();
    let check = |body: &str, expected: &str| {
        let expected = format!("400 {expected}");
        assert_eq!(problem(&ask("POST /people").body(body.to_owned()), &app), expected);
        let unknown_caller = by("nonsense", "POST /people").body(body.to_owned());
        assert_eq!(problem(&unknown_caller, &app), expected);
        let unknown_path = ask("POST /nothing").body(body.to_owned());
        assert_eq!(problem(&unknown_path, &app), expected);
    };
    check("{a}", "Expected property name or '}' in JSON at position 1");
    check(r#"{"firstName":"#, "Unexpected end of JSON input");
    check("null", r#"Unexpected token 'n', "null" is not valid JSON"#);
}

#[test]
fn a_body_of_another_type_is_an_empty_one_and_one_in_another_alphabet_is_refused() {
    let app = app();
    let with_type = |content_type: &str| {
        let mut add = ask("POST /people").body(r#"{"firstName":"Zoe","lastName":"New"}"#);
        add.0.headers.remove("content-type");
        add.header("content-type", content_type).of(&app)
    };
    assert_eq!(with_type("application/json; charset=UTF-8").status, 201);
    assert_eq!(with_type("text/plain").status, 400);
    let response = with_type("application/json;charset=latin1");
    assert_eq!(
        crate::support::brief(&response),
        r#"415 {"statusCode":415,"message":"unsupported charset \"LATIN1\""}"#,
    );
}

#[test]
fn a_body_that_is_too_long_or_breaks_off_is_answered_by_body_parser() {
    use people_mock::http::UnreadBody;
    let app = app();
    let answer = |body| {
        let mut add = ask("POST /people");
        add.0.body = Err(body);
        add.brief(&app)
    };
    assert_eq!(
        answer(UnreadBody::TooLarge { limit: 1 }),
        r#"413 {"statusCode":413,"message":"request entity too large"}"#,
    );
    assert_eq!(answer(UnreadBody::Broken), r#"400 {"statusCode":400,"message":"request aborted"}"#,);
}

#[test]
fn an_address_is_taken_by_one_person_unless_that_one_is_archived() {
    let app = app();
    let add = |email: &str| {
        let body = json!({ "firstName": "A", "lastName": "B", "contactEmailAddress": email });
        ask("POST /people").body(body.to_string())
    };
    assert_eq!(
        add("ADA@example.com").brief(&app),
        r#"409 {"message":"Person with contactEmailAddress 'ada@example.com' already exists","error":"Conflict","statusCode":409}"#,
    );
    add("elif@example.com").expect(&app, 201);
    add("elif@example.com").expect(&app, 409);
    add("x@example.com").expect(&app, 201);
    add("x@example.com").expect(&app, 409);
    // An address that was let go of is free.
    let patch = r#"[{"op":"remove","path":"/contactEmailAddress"}]"#;
    ask(&format!("PATCH /people/{ADA}")).body(patch).expect(&app, 200);
    add("ada@example.com").expect(&app, 201);
}

#[test]
fn millions_of_faults_are_told_in_a_thousand_messages() {
    let app = app();
    for body in ["[1,", r#"[{"a":1},"#, "[[],"] {
        let body = format!("[{}1]", body[1..].repeat(100_000));
        let add = ask("POST /people").body(body.clone()).expect(&app, 400);
        assert_eq!(add["message"].as_array().unwrap().len(), 1_000);
        let update = ask(&format!("PATCH /people/{ADA}")).body(body).expect(&app, 400);
        assert_eq!(update["message"].as_array().unwrap().len(), 1_000);
    }
}

#[test]
fn json_that_is_nested_too_deeply_for_us_is_refused_and_does_no_harm() {
    let body = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(problem(&ask("POST /people").body(body), &app()).starts_with("400 JSON holds what"));
}
