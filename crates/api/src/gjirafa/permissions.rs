//! What there is to permit, and what a role permits.

use axum::extract::State;
use base::Result;
use database::{Priority, Scope, Tx};
use keys::Permissions;
use usecases::{
    access::{ReadRoles, WriteRoles},
    projects, roles,
};

use super::{
    key::FlagAnswer,
    role::{PermissionOut, PermissionsAnswer, RolePermissionIn},
};
use crate::{
    App,
    door::{Body, Envelope, Failure, May, MayIn, Names, Reply, Writing},
};

/// Lists every permission there is
///
/// The numbers never change.
#[utoipa::path(
    get, path = "/api/projects/{projectId}/permissions", tag = "Gjirafa VP",
    operation_id = "ApiProjectsPermissions",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    responses((status = 200, description = "Every permission", body = PermissionsAnswer)),
)]
pub(super) async fn list(_may: MayIn<ReadRoles>) -> Envelope<Vec<PermissionOut>> {
    Envelope::new(Permissions::all().iter().map(PermissionOut::from).collect())
}

/// Lists the permissions of a role
///
/// What it was given, also while it is not active.
#[utoipa::path(
    get, path = "/api/projects/{projectId}/role-permissions/{roleId}", tag = "Gjirafa VP",
    operation_id = "ApiProjectsRolePermissions",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("roleId" = String, Path, description = "The role, by its number or id"),
    ),
    responses((status = 200, description = "Its permissions", body = PermissionsAnswer)),
)]
pub(super) async fn of_role(
    MayIn { caller, .. }: MayIn<ReadRoles>,
    State(app): State<App>,
    names: Names,
) -> Result<Envelope<Vec<PermissionOut>>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let role = app.database.read(scope, move |tx| roles::one(tx, &caller, names.get("roleId"))).await?;
    Ok(Envelope::new(role.permissions.iter().map(PermissionOut::from).collect()))
}

/// Gives a role a permission, or takes it away
///
/// `result` says whether the role has it now. Nobody may give what they do not
/// have. The bearer tokens of the role's keys end.
#[utoipa::path(
    put, path = "/api/projects/{projectId}/role-permissions/add-or-remove-per-role", tag = "Gjirafa VP",
    operation_id = "ApiProjectsRolePermissionsAddOrRemove",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = RolePermissionIn,
    responses((status = 200, description = "Whether the role has it now", body = FlagAnswer)),
)]
pub(super) async fn toggle(
    May(caller): May<WriteRoles>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
    body: Body<RolePermissionIn>,
) -> Result<Reply, Failure> {
    let (role, permission) = body.value.checked()?;
    let rev = writing.rev;
    let toggle = move |tx: &mut Tx<'_>, caller: &usecases::Allowed<_>| {
        projects::enter(tx, caller, names.get("projectId"))?;
        let (role, has_it) = roles::toggle(tx, caller, &role, permission, rev)?;
        let done = if has_it { "was given" } else { "no longer has" };
        let words = format!("The role {:?} {done} {}.", role.name, permission.key());
        Ok(Envelope::saying(has_it, words).answer()?.about(role.id, role.stamp.rev))
    };
    Ok(app.write_keys(Priority::Security, caller, writing, body.hash, toggle).await?)
}
