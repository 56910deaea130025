use axum::{Json, extract::State};
use base::{Line, Patch, Result};
use database::{Priority, Scope, Tx};
use hose::ItemType;
use serde::{Deserialize, Serialize};
use usecases::{
    Allowed,
    access::{ReadBrands, WriteBrands},
    catalogue::{BrandSeen, brands, brands::BrandChange},
    idempotency::Answer,
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{
        Body, Check, Failure, Flag, Input, May, NO_BODY, Named, Number, Parameters, Picking, Reply, Writing,
        or_current,
    },
    picked,
};

/// A brand as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Brand)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer")]
pub(super) struct BrandOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Its name.
    name: String,
    /// Whether its parts are seen.
    enabled: bool,
    /// Whether it is offered first for hoses and fittings.
    default: bool,
    /// Whether it is offered first for adaptors.
    default_adaptor: bool,
    /// Whether it is of the shared catalogue.
    shared: bool,
    /// The margin of its parts, in percent; only for those who may see costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    margin_percent: Option<Number>,
    /// Its web site.
    website: Option<String>,
    /// The name of its picture.
    image_name: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When its data was last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Rises with every change of it, or of what the organization says of it.
    rev: i64,
}

impl BrandOut {
    pub(super) fn new(brand: BrandSeen, shows_costs: bool) -> Self {
        let margin = brand.setting.as_ref().and_then(|setting| setting.margin_percent);
        Self {
            enabled: brand.is_enabled(),
            default: brand.is_default(),
            default_adaptor: brand.is_default_adaptor(),
            shared: brand.is_shared(),
            margin_percent: margin.filter(|_| shows_costs).map(|rate| Number(rate.value().normalize())),
            rev: brand.rev(),
            id: brand.row.id.to_string(),
            name: brand.row.name,
            website: brand.row.website,
            image_name: brand.row.image_name,
            created: brand.row.stamp.created.to_string(),
            created_by: brand.row.stamp.created_by,
            last_modified: brand.row.stamp.last_modified.to_string(),
            last_modified_by: brand.row.stamp.last_modified_by,
        }
    }
}

picked! {
    /// Brands.
    BrandList of BrandOut
}

picked! {
    /// Names of brands.
    BrandNameList of String
}

/// A change of a brand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BrandUpdateIn, example = json!({ "enabled": true, "default": true, "marginPercent": 35 }))]
pub(super) struct BrandUpdateIn {
    /// Its name, which stays: a document may be sent back as it was read.
    name: Option<String>,
    /// Whether its parts are seen. Absent or null leaves it.
    enabled: Option<Flag>,
    /// Whether it is offered first for hoses and fittings; another one no longer is.
    default: Option<Flag>,
    /// Whether it is offered first for adaptors; another one no longer is.
    default_adaptor: Option<Flag>,
    /// The margin of its parts, in percent: 0 to less than 100, with at most six decimals. Null returns to the usual.
    #[serde(default)]
    #[schema(value_type = Option<Number>)]
    margin_percent: Patch<Number>,
    /// Its web site; of an own brand alone.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    website: Patch<String>,
    /// The name of its picture; of an own brand alone.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    image_name: Patch<String>,
    /// The revision that was seen; another one is answered with 409.
    rev: Option<i64>,
}

impl Input for BrandUpdateIn {}

impl BrandUpdateIn {
    fn checked(self, rev: Option<i64>) -> Result<BrandChange> {
        let mut check = Check::default();
        let flag = |flag: Option<Flag>| flag.map(|flag| flag.0);
        let line = |text: String| Line::<200>::new(&text).map(|line| line.as_str().to_owned());
        let change = BrandChange {
            enabled: flag(self.enabled),
            is_default: flag(self.default),
            is_default_adaptor: flag(self.default_adaptor),
            margin_percent: check.patch("marginPercent", self.margin_percent, |number| margin(number.0)),
            website: check.patch("website", self.website, line),
            image_name: check.patch("imageName", self.image_name, line),
            name: self.name,
            rev: rev.or(self.rev),
        };
        check.finish(Some(change))
    }
}

