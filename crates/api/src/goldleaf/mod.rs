//! GoldLeaf v1: one module per documentation group.

mod gender;
mod image;
mod item;
mod organization;
mod quantity;
mod shape;
mod size;
mod style;
mod user;
mod words;
mod wrap;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    organization::router()
        .merge(user::router())
        .merge(gender::router())
        .merge(image::router())
        .merge(item::router())
        .merge(shape::router())
        .merge(size::router())
        .merge(style::router())
        .merge(wrap::router())
}
