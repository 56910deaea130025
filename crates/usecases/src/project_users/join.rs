use base::{EmailAddress, Error, FieldError, Id, Kind, Result};
use database::Tx;
use keys::{Project as ProjectKind, Role, SystemRole};
use records::{
    Stamp, external_ids,
    project_users::{self, ProjectUser, ProjectUserRow},
    roles,
    users::{self, UserRow},
};
use serde::Serialize;

use crate::{
    Allowed,
    access::WriteUsers,
    audit, organizations,
    projects::{self, Here},
    users::{find as find_user, invite_without_role},
};

/// A person who is to work in a project.
#[derive(Debug, Clone)]
pub enum Person {
    /// A user by any of its names, perhaps with the address that it then must have.
    User(String, Option<EmailAddress>),
    /// Whom an address belongs to, a user or not yet.
    Address(EmailAddress),
}

/// What has become of a person's part in a project; the records by their numbers.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The part.
    pub id: Id<ProjectUser>,
    /// Its revision.
    pub rev: i64,
    /// Its number.
    pub number: i32,
    /// The user.
    pub user: i32,
    /// The project.
    pub project: i32,
    /// The role the user has there.
    pub role: i32,
    /// The organization.
    pub organization: i32,
    /// The address of the user.
    pub email: String,
    /// Whether the user was made, and mailed an invitation.
    pub is_invited: bool,
}

/// A user who is to work in another project too.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The user, by any of its names.
    pub user: String,
    /// The project, by any of its names; else the one at hand.
    pub project: Option<String>,
    /// The role there, by any of its names.
    pub role: Option<String>,
    /// The caller's organization, if any is named.
    pub organization: Option<String>,
}

/// The part as the audit record has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "_id")]
    id: Id<ProjectUser>,
    project: Id<ProjectKind>,
    user: Id<keys::User>,
    role: Id<Role>,
    #[serde(flatten)]
    stamp: Stamp,
}

/// Gives a person a role in a project, or another one. Who has no user yet is
/// invited, by whoever may do that in the organization; `public_url` is where
/// the page is that the mailed link leads to.
pub fn join(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    here: &Here,
    person: &Person,
    role: Option<&str>,
    public_url: &str,
) -> Result<Joined> {
    let role = self::role(tx, caller, "roleId", role)?;
    let (user, is_invited) = match person {
        Person::User(name, email) => (user_with_address(tx, name, email.as_ref())?, false),
        Person::Address(email) => match users::with_email(tx, email.as_str())? {
            Some(user) => (user, false),
            None => (invite_without_role(tx, caller, "user.email", email, public_url)?, true),
        },
    };
    Ok(Joined { is_invited, ..put(tx, caller, here.project, &user, role)? })
}

