use axum::extract::State;
use usecases::{access::ReadBrands, catalogue::sheets};

use crate::{
    App,
    door::{Download, Exporting, Failure, FileBody, May, Parameters, format},
};

/// Exports the brands as a file, those that are switched off too
///
/// Margins stand in it for those who may see costs.
#[utoipa::path(
    post, path = "/api/v1/brands/export", tag = "Brand", operation_id = "postBrandsExport",
    params(Exporting),
    responses((status = 200, description = "The file", content(
        (FileBody = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (FileBody = "text/csv"),
    ))),
)]
pub(super) async fn post_brands_export(
    May(caller): May<ReadBrands>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Download, Failure> {
    let format = format(&parameters)?;
    Ok(sheets::export_brands(&app.database, caller, format).await?.into())
}
