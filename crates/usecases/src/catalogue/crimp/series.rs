use std::collections::{BTreeMap, BTreeSet};

use base::Result;
use database::Tx;
use hose::Dash;
use records::catalogue::crimp_specs::{self, CrimpSpecRow};

use super::{hose_named, is_for_series};
use crate::{Allowed, access::ReadCrimpFittings, catalogue::Brands};

/// Rows looked at for the details of a series in one size.
const MOST_LOOKED_AT: u32 = 1000;

/// A series of fittings.
#[derive(Debug, Clone)]
pub struct CouplingSeries {
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: String,
    /// The hose sizes it has crimp data for.
    pub hose_sizes: Vec<Dash>,
    /// How many rows of crimp data it has.
    pub rows: u64,
    /// For how many hoses.
    pub hoses: u64,
    /// The ferrules that its crimp data names: brand and number.
    pub ferrules: Vec<(String, String)>,
    /// Whether some hose must be skived for it outside, and inside.
    pub skive: (bool, bool),
}

/// The series that crimp data names; with a hose, those of its data, with
/// their ferrules and skive.
pub fn coupling_series(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadCrimpFittings>,
    hose: Option<&str>,
    with_details: bool,
) -> Result<Vec<CouplingSeries>> {
    let of_hose = match hose {
        None => None,
        Some(hose) => {
            let hose = hose_named(tx, caller, hose)?;
            Some(crimp_specs::of_hose(tx, hose.row.id)?)
        }
    };
    let mut all = counted(tx, of_hose.as_deref())?;
    for ((brand, series), entry) in &mut all {
        let rows = match &of_hose {
            Some(specs) => specs.iter().filter(|row| is_for_series(row, brand, series)).cloned().collect(),
            None => sample(tx, entry, (brand, series), with_details)?,
        };
        spell(entry, &rows);
    }
    Ok(all.into_values().collect())
}

/// The series of the brands that are switched on, by brand and series, as they
/// are counted; those alone that a hose has rows for, if its rows are given.
fn counted(
    tx: &mut Tx<'_>,
    of_hose: Option<&[CrimpSpecRow]>,
) -> Result<BTreeMap<(String, String), CouplingSeries>> {
    let brands = Brands::load(tx)?;
    let mut all = BTreeMap::new();
    for counted in crimp_specs::series(tx)? {
        let Some(brand) = brands.named(&counted.brand).filter(|brand| brand.is_enabled()) else { continue };
        let is_of_hose = |row: &CrimpSpecRow| is_for_series(row, &counted.brand, &counted.series);
        if of_hose.is_some_and(|rows| !rows.iter().any(is_of_hose)) {
            continue;
        }
        let name = counted.series.clone();
        let entry = all.entry((counted.brand, counted.series)).or_insert_with(|| CouplingSeries {
            name,
            brand: brand.row.name.clone(),
            hose_sizes: Vec::new(),
            rows: 0,
            hoses: 0,
            ferrules: Vec::new(),
            skive: (false, false),
        });
        entry.hose_sizes.extend(counted.hose_dash.and_then(Dash::new));
        entry.rows += counted.rows;
        entry.hoses += counted.hoses;
    }
    Ok(all)
}

/// Rows of a series: enough to spell its name by, or to see its details.
fn sample(
    tx: &mut Tx<'_>,
    entry: &CouplingSeries,
    (brand, series): (&str, &str),
    with_details: bool,
) -> Result<Vec<CrimpSpecRow>> {
    let (sizes, most) = if with_details { (entry.hose_sizes.len(), MOST_LOOKED_AT) } else { (1, 1) };
    let mut rows = Vec::new();
    for dash in entry.hose_sizes.iter().take(sizes) {
        rows.extend(crimp_specs::of_series(tx, brand, series, dash.sixteenths(), most)?);
    }
    Ok(rows)
}

/// The name of a series as its rows spell it, and its details as far as they show them.
fn spell(entry: &mut CouplingSeries, rows: &[CrimpSpecRow]) {
    let text = |row: &CrimpSpecRow, name: &str| row.values.text(name).map(ToOwned::to_owned);
    if let Some(name) = rows.iter().find_map(|row| text(row, "couplingSeries")) {
        entry.name = name;
    }
    let mut ferrules = BTreeSet::new();
    for row in rows {
        entry.skive.0 |= row.values.get("skiveExternal").is_some();
        entry.skive.1 |= row.values.get("skiveInternal").is_some();
        ferrules.extend(text(row, "ferruleBrand").zip(text(row, "ferrulePartNumber")));
    }
    entry.ferrules = ferrules.into_iter().collect();
}
