//! The fixtures of this vendor (format: `fixtures/README.md`).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use smol_str::SmolStr;
use uuid::Uuid;

use super::dictionary::{Dictionary, Model};
use super::person::{self, Avatar, COMPANY, EMAIL, FIRST_NAME, Headers, LAST_NAME, Person, TEXTS};
use super::sniff::sniff;
use super::{Alfresco, picture};
use crate::clock::deserialize_duration;
use crate::dialects::{Dialect, Loaded, Seed, downcast};
use crate::fixtures::{Difference, FixtureFile, Folder, Origin, Record, Step, deserialize_date};
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

/// The files of the folder `alfresco`.
pub(super) const FILES: &[FixtureFile] = &[
    FixtureFile::object::<Server>("server.json"),
    FixtureFile::records::<PersonFixture>("people.json", "people"),
];

/// How this repository is set up.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Server {
    /// The schema of this file, for editors.
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
    /// Whether an avatar that isn't there is a placeholder unless the client says otherwise.
    // The published reference says true; the vendor's code says false (RI:543).
    pub placeholder_default: bool,
    /// How long a password reset can be finished.
    #[serde(deserialize_with = "deserialize_duration")]
    #[schemars(with = "String", extend("format" = "x-duration"))]
    pub reset_lifetime: SignedDuration,
    /// How long an unused ticket lives.
    #[serde(deserialize_with = "deserialize_duration")]
    #[schemars(with = "String", extend("format" = "x-duration"))]
    pub ticket_lifetime: SignedDuration,
    /// Custom content models.
    pub models: Vec<Model>,
}

/// The scheme that a 401 asks for (`alfresco.restApi.basicAuthScheme`).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) enum Challenge {
    /// One that makes no browser ask the user.
    AlfTicket,
    /// One that makes a browser ask.
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

/// A person: the vendor's create shape, and what only a fixture can say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PersonFixture {
    /// The user name; matched in any letter case.
    id: SmolStr,
    first_name: Option<SmolStr>,
    /// `""` sorts first and is left out of answers; who has none is left out of lists by last name.
    last_name: Option<SmolStr>,
    description: Option<SmolStr>,
    email: Option<SmolStr>,
    skype_id: Option<SmolStr>,
    google_id: Option<SmolStr>,
    instant_message_id: Option<SmolStr>,
    job_title: Option<SmolStr>,
    location: Option<SmolStr>,
    #[serde(default)]
    company: CompanyFixture,
    mobile: Option<SmolStr>,
    telephone: Option<SmolStr>,
    user_status: Option<SmolStr>,
    /// Whether the person may log in; administrators always may.
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default = "yes")]
    email_notifications_enabled: bool,
    /// Custom properties by their prefixed names, as `exif:model`.
    #[serde(default)]
    properties: HashMap<String, Value>,
    /// Custom aspects by their prefixed names, as `exif:exif`.
    #[serde(default)]
    aspect_names: Vec<String>,
    /// In plain text. A person without one has no credential.
    password: Option<SmolStr>,
    /// Whether the person is an administrator.
    #[serde(default)]
    admin: bool,
    avatar: Option<AvatarFixture>,
    /// The id of the avatar's rendition; made of the person's id if it isn't said.
    avatar_id: Option<Uuid>,
    /// When the status was set, as `2011-02-15T20:20:13.432+0000`.
    #[serde(default, deserialize_with = "deserialize_date")]
    #[schemars(with = "Option<String>", extend("format" = "x-date"))]
    status_updated_at: Option<Timestamp>,
}

/// The person's company.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CompanyFixture {
    organization: Option<SmolStr>,
    address1: Option<SmolStr>,
    address2: Option<SmolStr>,
    address3: Option<SmolStr>,
    postcode: Option<SmolStr>,
    telephone: Option<SmolStr>,
    fax: Option<SmolStr>,
    email: Option<SmolStr>,
}

/// A picture.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum AvatarFixture {
    /// The name of a file in `avatars/`.
    File(String),
    /// The picture itself.
    Inline(InlineAvatar),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InlineAvatar {
    /// The bytes of a PNG, JPEG, GIF, BMP or WebP.
    base64: String,
}

fn yes() -> bool {
    true
}

/// Reads the folder `alfresco`.
pub(super) fn load(folder: &Folder<'_>) -> Loaded {
    let server: Server = folder.object("server.json");
    let dictionary = Dictionary::new(&server.models).map_err(|(steps, message)| {
        let member = [Step::Member("models".to_owned())];
        let steps: Vec<_> = member.into_iter().chain(steps).collect();
        folder.note(folder.error_in("server.json", &steps, message));
    });
    // Names of models that can't be read would all seem unknown.
    let dictionary = dictionary.ok().filter(|_| folder.is_whole("server.json"));
    let records =
        folder.records::<PersonFixture>("people.json", |person| person::key_of(&person.id).into());
    let mut reader = Reader { folder, dictionary: dictionary.as_ref(), pictures: HashMap::new() };
    let people = SeedRows::new(records.into_iter().map(|record| reader.person(record)));
    Ok(Arc::new(AlfrescoSeed {
        people: Arc::new(people),
        server,
        dictionary: dictionary.unwrap_or_default(),
    }))
}

