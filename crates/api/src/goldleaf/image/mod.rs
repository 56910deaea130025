//! The group Image.

mod document;
mod images;
mod picture;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        picture::get_image,
        images::post_image,
        images::post_image_delete,
        images::get_images,
        images::post_images,
    ]
}
