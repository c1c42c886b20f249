//! `createPerson` and `updatePerson` with `aspectNames` and `properties`.

use people_mock::app::App;
use serde_json::{Value, json};

use crate::support::{app, app_with_files, get, post, problem, put};

const INCOMPATIBLE: &str = "400 ~ApiDefault | The property value is not compatible with the type defined for the property: \n";
const CUT_OFF: &str = "isn't a valid QName. A QName must consist of a local name";
const NULL: &str = r#"400 = | null isn't a valid QName. Cannot invoke "String.indexOf(int)" because "qnameStr" is null"#;

/// The model of the vendor's own tests, and a constraint.
const PAPI: &str = r#"{"models":[{"prefix":"papi","uri":"test.people.api","aspects":{
    "papi:comms":{"papi:telehash":"text","papi:jabber":"text"},
    "papi:lunchable":{"papi:lunch":"text","papi:lunchcomments":"text"},
    "papi:dessertable":{"papi:dessert":{"type":"text","maxLength":5}}}}]}"#;

fn papi() -> App {
    app_with_files(&[("alfresco/server.json", PAPI)])
}

/// Sends members of sappho, and gives the aspects and properties in the answer.
fn update(app: &App, body: &str) -> Value {
    let entry = put("/people/sappho", body).by("sappho").expect(app, 200)["entry"].clone();
    let read = get("/people/sappho").by("admin").json(app)["entry"].clone();
    for name in ["aspectNames", "properties"] {
        assert_eq!(read.get(name), entry.get(name), "{body}");
    }
    json!([entry.get("aspectNames"), entry.get("properties")])
}

