use base::{Error, Id, Page, Result, Timestamp};
use database::{
    Tx,
    list::{List, ListQuery},
};
use hose::{Dash, Gender, ItemType, Shape, Style};
use records::catalogue::{
    Item, items,
    lists::{OWN, PENDING, VISIBLE, unavailable},
    parts::{self, PartSeen, Status},
};

use super::{Brands, OfType, PartDocument, known::Known};
use crate::{
    Allowed, Caller, Needs,
    access::{ReadItems, WriteItems},
};

/// Whose parts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The organization's own, and those of the shared brands that it has not switched off.
    Visible,
    /// The organization's own alone.
    Own,
}

impl Whose {
    /// The list they are read from.
    pub const fn list(self) -> &'static List {
        match self {
            Self::Visible => &VISIBLE,
            Self::Own => &OWN,
        }
    }
}

/// What lists of parts can be narrowed by, with what each means.
#[derive(Debug)]
pub struct Narrowing {
    /// The name in a query.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
}

macro_rules! narrowings {
    ($($name:literal: $about:literal;)*) => {
        impl Narrowing {
            /// Every one, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self { name: $name, about: $about }),*];
        }
    };
}

narrowings! {
    "search.partNumber": "A part of the number, the maker's or the organization's own, however it is typed: three letters or more from anywhere, fewer from its beginning";
    "search.orgPartNumber": "The same of the organization's own number alone";
    "search.description": "A part of the description: three letters or more";
    "search.brand": "A part of the brand's name, or its `_id`";
    "search.series": "The series, in any case";
    "search.size": "The hose size, as in `-08`, `8`, `1/2` or `DN 12`";
    "search.hoseSize": "The same";
    "search.nominalHoseSize": "The same";
    "search.dashSize": "The size of a fitting's end";
    "search.style": "The style of a fitting's end, as in `JIC`";
    "search.gender": "The gender of a fitting's end";
    "search.shape": "The shape";
    "search.wrapType": "The type of a wrap";
    "search.itemType": "The item type of an other item";
    "search.colour": "A part of the colour";
    "search.spec": "A part of the specification";
    "search.material": "A part of the material";
    "minPressure": "The least working pressure, as in `350 bar` or `5000 psi`";
    "modifiedSince": "Parts whose data was changed at this moment or later";
    "available": "Whether the organization may use it; those it may not are listed too unless this is `true`";
}

/// No row has it: for a word that means nothing.
const NOTHING: &str = "\u{1}";

/// What is asked of a list of parts, in the words of the records.
pub fn query_of(
    tx: &mut Tx<'_>,
    caller: &Caller,
    item_type: Option<ItemType>,
    asked: &ListQuery,
) -> Result<(Brands, ListQuery)> {
    let brands = Brands::load(tx)?;
    let mut query = ListQuery { filters: Vec::new(), ..asked.clone() };
    if let Some(item_type) = item_type {
        query.filters.push(("itemType".into(), vec![item_type.word().into()]));
    }
    let off: Vec<_> = brands.off().map(|id| id.to_string()).collect();
    if !off.is_empty() {
        query.filters.push(("notBrand".into(), off));
    }
    for (name, values) in &asked.filters {
        if name == "available" && !values.is_empty() && values.iter().all(|value| is_no(value)) {
            query.conditions.push(unavailable());
            continue;
        }
        let (to, values) = match translated(&brands, name, values)? {
            Some(translated) => translated,
            None => (name.as_str(), values.clone()),
        };
        query.filters.push((to.to_owned(), values));
    }
    // A customer is not offered what the organization does not offer.
    if caller.is_customer() {
        query.filters.push(("available".into(), vec!["1".into()]));
    }
    Ok((brands, query))
}

/// A filter in the words of the records; `None` where it needs no translation.
fn translated<'a>(
    brands: &Brands,
    name: &'a str,
    values: &[String],
) -> Result<Option<(&'a str, Vec<String>)>> {
    let each = |to: &dyn Fn(&str) -> Option<String>| -> Vec<String> {
        values.iter().map(|value| to(value).unwrap_or_else(|| NOTHING.to_owned())).collect()
    };
    let dash =
        |text: &str| Some(Dash::parse(text).map_or("-1".to_owned(), |dash| dash.sixteenths().to_string()));
    Ok(Some(match name {
        "search.brand" => ("brand", brands_like(brands, values)),
        "search.series" => ("search.series", each(&|text| Some(base::normalized(text)))),
        "search.size" | "search.hoseSize" | "search.nominalHoseSize" => ("hoseDash", each(&dash)),
        "search.dashSize" => ("endDash", each(&dash)),
        "search.style" => (name, each(&|text| Style::parse(text).map(|style| style.code().to_owned()))),
        "search.gender" => (name, each(&|text| Gender::parse(text).map(|gender| gender.code().to_owned()))),
        "search.shape" => (name, each(&|text| Shape::parse(text).map(|shape| shape.code().to_owned()))),
        "search.wrapType" | "search.itemType" => ("kind", each(&|text| Some(base::normalized(text)))),
        "minPressure" => ("workingPressure", pressures(values)?),
        "modifiedSince" => ("lastModified", moments(values)?),
        "available" => ("available", each(&|text| Some(u8::from(!is_no(text)).to_string()))),
        _ => return Ok(None),
    }))
}

fn is_no(text: &str) -> bool {
    matches!(text, "false" | "0")
}

