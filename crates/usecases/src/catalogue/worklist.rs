//! What is still to be done before parts can be crimped.

use base::{Page, Result};
use database::{Tx, list::ListQuery};
use hose::ItemType;
use records::catalogue::{
    lists::{UNCRIMPED_FITTINGS, UNCRIMPED_HOSES},
    parts,
};

use super::{PartDocument, find::documents, query_of};
use crate::{Allowed, access::ReadComponents};

/// One page of the hoses without crimp data, or of the fittings whose series has none in their hose size.
pub fn uncrimped(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadComponents>,
    fittings: bool,
    asked: &ListQuery,
) -> Result<Page<PartDocument>> {
    let (list, item_type) = if fittings {
        (&UNCRIMPED_FITTINGS, ItemType::CrimpFitting)
    } else {
        (&UNCRIMPED_HOSES, ItemType::Hose)
    };
    let (_, query) = query_of(tx, caller, Some(item_type), asked)?;
    let page = parts::list(tx, list, &query)?;
    documents(tx, caller, page)
}
