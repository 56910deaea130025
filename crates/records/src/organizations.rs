//! Organizations.

use base::{Id, Organization, Result};
use database::{Row, Statement, Tx, params};

use crate::{Stamp, catalogue::SHARED_CATALOGUE};

/// A row of `organization`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationRow {
    /// Its id.
    pub id: Id<Organization>,
    /// Eight letters, which the Gjirafa dialect calls it by.
    pub public_id: String,
    /// The number the Gjirafa dialect calls it by, across the whole store.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// `free`, `professional` or `enterprise`.
    pub subscription: String,
    /// How it works, as JSON with its version; `None` where all is as usual.
    pub settings: Option<String>,
    /// The web pages that may call with its credentials, as a JSON list.
    pub allowed_origins: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "organization.insert",
    "INSERT INTO organization (id, public_id, name, subscription, created, created_by, last_modified, last_modified_by, rev,
                               number)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static UPDATE: Statement = Statement::tenant(
    "organization.update",
    "UPDATE organization SET name = $2, settings = $3, allowed_origins = $4, last_modified = $5,
            last_modified_by = $6, rev = $7
     WHERE id = $1",
);

static WITH_ORIGINS: Statement = Statement::system(
    "organization.with_origins",
    "SELECT id, allowed_origins FROM organization WHERE allowed_origins IS NOT NULL",
);

static WITH_SETTINGS: Statement = Statement::system(
    "organization.with_settings",
    "SELECT id, settings FROM organization WHERE settings IS NOT NULL",
);

static FIND: Statement = Statement::tenant("organization.find", "SELECT * FROM organization WHERE id = $1");

static ALL: Statement =
    Statement::system("organization.all", "SELECT * FROM organization WHERE number > 0 ORDER BY id LIMIT $1");

/// Also that of the shared catalogue.
static IDS: Statement = Statement::system("organization.ids", "SELECT id FROM organization ORDER BY id");

/// Every founded one has a project.
static IS_FOUNDED: Statement =
    Statement::system("organization.is_founded", "SELECT id FROM project WHERE organization_id = $1 LIMIT 1");

static NAMED: Statement =
    Statement::system("organization.named", "SELECT * FROM organization WHERE id = $1 OR public_id = $1");

static NEXT_NUMBER: Statement = Statement::shared(
    "organization.next_number",
    "INSERT INTO store_state (name, value) VALUES ('organization_number', 1)
     ON CONFLICT (name) DO UPDATE SET value = store_state.value + 1
     RETURNING value",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &UPDATE, &WITH_ORIGINS, &WITH_SETTINGS, &FIND, &ALL, &IDS, &IS_FOUNDED, &NAMED, &NEXT_NUMBER];

/// Adds the organization the transaction is bound to.
pub fn insert(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.public_id.as_str(),
            row.name.as_str(),
            row.subscription.as_str(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
            row.number,
        ],
    )
}

/// Stores what the organization has become; its subscription is not for it to change.
pub fn update(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &UPDATE,
        params![
            row.name.as_str(),
            row.settings.clone(),
            row.allowed_origins.clone(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// The organizations that say which web pages may call, each with its JSON list.
pub fn with_origins(tx: &mut Tx<'_>) -> Result<Vec<(Id<Organization>, String)>> {
    tx.fetch_all(&WITH_ORIGINS, params![], |row| Ok((row.get("id")?, row.get("allowed_origins")?)))
}

/// The organizations that are not set as is usual, each with the JSON of its settings.
pub fn with_settings(tx: &mut Tx<'_>) -> Result<Vec<(Id<Organization>, String)>> {
    tx.fetch_all(&WITH_SETTINGS, params![], |row| Ok((row.get("id")?, row.get("settings")?)))
}

/// The number of an organization that is being founded. Counted apart from the
/// organizations, which do not see each other.
pub fn next_number(tx: &mut Tx<'_>) -> Result<i32> {
    tx.fetch_one(&NEXT_NUMBER, params![], |row| row.get("value"))
}

/// The organization the transaction is bound to.
pub fn find(tx: &mut Tx<'_>) -> Result<OrganizationRow> {
    tx.fetch_one(&FIND, params![], read)
}

/// The first `most` organizations, by id; never that of the shared catalogue.
pub fn all(tx: &mut Tx<'_>, most: u32) -> Result<Vec<OrganizationRow>> {
    tx.fetch_all(&ALL, params![most], read)
}

/// The ids of all organizations, that of the shared catalogue among them.
pub fn ids(tx: &mut Tx<'_>) -> Result<Vec<Id<Organization>>> {
    tx.fetch_all(&IDS, params![], |row| row.get("id"))
}

/// Whether an organization has what every founded one has: that of the shared
/// catalogue is there from the beginning, without it.
pub fn is_founded(tx: &mut Tx<'_>, id: Id<Organization>) -> Result<bool> {
    let project = tx.fetch_optional(&IS_FOUNDED, params![id], |row| row.get::<String>("id"))?;
    Ok(project.is_some())
}

/// Whether any organization is founded: that of the shared catalogue counts too.
pub fn any_founded(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(!all(tx, 1)?.is_empty() || is_founded(tx, SHARED_CATALOGUE)?)
}

/// The organization with this id or public id, also that of the shared catalogue.
pub fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<OrganizationRow>> {
    tx.fetch_optional(&NAMED, params![name], read)
}

fn read(row: &Row<'_>) -> Result<OrganizationRow> {
    Ok(OrganizationRow {
        id: row.get("id")?,
        public_id: row.get("public_id")?,
        number: row.get("number")?,
        name: row.get("name")?,
        subscription: row.get("subscription")?,
        settings: row.get("settings")?,
        allowed_origins: row.get("allowed_origins")?,
        stamp: Stamp::read(row)?,
    })
}
