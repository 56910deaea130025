use base::{Error, Line, Prose, Result, Timestamp};
use keys::Permission;
use serde::{Deserialize, Serialize};
use usecases::roles::{NewRole, Role, RoleChange};
use utoipa::ToSchema;

use super::{
    loose::{Flag, Name},
    paging::Listed,
};
use crate::{
    answers,
    door::{Check, Input},
    pages,
};

/// A role to be made. It permits nothing until it is given permissions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoleIn, example = json!({
    "name": "Warehouse", "description": "Counts and ships.", "isActive": true, "organizationId": null,
}))]
pub(super) struct RoleIn {
    /// Its name, 1 to 100 characters; no other role of the organization has it.
    #[schema(required = true, nullable = false, max_length = 100)]
    name: Option<String>,
    /// What it is for; at most 500 characters.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// Whether it permits anything at all; absent is true.
    #[schema(value_type = Option<bool>)]
    is_active: Option<Flag>,
    /// The caller's own organization, if any is named.
    organization_id: Option<Name>,
}

impl Input for RoleIn {}

/// A change of a role; what is absent is left as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoleUpdateIn, example = json!({
    "id": 4, "name": "Warehouse", "description": "Counts and ships.", "isActive": false, "organizationId": null,
}))]
pub(super) struct RoleUpdateIn {
    /// Which role.
    #[schema(required = true, nullable = false)]
    id: Option<Name>,
    /// Its name, 1 to 100 characters.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// What it is for; at most 500 characters.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// Whether it permits anything at all.
    #[schema(value_type = Option<bool>)]
    is_active: Option<Flag>,
    /// The caller's own organization, if any is named.
    organization_id: Option<Name>,
}

impl Input for RoleUpdateIn {}

/// A permission to be given to a role, or taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RolePermissionIn, example = json!({ "roleId": 4, "permissionId": 111 }))]
pub(super) struct RolePermissionIn {
    /// Which role.
    #[schema(required = true, nullable = false)]
    role_id: Option<Name>,
    /// Which permission, by its number.
    #[schema(required = true, nullable = false)]
    permission_id: Option<Name>,
}

impl Input for RolePermissionIn {}

impl RoleIn {
    /// The role, and the organization it names.
    pub(super) fn checked(self) -> Result<(NewRole, Option<String>)> {
        let mut check = Check::default();
        let name = check.required("name", self.name, |text| Line::new(&text));
        let description = check
            .required("description", Some(self.description.unwrap_or_default()), |text| Prose::new(&text));
        let is_active = self.is_active.is_none_or(|flag| flag.0);
        let role = name.zip(description).map(|(name, description)| NewRole { name, description, is_active });
        Ok((check.finish(role)?, self.organization_id.map(|name| name.0)))
    }
}

impl RoleUpdateIn {
    /// The role's name, its change, which was made to the revision `rev`, and
    /// the organization it names.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<(String, RoleChange, Option<String>)> {
        let mut check = Check::default();
        let role = check.required("id", self.id, |name| Ok::<_, Error>(name.0));
        let name = check.optional("name", self.name, |text| Line::new(&text));
        let description = check.optional("description", self.description, |text| Prose::new(&text));
        let is_active = self.is_active.map(|flag| flag.0);
        let role = check.finish(role)?;
        let change = RoleChange { name, description, is_active, rev };
        Ok((role, change, self.organization_id.map(|name| name.0)))
    }
}

impl RolePermissionIn {
    pub(super) fn checked(self) -> Result<(String, Permission)> {
        const WRONG: &str = "is not the number of a permission";
        let mut check = Check::default();
        let role = check.required("roleId", self.role_id, |name| Ok::<_, Error>(name.0));
        let permission = check.required("permissionId", self.permission_id, |name| {
            name.0.parse().ok().and_then(Permission::of_number).ok_or(WRONG)
        });
        check.finish(role.zip(permission))
    }
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaRole)]
pub(super) struct RoleOut {
    /// Its number.
    id: i32,
    /// Its name.
    name: String,
    /// What it is for.
    description: String,
    /// Whether it permits anything at all.
    is_active: bool,
    /// The number of the organization whose own it is; null for one that every organization has.
    #[schema(required = true)]
    organization_id: Option<i32>,
}

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GjirafaPermission)]
pub(super) struct PermissionOut {
    /// Its number, which never changes.
    id: i32,
    /// Its name, as a scope has it.
    name: String,
    /// What it is about and which of the two, such as `hose.read`.
    key: String,
    /// The same in words.
    title: String,
}

impl From<Role> for RoleOut {
    fn from(role: Role) -> Self {
        Self {
            id: role.number,
            name: role.name,
            description: role.description,
            is_active: role.is_active,
            organization_id: role.organization,
        }
    }
}

impl From<Permission> for PermissionOut {
    fn from(permission: Permission) -> Self {
        let what = permission.resource.what();
        let title = match permission.access {
            keys::Access::Read => format!("See {what}"),
            keys::Access::Write => format!("Make, change and delete {what}"),
        };
        Self { id: permission.number(), name: permission.to_string(), key: permission.key(), title }
    }
}

impl Listed for Role {
    fn texts(&self) -> Vec<&str> {
        vec![&self.name, &self.description]
    }

    fn created(&self) -> Timestamp {
        self.stamp.created
    }
}

pages! {
    /// One page of roles.
    RolePage = RoleOut;
}

answers! {
    /// A role.
    RoleAnswer = RoleOut;
    /// One page of roles.
    RolesAnswer = RolePage;
    /// Permissions.
    PermissionsAnswer = Vec<PermissionOut>;
}
