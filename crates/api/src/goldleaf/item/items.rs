use axum::{Json, extract::State};
use base::{Error, Result};
use database::{Priority, Scope, Tx};
use hose::ItemType;
use usecases::{
    Allowed,
    access::{ReadItems, WriteItems},
    catalogue::{self, PENDING, Whose},
};

use crate::{
    App,
    door::{Body, Failure, May, Named, Paging, Parameters, Reply, Writing, or_current},
    goldleaf::part::{
        ItemAsked, ItemList, ItemOut, ItemUpdateIn, Narrowed, Tagged, answer, narrowed, tagged,
    },
};

/// Answers an item of whatever type
///
/// With what the organization says of it.
#[utoipa::path(
    get, path = "/api/v1/item/{itemId}", tag = "Item", operation_id = "getItem",
    params(("itemId" = String, Path, description = "Its `_id`, or the organization's own number for it")),
    responses((status = 200, description = "As the organization sees it", body = ItemOut)),
)]
pub(super) async fn get_item(
    May(caller): May<ReadItems>,
    State(app): State<App>,
    Named(name): Named,
) -> Result<Tagged<ItemOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let find = move |tx: &mut Tx<'_>| catalogue::find_item(tx, &caller, &name);
    Ok(tagged(app.database.read(scope, find).await?))
}

/// Lists the items that the organization can use
#[utoipa::path(
    get, path = "/api/v1/organization/items", tag = "Item", operation_id = "getOrganizationItems",
    params(
        ("skipItemTypes" = Option<Vec<String>>, Query,
         description = "Types of items to leave out, such as `hose`; may be repeated"),
        Paging,
        Narrowed,
    ),
    responses((status = 200, description = "One page", body = ItemList)),
)]
pub(super) async fn get_organization_items(
    May(caller): May<ReadItems>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ItemList>, Failure> {
    let mut query = narrowed(&parameters, &["skipItemTypes"])?;
    let mut skipped = Vec::new();
    for word in
        parameters.all("skipItemTypes").flat_map(|words| words.split(',')).filter(|word| !word.is_empty())
    {
        let item_type: ItemType =
            word.parse().map_err(|wrong| Error::invalid("skipItemTypes", format!("{wrong}")))?;
        skipped.push(item_type.word().to_owned());
    }
    if !skipped.is_empty() {
        query.filters.push(("notItemType".into(), skipped));
    }
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| catalogue::list(tx, &caller, Whose::Visible, None, &query);
    Ok(Json(app.database.read(scope, list).await?.into()))
}

/// Lists the items that wait for approval, the oldest first
///
/// Where the organization wants new parts approved, one that is added by somebody who does not run it waits here.
#[utoipa::path(
    get, path = "/api/v1/organization/pendingitems", tag = "Item", operation_id = "getOrganizationPendingitems",
    params(Paging),
    responses((status = 200, description = "One page", body = ItemList)),
)]
pub(super) async fn get_organization_pendingitems(
    May(caller): May<ReadItems>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ItemList>, Failure> {
    let query = parameters.page_of(&PENDING, &[])?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| catalogue::pending(tx, &caller, &query);
    Ok(Json(app.database.read(scope, list).await?.into()))
}

/// Changes what the organization says of an item, or decides about one that waits
///
/// With `approve`, an item that waits for approval may be used, or goes; that is for those who run the organization.
#[utoipa::path(
    post, path = "/api/v1/organization/item/{itemId}/update", tag = "Item",
    operation_id = "postOrganizationItemIdUpdate",
    params(("itemId" = String, Path, description = "Its `_id`, or the organization's own number for it")),
    request_body = ItemUpdateIn,
    responses((status = 200, description = "As it is now", body = ItemOut)),
)]
pub(super) async fn post_organization_item_id_update(
    May(caller): May<WriteItems>,
    State(app): State<App>,
    Named(name): Named,
    writing: Writing,
    body: Body<ItemUpdateIn>,
) -> Result<Reply, Failure> {
    let asked = body.value.asked(writing.rev)?;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<WriteItems>| {
        let done = match &asked {
            ItemAsked::Change(change) => catalogue::update_item(tx, caller, &name, change),
            ItemAsked::Decide(decision) => catalogue::decide(tx, caller, &name, decision),
        };
        let done = done.and_then(|part| answer::<ItemOut>(200, part));
        or_current(done, || catalogue::current_item(tx, caller, &name).map(ItemOut::from))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}
