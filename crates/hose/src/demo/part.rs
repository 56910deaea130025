use base::Decimal;
use serde_json::{Map, Value as Json};

use super::Dice;
use crate::ItemType;

/// A part of the example catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPart {
    /// Its id, the same from the same seed.
    pub id: [u8; 12],
    /// What it is.
    pub item_type: ItemType,
    /// Its fields, as a caller of the API would send them.
    pub fields: Map<String, Json>,
    /// What one costs, in the currency of the shop.
    pub cost: Decimal,
    /// What one is listed at.
    pub list_price: Decimal,
    /// What they are for: `m` or `each`.
    pub unit_of_measure: &'static str,
}

impl DemoPart {
    /// A text of it; empty if it has none.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Json::as_str).unwrap_or_default()
    }

    /// A part whose cost lies within a tenth of so many hundredths. A list
    /// price is the cost and three quarters: a margin of some 43 percent.
    pub(super) fn new(item_type: ItemType, fields: &Json, hundredths: i64, dice: Dice) -> Self {
        let fields = fields.as_object().cloned().unwrap_or_default();
        let number = fields.get("partNumber").and_then(Json::as_str).unwrap_or_default();
        let cost = (hundredths * dice.between(90, 110, number) / 100).max(2);
        let brand = fields.get("brand").and_then(Json::as_str).unwrap_or_default();
        Self {
            id: dice.id(&[item_type.word(), brand, number]),
            item_type,
            cost: Decimal::new(cost, 2),
            list_price: Decimal::new(cost * 175 / 100, 2),
            unit_of_measure: if item_type == ItemType::Hose { "m" } else { "each" },
            fields,
        }
    }
}

/// So many tenths as a decimal with its unit: `12.5 mm`.
pub(super) fn tenths(count: i64, unit: &str) -> String {
    format!("{} {unit}", Decimal::new(count, 1).normalize())
}

/// So many hundredths as a number.
pub(super) fn hundredths(count: i64) -> String {
    Decimal::new(count, 2).normalize().to_string()
}
