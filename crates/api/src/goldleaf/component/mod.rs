//! The group Component.

mod components;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![components::get_organization_components]
}
