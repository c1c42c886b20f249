use std::ops::{Deref, Range, RangeInclusive};
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use super::{Exchange, REQUEST_LIMIT, RESPONSE_LIMIT};
use crate::dialects::{self, Checks, Operation, Vendor};
use crate::http::Prepared;
use crate::scenarios::ForcedBy;

/// How many bodies, and how many prepared headers, are known to lie in the last chunk.
const RECENT: usize = 8;

/// How long these bodies are: shorter ones are copied as soon, and longer ones would be too much to
/// hold.
const HELD: RangeInclusive<usize> = 128..=64 << 10;

/// Where something that nobody can read has a zero.
const BINARY: usize = 64;

/// Exchanges that were recorded one after another, and what was said in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    entries: Vec<Entry>,
    /// What entries say, in the order in which it was first said.
    text: Vec<u8>,
    /// What forced answers of entries.
    forced_by: Vec<Arc<ForcedBy>>,
}

/// One exchange, but for what was said in it. It holds nothing that has to be let go, so that a
/// chunk is forgotten without a look at memory that no cache holds any more.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number in its session, from 1.
    pub id: u64,
    /// When it arrived, on the session's clock.
    pub at: Timestamp,
    /// When it was answered, on the session's clock.
    pub until: Timestamp,
    /// Who answered it.
    pub vendor: Option<&'static Vendor>,
    /// The operation, if one was found.
    pub operation: Option<&'static Operation>,
    /// What went wrong, as [`dialects::CatalogueEntry::id`] has it.
    pub problem: Option<&'static str>,
    /// What the vendor looked at.
    pub checks: Checks,
    /// The status; 0 if no answer reached the client.
    pub status: u16,
    /// Whether the body of the request was too long to be read, or broke off.
    pub is_unread: bool,
    /// How long the body of the request was.
    pub request_bytes: usize,
    /// How long the body of the answer was.
    pub response_bytes: usize,
    pub(super) serial: u64,
    /// What forced its answer, as an index into those of its chunk.
    forced_by: Option<u32>,
    /// Where each [`Part`] lies in the text of its chunk.
    parts: [Range<u32>; PARTS],
}

/// What was said in an exchange.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// Method and target, with a blank between.
    Line,
    /// The headers of the request, each with a line's end.
    RequestHeaders,
    RequestBody,
    /// The headers of the answer.
    ResponseHeaders,
    ResponseBody,
    /// Who called, once that is known.
    Caller,
}

const PARTS: usize = 6;

/// What lies in a chunk for certain, with where it lies, so that it needn't be looked at to be found
/// again: bodies of answers, of which a list's beginning would take longer to copy than the rest of
/// an entry, and prepared headers.
#[derive(Default)]
pub(super) struct Recent {
    bodies: Known<Bytes>,
    headers: Known<Prepared>,
}

struct Known<T> {
    places: Vec<(T, Range<u32>)>,
    /// Whose place the next one takes.
    oldest: usize,
}

impl<T> Known<T> {
    fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<Range<u32>> {
        let found = self.places.iter().find(|(known, _)| is_it(known));
        found.map(|(_, place)| place.clone())
    }

    fn remember(&mut self, what: T, place: &Range<u32>) {
        let known = (what, place.clone());
        match self.places.get_mut(self.oldest) {
            Some(oldest) => *oldest = known,
            None => self.places.push(known),
        }
        self.oldest = (self.oldest + 1) % RECENT;
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { places: Vec::new(), oldest: 0 }
    }
}

/// An entry as somebody looks at it. It stays as long as they do.
#[derive(Clone, Debug)]
pub struct Recorded {
    chunk: Arc<Chunk>,
    index: usize,
}

