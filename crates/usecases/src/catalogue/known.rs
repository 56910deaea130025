use std::collections::{HashMap, hash_map::Entry};

use base::{Error, Id, Line, Result};
use database::Tx;
use records::directories::{self, Directory};

use super::brands::{self, BrandSeen, Brands};
use crate::{
    Caller,
    organizations::{self, Settings},
};

/// What a unit of work has read of the organization that many parts refer to, each of it once.
#[derive(Debug, Default)]
pub(super) struct Known {
    brands: Option<Brands>,
    settings: Option<Settings>,
    /// The names of suppliers and product groups by id.
    names: HashMap<String, Option<String>>,
    /// Their ids by kind, and by id or name as it was written.
    ids: HashMap<(&'static str, String), Option<String>>,
}

impl Known {
    /// Every brand that the organization may see.
    pub fn brands(&mut self, tx: &mut Tx<'_>) -> Result<&mut Brands> {
        match &mut self.brands {
            Some(brands) => Ok(brands),
            none => Ok(none.insert(Brands::load(tx)?)),
        }
    }

    /// The brand with this name; a new one of the organization's own if there is none.
    pub fn brand(&mut self, tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<BrandSeen> {
        let brands = self.brands(tx)?;
        if let Some(brand) = brands.named(name) {
            return Ok(brand.clone());
        }
        let name = Line::new(name).map_err(|wrong| Error::invalid("brand", wrong))?;
        let made = brands::add(tx, caller, &name)?;
        brands.0.push(made.clone());
        Ok(made)
    }

    /// How the organization works.
    pub fn settings(&mut self, tx: &mut Tx<'_>) -> Result<&Settings> {
        match &mut self.settings {
            Some(settings) => Ok(settings),
            none => Ok(none.insert(organizations::settings(tx)?)),
        }
    }

    /// The name of a supplier or product group.
    pub fn name<K: Directory>(&mut self, tx: &mut Tx<'_>, id: Option<Id<K>>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        Ok(match self.names.entry(id.to_string()) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => place.insert(directories::find(tx, id)?.map(|entry| entry.name)).clone(),
        })
    }

    /// The supplier or product group that a text names by its id or its name.
    pub fn named<K: Directory>(&mut self, tx: &mut Tx<'_>, text: &str) -> Result<Option<Id<K>>> {
        let id = match self.ids.entry((K::NAME, text.to_owned())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(look_up::<K>(tx, text)?.map(|id| id.to_string())),
        };
        Ok(id.as_ref().and_then(|id| id.parse().ok()))
    }
}

fn look_up<K: Directory>(tx: &mut Tx<'_>, text: &str) -> Result<Option<Id<K>>> {
    let by_id = match text.parse::<Id<K>>() {
        Ok(id) => directories::find(tx, id)?,
        Err(_) => None,
    };
    let found = match by_id {
        Some(entry) => Some(entry),
        None => directories::with_name::<K>(tx, text)?,
    };
    Ok(found.filter(|entry| entry.deleted.is_none()).map(|entry| entry.id))
}
