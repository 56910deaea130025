use base::Result;
use database::{Tx, Value, list::ListQuery};
use hose::{Dash, ItemType};
use records::catalogue::{crimp_specs, lists::VISIBLE};

use super::{fits::narrow_to, hose_named};
use crate::{
    Allowed,
    access::{ReadCrimpFittings, ReadHoses},
    catalogue::query_of,
};

/// How many parts there are of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeCount {
    /// The hose size.
    pub dash: Dash,
    /// How many.
    pub count: u64,
}

/// The sizes of the hoses that are left after the choices made, in dash order.
pub fn hose_sizes(tx: &mut Tx<'_>, caller: &Allowed<ReadHoses>, asked: &ListQuery) -> Result<Vec<SizeCount>> {
    let (_, query) = query_of(tx, caller, Some(ItemType::Hose), asked)?;
    sizes(tx, &query)
}

/// The hose sizes of the fittings that are left after the choices made; with a
/// hose, those that crimp data says fit it.
pub fn fitting_sizes(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadCrimpFittings>,
    hose: Option<&str>,
    asked: &ListQuery,
) -> Result<Vec<SizeCount>> {
    let (brands, mut query) = query_of(tx, caller, Some(ItemType::CrimpFitting), asked)?;
    if let Some(hose) = hose {
        let hose = hose_named(tx, caller, hose)?;
        let specs = crimp_specs::of_hose(tx, hose.row.id)?;
        narrow_to(&brands, &hose, &specs, &mut query);
    }
    sizes(tx, &query)
}

fn sizes(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Vec<SizeCount>> {
    let mut sizes = Vec::new();
    for (value, count) in VISIBLE.counts(tx, query, "p.hose_dash")? {
        let sixteenths = match value {
            Value::Integer(n) => u16::try_from(n).ok(),
            _ => None,
        };
        if let Some(dash) = sixteenths.and_then(Dash::new) {
            sizes.push(SizeCount { dash, count });
        }
    }
    sizes.sort_by_key(|size| size.dash);
    Ok(sizes)
}
