use axum::{Json, extract::State};
use database::{Priority, Scope};
use usecases::{
    access::{AnyCaller, ReadOrganization, WriteOrganization},
    idempotency::Answer,
    organizations,
};

use super::{
    settings::{OrganizationDefaults, OrganizationOut},
    settings_in::OrganizationUpdateIn,
};
use crate::{
    App,
    door::{Body, Failure, May, Reply, Writing, or_current},
};

/// Answers the organization with its settings
#[utoipa::path(
    get, path = "/api/v1/organization", tag = "Organization", operation_id = "getOrganization",
    responses((status = 200, description = "The organization", body = OrganizationOut)),
)]
pub(super) async fn get_organization(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<OrganizationOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let profile = app.database.read(scope, move |tx| organizations::profile(tx, &caller)).await?;
    Ok(Json(OrganizationOut::new(profile)))
}

/// Changes the organization and its settings
///
/// Everything may be left out. The subscription is not the organization's to
/// change.
#[utoipa::path(
    post, path = "/api/v1/organization/update", tag = "Organization", operation_id = "postOrganizationUpdate",
    request_body = OrganizationUpdateIn,
    responses((status = 200, description = "The organization as it is now", body = OrganizationOut)),
)]
pub(super) async fn post_organization_update(
    May(caller): May<WriteOrganization>,
    State(app): State<App>,
    writing: Writing,
    body: Body<OrganizationUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(writing.rev)?;
    let work = move |tx: &mut database::Tx<'_>, caller: &_| {
        let changed = organizations::update(tx, caller, &change).and_then(|profile| {
            let (id, rev) = (profile.id, profile.stamp.rev);
            Ok(Answer::new(200, &OrganizationOut::new(profile))?.about(id, rev))
        });
        or_current(changed, || organizations::read(tx).map(OrganizationOut::new))
    };
    let reply = app.write(Priority::Ordinary, caller, writing, body.hash, work).await?;
    if let Err(error) = app.refresh_origins().await {
        tracing::error!(%error, "the origins could not be read at once; they are read again soon");
    }
    Ok(reply)
}

/// Answers what a client needs to begin: units, currency, language and the like
#[utoipa::path(
    get, path = "/api/v1/organization/defaults", tag = "Organization", operation_id = "getOrganizationDefaults",
    responses((status = 200, description = "The defaults", body = OrganizationDefaults)),
)]
pub(super) async fn get_organization_defaults(
    May(caller): May<AnyCaller>,
    State(app): State<App>,
) -> Result<Json<OrganizationDefaults>, Failure> {
    let scope = Scope::Organization(caller.organization);
    Ok(Json(app.database.read(scope, organizations::settings).await?.into()))
}
