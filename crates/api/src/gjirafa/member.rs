use serde::Serialize;
use usecases::project_users::{Joined, Member, Place};
use utoipa::ToSchema;

use super::role::RoleOut;
use crate::{answers, pages};

/// Somebody who works in a project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaUser)]
pub(super) struct UserOut {
    /// Their number.
    id: i32,
    /// Their UUID.
    #[schema(format = "uuid")]
    global_id: String,
    /// Their name but for its last word.
    firstname: String,
    /// The last word of their name, if it has more than one.
    lastname: String,
    /// Nothing: there are no pictures.
    #[schema(required = true)]
    picture: Option<String>,
    /// The address to sign in with.
    email: String,
    /// Whether they may sign in.
    is_active: bool,
    /// Their role in the project.
    role: RoleOut,
    /// Whether they have set or used a password.
    is_confirmed: bool,
}

/// Somebody who was invited and has neither set nor used a password yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnconfirmedUser {
    /// Their number.
    id: i32,
    /// Their id.
    public_id: String,
    /// The address they were invited at.
    #[schema(required = true)]
    email: Option<String>,
    /// The name of the project.
    project_name: String,
    /// The name of the organization.
    organization_name: String,
}

/// Somebody who works in a project, as the list of all tells of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserOfProject {
    /// Their id.
    public_id: String,
    /// Their name but for its last word.
    firstname: String,
    /// The last word of their name, if it has more than one.
    lastname: String,
    /// The name of the project.
    #[schema(required = true)]
    project_name: Option<String>,
    /// Nothing: there are no pictures.
    #[schema(required = true)]
    picture: Option<String>,
    /// The address to sign in with.
    email: String,
    /// Whether they may sign in.
    is_active: bool,
    /// Their role in the project.
    role: RoleOut,
    /// Whether they have set or used a password.
    is_confirmed: bool,
    /// The number of the organization.
    default_organization_id: i32,
}

/// A user's part in a project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectUserOut {
    /// Its number.
    id: i32,
    /// The number of the user.
    user_id: i32,
    /// The number of the project.
    project_id: i32,
    /// The number of the role they have there.
    role_id: i32,
}

/// A user's part in another project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the documented names")]
pub(super) struct ConnectionOut {
    /// The number of the user.
    user_id: i32,
    /// The number of the project.
    project_id: i32,
    /// The number of the role they have there.
    role_id: i32,
    /// The number of the organization.
    organization_id: i32,
}

/// A name in two parts: its last word, and what stands before it.
pub(super) fn in_two(name: &str) -> (String, String) {
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
    (first.trim_end().to_owned(), last.to_owned())
}

impl From<Member> for UserOut {
    fn from(member: Member) -> Self {
        let (firstname, lastname) = in_two(&member.name);
        Self {
            id: member.number,
            global_id: member.user.uuid(),
            firstname,
            lastname,
            picture: None,
            email: member.email,
            is_active: member.is_active,
            role: member.role.into(),
            is_confirmed: member.is_confirmed,
        }
    }
}

impl UnconfirmedUser {
    pub(super) fn new(member: Member, place: &Place) -> Self {
        Self {
            id: member.number,
            public_id: member.user.to_string(),
            email: Some(member.email),
            project_name: place.project.clone(),
            organization_name: place.organization.clone(),
        }
    }
}

impl UserOfProject {
    pub(super) fn new(member: Member, place: &Place) -> Self {
        let (firstname, lastname) = in_two(&member.name);
        Self {
            public_id: member.user.to_string(),
            firstname,
            lastname,
            project_name: Some(place.project.clone()),
            picture: None,
            email: member.email,
            is_active: member.is_active,
            role: member.role.into(),
            is_confirmed: member.is_confirmed,
            default_organization_id: place.organization_number,
        }
    }
}

impl From<&Joined> for ProjectUserOut {
    fn from(joined: &Joined) -> Self {
        Self { id: joined.number, user_id: joined.user, project_id: joined.project, role_id: joined.role }
    }
}

impl From<&Joined> for ConnectionOut {
    fn from(joined: &Joined) -> Self {
        Self {
            user_id: joined.user,
            project_id: joined.project,
            role_id: joined.role,
            organization_id: joined.organization,
        }
    }
}

pages! {
    /// One page of those who work in a project.
    GjirafaUserPage = UserOut;
    /// One page of those who were invited.
    UnconfirmedUserPage = UnconfirmedUser;
}

answers! {
    /// One page of those who work in a project.
    GjirafaUsersAnswer = GjirafaUserPage;
    /// One page of those who were invited.
    UnconfirmedUsersAnswer = UnconfirmedUserPage;
    /// All who work in a project.
    UsersOfProjectAnswer = Vec<UserOfProject>;
    /// A user's part in a project.
    ProjectUserAnswer = ProjectUserOut;
    /// A user's part in another project.
    ConnectionAnswer = ConnectionOut;
}

#[cfg(test)]
mod tests {
    use super::in_two;

    #[test]
    fn a_name_is_parted_before_its_last_word() {
        for (name, first, last) in [
            ("Ann Hopper", "Ann", "Hopper"),
            ("Ann van  Hopper", "Ann van", "Hopper"),
            ("Ann", "Ann", ""),
            ("ann@shop.example", "ann@shop.example", ""),
        ] {
            assert_eq!(in_two(name), (first.to_owned(), last.to_owned()));
        }
    }
}
