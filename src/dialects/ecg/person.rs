//! A person and the account that belongs to it: the records, and their JSON, both ways.
//!
//! There may be many, read from fixtures one after another: short texts lie in the record itself and
//! ids are shared (`SmolStr`), and a list has no room for more than is in it.

use std::cmp::Ordering;
use std::sync::OnceLock;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use smol_str::SmolStr;
use uuid::Uuid;

use super::password::Password;
use crate::store::Row;

/// A person.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Person {
    /// A UUID in lower case.
    pub(super) id: SmolStr,
    pub(super) details: Details,
    pub(super) account: Option<Box<Account>>,
    pub(super) info: Info,
}

/// What a client says about a person: all that a patch can reach.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Details {
    pub(super) first_name: SmolStr,
    pub(super) last_name: SmolStr,
    pub(super) nick_name: Option<SmolStr>,
    pub(super) date_of_birth: Option<SmolStr>,
    /// In lower case (facts §4.0 A-MAIL).
    pub(super) contact_email_address: Option<SmolStr>,
    pub(super) is_provider: bool,
    pub(super) locale: SmolStr,
    pub(super) timezone_id: Option<SmolStr>,
    pub(super) organization_id: Option<SmolStr>,
    pub(super) phone_numbers: Box<[PhoneNumber]>,
    pub(super) addresses: Box<[Address]>,
}

/// A phone number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PhoneNumber {
    pub(super) id: SmolStr,
    pub(super) number: SmolStr,
    pub(super) extension: Option<SmolStr>,
    pub(super) kind: SmolStr,
}

/// A postal address, and how to get in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Address {
    pub(super) id: SmolStr,
    pub(super) types: Box<[SmolStr]>,
    pub(super) cross_street: Option<SmolStr>,
    pub(super) lock_box: Option<SmolStr>,
    pub(super) line_1: SmolStr,
    pub(super) line_2: Option<SmolStr>,
    pub(super) city: SmolStr,
    pub(super) state_province_code: SmolStr,
    pub(super) postal_code: SmolStr,
    pub(super) country_code: SmolStr,
}

/// A user account: the one that a person can have.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Account {
    pub(super) id: SmolStr,
    /// In lower case.
    pub(super) email_address: SmolStr,
    pub(super) password: Password,
    pub(super) status: Status,
    pub(super) credentials_sent_at: Option<Timestamp>,
    pub(super) info: Info,
}

/// How far an account is, by the names of Cognito.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    /// It has a temporary password.
    ForceChangePassword,
    /// It has a password that its owner chose.
    Confirmed,
    /// Its password has to be reset.
    ResetRequired,
}

/// What every entity of the vendor carries (facts §2.2).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Info {
    pub(super) archived: Mark,
    pub(super) active: Mark,
    pub(super) created_at: Timestamp,
    pub(super) created_by: SmolStr,
    pub(super) updated_at: Timestamp,
    pub(super) updated_by: SmolStr,
}

/// Whether something is so, and since when; never, if it has been so from the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) is_set: bool,
    pub(super) changed_at: Option<Timestamp>,
}

impl Person {
    /// The `contactEmailAddress` that nobody else may have: an archived person's is free.
    pub(super) fn contact_key(&self) -> Option<&SmolStr> {
        let email = self.details.contact_email_address.as_ref();
        email.filter(|_| !self.info.archived.is_set)
    }

    /// The display model (facts §4.1).
    fn json(&self) -> Value {
        let mut members = Map::new();
        members.insert("id".to_owned(), self.id.as_str().into());
        members.extend(self.details.json());
        let account = self.account.as_ref().map(|account| account.json(&self.id));
        members.insert("account".to_owned(), account.into());
        self.info.add_to(&mut members);
        Value::Object(members)
    }
}

