//! The group Shape.

mod shapes;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![shapes::get_shapes]
}
