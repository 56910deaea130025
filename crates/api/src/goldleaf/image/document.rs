use serde::Serialize;
use usecases::images::ImageDocument;
use utoipa::ToSchema;

use crate::listed;

/// What is known of a picture.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Image)]
pub(super) struct ImageOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Its name, by which parts name it.
    name: String,
    /// The id of the record it was brought for; null if it is of the library alone.
    belongs_to: Option<String>,
    /// Its media type: `image/png`, `image/jpeg`, `image/webp` or `image/svg+xml`.
    content_type: &'static str,
    /// How many bytes it has, as it is kept.
    size: u32,
    /// Width in pixels, or in the units of an SVG.
    width: u32,
    /// Height.
    height: u32,
    /// SHA-256 of its bytes, in hexadecimal.
    content_hash: String,
    /// When it was brought.
    #[schema(format = DateTime)]
    created: String,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When it was last replaced.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Rises by one with every change.
    rev: i64,
}

listed! {
    /// Pictures of the organization's own.
    ImageList as ImageList of ImageOut
}

impl From<ImageDocument> for ImageOut {
    fn from(image: ImageDocument) -> Self {
        Self {
            id: image.id.to_string(),
            content_type: image.media_type(),
            name: image.name,
            belongs_to: image.belongs_to,
            size: image.size,
            width: image.width,
            height: image.height,
            content_hash: image.content_hash,
            created: image.stamp.created.to_string(),
            created_by: image.stamp.created_by,
            last_modified: image.stamp.last_modified.to_string(),
            last_modified_by: image.stamp.last_modified_by,
            rev: image.stamp.rev,
        }
    }
}
