//! `/__admin/requests`: proving what a client did.

use http::Method;
use insta::assert_snapshot;
use people_mock::app::App;
use serde_json::{Value, json};

use crate::support::{app, app_with, delete, get, post, put, raw};

const NEW: &str = r#"{"id":"new","firstName":"Ann","email":"n@example.com","password":"s3cret"}"#;

/// A server that was asked a few things.
fn asked() -> App {
    let app = app();
    get("/people?maxItems=2&orderBy=id").by("admin").expect(&app, 200);
    post("/people", NEW).by("admin").header("content-type", "application/json").expect(&app, 201);
    put("/people/new", r#"{"firstName":"Bob"}"#).by("zkovarova").expect(&app, 403);
    get("/people/new").by("new:s3cret").expect(&app, 200);
    delete("/people/new").by("admin").expect(&app, 405);
    raw(Method::GET, "/somewhere").expect(&app, 404);
    app
}

fn ids(answer: &Value) -> Vec<u64> {
    answer["requests"].as_array().unwrap().iter().map(|it| it["id"].as_u64().unwrap()).collect()
}

#[test]
fn requests_are_listed_newest_first_and_by_filter_and_page() {
    let app = asked();
    let check = |query: &str, expected: &[u64], total: u64| {
        let list = raw(Method::GET, &format!("/__admin/requests{query}")).expect(&app, 200);
        assert_eq!(ids(&list), expected, "{query}");
        assert_eq!(list["meta"], json!({ "total": total, "lost": 0 }), "{query}");
    };
    check("", &[6, 5, 4, 3, 2, 1], 6);
    check("?limit=2", &[6, 5], 6);
    check("?before=5&limit=2", &[4, 3], 4);
    check("?after=4", &[6, 5], 2);
    check("?operation=alfresco.getPerson", &[4], 1);
    check("?operation=*Person&status=4xx", &[3], 1);
    check("?status=404", &[6], 1);
    check("?personId=new", &[4, 3], 2);
    check("?limit=0", &[], 6);
}

#[test]
fn a_wrong_filter_is_named() {
    let app = app();
    let list = |query: &str| raw(Method::GET, &format!("/__admin/requests?{query}")).brief(&app);
    assert_snapshot!(list("size=3"), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: there is no `size` here; what there is: `after`, `before`, `limit`, `operation`, `status`, `personId`"}"#);
    assert_snapshot!(list("status=abc"), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: `status` is a number, or a class as `4xx`, not `abc`"}"#);
    assert_snapshot!(list("limit=-1"), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: `limit` is a whole number, not `-1`"}"#);
    assert_snapshot!(list("operation=alfresco.getPersons"), @r#"400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query can't be read: there is no operation `alfresco.getPersons`; did you mean `alfresco.getPerson`?"}"#);
}

#[test]
fn one_request_is_shown_whole_without_its_secrets() {
    let shown = raw(Method::GET, "/__admin/requests/2").expect(&asked(), 200);
    let shown = serde_json::to_string_pretty(&shown).unwrap();
    assert_snapshot!(shown, @r#"
    {
      "id": 2,
      "at": "2026-08-21T10:00:00Z",
      "durationMs": 0.0,
      "vendor": "alfresco",
      "operation": "alfresco.createPerson",
      "personId": null,
      "caller": "admin",
      "request": {
        "method": "POST",
        "path": "/alfresco/api/-default-/public/alfresco/versions/1/people",
        "query": {},
        "headers": {
          "authorization": "Basic [redacted]",
          "content-type": "application/json"
        },
        "body": {
          "id": "new",
          "firstName": "Ann",
          "email": "n@example.com",
          "password": "[redacted]"
        },
        "bodyBytes": 74,
        "bodyIsCut": false
      },
      "response": {
        "status": 201,
        "headers": {
          "x-frame-options": "SAMEORIGIN",
          "cache-control": "no-cache",
          "expires": "Thu, 01 Jan 1970 00:00:00 GMT",
          "pragma": "no-cache",
          "content-type": "application/json;charset=UTF-8",
          "date": "Fri, 21 Aug 2026 10:00:00 GMT"
        },
        "body": {
          "entry": {
            "firstName": "Ann",
            "capabilities": {
              "isGuest": false,
              "isAdmin": false,
              "isMutable": true
            },
            "displayName": "Ann",
            "emailNotificationsEnabled": true,
            "company": {},
            "id": "new",
            "enabled": true,
            "email": "n@example.com"
          }
        },
        "bodyBytes": 211,
        "bodyIsCut": false
      },
      "problem": null,
      "forcedBy": null
    }
    "#);
    assert_snapshot!(raw(Method::GET, "/__admin/requests/7").brief(&asked()), @r#"404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no request `7` in this session's journal"}"#);
}

#[test]
fn requests_are_counted_and_found_by_the_matcher() {
    let app = asked();
    let check = |matcher: Value, expected: &[u64]| {
        let body = json!({ "when": matcher }).to_string();
        let ask = |call: &str| {
            let path = format!("/__admin/requests/{call}");
            raw(Method::POST, &path).body(body.clone()).expect(&app, 200)
        };
        assert_eq!(ask("count"), json!({ "count": expected.len() }), "{body}");
        assert_eq!(ids(&ask("find")), expected, "{body}");
    };
    check(json!({}), &[6, 5, 4, 3, 2, 1]);
    check(json!({"operation":"alfresco.*"}), &[4, 3, 2, 1]);
    check(json!({"caller":"zkovarova"}), &[3]);
    check(json!({"personId":"new","method":["GET","DELETE"]}), &[4]);
    check(json!({"path":"*/people/new"}), &[5, 4, 3]);
    check(json!({"query":{"maxItems":2}}), &[1]);
    check(json!({"headers":{"Content-Type":{"contains":"json"}}}), &[2]);
    check(json!({"body":{"firstName":{"matches":"^(Ann|Bob)$"}}}), &[3, 2]);
    check(json!({"body":{"/password":{"absent":false}}}), &[2]);
    check(json!({"body":{"password":"s3cret"}}), &[]);
    check(json!({"any":[{"method":"DELETE"},{"not":{"operation":"*"}}]}), &[6, 5]);
}

#[test]
fn a_verification_holds_or_says_what_comes_nearest() {
    let app = asked();
    let verify = |body: Value| {
        raw(Method::POST, "/__admin/requests/verify").body(body.to_string()).brief(&app)
    };
    assert_snapshot!(verify(json!({"when":{"operation":"alfresco.createPerson"}})), @r#"200 {"verified":true,"count":1,"requests":[2]}"#);
    assert_snapshot!(verify(json!({"when":{"path":"*"},"count":{"atLeast":2,"atMost":9}})), @r#"200 {"verified":true,"count":6,"requests":[1,2,3,4,5,6]}"#);
    assert_snapshot!(verify(json!({"when":{"operation":"alfresco.createPerson","caller":"admin","body":{"firstName":"Bob"}},"count":1})), @r#"406 {"type":"about:blank","title":"Not Acceptable","status":406,"detail":"expected exactly 1 of the requests to match, and 0 of 6 do; nearest is request 2, whose body/firstName is \"Ann\" and not \"Bob\"","verified":false,"count":0,"requests":[],"nearest":{"request":{"id":2,"operation":"alfresco.createPerson","method":"POST","path":"/alfresco/api/-default-/public/alfresco/versions/1/people","status":201},"differences":[{"at":"body/firstName","expected":"\"Bob\"","actual":"\"Ann\""}]},"lost":0}"#);
    assert_snapshot!(verify(json!({"when":{"method":"GET"},"count":{"atMost":1}})), @r#"406 {"type":"about:blank","title":"Not Acceptable","status":406,"detail":"expected at most 1 of the requests to match, and 3 of 6 do","verified":false,"count":3,"requests":[1,4,6],"lost":0}"#);
    assert_snapshot!(verify(json!({"when":{"operation":"alfresco.deleteAvatarImage"},"count":0})), @r#"200 {"verified":true,"count":0,"requests":[]}"#);
}

#[test]
fn a_secret_can_not_be_found_out_by_guessing() {
    let body = r#"{"when":{"operation":"*.createPerson","body":{"password":{"matches":"^s3"}}}}"#;
    let answer = raw(Method::POST, "/__admin/requests/verify").body(body).expect(&asked(), 406);
    assert_snapshot!(answer["nearest"]["differences"], @r#"[{"at":"body/password","expected":"something else; secrets can't be compared, only be `{\"absent\": false}`","actual":"\"[redacted]\""}]"#);
}

#[test]
fn a_sequence_is_met_in_its_order_with_others_between() {
    let app = asked();
    let verify = |body: Value| {
        raw(Method::POST, "/__admin/requests/verify").body(body.to_string()).brief(&app)
    };
    let [list, create, get] = ["listPeople", "createPerson", "getPerson"]
        .map(|name| json!({ "operation": format!("alfresco.{name}") }));
    assert_snapshot!(verify(json!({ "sequence": [list, get] })), @r#"200 {"verified":true,"requests":[1,4]}"#);
    assert_snapshot!(verify(json!({ "sequence": [get, create] })), @r#"406 {"type":"about:blank","title":"Not Acceptable","status":406,"detail":"step 2 of 2 isn't met by any request after request 4; nearest is request 6, whose operation is nothing and not alfresco.createPerson","verified":false,"requests":[4],"missing":1,"nearest":{"request":{"id":6,"operation":null,"method":"GET","path":"/somewhere","status":404},"differences":[{"at":"operation","expected":"alfresco.createPerson","actual":"nothing"}]},"lost":0}"#);
}

#[test]
fn what_is_no_expectation_is_refused() {
    let app = app();
    let verify = |body: &str| {
        let status = raw(Method::POST, "/__admin/requests/verify").body(body.to_owned()).of(&app);
        assert_eq!(status.status, 400, "{body}");
    };
    verify("");
    verify("{");
    verify(r#"{"count":1}"#);
    verify(r#"{"sequence":[]}"#);
    verify(r#"{"when":{},"sequence":[{}]}"#);
    verify(r#"{"when":{},"count":-1}"#);
    verify(r#"{"when":{},"count":{"atleast":1}}"#);
    verify(r#"{"when":{},"timeout":"P1D"}"#);
}

#[test]
fn a_wait_whose_time_is_over_answers_as_a_verification_does() {
    let app = asked();
    let body = r#"{"when":{"operation":"alfresco.updateAvatarImage"},"timeout":"1ms"}"#;
    let ask = raw(Method::POST, "/__admin/requests/wait").body(body);
    assert_eq!(ask.expect(&app, 406)["verified"], false);
}

#[test]
fn forgotten_requests_are_gone_and_numbers_go_on() {
    let app = asked();
    raw(Method::DELETE, "/__admin/requests").expect(&app, 204);
    let list = || raw(Method::GET, "/__admin/requests").expect(&app, 200);
    assert_eq!(list(), json!({ "requests": [], "meta": { "total": 0, "lost": 0 } }));
    get("/people").by("admin").expect(&app, 200);
    assert_eq!(ids(&list()), [7]);
}

#[test]
fn the_journal_is_bounded_over_all_sessions_and_says_what_it_lost() {
    let app = app_with(|config| config.journal_bytes = 20_000);
    for index in 0..100 {
        let session = format!("s{}", index % 2);
        get("/people/admin").by("admin").header("x-mock-session", &session).expect(&app, 200);
    }
    let list = raw(Method::GET, "/__session/s1/__admin/requests").expect(&app, 200);
    let kept = ids(&list);
    assert_eq!(kept.first(), Some(&50));
    assert!((2..40).contains(&kept.len()), "{kept:?}");
    assert_eq!(list["meta"]["lost"], 50 - kept.len());
    let body = r#"{"when":{"operation":"*"},"count":50}"#;
    let verify = raw(Method::POST, "/__session/s1/__admin/requests/verify").body(body);
    assert_eq!(verify.expect(&app, 406)["lost"], 50 - kept.len());
}

#[test]
fn a_long_body_is_cut_and_a_picture_is_not_kept() {
    let app = app();
    post("/people", &format!("{{\"id\":\"{}\"}}", "x".repeat(100_000)))
        .by("admin")
        .expect(&app, 400);
    let picture = &include_bytes!("../../fixtures/alfresco/avatars/jane-doe.png")[..];
    put("/people/admin/avatar", "").body(picture).by("admin").expect(&app, 200);
    let list = raw(Method::GET, "/__admin/requests").expect(&app, 200);
    assert_eq!(list["requests"][0]["request"]["body"], Value::Null);
    assert_eq!(list["requests"][0]["request"]["bodyBytes"], picture.len());
    let long = &list["requests"][1]["request"];
    assert_eq!(long["body"].as_str().unwrap().len(), 64 << 10);
    assert_eq!((&long["bodyBytes"], &long["bodyIsCut"]), (&json!(100_009), &json!(true)));
}

#[test]
fn control_calls_are_not_recorded_and_preflights_are() {
    let app = app();
    raw(Method::GET, "/__admin/clock").expect(&app, 200);
    let preflight = raw(Method::OPTIONS, "/alfresco/api/x").header("origin", "http://x");
    preflight.header("access-control-request-method", "GET").expect(&app, 200);
    let list = raw(Method::GET, "/__admin/requests").expect(&app, 200);
    assert_eq!(list["requests"][0]["request"]["method"], "OPTIONS");
    assert_eq!(ids(&list), [1]);
}

#[test]
fn it_is_explained_which_check_decided() {
    let app = asked();
    let explain = |id: u64| raw(Method::GET, &format!("/__admin/explain/{id}")).expect(&app, 200);
    let outcomes = |id: u64| {
        let explained = explain(id);
        let checks = explained["checks"].as_array().unwrap().iter();
        let checks: Vec<_> = checks
            .map(|it| format!("{} {}", it["check"], it["outcome"]).replace('"', ""))
            .collect();
        format!("{}; by {}; {}", checks.join(", "), explained["decidedBy"], explained["problem"])
    };
    get("/people").expect(&app, 401);
    get("/people?maxItems=0").by("admin").expect(&app, 400);
    assert_snapshot!(outcomes(2), @r#"webScript passed, resource passed, caller passed, lateResource not asked, query passed, form passed, operation answered; by "operation"; null"#);
    assert_snapshot!(outcomes(3), @r#"webScript passed, resource not asked, caller passed, lateResource passed, query passed, form passed, operation failed; by "operation"; {"id":"PermissionDenied","status":403,"how":"change somebody else without being an administrator","evidence":"test"}"#);
    assert_snapshot!(outcomes(5), @r#"webScript passed, resource not asked, caller passed, lateResource failed, query not reached, form not reached, operation not reached; by "lateResource"; {"id":"UnsupportedResourceOperation","status":405,"how":"DELETE a person","evidence":"code"}"#);
    assert_snapshot!(outcomes(6), @r#"; by "no API lies at this path"; null"#);
    assert_snapshot!(outcomes(7), @r#"webScript passed, resource passed, caller failed, lateResource not reached, query not reached, form not reached, operation not reached; by "caller"; {"id":"AuthenticationFailed","status":401,"how":"send no credentials, a wrong password or an expired ticket","evidence":"code"}"#);
    assert_snapshot!(outcomes(8), @r#"webScript passed, resource passed, caller passed, lateResource not asked, query failed, form not reached, operation not reached; by "query"; {"id":"MaxItemsNotPositive","status":400,"how":"send `maxItems=0`","evidence":"code"}"#);
    let ecg = |method, path: &str| raw(method, &format!("/api/people/{path}"));
    ecg(Method::GET, "x").header("authorization", "Bearer admin-token").expect(&app, 400);
    ecg(Method::HEAD, "54a76d00-b919-4776-aa9c-29a5455e5317").expect(&app, 401);
    assert_snapshot!(outcomes(9), @r#"body passed, route passed, parameter passed, caller passed, role passed, personId failed, operation not reached; by "personId"; {"id":"NotAUuid","status":400,"how":"send `abc` as a person's id","evidence":"sibling"}"#);
    assert_snapshot!(outcomes(10), @r#"body passed, route passed, parameter passed, caller failed, role not reached, personId not reached, operation not reached; by "caller"; {"id":"Unauthorized","status":401,"how":"send no token, an expired one, or one that is none","evidence":"assumed"}"#);
    assert_eq!(explain(10)["request"]["operation"], "ecg.getPersonById", "as that vendor routes");
    raw(Method::GET, "/__admin/explain/99").expect(&app, 404);
}

#[test]
fn metrics_count_by_operation_and_status() {
    let app = asked();
    let metrics = raw(Method::GET, "/__admin/metrics").of(&app);
    assert_eq!(metrics.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    let counters: Vec<_> = text.lines().filter(|it| it.starts_with("people_mock_exch")).collect();
    assert_snapshot!(counters.join("\n"), @r#"
    people_mock_exchanges_total{operation="alfresco.createPerson",status="201"} 1
    people_mock_exchanges_total{operation="alfresco.listPeople",status="200"} 1
    people_mock_exchanges_total{operation="alfresco.getPerson",status="200"} 1
    people_mock_exchanges_total{operation="alfresco.updatePerson",status="403"} 1
    people_mock_exchanges_total{operation="alfresco.none",status="405"} 1
    people_mock_exchanges_total{operation="none",status="404"} 1
    "#);
}
