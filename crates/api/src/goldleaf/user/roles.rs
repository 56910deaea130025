use axum::{Json, extract::State};
use database::{Scope, Tx};
use serde::Serialize;
use usecases::{
    access::{AnyCaller, ReadRoles},
    roles::{self, Role},
    users,
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Failure, May},
};

/// All roles of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoleList {
    /// The roles, by name.
    items: Vec<RoleOut>,
    /// How many there are.
    total: usize,
    /// Always 1: all are answered.
    page: u64,
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Role)]
struct RoleOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Its name.
    name: String,
    /// What it is for.
    description: String,
    /// Whether every organization has it: `admin`, `regular`, `customer`.
    system: bool,
    /// What it permits, such as `hose:read`.
    permissions: Vec<String>,
}

impl From<Role> for RoleOut {
    fn from(role: Role) -> Self {
        Self {
            id: role.id.to_string(),
            system: role.is_system(),
            permissions: role.permits().iter().map(|permission| permission.to_string()).collect(),
            name: role.name,
            description: role.description,
        }
    }
}

/// The caller's roles.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserRoles {
    /// Their names: a user's own, or the one that bounds a key.
    user_roles: Vec<String>,
}

/// The caller's roles, and what the organization has subscribed to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserRolesAndSubscription {
    /// The names of the roles: a user's own, or the one that bounds a key.
    user_roles: Vec<String>,
    /// `free`, `professional` or `enterprise`; null for a caller who may not see it.
    subscription: Option<String>,
}

/// Lists all roles of the organization
#[utoipa::path(
    get, path = "/api/v1/organization/roles", tag = "User", operation_id = "getOrganizationRoles",
    responses((status = 200, description = "All roles", body = RoleList)),
)]
pub(super) async fn get_organization_roles(
    May(caller): May<ReadRoles>,
    State(app): State<App>,
) -> Result<Json<RoleList>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let mut roles = app.database.read(scope, move |tx| roles::list(tx, &caller)).await?;
    roles.sort_by_cached_key(|role| base::normalized(&role.name));
    let items: Vec<_> = roles.into_iter().map(RoleOut::from).collect();
    Ok(Json(RoleList { total: items.len(), items, page: 1 }))
}

/// Answers the caller's roles
#[utoipa::path(
    get, path = "/api/v1/organization/userroles", tag = "User", operation_id = "getOrganizationUserroles",
    responses((status = 200, description = "The roles", body = UserRoles)),
)]
pub(super) async fn get_organization_userroles(
    May(caller): May<AnyCaller>,
    State(app): State<App>,
) -> Result<Json<UserRoles>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let user_roles = app.database.read(scope, move |tx| users::roles::of_caller(tx, &caller)).await?;
    Ok(Json(UserRoles { user_roles }))
}

/// Answers the caller's roles and the organization's subscription
///
/// The subscription is null for callers without the permission to see it.
#[utoipa::path(
    get, path = "/api/v1/organization/userrolesandsubscription", tag = "User",
    operation_id = "getOrganizationUserrolesandsubscription",
    responses((status = 200, description = "The roles and the subscription", body = UserRolesAndSubscription)),
)]
pub(super) async fn get_organization_userrolesandsubscription(
    May(caller): May<AnyCaller>,
    State(app): State<App>,
) -> Result<Json<UserRolesAndSubscription>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| {
        let user_roles = users::roles::of_caller(tx, &caller)?;
        Ok(UserRolesAndSubscription {
            user_roles,
            subscription: users::roles::subscription_for(tx, &caller)?,
        })
    };
    Ok(Json(app.database.read(scope, read).await?))
}
