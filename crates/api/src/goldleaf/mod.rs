//! GoldLeaf v1: one module per documentation group.

mod organization;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    organization::router()
}
