//! Which e-mail addresses are taken, and by whom: a table, so that it costs what it differs from
//! the seed's like everything else in a session.

use std::cmp::Ordering;

use smol_str::SmolStr;

use crate::store::{Row, Table};

/// An e-mail address in the spelling in which it is stored, and the person who has it.
pub(super) struct Taken {
    /// The address, in lower case.
    pub(super) email: SmolStr,
    /// The person's id.
    pub(super) person_id: SmolStr,
}

impl Row for Taken {
    const ORDERS: &'static [&'static [usize]] = &[&[0]];

    fn key(&self) -> &str {
        &self.email
    }

    fn has(&self, _: usize) -> bool {
        true
    }

    fn compare(&self, other: &Self, _: usize) -> Ordering {
        self.email.cmp(&other.email)
    }
}

/// Whether somebody else than this person has an address.
pub(super) fn by_another(table: &Table<Taken>, email: &str, person_id: &str) -> bool {
    table.get(email).is_some_and(|taken| taken.person_id != person_id)
}

/// Lets go of a person's old address and takes the new one.
pub(super) fn replace(
    table: &Table<Taken>,
    old: Option<SmolStr>,
    new: Option<SmolStr>,
    person_id: &SmolStr,
) {
    if old == new {
        return;
    }
    if let Some(old) = old {
        table.remove(&old);
    }
    if let Some(email) = new {
        table.put(Taken { email, person_id: person_id.clone() });
    }
}
