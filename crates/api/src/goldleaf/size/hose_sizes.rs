use axum::Json;
use hose::{Dash, Family};
use serde::Serialize;
use usecases::access::ReadSizes;
use utoipa::ToSchema;

use crate::{
    door::{Failure, May, Parameters, Picking},
    goldleaf::quantity::QuantityOut,
    picked,
};

/// A size of hoses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HoseSize)]
struct HoseSizeOut {
    /// The dash as a number: `8`.
    size: String,
    /// The dash: `-08`.
    dash_size: String,
    /// In inches: `1/2`.
    nominal_hose_size: String,
    /// The usual nominal diameter, which makers spell in more than one way: `12`.
    #[serde(rename = "DN")]
    dn: Option<String>,
    /// The usual bore.
    inner_diameter: Option<QuantityOut>,
    /// What the standards of hose families ask at this size, where a public table tells.
    ratings: Vec<RatingOut>,
}

/// What the standard of a hose family asks at a size. What a hose may bear is its maker's to say.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HoseRating)]
struct RatingOut {
    /// The family, such as `2SN`.
    family: &'static str,
    /// Working pressure.
    pressure: QuantityOut,
    /// Minimum bend radius, to the inside of the bend; null if no table tells.
    bend_radius: Option<QuantityOut>,
    /// Whether two independent tables agree.
    confirmed: bool,
}

picked! {
    /// Sizes of hoses.
    HoseSizeList of HoseSizeOut
}

impl HoseSizeOut {
    fn new(size: Dash, family: Option<Family>) -> Self {
        let asked = Family::ALL.iter().filter(|each| family.is_none_or(|family| **each == family));
        Self {
            size: size.sixteenths().to_string(),
            dash_size: size.to_string(),
            nominal_hose_size: size.inches(),
            dn: size.dn().map(|dn| dn.to_string()),
            inner_diameter: size.bore().map(QuantityOut::from),
            ratings: asked.filter_map(|family| RatingOut::new(*family, size)).collect(),
        }
    }
}

impl RatingOut {
    fn new(family: Family, size: Dash) -> Option<Self> {
        let rating = family.rating(size)?;
        Some(Self {
            family: family.code(),
            pressure: rating.pressure.into(),
            bend_radius: rating.bend.map(QuantityOut::from),
            confirmed: rating.confirmed,
        })
    }
}

/// Lists the sizes of hoses
#[utoipa::path(
    get, path = "/api/v1/hosesizes", tag = "Size", operation_id = "getHosesizes",
    params(
        ("family" = Option<String>, Query, description = "Only sizes that this hose family has, such as `2SN`"),
        Picking,
    ),
    responses((status = 200, description = "The sizes, ascending", body = HoseSizeList)),
)]
pub(super) async fn get_hosesizes(
    May(_caller): May<ReadSizes>,
    parameters: Parameters,
) -> Result<Json<HoseSizeList>, Failure> {
    let family = parameters.word("family", Family::parse, "a hose family such as 2SN")?;
    let fits = |size: &Dash| family.is_none_or(|family| family.rating(*size).is_some());
    let sizes = Dash::of_hoses().filter(fits).map(|size| HoseSizeOut::new(size, family)).collect();
    Ok(Json(parameters.picked(sizes, &["family"])?.into()))
}
