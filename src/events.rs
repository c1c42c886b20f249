//! What happens in a session, told to whoever listens (`GET /__admin/events`), and a bell for those
//! who wait for it to happen.
//!
//! Nobody who makes something happen ever waits for a listener: what a slow one hasn't read is
//! forgotten after a bounded number of events, and the listener is told how many it missed. While
//! nobody listens nothing is kept.

use std::collections::{HashSet, VecDeque};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use serde_json::Value;

use crate::sessions::Slot;

/// How many events are kept for listeners that are slow.
pub const CAPACITY: usize = 1_024;

/// The events of a session.
#[derive(Debug, Default)]
pub struct Events {
    listeners: AtomicUsize,
    ring: Mutex<Ring>,
    bell: Bell,
    has_ended: AtomicBool,
}

#[derive(Debug, Default)]
struct Ring {
    /// The number of the first event that is kept.
    first: u64,
    kept: VecDeque<Event>,
}

#[derive(Debug)]
struct Event {
    /// The exchange that it tells of.
    exchange: Option<u64>,
    /// The event as it is sent.
    text: Arc<str>,
}

impl Events {
    /// Tells of something; what is told is made only if somebody listens.
    pub fn tell(&self, name: &str, exchange: Option<u64>, data: impl FnOnce() -> Value) {
        if self.listeners.load(Ordering::Acquire) > 0 {
            self.keep(name, exchange, data);
        }
        self.bell.ring();
    }

    #[cold]
    fn keep(&self, name: &str, exchange: Option<u64>, data: impl FnOnce() -> Value) {
        let text = text(name, exchange, &data()).into();
        let mut ring = self.ring();
        if ring.kept.len() == CAPACITY {
            ring.kept.pop_front();
            ring.first += 1;
        }
        ring.kept.push_back(Event { exchange, text });
    }

    /// There will be no more: the session is gone.
    pub fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        self.bell.ring();
    }

    /// Has a task woken when something has happened. Whoever waits for a thing looks for it after
    /// this, so that nothing can happen between the look and the wait.
    pub fn wake(&self, context: &Context<'_>) {
        self.bell.add(context.waker());
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event as the wire has it. Data is JSON on one line.
fn text(name: &str, id: Option<u64>, data: &Value) -> String {
    let mut text = format!("event: {name}\n");
    if let Some(id) = id {
        // Writing to a string doesn't fail.
        let _ = writeln!(text, "id: {id}");
    }
    text + &format!("data: {data}\n\n")
}

/// Tasks that want to be woken. While there is none, ringing costs one look.
#[derive(Debug, Default)]
struct Bell {
    is_wanted: AtomicBool,
    wakers: Mutex<Vec<Waker>>,
}

impl Bell {
    fn add(&self, waker: &Waker) {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        if !wakers.iter().any(|other| other.will_wake(waker)) {
            wakers.push(waker.clone());
        }
        self.is_wanted.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    fn ring(&self) {
        fence(Ordering::SeqCst);
        if !self.is_wanted.load(Ordering::SeqCst) {
            return;
        }
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_wanted.store(false, Ordering::SeqCst);
        let woken = std::mem::take(&mut *wakers);
        drop(wakers);
        woken.into_iter().for_each(Waker::wake);
    }
}

/// Somebody who listens. The session stays as long as anybody does.
pub struct Listener {
    slot: Arc<Slot>,
    next: u64,
    /// What is sent before anything else.
    greeting: Option<String>,
    /// Exchanges that the greeting has told of.
    told: HashSet<u64>,
}

impl Listener {
    /// Begins to listen.
    #[must_use]
    pub fn new(slot: Arc<Slot>) -> Self {
        slot.events.listeners.fetch_add(1, Ordering::AcqRel);
        let next = {
            let ring = slot.events.ring();
            ring.first + ring.kept.len() as u64
        };
        // Something to read at once shows a client that it has got through.
        let greeting = Some(": listening\n\n".to_owned());
        Self { slot, next, greeting, told: HashSet::new() }
    }

    /// Tells of what has happened before, each event with the exchange that it tells of.
    pub fn catch_up(&mut self, events: impl Iterator<Item = (u64, Value)>) {
        let greeting = self.greeting.get_or_insert_default();
        for (id, data) in events {
            greeting.push_str(&text("exchange", Some(id), &data));
            self.told.insert(id);
        }
    }

    /// What is to be sent next; `None` when there will be nothing more.
    pub fn poll_next(&mut self, context: &Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(greeting) = self.greeting.take() {
            return Poll::Ready(Some(greeting.into()));
        }
        self.slot.events.wake(context);
        let mut unread = String::new();
        let ring = self.slot.events.ring();
        if let Some(lost) = ring.first.checked_sub(self.next).filter(|lost| *lost > 0) {
            unread.push_str(&text("lost", None, &serde_json::json!({ "count": lost })));
            self.next = ring.first;
        }
        let skipped = usize::try_from(self.next - ring.first).unwrap_or(usize::MAX);
        for event in ring.kept.iter().skip(skipped) {
            let is_told = event.exchange.is_some_and(|id| self.told.remove(&id));
            if !is_told {
                unread.push_str(&event.text);
            }
        }
        self.next = ring.first + ring.kept.len() as u64;
        drop(ring);
        if !unread.is_empty() {
            return Poll::Ready(Some(unread.into()));
        }
        if self.slot.events.has_ended.load(Ordering::Acquire) {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let events = &self.slot.events;
        if events.listeners.fetch_sub(1, Ordering::AcqRel) == 1 {
            let mut ring = events.ring();
            // Another may have begun to listen meanwhile, and would be told that it missed these.
            if events.listeners.load(Ordering::Acquire) == 0 {
                ring.first += ring.kept.len() as u64;
                ring.kept = VecDeque::new();
            }
        }
    }
}