impl Chunk {
    /// What it holds.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.entries) + self.text.len() + size_of_val(&*self.forced_by)
    }

    /// What it takes in memory, with the room that nothing was written to.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
            + self.text.capacity()
            + self.forced_by.capacity() * size_of::<Arc<ForcedBy>>()
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The next one, with room for somewhat more than is in this one: it will mostly be alike. The text
    /// of one large entry is no reason.
    pub(super) fn next(&self, longest: usize) -> Self {
        let room = |len: usize| len + len / 8;
        Self {
            entries: Vec::with_capacity(room(self.entries.len())),
            text: Vec::with_capacity(room(self.text.len()).min(longest)),
            forced_by: Vec::with_capacity(room(self.forced_by.len())),
        }
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
        let caller = trail.caller.as_deref().unwrap_or_default();
        let (headers, body) = (&response.headers, &response.body);
        let mut saying =
            Saying { text: &mut self.text, before: self.entries.last(), parts: Default::default() };
        let method = request.method.as_str();
        saying.say(Part::Line, || [method, " ", target].map(str::as_bytes));
        saying.say(Part::RequestHeaders, || header_pieces(&request.headers));
        saying.say(Part::RequestBody, || [kept(sent, REQUEST_LIMIT)]);
        saying.say(Part::Caller, || [caller.as_bytes()]);
        let prepared = headers.as_prepared();
        if let Some(place) = prepared.and_then(|it| recent.headers.find(|known| known.is_same(it)))
        {
            saying.parts[Part::ResponseHeaders as usize] = place;
        } else {
            let place = saying.say(Part::ResponseHeaders, || header_pieces(headers));
            if let Some(prepared) = prepared {
                recent.headers.remember(prepared.clone(), place);
            }
        }
        // What is held can't have become something else at the same address.
        let is_it = |it: &Bytes| it.as_ptr() == body.as_ptr() && it.len() == body.len();
        if let Some(place) = recent.bodies.find(is_it) {
            saying.parts[Part::ResponseBody as usize] = place;
        } else {
            let place = saying.say(Part::ResponseBody, || [kept(body, RESPONSE_LIMIT)]);
            // Whatever nobody else holds is new, and won't be sent again.
            if HELD.contains(&body.len()) && !body.is_unique() {
                recent.bodies.remember(body.clone(), place);
            }
        }
        let parts = saying.parts;

        let forced_by = trail.forced_by.as_ref().map(|it| {
            self.forced_by.push(Arc::clone(it));
            offset(self.forced_by.len() - 1)
        });
        let vendor = vendor.and_then(|it| dialects::ALL.get(it).copied());
        self.entries.push(Entry {
            id,
            at: *at,
            until: *until,
            vendor,
            operation: vendor.zip(trail.operation).and_then(|(it, at)| it.operations.get(at)),
            problem: trail.problem,
            checks: trail.checks,
            status: *status,
            is_unread: request.body.is_err(),
            request_bytes: sent.len(),
            response_bytes: body.len(),
            serial,
            forced_by,
            parts,
        });
    }
}

/// What an exchange says, while it is written to a chunk.
struct Saying<'a> {
    text: &'a mut Vec<u8>,
    before: Option<&'a Entry>,
    parts: [Range<u32>; PARTS],
}

impl Saying<'_> {
    /// Writes the pieces of a part and gives its place. One that is said again is kept once: a client
    /// sends the same headers again and again, and each byte that is kept is written to memory that
    /// no cache holds any more.
    fn say<'p, P>(&mut self, part: Part, pieces: impl Fn() -> P) -> &Range<u32>
    where
        P: IntoIterator<Item = &'p [u8]>,
    {
        let place = &mut self.parts[part as usize];
        *place = match self.before.map(|it| &it.parts[part as usize]) {
            Some(before) if is_made_of(lying(self.text, before), pieces()) => before.clone(),
            _ => {
                let start = offset(self.text.len());
                pieces().into_iter().for_each(|piece| self.text.extend_from_slice(piece));
                start..offset(self.text.len())
            }
        };
        place
    }
}

/// Whether a text is these pieces one after the other.
fn is_made_of<'p>(text: &[u8], pieces: impl IntoIterator<Item = &'p [u8]>) -> bool {
    pieces
        .into_iter()
        .try_fold(text, |rest, piece| rest.strip_prefix(piece))
        .is_some_and(<[u8]>::is_empty)
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

    /// A part of what was said, as it was sent.
    pub(super) fn part(&self, part: Part) -> &[u8] {
        lying(&self.chunk.text, &self.parts[part as usize])
    }

    /// Who called, once that was known.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        str::from_utf8(self.part(Part::Caller)).ok().filter(|it| !it.is_empty())
    }

    /// What made the answer something else than it would have been, if something did.
    #[must_use]
    pub fn forced_by(&self) -> Option<&ForcedBy> {
        self.chunk.forced_by.get(self.forced_by? as usize).map(|it| &**it)
    }
}

impl Deref for Recorded {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.chunk.entries[self.index]
    }
}

/// A place in a chunk. No chunk gets anywhere near as large as these numbers: one ends soon after
/// [`CHUNK`](super::CHUNK), and what its last exchange says has bounds of its own.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What lies at a place in a text.
fn lying<'t>(text: &'t [u8], place: &Range<u32>) -> &'t [u8] {
    text.get(place.start as usize..place.end as usize).unwrap_or_default()
}

/// What is kept of a body: a beginning of what is text, and nothing of what nobody can read.
fn kept(body: &[u8], limit: usize) -> &[u8] {
    // Every kind of picture has one among its first bytes.
    let is_binary = || body[..body.len().min(BINARY)].contains(&0);
    if body.is_empty() || is_binary() { &[] } else { &body[..body.len().min(limit)] }
}

/// Headers, each with the end of a line, which no value can hold.
fn header_pieces(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers
        .iter()
        .flat_map(|(name, value)| [name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"])
}
