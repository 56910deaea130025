use axum::Json;
use base::{Decimal, Length, LengthUnit, Quantity};
use hose::{CONFUSABLE, Confusable, Dash, EndSize, Nominal, Style, Thing};
use serde::Serialize;
use usecases::access::ReadSizes;
use utoipa::ToSchema;

use crate::{
    door::{Failure, May, Number, Parameters, Picking},
    goldleaf::quantity::QuantityOut,
    picked,
};

/// What an end of a style is at one of its sizes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EndSize)]
struct EndSizeOut {
    /// The style.
    style: &'static str,
    /// The dash as a number, `8`; of a metric cone the tube in millimetres.
    size: String,
    /// The dash, `-08`; null for a metric cone, which has none.
    dash_size: Option<String>,
    /// The outside diameter of the tube that a metric cone takes; else null.
    tube_diameter: Option<QuantityOut>,
    /// The thread; null for a flange.
    thread: Option<&'static str>,
    /// The outside diameter of the thread, where a table gives it.
    thread_diameter: Option<QuantityOut>,
    /// Threads per inch, where the thread is measured so.
    #[schema(value_type = Option<f64>)]
    threads_per_inch: Option<Number>,
    /// What the standard allows at this size, where a table gives it. What a part may bear is its
    /// maker's to say.
    pressure: Option<QuantityOut>,
    /// For what it is easily mistaken.
    confusable_with: Vec<ConfusableOut>,
}

/// What an end is easily mistaken for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Confusable)]
struct ConfusableOut {
    /// The other: a style, with its dash or tube where it is one size.
    what: String,
    /// Why, and what is wrong with it.
    why: &'static str,
    /// How to tell them apart.
    how_to_tell: &'static str,
}

picked! {
    /// Sizes of ends.
    EndSizeList of EndSizeOut
}

impl From<EndSize> for EndSizeOut {
    fn from(end: EndSize) -> Self {
        let (size, tube) = match end.nominal {
            Nominal::Dash(dash) => (dash.sixteenths().to_string(), None),
            Nominal::Tube(mm) => {
                (mm.to_string(), Quantity::<Length>::new(Decimal::from(mm), LengthUnit::Millimetre))
            }
        };
        Self {
            style: end.style.code(),
            size,
            dash_size: end.dash().map(|dash| dash.to_string()),
            tube_diameter: tube.map(QuantityOut::from),
            thread: end.thread,
            thread_diameter: end.outside().map(QuantityOut::from),
            threads_per_inch: end.per_inch().map(Number),
            pressure: end.pressure().map(QuantityOut::from),
            confusable_with: CONFUSABLE.iter().filter_map(|pair| ConfusableOut::new(pair, &end)).collect(),
        }
    }
}

impl ConfusableOut {
    fn new(pair: &Confusable, end: &EndSize) -> Option<Self> {
        let other = pair.other_than(|thing| match end.nominal {
            Nominal::Dash(dash) => thing.is_end(end.style, Some(dash)),
            Nominal::Tube(tube) => thing.is_cone(end.style, tube),
        })?;
        Some(Self { what: in_words(other), why: pair.why, how_to_tell: pair.tell })
    }
}

fn in_words(thing: Thing) -> String {
    match thing {
        Thing::Style(style) => style.to_string(),
        Thing::End(style, sixteenths) => format!("{style} -{sixteenths:02}"),
        Thing::Cone(style, tube) => format!("{style} for {tube} mm"),
        Thing::Hose(family) => family.name().to_owned(),
    }
}

/// Lists the sizes of ends, with their threads
///
/// Styles of which no trustworthy table is known have no rows.
#[utoipa::path(
    get, path = "/api/v1/endsizes", tag = "Size", operation_id = "getEndsizes",
    params(
        ("style" = Option<String>, Query, description = "Only sizes of this style"),
        ("dashSize" = Option<String>, Query, description = "Only this size: `-08`, `8`, `1/2`"),
        Picking,
    ),
    responses((status = 200, description = "The sizes by style, ascending", body = EndSizeList)),
)]
pub(super) async fn get_endsizes(
    May(_caller): May<ReadSizes>,
    parameters: Parameters,
) -> Result<Json<EndSizeList>, Failure> {
    let style = parameters.word("style", Style::parse, "a style, as `styles` lists them")?;
    let dash = parameters.word("dashSize", Dash::parse, "a size such as -08, 1/2 or DN 12")?;
    let styles = Style::ALL.iter().filter(|each| style.is_none_or(|style| **each == style));
    let fits = |end: &EndSize| dash.is_none() || end.dash() == dash;
    let sizes = styles.flat_map(|style| style.sizes()).filter(fits).map(EndSizeOut::from).collect();
    Ok(Json(parameters.picked(sizes, &["style", "dashSize"])?.into()))
}
