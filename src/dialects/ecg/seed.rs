//! Fixtures of this vendor: people, audit trails, tokens and the server's key.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::Ecg;
use super::audit_trails::{Entry, Trail};
use super::auth::Tokens;
use super::person::{Stored, email, is_uuid};
use super::shapes::{EntryShape, PersonShape, ServerShape, TokensShape};
use super::taken::Taken;
use super::validation::{day, is_email};
use crate::dialects::{Dialect, Loaded, Seed, downcast};
use crate::fixtures::{Difference, FixtureFile, Folder, Origin, Record, Step};
use crate::store::SeedRows;

/// What the fixtures gave: shared by every session, whatever its size.
pub(super) struct EcgSeed {
    pub(super) people: Arc<SeedRows<Stored>>,
    pub(super) contacts: Arc<SeedRows<Taken>>,
    pub(super) logins: Arc<SeedRows<Taken>>,
    pub(super) trails: Arc<SeedRows<Trail>>,
    pub(super) tokens: Tokens,
}

impl Seed for EcgSeed {
    fn world(self: Arc<Self>) -> Arc<dyn Dialect> {
        Arc::new(Ecg::new(self))
    }

    fn difference(&self, old: Arc<dyn Seed>) -> Difference {
        let mut difference = Difference::default();
        if let Some(old) = downcast::<Self>(old) {
            difference.rows("ecg/people.json", &self.people, &old.people);
            // Named by the people whose trails they are.
            difference.rows("ecg/audit-trails.json", &self.trails, &old.trails);
            // Together with the key of `server.json`, which is a kind of token too.
            difference.object("ecg/tokens.json", &self.tokens, &old.tokens);
        }
        difference
    }
}

/// The files of the folder `ecg`.
pub(super) const FILES: &[FixtureFile] = &[
    FixtureFile::records::<PersonShape>("people.json", "people"),
    FixtureFile::records::<EntryShape>("audit-trails.json", "auditTrails"),
    FixtureFile::object::<TokensShape>("tokens.json"),
    FixtureFile::object::<ServerShape>("server.json"),
];

/// Reads the folder `ecg`.
pub(super) fn load(folder: &Folder<'_>) -> Loaded {
    let people = folder.records("people.json", |it: &PersonShape| it.id.to_ascii_lowercase());
    let trails = folder.records("audit-trails.json", |it: &EntryShape| it.id.to_ascii_lowercase());
    let tokens: TokensShape = folder.object("tokens.json");
    let server: ServerShape = folder.object("server.json");

    let check = Check { folder };
    let (contacts, logins) = check.people(&people);
    check.trails(&trails, &people);
    let people = people.into_iter().map(|it| Stored::new(it.value.person()));
    Ok(Arc::new(EcgSeed {
        people: Arc::new(SeedRows::new(people)),
        contacts: Arc::new(SeedRows::new(contacts)),
        logins: Arc::new(SeedRows::new(logins)),
        trails: Arc::new(SeedRows::new(by_person(trails))),
        tokens: tokens.tokens(server.jwt_key),
    }))
}

fn by_person(records: Vec<Record<EntryShape>>) -> impl Iterator<Item = Trail> {
    let mut trails = HashMap::<String, Vec<Entry>>::new();
    for record in records {
        let entry = record.value.entry();
        trails.entry(entry.person_id.clone()).or_default().push(entry);
    }
    trails.into_iter().map(|(person_id, entries)| Trail::new(person_id, entries))
}

/// Who has an e-mail address.
type Holders = HashMap<String, String, RandomState>;

/// What types can't say about fixtures.
struct Check<'a> {
    folder: &'a Folder<'a>,
}

impl Check<'_> {
    fn refuse(&self, origin: &Origin, members: &[&str], message: String) {
        let steps: Vec<_> = members.iter().map(|&it| Step::Member(it.to_owned())).collect();
        self.folder.refuse(origin, &steps, message);
    }

    fn id(&self, origin: &Origin, members: &[&str], id: &str) {
        if !is_uuid(id) {
            self.refuse(origin, members, format!("`{id}` must be a UUID"));
        }
    }

    /// Checks everybody; the e-mail addresses that are taken come back.
    fn people(&self, people: &[Record<PersonShape>]) -> (Vec<Taken>, Vec<Taken>) {
        let (mut contacts, mut logins) = (Holders::default(), Holders::default());
        for Record { value, origin } in people {
            self.id(origin, &["id"], &value.id);
            if let Some(id) = &value.organization_id {
                self.id(origin, &["organizationId"], id);
            }
            if let Some(date) = value.date_of_birth.as_deref().filter(|it| day(it).is_none()) {
                let message = format!("`{date}` must be a day, as 1950-02-03");
                self.refuse(origin, &["dateOfBirth"], message);
            }
            let id = value.id.to_ascii_lowercase();
            if let Some(address) = &value.contact_email_address {
                // An archived person's address may be another's too.
                let holders = (!value.archive_info.archived).then_some(&mut contacts);
                self.email(origin, &["contactEmailAddress"], address, &id, holders);
            }
            if let Some(account) = &value.account {
                let address = &account.email_address;
                let members = ["account", "emailAddress"];
                self.email(origin, &members, address, &id, Some(&mut logins));
                if let Some(id) = &account.id {
                    self.id(origin, &["account", "id"], id);
                }
            }
        }
        let taken = |holders: Holders| {
            holders.into_iter().map(|(email, person_id)| Taken { email, person_id }).collect()
        };
        (taken(contacts), taken(logins))
    }

    fn email(
        &self,
        origin: &Origin,
        members: &[&str],
        address: &str,
        person_id: &str,
        holders: Option<&mut Holders>,
    ) {
        if !is_email(address.trim()) {
            self.refuse(origin, members, format!("`{address}` must be an e-mail address"));
        } else if let Some(holders) = holders
            && let Some(other) = holders.insert(email(address), person_id.to_owned())
        {
            let message = format!("`{address}` is taken by person {other}");
            self.refuse(origin, members, message);
        }
    }

    fn trails(&self, trails: &[Record<EntryShape>], people: &[Record<PersonShape>]) {
        let known: HashSet<_, RandomState> =
            people.iter().map(|it| it.value.id.to_ascii_lowercase()).collect();
        for Record { value, origin } in trails {
            self.id(origin, &["id"], &value.id);
            self.id(origin, &["entityId"], &value.entity_id);
            // Whoever couldn't be read may be the one that is meant.
            let is_known = known.contains(&value.person_id.to_ascii_lowercase());
            if !is_known && self.folder.is_whole("people.json") {
                let message = format!("there is no person `{}` in people.json", value.person_id);
                self.refuse(origin, &["personId"], message);
            }
        }
    }
}
