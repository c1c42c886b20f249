//! `updatePerson`: `PATCH /api/people/{personId}`

use serde_json::{Value, json};

use super::{ADA, BRUNO, DANA, ELIF, FUMIKO, NOBODY, ask, by, problem};
use crate::support::{Ask, app};

fn patch(person_id: &str, items: &Value) -> Ask {
    ask(&format!("PATCH /people/{person_id}")).body(items.to_string())
}

#[test]
fn a_patch_sets_and_removes_and_tells_who_did_it() {
    let app = app();
    let changed = by("ada-token", &format!("PATCH /people/{ADA}"))
        .body(
            json!([
                { "op": "replace", "path": "/lastName", "value": "Sample" },
                { "op": "remove", "path": "/nickName", "value": null },
                { "op": "add", "path": "/isProvider", "value": true },
                { "op": "replace", "path": "/contactEmailAddress", "value": " Ada@Sample.ORG" },
                { "op": "remove", "path": "/locale" },
                { "op": "replace", "path": "/timezoneId", "value": null },
            ])
            .to_string(),
        )
        .expect(&app, 200);
    assert_eq!(changed["lastName"], "Sample");
    assert_eq!(changed["nickName"], Value::Null);
    assert_eq!(changed["isProvider"], true);
    assert_eq!(changed["contactEmailAddress"], "ada@sample.org");
    assert_eq!(changed["locale"], "en-US");
    assert_eq!(changed["timezoneId"], Value::Null);
    assert_eq!(changed["auditInfo"]["updatedAt"], "2026-08-21T10:00:00.000Z");
    assert_eq!(changed["auditInfo"]["updatedBy"], ADA);
    assert_eq!(changed["auditInfo"]["createdAt"], "2023-02-14T09:58:12.000Z");
    assert_eq!(ask(&format!("GET /people/{ADA}")).expect(&app, 200), changed);
}

#[test]
fn lists_are_patched_whole_or_by_element_and_elements_keep_their_ids() {
    let app = app();
    let before = ask(&format!("GET /people/{ADA}")).expect(&app, 200);
    let changed = patch(
        ADA,
        &json!([
            { "op": "add", "path": "/phoneNumbers/-", "value": { "number": "555-0102" } },
            { "op": "remove", "path": "/phoneNumbers/0" },
            { "op": "replace", "path": "/phoneNumbers/1", "value": { "number": "555-0103", "type": "Fax" } },
            { "op": "remove", "path": "/addresses" },
        ]),
    )
    .expect(&app, 200);
    let phones = changed["phoneNumbers"].as_array().unwrap();
    assert_eq!(phones.len(), 2);
    assert_eq!(phones[0], before["phoneNumbers"][1]);
    assert_eq!(phones[1]["number"], "555-0103");
    assert_eq!(phones[1]["type"], "Fax");
    assert_eq!(changed["addresses"], json!([]));
    // What was removed can be set again in the same patch.
    let address = json!({ "address": {
        "addressLine1": "1", "city": "c", "stateProvinceCode": "s", "postalCode": "p", "countryCode": "DE",
    } });
    let changed = patch(
        ADA,
        &json!([
            { "op": "remove", "path": "/nickName" },
            { "op": "replace", "path": "/nickName", "value": "A" },
            { "op": "replace", "path": "/addresses", "value": null },
            { "op": "add", "path": "/addresses/-", "value": address },
        ]),
    )
    .expect(&app, 200);
    assert_eq!(changed["nickName"], "A");
    assert_eq!(changed["addresses"][0]["address"]["countryCode"], "DE");
}

#[test]
fn everything_that_is_wrong_with_a_patch_is_told_at_once() {
    let app = app();
    let check = |items: Value, expected: &str| {
        assert_eq!(problem(&patch(ADA, &items), &app), format!("400\n{expected}"), "{items}");
    };
    check(json!({}), "body must be an array");
    check(json!([]), "body should not be empty");
    check(
        json!([5, null, {}, { "op": "replace", "path": "/nickName", "value": "x", "from": "/x", "y": 1 }]),
        "[0] must be an object\n\
         [1] must be an object\n\
         [2] op should not be empty\n\
         [2] path should not be empty\n\
         [3] property from should not exist\n\
         [3] property y should not exist",
    );
    check(
        json!([
            { "op": "move", "path": "/nickName", "value": "x" },
            { "op": 1, "path": ["x"], "value": "x" },
            { "op": "add", "path": "/nickName" },
            { "op": "remove", "path": "/firstName" },
            { "op": "remove", "path": "/lastName", "value": null },
            { "op": "replace", "path": "/isProvider", "value": "true" },
            { "op": "replace", "path": "/firstName", "value": "" },
            { "op": "replace", "path": "/firstName", "value": null },
            { "op": "add", "path": "/phoneNumbers", "value": [{ "number": "x" }] },
            { "op": "add", "path": "/phoneNumbers/-", "value": { "number": "x", "id": NOBODY } },
            { "op": "add", "path": "/phoneNumbers/0", "value": { "number": "555-0100" } },
            { "op": "remove", "path": "/addresses/-" },
        ]),
        "[0] op must be one of the following values: add, replace, remove\n\
         [1] op must be a string\n\
         [1] path must be a string\n\
         [2] value should not be undefined\n\
         [3] firstName should not be empty\n\
         [4] lastName should not be empty\n\
         [5] isProvider must be a boolean value\n\
         [6] firstName should not be empty\n\
         [7] firstName must be shorter than or equal to 255 characters\n\
         [7] firstName should not be empty\n\
         [7] firstName must be a string\n\
         [8] phoneNumbers.0.number must match /^[0-9+\\-() ]{3,20}$/ regular expression\n\
         [9] phoneNumbers.property id should not exist\n\
         [9] phoneNumbers.number must match /^[0-9+\\-() ]{3,20}$/ regular expression\n\
         [10] op must be one of the following values: replace, remove\n\
         [11] op must be one of the following values: add",
    );
}

