use axum::{Json, extract::State};
use base::{Error, Line};
use database::{Priority, Scope, Tx};
use usecases::{
    Allowed,
    access::{ReadImages, WriteImages},
    idempotency::Answer,
    images::{self, MOST_BYTES, NewImage},
};

use super::document::{ImageList, ImageOut};
use crate::{
    App,
    door::{Failure, May, NO_BODY, Named, Paging, Parameters, Reply, Upload, Writing},
};

/// A picture as it is brought.
type Picture = Upload<MOST_BYTES>;

/// Lists the organization's pictures
///
/// By name. Those of the shared catalogue are not among them.
#[utoipa::path(
    get, path = "/api/v1/images", tag = "Image", operation_id = "getImages",
    params(
        Paging,
        ("search" = Option<String>, Query, description = "What the name contains"),
        ("sortBy[0].order" = Option<String>, Query, description = "`asc` (usual) or `desc`"),
    ),
    responses((status = 200, description = "One page of pictures", body = ImageList)),
)]
pub(super) async fn get_images(
    May(caller): May<ReadImages>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ImageList>, Failure> {
    let query = parameters.list(&images::LIST, &[])?;
    let scope = Scope::Organization(caller.organization);
    let page = app.database.read(scope, move |tx| images::list(tx, &caller, &query)).await?;
    Ok(Json(page.into()))
}

/// Brings a picture into the library
///
/// A PNG, JPEG, WebP or SVG of at most 8 MiB and 16 million pixels: the body
/// itself, or the field `file` of a form. It is written anew, without
/// metadata, and a large one is made smaller. One of the same name gives way
/// to it. Text in an SVG must be outlines.
#[utoipa::path(
    post, path = "/api/v1/images", tag = "Image", operation_id = "postImages",
    params(("name" = String, Query, description = "Its name, by which parts name it: 1 to 200 characters")),
    request_body(content((Vec<u8> = "application/octet-stream"), (PictureForm = "multipart/form-data"))),
    responses(
        (status = 201, description = "The new picture", body = ImageOut),
        (status = 200, description = "The picture, which stands in the place of another", body = ImageOut),
    ),
)]
pub(super) async fn post_images(
    May(caller): May<WriteImages>,
    State(app): State<App>,
    parameters: Parameters,
    writing: Writing,
    picture: Picture,
) -> Result<Reply, Failure> {
    parameters.needed("name")?;
    bring(&app, caller, None, &parameters, writing, picture).await
}

/// Brings the picture of a record
///
/// As `postImages`, for a part, a brand, or the organization, whose logo it
/// becomes. It stands before the one that the record names; one that was
/// brought before gives way to it.
#[utoipa::path(
    post, path = "/api/v1/image/{belongsToId}", tag = "Image", operation_id = "postImageBelongsToId",
    params(
        ("belongsToId" = String, Path, description = "The `_id` of the part, the brand or the organization"),
        ("name" = Option<String>, Query, description = "Its name in the library; that `_id`, if none is given"),
    ),
    request_body(content((Vec<u8> = "application/octet-stream"), (PictureForm = "multipart/form-data"))),
    responses(
        (status = 201, description = "The new picture", body = ImageOut),
        (status = 200, description = "The picture, which stands in the place of another", body = ImageOut),
    ),
)]
pub(super) async fn post_image(
    May(caller): May<WriteImages>,
    State(app): State<App>,
    Named(record): Named,
    parameters: Parameters,
    writing: Writing,
    picture: Picture,
) -> Result<Reply, Failure> {
    bring(&app, caller, Some(record), &parameters, writing, picture).await
}

async fn bring(
    app: &App,
    caller: Allowed<WriteImages>,
    belongs_to: Option<String>,
    parameters: &Parameters,
    writing: Writing,
    picture: Picture,
) -> Result<Reply, Failure> {
    parameters.ignore_all_but(&["name"]);
    let name = parameters.one("name").map(Line::new).transpose();
    let name = name.map_err(|wrong| Error::invalid("name", wrong))?;
    let Upload { bytes, hash } = picture;
    let new = NewImage { name, belongs_to, picture: app.prepare_image(bytes).await? };
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let brought = images::bring(tx, caller, &new)?;
        let (id, rev) = (brought.image.id, brought.image.stamp.rev);
        let status = if brought.new { 201 } else { 200 };
        Ok(Answer::new(status, &ImageOut::from(brought.image))?.about(id, rev))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, hash, work).await?)
}

/// The form in which a picture may be sent.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form of a body that is read field by field")]
struct PictureForm {
    /// The picture.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Removes a picture
///
/// Of the organization's own. Refused with 409 while something names it; the
/// answer says where. One of the shared catalogue is refused also while another
/// organization uses it, without saying which.
#[utoipa::path(
    post, path = "/api/v1/image/{belongsToId}/delete", tag = "Image", operation_id = "postImageBelongsToIdDelete",
    params(("belongsToId" = String, Path, description = "The `_id` of the picture or of its record, or its name")),
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_image_delete(
    May(caller): May<WriteImages>,
    State(app): State<App>,
    Named(name): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    images::refuse_used_by_others(&app.database, &caller, &name).await?;
    let rev = writing.rev;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let deleted = images::delete(tx, caller, &name, rev)?;
        let words = format!("The picture {:?} was deleted.", deleted.name);
        Ok(Answer::new(200, &words)?.naming(deleted.id))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, work).await?)
}
