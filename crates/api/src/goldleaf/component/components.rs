use axum::{Json, extract::State};
use base::Result;
use database::{Scope, Tx};
use hose::ItemType;
use usecases::{
    access::ReadComponents,
    catalogue::{self, Whose},
};

use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
    goldleaf::part::{ItemList, Narrowed, narrowed},
};

/// Lists the parts of every type that the organization sees
#[utoipa::path(
    get, path = "/api/v1/organization/components", tag = "Component", operation_id = "getOrganizationComponents",
    params(
        ("componentType" = Option<String>, Query,
         description = "Only `hose`, `crimpFitting`, `ferrule`, `adaptor`, `wrap` or `otherItem`"),
        Paging,
        Narrowed,
    ),
    responses((status = 200, description = "One page", body = ItemList)),
)]
pub(super) async fn get_organization_components(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ItemList>, Failure> {
    let item_type =
        parameters.word("componentType", |word| word.parse::<ItemType>().ok(), "a type of component")?;
    let query = narrowed(&parameters, &["componentType"])?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| catalogue::list(tx, &caller, Whose::Visible, item_type, &query);
    Ok(Json(app.database.read(scope, list).await?.into()))
}
