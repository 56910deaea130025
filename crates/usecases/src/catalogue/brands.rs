//! Brands: which there are, and which of them an organization uses.

use base::{Error, Id, Line, Patch, Rate, Result};
use database::Tx;
use hose::ItemType;
use records::catalogue::{
    Brand, SHARED_CATALOGUE,
    brands::{self, BrandRow, BrandSettingRow},
};
use serde_json::{Value as Json, json};

use super::{by, imports, stamp};
use crate::{
    Allowed, Caller,
    access::{AnyCaller, ReadBrands, WriteBrands},
    audit,
};

/// A brand with what the organization says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandSeen {
    /// The brand.
    pub row: BrandRow,
    /// What is said of it, if anything.
    pub setting: Option<BrandSettingRow>,
}

impl BrandSeen {
    /// Whether its parts are seen: yes, unless it was switched off.
    pub fn is_enabled(&self) -> bool {
        self.setting.as_ref().is_none_or(|setting| setting.enabled)
    }

    /// Whether it is of the shared catalogue.
    pub fn is_shared(&self) -> bool {
        self.row.owner == SHARED_CATALOGUE
    }

    /// Whether it is offered first for hoses and fittings.
    pub fn is_default(&self) -> bool {
        self.setting.as_ref().is_some_and(|setting| setting.is_default)
    }

    /// Whether it is offered first for adaptors.
    pub fn is_default_adaptor(&self) -> bool {
        self.setting.as_ref().is_some_and(|setting| setting.is_default_adaptor)
    }

    /// The sum of the revisions of the brand and of what is said of it.
    pub fn rev(&self) -> i64 {
        self.row.stamp.rev + self.setting.as_ref().map_or(0, |setting| setting.rev)
    }

    fn told(&self) -> Json {
        json!({
            "name": self.row.name, "enabled": self.is_enabled(), "default": self.is_default(),
            "defaultAdaptor": self.is_default_adaptor(), "website": self.row.website, "imageName": self.row.image_name,
            "marginPercent": self.setting.as_ref().and_then(|s| s.margin_percent).map(|rate| rate.value().to_string()),
        })
    }
}

/// Every brand that an organization may see, by name.
#[derive(Debug, Clone)]
pub struct Brands(pub Vec<BrandSeen>);

impl Brands {
    /// Reads them.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        let brands = brands::visible(tx)?;
        Ok(Self(brands.into_iter().map(|(row, setting)| BrandSeen { row, setting }).collect()))
    }

    /// The brand with this name, in any case.
    pub fn named(&self, name: &str) -> Option<&BrandSeen> {
        let norm = base::normalized(name);
        self.0.iter().find(|brand| base::normalized(&brand.row.name) == norm)
    }

    /// The brand with this id.
    pub fn with_id(&self, id: Id<Brand>) -> Option<&BrandSeen> {
        self.0.iter().find(|brand| brand.row.id == id)
    }

    /// The brands whose parts are not seen.
    pub fn off(&self) -> impl Iterator<Item = Id<Brand>> {
        self.0.iter().filter(|brand| !brand.is_enabled()).map(|brand| brand.row.id)
    }

    /// Whether parts of this brand are seen; those of no brand always are.
    pub fn shows(&self, brand: Option<Id<Brand>>) -> bool {
        brand.is_none_or(|id| self.with_id(id).is_some_and(BrandSeen::is_enabled))
    }
}

/// Every brand the organization may see, those that are switched off too.
pub fn all(tx: &mut Tx<'_>, _caller: &Allowed<ReadBrands>) -> Result<Vec<BrandSeen>> {
    Ok(Brands::load(tx)?.0)
}

/// The brands in use that have parts of one of these types.
pub fn with_parts(
    tx: &mut Tx<'_>,
    _caller: &Allowed<ReadBrands>,
    item_types: &[ItemType],
) -> Result<Vec<BrandSeen>> {
    let mut having = Vec::new();
    for brand in Brands::load(tx)?.0.into_iter().filter(BrandSeen::is_enabled) {
        for item_type in item_types {
            if brands::has_parts(tx, item_type.word(), brand.row.id)? {
                having.push(brand);
                break;
            }
        }
    }
    Ok(having)
}

