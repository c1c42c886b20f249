//! What the bytes of an upload are, from their content alone, as Apache Tika tells it: the vendor
//! doesn't look at the request's `Content-Type` (facts: people §9).

/// How much of a file Tika reads before it names the type.
const SNIFFED: usize = 8 * 1024;

/// The media type that the vendor would name for these bytes, from their content alone.
///
/// The rules are Tika's, for the types that matter here: magic numbers, then the root element of
/// XML, then whether the bytes look like text. So JSON is `text/plain`, and so is an `<svg>`
/// without an XML declaration: Tika has no magic number for either. No bytes, or nothing known, is
/// `application/octet-stream`.
#[must_use]
pub(super) fn sniff(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(SNIFFED)];
    if let Some((_, _, media_type)) = MAGIC
        .iter()
        .find(|(offset, magic, _)| head.get(*offset..).is_some_and(|rest| rest.starts_with(magic)))
    {
        return media_type;
    }
    if is_bmp(head) {
        "image/bmp"
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        "image/webp"
    } else if is_xml(head) {
        xml_type(head)
    } else if is_html(head) {
        "text/html"
    } else if is_text(head) {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}

/// Tika's magic numbers: offset, bytes, media type.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (0, b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (0, b"8BPS\0\x01", "image/vnd.adobe.photoshop"),
    (0, b"8BPS\0\x02", "image/vnd.adobe.photoshop"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftyphevc", "image/heic-sequence"),
    (4, b"ftyphevx", "image/heic-sequence"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypmsf1", "image/heif-sequence"),
    (4, b"ftypavif", "image/avif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xef\xbb\xbf%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
];

/// `BM` alone begins many texts: one plane and a known depth must follow, where a Windows header
/// has them.
fn is_bmp(head: &[u8]) -> bool {
    head.starts_with(b"BM")
        && head.get(26..30).is_some_and(|at| {
            at[..2] == [1, 0] && at[3] == 0 && matches!(at[2], 0 | 1 | 4 | 8 | 16 | 24 | 32)
        })
}

/// An XML declaration, or a comment where it would stand.
fn is_xml(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.starts_with(b"<?xml") || head.starts_with(b"<?XML") || head.starts_with(b"<!--")
}

/// What XML is, by its root element and that element's namespace. XML without a root is mere text.
fn xml_type(head: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(head);
    let Some(tag) = root_tag(&text) else { return "text/plain" };
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    let local = name.rsplit(':').next().unwrap_or_default();
    if local == "svg" && tag.contains("http://www.w3.org/2000/svg") {
        "image/svg+xml"
    } else if local == "html" && tag.contains("http://www.w3.org/1999/xhtml") {
        "application/xhtml+xml"
    } else if name.eq_ignore_ascii_case("html") || name.eq_ignore_ascii_case("body") {
        "text/html"
    } else {
        "application/xml"
    }
}

/// The text between the angle brackets of the first element, past declarations, comments and the
/// document type.
fn root_tag(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')?..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")? + 3..];
        } else if rest.starts_with("<?") {
            rest = &rest[rest.find("?>")? + 2..];
        } else if rest.starts_with("<!") {
            // The declarations of an internal subset stand in brackets.
            let end = rest.find('>')?;
            let end = if rest[..end].contains('[') { rest.find(']')? } else { end };
            rest = &rest[end + 1..];
        } else {
            let tag = rest[1..].split('>').next()?;
            return tag.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(tag);
        }
    }
}

/// Markup that says so near its beginning. Tika looks for these spellings only, in any case here
/// for brevity.
fn is_html(head: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&head[..head.len().min(256)]).to_ascii_lowercase();
    let near = |tag: &str, within: usize| start.find(tag).is_some_and(|at| at <= within);
    near("<!doctype html", 64)
        || near("<head", 64)
        || near("<title", 64)
        || near("<html", 128)
        || ["<body", "<div", "<h1"].iter().any(|tag| start.starts_with(tag))
}

/// Tika's notion of text: hardly any control bytes among the first 512, and the rest ASCII for nine
/// tenths, or UTF-8.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xfe\xff") || head.starts_with(b"\xff\xfe") {
        return true;
    }
    let sample = &head[..head.len().min(512)];
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let n_controls = sample.iter().filter(|byte| is_control(**byte)).count();
    let n_ascii = sample.iter().filter(|byte| byte.is_ascii() && !is_control(**byte)).count();
    // The sample may end inside a character, which is no fault of the text.
    let is_utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    !sample.is_empty()
        && n_controls * 100 < sample.len() * 2
        && (is_utf8 || n_ascii * 100 > sample.len() * 90)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn types_are_named_as_tika_names_them() {
        let check = |bytes: &[u8], expected: &str| {
            assert_eq!(sniff(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        };
        check(b"", "application/octet-stream");
        check(b"\x00\x01\x02\x03", "application/octet-stream");
        check(b"II*\0rest", "image/tiff");
        check(b"MM\0*rest", "image/tiff");
        check(b"\0\0\x01\0\x01\0", "image/vnd.microsoft.icon");
        check(b"8BPS\0\x01", "image/vnd.adobe.photoshop");
        check(b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic");
        check(b"\0\0\0\x18ftypmif1\0\0\0\0", "image/heif");
        check(b"%PDF-1.7\n", "application/pdf");
        check(b"PK\x03\x04\x14\0", "application/zip");
        check(b"\x1f\x8b\x08\0", "application/gzip");
        check(b"RIFF\0\0\0\0WAVEfmt ", "application/octet-stream");
        check(b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml");
        check(b"<!-- made by hand --><svg xmlns=\"http://www.w3.org/2000/svg\">", "image/svg+xml");
        check(
            b"<?xml?><!DOCTYPE svg [<!ENTITY a 'b'>]><s:svg xmlns:s='http://www.w3.org/2000/svg'>",
            "image/svg+xml",
        );
        check(b"<?xml version='1.0'?><svg/>", "application/xml");
        check(b"<?xml version='1.0'?><person/>", "application/xml");
        check(b"<?xml version='1.0'?>", "text/plain");
        check(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain");
        check(b"<!DOCTYPE html>\n<title>Not found</title>", "text/html");
        check(b"\n<html lang=\"en\">", "text/html");
        check(b"{}", "text/plain");
        check(br#"{"type":"Buffer","data":[137,80,78,71]}"#, "text/plain");
        check(b"BMW and Volvo are no bitmaps, though they begin like one", "text/plain");
        check("Žluťoučký kůň".as_bytes(), "text/plain");
        check(b"\xff\xfeh\0i\0", "text/plain");
    }

    #[test]
    fn text_cut_inside_a_character_is_still_text() {
        let text = format!("{}{}", "a".repeat(511), "ž");
        assert_eq!(sniff(text.as_bytes()), "text/plain");
    }

    proptest! {
        #[test]
        fn any_markup_has_a_type(text in "(<[?!]?(xml|--|DOCTYPE|svg)?|[\\]\\[>?/ a-]){0,12}") {
            prop_assert!(sniff(text.as_bytes()).contains('/'));
        }
    }
}
