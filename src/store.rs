//! Rows of one kind: the seed's, shared by all sessions and never changed, and a session's own.
//!
//! A [`Table`] looks a row up in the session's changes first (a `DashMap`) and then in the seed,
//! and lists rows from lists that are kept in order ([`crate::ranks`]). It costs what differs from the
//! seed, so that a new session, a reset or a copy doesn't depend on the number of people.
//!
//! Rules that keep it right:
//! - no guard of a map leaves this file: rows come out as `Arc`;
//! - no map is touched while a guard of any of its shards is held;
//! - changing takes the table's one lock, reading takes none.
//!
//! It knows no status code and no vendor.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering as MemoryOrdering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption, Guard};
use bytes::Bytes;
use foldhash::fast::RandomState;

use crate::ranks::Ranks;

/// How long a text may be that a table keeps in order not to write it again: a page of a hundred
/// people with all that can be known of them.
const LONGEST_WRITTEN: usize = 128 << 10;

/// What a table holds.
pub trait Row: Send + Sync + 'static {
    /// The orders in which rows of this kind can be listed, each a list of its fields, most
    /// significant first. The first order is the default one; every row has a place in it. Every
    /// order has a field that is unique.
    const ORDERS: &'static [&'static [usize]];

    /// What the row is found by: unique in a table, in the one spelling in which it is looked up.
    fn key(&self) -> &str;

    /// The key, to be kept beside the row: shared where the row itself has it shared.
    fn shared_key(&self) -> Arc<str> {
        self.key().into()
    }

    /// Whether the row has a value in a field. A row that has none is left out of every order with
    /// that field.
    fn has(&self, field: usize) -> bool;

    /// How two rows that have it compare in a field.
    fn compare(&self, other: &Self, field: usize) -> Ordering;

    /// A number by which rows can be sorted in a field without a look at them: of two rows, the one
    /// with the smaller number comes first. Those with the same number have to be compared, which
    /// are all of them where nobody says anything better.
    fn digest(&self, field: usize) -> u128 {
        let _ = field;
        0
    }
}

/// Rows in one of [`Row::ORDERS`].
type InOrder<T> = Ranks<Arc<T>>;

/// A row, found by its key.
struct ByKey<T>(Arc<T>);

impl<T: Row> Borrow<str> for ByKey<T> {
    fn borrow(&self) -> &str {
        self.0.key()
    }
}

impl<T: Row> Hash for ByKey<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key().hash(state);
    }
}

impl<T: Row> PartialEq for ByKey<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.key() == other.0.key()
    }
}

impl<T: Row> Eq for ByKey<T> {}

/// A map of a session's own, by name. The hash is seeded at random and a fraction of the standard
/// library's work; a client that goes out of its way to make names collide slows down its own mock.
pub type Map<T> = dashmap::DashMap<Arc<str>, T, RandomState>;

/// The rows that fixtures gave, shared by every session.
pub struct SeedRows<T> {
    by_key: HashSet<ByKey<T>, RandomState>,
    /// Made when an order is first asked for: most are never.
    orders: Box<[OnceLock<InOrder<T>>]>,
}

impl<T: Row> SeedRows<T> {
    /// The rows of a seed. Of two with one key the later stays; loaders have refused that before.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = T>) -> Self {
        let rows = rows.into_iter();
        let mut all = Self::with_capacity(rows.size_hint().0);
        for row in rows {
            all.add(row);
        }
        all
    }

    /// No rows, and room for so many.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            by_key: HashSet::with_capacity_and_hasher(capacity, RandomState::default()),
            orders: T::ORDERS.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Adds a row, while nobody has asked for them in an order. The one with its key that was there
    /// comes back.
    pub fn add(&mut self, row: T) -> Option<Arc<T>> {
        self.by_key.replace(ByKey(Arc::new(row))).map(|replaced| replaced.0)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The row with a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Arc<T>> {
        self.by_key.get(key).map(|row| &row.0)
    }

    /// Every row, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.by_key.iter().map(|row| &row.0)
    }

    fn order(&self, order: usize) -> &InOrder<T> {
        self.orders[order].get_or_init(|| {
            let mut rows: Vec<_> =
                self.iter().filter(|row| is_listed(&***row, order)).cloned().collect();
            sort(&mut rows, T::ORDERS[order]);
            rows.into_iter().collect()
        })
    }
}

