//! What is still to be done before parts can be crimped.

use base::{Page, Result};
use database::{Tx, list::ListQuery};
use hose::ItemType;
use records::catalogue::{
    couplings,
    lists::{VISIBLE, uncrimped_hose},
    parts,
};

use super::{PartDocument, find::documents, query_of};
use crate::{Allowed, access::ReadComponents};

/// Couplings without crimp data whose fittings are looked up; where there are more, fittings are walked along.
const MOST_UNCRIMPED: usize = 200;

/// One page of the hoses without crimp data, or of the fittings whose series has none in their hose size.
pub fn uncrimped(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadComponents>,
    fittings: bool,
    asked: &ListQuery,
) -> Result<Page<PartDocument>> {
    let item_type = if fittings { ItemType::CrimpFitting } else { ItemType::Hose };
    let (_, mut query) = query_of(tx, caller, Some(item_type), asked)?;
    if !fittings {
        query.conditions.push(uncrimped_hose());
    } else if let Some(couplings) = couplings::uncrimped(tx, MOST_UNCRIMPED)? {
        query.alternatives = couplings;
    } else {
        query.conditions.push(couplings::uncrimped_fitting());
    }
    let page = parts::list(tx, &VISIBLE, &query)?;
    documents(tx, caller, page)
}
