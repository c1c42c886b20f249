//! Audit trails: who changed which account, and when. Passwords are in them as `***` only.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use imbl::Vector;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use smol_str::SmolStr;

use super::person::{Account, Person, moment};
use super::query::{self, Wanted};
use super::{Call, Problem, reply};
use crate::http::Response;
use crate::store::{Row, SeedRows, Table};

/// How many entries of its own a session keeps, beside those of the fixtures; the oldest goes first.
const CAPACITY: usize = 10_000;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Action {
    Delete,
    Insert,
    Update,
}

/// What it happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entity {
    Person,
    UserAccount,
}

/// One entry of an audit trail.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) id: SmolStr,
    pub(super) action: Action,
    pub(super) entity: Entity,
    pub(super) entity_id: SmolStr,
    pub(super) person_id: SmolStr,
    pub(super) old_value: Option<Map<String, Value>>,
    pub(super) new_value: Option<Map<String, Value>>,
    pub(super) modified_at: Timestamp,
    pub(super) modified_by: SmolStr,
}

/// The entries about one person, oldest first; of two with one time, the one that came first.
#[derive(Clone, PartialEq)]
pub(super) struct Trail {
    person_id: SmolStr,
    entries: Vector<Arc<Entry>>,
}

/// The audit trails of one session.
pub(super) struct Trails {
    by_person: Table<Trail>,
    /// The session's own entries in the order in which they came.
    own: Mutex<Vector<Arc<Entry>>>,
}

impl Action {
    /// In the order in which `sort_by=action` lists them.
    const ALL: [Self; 3] = [Self::Delete, Self::Insert, Self::Update];

    fn name(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl Entity {
    fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::UserAccount => "user_account",
        }
    }
}

impl Entry {
    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "action": self.action.name(),
            "entityName": self.entity.name(),
            "entityId": self.entity_id,
            "personId": self.person_id,
            "oldValue": self.old_value,
            "newValue": self.new_value,
            "modifiedAt": moment(self.modified_at),
            "modifiedBy": self.modified_by,
        })
    }
}

impl Trail {
    /// A trail of entries in any order.
    pub(super) fn new(person_id: SmolStr, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.modified_at);
        Self { person_id, entries: entries.into_iter().map(Arc::new).collect() }
    }

    /// Puts an entry behind all that aren't later. A clock can be set back.
    fn insert(&mut self, entry: Arc<Entry>) {
        let at = self.first_where(|it| it.modified_at > entry.modified_at);
        self.entries.insert(at, entry);
    }

    /// Takes an entry out.
    fn remove(&mut self, entry: &Arc<Entry>) {
        let mut at = self.first_where(|it| it.modified_at >= entry.modified_at);
        // Among entries of one time the oldest stands first, and it is the one that has to go.
        while self.entries.get(at).is_some_and(|it| !Arc::ptr_eq(it, entry)) {
            at += 1;
        }
        if at < self.entries.len() {
            self.entries.remove(at);
        }
    }

    /// The index of the first entry that is late enough.
    fn first_where(&self, is_late: impl Fn(&Entry) -> bool) -> usize {
        let found = self
            .entries
            .binary_search_by(|it| if is_late(it) { Ordering::Greater } else { Ordering::Less });
        found.unwrap_or_else(|at| at)
    }

    /// The page that is wanted of what is wanted of the account's entries, and how many there are.
    fn page(&self, wanted: &Wanted) -> (Vec<Value>, u64) {
        let (first, last) = wanted.range.unwrap_or((Timestamp::MIN, Timestamp::MAX));
        let start = self.first_where(|it| it.modified_at >= first);
        let end = self.first_where(|it| it.modified_at > last).max(start);
        let within = || {
            self.entries.focus().narrow(start..end).into_iter().filter(|entry| {
                entry.entity == Entity::UserAccount
                    && wanted.action.is_none_or(|action| entry.action == action)
            })
        };
        let mut rows: Vec<&Arc<Entry>> = if wanted.by_action {
            // Three passes instead of sorting.
            let of = |action| within().filter(move |entry| entry.action == action);
            Action::ALL.into_iter().flat_map(of).collect()
        } else {
            within().collect()
        };
        if wanted.descending {
            rows.reverse();
        }
        let skipped =
            usize::try_from(wanted.skip.saturating_mul(wanted.take)).unwrap_or(usize::MAX);
        let take = usize::try_from(wanted.take).unwrap_or(usize::MAX);
        let page = rows.iter().skip(skipped).take(take).map(|entry| entry.json()).collect();
        (page, rows.len() as u64)
    }
}

