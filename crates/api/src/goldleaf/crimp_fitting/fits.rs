use axum::{Json, extract::State};
use base::Result;
use database::{Scope, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json_, json};
use usecases::{
    access::ReadCrimpFittings,
    catalogue::{self, CouplingSeries, CrimpedBy, FittingWithFerrules, SizeCount},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type},
    },
};

use crate::{
    App,
    door::{Body, Failure, Input, May, Paging, Parameters, Picking},
    goldleaf::{
        hose::chosen_query,
        part::{Narrowed, narrowed, schema},
    },
    listed, picked,
};

/// What is chosen of fittings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CrimpFittingSizesIn, example = json!({ "style": "JIC", "gender": "female" }))]
pub(super) struct CrimpFittingSizesIn {
    /// The hose they must fit: then only sizes that crimp data backs.
    hose_id: Option<String>,
    /// The series, in any case.
    coupling_series: Option<String>,
    /// A part of the brand's name, or its `_id`.
    brand: Option<String>,
    /// The style of the end.
    style: Option<String>,
    /// The gender of the end.
    gender: Option<String>,
    /// The shape.
    shape: Option<String>,
}

impl Input for CrimpFittingSizesIn {}

/// A size that is left.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CrimpFittingSizeLeft)]
pub(super) struct CrimpFittingSizeLeft {
    /// The hose size as a number: `8`.
    hose_size: String,
    /// The same as a dash: `-08`.
    dash_size: String,
    /// How many fittings of it are left.
    count: u64,
}

picked! {
    /// Sizes that are left.
    CrimpFittingSizesLeft of CrimpFittingSizeLeft
}

impl From<SizeCount> for CrimpFittingSizeLeft {
    fn from(size: SizeCount) -> Self {
        Self {
            hose_size: size.dash.sixteenths().to_string(),
            dash_size: size.dash.to_string(),
            count: size.count,
        }
    }
}

/// Answers the hose sizes of the fittings that are left after the choices made
///
/// Reads; nothing is changed.
#[utoipa::path(
    post, path = "/api/v1/crimpfittings/sizes", tag = "CrimpFitting", operation_id = "postCrimpfittingsSizes",
    request_body = CrimpFittingSizesIn,
    responses((status = 200, description = "The sizes, in order", body = CrimpFittingSizesLeft)),
)]
pub(super) async fn post_crimpfittings_sizes(
    May(caller): May<ReadCrimpFittings>,
    State(app): State<App>,
    parameters: Parameters,
    body: Body<CrimpFittingSizesIn>,
) -> Result<Json<CrimpFittingSizesLeft>, Failure> {
    let chosen = body.value;
    let query = chosen_query([
        ("search.series", chosen.coupling_series),
        ("search.brand", chosen.brand),
        ("search.style", chosen.style),
        ("search.gender", chosen.gender),
        ("search.shape", chosen.shape),
    ]);
    let hose = chosen.hose_id;
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::fitting_sizes(tx, &caller, hose.as_deref(), &query);
    let sizes = app.database.read(scope, read).await?.into_iter().map(CrimpFittingSizeLeft::from).collect();
    Ok(Json(parameters.picked(sizes, &[])?.into()))
}

/// A series of fittings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CouplingSeries)]
pub(super) struct CouplingSeriesOut {
    /// Its name.
    name: String,
    /// Its brand.
    brand: String,
}

picked! {
    /// Series of fittings.
    CouplingSeriesList of CouplingSeriesOut
}

/// A series of fittings with what crimp data says of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CouplingSeriesDetails)]
pub(super) struct CouplingSeriesDetailsOut {
    /// Its name.
    name: String,
    /// Its brand.
    brand: String,
    /// The hose sizes it has crimp data for, as dashes.
    hose_sizes: Vec<String>,
    /// The ferrules that its crimp data names.
    ferrules: Vec<SeriesFerrule>,
    /// What is taken off a hose for it: `none`, `external`, `internal` or `both`.
    skive: &'static str,
    /// How many rows of crimp data it has.
    crimp_rows: u64,
    /// For how many hoses.
    hoses: u64,
}

/// A ferrule that crimp data names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SeriesFerrule {
    /// Its brand.
    brand: String,
    /// Its part number.
    part_number: String,
}

picked! {
    /// Series of fittings with their details.
    CouplingSeriesDetailsList of CouplingSeriesDetailsOut
}

impl From<CouplingSeries> for CouplingSeriesDetailsOut {
    fn from(series: CouplingSeries) -> Self {
        let ferrule = |(brand, part_number)| SeriesFerrule { brand, part_number };
        Self {
            hose_sizes: series.hose_sizes.iter().map(ToString::to_string).collect(),
            ferrules: series.ferrules.into_iter().map(ferrule).collect(),
            skive: match series.skive {
                (true, true) => "both",
                (true, false) => "external",
                (false, true) => "internal",
                (false, false) => "none",
            },
            crimp_rows: series.rows,
            hoses: series.hoses,
            name: series.name,
            brand: series.brand,
        }
    }
}

