//! Which entries of the catalogue a session's client has met: by itself, or because somebody forced
//! them.
//!
//! An entry is a good status of an operation, an error of an operation, or, once a vendor, an error
//! that all of its operations have.

use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::dialects::{ALL, Trail};

/// What there is to meet.
#[derive(Debug)]
pub struct Entry {
    /// The vendor, as an index into [`ALL`].
    pub vendor: usize,
    /// The operation with the vendor's name, or `VENDOR.*` for what all of them have.
    pub operation: String,
    /// The status.
    pub status: u16,
    /// The error; none for a good answer.
    pub id: Option<&'static str>,
}

/// Every entry, and where those of an operation begin.
struct Entries {
    all: Vec<Entry>,
    /// For each vendor its operations, then what they share, then the end.
    starts: Vec<Vec<usize>>,
}

static ENTRIES: LazyLock<Entries> = LazyLock::new(|| {
    let (mut all, mut starts) = (Vec::new(), Vec::new());
    for (vendor, it) in ALL.iter().enumerate() {
        let mut places = Vec::new();
        for operation in it.operations {
            places.push(all.len());
            let entry =
                |status, id| Entry { vendor, operation: operation.name.to_owned(), status, id };
            let is_own = |row: &&crate::dialects::CatalogueEntry| {
                row.operations.contains(&operation.own_name())
            };
            all.extend(operation.answers.iter().map(|status| entry(*status, None)));
            let rows = it.catalogue.iter().filter(is_own);
            all.extend(rows.map(|row| entry(row.status, Some(row.id))));
        }
        places.push(all.len());
        let shared = it.catalogue.iter().filter(|row| row.operations.is_empty());
        all.extend(shared.map(|row| Entry {
            vendor,
            operation: format!("{}.*", it.name),
            status: row.status,
            id: Some(row.id),
        }));
        places.push(all.len());
        starts.push(places);
    }
    Entries { all, starts }
});

impl Entries {
    fn of(&self, vendor: usize, operation: usize) -> Range<usize> {
        let starts = &self.starts[vendor];
        starts[operation]..starts[operation + 1]
    }

    /// The entry that an exchange is an instance of.
    fn index(&self, vendor: usize, trail: &Trail, status: u16) -> Option<usize> {
        let own = trail.operation.map_or(0..0, |operation| self.of(vendor, operation));
        let shared = self.of(vendor, ALL[vendor].operations.len());
        own.chain(shared).find(|index| {
            let entry = &self.all[*index];
            entry.id == trail.problem && (entry.id.is_some() || entry.status == status)
        })
    }
}

/// Two bits an entry: met by itself, and forced.
#[derive(Debug)]
pub struct Coverage {
    bits: Box<[AtomicU64]>,
}

impl Default for Coverage {
    fn default() -> Self {
        let words = (ENTRIES.all.len() * 2).div_ceil(64);
        Self { bits: (0..words).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Coverage {
    /// A client has got an answer, whose status is 0 if nothing of it got through. To meet what has
    /// been met before costs one look.
    pub fn meet(&self, vendor: usize, trail: &Trail, status: u16) {
        if status == 0 {
            return;
        }
        let Some(index) = ENTRIES.index(vendor, trail, status) else { return };
        let is_forced = trail.forced_by.as_ref().is_some_and(|it| it.is_answer);
        let (word, bit) = place(index, is_forced);
        if self.bits[word].load(Ordering::Relaxed) & bit == 0 {
            self.bits[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// Every entry, with whether it was met by itself, and whether it was forced.
    pub fn entries(&self) -> impl Iterator<Item = (&'static Entry, bool, bool)> {
        let is_met = |index, is_forced| {
            let (word, bit) = place(index, is_forced);
            self.bits[word].load(Ordering::Relaxed) & bit != 0
        };
        let entries = ENTRIES.all.iter().enumerate();
        entries.map(move |(index, entry)| (entry, is_met(index, false), is_met(index, true)))
    }

    /// A copy that goes its own way.
    #[must_use]
    pub fn fork(&self) -> Self {
        let copy = |word: &AtomicU64| AtomicU64::new(word.load(Ordering::Relaxed));
        Self { bits: self.bits.iter().map(copy).collect() }
    }
}

/// The word of a bit, and the bit in it.
fn place(index: usize, is_forced: bool) -> (usize, u64) {
    let bit = index * 2 + usize::from(is_forced);
    (bit / 64, 1 << (bit % 64))
}
