//! What was asked and answered: the newest exchanges of all sessions, as many as fit into a bound of
//! bytes (`--journal-bytes`).
//!
//! Recording copies the exchange into one piece of memory and puts that into a ring: it parses
//! nothing, and its one lock is a place's own, which nobody holds for longer than it takes to move a
//! pointer. (To keep the headers themselves would be no cheaper: each holds on to the whole buffer
//! that it was read into, which nobody could count.) All else, redaction above all, happens when
//! somebody looks: [`Shown`] is the only way from an entry to the outside.

mod redact;
mod shown;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use http::HeaderMap;
use jiff::Timestamp;
use memchr::memchr;

use crate::dialects::Trail;
use crate::http::{Request, Response, UnreadBody};

pub use redact::{MASK, text as redacted};
pub use shown::Shown;

/// How much of a request's body is kept.
pub const REQUEST_LIMIT: usize = 64 << 10;
/// How much of an answer's body is kept: a person, and the beginning of a list. Nobody matches on
/// it, and each KiB is written to memory that no cache holds any more, at the cost of the exchange.
pub const RESPONSE_LIMIT: usize = 4 << 10;

/// How much room a header most often takes, and a method.
const HEADER_ROOM: usize = 40;
const METHOD_ROOM: usize = 10;

/// What the smallest entry takes, which decides how many places the ring has.
const LEAST_ENTRY: usize = 512;
const MOST_PLACES: usize = 1 << 16;

/// How many places are made at a time. A journal that is hardly used costs hardly anything, to
/// make, to hold and to drop.
const PLACES_AT_A_TIME: usize = 256;

/// Places for entries, made when the first of them is needed.
type Places = OnceLock<Box<[Place]>>;

/// Nobody else wants it until the ring has come round, so that its lock is free. An atomic swap would
/// cost more: it asks every thread whether it is reading.
type Place = Mutex<Option<Arc<Entry>>>;

/// The journal of all sessions.
pub struct Journal {
    ring: Box<[Places]>,
    /// How many entries were ever put in; the next goes to this number modulo the places.
    head: AtomicU64,
    /// How many were taken out at the other end.
    tail: AtomicU64,
    bytes: AtomicUsize,
    limit: usize,
}

/// The part of the journal that is one session's own, since its last reset.
#[derive(Debug)]
pub struct Pages {
    /// Distinguishes these pages from all others that there ever were.
    serial: u64,
    last: AtomicU64,
    cleared: AtomicU64,
}

/// One exchange.
#[derive(Debug)]
pub struct Entry {
    /// Its number in its session, from 1.
    pub id: u64,
    /// When it arrived, on the session's clock.
    pub at: Timestamp,
    /// When it was answered, on the session's clock.
    pub until: Timestamp,
    /// Who answered it, as an index into [`crate::dialects::ALL`].
    pub vendor: Option<usize>,
    /// What the vendor noted.
    pub trail: Trail,
    /// The status; 0 if no answer reached the client.
    pub status: u16,
    /// Why the body wasn't read, if it wasn't.
    pub unread: Option<UnreadBody>,
    /// How long the body of the request was.
    pub request_bytes: usize,
    /// How long the body of the answer was.
    pub response_bytes: usize,
    serial: u64,
    number: u64,
    /// The answer's headers, if they were made once for many answers.
    prepared: Option<&'static HeaderMap>,
    /// The request's line and headers, its body, the answer's headers if they are its own, and its
    /// body.
    text: Vec<u8>,
    /// Where each of the first three ends.
    ends: [usize; 3],
}

/// An exchange that is to be recorded.
pub struct Exchange<'a> {
    /// When it arrived and when it was answered.
    pub times: (Timestamp, Timestamp),
    /// Who answered it.
    pub vendor: Option<usize>,
    /// What the vendor noted.
    pub trail: Trail,
    /// What was asked.
    pub request: &'a Request,
    /// What was answered.
    pub response: &'a Response,
    /// Its status, or 0 if nothing of it reaches the client.
    pub status: u16,
}