/// Lists the series of fittings that crimp data names
#[utoipa::path(
    get, path = "/api/v1/organization/couplingseries", tag = "CrimpFitting",
    operation_id = "getOrganizationCouplingseries",
    params(("hoseId" = Option<String>, Query, description = "Only those with crimp data for this hose"), Picking),
    responses((status = 200, description = "The series, by brand and name", body = CouplingSeriesList)),
)]
pub(super) async fn get_organization_couplingseries(
    May(caller): May<ReadCrimpFittings>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<CouplingSeriesList>, Failure> {
    let hose = parameters.one("hoseId").map(ToOwned::to_owned);
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::coupling_series(tx, &caller, hose.as_deref(), false);
    let found = app.database.read(scope, read).await?.into_iter();
    let found = found.map(|series| CouplingSeriesOut { name: series.name, brand: series.brand }).collect();
    Ok(Json(parameters.picked(found, &["hoseId"])?.into()))
}

/// Lists the series of fittings with what crimp data says of each
#[utoipa::path(
    get, path = "/api/v1/organization/couplingseriesdetails", tag = "CrimpFitting",
    operation_id = "getOrganizationCouplingseriesdetails",
    params(("hoseId" = Option<String>, Query, description = "Only what crimp data says for this hose"), Picking),
    responses((status = 200, description = "The series, by brand and name", body = CouplingSeriesDetailsList)),
)]
pub(super) async fn get_organization_couplingseriesdetails(
    May(caller): May<ReadCrimpFittings>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<CouplingSeriesDetailsList>, Failure> {
    let hose = parameters.one("hoseId").map(ToOwned::to_owned);
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::coupling_series(tx, &caller, hose.as_deref(), true);
    let found =
        app.database.read(scope, read).await?.into_iter().map(CouplingSeriesDetailsOut::from).collect();
    Ok(Json(parameters.picked(found, &["hoseId"])?.into()))
}

/// A fitting with the ferrules with which it fits a hose.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct FittingOut(Map<String, Json_>);

impl From<FittingWithFerrules> for FittingOut {
    fn from(fits: FittingWithFerrules) -> Self {
        let mut json = fits.fitting.to_json();
        let CrimpedBy { ferrules, crimp_spec } = &*fits.crimped_by;
        let ferrules = ferrules.iter().map(|ferrule| {
            json!({
                "ferruleId": ferrule.id, "partNumber": ferrule.part_number, "crimpSpec": ferrule.crimp_spec,
            })
        });
        json.insert("ferrules".into(), ferrules.collect());
        if let Some(spec) = crimp_spec {
            json.insert("crimpSpec".into(), Json_::Object(spec.clone()));
        }
        Self(json)
    }
}

impl PartialSchema for FittingOut {
    fn schema() -> RefOr<Schema> {
        let id = ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
            .description(Some("Its id; null where no such ferrule is in the catalogue"));
        let ferrule = ObjectBuilder::new()
            .property("ferruleId", id)
            .required("ferruleId")
            .property("partNumber", schema::text("Its part number"))
            .required("partNumber")
            .property("crimpSpec", schema::row_out())
            .required("crimpSpec");
        let ferrules = ArrayBuilder::new()
            .items(ferrule)
            .description(Some("The ferrules with which it fits the hose; none for a one-piece fitting"));
        match schema::out(hose::ItemType::CrimpFitting) {
            RefOr::T(Schema::Object(mut object)) => {
                object.properties.insert("ferrules".into(), RefOr::T(Schema::Array(ferrules.build())));
                object.required.push("ferrules".into());
                let row = RefOr::T(Schema::Object(schema::row_out()));
                object.properties.insert("crimpSpec".into(), row);
                RefOr::T(Schema::Object(object))
            }
            other => other,
        }
    }
}

impl ToSchema for FittingOut {
    fn name() -> std::borrow::Cow<'static, str> {
        "CrimpFittingWithFerrules".into()
    }
}

listed! {
    /// One page of fittings with their ferrules.
    FittingList as CrimpFittingWithFerrulesList of FittingOut
}

/// Lists the fittings that fit a hose, each with its ferrules
///
/// Only a row of crimp data makes a fitting fit: never an equal size. Without `hoseId` every fitting is listed, and no
/// crimp data.
#[utoipa::path(
    get, path = "/api/v1/organization/crimpfittingswithferrules", tag = "CrimpFitting",
    operation_id = "getOrganizationCrimpfittingswithferrules",
    params(
        ("hoseId" = Option<String>, Query, description = "The hose: its `_id`, or the organization's own number for it"),
        Paging,
        Narrowed,
    ),
    responses((status = 200, description = "One page", body = FittingList)),
)]
pub(super) async fn get_organization_crimpfittingswithferrules(
    May(caller): May<ReadCrimpFittings>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<FittingList>, Failure> {
    let query = narrowed(&parameters, &["hoseId"])?;
    let hose = parameters.one("hoseId").map(ToOwned::to_owned);
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::fittings_with_ferrules(tx, &caller, hose.as_deref(), &query);
    Ok(Json(app.database.read(scope, read).await?.into()))
}
