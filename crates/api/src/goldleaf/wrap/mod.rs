//! The group Wrap.

mod wraps;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        wraps::post_wraps_create,
        wraps::get_wrap,
        wraps::post_organization_wrap_id_update,
        wraps::post_wraps_id_delete,
        wraps::get_organization_wraps,
        wraps::get_organization_customwraps,
    ]
}