#[test]
fn only_listed_paths_can_be_patched() {
    let app = app();
    let paths = "/firstName, /lastName, /nickName, /dateOfBirth, /contactEmailAddress, /isProvider, \
        /locale, /timezoneId, /organizationId, /phoneNumbers, /phoneNumbers/-, \
        /phoneNumbers/{index}, /addresses, /addresses/-, /addresses/{index}";
    for path in [
        "/id",
        "/account",
        "/account/emailAddress",
        "/archiveInfo",
        "/auditInfo/createdBy",
        "/activeInfo/active",
        "firstName",
        "/",
        "/firstName/",
        "/firstName/0",
        "/phoneNumbers/0/number",
        "/phoneNumbers/01",
        "/phoneNumbers/x",
        "/phoneNumbers/",
        "/FirstName",
        "/first~1Name",
    ] {
        let item = json!([{ "op": "replace", "path": path, "value": "x" }]);
        let expected = format!("400\n[0] path must be one of the following values: {paths}");
        assert_eq!(problem(&patch(ADA, &item), &app), expected, "{path}");
    }
}

#[test]
fn a_patch_is_applied_whole_or_not_at_all() {
    let app = app();
    let before = ask(&format!("GET /people/{ADA}")).whole(&app);
    let set = json!({ "op": "replace", "path": "/lastName", "value": "Sample" });
    let wrong = |item: Value, expected: &str| {
        assert_eq!(problem(&patch(ADA, &json!([set, item])), &app), expected);
        assert_eq!(ask(&format!("GET /people/{ADA}")).whole(&app), before);
    };
    wrong(
        json!({ "op": "replace", "path": "/isProvider", "value": 1 }),
        "400\n[1] isProvider must be a boolean value",
    );
    wrong(
        json!({ "op": "remove", "path": "/phoneNumbers/2" }),
        "400\n[1] path /phoneNumbers/2 does not exist",
    );
    wrong(
        json!({ "op": "remove", "path": "/phoneNumbers/99999999999999999999999" }),
        "400\n[1] path /phoneNumbers/99999999999999999999999 does not exist",
    );
    wrong(
        json!({ "op": "replace", "path": "/contactEmailAddress", "value": "BRUNO@example.com" }),
        "409 Person with contactEmailAddress 'bruno@example.com' already exists",
    );
}

#[test]
fn all_elements_that_are_not_there_are_told_at_once() {
    let app = app();
    let items = json!([
        { "op": "remove", "path": "/phoneNumbers/2" },
        { "op": "remove", "path": "/phoneNumbers/1" },
        { "op": "replace", "path": "/phoneNumbers/1", "value": { "number": "555" } },
    ]);
    assert_eq!(
        problem(&patch(ADA, &items), &app),
        "400\n[0] path /phoneNumbers/2 does not exist\n[2] path /phoneNumbers/1 does not exist",
    );
}

#[test]
fn a_list_has_at_most_a_hundred_elements() {
    let app = app();
    let add = json!({ "op": "add", "path": "/phoneNumbers/-", "value": { "number": "555" } });
    patch(DANA, &Value::Array(vec![add.clone(); 100])).expect(&app, 200);
    assert_eq!(
        problem(&patch(DANA, &json!([add])), &app),
        "400\n[0] phoneNumbers must contain no more than 100 elements",
    );
}

#[test]
fn who_is_unknown_archived_or_inactive_cannot_be_patched() {
    let app = app();
    let items = json!([{ "op": "replace", "path": "/lastName", "value": "x" }]);
    let check = |id: &str, expected: &str| assert_eq!(problem(&patch(id, &items), &app), expected);
    check(NOBODY, &format!("404 Person with id '{NOBODY}' not found"));
    check(ELIF, &format!("422 Person '{ELIF}' is archived"));
    check(FUMIKO, &format!("422 Person '{FUMIKO}' is inactive"));
    // One's own address is no clash.
    let own =
        json!([{ "op": "replace", "path": "/contactEmailAddress", "value": "bruno@example.com" }]);
    patch(BRUNO, &own).expect(&app, 200);
}
