//! Customers of an organization.

use base::{Id, Line, Result};
use database::Tx;
use keys::Customer;
use records::{
    Stamp,
    customers::{self, CustomerRow},
    external_ids,
};
use serde_json::json;

use crate::{Allowed, access::WriteCustomers, audit};

/// A customer to be added.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Drawn beforehand.
    pub id: Id<Customer>,
    /// Its name.
    pub name: Line<100>,
    /// Its internet domain, where it has one.
    pub domain: Option<Line<253>>,
}

/// Adds a customer.
pub fn create(tx: &mut Tx<'_>, caller: &Allowed<WriteCustomers>, new: &NewCustomer) -> Result<CustomerRow> {
    let row = CustomerRow {
        id: new.id,
        name: new.name.to_string(),
        domain: new.domain.as_ref().map(Line::to_string).unwrap_or_default(),
        stamp: Stamp::new(tx.now(), caller.subject.to_string()),
    };
    customers::insert(tx, &row)?;
    external_ids::number(tx, row.id)?;
    let created = json!({ "name": row.name, "domain": row.domain });
    audit::note(tx, caller, "create", row.id, None, Some(&created))?;
    Ok(row)
}

/// Whether there is such a customer.
pub fn exists(tx: &mut Tx<'_>, id: Id<Customer>) -> Result<bool> {
    Ok(customers::find(tx, id)?.is_some())
}

/// The customer that any of its names stands for, if there is one.
pub(crate) fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<Id<Customer>>> {
    match external_ids::resolve(tx, name)? {
        Some(id) => Ok(customers::find(tx, id)?.map(|customer| customer.id)),
        None => Ok(None),
    }
}
