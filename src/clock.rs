//! Time, ids and dice of a session: real, or fixed by `--now` and `--seed`.
//!
//! Everything that has a time or an id asks its session, never the system; `clippy.toml` keeps it
//! so. This is what makes an answer reproducible and a ticket expire on command.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

/// The clock of a session. Reading it takes no lock.
#[derive(Debug)]
pub struct Clock {
    start: Hands,
    hands: ArcSwap<Hands>,
    /// Whether the hands may show anything but real time: hardly any do, and every request asks.
    is_turned: AtomicBool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Hands {
    /// Real time, moved by so much.
    Running(SignedDuration),
    /// Always this moment.
    Frozen(Timestamp),
}

impl Hands {
    const REAL: Self = Self::Running(SignedDuration::ZERO);
}

impl Clock {
    /// A clock that stands still at `now` (`--now`), or shows real time.
    #[must_use]
    pub fn new(now: Option<Timestamp>) -> Self {
        let start = now.map_or(Hands::REAL, Hands::Frozen);
        Self::showing(start, start)
    }

    fn showing(start: Hands, hands: Hands) -> Self {
        let is_turned = AtomicBool::new(hands != Hands::REAL);
        Self { start, hands: ArcSwap::from_pointee(hands), is_turned }
    }

    /// The session's present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self.hands() {
            Hands::REAL => system_now(),
            Hands::Running(offset) => system_now().saturating_add(offset).unwrap_or(Timestamp::MAX),
            Hands::Frozen(at) => at,
        }
    }

    /// The session's present moment in milliseconds since 1970, as expiry times are kept.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// Whether the clock stands still.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(self.hands(), Hands::Frozen(_))
    }

    /// Whether the clock shows anything but real time.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.hands() != Hands::REAL
    }

    fn hands(&self) -> Hands {
        if self.is_turned.load(Ordering::Acquire) { **self.hands.load() } else { Hands::REAL }
    }

    /// Stops the clock at a moment.
    pub fn freeze(&self, at: Timestamp) {
        self.turn(|_| Hands::Frozen(at));
    }

    /// Moves the clock, also backwards; it stands or runs on as before. Time ends where
    /// [`Timestamp`] does.
    pub fn advance(&self, by: SignedDuration) {
        self.turn(|hands| match hands {
            Hands::Running(offset) => Hands::Running(offset.saturating_add(by)),
            Hands::Frozen(at) => Hands::Frozen(at.saturating_add(by).unwrap_or(Timestamp::MAX)),
        });
    }

    /// Lets the clock run on in real time.
    pub fn resume(&self) {
        self.turn(|_| Hands::REAL);
    }

    fn turn(&self, to: impl Fn(Hands) -> Hands) {
        self.hands.rcu(|hands| to(**hands));
        // For good, even where they come back to real time.
        self.is_turned.store(true, Ordering::Release);
    }

    /// A clock that shows the same and is moved on its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::showing(self.start, self.hands())
    }

    /// A clock as the command line said.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::showing(self.start, self.start)
    }
}

/// Real time, for what belongs to the process and not to a session: uptime, and the clocks above.
#[must_use]
pub fn system_now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the one place where real time comes in")]
    Timestamp::now()
}

/// How long ago the process first asked, by a clock that is never set back: for what belongs to the
/// process, such as how long a session has been idle.
#[must_use]
pub fn uptime() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "idleness belongs to the process")]
    let now = Instant::now();
    let start = *START.get_or_init(|| now);
    now.duration_since(start)
}

/// Reads a duration as fixtures and calls give it: `PT1H`, `P3D`, `90m` or `250ms`; a day has 24
/// hours and a week seven days.
pub fn duration(text: &str) -> Result<SignedDuration, jiff::Error> {
    text.parse::<Span>()?.to_duration(SpanRelativeTo::days_are_24_hours())
}

/// [`duration`] as serde wants it.
pub fn deserialize_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration(&text).map_err(|_| {
        serde::de::Error::custom(format!("`{text}` is not a duration; expected one as PT1H or 90m"))
    })
}

/// Where a session's ids, keys and chances come from.
#[derive(Debug)]
pub struct Dice {
    seed: u64,
    generator: Mutex<fastrand::Rng>,
}

impl Dice {
    /// Dice that fall the same for the same seed (`--seed`), or as they like.
    #[must_use]
    pub fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| fastrand::u64(..));
        Self { seed, generator: Mutex::new(fastrand::Rng::with_seed(seed)) }
    }

    /// The next random UUID (version 4).
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.generator().u128(..).to_be_bytes()).into_uuid()
    }

    /// The next `len` random lower-case hexadecimal digits.
    pub fn hex(&self, len: usize) -> String {
        let mut generator = self.generator();
        (0..len).map(|_| generator.digit(16)).collect()
    }

    /// The next whole number below `end` (at least 1).
    pub fn below(&self, end: usize) -> usize {
        self.generator().usize(..end.max(1))
    }

    /// The next number from 0 to below 1.
    pub fn unit(&self) -> f64 {
        self.generator().f64()
    }

    /// Dice that go on as these would, on their own.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { seed: self.seed, generator: Mutex::new(self.generator().clone()) }
    }

    /// The same dice before the first throw.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::new(Some(self.seed))
    }

    fn generator(&self) -> MutexGuard<'_, fastrand::Rng> {
        self.generator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_told_to() {
        let clock = Clock::new(Some(Timestamp::UNIX_EPOCH));
        clock.advance(SignedDuration::from_hours(1));
        assert_eq!(clock.now_ms(), 3_600_000);
        assert_eq!(clock.fork().now_ms(), 3_600_000);
        assert_eq!(clock.fresh().now_ms(), 0);
    }

    #[test]
    fn a_running_clock_that_was_advanced_runs_on() {
        let clock = Clock::new(None);
        let before = clock.now();
        clock.advance(SignedDuration::from_hours(24));
        assert!(clock.now() >= before + SignedDuration::from_hours(24));
        clock.resume();
        assert!(!clock.is_set());
    }

    #[test]
    fn a_clock_that_is_moved_past_the_end_of_time_stays_there() {
        let clock = Clock::new(None);
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn a_duration_is_read_in_iso_8601_and_as_people_say_it() {
        let check = |text, seconds: Option<i64>| {
            let expected = seconds.map(SignedDuration::from_secs);
            assert_eq!(duration(text).ok(), expected, "{text}");
        };
        check("PT1H", Some(3_600));
        check("P3D", Some(3 * 86_400));
        check("P1W", Some(7 * 86_400));
        check("-90m", Some(-5_400));
        check("P1M", None);
        check("soon", None);
    }

    #[test]
    fn dice_with_one_seed_fall_alike_and_their_copies_too() {
        let (one, two) = (Dice::new(Some(7)), Dice::new(Some(7)));
        let first = one.uuid();
        assert_eq!(first, two.uuid());
        assert_eq!(one.hex(40), two.hex(40));
        assert_eq!(one.fork().uuid(), one.uuid());
        assert_eq!(first, one.fresh().uuid());
    }
}
