use base::{Error, Result};
use database::Tx;
use keys::{Permission, Resource};
use records::catalogue::parts::{self, Status, StoredPart};

use super::{PartDocument, by, find::seen, imports};
use crate::{Allowed, access::WriteItems, audit, documents};

/// What was decided of a part that waits for approval.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Whether it may be used; else it goes.
    pub approved: bool,
    /// Why.
    pub reason: Option<String>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// Decides of a part that waits. For those who run the organization.
pub fn decide(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteItems>,
    name: &str,
    decision: &Decision,
) -> Result<PartDocument> {
    if !caller.permissions.contains(Permission::write(Resource::Organization)) {
        return Err(Error::Forbidden(
            "Approving needs the permission organization:write, as an administrator has it.".into(),
        ));
    }
    imports::refuse_at_work(tx)?;
    let mut now = seen(tx, caller, None, name)?;
    documents::check(decision.rev, super::document::rev(&now))?;
    if now.row.status != Status::Pending {
        return Err(Error::conflict("The item does not wait for approval."));
    }
    let before = PartDocument::new(tx, caller, now.clone())?;
    let (at, by) = (tx.now(), by(caller));
    now.row.status = if decision.approved { Status::Approved } else { Status::Deleted };
    now.row.deleted = (!decision.approved).then(|| (at, by.clone()));
    now.row.status_reason.clone_from(&decision.reason);
    now.row.stamp = now.row.stamp.changed(at, by);
    parts::set(tx, &[StoredPart::from(&now.row)])?;
    let document = PartDocument::new(tx, caller, now)?;
    let action = if decision.approved { "approve" } else { "reject" };
    audit::note(tx, caller, action, document.id(), Some(&before.told()), Some(&document.told()))?;
    Ok(document)
}
