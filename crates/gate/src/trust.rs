use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use base::{Moment, Timestamp};

/// How long a gate decides by what it knows without having heard from the
/// source of its keys; past it, it lets nobody in.
pub const BOUND: Duration = Duration::from_secs(2);

/// A key that is not known may be one that was just made elsewhere, if its id
/// is no older than this before all that is known: as long as a transaction
/// may take, and as far as the clocks of two nodes may be apart.
const YOUNG: Duration = Duration::from_secs(12);

/// A key whose id is this far ahead of the clock was not made by a node of ours.
const AHEAD: Duration = Duration::from_secs(5);

/// How far what a gate knows may be trusted.
///
/// A gate first tells that it goes on deciding, and then asks what is new. It
/// trusts what it was told for [`BOUND`] from the moment before it told, not
/// from the answer: so whoever makes a change and sees that a gate has told
/// nothing for as long knows that it lets nobody in.
#[derive(Debug)]
pub(crate) struct Trust {
    /// The moment that the bound counts from, in nanoseconds.
    since: AtomicU64,
    /// The time of day up to which everything was told, in milliseconds.
    told_upto: AtomicI64,
}

impl Trust {
    /// Nothing is known yet.
    pub(crate) fn none() -> Self {
        Self {
            since: AtomicU64::new(Moment::FIRST.as_nanos()),
            told_upto: AtomicI64::new(Timestamp::MIN.as_millis()),
        }
    }

    pub(crate) fn renew(&self, since: Moment, told_upto: Timestamp) {
        self.told_upto.store(told_upto.as_millis(), Ordering::SeqCst);
        self.since.fetch_max(since.as_nanos(), Ordering::SeqCst);
    }

    /// How long ago the bound began to count.
    pub(crate) fn lag(&self, now: Moment) -> Duration {
        now.since(Moment::from_nanos(self.since.load(Ordering::SeqCst)))
    }

    /// Whether a key of this age that is not known may have been made after
    /// everything that was told.
    pub(crate) fn is_young(&self, made: Timestamp, now: Timestamp) -> bool {
        let told_upto = Timestamp::from_millis(self.told_upto.load(Ordering::SeqCst));
        made > told_upto.minus(YOUNG) && made < now.plus(AHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_counts_from_the_latest_moment_that_was_given() {
        let trust = Trust::none();
        let (second, day) = (Duration::from_secs(1), Timestamp::from_millis(0));
        let start = Moment::FIRST.plus(10 * second);
        assert_eq!(trust.lag(start), 10 * second);
        trust.renew(start, day);
        trust.renew(Moment::FIRST.plus(second), day);
        assert_eq!(trust.lag(start.plus(3 * second)), 3 * second);
    }

    #[test]
    fn only_an_id_from_about_now_may_be_news() {
        let trust = Trust::none();
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        trust.renew(Moment::FIRST, now);
        assert!(trust.is_young(now, now) && trust.is_young(now.minus(Duration::from_secs(11)), now));
        assert!(!trust.is_young(now.minus(Duration::from_mins(1)), now));
        assert!(!trust.is_young(now.plus(Duration::from_mins(1)), now));
    }
}
