use axum::Json;
use hose::{Coverage, WrapType};
use usecases::access::ReadWraps;

use crate::{
    door::{Failure, May, Parameters, Picking},
    goldleaf::words::Word,
    picked,
};

picked! {
    /// Words of wraps.
    WrapWordList of Word
}

/// Lists the types of wraps
#[utoipa::path(
    get, path = "/api/v1/organization/wrapstyles", tag = "Wrap", operation_id = "getOrganizationWrapstyles",
    params(Picking),
    responses((status = 200, description = "What may stand in `wrapType`", body = WrapWordList)),
)]
pub(super) async fn get_organization_wrapstyles(
    May(_caller): May<ReadWraps>,
    parameters: Parameters,
) -> Result<Json<WrapWordList>, Failure> {
    let types = WrapType::ALL.iter().copied().map(Word::from).collect();
    Ok(Json(parameters.picked(types, &[])?.into()))
}

/// Lists which part of a hose a wrap may cover
#[utoipa::path(
    get, path = "/api/v1/organization/wrapcoverage", tag = "Wrap", operation_id = "getOrganizationWrapcoverage",
    params(Picking),
    responses((status = 200, description = "What may stand in `coverageType`", body = WrapWordList)),
)]
pub(super) async fn get_organization_wrapcoverage(
    May(_caller): May<ReadWraps>,
    parameters: Parameters,
) -> Result<Json<WrapWordList>, Failure> {
    let coverages = Coverage::ALL.iter().copied().map(Word::from).collect();
    Ok(Json(parameters.picked(coverages, &[])?.into()))
}