#[test]
fn a_property_brings_its_aspect_also_when_it_is_null() {
    let app = papi();
    let check = |body: &str, expected: Value| assert_eq!(update(&app, body), expected, "{body}");
    check(r#"{"properties":null}"#, json!([null, null]));
    check(r#"{"properties":{}}"#, json!([null, null]));
    check(
        r#"{"properties":{"papi:lunch":"soup"}}"#,
        json!([["papi:lunchable"], {"papi:lunch": "soup"}]),
    );
    check(
        r#"{"properties":{"papi:jabber":null}}"#,
        json!([["papi:lunchable", "papi:comms"], {"papi:lunch": "soup"}]),
    );
    // Key by key, and null or "" takes a value away while the aspect stays.
    check(
        r#"{"properties":{"papi:lunchcomments":"hot","papi:lunch":""}}"#,
        json!([["papi:lunchable", "papi:comms"], {"papi:lunchcomments": "hot"}]),
    );
    check(
        r#"{"properties":{"papi:lunchcomments":null}}"#,
        json!([["papi:lunchable", "papi:comms"], null]),
    );
}

#[test]
fn an_update_replaces_the_aspects_and_what_belongs_to_those_that_go() {
    let app = papi();
    let check = |body: &str, expected: Value| assert_eq!(update(&app, body), expected, "{body}");
    check(
        r#"{"properties":{"papi:lunch":"soup","papi:jabber":"j"}}"#,
        json!([["papi:lunchable", "papi:comms"], {"papi:lunch": "soup", "papi:jabber": "j"}]),
    );
    check(
        r#"{"aspectNames":["papi:comms","papi:dessertable"]}"#,
        json!([["papi:comms", "papi:dessertable"], {"papi:jabber": "j"}]),
    );
    check(
        r#"{"aspectNames":null}"#,
        json!([["papi:comms", "papi:dessertable"], {"papi:jabber": "j"}]),
    );
    check(
        r#"{"aspectNames":[],"properties":{"papi:dessert":"cake"}}"#,
        json!([["papi:dessertable"], {"papi:dessert": "cake"}]),
    );
    check(r#"{"aspectNames":"{test.people.api}comms"}"#, json!([["papi:comms"], null]));
    check(r#"{"aspectNames":["papi:comms","papi:comms"]}"#, json!([["papi:comms"], null]));
    check(r#"{"aspectNames":[]}"#, json!([null, null]));
}

#[test]
fn a_new_person_has_the_aspects_that_were_sent_and_those_of_the_properties() {
    let app = papi();
    let body = r#"{"id":"n","firstName":"N","email":"n","password":"p",
        "aspectNames":["papi:comms"],"properties":{"papi:lunch":"soup","papi:lunchcomments":""}}"#;
    let entry = post("/people", body).by("admin").expect(&app, 201)["entry"].clone();
    assert_eq!(entry["aspectNames"], json!(["papi:comms", "papi:lunchable"]));
    assert_eq!(entry["properties"], json!({ "papi:lunch": "soup" }));
}

#[test]
fn names_are_checked_one_after_the_other_and_all_before_any_is_judged() {
    let app = app();
    let check = |body: &str, expected: &str| {
        for (method, by) in [("PUT", "sappho"), ("PUT", "admin"), ("POST", "admin")] {
            let person = r#""id":"n","firstName":"N","email":"n","password":"p""#;
            let ask = match method {
                "PUT" => put("/people/sappho", &format!("{{{body}}}")),
                _ => post("/people", &format!("{{{person},{body}}}")),
            };
            assert_eq!(problem(&ask.by(by).of(&app)), expected, "{method} {body}");
        }
    };
    let aspect = |name: &str, expected: &str| {
        check(&format!(r#""aspectNames":[{name}]"#), expected);
    };
    let property = |name: &str, expected: &str| {
        check(&format!(r#""properties":{{"{name}":"x"}}"#), expected);
    };
    let unmapped = |name: &str| {
        format!(
            "400 = | {name}:x isn't a valid QName. Namespace prefix {name} is not mapped to a namespace URI"
        )
    };
    aspect(r#""no:x""#, &unmapped("no"));
    aspect(r#""papi:x""#, &unmapped("papi"));
    aspect(r#""App:x""#, &unmapped("App"));
    property("no:x", &unmapped("no"));
    aspect(r#""app:""#, &format!("400 = | app: {CUT_OFF}"));
    // The local part is looked at before the prefix.
    aspect(r#""no:""#, &format!("400 = | no: {CUT_OFF}"));
    property("app:", &format!("400 = | app: {CUT_OFF}"));
    property("", &format!("400 = |  {CUT_OFF}"));
    aspect("null", NULL);
    aspect(r#""""#, NULL);
    check(r#""aspectNames":"""#, NULL);
    aspect(r#""app:nothing""#, "400 = | Unknown aspect: app:nothing");
    aspect(r#""app:Linked""#, "400 = | Unknown aspect: app:Linked");
    aspect(r#""exif:model""#, "400 = | Unknown aspect: exif:model");
    property("app:linked", "400 = | Unknown property: app:linked");
    aspect(r#""linked""#, "400 = | Unknown aspect: linked");
    property("model", "400 = | Unknown property: model");
    aspect(r#"":linked""#, "400 = | Unknown aspect: :linked");
    aspect(r#""{no}linked""#, "400 = | Unknown aspect: {no}linked");
    aspect(
        r#""{no""#,
        "400 = | {no isn't a valid QName. QName '{no' is missing the closing namespace } token",
    );
    aspect(
        r#""{no}""#,
        "400 = | {no} isn't a valid QName. QName '{no}' must consist of a local name",
    );
    aspect(
        r#""a{no}b""#,
        "400 = | a{no}b isn't a valid QName. QName 'a{no}b' must start with a namespaceURI",
    );
    let closed = |name: &str| format!("400 ~ApiDefault | NameSpace cannot be used by API: {name}");
    aspect(r#""cm:titled""#, &closed("cm:titled"));
    aspect(r#""sys:hidden""#, &closed("sys:hidden"));
    aspect(r#""{http://www.alfresco.org/model/content/1.0}titled""#, &closed("cm:titled"));
    property("cm:title", &closed("cm:title"));
    property("sys:node-uuid", &closed("sys:node-uuid"));
    property("usr:enabled", &closed("usr:enabled"));

    // A name that is unknown is told before one that may not be used, wherever it stands.
    aspect(r#""cm:titled","app:no""#, "400 = | Unknown aspect: app:no");
    aspect(r#""app:no","no:x""#, "400 = | Unknown aspect: app:no");
    aspect(r#""no:x","app:no""#, &unmapped("no"));
    aspect(r#""sys:hidden","cm:titled""#, &closed("sys:hidden"));
    // All aspects are looked at before any property.
    check(r#""properties":{"no:x":1},"aspectNames":["cm:titled"]"#, &closed("cm:titled"));
    check(r#""properties":{"cm:title":1,"app:no":1}"#, "400 = | Unknown property: app:no");
}

#[test]
fn values_have_the_types_of_the_model() {
    let app = app();
    let check = |name: &str, value: &str, expected: Option<Value>| {
        let ask = put("/people/sappho", &format!(r#"{{"properties":{{"{name}":{value}}}}}"#));
        let response = ask.by("sappho").of(&app);
        let Some(expected) = expected else {
            let told = problem(&response);
            assert!(told.starts_with(INCOMPATIBLE), "{name} {value}: {told}");
            return;
        };
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["entry"]["properties"][name], expected, "{name} {value}");
    };
    check("exif:model", "5", Some(json!("5")));
    check("exif:model", "true", Some(json!("true")));
    check("exif:model", "{}", None);
    check("exif:orientation", "6", Some(json!(6)));
    check("exif:orientation", "\"6\"", Some(json!(6)));
    check("exif:orientation", "\"six\"", None);
    check("exif:orientation", "\"99999999999\"", None);
    check("exif:fNumber", "2.8", Some(json!(2.8)));
    check("exif:fNumber", "\"2.8\"", Some(json!(2.8)));
    check("exif:fNumber", "\"f\"", None);
    check("exif:flash", "true", Some(json!(true)));
    check("exif:flash", "\"true\"", Some(json!(true)));
    check("dp:offlineExpiresAfter", "9007199254740993", Some(json!(9_007_199_254_740_993_i64)));
    let noon = Some(json!("2026-01-02T12:00:00.000+0000"));
    check("exif:dateTimeOriginal", "\"2026-01-02T12:00:00.000Z\"", noon.clone());
    check("exif:dateTimeOriginal", "\"2026-01-02T13:00:00.000+0100\"", noon.clone());
    check("exif:dateTimeOriginal", "\"2026-01-02T13:00:00.000+01:00\"", noon);
    check("audio:releaseDate", "\"2026-01-02\"", Some(json!("2026-01-02T00:00:00.000+0000")));
    check("exif:dateTimeOriginal", "\"yesterday\"", None);
    check("trx:fromContent", r#"["a","b"]"#, Some(json!(["a", "b"])));
    check("trx:fromContent", "\"a\"", Some(json!(["a"])));
}

#[test]
fn a_value_that_the_model_forbids_is_found_last_of_all() {
    let app = papi();
    let sent =
        put("/people/sappho", r#"{"jobTitle":"x","properties":{"papi:dessert":"pancakes"}}"#);
    let told = problem(&sent.by("sappho").of(&app));
    assert!(told.starts_with("422 ~ApiDefault | Found 1 integrity violations:\n"), "{told}");
    let person = get("/people/sappho").by("sappho").json(&app)["entry"].clone();
    assert_eq!(
        (&person["jobTitle"], person.get("aspectNames")),
        (&json!("Poet in residence"), None)
    );
    let denied = put("/people/admin", r#"{"properties":{"papi:dessert":"pancakes"}}"#);
    denied.by("sappho").expect(&app, 403);
    update(&app, r#"{"properties":{"papi:dessert":"cakes"}}"#);
}

#[test]
fn the_aspects_of_a_stock_server_are_known() {
    let app = app();
    let aspects = "app:uifacets app:inlineeditable app:workflow app:simpleworkflow app:configurable app:feedsource app:defaultViewConfig app:linked exif:exif audio:audio webdav:object rn:rendition rn:rendition2 rn:hiddenRendition rn:visibleRendition rn:renditioned rn:preventRenditions emailserver:emailed emailserver:aliasable emailserver:attached fm:discussable fm:commentsRollup dp:restrictable qshare:shared st:siteContainer st:customSiteProperties smf:smartFolder smf:smartFolderChild smf:virtualization smf:customConfigSmartFolder smf:systemConfigSmartFolder cd:classifiable cmm:customModelManagement lnk:internal ia:docFoldered trx:enableable trx:transferRelated trx:transferred trx:alien imap:any iptcxmp:iptcxmpAspect blg:blogDetails blg:blogPost pub:any facebook:any flickr:any linkedin:any slideshare:any twitter:any youtube:any bpm:any wf:any imwf:any inwf:any resetpasswordwf:any surf:any srft:customProperties rc:any";
    let aspects: Vec<_> = aspects.split(' ').collect();
    let body = json!({ "aspectNames": aspects }).to_string();
    assert_eq!(update(&app, &body), json!([aspects, null]));
}

#[test]
fn the_properties_of_a_stock_server_bring_the_aspects_that_they_belong_to() {
    let app = app();
    for (aspect, properties) in [
        ("app:uifacets", "icon"),
        (
            "app:simpleworkflow",
            "approveStep rejectStep approveFolder rejectFolder approveMove rejectMove",
        ),
        ("app:feedsource", "template"),
        ("app:defaultViewConfig", "defaultViewId"),
        (
            "exif:exif",
            "dateTimeOriginal pixelXDimension pixelYDimension orientation exposureTime fNumber focalLength xResolution yResolution flash isoSpeedRatings manufacturer model software resolutionUnit",
        ),
        (
            "audio:audio",
            "album artist composer engineer genre sampleType channelType compressor trackNumber sampleRate releaseDate",
        ),
        ("webdav:object", "deadproperties"),
        ("rn:rendition2", "contentUrlHashCode"),
        ("emailserver:aliasable", "alias"),
        ("fm:commentsRollup", "commentCount"),
        ("qshare:shared", "sharedId sharedBy expiryDate"),
        ("st:siteContainer", "componentId"),
        ("st:customSiteProperties", "additionalInformation"),
        ("smf:systemConfigSmartFolder", "system-template-location"),
        ("lnk:internal", "isInternal"),
        ("ia:docFoldered", "docFolder"),
        ("trx:enableable", "enabled"),
        ("trx:transferRelated", "transferId"),
        ("trx:transferred", "repositoryId fromRepositoryId"),
        ("trx:alien", "invadedBy"),
        ("iptcxmp:iptcxmpAspect", "headline anything"),
    ] {
        let prefix = aspect.split(':').next().unwrap();
        for property in properties.split(' ') {
            let body =
                format!(r#"{{"aspectNames":[],"properties":{{"{prefix}:{property}":null}}}}"#);
            assert_eq!(update(&app, &body), json!([[aspect], null]), "{property}");
        }
    }
    // Where the facts name no aspects, a property is stored and brings none.
    let body = r#"{"aspectNames":[],"properties":{"wf:any":"x"}}"#;
    assert_eq!(update(&app, body), json!([null, { "wf:any": "x" }]));
    for unknown in ["iptcxmp:other", "srft:other"] {
        let body = format!(r#"{{"aspectNames":["{unknown}"]}}"#);
        put("/people/sappho", &body).by("sappho").expect(&app, 400);
    }
}
