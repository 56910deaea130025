use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use base::{Error, Page, Result};
use database::{
    Tx,
    list::{Condition, ListQuery},
};
use hose::ItemType;
use records::catalogue::{
    crimp_specs::{self, CrimpKey, CrimpSpecRow},
    lists::VISIBLE,
    parts::{self, NumberKey, PartSeen},
};
use serde_json::{Map, Value as Json};

use super::{hose_named, to_json};
use crate::{
    Allowed,
    access::{ReadCrimpFittings, ReadFerrules},
    catalogue::{
        self, Brands, Item, PartDocument,
        find::{documents, is_open_to, query_of, seen_if_any},
    },
};

/// A fitting that fits a hose, with what crimps it on.
#[derive(Debug)]
pub struct FittingWithFerrules {
    /// The fitting.
    pub fitting: PartDocument,
    /// The same for all fittings of its series.
    pub crimped_by: Arc<CrimpedBy>,
}

/// What crimps the fittings of a series onto a hose; nothing where no hose is named.
#[derive(Debug, Default)]
pub struct CrimpedBy {
    /// The ferrules with which they fit; none for one-piece fittings.
    pub ferrules: Vec<FerruleUsed>,
    /// The row of crimp data of one-piece fittings.
    pub crimp_spec: Option<Map<String, Json>>,
}

/// A ferrule with the row of crimp data that names it.
#[derive(Debug, Clone)]
pub struct FerruleUsed {
    /// The ferrule's id; `None` where no such ferrule is in the catalogue.
    pub id: Option<base::Id<Item>>,
    /// Its part number, as the row has it.
    pub part_number: String,
    /// The row.
    pub crimp_spec: Map<String, Json>,
}

/// One page of fittings: with a hose, those that a row of crimp data says fit
/// it, each with the ferrules of those rows; without, all, and no crimp data.
pub fn fittings_with_ferrules(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadCrimpFittings>,
    hose: Option<&str>,
    asked: &ListQuery,
) -> Result<Page<FittingWithFerrules>> {
    let Some(hose) = hose else {
        let page =
            catalogue::list(tx, caller, catalogue::Whose::Visible, Some(ItemType::CrimpFitting), asked)?;
        return Ok(page.map(|fitting| FittingWithFerrules { fitting, crimped_by: Arc::default() }));
    };
    let hose = hose_named(tx, caller, hose)?;
    let specs = crimp_specs::of_hose(tx, hose.row.id)?;
    let (brands, mut query) = query_of(tx, caller, Some(ItemType::CrimpFitting), asked)?;
    narrow_to(&brands, &hose, &specs, &mut query);
    let page = parts::list(tx, &VISIBLE, &query)?;
    let page = documents(tx, caller, page)?;
    let series: BTreeSet<_> = page.items.iter().map(series_of).collect();
    let crimped_by = crimped_by(tx, &brands, &specs, series)?;
    Ok(page.map(|fitting| {
        let crimped_by = crimped_by.get(&series_of(&fitting)).cloned().unwrap_or_default();
        FittingWithFerrules { fitting, crimped_by }
    }))
}

/// Narrows a list of fittings to the series of these rows, in the size of the hose.
pub(super) fn narrow_to(brands: &Brands, hose: &PartSeen, specs: &[CrimpSpecRow], query: &mut ListQuery) {
    let dash = hose.row.part.hose_dash().map_or(-1, |dash| i32::from(dash.sixteenths()));
    query.filters.push(("hoseDash".into(), vec![dash.to_string()]));
    let mut series = BTreeSet::new();
    for spec in specs {
        let key = spec.key();
        if let Some(brand) = brands.named(&key.coupling_brand) {
            series.insert((brand.row.id.to_string(), key.coupling_series));
        }
    }
    if series.is_empty() {
        query.conditions.push(Condition::new("1 = 0", Vec::new()));
    }
    query.alternatives.extend(series.into_iter().map(|(brand, series)| {
        Condition::new("p.brand_id = $? AND p.series_norm = $?", vec![brand.into(), series.into()])
    }));
}

/// The brand and the series of a fitting, folded.
type Series = (Option<String>, Option<String>);

fn series_of(fitting: &PartDocument) -> Series {
    let part = &fitting.row.part;
    (part.folded("brand"), part.folded("series"))
}

/// What crimps the fittings of each of these series. The ferrules of all are looked up at once.
fn crimped_by(
    tx: &mut Tx<'_>,
    brands: &Brands,
    specs: &[CrimpSpecRow],
    series: BTreeSet<Series>,
) -> Result<BTreeMap<Series, Arc<CrimpedBy>>> {
    let keyed = specs.iter().map(|spec| (spec.key(), spec));
    let of_series = |key: &CrimpKey| (Some(key.coupling_brand.clone()), Some(key.coupling_series.clone()));
    let specs: Vec<_> = keyed.filter(|(key, _)| series.contains(&of_series(key))).collect();
    let ferrule = |key: &CrimpKey| {
        let brand = brands.named(&key.ferrule_brand).map(|brand| brand.row.id);
        (brand, ItemType::Ferrule, key.ferrule.clone())
    };
    let wanted: HashSet<NumberKey> =
        specs.iter().filter(|(key, _)| !key.ferrule.is_empty()).map(|(key, _)| ferrule(key)).collect();
    let ferrules = parts::with_numbers(tx, wanted.iter())?;

    let mut found: BTreeMap<Series, CrimpedBy> =
        series.into_iter().map(|one| (one, CrimpedBy::default())).collect();
    for (key, spec) in &specs {
        let Some(found) = found.get_mut(&of_series(key)) else { continue };
        if key.ferrule.is_empty() {
            found.crimp_spec.get_or_insert_with(|| to_json(spec));
            continue;
        }
        let id = ferrules.get(&ferrule(key)).map(|seen| seen.row.id);
        let part_number = spec.values.text("ferrulePartNumber").unwrap_or_default().to_owned();
        found.ferrules.push(FerruleUsed { id, part_number, crimp_spec: to_json(spec) });
    }
    Ok(found.into_iter().map(|(series, found)| (series, Arc::new(found))).collect())
}

/// The ferrule that crimps a fitting onto a hose, by the first row that does.
pub fn ferrule_of(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadFerrules>,
    hose: &str,
    fitting: &str,
) -> Result<PartDocument> {
    let hose = hose_named(tx, caller, hose)?;
    let fitting = seen_if_any(tx, caller, Some(ItemType::CrimpFitting), fitting)?
        .ok_or_else(|| Error::invalid("crimpfittingId", "is not a crimp fitting that can be seen"))?;
    let none = || Error::NotFound("No crimp data names a ferrule for this hose and this fitting.".into());
    if hose.row.part.hose_dash().is_none() || hose.row.part.hose_dash() != fitting.row.part.hose_dash() {
        return Err(none());
    }
    let specs = crimp_specs::of_hose(tx, hose.row.id)?;
    let brands = Brands::load(tx)?;
    let fitting = PartDocument::new(tx, caller, fitting)?;
    let series = BTreeSet::from([series_of(&fitting)]);
    let used = crimped_by(tx, &brands, &specs, series)?;
    let id = used.values().flat_map(|used| &used.ferrules).find_map(|ferrule| ferrule.id).ok_or_else(none)?;
    let ferrule = parts::find(tx, id)?.filter(|seen| is_open_to(caller, seen)).ok_or_else(none)?;
    PartDocument::new(tx, caller, ferrule)
}