/// The rows of one session: those of the seed, and its own changes.
pub struct Table<T> {
    seed: Arc<SeedRows<T>>,
    /// What differs from the seed: a row that was put, or `None` for one that was removed.
    changes: Map<Option<Arc<T>>>,
    /// The rows in order, for each order that was asked for since the table was made.
    orders: Box<[OnceLock<ArcSwap<InOrder<T>>>]>,
    /// What was written of them last.
    written: ArcSwapOption<Written>,
    changing: Mutex<()>,
    /// How often rows have changed, new ones included. It is counted once the lists show it.
    version: AtomicU64,
    /// How often a row was replaced or taken away.
    replacements: AtomicU64,
}

/// What was written of the rows in an order, at a version of them.
struct Written {
    version: u64,
    order: usize,
    what: Box<str>,
    bytes: Bytes,
}

impl<T: Row> Table<T> {
    /// A table that shows a seed.
    #[must_use]
    pub fn new(seed: Arc<SeedRows<T>>) -> Self {
        Self::with_changes(seed, new_map())
    }

    fn with_changes(seed: Arc<SeedRows<T>>, changes: Map<Option<Arc<T>>>) -> Self {
        let orders = T::ORDERS.iter().map(|_| OnceLock::new()).collect();
        let written = ArcSwapOption::empty();
        let (changing, version) = (Mutex::new(()), AtomicU64::new(0));
        Self { seed, changes, orders, written, changing, version, replacements: AtomicU64::new(0) }
    }

    /// A copy on a seed, this table's own or a new one: what was changed stays as it is, and the
    /// rest follows the seed. The rows are shared; the copy goes its own way.
    #[must_use]
    pub fn on_seed(&self, seed: Arc<SeedRows<T>>) -> Self {
        let _changing = self.lock();
        let changes = new_map();
        for change in &self.changes {
            changes.insert(change.key().clone(), change.value().clone());
        }
        Self::with_changes(seed, changes)
    }

    /// How often a row was replaced or taken away. A row that was found after this was asked is
    /// still what is found as long as the answer is the same.
    #[must_use]
    pub fn replacements(&self) -> u64 {
        self.replacements.load(MemoryOrdering::Acquire)
    }

