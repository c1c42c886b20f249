//! The mails that a vendor would have sent, kept instead of sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value};

/// How many mails a session keeps; the oldest goes first.
const CAPACITY: usize = 1_000;

/// One mail.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number in this session, from 1.
    pub id: u64,
    /// When it would have been sent, on the session's clock.
    pub at: Timestamp,
    /// The operation that sent it, as `alfresco.requestPasswordReset`.
    pub operation: &'static str,
    /// The address it goes to.
    pub to: String,
    /// The subject.
    pub subject: &'static str,
    /// The text.
    pub text: String,
    /// What a test wants of it without reading the text: ids and keys.
    pub data: Map<String, Value>,
}

/// The mails of a session, oldest first.
#[derive(Debug, Default)]
pub struct Outbox {
    mails: Mutex<Mails>,
}

#[derive(Clone, Debug, Default)]
struct Mails {
    sent: u64,
    kept: VecDeque<Arc<Message>>,
}

impl Outbox {
    /// Keeps a mail; its number is given here.
    pub fn send(&self, mut message: Message) {
        let mut mails = self.mails();
        mails.sent += 1;
        message.id = mails.sent;
        if mails.kept.len() == CAPACITY {
            mails.kept.pop_front();
        }
        mails.kept.push_back(Arc::new(message));
    }

    /// The mails that are kept, oldest first.
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.mails().kept.iter().cloned().collect()
    }

    /// Throws the mails away; numbers go on.
    pub fn clear(&self) {
        self.mails().kept.clear();
    }

    /// The same mails, to which others are added.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { mails: Mutex::new(self.mails().clone()) }
    }

    fn mails(&self) -> MutexGuard<'_, Mails> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
