//! The API keys of one project: for who may do the same everywhere, and for
//! whose role in the project permits it.

use axum::extract::State;
use base::Result;
use database::Scope;
use usecases::{
    access::{ReadApiKeys, WriteApiKeys},
    api_keys,
};

use super::{
    key::{ApiKeyAnswer, ApiKeyIn, ApiKeyItem, ApiKeyUpdateIn, ApiKeysAnswer, FlagAnswer},
    keys::{Place, create_at, delete_at, update_at},
};
use crate::{
    App,
    door::{Body, Envelope, Failure, MayIn, Names, Reply, Writing},
};

/// Lists the API keys of a project
///
/// The keys that are limited to it, perhaps among others; masked.
#[utoipa::path(
    get, path = "/api/projects/{projectId}/api-keys", tag = "Gjirafa VP", operation_id = "ApiProjectsApiKeys",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    responses((status = 200, description = "The keys", body = ApiKeysAnswer)),
)]
pub(super) async fn list(
    MayIn { caller, here }: MayIn<ReadApiKeys>,
    State(app): State<App>,
) -> Result<Envelope<Vec<ApiKeyItem>>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let keys = app.database.read(scope, move |tx| api_keys::all(tx, &caller, Some(&here))).await?;
    Ok(Envelope::new(keys.into_iter().map(ApiKeyItem::new).collect()))
}

/// Creates an API key in a project
///
/// The key is limited to this project and to those that the body names. The
/// answer holds the key itself, in `apiKey`: the only time it is shown.
#[utoipa::path(
    post, path = "/api/projects/{projectId}/api-keys", tag = "Gjirafa VP", operation_id = "ApiProjectsApiKeys",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = ApiKeyIn,
    responses((status = 200, description = "The key that was made, with its text", body = ApiKeyAnswer)),
)]
pub(super) async fn create(
    MayIn { caller, here }: MayIn<WriteApiKeys>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ApiKeyIn>,
) -> Result<Reply, Failure> {
    create_at(&app, caller, Place::Project(here), writing, body).await
}

/// Updates an API key of a project
///
/// As the same operation of the organization, for a key that is limited to
/// this project.
#[utoipa::path(
    put, path = "/api/projects/{projectId}/api-keys", tag = "Gjirafa VP", operation_id = "ApiProjectsApiKeys",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = ApiKeyUpdateIn,
    responses((status = 200, description = "The key as it is now", body = ApiKeyAnswer)),
)]
pub(super) async fn update(
    MayIn { caller, here }: MayIn<WriteApiKeys>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ApiKeyUpdateIn>,
) -> Result<Reply, Failure> {
    update_at(&app, caller, Place::Project(here), writing, body).await
}

/// Deletes an API key of a project
///
/// From the answer on, neither the key nor any of its bearer tokens is let in.
#[utoipa::path(
    delete, path = "/api/projects/{projectId}/api-keys/{id}", tag = "Gjirafa VP",
    operation_id = "ApiProjectsApiKeysId",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("id" = String, Path, description = "The key, by its number or id"),
    ),
    responses((status = 200, description = "It was deleted", body = FlagAnswer)),
)]
pub(super) async fn delete(
    MayIn { caller, here }: MayIn<WriteApiKeys>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
) -> Result<Reply, Failure> {
    delete_at(&app, caller, Place::Project(here), names.get("id").to_owned(), writing).await
}