    /// The row with a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Arc<T>> {
        match self.changes.get(key) {
            Some(change) => change.value().clone(),
            None => self.seed.get(key).map(Arc::clone),
        }
    }

    /// Puts a row in the place of the one with its key, or as a new one.
    pub fn put(&self, row: T) -> Arc<T> {
        let _changing = self.lock();
        let row = Arc::new(row);
        let change = self.changes.insert(row.shared_key(), Some(Arc::clone(&row)));
        let old = match &change {
            Some(change) => change.as_ref(),
            None => self.seed.get(row.key()),
        };
        self.reorder(old.map(|row| &**row), Some(&row));
        row
    }

    /// Takes a row away.
    pub fn remove(&self, key: &str) -> Option<Arc<T>> {
        let _changing = self.lock();
        let old = self.get(key)?;
        if self.seed.by_key.contains(key) {
            self.changes.insert(old.shared_key(), None);
        } else {
            self.changes.remove(key);
        }
        self.reorder(Some(&old), None);
        Some(old)
    }

    /// The rows in one of [`Row::ORDERS`], as they are now.
    #[must_use]
    pub fn list(&self, order: usize) -> Listing<T> {
        let rows = self.orders[order].get().unwrap_or_else(|| {
            // Or what is changed in the meantime would be missed.
            let _changing = self.lock();
            self.orders[order].get_or_init(|| ArcSwap::from_pointee(self.in_order(order)))
        });
        Listing { rows: rows.load(), order }
    }

    /// What is written of the rows in one of [`Row::ORDERS`], where a text says `what` that is.
    /// Clients ask for the same page again and again; as long as no row changes, the last one written
    /// is kept, if it is no longer than [`LONGEST_WRITTEN`].
    pub fn written(
        &self,
        order: usize,
        what: &str,
        write: impl FnOnce(&Listing<T>) -> Vec<u8>,
    ) -> Bytes {
        // Asked before the rows are: what is written of them counts as no newer than they may be.
        let version = self.version.load(MemoryOrdering::Acquire);
        if let Some(last) = &*self.written.load()
            && (last.version, last.order) == (version, order)
            && *last.what == *what
        {
            return last.bytes.clone();
        }
        let bytes = Bytes::from(write(&self.list(order)));
        if what.len() + bytes.len() <= LONGEST_WRITTEN {
            let (what, bytes) = (what.into(), bytes.clone());
            self.written.store(Some(Arc::new(Written { version, order, what, bytes })));
        }
        bytes
    }

    /// Applies this table's changes to the seed's order.
    fn in_order(&self, order: usize) -> InOrder<T> {
        let mut rows = self.seed.order(order).clone();
        for change in &self.changes {
            let old = self.seed.get(change.key()).map(|row| &**row);
            replace(&mut rows, order, old, change.value().as_ref());
        }
        rows
    }

    /// What becomes of the lists when a row was changed.
    fn reorder(&self, old: Option<&T>, new: Option<&Arc<T>>) {
        if old.is_some() {
            self.replacements.fetch_add(1, MemoryOrdering::Release);
        }
        for (order, slot) in self.orders.iter().enumerate() {
            if let Some(slot) = slot.get() {
                let mut rows = InOrder::clone(&slot.load());
                replace(&mut rows, order, old, new);
                slot.store(Arc::new(rows));
            }
        }
        self.version.fetch_add(1, MemoryOrdering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A map for a session's own: it is small and there may be thousands, so few shards, whatever the
/// number of processors, and nothing allocated ahead.
#[must_use]
pub fn new_map<T>() -> Map<T> {
    Map::with_hasher_and_shard_amount(RandomState::default(), 2)
}

/// Rows in order, as they were when they were asked for.
pub struct Listing<T> {
    rows: Guard<Arc<InOrder<T>>>,
    order: usize,
}

impl<T: Row> Listing<T> {
    /// How many rows the order has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the order has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A page of the rows, with a direction for each field of the order; a field without one
    /// ascends. Costs as much as the page is long, wherever it begins.
    #[must_use]
    pub fn page<'a>(
        &'a self,
        descending: &'a [bool],
        skip: usize,
        max: usize,
    ) -> impl ExactSizeIterator<Item = &'a Arc<T>> {
        let end = skip.saturating_add(max).min(self.len());
        let mut runs = Runs::new(self, descending);
        let mut ahead = None;
        (skip.min(end)..end).map(move |rank| {
            if runs.have_turns() {
                return self.rows.get(runs.index(rank));
            }
            let next = ahead.as_mut().and_then(Iterator::next);
            next.unwrap_or_else(|| {
                let (row, others) = self.rows.some_from(rank);
                ahead = Some(others);
                row
            })
        })
    }

    /// The rows around one that are equal to it in the first `depth` fields of the order.
    fn run(&self, index: usize, depth: usize) -> std::ops::Range<usize> {
        let fields = &T::ORDERS[self.order][..depth];
        let row = &**self.rows.get(index);
        let bound = |past: Ordering| {
            self.rows.partition_point(|at| {
                let found = compare(&**at, row, fields);
                found == Ordering::Less || found == past
            })
        };
        bound(Ordering::Less)..bound(Ordering::Equal)
    }
}

/// Finds rows by rank when some fields descend, in a list whose fields all ascend: where a field
/// goes against the one before it, every run of rows that are equal up to there is read backwards.
struct Runs<'a, T> {
    listing: &'a Listing<T>,
    /// For each field whether it goes against the one before it.
    turns: Vec<bool>,
    /// The last run found at each depth: the next row is most often in it too.
    last: Vec<std::ops::Range<usize>>,
}

impl<'a, T: Row> Runs<'a, T> {
    fn new(listing: &'a Listing<T>, descending: &[bool]) -> Self {
        let mut before = false;
        let turns = (0..T::ORDERS[listing.order].len())
            .map(|depth| {
                let descends = descending.get(depth).copied().unwrap_or_default();
                std::mem::replace(&mut before, descends) != descends
            })
            .collect::<Vec<_>>();
        let last = vec![0..0; turns.len()];
        Self { listing, turns, last }
    }

