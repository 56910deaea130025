//! Crimp data: what of it there is for a hose, and what fits by it. Only a row
//! makes a hose and a fitting fit, never an equal size.

use std::collections::{BTreeMap, BTreeSet};

use base::{Error, FieldError, Page, Result};
use database::{
    Tx, Value,
    list::{Condition, ListQuery},
};
use hose::{Dash, ItemType, crimp::CRIMP_SPEC, fields::Values};
use records::catalogue::{
    SHARED_CATALOGUE, crimp_specs,
    crimp_specs::CrimpSpecRow,
    lists::VISIBLE,
    parts::{self, PartRow, PartSeen},
};
use serde_json::{Map, Value as Json, json};

use super::{
    Brands, Item, PartDocument, by,
    find::{documents, query_of, seen},
    stamp,
};
use crate::{
    Allowed, Caller,
    access::{ReadCrimpFittings, ReadFerrules, ReadHoses},
};

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

/// The crimp data of a hose, by series.
pub fn crimp_specs(tx: &mut Tx<'_>, _: &Allowed<ReadHoses>, hose: &str) -> Result<Vec<Map<String, Json>>> {
    let hose = seen(tx, Some(ItemType::Hose), hose)?;
    Ok(crimp_specs::of_hose(tx, hose.row.id)?.iter().map(to_json).collect())
}

/// Makes the organization's own crimp data of a hose what `crimpSpecs` says, if
/// a change has it. Rows of the shared catalogue may be among them as they
/// were read; they stay what they are.
pub(super) fn revise_own(
    tx: &mut Tx<'_>,
    caller: &Caller,
    hose: &PartRow,
    fields: &Map<String, Json>,
) -> Result<()> {
    if hose.part.item_type() != ItemType::Hose {
        return Ok(());
    }
    let wanted = match fields.get("crimpSpecs") {
        None => return Ok(()),
        Some(Json::Null) => Vec::new(),
        Some(Json::Array(rows)) => read_all(rows)?,
        Some(_) => return Err(Error::invalid("crimpSpecs", "must be an array")),
    };
    let now = crimp_specs::of_hose(tx, hose.id)?;
    let dash = hose.part.hose_dash().map(Dash::sixteenths);
    let mut kept = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for (n, values) in wanted.into_iter().enumerate() {
        let probe = CrimpSpecRow {
            owner: caller.organization,
            id: tx.new_id(),
            hose: hose.id,
            hose_dash: dash,
            values,
            stamp: stamp(tx, caller),
        };
        if !keys.insert(probe.key()) {
            return Err(Error::invalid(format!("crimpSpecs[{n}]"), "is for the same as one before it"));
        }
        match now.iter().find(|row| row.key() == probe.key()) {
            Some(same) if same.values == probe.values && same.hose_dash == dash => drop(kept.insert(same.id)),
            Some(own) if own.owner == caller.organization => {
                kept.insert(own.id);
                let stamp = own.stamp.changed(tx.now(), by(caller));
                crimp_specs::update(tx, &CrimpSpecRow { id: own.id, stamp, ..probe })?;
            }
            _ => crimp_specs::insert(tx, &probe)?,
        }
    }
    let is_gone = |row: &&CrimpSpecRow| row.owner == caller.organization && !kept.contains(&row.id);
    now.iter().filter(is_gone).try_for_each(|row| crimp_specs::delete(tx, row.id))
}

fn read_all(rows: &[Json]) -> Result<Vec<Values>> {
    const MOST: usize = 500;
    if rows.len() > MOST {
        return Err(Error::invalid("crimpSpecs", format!("must not have more than {MOST} rows")));
    }
    let mut all = Vec::with_capacity(rows.len());
    let mut wrong = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let place = format!("crimpSpecs[{n}]");
        let Some(object) = row.as_object() else {
            wrong.push(FieldError::new(place, "must be an object"));
            continue;
        };
        let (values, problems) = Values::read(CRIMP_SPEC, object);
        wrong.extend(
            problems
                .into_iter()
                .map(|problem| FieldError::new(format!("{place}.{}", problem.path), problem.message)),
        );
        all.push(values);
    }
    if wrong.is_empty() { Ok(all) } else { Err(Error::Invalid(wrong)) }
}

