use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base::Result;
use database::{Scope, Tx};
use usecases::{
    access::ReadFerrules,
    catalogue::{self, Whose},
};

use super::ferrules::{FerruleList, FerruleOut};
use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
    goldleaf::part::{Narrowed, narrowed, tagged},
};

/// Answers one ferrule: of a number, or for a hose and a fitting
///
/// With `partNumber`, and `brand` where it needs one, that ferrule. With `hoseId` and `crimpfittingId`, the one that the
/// crimp data of the two names. Without either, the ferrules as `organization/ferrules` lists them.
#[utoipa::path(
    get, path = "/api/v1/organization/ferrule", tag = "Ferrule", operation_id = "getOrganizationFerrule",
    params(
        ("partNumber" = Option<String>, Query, description = "Its part number, however it is typed"),
        ("brand" = Option<String>, Query, description = "Its brand"),
        ("hoseId" = Option<String>, Query, description = "The hose"),
        ("crimpfittingId" = Option<String>, Query, description = "The fitting"),
        Paging,
        Narrowed,
    ),
    responses(
        (status = 200, description = "The ferrule, or one page of ferrules", body = OneOrMany),
        (status = 404, description = "There is no such ferrule"),
    ),
)]
pub(super) async fn get_organization_ferrule(
    May(caller): May<ReadFerrules>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let query = narrowed(&parameters, &["partNumber", "brand", "hoseId", "crimpfittingId"])?;
    let text = |name: &str| parameters.one(name).map(ToOwned::to_owned);
    let (number, brand, hose, fitting) =
        (text("partNumber"), text("brand"), text("hoseId"), text("crimpfittingId"));
    let scope = Scope::Organization(caller.organization);
    if let Some(number) = number {
        let find = move |tx: &mut Tx<'_>| catalogue::with_number(tx, &caller, &number, brand.as_deref());
        return Ok(tagged::<FerruleOut>(app.database.read(scope, find).await?).into_response());
    }
    if hose.is_some() || fitting.is_some() {
        let (hose, fitting) = (
            parameters.needed("hoseId").map(|_| hose.unwrap_or_default())?,
            parameters.needed("crimpfittingId").map(|_| fitting.unwrap_or_default())?,
        );
        let find = move |tx: &mut Tx<'_>| catalogue::ferrule_of(tx, &caller, &hose, &fitting);
        return Ok(tagged::<FerruleOut>(app.database.read(scope, find).await?).into_response());
    }
    let item_type = Some(hose::ItemType::Ferrule);
    let list = move |tx: &mut Tx<'_>| catalogue::list(tx, &caller, Whose::Visible, item_type, &query);
    let page: FerruleList = app.database.read(scope, list).await?.into();
    Ok(Json(page).into_response())
}

/// One ferrule, or a page of them: for the document.
#[derive(utoipa::ToSchema)]
#[schema(as = FerruleOrList)]
#[serde(untagged)]
#[expect(dead_code, reason = "for the document")]
pub(super) enum OneOrMany {
    /// The ferrule.
    One(FerruleOut),
    /// The ferrules.
    Many(FerruleList),
}
