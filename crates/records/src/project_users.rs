//! Who works in a project, and the role they have there.

use base::{Id, Page, Result, Timestamp, kinds};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use keys::{Project, Role, User};

use crate::{Stamp, external_ids};

kinds! {
    /// A person's part in a project.
    ProjectUser => "project user",
}

/// A row of `project_user`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectUserRow {
    /// Its id.
    pub id: Id<ProjectUser>,
    /// Where the person works.
    pub project: Id<Project>,
    /// Who.
    pub user: Id<User>,
    /// The role they have there.
    pub role: Id<Role>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// A person in a list of those who work in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The person's part in the project.
    pub row: ProjectUserRow,
    /// The person's number.
    pub number: i32,
    /// The address to sign in with.
    pub email: String,
    /// The name to greet by.
    pub name: String,
    /// Whether the person is kept from signing in.
    pub suspended: bool,
    /// When the person first set or used a password.
    pub confirmed: Option<Timestamp>,
}

/// Those who work in a project and are not deleted, in the order in which they came.
pub static LIST: List = BASE;

/// Of them who have neither set nor used a password yet.
pub static UNCONFIRMED: List =
    List { name: "project_user.unconfirmed", condition: "project_user.confirmed IS NULL", ..BASE };

const BASE: List = List {
    name: "project_user.list",
    from: "(SELECT project_user.*, user_account.email, user_account.name, user_account.name_norm,
                   user_account.name_norm || ' ' || user_account.email_norm AS searched,
                   user_account.suspended, user_account.confirmed, external_id.value AS user_number
            FROM project_user
            JOIN user_account ON user_account.organization_id = project_user.organization_id
             AND user_account.id = project_user.user_id AND user_account.deleted IS NULL
            JOIN external_id ON external_id.organization_id = project_user.organization_id
             AND external_id.record_kind = 'user' AND external_id.record_id = project_user.user_id
             AND external_id.form = 'number') AS project_user",
    beside: None,
    alias: "project_user",
    columns: "project_user.*",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[
        Filter {
            name: "project",
            column: "project_user.project_id",
            compare: Compare::Equal,
            index: "project_user_member",
        },
        Filter { name: "search", column: "project_user.searched", compare: Compare::Contains, index: "" },
        Filter {
            name: "insertedDate",
            column: "project_user.created",
            compare: Compare::Range,
            index: "project_user_created",
        },
    ],
    sorts: &[
        Sort {
            name: "insertedDate",
            column: "project_user.created",
            text: false,
            index: "project_user_created",
        },
        Sort { name: "name", column: "project_user.name_norm", text: true, index: "user_account_by_name" },
    ],
};

static INSERT: Statement = Statement::tenant(
    "project_user.insert",
    "INSERT INTO project_user (organization_id, id, project_id, user_id, role_id,
                               created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static UPDATE: Statement = Statement::tenant(
    "project_user.update",
    "UPDATE project_user SET role_id = $3, last_modified = $4, last_modified_by = $5, rev = $6
     WHERE organization_id = $1 AND id = $2",
);

static DELETE: Statement = Statement::tenant(
    "project_user.delete",
    "DELETE FROM project_user WHERE organization_id = $1 AND id = $2",
);

static DELETE_OF_USER: Statement = Statement::tenant(
    "project_user.delete_of_user",
    "DELETE FROM project_user WHERE organization_id = $1 AND user_id = $2",
);

static FIND: Statement = Statement::tenant(
    "project_user.find",
    "SELECT * FROM project_user WHERE organization_id = $1 AND project_id = $2 AND user_id = $3",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &UPDATE, &DELETE, &DELETE_OF_USER, &FIND];

/// Adds a person to a project.
pub fn insert(tx: &mut Tx<'_>, row: &ProjectUserRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.project,
            row.user,
            row.role,
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Stores the role that a person has now in a project.
pub fn update(tx: &mut Tx<'_>, row: &ProjectUserRow) -> Result<()> {
    let stamp = &row.stamp;
    let by = stamp.last_modified_by.as_str();
    tx.execute_one(&UPDATE, params![row.id, row.role, stamp.last_modified, by, stamp.rev])
}

/// Takes a person out of a project.
pub fn delete(tx: &mut Tx<'_>, id: Id<ProjectUser>) -> Result<()> {
    tx.execute_one(&DELETE, params![id])
}

/// Takes a person out of every project.
pub fn delete_of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute(&DELETE_OF_USER, params![user]).map(drop)
}

/// The part of a user in a project, if they have one.
pub fn find(tx: &mut Tx<'_>, project: Id<Project>, user: Id<User>) -> Result<Option<ProjectUserRow>> {
    tx.fetch_optional(&FIND, params![project, user], read)
}

/// One page of a list of those who work in projects.
pub fn list(tx: &mut Tx<'_>, list: &List, query: &ListQuery) -> Result<Page<Listed>> {
    list.fetch(tx, query, |row| {
        Ok(Listed {
            row: read(row)?,
            number: external_ids::read_number(row, "user_number")?,
            email: row.get("email")?,
            name: row.get("name")?,
            suspended: row.get("suspended")?,
            confirmed: row.get("confirmed")?,
        })
    })
}

fn read(row: &Row<'_>) -> Result<ProjectUserRow> {
    Ok(ProjectUserRow {
        id: row.get("id")?,
        project: row.get("project_id")?,
        user: row.get("user_id")?,
        role: row.get("role_id")?,
        stamp: Stamp::read(row)?,
    })
}
