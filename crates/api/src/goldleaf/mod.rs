//! GoldLeaf v1: one module per documentation group.

mod organization;
mod user;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    organization::router().merge(user::router())
}
