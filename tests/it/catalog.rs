//! Everything that an operation can answer, by `GET /__admin/catalog` and `people-mock catalog`.

use http::Method;
use people_mock::commands::catalog::catalog;
use people_mock::dialects;
use serde_json::Value;

use crate::support::{app, app_with_files, get, post, raw};

fn told(operation: Option<&str>, is_json: bool) -> String {
    let mut out = Vec::new();
    catalog(operation, is_json, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_operation_is_told_with_its_answers_its_errors_and_an_example_of_each() {
    let app = app();
    let catalog = raw(Method::GET, "/__admin/catalog/alfresco.getPerson").expect(&app, 200);
    let own: Vec<_> = catalog["errors"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    insta::assert_snapshot!(serde_json::to_string(&own).unwrap(), @r#"["AuthenticationFailed","UnsupportedScheme","GuestAttempted","EntityNotFound","UnknownRelationParameter","AuthorizationWithoutValue","AuthorizationNotBase64","AuthorizationEmpty"]"#);
    let first = catalog["errors"].as_array().unwrap().iter().find(|it| it["status"] == 404);
    insta::assert_snapshot!(serde_json::to_string_pretty(first.unwrap()).unwrap(), @r#"
    {
      "id": "EntityNotFound",
      "status": 404,
      "how": "ask for an id that nobody has",
      "force": "Prefer: code=EntityNotFound",
      "evidence": "code",
      "example": {
        "headers": {
          "x-frame-options": "SAMEORIGIN",
          "content-type": "application/json;charset=UTF-8"
        },
        "body": {
          "error": {
            "errorKey": "framework.exception.EntityNotFound",
            "statusCode": 404,
            "briefSummary": "00020000 The entity with id: abeecher was not found",
            "stackTrace": "For security reasons the stack trace is no longer displayed, but the property is kept for previous versions",
            "descriptionURL": "https://api-explorer.alfresco.com",
            "logId": "9a45cd88-8d59-40d6-8144-5b6a189663f5"
          }
        }
      }
    }
    "#);
    insta::assert_snapshot!(format!("{} {} {}", catalog["method"], catalog["path"], catalog["answers"]), @r#""GET" "/alfresco/api/{network}/public/alfresco/versions/1/people/{personId}" [200]"#);
    let every = catalog["everyOperation"].as_array().unwrap();
    assert!(every.iter().any(|it| it["id"] == "MaxItemsNotPositive"));

    let ecg = raw(Method::GET, "/__admin/catalog/ecg.resendCredentials").expect(&app, 200);
    let confirmed =
        ecg["errors"].as_array().unwrap().iter().find(|it| it["id"] == "AccountConfirmed");
    insta::assert_snapshot!(confirmed.unwrap().to_string(), @r#"{"id":"AccountConfirmed","status":422,"how":"resend to an account whose status is CONFIRMED","force":"Prefer: code=AccountConfirmed","evidence":"assumed","example":{"headers":{"content-type":"application/json; charset=utf-8"},"body":{"message":"User account of person '0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11' is already confirmed","error":"Unprocessable Entity","statusCode":422}}}"#);
}

#[test]
fn the_whole_catalogue_has_every_operation_and_every_error() {
    let catalog = raw(Method::GET, "/__admin/catalog").expect(&app(), 200);
    for (vendor, told) in dialects::ALL.iter().zip(catalog["vendors"].as_array().unwrap()) {
        assert_eq!(told["vendor"], vendor.name);
        let operations = told["operations"].as_array().unwrap();
        let names: Vec<_> = operations.iter().map(|it| it["operation"].as_str().unwrap()).collect();
        assert!(names.iter().eq(vendor.operations.iter().map(|it| &it.name)));
        for row in vendor.catalogue {
            let of_each = told["everyOperation"].as_array().unwrap().iter();
            let all = operations.iter().flat_map(|it| it["errors"].as_array().unwrap());
            let told = all.chain(of_each).find(|it| it["id"] == row.id).unwrap();
            let body = &told["example"]["body"];
            let statuses = [&body["error"]["statusCode"], &body["statusCode"]];
            let has_no_envelope = ["RangeNotSatisfiable", "DatabaseDown"].contains(&row.id);
            assert!(has_no_envelope || statuses.iter().any(|it| **it == row.status), "{told}");
        }
    }
}

#[test]
fn an_example_is_what_a_forced_error_looks_like_on_this_server() {
    let basic = app_with_files(&[("alfresco/server.json", r#"{"challenge":"Basic"}"#)]);
    let catalog = raw(Method::GET, "/__admin/catalog/alfresco.listPeople").expect(&basic, 200);
    let errors = catalog["errors"].as_array().unwrap();
    let failed = errors.iter().find(|it| it["id"] == "AuthenticationFailed").unwrap();
    insta::assert_snapshot!(failed["example"]["headers"]["www-authenticate"], @r#""Basic realm=\"Alfresco -default- tenant\"""#);
}

#[test]
fn asking_changes_nothing_and_gives_the_same_again() {
    let (app, untouched) = (app(), app());
    let ask = raw(Method::GET, "/__admin/catalog");
    assert_eq!(ask.brief(&app), ask.brief(&app));
    let next = |app| post("/people", "{").by("admin").brief(app);
    assert_eq!(next(&app), next(&untouched));
    assert_eq!(
        get("/people/nobody").by("admin").brief(&app),
        get("/people/nobody").by("admin").brief(&untouched)
    );
}

#[test]
fn an_unknown_operation_is_told_with_the_nearest_one() {
    let ask = raw(Method::GET, "/__admin/catalog/alfresco.getPersn");
    insta::assert_snapshot!(ask.brief(&app()), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no operation `alfresco.getPersn`; did you mean `alfresco.getPerson`?"}"#);
    let error = catalog(Some("getPerson"), false, &mut Vec::new()).unwrap_err();
    insta::assert_snapshot!(error, @"there is no operation `getPerson`; did you mean `alfresco.getPerson`?");
    insta::assert_snapshot!(raw(Method::GET, "/__admin/catalog?x=1").brief(&app()), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: there is no `x` here; what there is: nothing"}"#);
}

#[test]
fn the_command_says_the_same_as_the_call() {
    let ask = raw(Method::GET, "/__admin/catalog/ecg.getAuditTrails");
    let of_command: Value = serde_json::from_str(&told(Some("ecg.getAuditTrails"), true)).unwrap();
    assert_eq!(of_command, ask.expect(&app(), 200));
    let all: Value = serde_json::from_str(&told(None, true)).unwrap();
    assert_eq!(all, raw(Method::GET, "/__admin/catalog").expect(&app(), 200));
}

#[test]
fn the_command_writes_a_table() {
    insta::assert_snapshot!(told(Some("ecg.getAuditTrails"), false), @"
    ecg.getAuditTrails  GET /api/people/{personId}/accounts/audit-trails
      200
      400  UndecodableParameter          assumed     send a person's id with `%zz` in it
      401  Unauthorized                  assumed     send no token, an expired one, or one that is none
      403  Forbidden                     assumed     call without the group `ecgAdmin` and not about yourself
      400  NotAUuid                      sibling     send `abc` as a person's id
      400  InvalidQuery                  sibling     send `take=0`, or `dateRangeType=custom` without `from`
      404  PersonNotFound                assumed     send a UUID that nobody has
      400  MalformedJson                 assumed     send `{` as application/json
      400  RequestAborted                assumed     end a chunked body in the middle of a chunk
      413  EntityTooLarge                assumed     send more than `--max-body`
      415  UnsupportedCharset            assumed     send `Content-Type: application/json; charset=latin1`
      404  CannotFind                    assumed     ask for a path that is none of the API's, or DELETE a person
      500  Crashed                       assumed     never, we hope

    Any of them can be had at once: send the header `Prefer: code=NAME`, or `Prefer: code=STATUS` for the first with a status.
    ");
    let all = told(None, false);
    for operation in dialects::ALL.iter().flat_map(|vendor| vendor.operations) {
        assert!(all.lines().any(|line| line.starts_with(operation.name)));
    }
}