impl Pages {
    /// Pages without an entry.
    #[must_use]
    pub fn new() -> Self {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            last: AtomicU64::new(0),
            cleared: AtomicU64::new(0),
        }
    }

    /// Throws away what has been recorded; numbers go on.
    pub fn clear(&self) {
        self.cleared.store(self.last.load(Ordering::Acquire), Ordering::Release);
    }

    /// How many exchanges were recorded and not thrown away, whether or not they are still kept.
    #[must_use]
    pub fn recorded(&self) -> u64 {
        let cleared = self.cleared.load(Ordering::Acquire);
        self.last.load(Ordering::Acquire).saturating_sub(cleared)
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

impl Entry {
    fn new(pages: &Pages, exchange: Exchange<'_>) -> Self {
        let Exchange { times: (at, until), vendor, trail, request, response, status } = exchange;
        let sent: &[u8] = request.body.as_deref().unwrap_or_default();
        let answered = &response.body[..];
        let (sent_kept, answered_kept) =
            (kept(sent, REQUEST_LIMIT), kept(answered, RESPONSE_LIMIT));

        let target = request.uri.path_and_query().map_or("", |it| it.as_str());
        // Most often a little more than it takes, so that nothing is moved meanwhile.
        let (prepared, own) = match &response.headers {
            Cow::Borrowed(prepared) => (Some(*prepared), None),
            Cow::Owned(own) => (None, Some(own)),
        };
        let n_headers = request.headers.len() + own.map_or(0, HeaderMap::len);
        let room = target.len() + sent_kept.len() + answered_kept.len();
        let mut text = Vec::with_capacity(room + n_headers * HEADER_ROOM + METHOD_ROOM);
        let mut ends = [0; 3];
        text.extend_from_slice(request.method.as_str().as_bytes());
        text.push(b' ');
        text.extend_from_slice(target.as_bytes());
        text.push(b'\n');
        write_headers(&mut text, &request.headers);
        ends[0] = text.len();
        text.extend_from_slice(sent_kept);
        ends[1] = text.len();
        if let Some(own) = own {
            write_headers(&mut text, own);
        }
        ends[2] = text.len();
        text.extend_from_slice(answered_kept);

        Self {
            id: pages.last.fetch_add(1, Ordering::AcqRel) + 1,
            at,
            until,
            vendor,
            trail,
            status,
            unread: request.body.as_ref().err().copied(),
            request_bytes: sent.len(),
            response_bytes: answered.len(),
            serial: pages.serial,
            number: 0,
            prepared,
            text,
            ends,
        }
    }

    /// What it takes in memory.
    fn size(&self) -> usize {
        size_of::<Self>() + self.text.capacity() + 64
    }

    fn part(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let end = self.ends.get(index).copied().unwrap_or(self.text.len());
        &self.text[start..end]
    }
}

fn lock(place: &Place) -> MutexGuard<'_, Option<Arc<Entry>>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is kept of a body: a beginning of what is text, and nothing of what nobody can read.
fn kept(body: &[u8], limit: usize) -> &[u8] {
    let is_binary = || memchr(0, &body[..body.len().min(256)]).is_some();
    if body.is_empty() || is_binary() { &[] } else { &body[..body.len().min(limit)] }
}

fn write_headers(text: &mut Vec<u8>, headers: &HeaderMap) {
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.push(b':');
        // A value can't hold the end of a line.
        text.extend_from_slice(value.as_bytes());
        text.push(b'\n');
    }
}

