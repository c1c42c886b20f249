//! Made-up people of this vendor.

use std::io;

use serde_json::{Map, Value, json};

use crate::fixtures::generate::words::{
    FIRST_NAMES, JOBS, LAST_NAMES, NASTY_TEXTS, NASTY_TIMES, PLACES,
};
use crate::fixtures::generate::{Order, Profile};

/// The longest user name that the vendor takes (facts: people §5).
const LONGEST_ID: usize = 100;

/// The password of whoever has an ordinary one.
const PASSWORD: &str = "Passw0rd!";

/// Writes the folder `alfresco`. The first person is `admin`, so that somebody can log in.
pub(super) fn generate(order: &Order<'_>) -> io::Result<()> {
    let avatars = order.avatars()?;
    let models = match order.profile {
        Profile::Plain => json!([]),
        Profile::Torture => json!([{
            "prefix": "papi",
            "uri": "test.people.api",
            "aspects": { "papi:lunchable": { "papi:lunch": "text", "papi:lunchcomments": "text" } },
        }]),
    };
    let schema = "../schema/alfresco-server.schema.json";
    order.object("server.json", &json!({ "$schema": schema, "models": models }))?;
    order.records("people.json", "people", "alfresco-people.schema.json", |number| {
        let mut dice = order.dice(number);
        match (number, order.profile) {
            (0, _) => admin(),
            (_, Profile::Plain) => plain(number, &mut dice, &avatars),
            (_, Profile::Torture) => torture(number, &mut dice, &avatars),
        }
    })
}

fn admin() -> Value {
    json!({
        "id": "admin",
        "firstName": "Administrator",
        "lastName": "",
        "email": "admin@alfresco.com",
        "password": "admin",
        "admin": true,
    })
}

fn one<T: Copy>(of: &[T], dice: &mut fastrand::Rng) -> T {
    of[dice.usize(..of.len())]
}

fn plain(number: u64, dice: &mut fastrand::Rng, avatars: &[String]) -> Value {
    let (first, last) = (one(FIRST_NAMES, dice), one(LAST_NAMES, dice));
    let letters = |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>();
    let id = format!("{}.{}{number}", letters(first), letters(last)).to_lowercase();
    let (city, country) = one(PLACES, dice);
    let mut person = json!({
        "id": id,
        "firstName": first,
        "lastName": last,
        "email": format!("{id}@example.com"),
        "jobTitle": one(JOBS, dice),
        "location": format!("{city}, {country}"),
        "company": { "organization": "Example Inc.", "address2": city, "address3": country },
        "mobile": format!("+4477009{:05}", dice.u32(..100_000)),
        "password": PASSWORD,
    });
    if let Some(members) = person.as_object_mut() {
        if dice.u8(..10) == 0 {
            members.insert("enabled".to_owned(), false.into());
        }
        if dice.u8(..4) == 0 {
            let status = format!("Working from {}", one(PLACES, dice).0);
            members.insert("userStatus".to_owned(), status.into());
            let (month, day) = (dice.u8(1..=12), dice.u8(1..=28));
            let at = format!("2026-{month:02}-{day:02}T08:15:00.000+0000");
            members.insert("statusUpdatedAt".to_owned(), at.into());
        }
        if dice.u8(..4) == 0 {
            members
                .insert("avatar".to_owned(), avatars[dice.usize(..avatars.len())].clone().into());
        }
    }
    person
}

