use axum::{Json, extract::State};
use base::Result;
use database::{Priority, Scope, Tx};
use serde::Serialize;
use usecases::{
    Allowed,
    access::{ReadOrganization, WriteOrganization},
    idempotency::Answer,
    organizations::directories::{self, Directory, Entry, Location, ProductGroup, Supplier},
};
use utoipa::ToSchema;

use super::entries::{EntriesInput, GroupOut, GroupsIn, PlaceOut, PlacesIn, path};
use crate::{
    App,
    door::{Body, Failure, May, Reply, Writing},
};

/// All product groups.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductGroupList {
    /// The product groups, by name.
    items: Vec<GroupOut>,
    /// How many there are.
    total: usize,
    /// Always 1: all are answered.
    page: u64,
}

/// All suppliers, or all locations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceList {
    /// The suppliers or locations, by name.
    items: Vec<PlaceOut>,
    /// How many there are.
    total: usize,
    /// Always 1: all are answered.
    page: u64,
}

impl From<Vec<GroupOut>> for ProductGroupList {
    fn from(items: Vec<GroupOut>) -> Self {
        Self { total: items.len(), items, page: 1 }
    }
}

impl From<Vec<PlaceOut>> for PlaceList {
    fn from(items: Vec<PlaceOut>) -> Self {
        Self { total: items.len(), items, page: 1 }
    }
}

/// Every entry of a kind.
async fn list<K: Directory, Out: From<Entry<K>>, List: From<Vec<Out>>>(
    app: &App,
    caller: Allowed<ReadOrganization>,
) -> Result<Json<List>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let entries = app.database.read(scope, move |tx| directories::list::<K>(tx, &caller)).await?;
    Ok(Json(entries.into_iter().map(Out::from).collect::<Vec<_>>().into()))
}

/// Sets entries of a kind; answers those that were sent.
async fn set<K: Directory, Out, List>(
    app: &App,
    caller: Allowed<WriteOrganization>,
    writing: Writing,
    body: Body<impl EntriesInput>,
) -> Result<Reply, Failure>
where
    Out: From<Entry<K>>,
    List: From<Vec<Out>> + Serialize,
{
    let (settings, in_items) = body.value.checked()?;
    let work = move |tx: &mut Tx<'_>, caller: &_| {
        let set = directories::set::<K>(tx, caller, &settings, |n, field| path(in_items, n, field))?;
        Answer::new(200, &List::from(set.into_iter().map(Out::from).collect()))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}

/// Lists the organization's product groups
#[utoipa::path(
    get, path = "/api/v1/organization/productgroups", tag = "Organization",
    operation_id = "getOrganizationProductgroups",
    responses((status = 200, description = "All product groups", body = ProductGroupList)),
)]
pub(super) async fn get_organization_productgroups(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<ProductGroupList>, Failure> {
    list::<ProductGroup, GroupOut, _>(&app, caller).await
}

/// Makes, changes and deletes product groups
///
/// One, or several in `items`: all of them or none. An entry with an `_id`
/// changes that one, one without makes a new one.
#[utoipa::path(
    post, path = "/api/v1/organization/productgroups/update", tag = "Organization",
    operation_id = "postOrganizationProductgroupsUpdate",
    request_body = GroupsIn,
    responses((status = 200, description = "Those that were sent, as they are now", body = ProductGroupList)),
)]
pub(super) async fn post_organization_productgroups_update(
    May(caller): May<WriteOrganization>,
    State(app): State<App>,
    writing: Writing,
    body: Body<GroupsIn>,
) -> Result<Reply, Failure> {
    set::<ProductGroup, GroupOut, ProductGroupList>(&app, caller, writing, body).await
}

/// Lists the organization's suppliers
#[utoipa::path(
    get, path = "/api/v1/organization/suppliers", tag = "Organization",
    operation_id = "getOrganizationSuppliers",
    responses((status = 200, description = "All suppliers", body = PlaceList)),
)]
pub(super) async fn get_organization_suppliers(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<PlaceList>, Failure> {
    list::<Supplier, PlaceOut, _>(&app, caller).await
}

/// Makes, changes and deletes suppliers
///
/// One, or several in `items`: all of them or none. An entry with an `_id`
/// changes that one, one without makes a new one.
#[utoipa::path(
    post, path = "/api/v1/organization/suppliers/update", tag = "Organization",
    operation_id = "postOrganizationSuppliersUpdate",
    request_body = PlacesIn,
    responses((status = 200, description = "Those that were sent, as they are now", body = PlaceList)),
)]
pub(super) async fn post_organization_suppliers_update(
    May(caller): May<WriteOrganization>,
    State(app): State<App>,
    writing: Writing,
    body: Body<PlacesIn>,
) -> Result<Reply, Failure> {
    set::<Supplier, PlaceOut, PlaceList>(&app, caller, writing, body).await
}

/// Lists the organization's locations
#[utoipa::path(
    get, path = "/api/v1/organization/locations", tag = "Organization",
    operation_id = "getOrganizationLocations",
    responses((status = 200, description = "All locations", body = PlaceList)),
)]
pub(super) async fn get_organization_locations(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<PlaceList>, Failure> {
    list::<Location, PlaceOut, _>(&app, caller).await
}

/// Makes, changes and deletes locations
///
/// One, or several in `items`: all of them or none. An entry with an `_id`
/// changes that one, one without makes a new one.
#[utoipa::path(
    post, path = "/api/v1/organization/locations/update", tag = "Organization",
    operation_id = "postOrganizationLocationsUpdate",
    request_body = PlacesIn,
    responses((status = 200, description = "Those that were sent, as they are now", body = PlaceList)),
)]
pub(super) async fn post_organization_locations_update(
    May(caller): May<WriteOrganization>,
    State(app): State<App>,
    writing: Writing,
    body: Body<PlacesIn>,
) -> Result<Reply, Failure> {
    set::<Location, PlaceOut, PlaceList>(&app, caller, writing, body).await
}
