use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Id, Organization, Result, Timestamp};
use database::Tx;
use gate::history::{Call, Entry, Folded, Unread};
use keys::ApiKey;
use records::{
    api_call_days::{self, ApiCallDay},
    api_calls, unknown_calls,
};
use serde_json::json;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What is written in one unit of work.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    pub(super) calls: Vec<Call>,
    pub(super) folded: Vec<Folded>,
    /// Where it stands in the files, if it came from there.
    pub(super) unread: Option<Unread>,
}

/// Whose, the first moment of the day, which key.
type DayOfKey = (Option<Id<Organization>>, i64, Id<ApiKey>);

/// What the calls of a key on a day add up to.
#[derive(Debug, Default)]
struct Sum {
    calls: i64,
    refused: i64,
    request_bytes: u64,
    response_bytes: u64,
    micros: u64,
    longest: u32,
}

impl Batch {
    /// What was read from files.
    pub(super) fn of_files(mut unread: Unread) -> Self {
        let mut batch = Self::default();
        for entry in std::mem::take(&mut unread.entries) {
            match entry {
                Entry::Call(call) => batch.calls.push(call),
                Entry::Folded(folded) => batch.folded.push(folded),
            }
        }
        batch.unread = Some(unread);
        batch
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.folded.is_empty()
    }

    /// How many calls it stands for.
    pub(super) fn count(&self) -> u64 {
        self.calls.len() as u64 + self.folded.iter().map(|folded| folded.calls).sum::<u64>()
    }

    /// The keys of which only the id is known.
    pub(super) fn without_organization(&self) -> Vec<Id<ApiKey>> {
        let keys = self.calls.iter().filter(|call| call.organization.is_none()).map(|call| call.key);
        keys.collect::<HashSet<_>>().into_iter().collect()
    }

    /// Gives each call the organization of its key; those of nobody's keys are only counted.
    pub(super) fn attribute(&mut self, owners: &HashMap<Id<ApiKey>, Id<Organization>>) {
        for call in &mut self.calls {
            call.organization = call.organization.or_else(|| owners.get(&call.key).copied());
        }
        let nobodys = self.calls.extract_if(.., |call| call.organization.is_none());
        self.folded.extend(nobodys.map(|call| Folded::one(&call)));
    }

    /// The entries that files are to hold of it.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let folded = self.folded.iter().cloned().map(Entry::Folded);
        self.calls.iter().cloned().map(Entry::Call).chain(folded).collect()
    }

    /// Writes it down. What is there already, since nobody knew whether an
    /// earlier attempt had come to its end, is passed over.
    pub(super) fn store(&self, tx: &mut Tx<'_>) -> Result<()> {
        if !self.calls.is_empty() {
            let added: HashSet<_> =
                api_calls::insert(tx, &json!(self.calls).to_string())?.into_iter().collect();
            let days = sums(self.calls.iter().filter(|call| added.contains(&call.id)));
            let rows: Vec<_> = days
                .iter()
                .map(|((organization, day, key), sum)| {
                    let id = day_id(*day, *key);
                    let Sum { calls, refused, request_bytes, response_bytes, micros, longest } = sum;
                    json!([
                        organization,
                        id,
                        day,
                        key,
                        calls,
                        refused,
                        request_bytes,
                        response_bytes,
                        micros,
                        longest
                    ])
                })
                .collect();
            api_call_days::add(tx, &json!(rows).to_string())?;
        }
        let mut counts: BTreeMap<(Timestamp, &str), u64> = BTreeMap::new();
        for Folded { minute, outcome, calls } in &self.folded {
            *counts.entry((*minute, outcome)).or_default() += calls;
        }
        counts
            .into_iter()
            .try_for_each(|((minute, outcome), calls)| unknown_calls::add(tx, minute, outcome, calls))
    }
}

/// What calls add up to, for each organization, day and key.
fn sums<'c>(calls: impl Iterator<Item = &'c Call>) -> BTreeMap<DayOfKey, Sum> {
    let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
    for call in calls {
        let sum = sums.entry((call.organization, day_of(call.at), call.key)).or_default();
        sum.calls += 1;
        sum.refused += i64::from(call.outcome != "letIn");
        sum.request_bytes += call.request_bytes;
        sum.response_bytes += call.response_bytes;
        sum.micros += u64::from(call.micros);
        sum.longest = sum.longest.max(call.micros);
    }
    sums
}

/// The same each time: the day's seconds, and of the key's id what is random.
fn day_id(day: i64, key: Id<ApiKey>) -> Id<ApiCallDay> {
    let mut bytes = *key.as_bytes();
    bytes[..4].copy_from_slice(&u32::try_from(day / 1000).unwrap_or(u32::MAX).to_be_bytes());
    Id::from_bytes(bytes)
}

/// The first moment of the day, in UTC.
pub(super) fn day_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY) * DAY
}
