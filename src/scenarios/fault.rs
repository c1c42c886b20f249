use std::num::NonZeroU64;
use std::time::Duration;

/// How an answer goes out, if not at once, whole and well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How long it is kept back, in real time.
    pub delay: Duration,
    /// How many bytes of its body go out in a second; all at once if this isn't said.
    pub bytes_per_second: Option<NonZeroU64>,
    /// How it breaks, once the delay is over.
    pub fault: Option<Fault>,
}

impl Delivery {
    /// Whether the answer goes out like any other.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// How an exchange breaks on its way to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset (a TCP RST) before any byte of the answer.
    Reset,
    /// The connection is closed in order (a FIN) before any byte of the answer.
    Close,
    /// The head comes, with the full length, and so many bytes of the body; then the connection is
    /// closed.
    Truncate {
        /// Bytes of the body.
        after: u64,
    },
    /// The head announces chunks, and what comes is none; then the connection is closed.
    MalformedChunk,
    /// What comes is no HTTP at all; then the connection is closed.
    Garbage,
    /// Nothing comes, and the connection stays open until the client leaves or the server stops.
    Hang,
    /// The head announces another length than the body has.
    WrongLength,
}
