//! Fixtures: what they may hold, what is told about those that are wrong, and made-up ones.

use std::path::Path;

use http::Method;
use insta::assert_snapshot;
use people_mock::commands::generate::generate;
use people_mock::commands::validate::{Checked, validate};
use people_mock::fixtures::generate::Profile;
use people_mock::fixtures::{self, Embedded, Layer, schema};
use proptest::prelude::*;

use crate::support::{app_with, app_with_files, ask, files, get, post, write};

/// What `people-mock validate` says about files on top of the default ones.
fn said(layers: &[&[(&str, &str)]]) -> String {
    let layers: Vec<_> = layers.iter().map(|it| files(it)).collect();
    let mut out = Vec::new();
    validate(&Checked { layers, ..Checked::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_later_layer_takes_the_place_of_single_people_and_adds_others() {
    let app = app_with_files(&[(
        "alfresco/people.json",
        r#"[{"id":"SAPPHO","firstName":"S"},{"id":"new","firstName":"N"}]"#,
    )]);
    let sappho = get("/people/sappho?fields=id,firstName,jobTitle").by("admin");
    assert_snapshot!(sappho.brief(&app), @r#"200 {"entry":{"firstName":"S","id":"SAPPHO"}}"#);
    get("/people/new").by("admin").expect(&app, 200);
    get("/people/csmith").by("admin").expect(&app, 200);
}

#[test]
fn of_a_file_that_is_one_object_members_take_the_place_of_members() {
    let one = files(&[("alfresco/server.json", r#"{"thumbnails":false,"resetClients":["one"]}"#)]);
    let two = files(&[("alfresco/server.json", r#"{"resetClients":["two"]}"#)]);
    let app = app_with(|config| config.layers.extend([one, two]));
    let picture = std::fs::read("fixtures/alfresco/avatars/csmith.png").unwrap();
    ask(Method::PUT, "/people/admin/avatar").body(picture).by("admin").expect(&app, 501);
    let reset = |client| {
        post("/people/csmith/request-password-reset", &format!(r#"{{"client":"{client}"}}"#))
            .of(&app)
            .status
            .as_u16()
    };
    assert_eq!((reset("one"), reset("two")), (404, 202));
}

#[test]
fn an_avatar_may_lie_in_a_layer_below_but_not_in_one_above() {
    let people = ("alfresco/people.json", r#"[{"id":"a","avatar":"csmith.png"}]"#);
    let layers = [Layer::Embedded(Embedded::Fixtures), files(&[people])];
    assert!(fixtures::load(&layers).is_ok());
    let layers = [files(&[people]), Layer::Embedded(Embedded::Fixtures)];
    assert!(fixtures::load(&layers).is_err());
}

#[test]
fn two_of_one_file_are_told_although_a_later_layer_has_a_third() {
    assert_snapshot!(said(&[
        &[("alfresco/people.json", r#"[{"id":"a"},{"id":"A"}]"#)],
        &[("alfresco/people.json", r#"[{"id":"a"}]"#)],
    ]), @r#"
    memory:alfresco/people.json:1:19: `a` is there already, at [0] (at [1].id)
        1 | [{"id":"a"},{"id":"A"}]
          |                   ^^^
    fixtures in `memory` and `memory`: 1 error in 1 file
    "#);
}

#[test]
fn the_later_layer_is_blamed_for_what_two_cannot_both_have() {
    let person = |digit: &str| {
        let id = format!("{}-0000-4000-8000-000000000000", digit.repeat(8));
        format!(
            r#"[{{"id":"{id}","firstName":"A","lastName":"B","contactEmailAddress":"a@example.com"}}]"#
        )
    };
    let (one, two) = (person("1"), person("2"));
    assert_snapshot!(said(&[&[("ecg/people.json", &one)], &[("ecg/people.json", &two)]]), @r#"
    memory:ecg/people.json:1:100: `a@example.com` is taken by person 11111111-0000-4000-8000-000000000000 (at [0].contactEmailAddress)
        1 | …00000","firstName":"A","lastName":"B","contactEmailAddress":"a@example.com"}]
          |                                                              ^^^^^^^^^^^^^^^
    fixtures in `memory` and `memory`: 1 error in 1 file
    "#);
}

#[test]
fn everything_that_is_wrong_in_every_file_is_told_in_one_run() {
    assert_snapshot!(said(&[&[
        ("alfresco/server.json", r#"{
  "thumbnail": true,
  "challenge": "Basik",
  "maxContentBytes": -1,
  "ticketLifetime": "soon",
  "resetClients": "share"
}"#),
        ("alfresco/people.json", r#"{ "people": [
  { "id": "admin", "admin": "true", "frstName": "A" },
  { "id": "ADMIN", "avatarId": "123", },
  { "id": "x", "avatar": "../x.png", "statusUpdatedAt": "2023-02-29T00:00:00.000+0000" },
  { "id": "y", "avatar": "face.png", "company": { "adress1": 3 } },
  { "id": "z", "avatar": "text.png" }
  { "id": " ", "avatar": { "base64": "?" } },
  { "firstName": "nobody" }, // who?
  17
] }"#),
        ("alfresco/avatars/text.png", "text"),
        ("alfresco/avatars/Face.png", ""),
        ("alfresco/peeple.json", "[]"),
    ]]), @r#"
    note: memory:alfresco/peeple.json: nobody reads this file; did you mean `people.json`?
    memory:alfresco/people.json:2:29: expected true or false, found the text `true`; take the quotes away (at people[0].admin)
        2 |   { "id": "admin", "admin": "true", "frstName": "A" },
          |                             ^^^^^^
    memory:alfresco/people.json:2:37: unknown member `frstName`; did you mean `firstName`? (at people[0].frstName)
        2 |   { "id": "admin", "admin": "true", "frstName": "A" },
          |                                     ^^^^^^^^^^
    memory:alfresco/people.json:3:11: `admin` is there already, at people[0] (at people[1].id)
        3 |   { "id": "ADMIN", "avatarId": "123", },
          |           ^^^^^^^
    memory:alfresco/people.json:3:32: `123` is not a UUID; expected one as 198500fc-1e99-4f5f-8926-248cea433366 (at people[1].avatarId)
        3 |   { "id": "ADMIN", "avatarId": "123", },
          |                                ^^^^^
    memory:alfresco/people.json:3:37: nothing follows this comma before `}` (at people[1])
        3 |   { "id": "ADMIN", "avatarId": "123", },
          |                                     ^
    memory:alfresco/people.json:4:26: `../x.png` must be the name of a file in `avatars`, without a path (at people[2].avatar)
        4 |   { "id": "x", "avatar": "../x.png", "statusUpdatedAt": "2023-02-29T00:00:00.000+0000" },
          |                          ^^^^^^^^^^
    memory:alfresco/people.json:4:57: `2023-02-29T00:00:00.000+0000` is not a date; expected one as 2011-02-15T20:20:13.432+0000 (at people[2].statusUpdatedAt)
        4 |   { "id": "x", "avatar": "../x.png", "statusUpdatedAt": "2023-02-29T00:00:00.000+0000" },
          |                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    memory:alfresco/people.json:5:26: there is no file `face.png` in `alfresco/avatars`; did you mean `Face.png`? (at people[3].avatar)
        5 |   { "id": "y", "avatar": "face.png", "company": { "adress1": 3 } },
          |                          ^^^^^^^^^^
    memory:alfresco/people.json:5:51: unknown member `adress1`; did you mean `address1`? (at people[3].company.adress1)
        5 |   { "id": "y", "avatar": "face.png", "company": { "adress1": 3 } },
          |                                                   ^^^^^^^^^
    memory:alfresco/people.json:6:26: this is no picture that can be shown (text/plain): the image cannot be decoded (at people[4].avatar)
        6 |   { "id": "z", "avatar": "text.png" }
          |                          ^^^^^^^^^^
    memory:alfresco/people.json:6:37: a comma is missing after this (at people)
        6 |   { "id": "z", "avatar": "text.png" }
          |                                     ^
    memory:alfresco/people.json:7:11: a person needs an `id` (at people[5].id)
        7 |   { "id": " ", "avatar": { "base64": "?" } },
          |           ^^^
    memory:alfresco/people.json:7:38: this is not Base64: Invalid symbol 63, offset 0. (at people[5].avatar.base64)
        7 |   { "id": " ", "avatar": { "base64": "?" } },
          |                                      ^^^
    memory:alfresco/people.json:8:3: the member `id` is missing (at people[6])
        8 |   { "firstName": "nobody" }, // who?
          |   ^
    memory:alfresco/people.json:8:30: JSON has no comments; take it out (at people)
        8 |   { "firstName": "nobody" }, // who?
          |                              ^^^^^^^
    memory:alfresco/people.json:9:3: expected an object, found a number (at people[7])
        9 |   17
          |   ^^
    memory:alfresco/server.json:2:3: unknown member `thumbnail`; did you mean `thumbnails`? (at thumbnail)
        2 |   "thumbnail": true,
          |   ^^^^^^^^^^^
    memory:alfresco/server.json:3:16: `Basik` isn't known; did you mean `Basic`? (at challenge)
        3 |   "challenge": "Basik",
          |                ^^^^^^^
    memory:alfresco/server.json:4:22: this must be at least 0 (at maxContentBytes)
        4 |   "maxContentBytes": -1,
          |                      ^^
    memory:alfresco/server.json:5:21: `soon` is not a duration; expected one as PT1H or 90m (at ticketLifetime)
        5 |   "ticketLifetime": "soon",
          |                     ^^^^^^
    memory:alfresco/server.json:6:19: expected an array, found the text `share` (at resetClients)
        6 |   "resetClients": "share"
          |                   ^^^^^^^
    fixtures in `memory`: 21 errors in 2 files
    "#);
}

#[test]
fn names_that_no_model_has_are_told_with_the_nearest_that_one_has() {
    assert_snapshot!(said(&[&[
        ("alfresco/server.json", r#"{"models":[{"prefix":"papi","uri":"test.people.api","aspects":{"papi:lunchable":{"papi:lunch":"text"}}}]}"#),
        ("alfresco/people.json", r#"[{
  "id": "x",
  "aspectNames": ["papi:lunchabel", "exif:exif", "nope:nope", "cm:titled"],
  "properties": { "papi:lunsh": "soup", "exif:pixelXDimension": "wide", "papi:lunch": "bread" }
}]"#),
    ]]), @r#"
    memory:alfresco/people.json:3:19: Unknown aspect: papi:lunchabel; did you mean `papi:lunchable`? (at [0].aspectNames[0])
        3 |   "aspectNames": ["papi:lunchabel", "exif:exif", "nope:nope", "cm:titled"],
          |                   ^^^^^^^^^^^^^^^^
    memory:alfresco/people.json:3:50: nope:nope isn't a valid QName. Namespace prefix nope is not mapped to a namespace URI (at [0].aspectNames[2])
        3 |   "aspectNames": ["papi:lunchabel", "exif:exif", "nope:nope", "cm:titled"],
          |                                                  ^^^^^^^^^^^
    memory:alfresco/people.json:3:63: NameSpace cannot be used by API: cm:titled (at [0].aspectNames[3])
        3 | …"aspectNames": ["papi:lunchabel", "exif:exif", "nope:nope", "cm:titled"],
          |                                                              ^^^^^^^^^^^
    memory:alfresco/people.json:4:33: Unknown property: papi:lunsh; did you mean `papi:lunch`? (at [0].properties["papi:lunsh"])
        4 |   "properties": { "papi:lunsh": "soup", "exif:pixelXDimension": "wide", "papi:lunch": "bread" }
          |                                 ^^^^^^
    memory:alfresco/people.json:4:65: The property value is not compatible with the type defined for the property: 
    property: exif:pixelXDimension
    value: "wide" (at [0].properties["exif:pixelXDimension"])
        4 | …roperties": { "papi:lunsh": "soup", "exif:pixelXDimension": "wide", "papi:lunch": "bread" }
          |                                                              ^^^^^^
    fixtures in `memory`: 5 errors in 1 file
    "#);
    assert_snapshot!(said(&[&[
        ("alfresco/server.json", r#"{"models":[{"prefix":"exif","uri":"x"}]}"#),
    ], &[
        ("alfresco/server.json", r#"{"thumbnails":false}"#),
    ]]), @r#"
    memory:alfresco/server.json:1:22: the model `exif` (x) is there already; use another prefix and URI (at models[0].prefix)
        1 | {"models":[{"prefix":"exif","uri":"x"}]}
          |                      ^^^^^^
    fixtures in `memory` and `memory`: 1 error in 1 file
    "#);
}

#[test]
fn a_file_may_be_bare_or_begin_with_a_byte_order_mark_but_not_be_something_else() {
    let people = |text| said(&[&[("alfresco/people.json", text)]]);
    assert!(people("[]").contains("nothing is wrong"));
    assert!(people("\u{feff}{\"people\":[]}").contains("nothing is wrong"));
    assert_snapshot!(people(""), @"
    memory:alfresco/people.json:1:1: the file is empty
        1 | 
          | ^
    fixtures in `memory`: 1 error in 1 file
    ");
    assert_snapshot!(people(r#"{"persons":[{"id":"x"}]}"#), @r#"
    memory:alfresco/people.json:1:1: the member `people` is missing
        1 | {"persons":[{"id":"x"}]}
          | ^
    memory:alfresco/people.json:1:2: unknown member `persons`; known are `people` (at persons)
        1 | {"persons":[{"id":"x"}]}
          |  ^^^^^^^^^
    fixtures in `memory`: 2 errors in 1 file
    "#);
    assert_snapshot!(people(r#"{"people":[],"people":[]}"#), @r#"
    memory:alfresco/people.json:1:14: the member `people` is there twice (at people)
        1 | {"people":[],"people":[]}
          |              ^^^^^^^^
    fixtures in `memory`: 1 error in 1 file
    "#);
    assert_snapshot!(people("17"), @"
    memory:alfresco/people.json:1:1: expected an object or an array, found a number
        1 | 17
          | ^^
    fixtures in `memory`: 1 error in 1 file
    ");
}

#[test]
fn a_folder_that_is_not_there_or_is_the_wrong_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alfresco/people.json", "[]");
    let error = |path: &Path| match fixtures::load(&[Layer::Directory(path.to_owned())]) {
        Ok(_) => "fine".to_owned(),
        Err(errors) => errors[0].message.clone(),
    };
    assert_eq!(error(folder.path()), "fine");
    assert_snapshot!(error(&folder.path().join("nowhere")), @"no such folder; give one with one of these in it: alfresco, ecg");
    assert_snapshot!(error(&folder.path().join("alfresco")), @"`people.json` lies right in this folder; its place is in one named after its vendor (alfresco, ecg), and --fixtures wants the folder above that");
}

#[test]
fn an_avatar_that_leads_out_of_its_folder_is_refused_and_a_pipe_is_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "alfresco/avatars/in.png", "");
    write(root, "secret.png", "");
    let link = |from: &str, to: &str| {
        std::os::unix::fs::symlink(from, root.join("alfresco/avatars").join(to)).unwrap();
    };
    link("../../secret.png", "out.png");
    link("in.png", "link.png");
    let pipe = root.join("alfresco/avatars/pipe.png");
    let made = std::process::Command::new("mkfifo").arg(pipe).status().unwrap();
    assert!(made.success());
    let people = r#"[{"id":"a","avatar":"out.png"},{"id":"b","avatar":"link.png"},{"id":"c","avatar":"pipe.png"}]"#;
    write(root, "alfresco/people.json", people);
    let errors = fixtures::load(&[Layer::Directory(root.to_owned())]).err().unwrap();
    let errors: Vec<_> = errors.into_iter().map(|it| it.message).collect();
    assert_snapshot!(errors.join("\n"), @"
    `out.png` leads out of `avatars`; put the file itself there
    this is no picture that can be shown (application/octet-stream): the image cannot be decoded
    `pipe.png` can't be read: it is not a file
    ");
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema");
    for (file, name, schema) in schema::all() {
        let kept = std::fs::read_to_string(folder.join(&name)).unwrap_or_default();
        let cure = "run `people-mock schema fixtures --out fixtures/schema`";
        assert_eq!(kept, schema::text(&schema), "{name}: {cure}");
        let fixture = folder.parent().unwrap().join(&file);
        let fixture: serde_json::Value =
            serde_json::from_slice(&std::fs::read(fixture).unwrap()).unwrap();
        assert_eq!(fixture["$schema"], format!("../schema/{name}"), "{file}");
    }
}

#[test]
fn the_default_set_and_made_up_people_are_without_a_fault() {
    assert!(fixtures::load(&[Layer::Embedded(Embedded::Fixtures)]).is_ok());
    for profile in [Profile::Plain, Profile::Torture] {
        let folder = tempfile::tempdir().unwrap();
        generate(500, 7, profile, folder.path()).unwrap();
        let layers = [Layer::Directory(folder.path().to_owned())];
        assert!(fixtures::load(&layers).is_ok(), "{profile:?}");
        let app = app_with(|config| config.layers = layers.into());
        let list = get("/people?maxItems=1").by("admin").expect(&app, 200);
        assert_eq!(list["list"]["pagination"]["totalItems"], 500);
    }
}

#[test]
fn made_up_people_are_the_same_again_and_fewer_are_the_first_of_more() {
    let made = |people, seed| {
        let folder = tempfile::tempdir().unwrap();
        generate(people, seed, Profile::Torture, folder.path()).unwrap();
        std::fs::read_to_string(folder.path().join("alfresco/people.json")).unwrap()
    };
    let (few, many) = (made(40, 1), made(60, 1));
    assert_eq!(few, made(40, 1));
    assert_ne!(few, made(40, 2));
    // All but the avatar, of which more people have more to choose from.
    let ids = |text: &str| {
        let people: serde_json::Value = serde_json::from_str(text).unwrap();
        let people = people["people"].as_array().unwrap().clone();
        people.iter().map(|it| it["id"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&few), ids(&many)[..40]);
}

/// A text of JSON that was damaged, or never was any.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let default = include_bytes!("../../fixtures/alfresco/people.json");
    let cut = (0..default.len(), 0..default.len(), proptest::collection::vec(any::<u8>(), 0..8));
    let json = "[\\[\\]{},:\"a0 \n-]{0,60}".prop_map(String::into_bytes);
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        json,
        cut.prop_map(|(from, to, with)| {
            let mut text = default.to_vec();
            text.splice(from.min(to)..from.max(to), with);
            text
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_loaded_or_refused_with_a_place_that_is_there(
        people in damaged(),
        server in damaged(),
        picture in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let texts = [("people.json", people), ("server.json", server), ("avatars/csmith.png", picture)];
        let layer = texts.iter().map(|(name, text)| {
            (Path::new("alfresco").join(name), bytes::Bytes::copy_from_slice(text))
        });
        let layers = [Layer::Memory(std::sync::Arc::new(layer.collect()))];
        if let Err(errors) = fixtures::load(&layers) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(!error.message.is_empty());
                let name = error.file.trim_start_matches("memory:alfresco/");
                let text = &texts.iter().find(|it| it.0 == name).unwrap().1;
                let (line, column) = error.place.unwrap();
                prop_assert!(line <= text.split(|&it| it == b'\n').count() && column <= text.len() + 1);
                let _ = format!("{error:#}");
            }
        }
    }
}
