//! A catalogue filled by rule, many rows at once: for the example catalogue.
//! What is checked is what is checked of a single part; what is noted in the
//! audit record is how many came, not each.

use base::{Error, Id, Rate, Result};
use database::Tx;
use hose::{Part, crimp::CRIMP_SPEC, fields::Values};
use records::catalogue::{
    crimp_specs::{self, CrimpSpecRow},
    items::{self, ItemRow, StoredItem},
    parts::{self, PartRow, Status, StoredPart},
    stock,
};
use serde_json::{Map, Value as Json, json};

use super::{
    CrimpSpec, Item,
    brands::Brands,
    create::{check, refuse},
    stamp,
};
use crate::{
    Allowed, Caller,
    access::{WriteComponents, WriteHoses, WriteItems},
    audit,
};

pub use records::catalogue::stock::Stock;

/// A part to be put in.
#[derive(Debug, Clone)]
pub struct StockedPart {
    /// Its id.
    pub id: Id<Item>,
    /// The part.
    pub part: Part,
}

/// What an organization says of a part that was put in.
#[derive(Debug, Clone)]
pub struct PricedPart {
    /// Its id.
    pub id: Id<Item>,
    /// The word of its type.
    pub item_type: &'static str,
    /// What one costs.
    pub cost: Rate,
    /// What one is listed at.
    pub list_price: Rate,
    /// What both are for.
    pub unit_of_measure: &'static str,
}

/// A row of crimp data to be put in.
#[derive(Debug, Clone)]
pub struct StockedCrimp {
    /// Its id.
    pub id: Id<CrimpSpec>,
    /// The hose it is for.
    pub hose: Id<Item>,
    /// The size of that hose, in sixteenths of an inch.
    pub hose_dash: Option<u16>,
    /// Its fields.
    pub values: Values,
}

/// How much the caller's organization has.
pub fn count(tx: &mut Tx<'_>, _: &Allowed<WriteComponents>) -> Result<Stock> {
    stock::count(tx)
}

/// A row of crimp data as a caller of the API would send it.
pub fn crimp_values(fields: &Map<String, Json>) -> Result<Values> {
    let (values, problems) = Values::read(CRIMP_SPEC, fields);
    refuse(problems)?;
    Ok(values)
}

/// A part as a caller of the API would send it.
pub fn checked(item_type: hose::ItemType, fields: &Map<String, Json>) -> Result<Part> {
    let (part, problems) = Part::read(item_type, fields);
    refuse(problems)?;
    check(&part)?;
    Ok(part)
}

/// Puts parts into the catalogue of the caller's organization. Their brands are there.
pub fn put(tx: &mut Tx<'_>, caller: &Allowed<WriteComponents>, all: &[StockedPart]) -> Result<()> {
    let brands = Brands::load(tx)?;
    let row = |StockedPart { id, part }: &StockedPart| {
        let brand = part.brand().and_then(|name| brands.named(name));
        let brand = brand.ok_or_else(|| Error::invalid("brand", "must be a brand that is there"))?.row.id;
        Ok(PartRow {
            owner: caller.organization,
            id: *id,
            part: part.clone(),
            brand: Some(brand),
            status: Status::Approved,
            status_reason: None,
            deleted: None,
            stamp: stamp(tx, caller),
        })
    };
    let rows: Vec<_> = all.iter().map(row).collect::<Result<_>>()?;
    parts::set(tx, &rows.iter().map(StoredPart::from).collect::<Vec<_>>())?;
    note(tx, caller, all.last().map(|last| last.id), "parts", all.len())
}

/// Says what parts cost and are listed at.
pub fn price(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteItems>,
    currency: &str,
    all: &[PricedPart],
) -> Result<()> {
    let row = |priced: &PricedPart| ItemRow {
        id: priced.id,
        item_type: priced.item_type.to_owned(),
        org_part_number: None,
        cost: Some(priced.cost),
        cost_currency: Some(currency.to_owned()),
        list_price: Some(priced.list_price),
        list_price_currency: Some(currency.to_owned()),
        unit_of_measure: Some(priced.unit_of_measure.to_owned()),
        supplier: None,
        product_group: None,
        available: true,
        image_name: None,
        stamp: stamp(tx, caller),
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    items::set(tx, &rows.iter().map(StoredItem::from).collect::<Vec<_>>())?;
    note(tx, caller, all.last().map(|last| last.id), "prices", all.len())
}

/// Puts crimp data into the catalogue of the caller's organization.
pub fn crimp(tx: &mut Tx<'_>, caller: &Allowed<WriteHoses>, all: &[StockedCrimp]) -> Result<()> {
    let row = |stocked: &StockedCrimp| CrimpSpecRow {
        owner: caller.organization,
        id: stocked.id,
        hose: stocked.hose,
        hose_dash: stocked.hose_dash,
        values: stocked.values.clone(),
        stamp: stamp(tx, caller),
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    crimp_specs::insert(tx, &rows)?;
    note(tx, caller, all.last().map(|last| last.hose), "crimpSpecs", all.len())
}

/// All has come.
pub fn filled(tx: &mut Tx<'_>, _: &Allowed<WriteComponents>) -> Result<()> {
    records::catalogue::grew(tx)
}

/// Notes how many rows came, by the last of the parts they are about.
fn note(tx: &mut Tx<'_>, caller: &Caller, last: Option<Id<Item>>, what: &str, count: usize) -> Result<()> {
    match last {
        Some(last) => audit::note(tx, caller, "stock", last, None, Some(&json!({ what: count }))),
        None => Ok(()),
    }
}
