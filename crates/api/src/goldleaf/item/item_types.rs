use axum::Json;
use hose::ItemType;
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

impl From<ItemType> for Word {
    fn from(item_type: ItemType) -> Self {
        Self { name: item_type.word(), label: item_type.what(), aliases: vec![item_type.plural()] }
    }
}

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
    let types = ItemType::ALL.iter().copied().map(Word::from).collect();
    Ok(Json(parameters.picked(types, &[])?.into()))
}