/// A fitting that fits a hose, with what crimps it on.
#[derive(Debug)]
pub struct FittingWithFerrules {
    /// The fitting.
    pub fitting: PartDocument,
    /// The ferrules with which it fits; none for a one-piece fitting, or where no hose is named.
    pub ferrules: Vec<FerruleUsed>,
    /// The row of crimp data of a one-piece fitting.
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
        let page = super::list(tx, caller, super::Whose::Visible, Some(ItemType::CrimpFitting), asked)?;
        return Ok(page.map(|fitting| FittingWithFerrules {
            fitting,
            ferrules: Vec::new(),
            crimp_spec: None,
        }));
    };
    let hose = seen(tx, Some(ItemType::Hose), hose)
        .map_err(|_| Error::invalid("hoseId", "is not a hose that can be seen"))?;
    let specs = crimp_specs::of_hose(tx, hose.row.id)?;
    let (brands, mut query) = query_of(tx, caller, Some(ItemType::CrimpFitting), asked)?;
    narrow_to(&brands, &hose, &specs, &mut query);
    let page = documents_with(tx, caller, &query)?;
    let mut ferrules = Ferrules::default();
    let Page { items, total, page, limit, total_is_lower_bound, cursor } = page;
    let mut fitting_items = Vec::with_capacity(items.len());
    for fitting in items {
        fitting_items.push(with_ferrules(tx, &brands, &specs, fitting, &mut ferrules)?);
    }
    Ok(Page { items: fitting_items, total, page, limit, total_is_lower_bound, cursor })
}

fn documents_with(tx: &mut Tx<'_>, caller: &Caller, query: &ListQuery) -> Result<Page<PartDocument>> {
    let page = parts::list(tx, &VISIBLE, query)?;
    documents(tx, caller, page)
}

/// Narrows a list of fittings to the series of these rows, in the size of the hose.
fn narrow_to(brands: &Brands, hose: &PartSeen, specs: &[CrimpSpecRow], query: &mut ListQuery) {
    let dash = hose.row.part.hose_dash().map_or(-1, |dash| i32::from(dash.sixteenths()));
    query.filters.push(("hoseDash".into(), vec![dash.to_string()]));
    let mut series = BTreeSet::new();
    for spec in specs {
        let key = spec.key();
        if let Some(brand) = brands.named(&key.coupling_brand) {
            series.insert((brand.row.id.to_string(), key.coupling_series));
        }
    }
    let mut values: Vec<Value> = series.iter().map(|(_, series)| series.as_str().into()).collect();
    let names = vec!["$?"; values.len()].join(", ");
    let pairs = vec!["(p.brand_id = $? AND p.series_norm = $?)"; values.len()].join(" OR ");
    for (brand, series) in &series {
        values.extend([brand.as_str().into(), series.as_str().into()]);
    }
    let sql = if series.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("p.series_norm IN ({names}) AND ({pairs})")
    };
    query.conditions.push(Condition { sql, values });
    query.few = true;
}

/// The ferrules that were looked up, by brand and number.
type Ferrules = BTreeMap<(String, String), Option<base::Id<Item>>>;