    fn have_turns(&self) -> bool {
        self.turns.contains(&true)
    }

    fn index(&mut self, rank: usize) -> usize {
        let mut index = rank;
        for depth in 0..self.turns.len() {
            if self.turns[depth] {
                if !self.last[depth].contains(&index) {
                    self.last[depth] = self.listing.run(index, depth);
                }
                let run = &self.last[depth];
                index = run.start + (run.end - 1 - index);
            }
        }
        index
    }
}

/// Sorts rows by fields. Of a million rows hardly any is in a cache when its turn comes, so they are
/// sorted by digests, and looked at only where those are the same.
fn sort<T: Row>(rows: &mut [Arc<T>], fields: &[usize]) {
    let [field, rest @ ..] = fields else { return };
    let mut keyed: Vec<_> = rows.iter().map(|row| (row.digest(*field), Arc::clone(row))).collect();
    keyed.sort_unstable_by_key(|(digest, _)| *digest);
    let mut places = rows;
    for run in keyed.chunk_by(|(a, _), (b, _)| a == b) {
        let (rows, others) = places.split_at_mut(run.len());
        places = others;
        rows.iter_mut().zip(run).for_each(|(place, (_, row))| place.clone_from(row));
        let is_equal = |pair: &[Arc<T>]| pair[0].compare(&pair[1], *field).is_eq();
        if rows.len() > 1 && rows.windows(2).all(is_equal) {
            sort(rows, rest);
        } else {
            rows.sort_unstable_by(|a, b| compare(&**a, &**b, fields));
        }
    }
}

fn is_listed<T: Row>(row: &T, order: usize) -> bool {
    T::ORDERS[order].iter().all(|&field| row.has(field))
}

fn compare<T: Row>(a: &T, b: &T, fields: &[usize]) -> Ordering {
    fields.iter().map(|&field| a.compare(b, field)).find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
}

