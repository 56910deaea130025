use axum::{Json, extract::State};
use base::{Error, Result};
use database::{Scope, Tx};
use hose::ItemType;
use usecases::{access::ReadComponents, catalogue};

use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
    goldleaf::part::{ItemList, Narrowed, narrowed},
};

/// Lists the hoses or fittings that cannot be crimped yet
///
/// Hoses for which there is no crimp data; fittings whose series has none in
/// their hose size. An operation of Swage; GoldLeaf has none like it.
#[utoipa::path(
    get, path = "/api/v1/components/withoutcrimpdata", tag = "Component",
    operation_id = "getComponentsWithoutcrimpdata",
    params(
        ("componentType" = Option<String>, Query, description = "`hose` (usual) or `crimpFitting`"),
        Paging,
        Narrowed,
    ),
    responses((status = 200, description = "One page", body = ItemList)),
)]
pub(super) async fn get_components_withoutcrimpdata(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ItemList>, Failure> {
    let fittings = match parameters.one("componentType").map(str::parse) {
        None | Some(Ok(ItemType::Hose)) => false,
        Some(Ok(ItemType::CrimpFitting)) => true,
        Some(_) => return Err(Error::invalid("componentType", "must be hose or crimpFitting").into()),
    };
    let query = narrowed(&parameters, &["componentType"])?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| catalogue::uncrimped(tx, &caller, fittings, &query);
    Ok(Json(app.database.read(scope, list).await?.into()))
}
