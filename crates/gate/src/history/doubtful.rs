use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use base::{Id, Timestamp};
use keys::ApiKey;

use super::{Call, Folded};

const MINUTE: i64 = 60_000;
/// How many unproved calls a minute are looked at one by one.
const MOST: usize = 1000;
/// How many of them may name the same key.
const MOST_OF_A_KEY: u8 = 60;
/// How many minutes are counted apart while nothing can be written down.
const MOST_COUNTS: usize = 10_000;

/// Calls whose key was not proved: anyone can send as many as they like, so
/// few are kept as calls, and the others are counted.
#[derive(Debug, Default)]
pub(super) struct Doubtful {
    minute: i64,
    /// How often a key was named in this minute.
    named: HashMap<Id<ApiKey>, u8>,
    looked_at: usize,
    waiting: Vec<Call>,
    counts: BTreeMap<(i64, &'static str), u64>,
    /// All that ever came.
    pub(super) recorded: u64,
}

impl Doubtful {
    /// Takes in a call that names a key; where there are too many it is only counted.
    pub(super) fn name(&mut self, call: Call, outcome: &'static str) {
        let minute = minute_of(call.at);
        if minute != self.minute {
            self.minute = minute;
            self.named.clear();
            self.looked_at = 0;
        }
        if self.looked_at >= MOST || self.waiting.len() >= MOST {
            return self.count(call.at, outcome);
        }
        let times = self.named.entry(call.key).or_default();
        if *times >= MOST_OF_A_KEY {
            return self.count(call.at, outcome);
        }
        *times += 1;
        self.looked_at += 1;
        self.recorded += 1;
        self.waiting.push(call);
    }

    /// Counts a call.
    pub(super) fn count(&mut self, at: Timestamp, outcome: &'static str) {
        self.recorded += 1;
        let minute = minute_of(at);
        let minute = match self.counts.last_key_value() {
            Some(((last, _), _)) if self.counts.len() >= MOST_COUNTS => *last,
            _ => minute,
        };
        *self.counts.entry((minute, outcome)).or_default() += 1;
    }

    /// How many calls wait, counted ones too.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.len() as u64 + self.counts.values().sum::<u64>()
    }

    pub(super) fn take(&mut self, most: usize) -> (Vec<Call>, Vec<Folded>) {
        let folded = std::mem::take(&mut self.counts).into_iter().map(|((minute, outcome), calls)| Folded {
            minute: Timestamp::from_millis(minute),
            outcome: Cow::Borrowed(outcome),
            calls,
        });
        let calls = self.waiting.drain(..most.min(self.waiting.len()));
        (calls.collect(), folded.collect())
    }
}

/// The first moment of the minute.
pub(super) fn minute_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(MINUTE) * MINUTE
}
