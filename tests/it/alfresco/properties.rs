//! What holds for any sequence of changes, of `createPerson`, `updatePerson` and `listPeople`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use http::Method;
use people_mock::app::App;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::support::{app, get, post, put, raw};

const TEXTS: [&str; 12] = [
    "firstName",
    "lastName",
    "description",
    "email",
    "skypeId",
    "googleId",
    "instantMessageId",
    "jobTitle",
    "location",
    "mobile",
    "telephone",
    "userStatus",
];
const COMPANY: [&str; 8] =
    ["organization", "address1", "address2", "address3", "postcode", "telephone", "fax", "email"];

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        4 => "[ a-cž\"\\\\\u{1F600}]{0,3}".prop_map(Value::from),
    ]
}

fn profile() -> impl Strategy<Value = Map<String, Value>> {
    let texts = proptest::collection::btree_map(select(TEXTS.to_vec()), text(), 0..6);
    let company = proptest::collection::btree_map(select(COMPANY.to_vec()), text(), 0..4);
    let company = prop_oneof![2 => Just(None), 1 => Just(Some(Value::Null)), 3 => company.prop_map(|it| Some(json!(it)))];
    let wants_mail = proptest::option::of(any::<bool>());
    (texts, company, wants_mail).prop_map(|(texts, company, wants_mail)| {
        let mut members: Map<_, _> = texts.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        members.extend(company.map(|it| ("company".to_owned(), it)));
        members.extend(wants_mail.map(|it| ("emailNotificationsEnabled".to_owned(), it.into())));
        members
    })
}

/// A person as the facts have it: what was stored, "" and null being nothing.
#[derive(Default)]
struct Model {
    id: String,
    texts: BTreeMap<String, String>,
    company: BTreeMap<String, String>,
    declines_mail: bool,
}

fn store(stored: &mut BTreeMap<String, String>, name: &str, value: &Value) {
    match value.as_str().filter(|it| !it.is_empty()) {
        Some(text) => drop(stored.insert(name.to_owned(), text.to_owned())),
        None => drop(stored.remove(name)),
    }
}

impl Model {
    /// Whether an update or a creation with these members is refused.
    fn refuses(members: &Map<String, Value>) -> bool {
        let is_nothing = |it: &Value| it.as_str().is_none_or(str::is_empty);
        ["firstName", "email"].iter().any(|name| members.get(*name).is_some_and(is_nothing))
    }

    fn change(&mut self, members: &Map<String, Value>) {
        for (name, value) in members {
            match (name.as_str(), value) {
                ("emailNotificationsEnabled", wish) => self.declines_mail = *wish == false,
                ("company", Value::Object(sent)) if !sent.is_empty() => {
                    sent.iter().for_each(|(name, value)| store(&mut self.company, name, value));
                }
                ("company", _) => self.company.clear(),
                _ => store(&mut self.texts, name, value),
            }
        }
    }

    fn entry(&self) -> Value {
        let text = |name: &str| self.texts.get(name).map_or("", |it| it.as_str());
        let display_name = format!("{} {}", text("firstName"), text("lastName"));
        let mut texts = self.texts.clone();
        texts.insert("displayName".to_owned(), display_name.trim().to_owned());
        texts.retain(|_, text| !text.trim().is_empty());
        let mut entry = json!({
            "id": self.id, "company": self.company, "enabled": true,
            "emailNotificationsEnabled": !self.declines_mail,
            "capabilities": { "isGuest": false, "isAdmin": false, "isMutable": true },
        });
        let texts = texts.into_iter().map(|(name, text)| (name, Value::from(text)));
        entry.as_object_mut().unwrap().extend(texts);
        entry
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_sent_comes_back(
        steps in proptest::collection::vec((select(vec!["Ann", "ANN", "bob"]), profile()), 1..12),
    ) {
        static APP: LazyLock<App> = LazyLock::new(app);
        raw(Method::POST, "/__admin/reset").expect(&APP, 204);
        let mut model: BTreeMap<String, Model> = BTreeMap::new();
        for (id, members) in steps {
            let is_new = !model.contains_key(&id.to_lowercase());
            let ask = if is_new {
                let mut body = json!({ "id": id, "firstName": "f", "email": "e", "password": "p" });
                body.as_object_mut().unwrap().extend(members.clone());
                post("/people", &body.to_string())
            } else {
                put(&format!("/people/{id}"), &json!(members).to_string())
            };
            if Model::refuses(&members) {
                ask.by("admin").expect(&APP, 400);
                continue;
            }
            let person = model.entry(id.to_lowercase()).or_insert_with(|| {
                let texts = [("firstName", "f"), ("email", "e")].map(|(k, v)| (k.into(), v.into()));
                Model { id: id.to_owned(), texts: texts.into(), ..Model::default() }
            });
            person.change(&members);
            let answer = ask.by("admin").expect(&APP, if is_new { 201 } else { 200 });
            prop_assert_eq!(&answer["entry"], &person.entry());
            let read = get(&format!("/people/{id}")).by("admin").expect(&APP, 200);
            prop_assert_eq!(&read["entry"], &person.entry());
        }
    }

    #[test]
    fn pages_in_a_row_are_the_list_in_every_order(
        people in proptest::collection::vec(("[a-cA-Cá]{1,2}", proptest::option::of("[abAá]")), 0..12),
        order in proptest::collection::vec((select(vec!["id", "firstName", "lastName"]), any::<bool>()), 0..4),
        size in 1_usize..7,
    ) {
        static APP: LazyLock<App> = LazyLock::new(app);
        raw(Method::POST, "/__admin/reset").expect(&APP, 204);
        for (index, (first, last)) in people.iter().enumerate() {
            let person = json!({ "id": format!("p{index}"), "firstName": first, "lastName": last, "email": "e", "password": "p" });
            post("/people", &person.to_string()).by("admin").expect(&APP, 201);
        }
        let order: Vec<_> = order.iter().map(|(name, down)| format!("{name}{}", if *down { "+DESC" } else { "" })).collect();
        let order = order.join(",");
        let page = |skip: usize, max: usize| {
            let path = format!("/people?orderBy={order}&skipCount={skip}&maxItems={max}&fields=id,firstName,lastName");
            get(&path).by("admin").expect(&APP, 200)["list"].clone()
        };
        let list = page(0, 1000);
        let total = list["entries"].as_array().unwrap().len();
        let mut pages = Vec::new();
        loop {
            let page = page(pages.len(), size);
            let entries = page["entries"].as_array().unwrap().clone();
            prop_assert_eq!(&page["pagination"]["count"], entries.len());
            prop_assert_eq!(&page["pagination"]["totalItems"], total);
            prop_assert_eq!(&page["pagination"]["hasMoreItems"], pages.len() + size < total);
            pages.extend(entries);
            if page["pagination"]["hasMoreItems"] == false {
                break;
            }
        }
        prop_assert_eq!(&json!(pages), &list["entries"]);
        // Nobody is listed twice, and only a lack of a lastName hides anybody.
        let hidden = people.iter().filter(|(_, last)| last.is_none()).count() + 1;
        let expected = 11 + people.len() - if order.contains("lastName") { hidden } else { 0 };
        prop_assert_eq!(total, expected);
        let ids: BTreeSet<_> = pages.iter().map(|it| it["id"].to_string() + &it["entry"]["id"].to_string()).collect();
        prop_assert_eq!(ids.len(), total);
    }
}
