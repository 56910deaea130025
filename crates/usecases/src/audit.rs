use base::{Id, Kind, Result};
use database::Tx;
use records::{
    api_keys,
    audit::{Entry, insert},
};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{Caller, Subject};

/// Notes in the audit record what became of a record. `before` and `after`
/// are what a reader with every right may see: never a secret.
pub(crate) fn note<K: Kind, D: Serialize>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    id: Id<K>,
    before: Option<&D>,
    after: Option<&D>,
) -> Result<()> {
    let json = |document: Option<&D>| document.map(|d| serde_json::to_value(d).unwrap_or(Json::Null));
    let entry = Entry {
        subject: &caller.subject.to_string(),
        subject_name: &subject_name(tx, caller)?,
        request_id: caller.request_id.as_deref(),
        address: caller.address.map(|address| address.to_string()),
        action,
        record_kind: K::NAME,
        record_id: id.to_string(),
        before: json(before),
        after: json(after),
    };
    insert(tx, &entry)
}

/// The name at the time: the gate, which makes a key a caller, does not hold it.
fn subject_name(tx: &mut Tx<'_>, caller: &Caller) -> Result<String> {
    let name = match caller.subject {
        Subject::Key(id) => api_keys::find(tx, id)?.map(|key| key.name),
        Subject::User(_) | Subject::System(_) => None,
    };
    Ok(name.unwrap_or_else(|| caller.name.clone()))
}
