//! The group Ferrule.

mod ferrules;
mod one_ferrule;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        one_ferrule::get_organization_ferrule,
        ferrules::post_ferrules_create,
        ferrules::get_ferrule,
        ferrules::post_organization_ferrule_id_update,
        ferrules::post_ferrules_id_delete,
        ferrules::get_organization_ferrules,
        ferrules::get_organization_customferrules,
    ]
}
