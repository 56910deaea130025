use axum::{Json, extract::State};
use base::Result;
use database::{Scope, Tx, list::ListQuery};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json_};
use usecases::{
    access::{AnyCaller, ReadHoses},
    catalogue::{self, SizeCount},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

use crate::{
    App,
    door::{Body, Failure, Input, May, Named, Parameters, Picking},
    goldleaf::part::schema,
    picked,
};

/// A row of crimp data as it is answered.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct CrimpSpecOut(Map<String, Json_>);

impl PartialSchema for CrimpSpecOut {
    fn schema() -> RefOr<Schema> {
        RefOr::T(Schema::Object(schema::row_out()))
    }
}

impl ToSchema for CrimpSpecOut {
    fn name() -> std::borrow::Cow<'static, str> {
        "CrimpSpec".into()
    }
}

picked! {
    /// Rows of crimp data.
    CrimpSpecList of CrimpSpecOut
}

/// Answers the crimp data of a hose
///
/// The organization's own rows stand before shared ones about the same. Without a row, nothing fits the hose.
#[utoipa::path(
    get, path = "/api/v1/hose/{hoseId}/crimpspecs", tag = "Hose", operation_id = "getHoseIdCrimpspecs",
    params(
        ("hoseId" = String, Path, description = "Its `_id`, or the organization's own number for it"),
        Picking,
    ),
    responses((status = 200, description = "The rows, by series", body = CrimpSpecList)),
)]
pub(super) async fn get_hose_id_crimpspecs(
    May(caller): May<ReadHoses>,
    State(app): State<App>,
    Named(hose): Named,
    parameters: Parameters,
) -> Result<Json<CrimpSpecList>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::crimp_specs(tx, &caller, &hose);
    let rows = app.database.read(scope, read).await?.into_iter().map(CrimpSpecOut).collect();
    Ok(Json(parameters.picked(rows, &[])?.into()))
}

/// What is chosen of hoses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HoseSizesIn, example = json!({ "brand": "Own brand", "minPressure": "200 bar" }))]
pub(super) struct HoseSizesIn {
    /// A part of the brand's name, or its `_id`.
    brand: Option<String>,
    /// The series, in any case.
    series: Option<String>,
    /// A part of the specification.
    spec: Option<String>,
    /// The least working pressure, as in `350 bar` or `5000 psi`.
    min_pressure: Option<String>,
    /// A part of the number, however it is typed.
    search: Option<String>,
}

impl Input for HoseSizesIn {}

/// A size that is left.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HoseSizeLeft)]
pub(super) struct HoseSizeLeft {
    /// The dash as a number: `8`.
    size: String,
    /// The dash: `-08`.
    dash_size: String,
    /// In inches: `1/2`.
    nominal_hose_size: String,
    /// The usual nominal diameter.
    #[serde(rename = "DN")]
    dn: Option<String>,
    /// How many hoses of it are left.
    count: u64,
}

picked! {
    /// Sizes that are left.
    HoseSizesLeft of HoseSizeLeft
}

impl From<SizeCount> for HoseSizeLeft {
    fn from(size: SizeCount) -> Self {
        Self {
            size: size.dash.sixteenths().to_string(),
            dash_size: size.dash.to_string(),
            nominal_hose_size: size.dash.inches(),
            dn: size.dash.dn().map(|dn| dn.to_string()),
            count: size.count,
        }
    }
}

/// Answers the sizes of the hoses that are left after the choices made
///
/// Reads; nothing is changed.
#[utoipa::path(
    post, path = "/api/v1/hoses/sizes", tag = "Hose", operation_id = "postHosesSizes", request_body = HoseSizesIn,
    responses((status = 200, description = "The sizes, in order", body = HoseSizesLeft)),
)]
pub(super) async fn post_hoses_sizes(
    May(caller): May<ReadHoses>,
    State(app): State<App>,
    parameters: Parameters,
    body: Body<HoseSizesIn>,
) -> Result<Json<HoseSizesLeft>, Failure> {
    let chosen = body.value;
    let query = chosen_query([
        ("search.brand", chosen.brand),
        ("search.series", chosen.series),
        ("search.spec", chosen.spec),
        ("minPressure", chosen.min_pressure),
        ("search.partNumber", chosen.search),
    ]);
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::hose_sizes(tx, &caller, &query);
    let sizes = app.database.read(scope, read).await?.into_iter().map(HoseSizeLeft::from).collect();
    Ok(Json(parameters.picked(sizes, &[])?.into()))
}

/// The choices of a body as a list is narrowed by them.
pub(in crate::goldleaf) fn chosen_query<const N: usize>(chosen: [(&str, Option<String>); N]) -> ListQuery {
    let given = chosen.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)));
    let filters = given.map(|(name, value)| (name.to_owned(), vec![value])).collect();
    ListQuery { filters, ..ListQuery::default() }
}

/// Whether parts of the brand Parker are seen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HasParker {
    /// Whether they are.
    has_parker: bool,
}

/// Answers whether the organization sees parts of the brand Parker
#[utoipa::path(
    get, path = "/api/v1/organization/hasparker", tag = "Hose", operation_id = "getOrganizationHasparker",
    responses((status = 200, description = "Whether it does", body = HasParker)),
)]
pub(super) async fn get_organization_hasparker(
    May(caller): May<AnyCaller>,
    State(app): State<App>,
) -> Result<Json<HasParker>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| catalogue::brands::is_in_use(tx, &caller, "Parker");
    Ok(Json(HasParker { has_parker: app.database.read(scope, read).await? }))
}