/// Each kind of trouble comes round after so many people, so that a small set has them all.
fn torture(number: u64, dice: &mut fastrand::Rng, avatars: &[String]) -> Value {
    let round = |n: usize| usize::try_from(number % n as u64).unwrap_or_default();
    let nasty = |offset: usize| -> String {
        let n_texts = NASTY_TEXTS.len();
        let which = (round(n_texts + 4) + offset) % (n_texts + 4);
        match which.checked_sub(n_texts) {
            None => NASTY_TEXTS[which].to_owned(),
            Some(0) => String::new(),
            Some(1) => " ".to_owned(),
            Some(2) => "W".repeat(255),
            Some(_) => "\u{1f9d1}\u{200d}".repeat(127) + "!",
        }
    };
    let mut person = Map::new();
    let mut set = |name: &str, value: Value| person.insert(name.to_owned(), value);
    set("id", id(number).into());
    set("firstName", nasty(0).into());
    match round(11) {
        5 => None,
        6 => set("lastName", Value::Null),
        _ => set("lastName", nasty(7).into()),
    };
    match round(9) {
        0 => None,
        1 => set("email", " ".into()),
        2 => set("email", format!("{}@example.com", "m".repeat(243)).into()),
        3 => set("email", "Same@Example.COM".into()),
        4 => set("email", "same@example.com".into()),
        5 => set("email", "\"very.(),:;<>[]\\\" unusual\"@example.com".into()),
        _ => set("email", format!("person{number}@例え.テスト").into()),
    };
    for (index, name) in
        ["description", "skypeId", "googleId", "jobTitle", "location", "mobile", "telephone"]
            .iter()
            .enumerate()
    {
        if dice.u8(..3) > 0 {
            set(name, nasty(index * 5 + 3).into());
        }
    }
    if round(4) != 1 {
        set("company", json!({ "organization": nasty(11), "postcode": "", "fax": null }));
    }
    set("userStatus", nasty(13).into());
    let time = NASTY_TIMES[round(NASTY_TIMES.len())];
    let offset = ["+0000", "+1400", "-1200", "+0530"][round(4)];
    // The first moment there is has no earlier one to be an offset of.
    let offset = if time.starts_with("0001") { "+0000" } else { offset };
    set("statusUpdatedAt", format!("{time}{offset}").into());
    set("enabled", (round(7) != 3).into());
    set("emailNotificationsEnabled", (round(5) != 3).into());
    match round(13) {
        4 => None,
        5 => set("password", "with:colon and ünïcödé 🔑".into()),
        6 => set("password", "p".repeat(255).into()),
        7 => set("password", String::new().into()),
        _ => set("password", PASSWORD.into()),
    };
    set("admin", (round(41) == 40).into());
    if round(3) == 0 {
        set("avatar", avatars[dice.usize(..avatars.len())].clone().into());
    }
    if round(6) == 2 {
        set("aspectNames", json!(["papi:lunchable", "exif:exif"]));
        set("properties", json!({ "papi:lunch": nasty(17), "exif:pixelXDimension": -1 }));
    }
    Value::Object(person)
}

/// Ids that the vendor takes. The number in them keeps them apart; two that belong together, and
/// that a careless comparison takes for one, have the same number.
fn id(number: u64) -> String {
    let pair = number & !1;
    match number % 18 {
        0 => format!("MiXeD.CaSe{number}"),
        2 => format!("Straße{pair}"),
        3 => format!("STRASSE{pair}"),
        4 => format!("ıd{pair}"),
        5 => format!("ID{pair}"),
        6 => format!("caf\u{e9}{pair}"),
        7 => format!("cafe\u{301}{pair}"),
        8 => {
            // All of ASCII that can be seen, but for the three that the vendor forbids.
            let allowed = (' '..='~').filter(|it| !matches!(it, '/' | '\\' | '"'));
            allowed.collect::<String>() + &number.to_string()
        }
        9 => format!("{}{number}", "x".repeat(LONGEST_ID - number.to_string().len())),
        10 => format!("👩‍👩‍👧‍👦{number}"),
        11 => format!("שלום{number}"),
        12 => format!(" padded{number} "),
        13 => format!("%2e%2e%2F;a=b?c#d{number}"),
        14 => format!("\u{1}\t\u{7f}\u{200b}\u{feff}{number}\u{10ffff}"),
        15 => format!("\u{212a}elvin{number}"),
        16 => format!("first.last+tag{number}@example.com"),
        _ => format!("plain{number}"),
    }
}
