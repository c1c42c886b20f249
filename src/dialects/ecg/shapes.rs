//! What the files of fixtures may hold, and the records that become of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use smol_str::SmolStr;

use super::audit_trails::{Action, Entity, Entry};
use super::auth::{Caller, Tokens};
use super::password::Password;
use super::person::{
    self, Account, Address, Details, Info, Mark, Person, PhoneNumber, Status, email, is_uuid,
    stored_id,
};

/// A person: the display model, and the account's password.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PersonShape {
    pub(super) id: SmolStr,
    first_name: SmolStr,
    last_name: SmolStr,
    nick_name: Option<SmolStr>,
    pub(super) date_of_birth: Option<SmolStr>,
    pub(super) contact_email_address: Option<SmolStr>,
    #[serde(default)]
    is_provider: bool,
    locale: Option<SmolStr>,
    timezone_id: Option<SmolStr>,
    pub(super) organization_id: Option<SmolStr>,
    #[serde(default)]
    phone_numbers: Box<[PhoneNumberShape]>,
    #[serde(default)]
    addresses: Box<[AddressShape]>,
    pub(super) account: Option<Box<AccountShape>>,
    #[serde(default)]
    pub(super) archive_info: ArchiveShape,
    audit_info: Option<AuditShape>,
    #[serde(default)]
    active_info: ActiveShape,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PhoneNumberShape {
    id: Option<SmolStr>,
    number: SmolStr,
    extension: Option<SmolStr>,
    r#type: Option<SmolStr>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AddressShape {
    id: Option<SmolStr>,
    types: Option<Box<[SmolStr]>>,
    cross_street: Option<SmolStr>,
    lock_box: Option<SmolStr>,
    address: PlaceShape,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlaceShape {
    address_line1: SmolStr,
    address_line2: Option<SmolStr>,
    city: SmolStr,
    state_province_code: SmolStr,
    postal_code: SmolStr,
    country_code: SmolStr,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AccountShape {
    pub(super) id: Option<SmolStr>,
    pub(super) email_address: SmolStr,
    /// In plain text. Without one nobody knows the old password.
    password: Option<Password>,
    status: Status,
    credentials_sent_at: Option<Timestamp>,
    #[serde(default)]
    archive_info: ArchiveShape,
    audit_info: Option<AuditShape>,
    #[serde(default)]
    active_info: ActiveShape,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ArchiveShape {
    pub(super) archived: bool,
    archived_status_changed_at: Option<Timestamp>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ActiveShape {
    active: bool,
    active_status_changed_at: Option<Timestamp>,
}

impl Default for ActiveShape {
    fn default() -> Self {
        Self { active: true, active_status_changed_at: None }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuditShape {
    created_at: Timestamp,
    created_by: SmolStr,
    updated_at: Timestamp,
    updated_by: SmolStr,
}

/// An entry: the display model.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EntryShape {
    pub(super) id: SmolStr,
    action: Action,
    entity_name: Entity,
    pub(super) entity_id: SmolStr,
    pub(super) person_id: SmolStr,
    old_value: Option<Map<String, Value>>,
    new_value: Option<Map<String, Value>>,
    modified_at: Timestamp,
    modified_by: SmolStr,
}

/// Tokens that are no JWTs.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokensShape {
    /// The schema of this file, for editors.
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    /// Callers by their tokens.
    #[serde(default)]
    tokens: BTreeMap<String, TokenShape>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenShape {
    /// The id of the caller.
    #[serde(deserialize_with = "uuid")]
    #[schemars(with = "uuid::Uuid")]
    person_id: SmolStr,
    /// The groups that the caller is in, as `ecgAdmin`.
    #[serde(default)]
    groups: Vec<String>,
}

/// How this server is set up.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ServerShape {
    /// The schema of this file, for editors.
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    /// The key that JWTs are signed with (HS256); without one no signature is checked.
    #[serde(default, deserialize_with = "key")]
    #[schemars(extend("minLength" = 1))]
    pub(super) jwt_key: Option<String>,
}

fn uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SmolStr, D::Error> {
    let text = SmolStr::deserialize(deserializer)?;
    if is_uuid(&text) {
        return Ok(stored_id(&text));
    }
    Err(serde::de::Error::custom(format!("`{text}` must be a UUID")))
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let key = Option::<String>::deserialize(deserializer)?;
    if key.as_ref().is_some_and(String::is_empty) {
        let message =
            "a key must not be empty; leave it out, or say null, for unchecked signatures";
        return Err(serde::de::Error::custom(message));
    }
    Ok(key)
}

impl TokensShape {
    /// The record, once it has been checked.
    pub(super) fn tokens(self, key: Option<String>) -> Tokens {
        let caller = |it: TokenShape| Caller::new(it.person_id, &it.groups);
        Tokens::new(self.tokens.into_iter().map(|(text, it)| (text, caller(it))).collect(), key)
    }
}

impl PersonShape {
    /// The record, once it has been checked.
    pub(super) fn person(self) -> Person {
        let id = stored_id(&self.id);
        let account = self.account.map(|it| Box::new(it.account(&id)));
        let phone_numbers = self.phone_numbers.into_iter().enumerate();
        let addresses = self.addresses.into_iter().enumerate();
        Person {
            details: Details {
                first_name: self.first_name,
                last_name: self.last_name,
                nick_name: self.nick_name,
                date_of_birth: self.date_of_birth,
                contact_email_address: self.contact_email_address.map(|it| email(&it)),
                is_provider: self.is_provider,
                locale: self.locale.unwrap_or_else(|| SmolStr::new_static("en-US")),
                timezone_id: self.timezone_id,
                organization_id: self.organization_id,
                phone_numbers: phone_numbers
                    .map(|(index, it)| PhoneNumber {
                        id: it.id.unwrap_or_else(|| derived(&id, 1, index)),
                        number: it.number,
                        extension: it.extension,
                        kind: it.r#type.unwrap_or_else(|| SmolStr::new_static("Main")),
                    })
                    .collect(),
                addresses: addresses
                    .map(|(index, it)| Address {
                        id: it.id.unwrap_or_else(|| derived(&id, 2, index)),
                        types: it.types.unwrap_or_else(|| [SmolStr::new_static("Main")].into()),
                        cross_street: it.cross_street,
                        lock_box: it.lock_box,
                        line_1: it.address.address_line1,
                        line_2: it.address.address_line2,
                        city: it.address.city,
                        state_province_code: it.address.state_province_code,
                        postal_code: it.address.postal_code,
                        country_code: it.address.country_code,
                    })
                    .collect(),
            },
            account,
            info: info(&id, &self.archive_info, self.audit_info, &self.active_info),
            id,
        }
    }
}

impl AccountShape {
    fn account(self, person_id: &SmolStr) -> Account {
        Account {
            id: self.id.map_or_else(|| derived(person_id, 3, 0), |it| stored_id(&it)),
            email_address: email(&self.email_address),
            // An old password can't be empty, so that this is nobody's.
            password: self.password.unwrap_or_else(|| Password::new("")),
            status: self.status,
            credentials_sent_at: self.credentials_sent_at,
            info: info(person_id, &self.archive_info, self.audit_info, &self.active_info),
        }
    }
}

impl EntryShape {
    /// The record, once it has been checked.
    pub(super) fn entry(self) -> Entry {
        Entry {
            id: self.id,
            action: self.action,
            entity: self.entity_name,
            entity_id: self.entity_id,
            person_id: stored_id(&self.person_id),
            old_value: self.old_value.map(masked),
            new_value: self.new_value.map(masked),
            modified_at: self.modified_at,
            modified_by: self.modified_by,
        }
    }
}

/// Whatever a fixture says, no audit value shows a password.
fn masked(mut value: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in &mut value {
        if name.to_ascii_lowercase().contains("password") {
            *value = "***".into();
        }
    }
    value
}

fn info(
    person_id: &SmolStr,
    archive: &ArchiveShape,
    audit: Option<AuditShape>,
    active: &ActiveShape,
) -> Info {
    /// When somebody was made of whom the fixture doesn't say it: 2024-01-01T00:00:00Z.
    const LONG_AGO: i64 = 1_704_067_200;
    let made = Timestamp::from_second(LONG_AGO).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut info = Info::new(made, person_id);
    info.archived =
        Mark { is_set: archive.archived, changed_at: archive.archived_status_changed_at };
    info.active = Mark { is_set: active.active, changed_at: active.active_status_changed_at };
    if let Some(audit) = audit {
        (info.created_at, info.created_by) = (audit.created_at, audit.created_by);
        (info.updated_at, info.updated_by) = (audit.updated_at, audit.updated_by);
    }
    info
}

/// An id for something of which the fixture doesn't say it: always the same for the same place.
fn derived(person_id: &str, kind: u128, index: usize) -> SmolStr {
    /// Spreads the bits; any large odd number does.
    const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let person = uuid::Uuid::parse_str(person_id).unwrap_or_default().as_u128();
    let place = person.wrapping_add(kind << 64).wrapping_add(index as u128 + 1);
    let bits = place.wrapping_mul(SPREAD).rotate_left(61).wrapping_mul(SPREAD);
    person::id(uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
}
