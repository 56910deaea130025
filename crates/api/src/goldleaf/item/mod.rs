//! The group Item.

mod item_types;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![item_types::get_organization_itemtypes]
}
