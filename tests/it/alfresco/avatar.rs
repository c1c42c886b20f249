//! `getAvatarImage`: `GET /people/{personId}/avatar`.

use insta::assert_snapshot;
use people_mock::app::App;

use crate::support::{Ask, app, app_with_files, get, problem};

/// Status and length, and the headers that a range decides about.
fn part(ask: &Ask, app: &App) -> String {
    let response = ask.of(app);
    let range = response.headers.get("content-range").map_or("-", |it| it.to_str().unwrap());
    format!("{} {} | {range}", response.status.as_u16(), response.body.len())
}

#[test]
fn an_avatar_is_a_small_picture_with_headers_of_its_own() {
    let app = app();
    let response = get("/people/csmith/avatar").by("sappho").of(&app);
    let picture = image::load_from_memory_with_format(&response.body, image::ImageFormat::Png);
    let picture = picture.unwrap();
    assert!(picture.width() <= 64 && picture.height() <= 64);
    assert_snapshot!(get("/people/csmith/avatar").by("sappho").whole(&app), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    content-type: image/png;charset=UTF-8
    accept-ranges: bytes
    pragma: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    etag: "1297800000000"
    last-modified: Tue, 15 Feb 2011 20:00:00 GMT
    cache-control: max-age=31536000
    content-range: bytes 0-4369/4370
    content-disposition: attachment; filename="avatar"; filename*=UTF-8''avatar
    date: Fri, 21 Aug 2026 10:00:00 GMT

    (4370 bytes)
    "#);
}

#[test]
fn whoever_has_none_is_shown_the_placeholder_as_the_reference_says() {
    let app = app();
    assert_snapshot!(get("/people/sappho/avatar").by("admin").whole(&app), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    content-type: image/png;charset=UTF-8
    accept-ranges: bytes
    pragma: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    etag: "1787306400000"
    last-modified: Fri, 21 Aug 2026 10:00:00 GMT
    cache-control: max-age=0,  must-revalidate
    content-range: bytes 0-749/750
    content-disposition: attachment; filename="avatar"; filename*=UTF-8''avatar
    date: Fri, 21 Aug 2026 10:00:00 GMT

    (750 bytes)
    "#);
    let placeholder = get("/people/sappho/avatar").by("admin").of(&app).body;
    let picture = image::load_from_memory_with_format(&placeholder, image::ImageFormat::Png);
    let picture = picture.unwrap();
    assert_eq!((picture.width(), picture.height()), (64, 64));
    assert_eq!(picture.color(), image::ColorType::Rgba8);
    let check = |query: &str, expected: u16| {
        let response = get(&format!("/people/sappho/avatar?{query}")).by("admin").of(&app);
        assert_eq!(response.status.as_u16(), expected, "{query}");
        assert_eq!(response.body.starts_with(b"\x89PNG"), expected == 200, "{query}");
    };
    check("placeholder=true", 200);
    check("placeholder=TRUE", 200);
    check("placeholder=false", 404);
    check("placeholder=yes", 404);
    check("placeholder=", 404);
    check("placeholder=true&placeholder=false", 200);
}

#[test]
fn a_server_can_be_told_to_show_the_placeholder_only_when_asked_as_the_code_does() {
    let app = app_with_files(&[("alfresco/server.json", r#"{"placeholderDefault":false}"#)]);
    get("/people/sappho/avatar").by("sappho").expect(&app, 404);
    assert_eq!(get("/people/sappho/avatar?placeholder=true").by("sappho").of(&app).status, 200);
}

#[test]
fn what_is_not_there_is_told() {
    let app = app();
    let none = get("/people/sappho/avatar?placeholder=false").by("sappho");
    assert_snapshot!(none.whole(&app), @r#"
    404 Not Found
    x-frame-options: SAMEORIGIN
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"error":{"errorKey":"Thumbnail was not found for [avatar]","statusCode":404,"briefSummary":"07210000 Thumbnail was not found for [avatar]","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}
    "#);
    assert_eq!(
        problem(&get("/people/Nobody/avatar?placeholder=true").by("sappho").of(&app)),
        "404 ~EntityNotFound | The entity with id: Nobody was not found"
    );
    assert_eq!(
        problem(&get("/people/nobody/avatar").of(&app)),
        "401 ~ApiDefault | Authentication failed for Web Script org/alfresco/api/ResourceWebScript.get"
    );
}

#[test]
fn a_picture_is_an_attachment_unless_told_otherwise() {
    let app = app();
    for person in ["csmith", "sappho"] {
        let check = |query: &str, is_attachment: bool| {
            let path = format!("/people/{person}/avatar?{query}");
            let response = get(&path).by("admin").of(&app);
            let found = response.headers.get("content-disposition");
            let expected =
                is_attachment.then_some("attachment; filename=\"avatar\"; filename*=UTF-8''avatar");
            assert_eq!(found.map(|it| it.to_str().unwrap()), expected, "{person} {query}");
        };
        check("", true);
        check("attachment=true", true);
        check("attachment=True", true);
        check("attachment=false", false);
        check("attachment=", false);
        check("attachment=1", false);
    }
}

#[test]
fn a_client_that_has_the_picture_is_told_so() {
    let app = app();
    let modified =
        get("/people/csmith/avatar").by("admin").of(&app).headers["last-modified"].clone();
    let modified = modified.to_str().unwrap();
    let check = |person: &str, since: &str, expected: u16| {
        let ask = get(&format!("/people/{person}/avatar")).by("admin");
        let response = ask.header("if-modified-since", since).of(&app);
        assert_eq!(response.status.as_u16(), expected, "{person} {since}");
        assert_eq!(response.body.is_empty(), expected == 304, "{person} {since}");
    };
    check("csmith", modified, 304);
    check("csmith", "Fri, 21 Aug 2026 10:00:00 GMT", 304);
    check("csmith", "Thu, 01 Jan 1970 00:00:00 GMT", 200);
    check("csmith", "Mon, 14 Feb 2011 00:00:00 GMT", 200);
    // A date that is none is ignored: @alfresco/js-api sends the ISO form.
    check("csmith", "1970-01-01T00:00:00.000Z", 200);
    check("csmith", "2099-01-01T00:00:00.000Z", 200);
    check("csmith", "", 200);
    check("sappho", "Fri, 21 Aug 2026 10:00:00 GMT", 200);
    let ask = get("/people/csmith/avatar").by("admin").header("if-modified-since", modified);
    assert_snapshot!(ask.whole(&app), @"
    304 Not Modified
    x-frame-options: SAMEORIGIN
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
    let etag = get("/people/csmith/avatar").by("admin").of(&app).headers["etag"].clone();
    let ask = get("/people/csmith/avatar").by("admin");
    let ask = ask.header("if-none-match", etag.to_str().unwrap());
    assert_eq!(ask.of(&app).status, 200, "the vendor doesn't know If-None-Match");
}

#[test]
fn a_part_of_a_picture_is_cut_as_the_vendor_reads_ranges() {
    let app = app();
    let check = |range: &str, expected: &str| {
        // The placeholder has 750 bytes.
        let ask = get("/people/sappho/avatar").by("admin").header("range", range);
        assert_eq!(part(&ask, &app), expected, "{range}");
    };
    check("bytes=0-9", "206 10 | bytes 0-9/750");
    check("bytes=740-", "206 10 | bytes 740-749/750");
    check("bytes=0-", "206 750 | bytes 0-749/750");
    check("bytes=749-749", "206 1 | bytes 749-749/750");
    // Not the last ten bytes but the first eleven.
    check("bytes=-10", "206 11 | bytes 0-10/750");
    check("bytes=9-1", r#"416 0 | "*""#);
    check("bytes=750-", r#"416 0 | "*""#);
    check("bytes=x-1", r#"416 0 | "*""#);
    check("bytes=1-x", r#"416 0 | "*""#);
    check("bytes=5", r#"416 0 | "*""#);
    check("bytes=99999999999999999999-", r#"416 0 | "*""#);
    // The unit isn't looked at, and six characters are none.
    check("items=0-9", "206 10 | bytes 0-9/750");
    check("bytes=", "200 750 | bytes 0-749/750");
    check("", "200 750 | bytes 0-749/750");
    let part = get("/people/csmith/avatar").by("admin").header("range", "bytes=1-3");
    assert_snapshot!(part.whole(&app), @r#"
    206 Partial Content
    x-frame-options: SAMEORIGIN
    content-type: image/png;charset=UTF-8
    accept-ranges: bytes
    pragma: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    etag: "1297800000000"
    last-modified: Tue, 15 Feb 2011 20:00:00 GMT
    cache-control: max-age=31536000
    content-range: bytes 1-3/4370
    content-disposition: attachment; filename="avatar"; filename*=UTF-8''avatar
    date: Fri, 21 Aug 2026 10:00:00 GMT

    PNG
    "#);
    let part = get("/people/csmith/avatar").by("admin").header("range", "bytes=3-1");
    assert_snapshot!(part.whole(&app), @r#"
    416 Range Not Satisfiable
    x-frame-options: SAMEORIGIN
    accept-ranges: bytes
    content-range: "*"
    date: Fri, 21 Aug 2026 10:00:00 GMT
    "#);
}

#[test]
fn the_query_is_read_before_the_person_is_looked_up() {
    let told = problem(&get("/people/nobody/avatar?maxItems=0").by("admin").of(&app()));
    assert_eq!(told, "400 = | Only positive values supported for maxItems.");
}
