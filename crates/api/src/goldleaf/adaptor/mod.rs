//! The group Adaptor.

mod adaptors;
mod finding;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        finding::get_adaptors_search,
        finding::get_adaptors_configuration,
        finding::get_adaptors_cross,
        adaptors::post_adaptors_create,
        adaptors::get_adaptor,
        adaptors::post_organization_adaptor_id_update,
        adaptors::post_adaptors_id_delete,
        adaptors::get_organization_adaptors,
        adaptors::get_organization_customadaptors,
    ]
}
