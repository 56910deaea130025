use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base::Error;
use database::Scope;
use usecases::{
    access::ReadImages,
    images::{self, Shown},
};

use crate::{
    App,
    door::{Failure, May, Named, Parameters},
};

/// Which of a picture's two sizes is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Whole,
    Thumbnail,
}

impl Size {
    /// What stands for this content in an `ETag`.
    fn etag(self, content_hash: &str) -> String {
        match self {
            Self::Whole => format!("\"{content_hash}\""),
            Self::Thumbnail => format!("\"{content_hash}-thumb\""),
        }
    }
}

/// Answers a picture
///
/// That of a record, or one of the library by its id or its name: the
/// organization's own before one of the shared catalogue. The `ETag` is that
/// of its content, so that a picture is sent again only when it has changed.
#[utoipa::path(
    get, path = "/api/v1/image/{belongsToId}", tag = "Image", operation_id = "getImageBelongsToId",
    params(
        ("belongsToId" = String, Path, description = "The `_id` of a part, a brand, the organization or the picture, or its name"),
        ("size" = Option<String>, Query, description = "`thumb` for a PNG of at most 256 pixels to a side"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the content that the caller has"),
    ),
    responses(
        (
            status = 200, description = "The picture",
            content(
                (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"),
                (String = "image/svg+xml"),
            ),
        ),
        (status = 304, description = "The caller has it"),
    ),
)]
pub(super) async fn get_image(
    May(caller): May<ReadImages>,
    State(app): State<App>,
    Named(name): Named,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, Failure> {
    parameters.ignore_all_but(&["size"]);
    let size = match parameters.one("size") {
        None => Size::Whole,
        Some("thumb") => Size::Thumbnail,
        Some(_) => return Err(Error::invalid("size", "must be thumb, or be absent").into()),
    };
    let known: Vec<String> = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").to_owned())
        .collect();
    let scope = Scope::Organization(caller.organization);
    let has = move |hash: &str| known.iter().any(|tag| tag == "*" || *tag == size.etag(hash));
    let shown = app.database.read(scope, move |tx| images::show(tx, &caller, &name, &has)).await?;
    Ok(answer(shown, size))
}

fn answer(shown: Shown, size: Size) -> Response {
    let Shown { image, content } = shown;
    let etag = size.etag(&image.content_hash);
    // Kept, but asked for each time: a picture that was replaced is seen at once.
    let kept = [(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    let Some(content) = content else { return (StatusCode::NOT_MODIFIED, kept).into_response() };
    let (kind, bytes) = match size {
        Size::Whole => (image.media_type(), content.bytes),
        Size::Thumbnail => ("image/png", content.thumbnail),
    };
    let safe = [
        (header::CONTENT_TYPE, kind),
        // Opened by itself, an SVG is a page: it may do nothing.
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (kept, safe, bytes).into_response()
}
