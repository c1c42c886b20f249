//! `deauthorize`, `requestReauthorizationCode` and `reauthorize`: `POST /people/{personId}/…`, which
//! the Community edition has and doesn't do.

use insta::assert_snapshot;

use crate::support::{app, post, problem};

#[test]
fn the_community_edition_does_none_of_it_for_anybody() {
    let app = app();
    for relation in ["deauthorize", "reauthorization-code", "reauthorize"] {
        for (person, user) in [("sappho", "sappho"), ("admin", "sappho"), ("nobody", "admin")] {
            let response = post(&format!("/people/{person}/{relation}"), "").by(user).of(&app);
            assert_eq!((response.status.as_u16(), response.body.len()), (501, 0), "{relation}");
        }
    }
    assert_snapshot!(post("/people/-me-/deauthorize", "{").by("sappho").whole(&app), @"
    501 Not Implemented
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
}

#[test]
fn it_is_asked_who_is_calling_and_how() {
    let app = app();
    let told = problem(&post("/people/sappho/reauthorize", "").of(&app));
    assert_eq!(
        told,
        "401 ~ApiDefault | Authentication failed for Web Script org/alfresco/api/ResourceWebScript.post"
    );
    let told = problem(&post("/people/sappho/deauthorize?maxItems=0", "").by("sappho").of(&app));
    assert_eq!(told, "400 = | Only positive values supported for maxItems.");
}