fn brands_like(brands: &Brands, values: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    for value in values {
        let norm = base::normalized(value);
        let is_meant = |brand: &&super::BrandSeen| {
            base::normalized(&brand.row.name).contains(&norm) || brand.row.id.to_string() == norm
        };
        ids.extend(brands.0.iter().filter(is_meant).map(|brand| brand.row.id.to_string()));
    }
    if ids.is_empty() {
        ids.push(NOTHING.to_owned());
    }
    ids
}

fn pressures(values: &[String]) -> Result<Vec<String>> {
    use hose::fields::{Dimension, Measured};
    let least = |text: &String| {
        let measured = Measured::parse(Dimension::Pressure, text, Dimension::Pressure.usual_unit());
        measured
            .map(|measured| format!("{}..", measured.canonical))
            .map_err(|wrong| Error::invalid("minPressure", wrong))
    };
    values.iter().map(least).collect()
}

fn moments(values: &[String]) -> Result<Vec<String>> {
    let since = |text: &String| {
        let moment = text.parse::<Timestamp>().map_err(|wrong| Error::invalid("modifiedSince", wrong))?;
        Ok(format!("{}..", moment.as_millis()))
    };
    values.iter().map(since).collect()
}

/// One page of the parts of a type, or of every type.
pub fn list<N: Needs>(
    tx: &mut Tx<'_>,
    caller: &Allowed<N>,
    whose: Whose,
    item_type: Option<ItemType>,
    asked: &ListQuery,
) -> Result<Page<PartDocument>> {
    let (_, query) = query_of(tx, caller, item_type, asked)?;
    let page = parts::list(tx, whose.list(), &query)?;
    documents(tx, caller, page)
}

/// One page of the parts that wait for approval, the oldest first.
pub fn pending(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadItems>,
    asked: &ListQuery,
) -> Result<Page<PartDocument>> {
    let page = parts::list(tx, &PENDING, asked)?;
    documents(tx, caller, page)
}

pub(super) fn documents(
    tx: &mut Tx<'_>,
    caller: &Caller,
    page: Page<PartSeen>,
) -> Result<Page<PartDocument>> {
    let mut known = Known::default();
    page.try_map(|seen| PartDocument::one_of_many(tx, caller, seen, &mut known))
}

/// The part of a type that this id, or the organization's own number for it, names.
pub fn find<N: OfType>(tx: &mut Tx<'_>, caller: &Allowed<N>, name: &str) -> Result<PartDocument> {
    let seen = seen(tx, caller, Some(N::ITEM_TYPE), name)?;
    PartDocument::new(tx, caller, seen)
}

/// The item of whatever type that this id names.
pub fn find_item(tx: &mut Tx<'_>, caller: &Allowed<ReadItems>, name: &str) -> Result<PartDocument> {
    let seen = seen(tx, caller, None, name)?;
    PartDocument::new(tx, caller, seen)
}

/// The same for who has just tried to change it.
pub fn current_item(tx: &mut Tx<'_>, caller: &Allowed<WriteItems>, name: &str) -> Result<PartDocument> {
    let seen = seen(tx, caller, None, name)?;
    PartDocument::new(tx, caller, seen)
}

/// The part with this id, or with this number of the organization's own if it
/// is the only one. A shared part of a brand that is switched off is still
/// found: what names it must go on working.
pub(super) fn seen(
    tx: &mut Tx<'_>,
    caller: &Caller,
    item_type: Option<ItemType>,
    name: &str,
) -> Result<PartSeen> {
    seen_if_any(tx, caller, item_type, name)?.ok_or_else(|| {
        Error::NotFound(format!("There is no such {}.", item_type.map_or("item", ItemType::what)))
    })
}

/// The same; `None` where there is none.
pub(super) fn seen_if_any(
    tx: &mut Tx<'_>,
    caller: &Caller,
    item_type: Option<ItemType>,
    name: &str,
) -> Result<Option<PartSeen>> {
    let id: Option<Id<Item>> = match name.parse() {
        Ok(id) => Some(id),
        Err(_) => match items::with_number(tx, name)?[..] {
            [only] => Some(only),
            _ => None,
        },
    };
    let found = match id {
        Some(id) => parts::find(tx, id)?,
        None => None,
    };
    let is_meant = |seen: &PartSeen| item_type.is_none_or(|t| seen.row.part.item_type() == t);
    Ok(found.filter(|seen| is_meant(seen) && is_open_to(caller, seen)))
}

/// Whether a caller may open a part: a customer none that lists do not offer them.
pub(super) fn is_open_to(caller: &Caller, seen: &PartSeen) -> bool {
    let is_offered =
        || seen.row.status == Status::Approved && seen.said.as_ref().is_none_or(|said| said.available);
    !caller.is_customer() || is_offered()
}

/// The part of a type with this number, of a brand if one is named.
pub fn with_number<N: OfType>(
    tx: &mut Tx<'_>,
    caller: &Allowed<N>,
    number: &str,
    brand: Option<&str>,
) -> Result<PartDocument> {
    let brands = Brands::load(tx)?;
    let is_of_brand = |seen: &PartSeen| match brand {
        Some(name) => seen.row.part.brand().is_some_and(|of| base::normalized(of) == base::normalized(name)),
        None => true,
    };
    let found = parts::numbered(tx, N::ITEM_TYPE, number)?;
    let mut found = found
        .into_iter()
        .filter(|seen| is_of_brand(seen) && brands.shows(seen.row.brand) && is_open_to(caller, seen));
    let first = found.next();
    let seen = first.ok_or_else(|| Error::NotFound(format!("There is no such {}.", N::ITEM_TYPE.what())))?;
    PartDocument::new(tx, caller, seen)
}
