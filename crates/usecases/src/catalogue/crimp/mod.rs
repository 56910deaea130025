//! Crimp data: what of it there is for a hose, and what fits by it. Only a row
//! makes a hose and a fitting fit, never an equal size.

mod fits;
mod own;
mod series;
mod sizes;

use base::{Error, Result};
use database::Tx;
use hose::ItemType;
use records::catalogue::{SHARED_CATALOGUE, crimp_specs, crimp_specs::CrimpSpecRow, parts::PartSeen};
use serde_json::{Map, Value as Json, json};

pub use fits::{CrimpedBy, FerruleUsed, FittingWithFerrules, ferrule_of, fittings_with_ferrules};
pub(super) use own::revise_own;
pub use series::{CouplingSeries, coupling_series};
pub use sizes::{SizeCount, fitting_sizes, hose_sizes};

use super::find::{seen, seen_if_any};
use crate::{Allowed, Caller, access::ReadHoses};

/// The crimp data of a hose, by series.
pub fn crimp_specs(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadHoses>,
    hose: &str,
) -> Result<Vec<Map<String, Json>>> {
    let hose = seen(tx, caller, Some(ItemType::Hose), hose)?;
    Ok(crimp_specs::of_hose(tx, hose.row.id)?.iter().map(to_json).collect())
}

/// A row of crimp data as it is answered.
pub(super) fn to_json(row: &CrimpSpecRow) -> Map<String, Json> {
    let mut json = Map::new();
    json.insert("_id".into(), json!(row.id));
    json.insert("hoseId".into(), json!(row.hose));
    json.extend(row.values.to_json());
    json.insert("shared".into(), json!(row.owner == SHARED_CATALOGUE));
    json.insert("rev".into(), json!(row.stamp.rev));
    json
}

/// The hose that the parameter `hoseId` names.
fn hose_named(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<PartSeen> {
    seen_if_any(tx, caller, Some(ItemType::Hose), name)?
        .ok_or_else(|| Error::invalid("hoseId", "is not a hose that can be seen"))
}

/// Whether a row is for fittings of this series, both names folded.
fn is_for_series(row: &CrimpSpecRow, brand: &str, series: &str) -> bool {
    let key = row.key();
    key.coupling_brand == brand && key.coupling_series == series
}
