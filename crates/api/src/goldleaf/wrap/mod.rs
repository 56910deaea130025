//! The group Wrap.

mod wrap_words;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![wrap_words::get_organization_wrapstyles, wrap_words::get_organization_wrapcoverage]
}