impl Details {
    /// Reads what has been found valid; an element that has no id gets one.
    pub(super) fn read(members: &Map<String, Value>, new_id: &mut dyn FnMut() -> SmolStr) -> Self {
        let texts = |name| text(members, name);
        let mut elements = |name: &str| -> Vec<(SmolStr, Map<String, Value>)> {
            let elements = members.get(name).and_then(Value::as_array).into_iter().flatten();
            let objects = elements.filter_map(Value::as_object);
            objects.map(|it| (text(it, "id").unwrap_or_else(&mut *new_id), it.clone())).collect()
        };
        Self {
            first_name: texts("firstName").unwrap_or_default(),
            last_name: texts("lastName").unwrap_or_default(),
            nick_name: texts("nickName"),
            date_of_birth: texts("dateOfBirth"),
            contact_email_address: texts("contactEmailAddress").map(|it| email(&it)),
            is_provider: members.get("isProvider").and_then(Value::as_bool).unwrap_or_default(),
            locale: texts("locale").unwrap_or_else(|| SmolStr::new_static("en-US")),
            timezone_id: texts("timezoneId"),
            organization_id: texts("organizationId"),
            phone_numbers: elements("phoneNumbers")
                .into_iter()
                .map(|(id, it)| PhoneNumber::read(id, &it))
                .collect(),
            addresses: elements("addresses")
                .into_iter()
                .map(|(id, it)| Address::read(id, &it))
                .collect(),
        }
    }

    /// The part of the display model that [`Details::read`] reads again.
    pub(super) fn json(&self) -> Map<String, Value> {
        let details = json!({
            "firstName": self.first_name,
            "lastName": self.last_name,
            "nickName": self.nick_name,
            "dateOfBirth": self.date_of_birth,
            "contactEmailAddress": self.contact_email_address,
            "isProvider": self.is_provider,
            "locale": self.locale,
            "timezoneId": self.timezone_id,
            "organizationId": self.organization_id,
            "phoneNumbers": self.phone_numbers.iter().map(PhoneNumber::json).collect::<Vec<_>>(),
            "addresses": self.addresses.iter().map(Address::json).collect::<Vec<_>>(),
        });
        if let Value::Object(members) = details { members } else { Map::new() }
    }
}

impl PhoneNumber {
    fn read(id: SmolStr, members: &Map<String, Value>) -> Self {
        Self {
            id,
            number: text(members, "number").unwrap_or_default(),
            extension: text(members, "extension"),
            kind: text(members, "type").unwrap_or_else(|| SmolStr::new_static("Main")),
        }
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "number": self.number,
            "extension": self.extension,
            "type": self.kind,
        })
    }
}

impl Address {
    fn read(id: SmolStr, members: &Map<String, Value>) -> Self {
        let nothing = Map::new();
        let place = members.get("address").and_then(Value::as_object).unwrap_or(&nothing);
        let needed = |name| text(place, name).unwrap_or_default();
        let types = members
            .get("types")
            .and_then(Value::as_array)
            .map(|types| types.iter().filter_map(Value::as_str).map(SmolStr::new).collect());
        Self {
            id,
            types: types.unwrap_or_else(|| [SmolStr::new_static("Main")].into()),
            cross_street: text(members, "crossStreet"),
            lock_box: text(members, "lockBox"),
            line_1: needed("addressLine1"),
            line_2: text(place, "addressLine2"),
            city: needed("city"),
            state_province_code: needed("stateProvinceCode"),
            postal_code: needed("postalCode"),
            country_code: needed("countryCode"),
        }
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "types": self.types,
            "crossStreet": self.cross_street,
            "lockBox": self.lock_box,
            "address": {
                "addressLine1": self.line_1,
                "addressLine2": self.line_2,
                "city": self.city,
                "stateProvinceCode": self.state_province_code,
                "postalCode": self.postal_code,
                "countryCode": self.country_code,
            },
        })
    }
}

