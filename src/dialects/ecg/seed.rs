//! Fixtures of this vendor: people, audit trails, tokens and the server's key.

use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;

use super::Ecg;
use super::audit_trails::{Entry, Trail};
use super::auth::Tokens;
use super::person::{Stored, email, is_uuid, stored_id};
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
    let people = folder.records("people.json", |it: &PersonShape| stored_id(&it.id));
    let trails = folder.records("audit-trails.json", |it: &EntryShape| stored_id(&it.id));
    let tokens: TokensShape = folder.object("tokens.json");
    let server: ServerShape = folder.object("server.json");

    let check = Check { folder };
    let (contacts, logins) = check.people(&people);
    let people = SeedRows::new(people.into_iter().map(|it| Stored::new(it.value.person())));
    check.trails(&trails, &people);
    Ok(Arc::new(EcgSeed {
        people: Arc::new(people),
        contacts: Arc::new(contacts),
        logins: Arc::new(logins),
        trails: Arc::new(SeedRows::new(by_person(trails))),
        tokens: tokens.tokens(server.jwt_key),
    }))
}

fn by_person(records: Vec<Record<EntryShape>>) -> impl Iterator<Item = Trail> {
    let mut trails = HashMap::<SmolStr, Vec<Entry>>::new();
    for record in records {
        let entry = record.value.entry();
        trails.entry(entry.person_id.clone()).or_default().push(entry);
    }
    trails.into_iter().map(|(person_id, entries)| Trail::new(person_id, entries))
}

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

    /// Checks everybody; the e-mail addresses that are taken come back, of persons and of accounts.
    fn people(&self, people: &[Record<PersonShape>]) -> (SeedRows<Taken>, SeedRows<Taken>) {
        let mut contacts = SeedRows::with_capacity(people.len());
        let mut logins = SeedRows::with_capacity(people.len());
        for Record { value, origin } in people {
            self.id(origin, &["id"], &value.id);
            if let Some(id) = &value.organization_id {
                self.id(origin, &["organizationId"], id);
            }
            if let Some(date) = value.date_of_birth.as_deref().filter(|it| day(it).is_none()) {
                let message = format!("`{date}` must be a day, as 1950-02-03");
                self.refuse(origin, &["dateOfBirth"], message);
            }
            let id = stored_id(&value.id);
            if let Some(address) = &value.contact_email_address {
                // An archived person's address may be another's too.
                let taken = (!value.archive_info.archived).then_some(&mut contacts);
                self.email(origin, &["contactEmailAddress"], address, &id, taken);
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
        (contacts, logins)
    }

    fn email(
        &self,
        origin: &Origin,
        members: &[&str],
        address: &str,
        person_id: &SmolStr,
        taken: Option<&mut SeedRows<Taken>>,
    ) {
        if !is_email(address.trim()) {
            self.refuse(origin, members, format!("`{address}` must be an e-mail address"));
        } else if let Some(taken) = taken {
            let row = Taken { email: email(address), person_id: person_id.clone() };
            if let Some(other) = taken.add(row) {
                let message = format!("`{address}` is taken by person {}", other.person_id);
                self.refuse(origin, members, message);
            }
        }
    }

    fn trails(&self, trails: &[Record<EntryShape>], people: &SeedRows<Stored>) {
        for Record { value, origin } in trails {
            self.id(origin, &["id"], &value.id);
            self.id(origin, &["entityId"], &value.entity_id);
            // Whoever couldn't be read may be the one that is meant.
            let is_known = people.get(&stored_id(&value.person_id)).is_some();
            if !is_known && self.folder.is_whole("people.json") {
                let message = format!("there is no person `{}` in people.json", value.person_id);
                self.refuse(origin, &["personId"], message);
            }
        }
    }
}
