//! What a request asks for itself: `Prefer: code=409`, or the cookie `mock-prefer` where a client
//! can't set a header.

use http::{HeaderName, header};

use super::format::ErrorName;
use crate::http::Request;

const HEADER: HeaderName = HeaderName::from_static("prefer");
const COOKIE: &str = "mock-prefer";

/// The error that a request asks for. What can't be read is passed over, as RFC 7240 wants it.
pub(super) fn preferred(request: &Request) -> Option<ErrorName> {
    // Most requests ask for nothing, and shall not pay for it.
    let may_ask = |name: &HeaderName| *name == HEADER || *name == header::COOKIE;
    if !request.headers.keys().any(may_ask) {
        return None;
    }
    let headers = request.headers.get_all(HEADER).iter().filter_map(|it| it.to_str().ok());
    let in_header = headers.flat_map(|it| it.split([',', ';'])).find_map(code);
    let code = in_header.or_else(|| {
        let cookie = request.cookie(COOKIE)?;
        code(cookie).or(Some(cookie))
    })?;
    Some(ErrorName::read(code))
}

/// The value of `code=`; blanks around it and quotes make no difference.
fn code(preference: &str) -> Option<&str> {
    let (name, value) = preference.split_once('=')?;
    name.trim().eq_ignore_ascii_case("code").then(|| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method, Uri};

    use super::*;

    fn asked(name: &'static str, value: &'static str) -> Option<ErrorName> {
        let mut request = Request::new(Method::GET, Uri::from_static("/"));
        request.headers.insert(name, HeaderValue::from_static(value));
        preferred(&request)
    }

    #[test]
    fn a_code_is_found_among_other_preferences_and_in_a_cookie() {
        let status = |code| Some(ErrorName::Status(code));
        assert_eq!(asked("prefer", "code=409"), status(409));
        assert_eq!(asked("prefer", "respond-async, Code = \"404\"; x"), status(404));
        assert_eq!(
            asked("prefer", "code=personExists"),
            Some(ErrorName::Name("personExists".into()))
        );
        assert_eq!(asked("prefer", "respond-async"), None);
        assert_eq!(asked("cookie", "a=b; mock-prefer=code=422"), status(422));
        assert_eq!(asked("cookie", "mock-prefer=422"), status(422));
    }
}
