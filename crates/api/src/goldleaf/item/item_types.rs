use axum::Json;
use usecases::access::ReadItems;

use crate::{
    door::{Failure, May, Parameters, Picking},
    goldleaf::words::Word,
    picked,
};

picked! {
    /// Item types.
    ItemTypeList of Word
}

const fn word(name: &'static str, label: &'static str, aliases: &'static [&'static str]) -> Word {
    Word { name, label, aliases }
}

/// Every type of item that a catalogue holds.
const TYPES: [Word; 6] = [
    word("hose", "Hose", &["hoses"]),
    word("crimpFitting", "Crimp fitting", &["crimpFittings"]),
    word("ferrule", "Ferrule", &["ferrules"]),
    word("adaptor", "Adaptor", &["adaptors"]),
    word("wrap", "Wrap", &["wraps"]),
    word("otherItem", "Other item", &["otherItems"]),
];

/// Lists the types of items
#[utoipa::path(
    get, path = "/api/v1/organization/itemtypes", tag = "Item", operation_id = "getOrganizationItemtypes",
    params(Picking),
    responses((status = 200, description = "The item types", body = ItemTypeList)),
)]
pub(super) async fn get_organization_itemtypes(
    May(_caller): May<ReadItems>,
    parameters: Parameters,
) -> Result<Json<ItemTypeList>, Failure> {
    Ok(Json(parameters.picked(TYPES.into(), &[])?.into()))
}
