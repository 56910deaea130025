//! GoldLeaf v1: one module per documentation group.

mod adaptor;
mod brand;
mod component;
mod crimp_fitting;
mod ferrule;
mod gender;
mod hose;
mod image;
mod item;
mod organization;
mod other_item;
mod part;
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
    OpenApiRouter::new()
        .merge(adaptor::router())
        .merge(brand::router())
        .merge(component::router())
        .merge(crimp_fitting::router())
        .merge(ferrule::router())
        .merge(gender::router())
        .merge(image::router())
        .merge(hose::router())
        .merge(item::router())
        .merge(organization::router())
        .merge(other_item::router())
        .merge(shape::router())
        .merge(size::router())
        .merge(style::router())
        .merge(user::router())
        .merge(wrap::router())
}
