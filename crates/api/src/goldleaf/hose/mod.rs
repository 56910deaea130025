//! The group Hose.

mod crimp_data;
mod hoses;

pub(super) use crimp_data::chosen_query;
use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        crimp_data::get_hose_id_crimpspecs,
        crimp_data::post_hoses_sizes,
        crimp_data::get_organization_hasparker,
        hoses::post_hoses_create,
        hoses::get_hose,
        hoses::post_organization_hose_id_update,
        hoses::post_hoses_id_delete,
        hoses::get_organization_hoses,
        hoses::get_organization_customhoses,
    ]
}