fn margin(value: base::Decimal) -> Result<base::Rate, &'static str> {
    const WRONG: &str = "must be from 0 to less than 100, with at most six decimals";
    let is_within = value >= base::Decimal::ZERO && value < base::Decimal::from(100);
    base::Rate::rounded(value).filter(|rate| is_within && rate.value() == value).ok_or(WRONG)
}

/// A brand to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = BrandIn, example = json!({ "name": "House brand" }))]
pub(super) struct BrandIn {
    /// Its name: unique among the brands the organization sees, in any case.
    #[schema(required = true, nullable = false, max_length = 100)]
    name: Option<String>,
}

impl Input for BrandIn {
    const STRICT: bool = true;
}

/// Lists every brand, those that are switched off too
#[utoipa::path(
    get, path = "/api/v1/brands", tag = "Brand", operation_id = "getBrands", params(Picking),
    responses((status = 200, description = "The brands, by name", body = BrandList)),
)]
pub(super) async fn get_brands(
    May(caller): May<ReadBrands>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<BrandList>, Failure> {
    pick(&app, caller, &parameters, brands::all).await
}

macro_rules! brands_of {
    ($($(#[$meta:meta])* $name:ident $path:literal $id:literal $summary:literal [$($item_type:ident),*];)*) => {$(
        #[utoipa::path(
            get, path = $path, tag = "Brand", operation_id = $id, summary = $summary,
            description = "Only those that the organization has not switched off.",
            params(Picking),
            responses((status = 200, description = "The brands, by name", body = BrandList)),
        )]
        pub(super) async fn $name(
            May(caller): May<ReadBrands>,
            State(app): State<App>,
            parameters: Parameters,
        ) -> Result<Json<BrandList>, Failure> {
            let find = |tx: &mut Tx<'_>, caller: &Allowed<ReadBrands>| {
                brands::with_parts(tx, caller, &[$(ItemType::$item_type),*])
            };
            pick(&app, caller, &parameters, find).await
        }
    )*};
}

brands_of! {
    get_hosebrands "/api/v1/hosebrands" "getHosebrands" "Lists the brands that have hoses" [Hose];
    get_adaptorbrands "/api/v1/adaptorbrands" "getAdaptorbrands" "Lists the brands that have adaptors" [Adaptor];
    get_wrapbrands "/api/v1/wrapbrands" "getWrapbrands" "Lists the brands that have wraps" [Wrap];
    get_otheritembrands "/api/v1/otheritembrands" "getOtheritembrands" "Lists the brands that have other items" [OtherItem];
}

async fn pick(
    app: &App,
    caller: Allowed<ReadBrands>,
    parameters: &Parameters,
    find: impl Fn(&mut Tx<'_>, &Allowed<ReadBrands>) -> Result<Vec<BrandSeen>> + Send + 'static,
) -> Result<Json<BrandList>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let shows_costs = caller.shows_costs();
    let found = app.database.read(scope, move |tx| find(tx, &caller)).await?;
    let out = found.into_iter().map(|brand| BrandOut::new(brand, shows_costs)).collect();
    Ok(Json(parameters.picked(out, &[])?.into()))
}

/// Lists the names of the brands in use
#[utoipa::path(
    get, path = "/api/v1/brandnames", tag = "Brand", operation_id = "getBrandnames", params(Picking),
    responses((status = 200, description = "The names, in order", body = BrandNameList)),
)]
pub(super) async fn get_brandnames(
    May(caller): May<ReadBrands>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<BrandNameList>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let found = app.database.read(scope, move |tx| brands::all(tx, &caller)).await?;
    let names = found.into_iter().filter(BrandSeen::is_enabled).map(|brand| brand.row.name).collect();
    Ok(Json(parameters.picked(names, &[])?.into()))
}

/// The brand that is offered first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DefaultBrand {
    /// The brand; null where none was chosen.
    default_brand: Option<BrandOut>,
}

/// The brand that is offered first for adaptors.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DefaultAdaptorBrand {
    /// The brand; null where none was chosen.
    default_adaptor_brand: Option<BrandOut>,
}

async fn default(
    app: &App,
    caller: Allowed<ReadBrands>,
    adaptors: bool,
) -> Result<Option<BrandOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let shows_costs = caller.shows_costs();
    let found = app.database.read(scope, move |tx| brands::default(tx, &caller, adaptors)).await?;
    Ok(found.map(|brand| BrandOut::new(brand, shows_costs)))
}

