//! `updateAvatarImage` and `deleteAvatarImage`: `PUT` and `DELETE /people/{personId}/avatar`.

use std::io::Cursor;

use http::Method;
use image::{DynamicImage, ImageFormat};
use insta::assert_snapshot;
use people_mock::app::App;

use crate::support::{Ask, app, app_with_files, ask, delete, get, problem, put};

const NOBODY: &str = "404 ~EntityNotFound | The entity with id: nobody was not found";
const DENIED: &str = "403 ~PermissionDenied | Permission was denied";
const FORM: &str = "415 = | Cannot update using multipart/form-data";

static PNG: &[u8] = include_bytes!("../../../fixtures/alfresco/avatars/csmith.png");

fn upload(person: &str, bytes: impl Into<bytes::Bytes>) -> Ask {
    ask(Method::PUT, &format!("/people/{person}/avatar")).body(bytes)
}

fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn avatar_id(app: &App, person: &str) -> Option<String> {
    let person = get(&format!("/people/{person}")).by("admin").json(app);
    person["entry"]["avatarId"].as_str().map(str::to_owned)
}

#[test]
fn an_avatar_is_uploaded_and_shown_from_the_next_read_on() {
    let app = app();
    assert_snapshot!(upload("tnguyen", PNG).by("tnguyen").whole(&app), @r#"
    200 OK
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT

    {"entry":{"lastName":"Nguyễn","displayName":"Tâm Nguyễn","jobTitle":"Photographer","mobile":"+33639980123","emailNotificationsEnabled":true,"description":"Photographs the products.","enabled":true,"aspectNames":["exif:exif","app:inlineeditable"],"firstName":"Tâm","location":"Lyon, France","company":{},"id":"tnguyen","email":"tam.nguyen@example.com","properties":{"app:editInline":true,"exif:dateTimeOriginal":"2026-05-17T09:30:00.000+0000","exif:fNumber":2.8,"exif:flash":false,"exif:manufacturer":"Example Optics","exif:model":"EX-1","exif:pixelXDimension":6000,"exif:pixelYDimension":4000}}}
    "#);
    let first = avatar_id(&app, "tnguyen").unwrap();
    assert_ne!(first, "b7d30fef-2f75-46b4-a990-119943a93ec0", "each upload has an id of its own");
    let shown = get("/people/tnguyen/avatar").by("sappho").of(&app);
    assert_eq!(shown.headers["last-modified"], "Fri, 21 Aug 2026 10:00:00 GMT");
    assert_eq!(shown.headers["etag"], "\"1787306400000\"");
    upload("-me-", PNG).by("tnguyen").expect(&app, 200);
    assert_ne!(avatar_id(&app, "tnguyen").unwrap(), first);
    let listed = get("/people?skipCount=9&maxItems=1&fields=avatarId").by("sappho").json(&app);
    let listed = &listed["list"]["entries"][0]["entry"]["avatarId"];
    assert_eq!(listed.as_str(), avatar_id(&app, "tnguyen").as_deref());
}

#[test]
fn whatever_was_uploaded_becomes_a_small_png_of_the_same_shape() {
    let app = app();
    let check = |bytes: Vec<u8>, expected: (u32, u32)| {
        upload("sappho", bytes).by("sappho").expect(&app, 200);
        let shown = get("/people/sappho/avatar").by("admin").of(&app);
        assert_eq!(shown.headers["content-type"], "image/png;charset=UTF-8");
        let shown = image::load_from_memory_with_format(&shown.body, ImageFormat::Png).unwrap();
        assert_eq!((shown.width(), shown.height()), expected);
    };
    check(picture(ImageFormat::Png, 200, 100), (64, 32));
    check(picture(ImageFormat::Jpeg, 100, 200), (32, 64));
    check(picture(ImageFormat::Gif, 20, 30), (20, 30));
    check(picture(ImageFormat::Bmp, 64, 65), (63, 64));
    check(picture(ImageFormat::WebP, 1, 500), (1, 64));
}

#[test]
fn an_upload_is_checked_rule_by_rule() {
    let app = app();
    let check = |ask: Ask, expected: &str| assert_eq!(problem(&ask.of(&app)), expected);
    let not_an_image = |kind: &str| {
        format!(
            "400 = | Uploaded content must be an image (content type determined to be '{kind}')"
        )
    };
    let unsupported =
        |kind: &str| format!("400 ~ApiDefault | Local transform avatar from {kind} is unsupported");

    check(upload("nobody", PNG).by("sappho"), NOBODY);
    check(upload("admin", PNG).by("sappho"), DENIED);
    check(upload("guest", PNG).by("sappho"), DENIED);
    let form =
        |person: &str, kind: &str| upload(person, "x").by("sappho").header("content-type", kind);
    check(form("sappho", "multipart/form-data; boundary=x"), FORM);
    check(form("sappho", "Multipart/Mixed"), FORM);
    check(form("admin", "multipart/form-data"), DENIED);
    check(form("nobody", "multipart/form-data"), NOBODY);
    check(
        form("nobody", "foo"),
        r#"415 ~ApiDefault | Invalid mime type "foo": does not contain '/'"#,
    );
    check(upload("sappho", "hello").by("sappho"), &not_an_image("text/plain"));
    check(
        upload("sappho", r#"{"type":"Buffer","data":[]}"#).by("sappho"),
        &not_an_image("text/plain"),
    );
    check(upload("sappho", "%PDF-1.7 ").by("sappho"), &not_an_image("application/pdf"));
    check(upload("sappho", "<html></html>").by("sappho"), &not_an_image("text/html"));
    check(upload("sappho", "").by("sappho"), &not_an_image("application/octet-stream"));
    check(upload("sappho", "\0\u{1}\u{2}").by("sappho"), &not_an_image("application/octet-stream"));
    check(form("sappho", "image/png"), &not_an_image("text/plain"));
    check(upload("sappho", &PNG[..100]).by("sappho"), &unsupported("image/png"));
    let svg = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>";
    check(upload("sappho", svg).by("sappho"), &unsupported("image/svg+xml"));
    check(upload("sappho", &b"II*\0........"[..]).by("sappho"), &unsupported("image/tiff"));
    assert_eq!(avatar_id(&app, "sappho"), None);
}

#[test]
fn the_content_type_decides_nothing_and_a_name_decides_all() {
    let app = app();
    for kind in ["application/octet-stream", "text/plain", "application/json", "image/*", ""] {
        upload("sappho", PNG).by("admin").header("content-type", kind).expect(&app, 200);
    }
    let named = |name: &str, bytes: &'static [u8]| {
        let path = format!("/people/sappho/avatar?name={name}");
        ask(Method::PUT, &path).by("sappho").body(bytes)
    };
    named("x.jpeg", PNG).expect(&app, 200);
    assert_eq!(
        problem(&named("x.txt", PNG).of(&app)),
        "400 = | Uploaded content must be an image (content type determined to be 'text/plain')"
    );
    assert_eq!(
        problem(&named("x.PNG", b"text").of(&app)),
        "400 ~ApiDefault | Local transform avatar from image/png is unsupported"
    );
}

#[test]
fn a_refused_upload_leaves_the_old_avatar() {
    let app = app();
    let before = get("/people/tnguyen/avatar").by("tnguyen").of(&app);
    upload("tnguyen", "text").by("tnguyen").expect(&app, 400);
    upload("tnguyen", PNG).by("sappho").expect(&app, 403);
    let after = get("/people/tnguyen/avatar").by("tnguyen").of(&app);
    assert_eq!((&*before.headers, before.body), (&*after.headers, after.body));
}

#[test]
fn a_server_without_thumbnails_takes_no_avatar_from_anybody() {
    let app = app_with_files(&[("alfresco/server.json", r#"{"thumbnails":false}"#)]);
    let told = problem(&upload("nobody", PNG).by("sappho").of(&app));
    assert_eq!(told, "501 = | Thumbnail generation has been disabled.");
    let broken = upload("nobody", PNG).by("sappho").header("content-type", "foo");
    assert_eq!(broken.of(&app).status, 415, "the type of the body is read first");
    delete("/people/tnguyen/avatar").by("tnguyen").expect(&app, 204);
}

#[test]
fn a_server_can_limit_what_is_uploaded() {
    let limited = app_with_files(&[("alfresco/server.json", r#"{"maxContentBytes":2157}"#)]);
    assert_eq!(PNG.len(), 2158);
    assert_snapshot!(upload("sappho", PNG).by("sappho").brief(&limited), @r#"413 {"error":{"errorKey":"07210000 Content size violation, limit = 2157","statusCode":413,"briefSummary":"07210000 07210000 Content size violation, limit = 2157","stackTrace":"For security reasons the stack trace is no longer displayed, but the property is kept for previous versions","descriptionURL":"https://api-explorer.alfresco.com","logId":"a833bdcd-b6d1-4eb1-88dc-97e5aab5fe3d"}}"#);
    upload("sappho", "x".repeat(2158)).by("sappho").expect(&limited, 413);
    upload("sappho", "x".repeat(2157)).by("sappho").expect(&limited, 400);

    let quota = app_with_files(&[("alfresco/server.json", r#"{"storageQuotaBytes":2157}"#)]);
    assert_eq!(
        problem(&upload("sappho", PNG).by("sappho").of(&quota)),
        "507 ~InsufficientStorage | The file upload exceeds the content storage allowance"
    );
    let both = r#"{"storageQuotaBytes":1,"maxContentBytes":1}"#;
    let both = app_with_files(&[("alfresco/server.json", both)]);
    upload("sappho", PNG).by("sappho").expect(&both, 413);

    let quota = app_with_files(&[("alfresco/server.json", r#"{"storageQuotaBytes":2158}"#)]);
    upload("sappho", PNG).by("sappho").expect(&quota, 200);
    let person = get("/people/sappho?fields=quota,quotaUsed").by("sappho").brief(&quota);
    assert_eq!(person, r#"200 {"entry":{"quotaUsed":2158,"quota":2158}}"#);
}

#[test]
fn only_the_wanted_members_are_answered() {
    let app = app();
    let upload = |fields: &str| {
        let path = format!("/people/tnguyen/avatar?fields={fields}");
        ask(Method::PUT, &path).by("admin").body(PNG).brief(&app)
    };
    assert_eq!(upload("id,capabilities,avatarId"), r#"200 {"entry":{"id":"tnguyen"}}"#);
    assert_eq!(
        upload("aspectNames"),
        r#"200 {"entry":{"aspectNames":["exif:exif","app:inlineeditable"]}}"#
    );
}

#[test]
fn an_avatar_is_deleted_as_often_as_one_likes() {
    let app = app();
    assert_snapshot!(delete("/people/tnguyen/avatar").by("tnguyen").whole(&app), @"
    204 No Content
    x-frame-options: SAMEORIGIN
    cache-control: no-cache
    expires: Thu, 01 Jan 1970 00:00:00 GMT
    pragma: no-cache
    content-type: application/json;charset=UTF-8
    date: Fri, 21 Aug 2026 10:00:00 GMT
    ");
    assert_eq!(avatar_id(&app, "tnguyen"), None);
    get("/people/tnguyen/avatar?placeholder=false").by("sappho").expect(&app, 404);
    delete("/people/-me-/avatar").by("tnguyen").expect(&app, 204);
    delete("/people/zkovarova/avatar").by("csmith").expect(&app, 204);
    let check = |person: &str, expected: &str| {
        let ask = delete(&format!("/people/{person}/avatar")).by("sappho");
        assert_eq!(problem(&ask.of(&app)), expected, "{person}");
    };
    check("nobody", "404 ~EntityNotFound | The entity with id: nobody was not found");
    check("csmith", "403 ~PermissionDenied | Permission was denied");
}

#[test]
fn an_update_that_names_aspects_takes_the_avatar_away() {
    let app = app();
    put("/people/tnguyen", r#"{"aspectNames":null}"#).by("tnguyen").expect(&app, 200);
    put("/people/tnguyen", r#"{"properties":{"exif:model":"x"}}"#).by("tnguyen").expect(&app, 200);
    assert!(avatar_id(&app, "tnguyen").is_some());
    put("/people/tnguyen", r#"{"aspectNames":["exif:exif","app:inlineeditable"]}"#)
        .by("tnguyen")
        .expect(&app, 200);
    assert_eq!(avatar_id(&app, "tnguyen"), None);
}