/// Gives several users, by any of their names, each a role in a project: all or none.
pub fn add_all(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    here: &Here,
    people: &[(String, Option<String>)],
) -> Result<usize> {
    let mut wrong: Vec<FieldError> = Vec::new();
    for (n, (name, role)) in people.iter().enumerate() {
        let added = user(tx, "userId", name).and_then(|user| {
            let role = self::role(tx, caller, "roleId", role.as_deref())?;
            put(tx, caller, here.project, &user, role)
        });
        match added.map_err(|error| error.within(&format!("userRoles[{n}]"))) {
            Ok(_) => {}
            Err(Error::Invalid(fields)) => wrong.extend(fields),
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(people.len()) } else { Err(Error::Invalid(wrong)) }
}

/// Gives a user a role in another project, in which the caller may do as much
/// as in the one at hand.
pub fn connect(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    here: &Here,
    connection: &Connection,
) -> Result<Joined> {
    if let Some(name) = &connection.organization {
        organizations::require_own(tx, name)?;
    }
    let project = match &connection.project {
        None => here.project,
        Some(name) => projects::enter(tx, caller, name).map(|there| there.project).map_err(|error| {
            let message = format!("is not a {} of this organization", ProjectKind::NAME);
            instead_of_not_found(error, "projectId", message)
        })?,
    };
    let user = user(tx, "userId", &connection.user)?;
    let role = role(tx, caller, "roleId", connection.role.as_deref())?;
    put(tx, caller, project, &user, role)
}

fn user_with_address(tx: &mut Tx<'_>, name: &str, email: Option<&EmailAddress>) -> Result<UserRow> {
    let user = user(tx, "user.publicId", name)?;
    if email.is_some_and(|email| email.normalized() != base::normalized(&user.email)) {
        return Err(Error::invalid("user.email", "is not the address of this user"));
    }
    Ok(user)
}

fn user(tx: &mut Tx<'_>, path: &str, name: &str) -> Result<UserRow> {
    find_user(tx, name)
        .map_err(|error| instead_of_not_found(error, path, "is not a user of this organization".to_owned()))
}

/// The role of this name that the caller may give, or else `regular`.
fn role(tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>, path: &str, name: Option<&str>) -> Result<Id<Role>> {
    let role = match name {
        Some(name) => crate::roles::find(tx, name).map_err(|error| {
            instead_of_not_found(error, path, "is not a role of this organization".to_owned())
        })?,
        None => roles::find_system(tx, SystemRole::Regular.word())?,
    };
    caller.forbid_more_than_own("The user", roles::permissions(tx, role.id)?)?;
    Ok(role.id)
}

fn instead_of_not_found(error: Error, path: &str, message: String) -> Error {
    match error {
        Error::NotFound(_) => Error::invalid(path, message),
        other => other,
    }
}

fn put(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    project: Id<ProjectKind>,
    user: &UserRow,
    role: Id<Role>,
) -> Result<Joined> {
    let row = match project_users::find(tx, project, user.id)? {
        Some(former) => change(tx, caller, &former, role)?,
        None => add(tx, caller, project, user, role)?,
    };
    Ok(Joined {
        id: row.id,
        rev: row.stamp.rev,
        number: external_ids::number_of(tx, row.id)?,
        user: external_ids::number_of(tx, user.id)?,
        project: external_ids::number_of(tx, project)?,
        role: external_ids::number_of(tx, role)?,
        organization: records::organizations::find(tx)?.number,
        email: user.email.clone(),
        is_invited: false,
    })
}

fn add(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    project: Id<ProjectKind>,
    user: &UserRow,
    role: Id<Role>,
) -> Result<ProjectUserRow> {
    let stamp = Stamp::new(tx.now(), caller.subject.to_string());
    let row = ProjectUserRow { id: tx.new_id(), project, user: user.id, role, stamp };
    project_users::insert(tx, &row)?;
    external_ids::number(tx, row.id)?;
    audit::note(tx, caller, "create", row.id, None, Some(&Document::of(&row)))?;
    Ok(row)
}

fn change(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    former: &ProjectUserRow,
    role: Id<Role>,
) -> Result<ProjectUserRow> {
    caller.forbid_over_stronger(roles::permissions(tx, former.role)?)?;
    let stamp = former.stamp.changed(tx.now(), caller.subject.to_string());
    let row = ProjectUserRow { role, stamp, ..former.clone() };
    project_users::update(tx, &row)?;
    audit::note(tx, caller, "update", row.id, Some(&Document::of(former)), Some(&Document::of(&row)))?;
    Ok(row)
}

/// Takes a part in a project away; its holder may do no more there than the caller.
pub(super) fn take(tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>, part: &ProjectUserRow) -> Result<()> {
    caller.forbid_over_stronger(roles::permissions(tx, part.role)?)?;
    project_users::delete(tx, part.id)?;
    audit::note(tx, caller, "delete", part.id, Some(&Document::of(part)), None)
}

impl Document {
    fn of(row: &ProjectUserRow) -> Self {
        let ProjectUserRow { id, project, user, role, stamp } = row.clone();
        Self { id, project, user, role, stamp }
    }
}
