//! Roles. They are the organization's: the project that a path or a query
//! names must be there, and has no other part in it.

use axum::extract::State;
use base::Result;
use database::{Priority, Scope, Tx};
use usecases::{
    Caller,
    access::{ReadRoles, WriteRoles},
    idempotency::Answer,
    organizations, projects, roles,
};

use super::{
    key::FlagAnswer,
    paging::{PageOut, Paging, PagingParameters},
    role::{RoleAnswer, RoleIn, RoleOut, RoleUpdateIn, RolesAnswer},
};
use crate::{
    App,
    door::{Body, Envelope, Failure, May, NO_BODY, Names, Parameters, Reply, Writing},
};

/// Lists the roles of an organization
///
/// One page: those that every organization has, and its own.
#[utoipa::path(
    get, path = "/api/roles", tag = "Gjirafa VP", operation_id = "ApiRoles",
    params(
        ("projectId" = Option<String>, Query, description = "A project of the organization, by any of its names"),
        ("organizationId" = Option<String>, Query, description = "The organization, by any of its names"),
        ("search" = Option<String>, Query, description = "A part of the name or the description, in any case"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of roles", body = RolesAnswer)),
)]
pub(super) async fn list(
    May(caller): May<ReadRoles>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
) -> Result<Envelope<PageOut<RoleOut>>, Failure> {
    let paging = Paging::of(&parameters, &["projectId", "organizationId"])?;
    let place = Place::of(&names, &parameters);
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| {
        place.enter(tx, &caller)?;
        roles::list(tx, &caller)
    };
    let all = app.database.read(scope, list).await?;
    Ok(Envelope::new(paging.page(all, RoleOut::from)))
}

/// Returns one role
///
/// What it permits is listed apart.
#[utoipa::path(
    get, path = "/api/roles/{id}", tag = "Gjirafa VP", operation_id = "ApiRolesId",
    params(
        ("id" = String, Path, description = "The role, by its number or id"),
        ("projectId" = Option<String>, Query, description = "A project of the organization, by any of its names"),
    ),
    responses((status = 200, description = "The role", body = RoleAnswer)),
)]
pub(super) async fn one(
    May(caller): May<ReadRoles>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
) -> Result<Envelope<RoleOut>, Failure> {
    let place = Place::of(&names, &parameters);
    let scope = Scope::Organization(caller.organization);
    let one = move |tx: &mut Tx<'_>| {
        place.enter(tx, &caller)?;
        roles::one(tx, &caller, names.get("id"))
    };
    Ok(Envelope::new(app.database.read(scope, one).await?.into()))
}

/// Creates a role
///
/// It has no permissions; they are given one by one.
#[utoipa::path(
    post, path = "/api/roles", tag = "Gjirafa VP", operation_id = "ApiRoles",
    params(("projectId" = Option<String>, Query, description = "A project of the organization, by any of its names")),
    request_body = RoleIn,
    responses((status = 200, description = "The role that was made", body = RoleAnswer)),
)]
pub(super) async fn create(
    May(caller): May<WriteRoles>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
    writing: Writing,
    body: Body<RoleIn>,
) -> Result<Reply, Failure> {
    let (new, organization) = body.value.checked()?;
    let place = Place::of(&names, &parameters);
    let create = move |tx: &mut Tx<'_>, caller: &usecases::Allowed<_>| {
        place.enter(tx, caller)?;
        if let Some(name) = &organization {
            organizations::require_own(tx, name)?;
        }
        told(roles::create(tx, caller, &new)?, "made")
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, create).await?)
}

/// Updates a role
///
/// The body names it. A role that every organization has stays as it is. One
/// that is not active permits nothing; the bearer tokens of its keys end when
/// that changes.
#[utoipa::path(
    put, path = "/api/roles", tag = "Gjirafa VP", operation_id = "ApiRoles",
    params(("projectId" = Option<String>, Query, description = "A project of the organization, by any of its names")),
    request_body = RoleUpdateIn,
    responses((status = 200, description = "The role as it is now", body = RoleAnswer)),
)]
pub(super) async fn update(
    May(caller): May<WriteRoles>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
    writing: Writing,
    body: Body<RoleUpdateIn>,
) -> Result<Reply, Failure> {
    let (role, change, organization) = body.value.checked(writing.rev)?;
    let place = Place::of(&names, &parameters);
    let update = move |tx: &mut Tx<'_>, caller: &usecases::Allowed<_>| {
        place.enter(tx, caller)?;
        if let Some(name) = &organization {
            organizations::require_own(tx, name)?;
        }
        told(roles::update(tx, caller, &role, &change)?, "changed")
    };
    Ok(app.write_keys(Priority::Security, caller, writing, body.hash, update).await?)
}

/// Deletes a role
///
/// Refused while users or keys have it, and for one that every organization has.
#[utoipa::path(
    delete, path = "/api/roles/{id}", tag = "Gjirafa VP", operation_id = "ApiRolesId",
    params(
        ("id" = String, Path, description = "The role, by its number or id"),
        ("projectId" = Option<String>, Query, description = "A project of the organization, by any of its names"),
    ),
    responses((status = 200, description = "It was deleted", body = FlagAnswer)),
)]
pub(super) async fn delete(
    May(caller): May<WriteRoles>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
    writing: Writing,
) -> Result<Reply, Failure> {
    let place = Place::of(&names, &parameters);
    let rev = writing.rev;
    let delete = move |tx: &mut Tx<'_>, caller: &usecases::Allowed<_>| {
        place.enter(tx, caller)?;
        let gone = roles::delete(tx, caller, names.get("id"), rev)?;
        let words = format!("The role {:?} was deleted.", gone.name);
        Ok(Envelope::saying(true, words).answer()?.naming(gone.id))
    };
    Ok(app.write(Priority::Security, caller, writing, NO_BODY, delete).await?)
}

/// The project and the organization that a request names beside a role.
pub(super) struct Place {
    project: Option<String>,
    organization: Option<String>,
}

impl Place {
    pub(super) fn of(names: &Names, parameters: &Parameters) -> Self {
        let name = |name| names.find(name).or_else(|| parameters.one(name)).map(ToOwned::to_owned);
        Self { project: name("projectId"), organization: name("organizationId") }
    }

    /// Refuses what is not there for the caller.
    pub(super) fn enter(&self, tx: &mut Tx<'_>, caller: &Caller) -> Result<()> {
        if let Some(project) = &self.project {
            projects::enter(tx, caller, project)?;
        }
        if let Some(organization) = &self.organization {
            organizations::named(tx, organization)?;
        }
        Ok(())
    }
}

fn told(role: roles::Role, done: &str) -> Result<Answer> {
    let (id, rev) = (role.id, role.stamp.rev);
    let words = format!("The role {:?} was {done}.", role.name);
    Ok(Envelope::saying(RoleOut::from(role), words).answer()?.about(id, rev))
}
