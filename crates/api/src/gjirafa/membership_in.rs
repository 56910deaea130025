use base::{EmailAddress, Error, Result};
use serde::Deserialize;
use usecases::project_users::{Connection, Person};
use utoipa::ToSchema;

use super::loose::Name;
use crate::door::{Check, Input};

/// The most users who are added to a project at once.
const MOST_ADDED: usize = 100;

/// A person who is to work in a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectUserIn, example = json!({
    "projectId": "abcdefgh", "roleId": 2, "user": { "publicId": null, "email": "ann@shop.example" },
}))]
pub(super) struct ProjectUserIn {
    /// The project of the path, if any is named.
    project_id: Option<Name>,
    /// The role the person has there; else `regular`. It may not permit more than the caller may do.
    role_id: Option<Name>,
    /// Who.
    #[schema(required = true, nullable = false)]
    user: Option<PersonIn>,
}

/// A person: a user by any of its names, or by the address; one of the two is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersonIn {
    /// The user, by any of its names.
    public_id: Option<Name>,
    /// The address. A person who has no user yet is invited.
    email: Option<String>,
}

impl Input for ProjectUserIn {}

/// A person to be given a role in a project.
pub(super) struct ToJoin {
    pub(super) project: Option<String>,
    pub(super) role: Option<String>,
    pub(super) person: Person,
}

impl ProjectUserIn {
    pub(super) fn checked(self) -> Result<ToJoin> {
        let mut check = Check::default();
        let user = check.required("user", self.user, Ok::<_, Error>);
        let person = user.and_then(|PersonIn { public_id, email }| {
            let is_nobody = public_id.is_none() && email.is_none();
            let email = check.optional("user.email", email, |text| EmailAddress::new(&text));
            match (public_id, email) {
                (Some(name), email) => Some(Person::User(name.0, email)),
                (None, Some(email)) => Some(Person::Address(email)),
                (None, None) => {
                    if is_nobody {
                        check.wrong("user", "must have a publicId or an email");
                    }
                    None
                }
            }
        });
        check.finish(person.map(|person| ToJoin {
            project: self.project_id.map(|name| name.0),
            role: self.role_id.map(|name| name.0),
            person,
        }))
    }
}

/// Users who are to work in a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectUsersIn, example = json!({
    "projectId": "abcdefgh", "userRoles": [{ "userId": "507f1f77bcf86cd799439011", "roleId": 2 }],
}))]
pub(super) struct ProjectUsersIn {
    /// The project of the path, if any is named.
    project_id: Option<Name>,
    /// Who; 1 to 100 users, all of whom are added or none.
    #[schema(required = true, nullable = false, min_items = 1, max_items = 100)]
    user_roles: Option<Vec<UserRoleIn>>,
}

/// A user, and the role they are to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserRoleIn {
    /// The user, by any of its names.
    #[schema(required = true, nullable = false)]
    user_id: Option<Name>,
    /// The role; else `regular`. It may not permit more than the caller may do.
    role_id: Option<Name>,
}

impl Input for ProjectUsersIn {}

/// Users, each with the role they are to have.
pub(super) type UserRoles = Vec<(String, Option<String>)>;

impl ProjectUsersIn {
    /// The project that is named, and the users with their roles.
    pub(super) fn checked(self) -> Result<(Option<String>, UserRoles)> {
        let mut check = Check::default();
        let users = check.required("userRoles", self.user_roles, |users| match users.len() {
            1..=MOST_ADDED => Ok(users),
            _ => Err(format!("must have 1 to {MOST_ADDED} entries")),
        });
        let mut roles = UserRoles::new();
        for (n, user) in users.into_iter().flatten().enumerate() {
            let path = format!("userRoles[{n}].userId");
            let name = check.required(&path, user.user_id, |name| Ok::<_, Error>(name.0));
            roles.extend(name.map(|name| (name, user.role_id.map(|role| role.0))));
        }
        check.finish(Some((self.project_id.map(|name| name.0), roles)))
    }
}

/// A user who is to work in another project too.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectWithProjectIn, example = json!({
    "userId": "507f1f77bcf86cd799439011", "projectId": "abcdefgh", "roleId": 2, "organizationId": "abcdefgh",
}))]
#[expect(clippy::struct_field_names, reason = "the documented names")]
pub(super) struct ConnectWithProjectIn {
    /// The user, by any of its names.
    #[schema(required = true, nullable = false)]
    user_id: Option<Name>,
    /// The other project, by any of its names; else that of the path.
    project_id: Option<Name>,
    /// The role there; else `regular`. It may not permit more than the caller may do.
    role_id: Option<Name>,
    /// The caller's own organization, if any is named.
    organization_id: Option<Name>,
}

impl Input for ConnectWithProjectIn {}

impl ConnectWithProjectIn {
    pub(super) fn checked(self) -> Result<Connection> {
        let mut check = Check::default();
        let text = |name: Option<Name>| name.map(|name| name.0);
        let user = check.required("userId", self.user_id, |name| Ok::<_, Error>(name.0));
        check.finish(user.map(|user| Connection {
            user,
            project: text(self.project_id),
            role: text(self.role_id),
            organization: text(self.organization_id),
        }))
    }
}
