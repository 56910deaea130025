//! The group Wrap.

mod wrap_words;
mod wraps;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        wrap_words::get_organization_wrapcoverage,
        wrap_words::get_organization_wrapstyles,
        wraps::post_wraps_create,
        wraps::get_wrap,
        wraps::post_organization_wrap_id_update,
        wraps::post_wraps_id_delete,
        wraps::get_organization_wraps,
        wraps::get_organization_customwraps,
    ]
}