impl Journal {
    /// A journal that keeps so many bytes; none at all if that is 0.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let places = (limit / LEAST_ENTRY).min(MOST_PLACES);
        Self {
            ring: (0..places.div_ceil(PLACES_AT_A_TIME).max(1)).map(|_| OnceLock::new()).collect(),
            head: AtomicU64::new(0),
            tail: AtomicU64::new(0),
            bytes: AtomicUsize::new(0),
            limit,
        }
    }

    /// Remembers an exchange, and forgets the oldest if there is no room.
    pub fn record(&self, pages: &Pages, exchange: Exchange<'_>) -> Arc<Entry> {
        let mut entry = Entry::new(pages, exchange);
        if self.limit == 0 {
            return Arc::new(entry);
        }
        self.bytes.fetch_add(entry.size(), Ordering::AcqRel);
        entry.number = self.head.fetch_add(1, Ordering::AcqRel);
        let entry = Arc::new(entry);
        let before = lock(self.place(entry.number)).replace(Arc::clone(&entry));
        self.forget(before.as_deref());
        fence(Ordering::SeqCst);
        if self.tail.load(Ordering::Acquire) > entry.number {
            self.take_out(entry.number);
        }
        while self.bytes.load(Ordering::Acquire) > self.limit && self.forget_oldest() {}
        entry
    }

    /// Takes the oldest entry out. Says whether there was one, or somebody else took it.
    fn forget_oldest(&self) -> bool {
        let (head, tail) = (self.head.load(Ordering::Acquire), self.tail.load(Ordering::Acquire));
        // Where the ring has come round, what was there has made room already.
        let oldest = tail.max(head.saturating_sub(self.places()));
        if oldest >= head {
            return false;
        }
        let is_ours = self
            .tail
            .compare_exchange(tail, oldest + 1, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok();
        if is_ours {
            self.take_out(oldest);
        }
        true
    }

    /// Takes the entry with a number out, if it is there.
    fn take_out(&self, number: u64) {
        // Whoever records puts the entry in and then looks at the tail; whoever forgets moves the
        // tail and then looks for the entry: one of them sees what the other did.
        fence(Ordering::SeqCst);
        let entry = lock(self.place(number)).take_if(|entry| entry.number == number);
        self.forget(entry.as_deref());
    }

    fn forget(&self, entry: Option<&Entry>) {
        if let Some(entry) = entry {
            self.bytes.fetch_sub(entry.size(), Ordering::AcqRel);
        }
    }

    fn place(&self, number: u64) -> &Place {
        let place = usize::try_from(number % self.places()).unwrap_or_default();
        let make = || (0..PLACES_AT_A_TIME).map(|_| Place::default()).collect();
        &self.ring[place / PLACES_AT_A_TIME].get_or_init(make)[place % PLACES_AT_A_TIME]
    }

    /// How many entries the ring has places for.
    fn places(&self) -> u64 {
        (self.ring.len() * PLACES_AT_A_TIME) as u64
    }

    /// The entries of a session, oldest first.
    #[must_use]
    pub fn entries(&self, pages: &Pages) -> Vec<Arc<Entry>> {
        let cleared = pages.cleared.load(Ordering::Acquire);
        let is_own = |entry: &Entry| entry.serial == pages.serial && entry.id > cleared;
        let mut entries: Vec<_> = self
            .kept()
            .filter_map(|place| lock(place).as_ref().filter(|it| is_own(it)).cloned())
            .collect();
        entries.sort_unstable_by_key(|entry| entry.id);
        entries
    }

    /// The entry of a session with an id.
    #[must_use]
    pub fn entry(&self, pages: &Pages, id: u64) -> Option<Arc<Entry>> {
        self.entries(pages).into_iter().find(|entry| entry.id == id)
    }

    /// How many bytes are kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The places that may have an entry, oldest first.
    fn kept(&self) -> impl Iterator<Item = &Place> {
        let head = self.head.load(Ordering::Acquire);
        let tail = self.tail.load(Ordering::Acquire);
        let oldest = tail.max(head.saturating_sub(self.places()));
        (oldest..head).map(|number| self.place(number))
    }

    /// How many exchanges are kept, of all sessions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept().filter(|place| lock(place).is_some()).count()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};

    use super::*;

    fn record(journal: &Journal, pages: &Pages, body: &str) -> u64 {
        let mut request = Request::new(Method::POST, "/x?y".parse().unwrap());
        request.body = Ok(body.to_owned().into());
        let exchange = Exchange {
            times: (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH),
            vendor: None,
            trail: Trail::default(),
            request: &request,
            response: &Response::new(StatusCode::OK, "text/plain", "yes"),
            status: 200,
        };
        journal.record(pages, exchange).id
    }

    fn ids(journal: &Journal, pages: &Pages) -> Vec<u64> {
        journal.entries(pages).iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn sessions_number_their_own_entries_and_see_no_others() {
        let (journal, one, two) = (Journal::new(1 << 20), Pages::new(), Pages::new());
        record(&journal, &one, "a");
        record(&journal, &two, "b");
        record(&journal, &one, "c");
        assert_eq!(ids(&journal, &one), [1, 2]);
        assert_eq!(ids(&journal, &two), [1]);
        one.clear();
        assert!(ids(&journal, &one).is_empty());
        assert_eq!(record(&journal, &one, "d"), 3);
        assert_eq!(ids(&journal, &one), [3]);
    }

    #[test]
    fn the_newest_stay_within_the_bytes() {
        let (journal, pages) = (Journal::new(20 << 10), Pages::new());
        for _ in 0..1_000 {
            record(&journal, &pages, &"x".repeat(1_000));
            assert!(journal.bytes() <= 20 << 10);
        }
        let ids = ids(&journal, &pages);
        assert!((10..=20).contains(&ids.len()), "{ids:?}");
        assert_eq!(ids.last(), Some(&1_000));
        assert_eq!(ids.len() as u64, ids[ids.len() - 1] - ids[0] + 1, "none is missing between");
        assert_eq!(journal.len(), ids.len());
    }

    #[test]
    fn an_entry_that_is_larger_than_the_journal_is_not_kept() {
        let (journal, pages) = (Journal::new(2_000), Pages::new());
        record(&journal, &pages, &"x".repeat(5_000));
        assert_eq!((journal.bytes(), journal.len()), (0, 0));
        let off = Journal::new(0);
        record(&off, &pages, "");
        assert!(off.is_empty());
    }

    #[test]
    fn many_recording_at_once_neither_lose_count_of_bytes_nor_of_entries() {
        let (journal, pages) = (Journal::new(64 << 10), Pages::new());
        std::thread::scope(|scope| {
            for size in 0..8 {
                let (journal, pages) = (&journal, &pages);
                scope.spawn(move || {
                    for _ in 0..500 {
                        record(journal, pages, &"x".repeat(size * 100));
                    }
                });
            }
        });
        let kept: usize = journal.entries(&pages).iter().map(|entry| entry.size()).sum();
        assert_eq!(journal.bytes(), kept);
        assert!(kept <= 64 << 10);
        assert_eq!(pages.recorded(), 4_000);
    }
}
