//! What an organization says of an item: the fields, and the row they make.

use base::{Currency, Error, FieldError, Id, Rate, Result};
use database::Tx;
use hose::fields::{
    Field,
    Kind::{Flag, Number, Text},
    Value, Values,
};
use keys::{Permission, Resource};
use records::{
    catalogue::items::ItemRow,
    directories::{Directory, ProductGroup, Supplier},
};
use serde_json::{Map, Value as Json};

use super::known::Known;
use crate::Caller;

/// The fields that an organization may say of any item.
pub const SAID: &[Field] = &[
    Field::new("orgPartNumber", Text(100), "The organization's own number for it"),
    Field::new("cost", Number(1_000_000_000_000), "What one unit costs, with at most six decimals"),
    Field::new("costCurrency", Text(3), "The currency of the cost; the organization's unless said"),
    Field::new(
        "listPrice",
        Number(1_000_000_000_000),
        "What one unit is listed at, with at most six decimals",
    ),
    Field::new(
        "listPriceCurrency",
        Text(3),
        "The currency of the list price; the organization's unless said",
    ),
    Field::new("unitOfMeasure", Text(20), "What cost and price are for, such as each, m or ft"),
    Field::new("supplier", Text(100), "Who it is bought from: the name or the `_id` of a supplier"),
    Field::new(
        "productGroup",
        Text(100),
        "The group it belongs to: the name or the `_id` of a product group",
    ),
    Field::new("available", Flag, "Whether it may be used; true unless said"),
];

/// The fields that only those see who may see costs.
pub(super) const OF_COST: &[&str] = &["cost", "costCurrency", "supplier"];

/// The values of what is said now.
pub(super) fn values(tx: &mut Tx<'_>, row: Option<&ItemRow>, known: &mut Known) -> Result<Values> {
    let mut values = Values::new(SAID);
    let Some(row) = row else {
        put(&mut values, "available", Some(Value::Flag(true)));
        return Ok(values);
    };
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    let rate = |rate: Option<Rate>| rate.map(|rate| Value::Number(rate.value().normalize()));
    put(&mut values, "orgPartNumber", text(&row.org_part_number));
    put(&mut values, "cost", rate(row.cost));
    put(&mut values, "costCurrency", text(&row.cost_currency));
    put(&mut values, "listPrice", rate(row.list_price));
    put(&mut values, "listPriceCurrency", text(&row.list_price_currency));
    put(&mut values, "unitOfMeasure", text(&row.unit_of_measure));
    put(&mut values, "supplier", known.name(tx, row.supplier)?.map(Value::Text));
    put(&mut values, "productGroup", known.name(tx, row.product_group)?.map(Value::Text));
    put(&mut values, "available", Some(Value::Flag(row.available)));
    Ok(values)
}

fn put(values: &mut Values, name: &str, value: Option<Value>) {
    if let Some(field) = Field::named(SAID, name) {
        values.set(field, value);
    }
}

/// Whether a change says anything of the item.
pub(super) fn is_said_in(change: &Map<String, Json>) -> bool {
    SAID.iter().any(|field| change.contains_key(field.name))
}

/// Puts what a change says into the row. Costs are for those who may change costs.
pub(super) fn revise(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    row: &mut ItemRow,
    change: &Map<String, Json>,
) -> Result<()> {
    let before = values(tx, Some(row), known)?;
    let (after, problems) = before.clone().revised(change);
    let mut wrong: Vec<_> =
        problems.into_iter().map(|problem| FieldError::new(problem.path, problem.message)).collect();
    let changed = |name: &str| after.get(name) != before.get(name);
    if OF_COST.iter().any(|name| changed(name))
        && !caller.permissions.contains(Permission::write(Resource::Cost))
    {
        return Err(Error::Forbidden("This changes a cost, which needs the permission cost:write.".into()));
    }
    let text = |name: &str| after.text(name).map(ToOwned::to_owned);
    row.org_part_number = text("orgPartNumber");
    row.unit_of_measure = text("unitOfMeasure");
    row.available = after.get("available") != Some(&Value::Flag(false));
    row.cost = rate(&after, "cost", &mut wrong);
    row.cost_currency = currency(tx, known, &after, "costCurrency", row.cost.is_some(), &mut wrong)?;
    row.list_price = rate(&after, "listPrice", &mut wrong);
    row.list_price_currency =
        currency(tx, known, &after, "listPriceCurrency", row.list_price.is_some(), &mut wrong)?;
    if changed("supplier") {
        row.supplier = entry::<Supplier>(tx, known, &after, "supplier", &mut wrong)?;
    }
    if changed("productGroup") {
        row.product_group = entry::<ProductGroup>(tx, known, &after, "productGroup", &mut wrong)?;
    }
    let number = row.org_part_number.as_deref();
    if number.is_some_and(|number| hose::part_number::normalized(number).is_empty()) {
        wrong.push(FieldError::new("orgPartNumber", "must have a letter or a digit"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

fn rate(values: &Values, name: &str, wrong: &mut Vec<FieldError>) -> Option<Rate> {
    let Some(Value::Number(value)) = values.get(name) else { return None };
    let rate = Rate::rounded(*value).filter(|rate| rate.value() == *value);
    if rate.is_none() {
        wrong.push(FieldError::new(name, "must have at most six decimals"));
    }
    rate
}

fn currency(
    tx: &mut Tx<'_>,
    known: &mut Known,
    values: &Values,
    name: &str,
    is_needed: bool,
    wrong: &mut Vec<FieldError>,
) -> Result<Option<String>> {
    match values.text(name) {
        None if is_needed => Ok(Some(known.settings(tx)?.default_currency.clone())),
        None => Ok(None),
        Some(code) => {
            let known = Currency::new(code).ok().filter(Currency::is_in_use);
            if known.is_none() {
                wrong.push(FieldError::new(name, "is not a code of ISO 4217"));
            }
            Ok(known.map(|currency| currency.code().to_owned()))
        }
    }
}

fn entry<K: Directory>(
    tx: &mut Tx<'_>,
    known: &mut Known,
    values: &Values,
    field: &str,
    wrong: &mut Vec<FieldError>,
) -> Result<Option<Id<K>>> {
    let Some(name) = values.text(field) else { return Ok(None) };
    let found = known.named(tx, name)?;
    if found.is_none() {
        wrong.push(FieldError::new(field, format!("is not a {} of this organization", K::NAME)));
    }
    Ok(found)
}
