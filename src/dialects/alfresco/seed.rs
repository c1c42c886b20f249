//! The fixtures of this vendor (format: `fixtures/README.md`).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use uuid::Uuid;

use super::dictionary::{Dictionary, Model};
use super::person::{self, Avatar, COMPANY, EMAIL, FIRST_NAME, LAST_NAME, Person, TEXTS};
use super::sniff::sniff;
use super::{Alfresco, picture};
use crate::clock;
use crate::dialects::{Dialect, Seed};
use crate::fixtures::{Folder, LoadError, Origin, Record, Step};
use crate::store::SeedRows;

/// What fixtures made of a repository.
pub(super) struct AlfrescoSeed {
    pub people: Arc<SeedRows<Person>>,
    pub server: Server,
    pub dictionary: Dictionary,
}

impl AlfrescoSeed {
    /// The lifetime of a ticket in milliseconds.
    pub(super) fn ticket_ms(&self) -> i64 {
        i64::try_from(self.server.ticket_lifetime.as_millis()).unwrap_or(i64::MAX)
    }
}

/// `alfresco/server.json`: how this repository is set up.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Server {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    /// Whether avatars are rendered; 501 if not.
    pub thumbnails: bool,
    /// The largest avatar in bytes; 413 past it.
    pub max_content_bytes: Option<u64>,
    /// Everybody's quota in bytes, which switches usages on; 507 past it.
    pub storage_quota_bytes: Option<u64>,
    /// The clients that may ask for a password reset.
    pub reset_clients: Vec<String>,
    /// The scheme that a 401 asks for.
    pub challenge: Challenge,
    /// Whether an avatar that isn't there is a placeholder unless the client says otherwise. The
    /// published reference says true; the vendor's code says false (RI:543).
    pub placeholder_default: bool,
    /// How long a password reset can be finished.
    #[serde(deserialize_with = "clock::deserialize_duration")]
    pub reset_lifetime: SignedDuration,
    /// How long an unused ticket lives.
    #[serde(deserialize_with = "clock::deserialize_duration")]
    pub ticket_lifetime: SignedDuration,
    /// Custom content models.
    pub models: Vec<Model>,
}

/// The scheme that a 401 asks for (`alfresco.restApi.basicAuthScheme`).
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum Challenge {
    /// One that makes no browser ask the user.
    AlfTicket,
    Basic,
}

impl Challenge {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AlfTicket => "AlfTicket",
            Self::Basic => "Basic",
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            _schema: None,
            thumbnails: true,
            max_content_bytes: None,
            storage_quota_bytes: None,
            reset_clients: vec!["share".to_owned(), "workspace".to_owned()],
            challenge: Challenge::AlfTicket,
            placeholder_default: true,
            reset_lifetime: SignedDuration::from_hours(1),
            ticket_lifetime: SignedDuration::from_hours(1),
            models: Vec::new(),
        }
    }
}

/// A person in `alfresco/people.json`: the vendor's create shape, and what only a fixture can say.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PersonFixture {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    description: Option<String>,
    email: Option<String>,
    skype_id: Option<String>,
    google_id: Option<String>,
    instant_message_id: Option<String>,
    job_title: Option<String>,
    location: Option<String>,
    #[serde(default)]
    company: CompanyFixture,
    mobile: Option<String>,
    telephone: Option<String>,
    user_status: Option<String>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default = "yes")]
    email_notifications_enabled: bool,
    #[serde(default)]
    properties: HashMap<String, Value>,
    #[serde(default)]
    aspect_names: Vec<Option<String>>,
    password: Option<String>,
    #[serde(default)]
    admin: bool,
    avatar: Option<AvatarFixture>,
    avatar_id: Option<Uuid>,
    #[serde(default, deserialize_with = "vendor_date")]
    status_updated_at: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyFixture {
    organization: Option<String>,
    address1: Option<String>,
    address2: Option<String>,
    address3: Option<String>,
    postcode: Option<String>,
    telephone: Option<String>,
    fax: Option<String>,
    email: Option<String>,
}

/// A file in `avatars/`, or the picture itself.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AvatarFixture {
    File(String),
    Inline(InlineAvatar),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InlineAvatar {
    base64: String,
}

fn yes() -> bool {
    true
}

/// A date in the vendor's own form, or in RFC 3339's.
fn vendor_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let date = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", &text).or_else(|_| text.parse());
    date.map(Some).map_err(|_| {
        serde::de::Error::custom(format!(
            "`{text}` is not a date; expected one as 2011-02-15T20:20:13.432+0000"
        ))
    })
}

