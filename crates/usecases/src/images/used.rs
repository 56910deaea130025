use base::{Error, Result, normalized};
use database::Tx;
use records::images::{self, ImageRow};

use crate::organizations;

/// Refuses to remove a picture that something names, and says where.
pub(super) fn refuse(tx: &mut Tx<'_>, row: &ImageRow) -> Result<()> {
    let logo = organizations::settings(tx)?.logo_image_name;
    if logo.is_some_and(|logo| normalized(&logo) == normalized(&row.name)) {
        return Err(Error::conflict(format!("The picture {:?} is the logo of the organization.", row.name)));
    }
    let places = images::places(tx, &row.name)?;
    if places.is_empty() {
        return Ok(());
    }
    Err(Error::conflict(format!("The picture {:?} is used: {}.", row.name, places.join(", "))))
}
