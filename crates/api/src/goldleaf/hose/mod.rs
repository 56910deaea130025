//! The group Hose.

mod hoses;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        hoses::post_hoses_create,
        hoses::get_hose,
        hoses::post_organization_hose_id_update,
        hoses::post_hoses_id_delete,
        hoses::get_organization_hoses,
        hoses::get_organization_customhoses,
    ]
}