/// Answers the brand that is offered first for hoses and fittings
#[utoipa::path(
    get, path = "/api/v1/organization/defaultbrand", tag = "Brand", operation_id = "getOrganizationDefaultbrand",
    responses((status = 200, description = "The brand", body = DefaultBrand)),
)]
pub(super) async fn get_organization_defaultbrand(
    May(caller): May<ReadBrands>,
    State(app): State<App>,
) -> Result<Json<DefaultBrand>, Failure> {
    Ok(Json(DefaultBrand { default_brand: default(&app, caller, false).await? }))
}

/// Answers the brand that is offered first for adaptors
#[utoipa::path(
    get, path = "/api/v1/organization/defaultadaptorbrand", tag = "Brand",
    operation_id = "getOrganizationDefaultadaptorbrand",
    responses((status = 200, description = "The brand", body = DefaultAdaptorBrand)),
)]
pub(super) async fn get_organization_defaultadaptorbrand(
    May(caller): May<ReadBrands>,
    State(app): State<App>,
) -> Result<Json<DefaultAdaptorBrand>, Failure> {
    Ok(Json(DefaultAdaptorBrand { default_adaptor_brand: default(&app, caller, true).await? }))
}

fn answer(status: u16, brand: BrandSeen, shows_costs: bool) -> Result<Answer> {
    let (id, rev) = (brand.row.id, brand.rev());
    Ok(Answer::new(status, &BrandOut::new(brand, shows_costs))?.about(id, rev))
}

/// Creates a brand of the organization's own
///
/// A Swage operation. A part that is made names its brand, which is then made too if there is none.
#[utoipa::path(
    post, path = "/api/v1/brands/create", tag = "Brand", operation_id = "postBrandsCreate", request_body = BrandIn,
    responses((status = 201, description = "The brand", body = BrandOut)),
)]
pub(super) async fn post_brands_create(
    May(caller): May<WriteBrands>,
    State(app): State<App>,
    writing: Writing,
    body: Body<BrandIn>,
) -> Result<Reply, Failure> {
    let mut check = Check::default();
    let name = check.required("name", body.value.name, |name| Line::<100>::new(&name));
    let name = check.finish(name)?;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        answer(201, brands::create(tx, caller, &name)?, caller.shows_costs())
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}

/// Switches a brand on or off, makes it the default, sets its margin
///
/// Parts of a brand that is switched off are in no list; what names one of them goes on working. The picture and the web
/// site of a brand are its owner's.
#[utoipa::path(
    post, path = "/api/v1/brand/{brandId}/update", tag = "Brand", operation_id = "postBrandIdUpdate",
    params(("brandId" = String, Path, description = "Its `_id`, or its name")),
    request_body = BrandUpdateIn,
    responses((status = 200, description = "The brand as it is now", body = BrandOut)),
)]
pub(super) async fn post_brand_id_update(
    May(caller): May<WriteBrands>,
    State(app): State<App>,
    Named(name): Named,
    writing: Writing,
    body: Body<BrandUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(writing.rev)?;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let shows_costs = caller.shows_costs();
        let changed = brands::update(tx, caller, &name, &change);
        let changed = changed.and_then(|brand| answer(200, brand, shows_costs));
        or_current(changed, || brands::find(tx, caller, &name).map(|brand| BrandOut::new(brand, shows_costs)))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}

/// Deletes a brand of the organization's own that has no parts
///
/// A brand of the shared catalogue can be switched off, not deleted.
#[utoipa::path(
    post, path = "/api/v1/brand/{brandId}/delete", tag = "Brand", operation_id = "postBrandIdDelete",
    params(("brandId" = String, Path, description = "Its `_id`, or its name")),
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_brand_id_delete(
    May(caller): May<WriteBrands>,
    State(app): State<App>,
    Named(name): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let shows_costs = caller.shows_costs();
        let deleted = brands::delete(tx, caller, &name, rev).and_then(|brand| {
            let words = format!("The brand {} was deleted.", brand.row.name);
            Ok(Answer::new(200, &words)?.naming(brand.row.id))
        });
        or_current(deleted, || brands::find(tx, caller, &name).map(|brand| BrandOut::new(brand, shows_costs)))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, work).await?)
}
