//! Made-up people of this vendor.

use std::io;

use serde_json::{Map, Value, json};

use crate::fixtures::generate::words::{FIRST_NAMES, LAST_NAMES, NASTY_DAYS, NASTY_TEXTS, PLACES};
use crate::fixtures::generate::{Order, Profile};

const PASSWORD: &str = "Passw0rd!";
const STATUSES: [&str; 3] = ["CONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"];

/// Writes the folder `ecg`. The token `admin-token` is the first person's.
pub(super) fn generate(order: &Order<'_>) -> io::Result<()> {
    let admin = id(0, order);
    let schema = |file: &str| format!("../schema/ecg-{file}.schema.json");
    order.object(
        "tokens.json",
        &json!({
            "$schema": schema("tokens"),
            "tokens": { "admin-token": { "personId": admin, "groups": ["ecgAdmin"] } },
        }),
    )?;
    order.records("people.json", "people", "ecg-people.schema.json", |number| match order.profile {
        Profile::Plain => plain(number, order),
        Profile::Torture => torture(number, order),
    })
}

/// The first throw of a person's dice, so that others can name the person too.
fn id(number: u64, order: &Order<'_>) -> String {
    let bytes = order.dice(number).u128(..).to_be_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn plain(number: u64, order: &Order<'_>) -> Value {
    let mut dice = order.dice(!number);
    let first = FIRST_NAMES[dice.usize(..FIRST_NAMES.len())];
    let last = LAST_NAMES[dice.usize(..LAST_NAMES.len())];
    let (city, _) = PLACES[dice.usize(..PLACES.len())];
    let email = format!("person{number}@example.com");
    let born = format!("{}-{:02}-{:02}", dice.u16(1940..2008), dice.u8(1..=12), dice.u8(1..=28));
    let mut person = json!({
        "id": id(number, order),
        "firstName": first,
        "lastName": last,
        "dateOfBirth": born,
        "contactEmailAddress": email,
        "isProvider": dice.u8(..5) == 0,
        "phoneNumbers": [{ "number": format!("555-01{:02}", dice.u8(..100)), "type": "Main" }],
        "addresses": [{
            "address": {
                "addressLine1": format!("{} Main Street", dice.u16(1..1000)),
                "city": city,
                "stateProvinceCode": "CO",
                "postalCode": format!("{:05}", dice.u32(..100_000)),
                "countryCode": "US",
            },
        }],
    });
    // The first person calls with the token and must be whole.
    if number == 0 || dice.u8(..4) > 0 {
        let status = if dice.u8(..5) == 0 { STATUSES[1] } else { STATUSES[0] };
        person["account"] =
            json!({ "emailAddress": email, "password": PASSWORD, "status": status });
    }
    if number > 0 && dice.u8(..20) == 0 {
        person["activeInfo"] = json!({ "active": false });
    }
    person
}

/// Each kind of trouble comes round after so many people, so that a small set has them all.
fn torture(number: u64, order: &Order<'_>) -> Value {
    let round = |n: usize| usize::try_from(number % n as u64).unwrap_or_default();
    let nasty = |offset: usize| -> String {
        let n_texts = NASTY_TEXTS.len();
        let which = (round(n_texts + 2) + offset) % (n_texts + 2);
        match which.checked_sub(n_texts) {
            None => NASTY_TEXTS[which].to_owned(),
            Some(0) => " ".to_owned(),
            Some(_) => "W".repeat(255),
        }
    };
    let is_archived = number > 0 && round(6) == 5;
    // Only an archived person's address may be another's too.
    let owner = if is_archived { number - 1 } else { number };
    let email = match owner % 4 {
        0 => format!("MiXeD.CaSe{owner}@Example.COM"),
        1 => format!("first.last+tag{owner}@example.com"),
        2 => format!("{}{owner}@example.com", "m".repeat(40)),
        _ => format!("o'brien_{owner}@sub.example.co.uk"),
    };
    let mut person = Map::new();
    let mut set = |name: &str, value: Value| person.insert(name.to_owned(), value);
    let id = id(number, order);
    set("id", if round(2) == 1 { id.to_uppercase() } else { id }.into());
    set("firstName", nasty(0).into());
    set("lastName", nasty(7).into());
    set("nickName", if round(3) == 1 { Value::Null } else { nasty(3).into() });
    set("dateOfBirth", NASTY_DAYS[round(NASTY_DAYS.len())].into());
    if round(5) != 4 {
        set("contactEmailAddress", email.into());
    }
    set("locale", ["en-US", "ar-EG", "zh-Hant-TW", "de-CH-1996"][round(4)].into());
    if round(7) == 1 {
        let numbers: Vec<_> = (0..40).map(|it| json!({ "number": format!("{it}") })).collect();
        set("phoneNumbers", numbers.into());
    }
    if round(4) != 3 {
        let status = STATUSES[round(STATUSES.len())];
        let login = format!("Login{number}@Example.com");
        let mut account = json!({ "emailAddress": login, "status": status });
        if round(9) != 4 {
            account["password"] =
                ["Passw0rd!", "pässwörd 🔑: 1A!", " blank Around1! "][round(3)].into();
        }
        if round(8) == 6 {
            account["archiveInfo"] = json!({ "archived": true });
        }
        set("account", account);
    }
    if is_archived {
        let at = "2024-02-29T23:59:59.999Z";
        set("archiveInfo", json!({ "archived": true, "archivedStatusChangedAt": at }));
    }
    if number > 0 && round(6) == 4 {
        set("activeInfo", json!({ "active": false, "activeStatusChangedAt": null }));
    }
    Value::Object(person)
}
