//! The record of who changed what: written, and read again.

use base::{Id, Kind, Page, Result};
use database::{Tx, list::ListQuery};
use records::{
    api_keys,
    audit::{self, Entry},
};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{Allowed, Caller, Subject, access::ReadAudit, webhooks};

pub use records::audit::{AuditEntry, EntryRow, LIST};

/// Notes in the audit record what became of a record, and tells the webhooks
/// of it. `before` and `after` are what a reader with every right may see:
/// never a secret.
pub(crate) fn note<K: Kind, D: Serialize>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    id: Id<K>,
    before: Option<&D>,
    after: Option<&D>,
) -> Result<()> {
    let entry = entry(tx, caller, action, id, before, after)?;
    let event = audit::insert(tx, &entry)?;
    webhooks::publish(tx, event, &entry)
}

/// The same without telling the webhooks: for what is done to what they were
/// told, of which there would be no end.
pub(crate) fn note_untold<K: Kind, D: Serialize>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    id: Id<K>,
    after: &D,
) -> Result<Id<AuditEntry>> {
    let entry = entry(tx, caller, action, id, None, Some(after))?;
    audit::insert(tx, &entry)
}

fn entry<'a, K: Kind, D: Serialize>(
    tx: &mut Tx<'_>,
    caller: &'a Caller,
    action: &'a str,
    id: Id<K>,
    before: Option<&D>,
    after: Option<&D>,
) -> Result<Entry<'a>> {
    let json = |document: Option<&D>| document.map(|d| serde_json::to_value(d).unwrap_or(Json::Null));
    Ok(Entry {
        subject: caller.subject.to_string(),
        subject_name: subject_name(tx, caller)?,
        request_id: caller.request_id.as_deref(),
        address: caller.address.map(|address| address.to_string()),
        action,
        record_kind: kind_word(K::NAME),
        record_id: id.to_string(),
        before: json(before),
        after: json(after),
    })
}

/// A kind of record in one word: an `API key` is an `apiKey`.
fn kind_word(name: &str) -> String {
    let mut word = String::new();
    for part in name.split([' ', '-']) {
        let lower = part.to_ascii_lowercase();
        match lower.get(..1) {
            Some(first) if !word.is_empty() => word.extend([&first.to_ascii_uppercase(), &lower[1..]]),
            _ => word.push_str(&lower),
        }
    }
    word
}

/// The name at the time: the gate, which makes a key a caller, does not hold it.
fn subject_name(tx: &mut Tx<'_>, caller: &Caller) -> Result<String> {
    let name = match caller.subject {
        Subject::Key(id) => api_keys::find(tx, id)?.map(|key| key.name),
        Subject::User(_) | Subject::System(_) => None,
    };
    Ok(name.unwrap_or_else(|| caller.name.clone()))
}

/// One page of the record; the newest first, unless it is asked for otherwise.
pub fn list(tx: &mut Tx<'_>, _: &Allowed<ReadAudit>, query: &ListQuery) -> Result<Page<EntryRow>> {
    audit::list(tx, query)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_kind_of_record_is_one_word() {
        for (name, word) in [
            ("API key", "apiKey"),
            ("user", "user"),
            ("audit entry", "auditEntry"),
            ("sales-estimate line", "salesEstimateLine"),
        ] {
            assert_eq!(super::kind_word(name), word);
        }
    }
}