/// Whether a brand of this name has hoses or fittings that are seen.
pub fn is_in_use(tx: &mut Tx<'_>, _caller: &Allowed<AnyCaller>, name: &str) -> Result<bool> {
    let brands = Brands::load(tx)?;
    let Some(brand) = brands.named(name).filter(|brand| brand.is_enabled()) else { return Ok(false) };
    for item_type in [ItemType::Hose, ItemType::CrimpFitting] {
        if brands::has_parts(tx, item_type.word(), brand.row.id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The brand that is offered first for hoses and fittings, or for adaptors.
pub fn default(
    tx: &mut Tx<'_>,
    _caller: &Allowed<ReadBrands>,
    for_adaptors: bool,
) -> Result<Option<BrandSeen>> {
    let is_default = |brand: &BrandSeen| {
        if for_adaptors { brand.is_default_adaptor() } else { brand.is_default() }
    };
    Ok(Brands::load(tx)?.0.into_iter().find(|brand| brand.is_enabled() && is_default(brand)))
}

/// A change of a brand, checked.
#[derive(Debug, Clone, Default)]
pub struct BrandChange {
    /// Whether its parts are seen.
    pub enabled: Option<bool>,
    /// Whether it is offered first for hoses and fittings.
    pub is_default: Option<bool>,
    /// Whether it is offered first for adaptors.
    pub is_default_adaptor: Option<bool>,
    /// The margin of its parts, in percent.
    pub margin_percent: Patch<Rate>,
    /// Its web site: of own brands alone.
    pub website: Patch<String>,
    /// The name of its picture: of own brands alone.
    pub image_name: Patch<String>,
    /// Its name, which is what it was.
    pub name: Option<String>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// Changes what an organization says of a brand, and its own brand itself.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteBrands>,
    name: &str,
    change: &BrandChange,
) -> Result<BrandSeen> {
    imports::refuse_at_work(tx)?;
    let former = find(tx, caller, name)?;
    crate::documents::check(change.rev, former.rev())?;
    if change.name.as_ref().is_some_and(|name| *name != former.row.name) {
        return Err(Error::invalid("name", "stays: parts are known by it"));
    }
    let mut brand = former.clone();
    brand.row.website = change.website.clone().onto(brand.row.website);
    brand.row.image_name = change.image_name.clone().onto(brand.row.image_name);
    if brand.row != former.row {
        if brand.row.owner != caller.organization {
            return Err(Error::Forbidden(
                "The brand is of the shared catalogue: its data is not yours.".into(),
            ));
        }
        brand.row.stamp = former.row.stamp.changed(tx.now(), by(caller));
        brands::update(tx, &brand.row)?;
    }
    let setting = revised(tx, caller, &former, change);
    if !setting.enabled && (setting.is_default || setting.is_default_adaptor) {
        return Err(Error::conflict("A default brand stays switched on: choose another default first."));
    }
    brands::set(tx, &setting)?;
    brand.setting = Some(setting);
    audit::note(tx, caller, "update", brand.row.id, Some(&former.told()), Some(&brand.told()))?;
    Ok(brand)
}

fn revised(tx: &Tx<'_>, caller: &Caller, former: &BrandSeen, change: &BrandChange) -> BrandSettingRow {
    let said = former.setting.as_ref();
    BrandSettingRow {
        brand: former.row.id,
        enabled: change.enabled.unwrap_or(former.is_enabled()),
        is_default: change.is_default.unwrap_or(former.is_default()),
        is_default_adaptor: change.is_default_adaptor.unwrap_or(former.is_default_adaptor()),
        margin_percent: change.margin_percent.onto(said.and_then(|setting| setting.margin_percent)),
        last_modified: tx.now(),
        last_modified_by: by(caller),
        rev: said.map_or(0, |setting| setting.rev) + 1,
    }
}

/// Adds a brand of the organization's own.
pub fn create(tx: &mut Tx<'_>, caller: &Allowed<WriteBrands>, name: &Line<100>) -> Result<BrandSeen> {
    imports::refuse_at_work(tx)?;
    let brands = Brands::load(tx)?;
    if brands.named(name.as_str()).is_some() {
        return Err(Error::conflict(format!("There is a brand {name} already.")));
    }
    add(tx, caller, name)
}

/// Stores a new brand of the organization's own.
pub(super) fn add(tx: &mut Tx<'_>, caller: &Caller, name: &Line<100>) -> Result<BrandSeen> {
    let row = BrandRow {
        owner: caller.organization,
        id: tx.new_id(),
        name: name.to_string(),
        website: None,
        image_name: None,
        stamp: stamp(tx, caller),
    };
    brands::insert(tx, &row)?;
    let brand = BrandSeen { row, setting: None };
    audit::note(tx, caller, "create", brand.row.id, None, Some(&brand.told()))?;
    Ok(brand)
}

/// Deletes a brand of the organization's own that has no parts.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteBrands>,
    name: &str,
    rev: Option<i64>,
) -> Result<BrandSeen> {
    imports::refuse_at_work(tx)?;
    let brand = find(tx, caller, name)?;
    crate::documents::check(rev, brand.rev())?;
    if brand.row.owner != caller.organization {
        return Err(Error::Forbidden("The brand is of the shared catalogue: switch it off instead.".into()));
    }
    let parts = brands::own_parts(tx, brand.row.id)?;
    if !parts.is_empty() {
        let words: Vec<_> =
            parts.iter().map(|(item_type, n)| format!("{n} of the type {item_type}")).collect();
        return Err(Error::conflict(format!("The brand has parts: {}.", words.join(", "))));
    }
    brands::delete(tx, brand.row.id, &by(caller))?;
    audit::note(tx, caller, "delete", brand.row.id, Some(&brand.told()), None)?;
    Ok(brand)
}

/// The brand with this id or name, for who changes it.
pub fn find(tx: &mut Tx<'_>, _caller: &Allowed<WriteBrands>, name: &str) -> Result<BrandSeen> {
    let brands = Brands::load(tx)?;
    let found = name.parse().ok().and_then(|id| brands.with_id(id)).or_else(|| brands.named(name));
    found.cloned().ok_or_else(Error::not_found::<Brand>)
}
