//! The tables were taken from Jackson 2.21.4 itself, set up as the vendor does.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const SOURCE: &str =
    "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ";
const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// Writes out the abbreviations that keep the tables readable: `@1:7` is a place, `~` the package, `VALUES` the list of values.
fn expand(short: &str) -> String {
    let mut words = Vec::new();
    for word in
        short.replace('~', "org.alfresco.rest.api.model.").replace("VALUES", VALUES).split(' ')
    {
        let (opening, place) = match word.split_once('@') {
            Some((opening, place)) if place.contains(':') => (opening, place),
            _ => {
                words.push(word.to_owned());
                continue;
            }
        };
        let (place, closing) = place.split_at(place.trim_end_matches(')').len());
        let (line, column) = place.split_once(':').unwrap_or((place, ""));
        let inline = opening == "in";
        let at = if inline { "" } else { "\n at " };
        words.push(format!("{at}{SOURCE}{line}, column: {column}]{closing}"));
    }
    words.join(" ").replace(" \n", "\n")
}

#[track_caller]
fn check(body: &str, expected: &str) {
    let message = read(body.as_bytes(), &PERSON).expect_err(body);
    assert_eq!(message.0, expand(expected), "{body}");
}

#[track_caller]
fn check_list(body: &str, expected: &str) {
    let message = read_list(body.as_bytes(), &LOGIN_TICKET).expect_err(body);
    assert_eq!(message.0, expand(expected), "{body}");
}

#[track_caller]
fn person(body: &str) -> Bean<'static> {
    read(body.as_bytes(), &PERSON).expect(body).expect("not null").into_owned()
}

const KNOWN: &str = r#"not marked as ignorable (26 known properties: "enabled", "mobile", "telephone", "displayName", "aspectNames", "skypeId", "properties", "avatarId", "location", "capabilities", "quota", "firstName", "email", "userStatus", "lastName", "oldPassword", "googleId", "jobTitle", "statusUpdatedAt", "instantMessageId", "quotaUsed", "emailNotificationsEnabled", "description", "password", "company", "id")"#;

