use std::ops::{Deref, Range, RangeInclusive};
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use memchr::memchr;

use super::{CHUNK, Exchange, REQUEST_LIMIT, RESPONSE_LIMIT};
use crate::dialects::Trail;
use crate::http::{Prepared, UnreadBody};

/// How many bodies are known to lie in the last chunk, and how long they are: shorter ones are copied
/// as soon, and longer ones would be too much to hold.
const RECENT: usize = 8;
const HELD: RangeInclusive<usize> = 128..=64 << 10;

/// What a header takes in a map.
const HEADER: usize = 128;

/// Where something that nobody can read has a zero.
const BINARY: usize = 64;

/// Exchanges that were recorded one after another, and what was said in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    entries: Vec<Entry>,
    /// Of each entry the request's line and headers, its body, the answer's headers if they are its
    /// own, and its body.
    text: Vec<u8>,
    /// What headers may take that the entries share with something that may be gone.
    shared: usize,
}

/// One exchange.
#[derive(Clone, Debug)]
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
    pub(super) serial: u64,
    /// The answer's headers, if they are prepared ones.
    pub(super) prepared: Option<Prepared>,
    /// Where each of its four parts lies in the text of its chunk.
    parts: [Range<usize>; 4],
}

/// Bodies of answers that lie in a chunk, with where they lie. A list or a person is asked for again
/// and again, and to copy the beginning of a list takes longer than the rest of an entry.
#[derive(Default)]
pub(super) struct Recent {
    bodies: [Option<(Bytes, Range<usize>)>; RECENT],
    /// Whose place the next one takes.
    oldest: usize,
}

impl Recent {
    fn find(&self, body: &Bytes) -> Option<Range<usize>> {
        // What is held can't have become something else at the same address.
        let is_same = |known: &Bytes| known.as_ptr() == body.as_ptr() && known.len() == body.len();
        let found = self.bodies.iter().flatten().find(|(known, _)| is_same(known));
        found.map(|(_, place)| place.clone())
    }

    fn remember(&mut self, body: &Bytes, place: &Range<usize>) {
        // Whatever nobody else holds is new, and won't be sent again.
        if HELD.contains(&body.len()) && !body.is_unique() {
            self.bodies[self.oldest] = Some((body.clone(), place.clone()));
            self.oldest = (self.oldest + 1) % RECENT;
        }
    }
}

/// An entry as somebody looks at it. It stays as long as they do.
#[derive(Clone, Debug)]
pub struct Recorded {
    chunk: Arc<Chunk>,
    index: usize,
}

impl Chunk {
    /// What it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<Entry>() + self.text.len() + self.shared
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Its memory, for others. What one large entry took is given back.
    pub(super) fn emptied(mut self) -> Self {
        self.entries.clear();
        self.text.clear();
        self.shared = 0;
        self.text.shrink_to(2 * CHUNK);
        self
    }

    /// Adds an exchange.
    pub(super) fn push(
        &mut self,
        serial: u64,
        id: u64,
        exchange: &Exchange<'_>,
        recent: &mut Recent,
    ) {
        let Exchange { times: (at, until), vendor, trail, request, response, status } = exchange;
        let sent: &[u8] = request.body.as_deref().unwrap_or_default();
        let target = request.uri.path_and_query().map_or("", |it| it.as_str());
        let prepared = response.headers.as_prepared().cloned();

        if self.text.capacity() == 0 {
            // What nobody writes to costs nothing.
            self.text.reserve(CHUNK);
        }
        let text = &mut self.text;
        let start = text.len();
        text.extend_from_slice(request.method.as_str().as_bytes());
        text.push(b' ');
        text.extend_from_slice(target.as_bytes());
        text.push(b'\n');
        write_headers(text, &request.headers);
        let head = start..text.len();
        text.extend_from_slice(kept(sent, REQUEST_LIMIT));
        let body = head.end..text.len();
        match &prepared {
            None => write_headers(text, &response.headers),
            Some(Prepared::Static(_)) => {}
            Some(Prepared::Shared(headers)) => self.shared += headers.len() * HEADER,
        }
        let headers = body.end..text.len();
        let answer = recent.find(&response.body).unwrap_or_else(|| {
            text.extend_from_slice(kept(&response.body, RESPONSE_LIMIT));
            let answer = headers.end..text.len();
            recent.remember(&response.body, &answer);
            answer
        });

        self.entries.push(Entry {
            id,
            at: *at,
            until: *until,
            vendor: *vendor,
            trail: trail.clone(),
            status: *status,
            unread: request.body.as_ref().err().copied(),
            request_bytes: sent.len(),
            response_bytes: response.body.len(),
            serial,
            prepared,
            parts: [head, body, headers, answer],
        });
    }
}

impl Recorded {
    /// An exchange that nobody else has to find.
    pub(crate) fn alone(id: u64, exchange: &Exchange<'_>) -> Self {
        let mut chunk = Chunk::default();
        chunk.push(0, id, exchange, &mut Recent::default());
        Self { chunk: Arc::new(chunk), index: 0 }
    }

    /// Every entry of a chunk, oldest first.
    pub(super) fn all(chunk: &Arc<Chunk>) -> impl Iterator<Item = Self> {
        (0..chunk.len()).map(|index| Self { chunk: Arc::clone(chunk), index })
    }

    /// The request's line and headers, its body, the answer's headers if they are its own, or its
    /// body.
    pub(super) fn part(&self, index: usize) -> &[u8] {
        &self.chunk.text[self.parts[index].clone()]
    }
}

impl Deref for Recorded {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.chunk.entries[self.index]
    }
}

/// What is kept of a body: a beginning of what is text, and nothing of what nobody can read.
fn kept(body: &[u8], limit: usize) -> &[u8] {
    // Every kind of picture has one among its first bytes.
    let is_binary = || memchr(0, &body[..body.len().min(BINARY)]).is_some();
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
