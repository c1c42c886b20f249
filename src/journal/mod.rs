//! What was asked and answered: the newest exchanges of all sessions, as many as fit into a bound of
//! bytes (`--journal-bytes`).
//!
//! Recording copies the exchange to the end of a chunk of memory that the thread shares with no other
//! as long as there are no more threads than cores: it parses nothing, and asks for memory once a
//! chunk. What is said again is kept once a chunk. The oldest chunk is forgotten whole. Whoever looks
//! shares the chunks, and what is recorded meanwhile goes into a copy of the open ones, so that nobody
//! waits for a look.
//! (To keep the headers themselves would be no cheaper: each holds on to the whole buffer that it was
//! read into, which nobody could count.)
//!
//! All else, redaction above all, happens when somebody looks: [`Shown`] is the only way from an
//! entry to the outside.

mod chunk;
mod redact;
mod shown;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use jiff::Timestamp;

use crate::dialects::Trail;
use crate::http::{Request, Response};
use chunk::{Chunk, Recent};

pub use chunk::{Entry, Recorded};
pub use redact::{MASK, text as redacted};
pub use shown::Shown;

/// How much of a request's body is kept.
pub const REQUEST_LIMIT: usize = 64 << 10;
/// How much of an answer's body is kept: a person, and the beginning of a list. Nobody matches on
/// it, and each KiB is written to memory that no cache holds any more, at the cost of the exchange.
pub const RESPONSE_LIMIT: usize = 4 << 10;

/// How large a chunk gets before the next one is begun, and how many a journal has at least. It
/// forgets a chunk at a time.
const CHUNK: usize = 64 << 10;
const LEAST_CHUNKS: usize = 16;

/// The journal of all sessions.
pub struct Journal {
    /// What threads write to, each to its own.
    open: Box<[Shard]>,
    closed: Mutex<Closed>,
    limit: usize,
    chunk: usize,
}

/// Kept apart in memory: what one thread writes to all the time is in no other's cache.
#[derive(Default)]
#[repr(align(128))]
struct Shard(Mutex<Open>);

#[derive(Default)]
struct Open {
    chunk: Arc<Chunk>,
    /// What lies in it for certain.
    recent: Recent,
}

#[derive(Default)]
struct Closed {
    /// The one that was closed first comes first.
    chunks: VecDeque<Arc<Chunk>>,
    /// What all of them take in memory.
    memory: usize,
}

/// The part of the journal that is one session's own, since its last reset.
#[derive(Debug)]
pub struct Pages {
    /// Distinguishes these pages from all others that there ever were.
    serial: u64,
    last: AtomicU64,
    cleared: AtomicU64,
}

