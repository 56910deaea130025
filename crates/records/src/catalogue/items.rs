//! What an organization says of an item, its own or a shared part: its own
//! number, what it costs, where it comes from.

use std::borrow::Borrow;

use base::{Id, Rate, Result};
use database::{Row, Statement, Tx, Value, params};

use super::Item;
use crate::{
    Stamp,
    directories::{ProductGroup, Supplier},
};

/// A row of `item`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The item: the id of the part.
    pub id: Id<Item>,
    /// What kind of item it is.
    pub item_type: String,
    /// The organization's own number for it.
    pub org_part_number: Option<String>,
    /// What it costs, with its currency.
    pub cost: Option<Rate>,
    /// The currency of the cost.
    pub cost_currency: Option<String>,
    /// What it is listed at.
    pub list_price: Option<Rate>,
    /// The currency of the list price.
    pub list_price_currency: Option<String>,
    /// What cost and price are for, such as `each` or `m`.
    pub unit_of_measure: Option<String>,
    /// Who it is bought from.
    pub supplier: Option<Id<Supplier>>,
    /// The group it belongs to.
    pub product_group: Option<Id<ProductGroup>>,
    /// Whether it may be used.
    pub available: bool,
    /// The name of a picture of the organization's own.
    pub image_name: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static SET: Statement = Statement::tenant(
    "item.set",
    "INSERT INTO item (organization_id, id, item_type, org_part_number, org_norm, cost, cost_currency, list_price,
                       list_price_currency, unit_of_measure, supplier_id, product_group_id, available, image_name,
                       created, created_by, last_modified, last_modified_by, rev, image_norm)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
     ON CONFLICT (organization_id, id) DO UPDATE
     SET org_part_number = excluded.org_part_number, org_norm = excluded.org_norm, cost = excluded.cost,
         cost_currency = excluded.cost_currency, list_price = excluded.list_price,
         list_price_currency = excluded.list_price_currency, unit_of_measure = excluded.unit_of_measure,
         supplier_id = excluded.supplier_id, product_group_id = excluded.product_group_id,
         available = excluded.available, image_name = excluded.image_name,
         last_modified = excluded.last_modified, last_modified_by = excluded.last_modified_by, rev = excluded.rev,
         image_norm = excluded.image_norm",
);

static DELETE: Statement =
    Statement::tenant("item.delete", "DELETE FROM item WHERE organization_id = $1 AND id = $2");

static WITH_NUMBER: Statement = Statement::tenant(
    "item.with_number",
    "SELECT id FROM item WHERE organization_id = $1 AND org_norm = $2 ORDER BY id",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&SET, &DELETE, &WITH_NUMBER];

/// What an organization says of an item, as it is stored.
#[derive(Debug)]
pub struct StoredItem {
    row: Vec<Value>,
    is_new: bool,
}

impl StoredItem {
    /// Whether nothing was said of it before, as is known.
    #[must_use]
    pub fn known_new(self, is_new: bool) -> Self {
        Self { is_new, ..self }
    }
}

/// Stores what the organization says of items.
pub fn set(tx: &mut Tx<'_>, items: &[impl Borrow<StoredItem>]) -> Result<()> {
    let items = items.iter().map(Borrow::borrow);
    tx.store_many(&SET, items.map(|item| (item.row.as_slice(), item.is_new)))
}

impl From<&ItemRow> for StoredItem {
    fn from(row: &ItemRow) -> Self {
        let stamp = &row.stamp;
        let norm = row.org_part_number.as_deref().map(hose::part_number::normalized);
        let row = params![
            row.id,
            row.item_type.as_str(),
            row.org_part_number.clone(),
            norm,
            row.cost.map(Rate::as_millionths),
            row.cost_currency.clone(),
            row.list_price.map(Rate::as_millionths),
            row.list_price_currency.clone(),
            row.unit_of_measure.clone(),
            row.supplier,
            row.product_group,
            row.available,
            row.image_name.clone(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
            row.image_name.as_deref().map(base::normalized),
        ];
        Self { row: row.to_vec(), is_new: false }
    }
}

/// Forgets what the organization says of an item, if it says anything.
pub fn delete(tx: &mut Tx<'_>, id: Id<Item>) -> Result<()> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// The items to which the organization gave this number, as it is typed.
pub fn with_number(tx: &mut Tx<'_>, number: &str) -> Result<Vec<Id<Item>>> {
    tx.fetch_all(&WITH_NUMBER, params![hose::part_number::normalized(number)], |row| row.get("id"))
}

/// What is said of a part, from a row that joins it.
pub(super) fn read_joined(row: &Row<'_>) -> Result<Option<ItemRow>> {
    let Some(id) = row.get::<Option<Id<Item>>>("said_id")? else { return Ok(None) };
    let rate =
        |column: &str| Ok::<_, base::Error>(row.get::<Option<i64>>(column)?.map(Rate::from_millionths));
    Ok(Some(ItemRow {
        id,
        item_type: row.get("item_type")?,
        org_part_number: row.get("said_number")?,
        cost: rate("said_cost")?,
        cost_currency: row.get("said_cost_currency")?,
        list_price: rate("said_list_price")?,
        list_price_currency: row.get("said_list_price_currency")?,
        unit_of_measure: row.get("said_unit_of_measure")?,
        supplier: row.get("said_supplier")?,
        product_group: row.get("said_product_group")?,
        available: row.get("said_available")?,
        image_name: row.get("said_image_name")?,
        stamp: Stamp {
            created: row.get("said_created")?,
            created_by: row.get("said_created_by")?,
            last_modified: row.get("said_last_modified")?,
            last_modified_by: row.get("said_last_modified_by")?,
            rev: row.get("said_rev")?,
        },
    }))
}
