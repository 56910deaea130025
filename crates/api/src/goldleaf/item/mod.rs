//! The group Item.

mod item_types;
mod items;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        item_types::get_organization_itemtypes,
        items::get_item,
        items::get_organization_items,
        items::get_organization_pendingitems,
        items::post_organization_item_id_update,
    ]
}