/// An exchange that is to be recorded.
pub struct Exchange<'a> {
    /// When it arrived and when it was answered, on the session's clock.
    pub times: (Timestamp, Timestamp),
    /// Who answered it, as an index into [`crate::dialects::ALL`].
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

    fn next_id(&self) -> u64 {
        self.last.fetch_add(1, Ordering::AcqRel) + 1
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

impl Journal {
    /// A journal that keeps so many bytes; none at all if that is 0.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let shards = thread::available_parallelism().map_or(1, Into::into);
        let chunk = CHUNK.min(limit / LEAST_CHUNKS / shards);
        let open = (0..shards).map(|_| Shard::default()).collect();
        Self { open, closed: Mutex::default(), limit, chunk }
    }

    /// Remembers an exchange, and forgets the oldest if there is no room. Gives the number of the
    /// exchange in its session, from 1.
    pub fn record(&self, pages: &Pages, exchange: &Exchange<'_>) -> u64 {
        if self.limit == 0 {
            return pages.next_id();
        }
        let mut open = lock(&self.open[thread_number() % self.open.len()].0);
        // Counted under the lock: who holds all of them sees no number without those before it.
        let id = pages.next_id();
        let Open { chunk, recent } = &mut *open;
        let chunk = Arc::make_mut(chunk);
        chunk.push(pages.serial, id, exchange, recent);
        if chunk.bytes() >= self.chunk {
            self.close(&mut open);
        }
        id
    }

    /// Puts a chunk to those that are kept, as long as there is room beside the open ones.
    #[cold]
    fn close(&self, open: &mut Open) {
        let next = Open { chunk: Arc::new(open.chunk.next(self.chunk)), ..Open::default() };
        let full = std::mem::replace(open, next).chunk;
        let mut closed = lock(&self.closed);
        closed.memory += full.memory();
        closed.chunks.push_back(full);
        // An open one has room for more than makes it full, and seldom for more than twice that.
        let room = self.limit - 2 * self.chunk * self.open.len();
        while closed.memory > room && closed.forget_oldest() {}
    }

    /// Every chunk as it is at one moment.
    fn chunks(&self) -> Vec<Arc<Chunk>> {
        let open: Vec<_> = self.open.iter().map(|it| lock(&it.0)).collect();
        let closed = lock(&self.closed);
        closed.chunks.iter().chain(open.iter().map(|it| &it.chunk)).cloned().collect()
    }

    /// The entries of a session, oldest first.
    #[must_use]
    pub fn entries(&self, pages: &Pages) -> Vec<Recorded> {
        let cleared = pages.cleared.load(Ordering::Acquire);
        let is_own = |entry: &Recorded| entry.serial == pages.serial && entry.id > cleared;
        let mut entries: Vec<_> =
            self.chunks().iter().flat_map(Recorded::all).filter(is_own).collect();
        entries.sort_by_key(|entry| entry.id);
        // A thread that records little keeps longer what it has; of the session as a whole that is
        // forgotten.
        let gap = entries.windows(2).rposition(|pair| pair[0].id + 1 < pair[1].id);
        entries.split_off(gap.map_or(0, |at| at + 1))
    }

    /// The entry of a session with an id.
    #[must_use]
    pub fn entry(&self, pages: &Pages, id: u64) -> Option<Recorded> {
        self.entries(pages).into_iter().find(|entry| entry.id == id)
    }

    /// How many bytes the exchanges hold that are kept. Their chunks take somewhat more.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.chunks().iter().map(|chunk| chunk.bytes()).sum()
    }

    /// How many exchanges are kept, of all sessions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks().iter().map(|chunk| chunk.len()).sum()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Closed {
    /// Says whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let Some(chunk) = self.chunks.pop_front() else { return false };
        self.memory -= chunk.memory();
        true
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Threads are numbered as they come to record.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    NUMBER.with(|it| *it)
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};

    use super::chunk::Part;
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
        journal.record(pages, &exchange)
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
        for index in 0..1_000 {
            record(&journal, &pages, &format!("{index:01000}"));
            assert!(journal.bytes() <= 20 << 10);
        }
        let ids = ids(&journal, &pages);
        assert!((10..=20).contains(&ids.len()), "{ids:?}");
        assert_eq!(ids.last(), Some(&1_000));
        assert_eq!(ids.len() as u64, ids[ids.len() - 1] - ids[0] + 1, "none is missing between");
        assert_eq!(journal.len(), ids.len());
    }

    #[test]
    fn the_memory_stays_within_the_bytes_whatever_is_recorded_after_whatever() {
        let (journal, pages) = (Journal::new(1 << 20), Pages::new());
        for index in 0..20_000 {
            let is_long = index / 2_000 % 2 == 0;
            record(&journal, &pages, &format!("{index}").repeat(if is_long { 200 } else { 1 }));
            if index % 100 == 0 {
                let memory: usize = journal.chunks().iter().map(|it| it.memory()).sum();
                assert!(memory <= 1 << 20, "{memory} after {index}");
            }
        }
        assert!(journal.bytes() > (1 << 20) * 2 / 3, "{} are used", journal.bytes());
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
    fn whoever_looks_sees_what_was_there_and_recording_goes_on() {
        let (journal, pages) = (Journal::new(1 << 20), Pages::new());
        record(&journal, &pages, "a");
        let seen = journal.entries(&pages);
        record(&journal, &pages, "b");
        assert_eq!(
            seen.iter().map(|entry| entry.part(Part::RequestBody)).collect::<Vec<_>>(),
            [b"a"]
        );
        let seen = journal.entries(&pages);
        assert_eq!(
            seen.iter().map(|entry| entry.part(Part::RequestBody)).collect::<Vec<_>>(),
            [b"a", b"b"]
        );
    }

    #[test]
    fn a_body_that_is_sent_again_is_kept_once() {
        let (journal, pages) = (Journal::new(1 << 20), Pages::new());
        let request = Request::new(Method::GET, "/".parse().unwrap());
        let bodies = ["x".repeat(1_000), "y".repeat(1_000)].map(bytes::Bytes::from);
        for index in [0, 1, 0, 1, 1] {
            let body = bodies[index].clone();
            let exchange = Exchange {
                times: (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH),
                vendor: None,
                trail: Trail::default(),
                request: &request,
                response: &Response { body, ..Response::empty(StatusCode::OK) },
                status: 200,
            };
            journal.record(&pages, &exchange);
        }
        let begins: Vec<_> =
            journal.entries(&pages).iter().map(|it| it.part(Part::ResponseBody)[0]).collect();
        assert_eq!(begins, *b"xyxyy");
        assert!(journal.bytes() < 5 * size_of::<Entry>() + 2_100, "{}", journal.bytes());
    }

    #[test]
    fn what_is_said_again_is_kept_once_and_shown_each_time() {
        let (journal, pages) = (Journal::new(1 << 20), Pages::new());
        let before = "y".repeat(1_000);
        for agent in ["x", "x", "y", "x", &before, &before, "y"] {
            let mut request = Request::new(Method::GET, "/".parse().unwrap());
            request.headers.insert("user-agent", agent.parse().unwrap());
            let exchange = Exchange {
                times: (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH),
                vendor: None,
                trail: Trail { caller: Some("admin".into()), ..Trail::default() },
                request: &request,
                response: &Response::empty(StatusCode::OK),
                status: 200,
            };
            journal.record(&pages, &exchange);
        }
        let entries = journal.entries(&pages);
        let lengths: Vec<_> =
            entries.iter().map(|it| it.part(Part::RequestHeaders).len()).collect();
        assert_eq!(lengths, [13, 13, 13, 13, 1_012, 1_012, 13]);
        let is_right =
            |it: &Recorded| it.caller() == Some("admin") && it.part(Part::Line) == b"GET /";
        assert!(entries.iter().all(is_right));
        let text = journal.bytes() - 7 * size_of::<Entry>();
        assert_eq!(text, "GET /".len() + "admin".len() + 13 * 4 + 1_012);
    }

    #[test]
    fn what_was_forgotten_is_still_there_for_who_looks_at_it() {
        let (journal, pages) = (Journal::new(20 << 10), Pages::new());
        record(&journal, &pages, "first");
        let seen = journal.entry(&pages, 1).unwrap();
        for index in 0..100 {
            record(&journal, &pages, &format!("{index:01000}"));
        }
        assert!(journal.entry(&pages, 1).is_none());
        assert_eq!(seen.part(Part::RequestBody), b"first");
    }

    #[test]
    fn what_a_thread_kept_from_before_a_gap_is_forgotten() {
        let (journal, pages) = (Journal::new(20 << 10), Pages::new());
        std::thread::scope(|scope| {
            scope.spawn(|| record(&journal, &pages, "early"));
        });
        assert_eq!(ids(&journal, &pages), [1]);
        for index in 0..100 {
            record(&journal, &pages, &format!("{index:01000}"));
        }
        let ids = ids(&journal, &pages);
        assert!(ids.len() >= 10 && ids[0] > 1, "{ids:?}");
        assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
    }

    #[test]
    fn a_look_while_many_record_misses_none_that_were_before_those_it_has() {
        let (journal, pages) = (Journal::new(8 << 20), Pages::new());
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..1_000).for_each(|_| _ = record(&journal, &pages, ""))))
                .collect();
            while threads.iter().any(|it| !it.is_finished()) {
                let ids = ids(&journal, &pages);
                assert!(ids.iter().copied().eq(1..=ids.len() as u64), "begins with {}", ids[0]);
            }
        });
        assert_eq!(ids(&journal, &pages).len(), 4_000);
    }

    #[test]
    fn many_recording_at_once_keep_within_the_bytes_and_lose_no_entry() {
        let (journal, pages) = (Journal::new(64 << 10), Pages::new());
        std::thread::scope(|scope| {
            for size in 0..8 {
                let (journal, pages) = (&journal, &pages);
                scope.spawn(move || {
                    for _ in 0..500 {
                        record(journal, pages, &"x".repeat(size * 100));
                        assert!(journal.bytes() <= 64 << 10);
                    }
                });
            }
        });
        let ids = ids(&journal, &pages);
        assert_eq!(ids.last(), Some(&4_000));
        assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "in order, and none missing");
        assert_eq!(pages.recorded(), 4_000);
    }
}
