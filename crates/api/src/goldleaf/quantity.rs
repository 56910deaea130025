use base::{Measure, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

use crate::door::Number;

/// A number and its unit, as they were entered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Quantity)]
pub(super) struct QuantityOut {
    /// The number.
    #[schema(value_type = f64)]
    value: Number,
    /// The unit: `mm`, `in`, `m`, `ft`, `bar`, `psi`, `MPa`, `°`.
    unit: String,
}

impl<M: Measure> From<Quantity<M>> for QuantityOut {
    fn from(quantity: Quantity<M>) -> Self {
        Self { value: Number(quantity.entered()), unit: quantity.unit().to_string() }
    }
}
