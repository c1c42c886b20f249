//! The body of a request, as body-parser reads it.

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::{Problem, syntax};
use crate::http::{Request, UnreadBody};

/// The body: an object or an array. A body that is missing, empty or of another type than JSON is
/// an empty object (facts §4.0 A-BODY).
pub(super) fn read(request: &Request) -> Result<Value, Problem> {
    let body = match &request.body {
        Ok(body) => body,
        Err(UnreadBody::TooLarge { .. }) => return Err(Problem::EntityTooLarge),
        Err(UnreadBody::Broken) => return Err(Problem::RequestAborted),
    };
    let content_type = request.header(&CONTENT_TYPE).unwrap_or_default();
    let (media_type, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if body.is_empty() || !media_type.trim().eq_ignore_ascii_case("application/json") {
        return Ok(Value::Object(Map::new()));
    }
    if let Some(charset) = charset(parameters).filter(|it| !it.starts_with("UTF-")) {
        return Err(Problem::UnsupportedCharset { charset });
    }
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // body-parser is strict: it takes objects and arrays, and calls anything else a syntax error.
    if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with(['{', '[']) {
        return Err(Problem::MalformedJson { why: syntax::not_a_container(text) });
    }
    serde_json::from_str(text).map_err(|_| Problem::MalformedJson { why: syntax::error(text) })
}

/// The `charset` among the parameters of a content type, in capitals.
fn charset(parameters: &str) -> Option<String> {
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"').to_ascii_uppercase())
    })
}
