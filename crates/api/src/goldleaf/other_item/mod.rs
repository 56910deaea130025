//! The group OtherItem.

mod other_items;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        other_items::post_otheritems_create,
        other_items::get_otheritem,
        other_items::post_organization_otheritem_id_update,
        other_items::post_otheritems_id_delete,
        other_items::post_otheritems_id_update,
        other_items::get_organization_customotheritems,
    ]
}