/// Takes the old row out of an order and puts the new one in.
fn replace<T: Row>(rows: &mut InOrder<T>, order: usize, old: Option<&T>, new: Option<&Arc<T>>) {
    let fields = T::ORDERS[order];
    let old = old.filter(|row| is_listed(*row, order));
    let new = new.filter(|row| is_listed(&***row, order));
    let place =
        |rows: &InOrder<T>, row: &T| rows.partition_point(|at| compare(&**at, row, fields).is_lt());
    match (old, new) {
        (Some(old), Some(new)) if compare(old, new, fields).is_eq() => {
            let at = place(rows, old);
            rows.set(at, Arc::clone(new));
        }
        (old, new) => {
            if let Some(old) = old {
                let at = place(rows, old);
                rows.remove(at);
            }
            if let Some(new) = new {
                let at = place(rows, new);
                rows.insert(at, Arc::clone(new));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Pair(String, u8, Option<u8>);

    impl Row for Pair {
        const ORDERS: &'static [&'static [usize]] = &[&[0], &[1, 0], &[2, 1, 0]];

        fn key(&self) -> &str {
            &self.0
        }

        fn has(&self, field: usize) -> bool {
            field != 2 || self.2.is_some()
        }

        fn compare(&self, other: &Self, field: usize) -> Ordering {
            match field {
                0 => self.0.cmp(&other.0),
                1 => self.1.cmp(&other.1),
                _ => self.2.cmp(&other.2),
            }
        }

        fn digest(&self, field: usize) -> u128 {
            match field {
                0 => self.0.as_bytes().first().map_or(0, |it| (*it).into()),
                1 => self.1.into(),
                _ => 0,
            }
        }
    }

    fn pair() -> impl Strategy<Value = Pair> {
        ("[a-d]{1,3}", 0_u8..3, proptest::option::of(0_u8..2)).prop_map(|(a, b, c)| Pair(a, b, c))
    }

    proptest! {
        #[test]
        fn every_page_in_every_direction_is_what_sorting_gives(
            seed in proptest::collection::vec(pair(), 0..40),
            changes in proptest::collection::vec((pair(), any::<bool>()), 0..40),
            order in 0_usize..3,
            early in any::<bool>(),
            descending in proptest::collection::vec(any::<bool>(), 3),
            skip in 0_usize..50,
            max in 0_usize..50,
        ) {
            let table = Table::new(Arc::new(SeedRows::new(seed.clone())));
            let mut model: std::collections::BTreeMap<_, _> =
                seed.into_iter().map(|row| (row.0.clone(), row)).collect();
            if early {
                prop_assert!(table.list(order).len() <= model.len());
            }
            for (row, is_put) in changes {
                if is_put {
                    table.put(row.clone());
                    model.insert(row.0.clone(), row);
                } else {
                    let (removed, expected) = (table.remove(&row.0), model.remove(&row.0));
                    prop_assert_eq!(removed.as_deref(), expected.as_ref());
                }
            }
            let mut expected: Vec<_> =
                model.into_values().filter(|row| is_listed(row, order)).collect();
            expected.sort_by(|a, b| {
                let directed = |(&field, &down): (&usize, &bool)| {
                    let found = a.compare(b, field);
                    if down { found.reverse() } else { found }
                };
                let fields = Pair::ORDERS[order].iter().zip(&descending);
                fields.map(directed).find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
            });
            for table in [table.on_seed(Arc::clone(&table.seed)), table] {
                let listing = table.list(order);
                prop_assert_eq!(listing.len(), expected.len());
                let page: Vec<_> =
                    listing.page(&descending, skip, max).map(|row| Pair::clone(row)).collect();
                let expected: Vec<_> = expected.iter().skip(skip).take(max).cloned().collect();
                prop_assert_eq!(page, expected);
            }
        }
    }

    #[test]
    fn a_change_stays_on_a_new_seed_and_the_rest_follows_it() {
        let seed = |b| Arc::new(SeedRows::new(["x", "y"].map(|a| Pair(a.into(), b, None))));
        let table = Table::new(seed(1));
        table.put(Pair("x".into(), 9, None));
        let table = table.on_seed(seed(2));
        assert_eq!(table.get("x").map(|row| row.1), Some(9));
        assert_eq!(table.get("y").map(|row| row.1), Some(2));
    }

    #[test]
    fn a_replacement_is_of_a_row_that_was_there_and_a_removal_is_one_too() {
        let table = Table::new(Arc::new(SeedRows::new([Pair("x".into(), 1, None)])));
        table.put(Pair("y".into(), 1, None));
        assert_eq!(table.replacements(), 0);
        table.put(Pair("x".into(), 2, None));
        assert_eq!(table.replacements(), 1);
        table.put(Pair("y".into(), 2, None));
        assert_eq!(table.replacements(), 2);
        table.remove("x");
        assert_eq!(table.replacements(), 3);
        table.put(Pair("x".into(), 1, None));
        assert_eq!(table.replacements(), 3);
    }

    #[test]
    fn a_removed_row_of_the_seed_stays_removed_and_a_removed_own_row_leaves_no_trace() {
        let table = Table::new(Arc::new(SeedRows::new([Pair("x".into(), 1, None)])));
        table.put(Pair("y".into(), 1, None));
        table.remove("x");
        table.remove("y");
        assert!(table.get("x").is_none());
        assert_eq!(table.changes.len(), 1);
    }

    #[test]
    fn what_was_written_is_kept_until_a_row_changes() {
        let row = |key: &str| Pair(key.to_owned(), 0, None);
        let table = Table::new(Arc::new(SeedRows::new([row("a")])));
        let mut n_written = 0;
        let mut check = |order, what, expected: (&str, u32)| {
            let bytes = table.written(order, what, |listing| {
                n_written += 1;
                let keys = listing.page(&[], 0, 9).map(|it| it.key().as_bytes());
                keys.collect::<Vec<_>>().concat()
            });
            assert_eq!((&*bytes, n_written), (expected.0.as_bytes(), expected.1));
        };
        check(0, "", ("a", 1));
        check(0, "", ("a", 1));
        check(1, "", ("a", 2));
        check(1, "x", ("a", 3));
        check(1, "x", ("a", 3));
        table.put(row("b"));
        check(1, "x", ("ab", 4));
        table.put(Pair("a".to_owned(), 1, None));
        check(1, "x", ("ba", 5));
        table.remove("b");
        check(1, "x", ("a", 6));
        check(1, "x", ("a", 6));
    }
}
