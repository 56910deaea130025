//! The group CrimpFitting.

mod crimp_fittings;
mod fits;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        fits::post_crimpfittings_sizes,
        fits::get_organization_couplingseries,
        fits::get_organization_couplingseriesdetails,
        fits::get_organization_crimpfittingswithferrules,
        crimp_fittings::post_crimpfittings_create,
        crimp_fittings::get_crimpfitting,
        crimp_fittings::post_organization_crimpfitting_id_update,
        crimp_fittings::post_crimpfittings_id_delete,
        crimp_fittings::get_organization_crimpfittings,
        crimp_fittings::get_organization_customcrimpfittings,
    ]
}
