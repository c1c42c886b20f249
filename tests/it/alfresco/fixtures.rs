//! What the files of this vendor may say, and what is said of those that say something else.

use http::Method;
use people_mock::app::App;
use people_mock::config::Config;
use people_mock::fixtures::Layer;
use serde_json::json;

use crate::support::{app_with_files, get, put};

/// What is wrong with a layer of these files, a line an error.
fn errors(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut config = Config::default();
    config.layers.push(Layer::Directory(folder.path().to_owned()));
    let Err(errors) = App::load(config) else { return String::new() };
    let root = folder.path().display().to_string();
    let lines: Vec<_> = errors.iter().map(|it| it.to_string().replace(&root, "…")).collect();
    lines.join("\n")
}

#[test]
fn a_person_of_a_later_layer_stands_in_for_the_one_with_its_id() {
    let people = r#"{"$schema":"x","people":[
        {"id":"Sappho","firstName":"S","lastName":"","email":"","password":"x","admin":true},
        {"id":"ghost","firstName":"G","description":"","company":{"fax":""},"skypeId":" "}]}"#;
    let app = app_with_files(&[("alfresco/people.json", people)]);
    assert_eq!(
        get("/people/sappho?fields=id,email,lastName,capabilities").by("sappho:x").brief(&app),
        r#"200 {"entry":{"capabilities":{"isGuest":false,"isAdmin":true,"isMutable":true},"id":"Sappho"}}"#
    );
    // Without a password there is no credential, and nothing to change.
    let ghost = get("/people/ghost").by("admin").json(&app)["entry"].clone();
    assert_eq!(
        ghost,
        json!({
            "firstName": "G", "displayName": "G", "emailNotificationsEnabled": true, "company": {},
            "id": "ghost", "enabled": false,
            "capabilities": { "isGuest": false, "isAdmin": false, "isMutable": false },
        })
    );
    put("/people/ghost", r#"{"password":"x"}"#).by("admin").expect(&app, 401);
    get("/people/tnguyen").by("admin").expect(&app, 200);
}

#[test]
fn everything_that_a_person_can_have_can_be_said_in_a_file() {
    let picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let person = json!([{
        "id": "full", "firstName": "F", "lastName": "L", "description": "d", "email": "e",
        "skypeId": "s", "googleId": "g", "instantMessageId": "i", "jobTitle": "j", "location": "l",
        "company": { "organization": "o", "address1": "1", "address2": "2", "address3": "3",
            "postcode": "4", "telephone": "5", "fax": "6", "email": "7" },
        "mobile": "m", "telephone": "t", "userStatus": "u",
        "statusUpdatedAt": "2026-01-01T12:00:00.000+0200", "enabled": true,
        "emailNotificationsEnabled": false, "password": "p", "admin": false,
        "avatar": { "base64": picture }, "aspectNames": ["app:linked"],
        "properties": { "exif:model": "M" },
    }]);
    let app = app_with_files(&[("alfresco/people.json", &person.to_string())]);
    let mut expected = person[0].clone();
    for name in ["password", "admin", "avatar"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    expected["statusUpdatedAt"] = json!("2026-01-01T10:00:00.000+0000");
    expected["displayName"] = json!("F L");
    expected["aspectNames"] = json!(["app:linked", "exif:exif"]);
    expected["capabilities"] = json!({ "isGuest": false, "isAdmin": false, "isMutable": true });
    let mut found = get("/people/full").by("full:p").json(&app)["entry"].clone();
    assert!(found.as_object_mut().unwrap().remove("avatarId").is_some());
    assert_eq!(found, expected);
    let avatar = get("/people/full/avatar").by("full:p").of(&app);
    assert!(avatar.body.starts_with(b"\x89PNG"));
}

#[test]
fn a_server_file_changes_the_challenge_and_nothing_that_it_leaves_out() {
    let app = app_with_files(&[("alfresco/server.json", r#"{"challenge":"Basic"}"#)]);
    let refused = get("/people").of(&app);
    assert_eq!(refused.headers["www-authenticate"], "Basic realm=\"Alfresco -default- tenant\"");
    crate::support::ask(Method::PUT, "/people/sappho/avatar").by("sappho").expect(&app, 400);
}

#[test]
fn a_mistake_is_told_with_its_place_and_all_of_them_at_once() {
    let people = |text: &str| errors(&[("alfresco/people.json", text)]);
    insta::assert_snapshot!(people(r#"[{"id":"a","fistName":"A"}]"#), @"…/alfresco/people.json:1:12: unknown member `fistName`; did you mean `firstName`? (at [0].fistName)");
    insta::assert_snapshot!(people(r#"[{"id":" "},{"id":"a","aspectNames":["app:no"],"properties":{"no:x":1},"avatar":"../x.png"}]"#), @r#"
    …/alfresco/people.json:1:8: a person needs an `id` (at [0].id)
    …/alfresco/people.json:1:38: Unknown aspect: app:no (at [1].aspectNames[0])
    …/alfresco/people.json:1:69: no:x isn't a valid QName. Namespace prefix no is not mapped to a namespace URI (at [1].properties["no:x"])
    …/alfresco/people.json:1:81: `../x.png` must be the name of a file in `avatars`, without a path (at [1].avatar)
    "#);
    insta::assert_snapshot!(people(r#"[{"id":"a"},{"id":"A"}]"#), @"…/alfresco/people.json:1:19: `a` is there already, at [0] (at [1].id)");
    insta::assert_snapshot!(people(r#"[{"id":"a","statusUpdatedAt":"today"}]"#), @"…/alfresco/people.json:1:30: `today` is not a date; expected one as 2011-02-15T20:20:13.432+0000 (at [0].statusUpdatedAt)");
    insta::assert_snapshot!(people(r#"[{"id":"a","avatar":{"base64":"aGVsbG8="}}]"#), @"…/alfresco/people.json:1:21: this is no picture that can be shown (text/plain): the image cannot be decoded (at [0].avatar)");
    let server = |text: &str| errors(&[("alfresco/server.json", text)]);
    insta::assert_snapshot!(server(r#"{"models":[{"prefix":"cm","uri":"x"}]}"#), @"…/alfresco/server.json:1:22: the model `cm` (x) is there already; use another prefix and URI (at models[0].prefix)");
    insta::assert_snapshot!(server(r#"{"models":[{"prefix":"p","uri":"x","aspects":{"q:a":{}}}]}"#), @r#"…/alfresco/server.json:1:53: `q:a` is in the model `p`; its name must begin with `p:` (at models[0].aspects["q:a"])"#);
    insta::assert_snapshot!(server(r#"{"thumbnail":true}"#), @"…/alfresco/server.json:1:2: unknown member `thumbnail`; did you mean `thumbnails`? (at thumbnail)");
}
