use axum::Json;
use hose::{Gender, Style};
use usecases::access::ReadGenders;

use crate::{
    door::{Failure, May, Parameters, Picking},
    goldleaf::words::Word,
    picked,
};

picked! {
    /// Genders.
    GenderList of Word
}

/// Lists the genders of ends
#[utoipa::path(
    get, path = "/api/v1/genders", tag = "Gender", operation_id = "getGenders",
    params(
        ("style" = Option<String>, Query, description = "Only those in which its ends come"),
        Picking,
    ),
    responses((status = 200, description = "The genders", body = GenderList)),
)]
pub(super) async fn get_genders(
    May(_caller): May<ReadGenders>,
    parameters: Parameters,
) -> Result<Json<GenderList>, Failure> {
    let style = parameters.word("style", Style::parse, "a style, as `styles` lists them")?;
    let fits = |gender: &&Gender| style.is_none_or(|style| style.has(**gender));
    let genders = Gender::ALL.iter().filter(fits).copied().map(Word::from).collect();
    Ok(Json(parameters.picked(genders, &["style"])?.into()))
}
