//! The group CrimpFitting.

mod crimp_fittings;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        crimp_fittings::post_crimpfittings_create,
        crimp_fittings::get_crimpfitting,
        crimp_fittings::post_organization_crimpfitting_id_update,
        crimp_fittings::post_crimpfittings_id_delete,
        crimp_fittings::get_organization_crimpfittings,
        crimp_fittings::get_organization_customcrimpfittings,
    ]
}
