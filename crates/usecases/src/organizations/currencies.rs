//! Currencies and their rates. The rate says how many of a currency one of the
//! default currency is worth; that of the default currency is 1.

use base::{Currency, Error, Rate, Result};
use database::Tx;
use records::{
    Stamp,
    currencies::{self, CurrencyRow},
};
use serde_json::{Value as Json, json};

use super::profile;
use crate::{
    Allowed, Caller,
    access::{ReadOrganization, WriteOrganization},
    audit,
};

const ONE: Rate = Rate::from_millionths(1_000_000);

/// A currency to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencySetting {
    /// Which.
    pub code: Currency,
    /// How many of it one of the default currency is worth; more than 0.
    pub rate: Rate,
    /// Whether it can be chosen; `None` leaves it, and a new one can.
    pub available: Option<bool>,
    /// Whether it goes away.
    pub deleted: bool,
}

/// The organization's currencies by code, the default one always among them.
pub fn list(tx: &mut Tx<'_>, _caller: &Allowed<ReadOrganization>) -> Result<Vec<CurrencyRow>> {
    let mut all = currencies::all(tx)?;
    let default = profile::settings(tx)?.default_currency;
    if all.iter().all(|row| row.code != default) {
        let organization = profile::read(tx)?;
        all.push(CurrencyRow {
            id: organization.id.cast(),
            code: default,
            rate: ONE,
            available: true,
            deleted: None,
            deleted_by: None,
            stamp: Stamp { rev: 0, ..organization.stamp },
        });
        all.sort_by(|one, other| one.code.cmp(&other.code));
    }
    Ok(all)
}

/// Sets a currency, which its code alone identifies.
pub fn set(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteOrganization>,
    setting: &CurrencySetting,
) -> Result<CurrencyRow> {
    let is_default = profile::settings(tx)?.default_currency == setting.code.code();
    if is_default && (setting.deleted || setting.available == Some(false)) {
        return Err(Error::conflict("The default currency stays available: choose another default first."));
    }
    if is_default && setting.rate != ONE {
        return Err(Error::invalid("rate", "must be 1: this is the default currency"));
    }
    store(tx, caller, setting)
}

/// Makes sure that a currency can be the default one: there, available, at rate 1.
pub(super) fn become_default(tx: &mut Tx<'_>, caller: &Caller, code: &str) -> Result<()> {
    let code = Currency::new(code).map_err(|wrong| Error::invalid("defaultCurrency", wrong))?;
    let setting = CurrencySetting { code, rate: ONE, available: Some(true), deleted: false };
    store(tx, caller, &setting).map(drop)
}

fn store(tx: &mut Tx<'_>, caller: &Caller, setting: &CurrencySetting) -> Result<CurrencyRow> {
    let (now, by) = (tx.now(), caller.subject.to_string());
    let code = setting.code.code();
    let former = currencies::with_code(tx, code)?;
    let row = CurrencyRow {
        id: former.as_ref().map_or_else(|| tx.new_id(), |row| row.id),
        code: code.to_owned(),
        rate: setting.rate,
        available: setting.available.unwrap_or_else(|| former.as_ref().is_none_or(|row| row.available)),
        deleted: setting.deleted.then_some(now),
        deleted_by: setting.deleted.then(|| by.clone()),
        stamp: match &former {
            Some(row) => row.stamp.changed(now, by),
            None => Stamp::new(now, by),
        },
    };
    match &former {
        Some(_) => currencies::update(tx, &row)?,
        None => currencies::insert(tx, &row)?,
    }
    let before = former.as_ref().map(told);
    audit::note(tx, caller, "update", row.id, before.as_ref(), Some(&told(&row)))?;
    Ok(row)
}

fn told(row: &CurrencyRow) -> Json {
    let deleted = row.deleted.is_some();
    json!({ "code": row.code, "rate": row.rate.value().to_string(), "available": row.available, "deleted": deleted })
}
