use base::{Error, Result};
use database::{Database, Scope, Tx};
use records::{
    catalogue::SHARED_CATALOGUE,
    images::{ImageRow, uses},
};

use super::of_record;
use crate::{Allowed, access::WriteImages, organizations};

/// Refuses to remove a picture that something of the organization's own names, and says where.
pub(super) fn refuse(tx: &mut Tx<'_>, row: &ImageRow) -> Result<()> {
    if organizations::settings(tx)?.has_logo(&row.name) {
        return Err(Error::conflict(format!("The picture {:?} is the logo of the organization.", row.name)));
    }
    let places = uses::places(tx, &row.name)?;
    if places.is_empty() {
        return Ok(());
    }
    Err(Error::conflict(format!("The picture {:?} is used: {}.", row.name, places.join(", "))))
}

/// Refuses to remove a picture of the shared catalogue that another
/// organization uses; which, is not the operator's to know. Asked before the
/// unit that removes it, which sees one organization alone: whoever begins to
/// use the picture in between names one that is not there, as anybody may.
pub async fn refuse_used_by_others(
    database: &Database,
    caller: &Allowed<WriteImages>,
    name: &str,
) -> Result<()> {
    if caller.organization != SHARED_CATALOGUE {
        return Ok(());
    }
    let (by, name) = (caller.clone(), name.to_owned());
    let find = move |tx: &mut Tx<'_>| of_record::named(tx, &by, &name);
    let Some(row) = database.read(Scope::Organization(SHARED_CATALOGUE), find).await? else { return Ok(()) };
    let name = row.name.clone();
    let ask = move |tx: &mut Tx<'_>| {
        let with_logo = organizations::with_logo(tx, &name)?;
        uses::is_used_by_others(tx, &name, &with_logo)
    };
    if database.read(Scope::System, ask).await? {
        return Err(Error::conflict(format!("The picture {:?} is used by another organization.", row.name)));
    }
    Ok(())
}
