//! `getRepositoryInformation`, the list of networks, and the index that OPTIONS gives.

use http::Method;
use insta::assert_snapshot;

use super::ticket_of;
use crate::support::{app, app_with, app_with_files, ask, get, problem, raw};

const DISCOVERY: &str = "/alfresco/api/discovery";

#[test]
fn the_repository_tells_about_itself_and_leaves_the_frame_options_out() {
    assert_snapshot!(raw(Method::GET, DISCOVERY).by("admin").whole(&app()), @r#"
    200 OK
    content-type: application/json;charset=UTF-8
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"repository":{"id":"5d3ef1e6-3e5f-4a5b-9f5e-0c4f9c9a7b10","edition":"Community","version":{"major":"26","minor":"3","patch":"0","hotfix":"0","schema":26000,"label":"r1234-b5","display":"26.3.0.0 (r1234-b5) schema 26000"},"status":{"isReadOnly":false,"isAuditEnabled":true,"isQuickShareEnabled":true,"isThumbnailGenerationEnabled":true,"isDirectAccessUrlEnabled":false},"modules":[{"id":"alfresco-share-services","title":"Alfresco Share Services AMP","description":"Module to be applied to alfresco.war, containing APIs for Alfresco Share","version":"26.3.0","installDate":"2026-08-21T08:00:00.000+0000","installState":"INSTALLED","versionMin":"0","versionMax":"999"}]}}}
    "#);
}

#[test]
fn discovery_belongs_to_no_network_and_asks_for_credentials_in_the_default_one() {
    let app = app();
    assert_snapshot!(raw(Method::GET, DISCOVERY).whole(&app), @r#"
    401 Unauthorized
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    www-authenticate: AlfTicket realm="Alfresco -default- tenant"
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"framework.exception.ApiDefault","statusCode":401,"briefSummary":"07210000 Authentication failed for Web Script org/alfresco/api/DiscoveryApiWebscript.get","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    let ticket = ticket_of(&app, "sappho");
    raw(Method::GET, &format!("{DISCOVERY}?alf_ticket={ticket}")).expect(&app, 200);
    raw(Method::GET, &format!("{DISCOVERY}?alf_ticket=bad")).by("sappho").expect(&app, 200);
}

#[test]
fn discovery_tells_whether_thumbnails_are_made() {
    let app = app_with_files(&[("alfresco/server.json", r#"{"thumbnails":false}"#)]);
    let discovery = raw(Method::GET, DISCOVERY).by("admin").expect(&app, 200);
    let status = &discovery["entry"]["repository"]["status"];
    assert_eq!(status["isThumbnailGenerationEnabled"], false);
    assert_eq!(status["isQuickShareEnabled"], true);
}

#[test]
fn discovery_is_there_to_be_read_under_its_own_path_alone() {
    let app = app();
    let check = |method, path: &str, expected: &str| {
        assert_eq!(problem(&raw(method, path).by("admin").of(&app)), expected, "{path}");
    };
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH] {
        let text = format!("Script url /discovery does not support the method {method}");
        check(method, DISCOVERY, &format!("405 ~ApiDefault | {text}"));
    }
    check(
        Method::GET,
        "/alfresco/api/discovery/foo",
        "404 ~ApiDefault | Script url /foo does not map to a Web Script.",
    );
}

#[test]
fn the_networks_of_a_user_are_the_default_one() {
    let app = app();
    assert_snapshot!(raw(Method::GET, "/alfresco/api").by("sappho").whole(&app), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"list":{"pagination":{"count":1,"hasMoreItems":false,"totalItems":1,"skipCount":0,"maxItems":100},"entries":[{"entry":{"id":"-default-","isEnabled":true,"quotas":[]}}]}}
    "#);
    raw(Method::GET, "/alfresco/api/").by("sappho").expect(&app, 200);
    let refused = raw(Method::GET, "/alfresco/api/").of(&app);
    assert_eq!(
        problem(&refused),
        "401 ~ApiDefault | Authentication failed for Web Script networks"
    );
    assert_eq!(
        refused.headers["www-authenticate"],
        r#"AlfTicket realm="Alfresco -default- tenant""#
    );
}

#[test]
fn a_network_by_itself_is_nothing_to_read() {
    let app = app();
    let check = |path: &str, expected: &str| {
        let ask = raw(Method::GET, &format!("/alfresco/api/{path}"));
        assert_eq!(problem(&ask.by("admin").of(&app)), expected, "{path}");
    };
    check("-default-", "404 ~EntityNotFound | The entity with id:  was not found");
    // The vendor looks at five characters of what may have fewer.
    check("abc", "500 ~ApiDefault | -");
    check("ab/", "500 ~ApiDefault | -");
}

#[test]
fn options_gives_an_index_to_whoever_is_logged_in() {
    let app = app_with(|config| config.cors = false);
    let options = ask(Method::OPTIONS, "/people").header("origin", "http://app.example");
    assert_eq!(options.of(&app).status, 401);
    let options = options.by("sappho").of(&app);
    assert_eq!(options.status, 200);
    assert_eq!(options.headers["content-type"], "application/json;charset=UTF-8");
}

#[test]
fn every_answer_but_discovery_has_the_frame_options() {
    let app = app();
    let answers = [
        get("/people").by("admin").of(&app),
        get("/people").of(&app),
        get("/people/nobody").by("admin").of(&app),
        ask(Method::PATCH, "/people").of(&app),
        get("/nothing").of(&app),
    ];
    for response in answers {
        assert_eq!(response.headers["x-frame-options"], "SAMEORIGIN");
        for absent in ["server", "set-cookie", "etag", "location", "allow"] {
            assert!(!response.headers.contains_key(absent), "{absent}");
        }
    }
}
