//! GoldLeaf v1: one module per documentation group.

mod adaptor;
mod crimp_fitting;
mod ferrule;
mod hose;
mod organization;
mod other_item;
mod part;
mod user;
mod wrap;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    [
        organization::router(),
        user::router(),
        adaptor::router(),
        crimp_fitting::router(),
        ferrule::router(),
        hose::router(),
        other_item::router(),
        wrap::router(),
    ]
    .into_iter()
    .fold(OpenApiRouter::new(), OpenApiRouter::merge)
}
