use axum::Json;
use base::{Angle, AngleUnit, Decimal, Measure, Quantity};
use hose::Shape;
use serde::Serialize;
use usecases::access::ReadShapes;
use utoipa::ToSchema;

use crate::{
    door::{Failure, May, Parameters, Picking},
    goldleaf::quantity::QuantityOut,
    picked,
};

/// A shape.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shape)]
struct ShapeOut {
    /// The word that is stored and answered.
    name: &'static str,
    /// Its name, for people.
    label: &'static str,
    /// What else is understood for it. Case, spaces, dashes and dots do not matter.
    aliases: &'static [&'static str],
    /// By how much the second end is turned out of the line of the first; null where that is not one angle.
    angle: Option<QuantityOut>,
    /// How many ends a part of this shape has.
    ends: usize,
}

picked! {
    /// Shapes.
    ShapeList of ShapeOut
}

impl From<Shape> for ShapeOut {
    fn from(shape: Shape) -> Self {
        Self {
            name: shape.code(),
            label: shape.name(),
            aliases: shape.aliases(),
            angle: shape.angle().and_then(in_degrees),
            ends: shape.ends(),
        }
    }
}

fn in_degrees(angle: Angle) -> Option<QuantityOut> {
    let degrees = Decimal::new(angle.canonical(), 3).normalize();
    Some(Quantity::<Angle>::new(degrees, AngleUnit::Degree)?.into())
}

/// Lists the shapes of fittings and adaptors
#[utoipa::path(
    get, path = "/api/v1/shapes", tag = "Shape", operation_id = "getShapes",
    params(
        ("ends" = Option<usize>, Query, description = "Only shapes with so many ends: 2 for the end of a hose"),
        Picking,
    ),
    responses((status = 200, description = "The shapes", body = ShapeList)),
)]
pub(super) async fn get_shapes(
    May(_caller): May<ReadShapes>,
    parameters: Parameters,
) -> Result<Json<ShapeList>, Failure> {
    let ends: Option<usize> = parameters.word("ends", |text| text.parse().ok(), "a whole number")?;
    let fits = |shape: &&Shape| ends.is_none_or(|ends| shape.ends() == ends);
    let shapes = Shape::ALL.iter().filter(fits).copied().map(ShapeOut::from).collect();
    Ok(Json(parameters.picked(shapes, &["ends"])?.into()))
}
