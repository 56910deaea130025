use axum::Json;
use hose::{Gender, Style};
use serde::Serialize;
use usecases::access::ReadStyles;
use utoipa::ToSchema;

use crate::{
    door::{Failure, May, Parameters, Picking},
    picked,
};

/// How an end joins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Style)]
struct StyleOut {
    /// The word that is stored and answered.
    name: &'static str,
    /// Its name, for people.
    label: &'static str,
    /// What else is understood for it. Case, spaces, dashes and dots do not matter.
    aliases: &'static [&'static str],
    /// The standards that describe it, the usual one first.
    standards: &'static [&'static str],
    /// What keeps the fluid in.
    seals: &'static str,
    /// Which genders its ends have.
    genders: Vec<&'static str>,
}

picked! {
    /// Styles.
    StyleList of StyleOut
}

impl From<Style> for StyleOut {
    fn from(style: Style) -> Self {
        let joint = style.joint();
        let genders = joint.genders.iter().map(|gender| gender.code()).collect();
        Self {
            name: style.code(),
            label: style.name(),
            aliases: style.aliases(),
            standards: joint.standards,
            seals: joint.seal,
            genders,
        }
    }
}

/// Lists the styles of ends
#[utoipa::path(
    get, path = "/api/v1/styles", tag = "Style", operation_id = "getStyles",
    params(
        ("gender" = Option<String>, Query, description = "Only styles whose ends come in it"),
        Picking,
    ),
    responses((status = 200, description = "The styles", body = StyleList)),
)]
pub(super) async fn get_styles(
    May(_caller): May<ReadStyles>,
    parameters: Parameters,
) -> Result<Json<StyleList>, Failure> {
    let gender = parameters.word("gender", Gender::parse, "a gender, as `genders` lists them")?;
    let fits = |style: &&Style| gender.is_none_or(|gender| style.has(gender));
    let styles = Style::ALL.iter().filter(fits).copied().map(StyleOut::from).collect();
    Ok(Json(parameters.picked(styles, &["gender"])?.into()))
}