impl Row for Trail {
    // Trails are looked up, never listed.
    const ORDERS: &'static [&'static [usize]] = &[&[0]];

    fn key(&self) -> &str {
        &self.person_id
    }

    fn has(&self, _: usize) -> bool {
        true
    }

    fn compare(&self, other: &Self, _: usize) -> Ordering {
        self.person_id.cmp(&other.person_id)
    }
}

impl Trails {
    /// The trails of the fixtures and nothing else.
    pub(super) fn new(seed: Arc<SeedRows<Trail>>) -> Self {
        Self { by_person: Table::new(seed), own: Mutex::default() }
    }

    /// A copy on fixtures, the same or others: the entries of the session's own stay.
    pub(super) fn on_seed(&self, seed: Arc<SeedRows<Trail>>) -> Self {
        Self { by_person: self.by_person.on_seed(seed), own: Mutex::new(self.own().clone()) }
    }

    /// Keeps an entry, and lets go of the session's oldest if there are too many.
    fn add(&self, entry: Entry) {
        let entry = Arc::new(entry);
        let mut trail = self.of(&entry.person_id);
        trail.insert(Arc::clone(&entry));
        self.by_person.put(trail);

        let mut own = self.own();
        own.push_back(entry);
        if own.len() > CAPACITY
            && let Some(oldest) = own.pop_front()
        {
            let mut trail = self.of(&oldest.person_id);
            trail.remove(&oldest);
            self.by_person.put(trail);
        }
    }

    fn of(&self, person_id: &str) -> Trail {
        let nothing = || Trail { person_id: person_id.into(), entries: Vector::new() };
        self.by_person.get(person_id).map_or_else(nothing, |trail| Trail::clone(&trail))
    }

    fn own(&self) -> MutexGuard<'_, Vector<Arc<Entry>>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Remembers that a person was added (facts §4.0 A-AUDIT). No operation shows it: the one list
/// there is shows the account's entries.
pub(super) fn person_added(call: &Call<'_>, person: &Person) {
    call.world.trails.add(Entry {
        id: call.new_id(),
        action: Action::Insert,
        entity: Entity::Person,
        entity_id: person.id.clone(),
        person_id: person.id.clone(),
        old_value: None,
        new_value: Some(person.details.json()),
        modified_at: call.now(),
        modified_by: call.caller.person_id.clone(),
    });
}

/// Remembers what was changed about an account, or that it was added.
pub(super) fn account_changed(
    call: &Call<'_>,
    person_id: &SmolStr,
    old: Option<&Account>,
    new: &Account,
) {
    let (old_value, new_value) = match old {
        Some(old) => difference(old, new),
        None => (None, audited(new)),
    };
    call.world.trails.add(Entry {
        id: call.new_id(),
        action: if old.is_some() { Action::Update } else { Action::Insert },
        entity: Entity::UserAccount,
        entity_id: new.id.clone(),
        person_id: person_id.clone(),
        old_value,
        new_value: Some(new_value),
        modified_at: call.now(),
        modified_by: call.caller.person_id.clone(),
    });
}

/// What an audit trail tells of an account.
fn audited(account: &Account) -> Map<String, Value> {
    let value = json!({
        "emailAddress": account.email_address,
        "password": "***",
        "status": account.status.name(),
        "credentialsSentAt": account.credentials_sent_at.map(moment),
    });
    if let Value::Object(members) = value { members } else { Map::new() }
}

/// The members that differ, as they were and as they are.
fn difference(old: &Account, new: &Account) -> (Option<Map<String, Value>>, Map<String, Value>) {
    let is_new_password = old.password != new.password;
    let (mut was, mut is) = (audited(old), audited(new));
    let same = |name: &str, a: &Value, b: Option<&Value>| {
        Some(a) == b && !(name == "password" && is_new_password)
    };
    let before = was.clone();
    was.retain(|name, value| !same(name, value, is.get(name)));
    is.retain(|name, value| !same(name, value, before.get(name)));
    (Some(was), is)
}

/// `GET /api/people/{personId}/accounts/audit-trails`. A person without an account has an empty
/// list (facts §4.2 #10).
pub(super) fn list(call: &Call<'_>) -> Result<Response, Problem> {
    let wanted = query::read(call.request.query(), call.validator())?;
    let person = call.person()?;
    let (items, total) = call.world.trails.of(&person.person.id).page(&wanted);
    let body = json!({
        "items": items,
        "currentPageNumber": wanted.skip.saturating_add(1),
        "recordsPerPage": wanted.take,
        "totalRecords": total,
        "totalPages": total.div_ceil(wanted.take.max(1)),
    });
    Ok(reply::json(StatusCode::OK, &body))
}