fn with_ferrules(
    tx: &mut Tx<'_>,
    brands: &Brands,
    specs: &[CrimpSpecRow],
    fitting: PartDocument,
    known: &mut Ferrules,
) -> Result<FittingWithFerrules> {
    let part = &fitting.row.part;
    let (brand, series) = (part.folded("brand"), part.folded("series"));
    let mut ferrules = Vec::new();
    let mut one_piece = None;
    for spec in specs {
        let key = spec.key();
        if (Some(&key.coupling_brand), Some(&key.coupling_series)) != (brand.as_ref(), series.as_ref()) {
            continue;
        }
        if key.ferrule.is_empty() {
            one_piece.get_or_insert_with(|| to_json(spec));
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
        ferrules.push(FerruleUsed { id, part_number, crimp_spec: to_json(spec) });
    }
    Ok(FittingWithFerrules { fitting, ferrules, crimp_spec: one_piece })
}

/// The ferrule that crimps a fitting onto a hose, by the first row that does.
pub fn ferrule_of(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadFerrules>,
    hose: &str,
    fitting: &str,
) -> Result<PartDocument> {
    let hose = seen(tx, Some(ItemType::Hose), hose)
        .map_err(|_| Error::invalid("hoseId", "is not a hose that can be seen"))?;
    let fitting = seen(tx, Some(ItemType::CrimpFitting), fitting)
        .map_err(|_| Error::invalid("crimpfittingId", "is not a crimp fitting that can be seen"))?;
    let none = || Error::NotFound("No crimp data names a ferrule for this hose and this fitting.".into());
    if hose.row.part.hose_dash().is_none() || hose.row.part.hose_dash() != fitting.row.part.hose_dash() {
        return Err(none());
    }
    let specs = crimp_specs::of_hose(tx, hose.row.id)?;
    let brands = Brands::load(tx)?;
    let fitting = PartDocument::new(tx, caller, fitting)?;
    let used = with_ferrules(tx, &brands, &specs, fitting, &mut Ferrules::default())?;
    let id = used.ferrules.into_iter().find_map(|ferrule| ferrule.id).ok_or_else(none)?;
    let ferrule = parts::find(tx, id)?.ok_or_else(none)?;
    PartDocument::new(tx, caller, ferrule)
}

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
        let hose = seen(tx, Some(ItemType::Hose), hose)
            .map_err(|_| Error::invalid("hoseId", "is not a hose that can be seen"))?;
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
    _: &Allowed<ReadCrimpFittings>,
    hose: Option<&str>,
    with_details: bool,
) -> Result<Vec<CouplingSeries>> {
    let brands = Brands::load(tx)?;
    let of_hose = match hose {
        None => None,
        Some(hose) => {
            let hose = seen(tx, Some(ItemType::Hose), hose)
                .map_err(|_| Error::invalid("hoseId", "is not a hose that can be seen"))?;
            Some(crimp_specs::of_hose(tx, hose.row.id)?)
        }
    };
    let mut all: BTreeMap<(String, String), CouplingSeries> = BTreeMap::new();
    for counted in crimp_specs::series(tx)? {
        let Some(brand) = brands.named(&counted.brand).filter(|brand| brand.is_enabled()) else { continue };
        let is_of_hose = |spec: &CrimpSpecRow| {
            let key = spec.key();
            (key.coupling_brand, key.coupling_series) == (counted.brand.clone(), counted.series.clone())
        };
        if of_hose.as_ref().is_some_and(|specs| !specs.iter().any(is_of_hose)) {
            continue;
        }
        let key = (counted.brand.clone(), counted.series.clone());
        let entry = all.entry(key).or_insert_with(|| CouplingSeries {
            name: counted.series.clone(),
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
    for ((brand, series), entry) in &mut all {
        spell(tx, entry, brand, series, of_hose.as_deref(), with_details)?;
    }
    Ok(all.into_values().collect())
}

/// Rows looked at for the details of a series in one size.
const MOST_LOOKED_AT: u32 = 1000;

/// The name of a series as its rows spell it, and its details if they are asked for.
fn spell(
    tx: &mut Tx<'_>,
    entry: &mut CouplingSeries,
    brand: &str,
    series: &str,
    of_hose: Option<&[CrimpSpecRow]>,
    with_details: bool,
) -> Result<()> {
    let is_meant = |row: &&CrimpSpecRow| {
        let key = row.key();
        key.coupling_brand == brand && key.coupling_series == series
    };
    let mut rows: Vec<CrimpSpecRow> = of_hose.unwrap_or_default().iter().filter(is_meant).cloned().collect();
    if of_hose.is_none() {
        let sizes =
            if with_details { &entry.hose_sizes[..] } else { entry.hose_sizes.get(..1).unwrap_or_default() };
        let most = if with_details { MOST_LOOKED_AT } else { 1 };
        for dash in sizes {
            rows.extend(crimp_specs::of_series(tx, brand, series, dash.sixteenths(), most)?);
        }
    }
    let text = |row: &CrimpSpecRow, name: &str| row.values.text(name).map(ToOwned::to_owned);
    if let Some(name) = rows.iter().find_map(|row| text(row, "couplingSeries")) {
        entry.name = name;
    }
    let mut ferrules = BTreeSet::new();
    for row in &rows {
        entry.skive.0 |= row.values.get("skiveExternal").is_some();
        entry.skive.1 |= row.values.get("skiveInternal").is_some();
        ferrules.extend(text(row, "ferruleBrand").zip(text(row, "ferrulePartNumber")));
    }
    entry.ferrules = ferrules.into_iter().collect();
    Ok(())
}