#[test]
fn broken_syntax_is_reported_in_jacksons_words() {
    for (body, expected) in [
        (
            "{",
            "Unexpected end-of-input: expected close marker for Object (start marker at in@1:1) @1:2",
        ),
        (r#"{"id":}"#, "Unexpected character ('}' (code 125)): expected a value @1:7"),
        (
            r#"{"id":1,"email":}"#,
            "Unexpected character ('}' (code 125)): expected a valid value VALUES @1:17",
        ),
        (
            r#"{"id":"a",}"#,
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name @1:11",
        ),
        (
            "{'id':1}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name @1:2",
        ),
        ("<xml/>", "Unexpected character ('<' (code 60)): expected a valid value VALUES @1:1"),
        ("id=a", "Unrecognized token 'id': was expecting VALUES @1:1"),
        (r#"{"id":tru}"#, "Unrecognized token 'tru': was expecting VALUES @1:7"),
        (
            r#"{"id":true$}"#,
            "Unexpected character ('$' (code 36)): was expecting comma to separate Object entries @1:11",
        ),
        (
            r#"{"id" 1}"#,
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value @1:7",
        ),
        (
            r#"{"id":1 "b":2}"#,
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries @1:9",
        ),
        (r#"{"id":1,"#, "Unexpected end-of-input within/between Object entries @1:9"),
        (r#"{"id"#, "Unexpected end-of-input in field name @1:5"),
        (
            r#"{"id":1]"#,
            "Unexpected close marker ']': expected '}' (for Object starting at in@1:1) @1:8",
        ),
        ("}", "Unexpected close marker '}': no open Object to close @1:1"),
        (
            "{/**/}",
            "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser) @1:2",
        ),
        (
            "{\u{c}}",
            "Illegal character ((CTRL-CHAR, code 12)): only regular white space (\\r, \\n, \\t) is allowed between tokens @1:3",
        ),
        (
            "\u{feff}{}",
            "Unexpected character ('\u{feff}' (code 65279 / 0xfeff)): expected a valid value VALUES @1:1",
        ),
        ("{\r\n\"id\"\r:\n\r}", "Unexpected character ('}' (code 125)): expected a value @5:1"),
        (
            "{\"id\":\"\u{1f600}\",x",
            "Unexpected character ('x' (code 120)): was expecting double-quote to start field name @1:12",
        ),
        (
            "\u{1f600}",
            "Unexpected character ('?' (code 55357 / 0xd83d)): expected a valid value VALUES @1:1",
        ),
    ] {
        check(body, expected);
    }
}

#[test]
fn empty_bodies_are_reported_without_a_column() {
    for body in ["", "  \n "] {
        let message = read(body.as_bytes(), &PERSON).expect_err("nothing to read");
        assert_eq!(message.0, format!("No content to map due to end-of-input\n at {SOURCE}1]"));
        assert_eq!(read_list(body.as_bytes(), &LOGIN_TICKET), Err(message));
    }
}

#[test]
fn broken_numbers_are_reported_where_jackson_stands() {
    for (body, expected) in [
        (r#"{"id":01}"#, "Invalid numeric value: Leading zeroes not allowed @1:8"),
        (
            r#"{"id":-}"#,
            "Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value @1:8",
        ),
        ("-", "Unexpected end-of-inputNo digit following sign @1:2"),
        (
            r#"{"id":-.5}"#,
            "Unexpected character ('.' (code 46)): expected a valid value VALUES @1:8",
        ),
        (
            r#"{"id":12.}"#,
            "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a digit @1:9",
        ),
        (
            r#"{"id":0.x}"#,
            "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit @1:9",
        ),
        (
            "1.",
            "Unexpected character ('.' (code 46)) in numeric value: Decimal point not followed by a digit @1:2",
        ),
        (
            r#"{"id":1.5ex}"#,
            "Unexpected character ('x' (code 120)) in numeric value: Exponent indicator not followed by a digit @1:8",
        ),
        ("1e", "Unexpected end-of-inputexpected a digit for number exponent @1:3"),
        (
            "12a",
            "Unexpected character ('a' (code 97)): Expected space separating root-level values @1:3",
        ),
        (
            r#"{"id":+5}"#,
            "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow @1:8",
        ),
        (
            r#"{"id":NaN}"#,
            "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow @1:10",
        ),
        (
            r#"{"id":-INF}"#,
            "Non-standard token '-INF': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow @1:11",
        ),
    ] {
        check(body, expected);
    }
}

#[test]
fn broken_strings_are_reported_inside_their_property() {
    let chain = r#"(through reference chain: ~Person["id"])"#;
    for (body, expected) in [
        (
            r#"{"id":"abc"#,
            "Unexpected end-of-input: was expecting closing quote for a string value @1:11",
        ),
        (r#"{"id":"a\x"}"#, "Unrecognized character escape 'x' (code 120) @1:10"),
        (
            r#"{"id":"\u12"}"#,
            "Unexpected character ('\"' (code 34)): expected a hex-digit for character escape sequence @1:12",
        ),
        (r#"{"id":"\u1"#, "Unexpected end-of-input in character escape sequence @1:11"),
        (
            "{\"id\":\"a\nb\"}",
            "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value @1:9",
        ),
    ] {
        check(body, &format!("{expected} {chain}"));
    }
    check(
        "{\"i\nd\":1}",
        "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in name @1:4",
    );
}

#[test]
fn unknown_fields_are_reported_right_after_the_first_token_of_their_value() {
    for (body, column) in [
        (r#"{"foo":"x"}"#, 9),
        (r#"{"foo":12}"#, 10),
        (r#"{"foo":{}}"#, 9),
        (r#"{"foo":"never closed"#, 9),
    ] {
        let text = format!(
            r#"Unrecognized field "foo" (class ~Person), {KNOWN} @1:{column} (through reference chain: ~Person["foo"])"#
        );
        check(body, &text);
    }
    check(r#"{"foo":tr"#, "Unrecognized token 'tr': was expecting VALUES @1:8");
    check(
        r#"{"company":{"foo":1}}"#,
        r#"Unrecognized field "foo" (class ~Company), not marked as ignorable (8 known properties: "organization", "telephone", "email", "address1", "address2", "address3", "postcode", "fax") @1:20 (through reference chain: ~Person["company"]->~Company["foo"])"#,
    );
    let message = |class| read(br#"{"x":1}"#, class).expect_err("unknown").to_string();
    assert!(message(&CLIENT).contains(r#"ignorable (one known property: "client")"#));
    assert!(message(&PASSWORD_RESET).contains(r#"(3 known properties: "password", "key", "id")"#));
}

#[test]
fn user_name_and_other_spellings_are_unknown() {
    for name in ["userName", "ID", "createdAt", ""] {
        let message = read(format!(r#"{{"{name}":1}}"#).as_bytes(), &PERSON).expect_err(name);
        assert!(message.0.starts_with(&format!("Unrecognized field \"{name}\" (class")));
    }
}

/// One property of a person with a value that it refuses.
#[track_caller]
fn check_property(name: &str, value: &str, expected: &str) {
    let column = name.len() + 5;
    let place = if expected.contains(" @") { String::new() } else { format!(" @1:{column}") };
    let chain = format!(r#"(through reference chain: ~Person["{name}"])"#);
    check(&format!(r#"{{"{name}":{value}}}"#), &format!("{expected}{place} {chain}"));
}

#[test]
fn scalars_of_wrong_types_are_reported_at_the_value() {
    let array = "Array value (token `JsonToken.START_ARRAY`)";
    let object = "Object value (token `JsonToken.START_OBJECT`)";
    for (name, value, java, rest) in [
        ("id", "{}", "String", object),
        ("id", r#"["a"]"#, "String", array),
        ("enabled", r#""yes""#, "Boolean", r#"String "yes": only "true" or "false" recognized"#),
        (
            "enabled",
            r#"" tRue ""#,
            "Boolean",
            r#"String "tRue": only "true" or "false" recognized"#,
        ),
        (
            "enabled",
            "1.5",
            "Boolean",
            "Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)",
        ),
        ("enabled", "[]", "Boolean", array),
        ("quota", "true", "Long", "Boolean value (token `JsonToken.VALUE_TRUE`)"),
        ("quota", r#""x""#, "Long", r#"String "x": not a valid `java.lang.Long` value"#),
    ] {
        let expected = format!("Cannot deserialize value of type `java.lang.{java}` from {rest}");
        check_property(name, value, &expected);
    }
    let range = "out of range of long (-9223372036854775808 - 9223372036854775807)";
    check_property(
        "quota",
        "9223372036854775808",
        &format!("Numeric value (9223372036854775808) {range} @1:29"),
    );
    check(r#"{"avatarId":{}}"#, "Unable to deserialize nodeRef: {");
}

#[test]
fn containers_of_wrong_types_are_reported_at_the_value() {
    let empty = |what: &str| {
        format!(
            "Cannot coerce empty String (\"\") to {what} (but could if coercion was enabled using `CoercionConfig`)"
        )
    };
    let no = |java: &str| {
        format!(
            "Cannot construct instance of `{java}` (although at least one Creator exists): no String-argument constructor/factory method to deserialize from String value ('x')"
        )
    };
    let map = "Cannot deserialize value of type `java.util.LinkedHashMap<java.lang.String,java.lang.Object>` from";
    let array = "Array value (token `JsonToken.START_ARRAY`)";
    for (name, value, expected) in [
        ("company", "[]", format!("Cannot deserialize value of type `~Company` from {array}")),
        ("company", r#""""#, empty("`~Company` value")),
        ("company", r#"" ""#, empty("`~Company` value")),
        ("company", r#"" x""#, no("~Company")),
        ("properties", r#""""#, empty("element of `java.util.LinkedHashMap`")),
        ("properties", r#""x""#, no("java.util.LinkedHashMap")),
        ("properties", "[]", format!("{map} {array}")),
        ("properties", "1", format!("{map} Integer value (token `JsonToken.VALUE_NUMBER_INT`)")),
    ] {
        check_property(name, value, &expected);
    }
    check(
        r#"{"aspectNames":["a",{}]}"#,
        r#"Cannot deserialize value of type `java.lang.String` from Object value (token `JsonToken.START_OBJECT`) @1:21 (through reference chain: ~Person["aspectNames"]->java.util.ArrayList[1])"#,
    );
    check(
        r#"{"capabilities":{"a":{}}}"#,
        r#"Cannot deserialize value of type `java.lang.Boolean` from Object value (token `JsonToken.START_OBJECT`) @1:22 (through reference chain: ~Person["capabilities"]->java.util.LinkedHashMap["a"])"#,
    );
}

#[test]
fn bodies_that_are_no_object_are_refused() {
    let no = "Cannot construct instance of `~Person` (although at least one Creator exists): no";
    let to = "constructor/factory method to deserialize from";
    for (body, expected) in [
        ("[]", "Cannot deserialize value of type `~Person` from Array value (token `JsonToken.START_ARRAY`) @1:1".to_owned()),
        (r#""str""#, format!("{no} String-argument {to} String value ('str') @1:1")),
        ("123", format!("{no} int/Int-argument {to} Number value (123) @1:1")),
        ("12345678901", format!("{no} long/Long-argument {to} Number value (12345678901) @1:1")),
        ("1.5e10", format!("{no} double/Double-argument {to} Number value (1.5E10) @1:1")),
        ("true", format!("{no} boolean/Boolean-argument {to} boolean value (true) @1:1")),
    ] {
        check(body, &expected);
    }
    assert_eq!(read(b"null", &PERSON), Ok(None));
}

#[test]
fn arrays_at_the_start_and_at_columns_that_begin_with_1_pass_the_vendors_test() {
    for (body, expected) in [
        ("[]", true),
        (r#"{"company":[]}"#, true),
        (r#"   {"company":[]}"#, true),
        (r#"         {"company":[]}"#, false),
        (" []", false),
        ("\n[]", false),
        (r#"{"id":[]}"#, false),
        (r#"{"id":tru}"#, false),
    ] {
        let message = read(body.as_bytes(), &PERSON).expect_err(body);
        assert_eq!(message.tells_of_array_at_start(), expected, "{message}");
    }
    let message = read(br#"{"company":[]}"#, &PERSON).expect_err("an array");
    assert!(message.0.contains("line: 1, column: 12]"));
}

#[test]
fn texts_take_any_scalar_and_empty_ones_are_null() {
    let it = person(
        r#"{"id":1.50,"email":true,"firstName":"","lastName":" ","mobile":null,"avatarId":""}"#,
    );
    assert_eq!(it.text("id"), Sent::Value("1.50"));
    assert_eq!(it.text("email"), Sent::Value("true"));
    assert_eq!(it.text("firstName"), Sent::Null);
    assert_eq!(it.text("lastName"), Sent::Value(" "));
    assert_eq!(it.text("mobile"), Sent::Null);
    assert_eq!(it.text("location"), Sent::Absent);
    assert_eq!(it.text("avatarId"), Sent::Value(""));
    assert!(it.is_sent("mobile") && !it.is_sent("location"));
}

#[test]
fn flags_take_words_and_whole_numbers() {
    for (value, expected) in [
        ("true", Sent::Value(true)),
        (r#""True""#, Sent::Value(true)),
        (r#"" FALSE ""#, Sent::Value(false)),
        ("0", Sent::Value(false)),
        ("-0", Sent::Value(false)),
        ("99999999999999999999", Sent::Value(true)),
        (r#""""#, Sent::Null),
        (r#""  ""#, Sent::Null),
        (r#""null""#, Sent::Null),
        ("null", Sent::Null),
    ] {
        assert_eq!(
            person(&format!(r#"{{"enabled":{value}}}"#)).flag("enabled"),
            expected,
            "{value}"
        );
    }
}

#[test]
fn counts_take_numbers_and_numeric_texts() {
    for value in ["12", r#"" +12 ""#, "-1.9", "1e3", r#""""#] {
        assert!(person(&format!(r#"{{"quota":{value}}}"#)).is_sent("quota"), "{value}");
    }
}

#[test]
fn dates_need_a_numeric_zone() {
    for value in [
        r#""2011-02-15T20:20:13.432+0000""#,
        r#""2011-2-30T2:2:1.4-0530""#,
        r#""2011-02-15T20:20:13.432GMT+01:00""#,
        "1297801213432",
        "-5",
        r#""""#,
    ] {
        assert!(person(&format!(r#"{{"statusUpdatedAt":{value}}}"#)).is_sent("statusUpdatedAt"));
    }
    for value in [
        "2011-02-15T20:20:13.432Z",
        "2011-02-15T20:20:13+0000",
        "2011-02-15T20:20:13.432+01:00",
        "now",
    ] {
        check(
            &format!(r#"{{"statusUpdatedAt":"{value}"}}"#),
            &format!(
                r#"Cannot deserialize value of type `java.util.Date` from String "{value}": not a valid representation (error: Failed to parse Date value '{value}': Unparseable date: "{value}") @1:20 (through reference chain: ~Person["statusUpdatedAt"])"#
            ),
        );
    }
}

#[test]
fn lists_of_texts_take_a_bare_scalar() {
    let one = |it: &str| vec![Some(it.to_owned())];
    for (value, expected) in [
        (r#""x""#, one("x")),
        ("1.5", one("1.5")),
        (r#""""#, vec![None]),
        ("[]", vec![]),
        (r#"["a",null,"",true]"#, vec![Some("a".to_owned()), None, None, Some("true".to_owned())]),
    ] {
        let it = person(&format!(r#"{{"aspectNames":{value}}}"#));
        assert_eq!(it.texts("aspectNames"), Sent::Value(expected.as_slice()), "{value}");
    }
    assert_eq!(person(r#"{"aspectNames":null}"#).texts("aspectNames"), Sent::Null);
}

#[test]
fn maps_keep_order_and_empty_texts_in_them_are_null() {
    let it = person(
        r#"{"properties":{"b":"","a":[1,"",{"x":""}],"b":2,"big":99999999999999999999,"inf":-1e999,"f":1.50}}"#,
    );
    let expected: Vec<(String, Value)> = [
        ("b", json!(2)),
        ("a", json!([1, null, {"x": null}])),
        ("big", json!("99999999999999999999")),
        ("inf", json!("-Infinity")),
        ("f", json!(1.5)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    assert_eq!(it.map("properties"), Sent::Value(expected.as_slice()));
}

#[test]
fn the_last_of_equal_names_wins_and_text_behind_the_value_is_ignored() {
    let it = person(r#"{"id":"a","company":{"fax":"1"},"id":"b","company":{"email":null}}}}tail"#);
    assert_eq!(it.text("id"), Sent::Value("b"));
    let company = it.object("company").value().expect("sent");
    assert_eq!(company.text("fax"), Sent::Absent);
    assert_eq!(company.text("email"), Sent::Null);
}

#[test]
fn bytes_are_decoded_as_java_does() {
    for (bytes, expected) in [
        (&b"\xff"[..], "\u{fffd}"),
        (b"\xed\xa0\x80", "\u{fffd}"),
        (b"\xed\xa0|", "\u{fffd}|"),
        (b"\xf0\x9f|", "\u{fffd}|"),
        (b"\xf4\x90\x80\x80", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
        (b"\xf0\x9f\x98\x80", "\u{1f600}"),
        (br"\ud83d\ude00", "\u{1f600}"),
        (br"\ud83d", "\u{fffd}"),
        ("\\u006\u{663}".as_bytes(), "l"),
    ] {
        let body = [b"{\"id\":\"", bytes, b"\"}"].concat();
        let it = read(&body, &PERSON).expect("readable").expect("not null");
        assert_eq!(it.text("id"), Sent::Value(expected));
    }
}

#[test]
fn lists_take_a_single_object_and_their_chains_name_the_element() {
    let unknown = r#"Unrecognized field "foo" (class ~LoginTicket), not marked as ignorable (3 known properties: "password", "userId", "id")"#;
    check_list(
        r#"{"foo":1}"#,
        &format!(
            r#"{unknown} @1:9 (through reference chain: ~LoginTicket[0]->~LoginTicket["foo"])"#
        ),
    );
    check_list(
        r#"[{},{"foo":1}]"#,
        &format!(
            r#"{unknown} @1:13 (through reference chain: java.util.ArrayList[1]->~LoginTicket["foo"])"#
        ),
    );
    check_list(
        "[[]]",
        "Cannot deserialize value of type `~LoginTicket` from Array value (token `JsonToken.START_ARRAY`) @1:2 (through reference chain: java.util.ArrayList[0])",
    );
    check_list(
        "[{}",
        "Unexpected end-of-input: expected close marker for Array (start marker at in@1:1) @1:4",
    );
    check_list(
        r#""abc"#,
        "Unexpected end-of-input: was expecting closing quote for a string value @1:5",
    );

    let lengths = ["null", "[]", "{}", "[{}]", r#"[{"userId":"a"},null]"#]
        .map(|body| read_list(body.as_bytes(), &LOGIN_TICKET).map(|it| it.len()));
    assert_eq!(lengths, [Ok(0), Ok(0), Ok(1), Ok(1), Ok(2)]);
}

#[test]
fn limits_are_jacksons() {
    let nested = |depth: usize| {
        format!(r#"{{"properties":{{"a":{}{}}}}}"#, "[".repeat(depth), "]".repeat(depth))
    };
    assert!(read(nested(998).as_bytes(), &PERSON).is_ok());
    check(
        &nested(999),
        r#"Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`) (through reference chain: ~Person["properties"])"#,
    );
    let digits = "1".repeat(1001);
    check(
        &format!(r#"{{"id":{digits}}}"#),
        "Number value length (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNumberLength()`)",
    );
    let name = "a".repeat(50_001);
    check(
        &format!(r#"{{"{name}":1}}"#),
        "Name length (50001) exceeds the maximum allowed (50000, from `StreamReadConstraints.getMaxNameLength()`)",
    );
    let body = format!(r#"{{"enabled":"{}"}}"#, "y".repeat(501));
    let message = read(body.as_bytes(), &PERSON);
    let shown = format!("\"{0}]...[{0}\"", "y".repeat(500));
    assert!(message.expect_err("no flag").0.contains(&shown));
}

#[test]
fn deep_and_long_bodies_are_read_on_a_small_stack() {
    let read_both = || {
        assert!(read("[".repeat(1 << 20).as_bytes(), &PERSON).is_err());
        let deep = format!(r#"{{"properties":{}"#, r#"{"a":["#.repeat(1 << 18));
        assert!(read(deep.as_bytes(), &PERSON).is_err());
        let wide = format!(
            r#"{{"aspectNames":[{}1]}}"#,
            r#""\u0041\n",{}"#.replace("{}", "").repeat(1 << 16)
        );
        let it = read(wide.as_bytes(), &PERSON).expect("readable").expect("not null");
        assert_eq!(it.texts("aspectNames").value().map(<[_]>::len), Some((1 << 16) + 1));
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(read_both);
    thread.expect("a thread").join().expect("no overflow");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body, &PERSON);
        let _ = read_list(&body, &LOGIN_TICKET);
    }

    #[test]
    fn no_almost_json_makes_it_panic(body in r#"(\{"(id|enabled|company|properties|aspectNames|quota)":)?([\[\]{}:,"\\ \n\r]|[-+.0-9eE]|true|null|"a":|\\u[0-9a-f]{1,4}|é|😀){0,40}"#) {
        let _ = read(body.as_bytes(), &PERSON);
        let _ = read_list(body.as_bytes(), &PERSON);
    }

    #[test]
    fn no_cut_makes_it_panic_or_succeed(cut in 1..150_usize) {
        let whole = r#"{"id":"\u00e9","company":{"fax":null},"properties":{"a":[1.5e3,{"b":"c"}]},"aspectNames":["x"],"quota":12,"enabled":true,"capabilities":{"a":true}}"#;
        prop_assert!(read(whole.as_bytes(), &PERSON).is_ok());
        let cut = cut.min(whole.len() - 1);
        prop_assert!(read(whole.get(..cut).unwrap_or_default().as_bytes(), &PERSON).is_err());
    }

    #[test]
    fn texts_read_back_as_they_were_written(id in any::<Option<String>>(), email in any::<String>(), fax in any::<String>(), note in any::<String>()) {
        let body = json!({"id": id, "email": email, "company": {"fax": fax}, "properties": {"n": note}});
        let it = person(&body.to_string());
        let sent = |it: &str| if it.is_empty() { None } else { Some(it.to_owned()) };
        prop_assert_eq!(it.text("id").value().map(str::to_owned), sent(&id.unwrap_or_default()));
        prop_assert_eq!(it.text("email").value().map(str::to_owned), sent(&email));
        let company = it.object("company").value().expect("sent");
        prop_assert_eq!(company.text("fax").value().map(str::to_owned), sent(&fax));
        let note = sent(&note).map_or(Value::Null, Value::String);
        prop_assert_eq!(it.map("properties").value(), Some(&[("n".to_owned(), note)][..]));
    }
}
