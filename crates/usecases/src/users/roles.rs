//! Which roles a caller has, and which they may give.

use base::{Error, Id, Result};
use database::Tx;
use keys::{Permission, Resource, Role};
use records::{api_keys, external_ids, organizations, roles, users};

use crate::{Allowed, Caller, Subject, access::AnyCaller};

/// The names of the caller's roles: a user's own, or the one that bounds a key.
pub fn of_caller(tx: &mut Tx<'_>, caller: &Allowed<AnyCaller>) -> Result<Vec<String>> {
    match caller.subject {
        Subject::User(user) => users::roles(tx, user),
        Subject::Key(key) => {
            let Some(key) = api_keys::find(tx, key)? else { return Ok(Vec::new()) };
            Ok(roles::find(tx, key.role)?.map(|role| role.name).into_iter().collect())
        }
        Subject::System(_) => Ok(Vec::new()),
    }
}

/// What the organization has subscribed to, for callers who may see that.
pub fn subscription_for(tx: &mut Tx<'_>, caller: &Allowed<AnyCaller>) -> Result<Option<String>> {
    if !caller.permissions.contains(Permission::read(Resource::Subscription)) {
        return Ok(None);
    }
    Ok(Some(organizations::find(tx)?.subscription))
}

/// The role with this name, id or number, if the caller may give it.
pub(super) fn given(tx: &mut Tx<'_>, caller: &Caller, path: &str, name: &str) -> Result<Id<Role>> {
    let by_name = roles::by_name(tx, name)?;
    let role = match (by_name, external_ids::resolve(tx, name)?) {
        (Some(role), _) => Some(role),
        (None, Some(id)) => roles::find(tx, id)?,
        (None, None) => None,
    };
    let role = role.ok_or_else(|| Error::invalid(path, "is not a role of this organization"))?;
    caller.forbid_more_than_own("The user", roles::permissions(tx, role.id)?)?;
    Ok(role.id)
}
