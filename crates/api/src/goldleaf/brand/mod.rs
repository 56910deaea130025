//! The group Brand.

mod brands;
mod export;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        brands::get_brands,
        brands::get_hosebrands,
        brands::get_adaptorbrands,
        brands::get_wrapbrands,
        brands::get_otheritembrands,
        brands::get_brandnames,
        brands::get_organization_defaultbrand,
        brands::get_organization_defaultadaptorbrand,
        brands::post_brands_create,
        brands::post_brand_id_update,
        brands::post_brand_id_delete,
        export::post_brands_export,
    ]
}