/// Reads the folder `alfresco`.
pub(super) fn load(folder: &Folder<'_>) -> Result<Arc<dyn Seed>, Vec<LoadError>> {
    let server: Server = folder.object("server.json").map_err(|error| vec![error])?;
    let dictionary = Dictionary::new(&server.models)
        .map_err(|message| vec![folder.error_in("server.json", "models", message)])?;
    let records = folder.records::<PersonFixture>("people.json", |person| {
        person::key_of(&person.id).into_owned()
    })?;
    let mut people = Vec::with_capacity(records.len());
    let mut errors = Vec::new();
    for record in records {
        match read(folder, &dictionary, record) {
            Ok(person) => people.push(person),
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Arc::new(AlfrescoSeed { people: Arc::new(SeedRows::new(people)), server, dictionary }))
}

impl Seed for AlfrescoSeed {
    fn world(self: Arc<Self>) -> Arc<dyn Dialect> {
        Arc::new(Alfresco::new(self))
    }
}

fn read(
    folder: &Folder<'_>,
    dictionary: &Dictionary,
    record: Record<PersonFixture>,
) -> Result<Person, Vec<LoadError>> {
    let Record { value: fixture, origin } = record;
    let mut errors = Vec::new();
    let mut complain = |member: &str, message: String| {
        errors.push(folder.error(&origin, &[Step::Member(member.to_owned())], message));
    };
    if fixture.id.trim().is_empty() {
        complain("id", "a person needs an `id`".to_owned());
    }
    let aspects = dictionary.aspects(&fixture.aspect_names).unwrap_or_else(|problem| {
        complain("aspectNames", problem.parts().2);
        Vec::new()
    });
    let mut properties: Vec<_> = fixture.properties.into_iter().collect();
    properties.sort_by(|a, b| a.0.cmp(&b.0));
    let properties = dictionary.properties(&properties).unwrap_or_else(|problem| {
        complain("properties", problem.parts().2);
        Vec::new()
    });
    let avatar = match fixture
        .avatar
        .map(|it| avatar(folder, &origin, it, &fixture.id, fixture.avatar_id))
    {
        Some(Err(error)) => {
            errors.push(error);
            None
        }
        Some(Ok(avatar)) => Some(Arc::new(avatar)),
        None => None,
    };
    if !errors.is_empty() {
        return Err(errors);
    }

    let mut person = Person {
        key: person::key_of(&fixture.id).into(),
        id: fixture.id.into(),
        enabled: fixture.enabled,
        email_notifications: fixture.email_notifications_enabled,
        password: fixture.password.map(Into::into),
        is_admin: fixture.admin,
        avatar,
        status_updated_at: fixture.status_updated_at,
        ..Person::default()
    };
    let boxed = |text: Option<String>| text.map(String::into_boxed_str);
    let CompanyFixture { organization, address1, address2, address3, postcode, .. } =
        fixture.company;
    person.company = [
        organization,
        address1,
        address2,
        address3,
        postcode,
        fixture.company.telephone,
        fixture.company.fax,
        fixture.company.email,
    ]
    .map(boxed);
    person.texts = [
        fixture.first_name,
        fixture.last_name,
        fixture.description,
        fixture.email,
        fixture.skype_id,
        fixture.google_id,
        fixture.instant_message_id,
        fixture.job_title,
        fixture.location,
        fixture.mobile,
        fixture.telephone,
        fixture.user_status,
    ]
    .map(boxed);
    person.add_aspects(&aspects);
    person.set_properties(dictionary, properties);
    Ok(person)
}

fn avatar(
    folder: &Folder<'_>,
    origin: &Origin,
    fixture: AvatarFixture,
    id: &str,
    avatar_id: Option<Uuid>,
) -> Result<Avatar, LoadError> {
    let steps = [Step::Member("avatar".to_owned())];
    let bytes = match fixture {
        AvatarFixture::File(name) => folder.file_beside(origin, "avatar", "avatars", &name)?,
        AvatarFixture::Inline(inline) => STANDARD
            .decode(&inline.base64)
            .map_err(|error| folder.error(origin, &steps, format!("is not Base64: {error}")))?
            .into(),
    };
    let png = picture::thumbnail(&bytes).map_err(|error| {
        let sniffed = sniff(&bytes);
        folder.error(
            origin,
            &steps,
            format!("is no picture that can be shown ({sniffed}): {error}"),
        )
    })?;
    Ok(Avatar {
        // The same for the same person in every run, so that a fixture needn't say it.
        id: avatar_id.unwrap_or_else(|| stable_id(id)),
        png: png.into(),
        uploaded: bytes.len() as u64,
        modified: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_297_800_000),
    })
}

fn stable_id(id: &str) -> Uuid {
    let hash = id.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    uuid::Builder::from_random_bytes(hash.to_be_bytes()).into_uuid()
}

const _: () = {
    // The fixture's members are listed above in the order of these tables.
    assert!(TEXTS.len() == 12 && COMPANY.len() == 8);
    assert!(FIRST_NAME == 0 && LAST_NAME == 1 && EMAIL == 3);
};