impl Seed for AlfrescoSeed {
    fn world(self: Arc<Self>) -> Arc<dyn Dialect> {
        Arc::new(Alfresco::new(self))
    }

    fn difference(&self, old: Arc<dyn Seed>) -> Difference {
        let mut difference = Difference::default();
        if let Some(old) = downcast::<Self>(old) {
            difference.object("alfresco/server.json", &self.server, &old.server);
            difference.rows("alfresco/people.json", &self.people, &old.people);
        }
        difference
    }
}

/// Makes people of records, and notes what the types couldn't see.
struct Reader<'a> {
    folder: &'a Folder<'a>,
    /// None if it can't be trusted.
    dictionary: Option<&'a Dictionary>,
    /// Renditions by the picture: many people may have the same.
    pictures: HashMap<Bytes, Result<Bytes, String>>,
}

impl Reader<'_> {
    fn person(&mut self, record: Record<PersonFixture>) -> Person {
        let Record { value: mut fixture, origin } = record;
        if fixture.id.trim().is_empty() {
            self.refuse(&origin, ["id"], "a person needs an `id`".to_owned());
        }
        let avatar = fixture.avatar.take().and_then(|picture| {
            let id = fixture.avatar_id.unwrap_or_else(|| stable_id(&fixture.id));
            self.avatar(&origin, picture, id)
        });
        let (id, key) = person::named(&fixture.id);
        let mut person = Person {
            key,
            id,
            enabled: fixture.enabled,
            email_notifications: fixture.email_notifications_enabled,
            password: fixture.password.as_deref().map(Into::into),
            is_admin: fixture.admin,
            avatar: avatar.map(Arc::new),
            status_updated_at: fixture.status_updated_at,
            ..Person::default()
        };
        self.custom(&mut person, &origin, &fixture.aspect_names, fixture.properties);
        let company = fixture.company;
        person.company = [
            company.organization,
            company.address1,
            company.address2,
            company.address3,
            company.postcode,
            company.telephone,
            company.fax,
            company.email,
        ]
        .each_ref()
        .map(Option::as_deref)
        .into();
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
        .each_ref()
        .map(Option::as_deref)
        .into();
        person
    }

    /// Custom aspects and properties, each checked for itself, so that each that is wrong is told.
    fn custom(
        &self,
        person: &mut Person,
        origin: &Origin,
        aspect_names: &[String],
        properties: HashMap<String, Value>,
    ) {
        let Some(dictionary) = self.dictionary else { return };
        let mut aspects = Vec::with_capacity(aspect_names.len());
        for (index, name) in aspect_names.iter().enumerate() {
            match dictionary.aspects(&[Some(name.clone())]) {
                Ok(found) => aspects.extend(found),
                Err(problem) => {
                    let steps = [Step::Member("aspectNames".to_owned()), Step::Index(index)];
                    let message = problem.parts().2 + &dictionary.like(name, true);
                    self.folder.refuse(origin, &steps, message);
                }
            }
        }
        let mut set = Vec::with_capacity(properties.len());
        let mut properties: Vec<_> = properties.into_iter().collect();
        properties.sort_by(|a, b| a.0.cmp(&b.0));
        for property in properties {
            match dictionary.properties(std::slice::from_ref(&property)) {
                Ok(found) => set.extend(found),
                Err(problem) => {
                    let message = problem.parts().2 + &dictionary.like(&property.0, false);
                    self.refuse(origin, ["properties", &property.0], message);
                }
            }
        }
        person.add_aspects(&aspects);
        person.set_properties(dictionary, set);
    }

    fn avatar(&mut self, origin: &Origin, fixture: AvatarFixture, id: Uuid) -> Option<Avatar> {
        let bytes = match fixture {
            AvatarFixture::File(name) => {
                self.folder.file_beside(origin, "avatar", "avatars", &name).map_err(|error| {
                    self.folder.note(error);
                })
            }
            AvatarFixture::Inline(inline) => {
                STANDARD.decode(&inline.base64).map(Bytes::from).map_err(|error| {
                    let message = format!("this is not Base64: {error}");
                    self.refuse(origin, ["avatar", "base64"], message);
                })
            }
        };
        let bytes = bytes.ok()?;
        let png = self.pictures.entry(bytes.clone()).or_insert_with(|| {
            picture::thumbnail(&bytes).map(Bytes::from).map_err(|error| {
                let sniffed = sniff(&bytes);
                format!("this is no picture that can be shown ({sniffed}): {error}")
            })
        });
        match png {
            Ok(png) => Some(Avatar {
                id,
                png: png.clone(),
                uploaded: bytes.len() as u64,
                modified: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_297_800_000),
                headers: Headers::default(),
            }),
            Err(message) => {
                let message = message.clone();
                self.refuse(origin, ["avatar"], message);
                None
            }
        }
    }

    fn refuse<const N: usize>(&self, origin: &Origin, members: [&str; N], message: String) {
        let steps = members.map(|name| Step::Member(name.to_owned()));
        self.folder.refuse(origin, &steps, message);
    }
}

/// The same for the same person in every run, so that a fixture needn't say it.
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
