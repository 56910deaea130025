use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
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
    parts::{self, PartSeen},
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
    let (specs, mut known, mut met) = (keyed(&specs), Ferrules::default(), BTreeMap::new());
    page.try_map(|fitting| {
        let crimped_by = match met.entry(series_of(&fitting)) {
            Entry::Occupied(met) => Arc::clone(met.get()),
            Entry::Vacant(place) => {
                let crimped_by = crimped_by(tx, &brands, &specs, place.key(), &mut known)?;
                Arc::clone(place.insert(Arc::new(crimped_by)))
            }
        };
        Ok(FittingWithFerrules { fitting, crimped_by })
    })
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
        query.conditions.push(Condition { sql: "1 = 0".to_owned(), values: Vec::new() });
    }
    query.alternatives.extend(series.into_iter().map(|(brand, series)| Condition {
        sql: "p.brand_id = $? AND p.series_norm = $?".to_owned(),
        values: vec![brand.into(), series.into()],
    }));
}

/// The ferrules that were looked up, by brand and number.
type Ferrules = BTreeMap<(String, String), Option<base::Id<Item>>>;

/// Each row with what it is about.
fn keyed(specs: &[CrimpSpecRow]) -> Vec<(CrimpKey, &CrimpSpecRow)> {
    specs.iter().map(|spec| (spec.key(), spec)).collect()
}

/// The brand and the series of a fitting, folded.
type Series = (Option<String>, Option<String>);

fn series_of(fitting: &PartDocument) -> Series {
    let part = &fitting.row.part;
    (part.folded("brand"), part.folded("series"))
}

fn crimped_by(
    tx: &mut Tx<'_>,
    brands: &Brands,
    specs: &[(CrimpKey, &CrimpSpecRow)],
    (brand, series): &Series,
    known: &mut Ferrules,
) -> Result<CrimpedBy> {
    let mut crimped_by = CrimpedBy::default();
    for (key, spec) in specs {
        if (Some(&key.coupling_brand), Some(&key.coupling_series)) != (brand.as_ref(), series.as_ref()) {
            continue;
        }
        if key.ferrule.is_empty() {
            crimped_by.crimp_spec.get_or_insert_with(|| to_json(spec));
            continue;
        }
        let looked_up = (key.ferrule_brand.clone(), key.ferrule.clone());
        let id = if let Some(id) = known.get(&looked_up) {
            *id
        } else {
            let brand = brands.named(&key.ferrule_brand).map(|brand| brand.row.id);
            let found = parts::with_number(tx, ItemType::Ferrule, brand, &key.ferrule)?;
            let id = found.map(|found| found.row.id);
            known.insert(looked_up, id);
            id
        };
        let part_number = spec.values.text("ferrulePartNumber").unwrap_or_default().to_owned();
        crimped_by.ferrules.push(FerruleUsed { id, part_number, crimp_spec: to_json(spec) });
    }
    Ok(crimped_by)
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
    let used = crimped_by(tx, &brands, &keyed(&specs), &series_of(&fitting), &mut Ferrules::default())?;
    let id = used.ferrules.into_iter().find_map(|ferrule| ferrule.id).ok_or_else(none)?;
    let ferrule = parts::find(tx, id)?.filter(|seen| is_open_to(caller, seen)).ok_or_else(none)?;
    PartDocument::new(tx, caller, ferrule)
}
