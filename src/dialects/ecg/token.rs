//! JSON web tokens: read the caller out of one, and make one (`people-mock token`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::auth::Caller;

/// What a token is to say.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// The caller's person id.
    pub person_id: &'a str,
    /// The caller's groups, as `ecgAdmin`.
    pub groups: &'a [String],
    /// When the token ends; never, if nothing is said.
    pub expires_at: Option<Timestamp>,
    /// The key to sign it with. A server without a key takes a token that any key signed.
    pub key: &'a str,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// The claims that are read. Cognito, the vendor's identity provider, names the groups so
/// (facts §4.0 A-AUTH).
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(rename = "cognito:groups", default)]
    groups: Vec<String>,
    exp: Option<f64>,
}

/// Makes a token, signed with HS256.
#[must_use]
pub fn mint(grant: &Grant<'_>) -> String {
    let mut claims = json!({ "sub": grant.person_id, "cognito:groups": grant.groups });
    if let Some(at) = grant.expires_at {
        claims["exp"] = Value::from(at.as_second());
    }
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let signed =
        format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
    let signature = signature(&signed, grant.key);
    let signature = signature.map(|it| BASE64.encode(it.finalize().into_bytes()));
    format!("{signed}.{}", signature.unwrap_or_default())
}

/// Who calls with a token, or `None` if it is malformed, has expired, or was signed with another
/// key than the one that is wanted.
pub(super) fn read(token: &str, key: Option<&str>, now: Timestamp) -> Option<Caller> {
    let (signed, signature_part) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
    let sent = BASE64.decode(signature_part).ok()?;
    if let Some(key) = key {
        // Only the algorithm that is expected: a token can't talk us out of checking it.
        if header.alg != "HS256" {
            return None;
        }
        signature(signed, key)?.verify_slice(&sent).ok()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era are exact")]
    let now = now.as_millisecond() as f64 / 1_000.0;
    if claims.sub.is_empty() || claims.exp.is_some_and(|exp| exp <= now) {
        return None;
    }
    Some(Caller::new(claims.sub.into(), &claims.groups))
}

/// HMAC takes keys of any length, so that there always is one.
fn signature(signed: &str, key: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The token of RFC 7515, appendix A.1, has neither `sub` nor a key that is text; this is the
    /// well-known one of jwt.io.
    const KNOWN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

    #[test]
    fn a_token_that_others_signed_is_read() {
        let now = Timestamp::UNIX_EPOCH;
        let read_with = |key| read(KNOWN, key, now).map(|it| it.person_id);
        assert_eq!(read_with(Some("your-256-bit-secret")).as_deref(), Some("1234567890"));
        assert_eq!(read_with(None).as_deref(), Some("1234567890"));
        assert_eq!(read_with(Some("another")), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_at_all_is_read_or_refused(text: String) {
            read(&text, None, Timestamp::UNIX_EPOCH);
            read(&format!("{text}.{text}.{text}"), Some(&text), Timestamp::UNIX_EPOCH);
        }
    }
}