impl Account {
    /// The display model, in which the password has no place (facts §4.1).
    pub(super) fn json(&self, person_id: &str) -> Value {
        let mut members = Map::new();
        members.insert("id".to_owned(), self.id.as_str().into());
        members.insert("personId".to_owned(), person_id.into());
        members.insert("emailAddress".to_owned(), self.email_address.as_str().into());
        members.insert("status".to_owned(), self.status.name().into());
        let sent = self.credentials_sent_at.map(moment);
        members.insert("credentialsSentAt".to_owned(), sent.into());
        self.info.add_to(&mut members);
        Value::Object(members)
    }
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::Confirmed => "CONFIRMED",
            Self::ResetRequired => "RESET_REQUIRED",
        }
    }
}

impl Info {
    /// What a fresh entity has (facts §2.2).
    pub(super) fn new(now: Timestamp, by: &SmolStr) -> Self {
        Self {
            archived: Mark { is_set: false, changed_at: None },
            active: Mark { is_set: true, changed_at: None },
            created_at: now,
            created_by: by.clone(),
            updated_at: now,
            updated_by: by.clone(),
        }
    }

    /// Remembers a change.
    pub(super) fn touch(&mut self, now: Timestamp, by: &SmolStr) {
        self.updated_at = now;
        self.updated_by.clone_from(by);
    }

    fn add_to(&self, members: &mut Map<String, Value>) {
        let archive = json!({
            "archived": self.archived.is_set,
            "archivedStatusChangedAt": self.archived.changed_at.map(moment),
        });
        let audit = json!({
            "createdAt": moment(self.created_at),
            "createdBy": self.created_by,
            "updatedAt": moment(self.updated_at),
            "updatedBy": self.updated_by,
        });
        let active = json!({
            "active": self.active.is_set,
            "activeStatusChangedAt": self.active.changed_at.map(moment),
        });
        members.insert("archiveInfo".to_owned(), archive);
        members.insert("auditInfo".to_owned(), audit);
        members.insert("activeInfo".to_owned(), active);
    }
}

/// A person with its display model, which is the same for every caller and so written only once.
pub(super) struct Stored {
    pub(super) person: Person,
    body: OnceLock<Bytes>,
}

/// What is written follows from the person and makes no difference between two.
impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        self.person == other.person
    }
}

impl Stored {
    pub(super) fn new(person: Person) -> Self {
        Self { person, body: OnceLock::new() }
    }

    /// The display model as it is sent.
    pub(super) fn body(&self) -> Bytes {
        self.body.get_or_init(|| self.person.json().to_string().into()).clone()
    }
}

impl Row for Stored {
    // No operation of this vendor lists people.
    const ORDERS: &'static [&'static [usize]] = &[&[0]];

    fn key(&self) -> &str {
        &self.person.id
    }

    fn has(&self, _: usize) -> bool {
        true
    }

    fn compare(&self, other: &Self, _: usize) -> Ordering {
        self.person.id.cmp(&other.person.id)
    }
}

/// A moment as the vendor writes it: UTC, with milliseconds.
pub(super) fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// An address as it is stored and compared (facts §4.0 A-MAIL).
pub(super) fn email(text: &str) -> SmolStr {
    text.trim().to_lowercase().into()
}

/// A new id: a UUID in lower case.
pub(super) fn id(uuid: Uuid) -> SmolStr {
    SmolStr::new(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

/// An id as it is stored and compared: shared with what was written where that is the same.
pub(super) fn stored_id(written: &SmolStr) -> SmolStr {
    if written.bytes().any(|byte| byte.is_ascii_uppercase()) {
        written.to_ascii_lowercase().into()
    } else {
        written.clone()
    }
}

/// Whether a text has the form of a UUID, whatever its version: so does Nest's `ParseUUIDPipe`.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A member that is a string.
pub(super) fn text(members: &Map<String, Value>, name: &str) -> Option<SmolStr> {
    members.get(name).and_then(Value::as_str).map(SmolStr::new)
}
