//! `healthcheck`: `GET /healthcheck`

use http::Method;

use crate::support::{app, raw};

#[test]
fn health_is_told_to_everybody_in_the_shape_of_terminus() {
    assert_eq!(
        raw(Method::GET, "/healthcheck").header("authorization", "Bearer nonsense").whole(&app()),
        "200 OK\n\
         content-type: application/json; charset=utf-8\n\
         cache-control: no-cache, no-store, must-revalidate\n\
         date: Fri, 21 Aug 2026 10:00:00 GMT\n\
         \n\
         {\"status\":\"ok\",\"info\":{\"database\":{\"status\":\"up\"}},\"error\":{},\
         \"details\":{\"database\":{\"status\":\"up\"}}}",
    );
}

#[test]
fn below_it_is_nothing() {
    assert_eq!(
        raw(Method::GET, "/healthcheck/x").brief(&app()),
        r#"404 {"message":"Cannot GET /healthcheck/x","error":"Not Found","statusCode":404}"#,
    );
}
