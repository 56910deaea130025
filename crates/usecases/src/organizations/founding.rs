use base::{Error, Id, Line, Organization, Result};
use database::{Scope, Tx};
use keys::{Role, SystemRole};
use records::{
    Stamp,
    organizations::{self, OrganizationRow},
    roles::{self, RoleRow},
    users::{self, UserRow},
};
use serde_json::json;

use super::Subscription;
use crate::{Caller, audit, projects};

/// An organization to be founded.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Drawn beforehand: the transaction is bound to it.
    pub id: Id<Organization>,
    /// Eight lower-case letters.
    pub public_id: String,
    /// Its name.
    pub name: Line<100>,
    /// What it has subscribed to.
    pub subscription: Subscription,
    /// Who administers it first.
    pub administrator: Administrator,
}

/// The first administrator of an organization.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// The address they sign in with.
    pub email: Line<254>,
    /// Their password, hashed.
    pub password_hash: String,
}

impl Founding {
    /// In whose name the founding is done.
    pub fn scope(&self) -> Scope {
        Scope::Organization(self.id)
    }
}

/// Makes the organization, and all that every one has.
pub fn found(tx: &mut Tx<'_>, by: &Caller, founding: &Founding) -> Result<OrganizationRow> {
    let row = OrganizationRow {
        id: founding.id,
        public_id: founding.public_id.clone(),
        number: organizations::next_number(tx)?,
        name: founding.name.to_string(),
        subscription: founding.subscription.to_string(),
        settings: None,
        allowed_origins: None,
        stamp: Stamp::new(tx.now(), by.subject.to_string()),
    };
    organizations::insert(tx, &row)?;
    furnish(tx, by, &row, &founding.administrator)?;
    Ok(row)
}

/// Gives the organization of the shared catalogue, which a migration made, all
/// that every one has; so its operator can sign in and make keys. The
/// transaction is bound to it.
///
/// # Errors
/// A conflict, where it was done already.
pub fn found_shared(tx: &mut Tx<'_>, by: &Caller, administrator: &Administrator) -> Result<OrganizationRow> {
    if !records::projects::all(tx)?.is_empty() {
        return Err(Error::conflict("The shared catalogue has an administrator already."));
    }
    let stamp = Stamp::new(tx.now(), by.subject.to_string());
    let row = OrganizationRow { stamp, ..organizations::find(tx)? };
    furnish(tx, by, &row, administrator)?;
    Ok(row)
}

/// Makes what every organization has: its default project, the roles, and an
/// administrator. All of it is stamped as the row is.
fn furnish(
    tx: &mut Tx<'_>,
    by: &Caller,
    organization: &OrganizationRow,
    administrator: &Administrator,
) -> Result<()> {
    projects::found(tx, organization)?;
    let stamp = &organization.stamp;
    for role in SystemRole::ALL {
        let row = RoleRow {
            id: tx.new_id(),
            name: role.word().to_owned(),
            description: description(role).to_owned(),
            system_role: Some(role.word().to_owned()),
            is_active: true,
            stamp: stamp.clone(),
        };
        roles::insert(tx, &row, role.permissions())?;
        records::external_ids::number(tx, row.id)?;
    }
    let admin_role: Id<Role> = roles::find_system(tx, SystemRole::Admin.word())?.id;
    let email = administrator.email.as_str();
    let admin = UserRow {
        password_hash: Some(administrator.password_hash.clone()),
        confirmed: Some(tx.now()),
        ..UserRow::new(organization.id, tx.new_id(), email, email, stamp.clone())
    };
    users::insert(tx, &admin, &[admin_role])?;
    records::external_ids::number(tx, admin.id)?;
    let OrganizationRow { name, public_id, subscription, .. } = organization;
    let founded = json!({ "name": name, "publicId": public_id, "subscription": subscription });
    audit::note(tx, by, "create", organization.id, None, Some(&founded))
}

fn description(role: SystemRole) -> &'static str {
    match role {
        SystemRole::Admin => "Runs the organization.",
        SystemRole::Regular => "Works in the organization.",
        SystemRole::Customer => "Buys from the organization; never sees costs.",
    }
}
