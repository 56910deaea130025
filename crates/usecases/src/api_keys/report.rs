use base::{Page, Result, Timestamp};
use database::{Tx, list::ListQuery};
use records::api_keys::{
    self,
    tally::{self, OwnTally},
};

use super::{
    ApiKey, documents,
    selection::{days_before, until},
};
use crate::{Allowed, access::ReadApiKeys, organizations};

/// The keys of an organization that deserve a look.
#[derive(Debug)]
pub struct Report {
    /// A key that was not used since then counts as unused.
    pub unused_since: Timestamp,
    /// How many there are of each kind, of all live keys.
    pub tally: OwnTally,
    /// One page of them.
    pub page: Page<Doubtful>,
}

/// A key that deserves a look, and why.
#[derive(Debug)]
pub struct Doubtful {
    /// The key.
    pub key: ApiKey,
    /// Why, at least one.
    pub findings: Vec<Finding>,
}

/// Why a key deserves a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It was not used for as long as was asked for.
    Unused,
    /// It is good for ever.
    NeverExpires,
    /// It is good from anywhere.
    NoAddresses,
}

impl Finding {
    /// A word for programs; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::NeverExpires => "neverExpires",
            Self::NoAddresses => "noAddresses",
        }
    }

    fn all_of(key: &ApiKey, unused_since: Timestamp) -> Vec<Self> {
        let is_unused = key.last_used.unwrap_or(key.stamp.created) < unused_since;
        [
            (is_unused, Self::Unused),
            (key.expires.is_none(), Self::NeverExpires),
            (key.addresses.is_empty(), Self::NoAddresses),
        ]
        .into_iter()
        .filter_map(|(applies, finding)| applies.then_some(finding))
        .collect()
    }
}

/// Reports the keys that were not used for so many days, never expire or can
/// be used from anywhere.
pub fn report(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadApiKeys>,
    unused_days: u32,
    query: &ListQuery,
) -> Result<Report> {
    organizations::require_professional(tx)?;
    let unused_since = days_before(tx.now(), unused_days);
    let filters = vec![("doubtful".to_owned(), vec![until(unused_since)])];
    let page = api_keys::list(tx, false, &ListQuery { filters, ..query.clone() })?;
    let page = documents(tx, caller, page)?
        .map(|key| Doubtful { findings: Finding::all_of(&key, unused_since), key });
    Ok(Report { unused_since, tally: tally::of_organization(tx, unused_since)?, page })
}
