//! Facts about many keys at once, deleted ones too.

use std::collections::HashMap;

use base::{Id, Organization, Result};
use database::{Statement, Tx, params};
use keys::ApiKey;
use serde_json::json;

static OWNERS: Statement = Statement::system(
    "api_key.owners",
    "SELECT organization_id, id FROM api_key WHERE id IN (SELECT value FROM json_each($1))",
)
.on_postgres(
    "SELECT organization_id, id FROM api_key WHERE id IN (SELECT jsonb_array_elements_text($1::text::jsonb))",
);

static NAMES: Statement = Statement::tenant(
    "api_key.names",
    "SELECT id, name FROM api_key WHERE organization_id = $1 AND id IN (SELECT value FROM json_each($2))",
)
.on_postgres(
    "SELECT id, name FROM api_key
     WHERE organization_id = $1 AND id IN (SELECT jsonb_array_elements_text($2::text::jsonb))",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&OWNERS, &NAMES];

/// Whose these keys are; one that is nobody's is left out.
pub fn owners(tx: &mut Tx<'_>, keys: &[Id<ApiKey>]) -> Result<HashMap<Id<ApiKey>, Id<Organization>>> {
    let owners = tx.fetch_all(&OWNERS, params![json!(keys).to_string()], |row| {
        Ok((row.get("id")?, row.get("organization_id")?))
    });
    Ok(owners?.into_iter().collect())
}

/// The names of these keys of the organization.
pub fn names(tx: &mut Tx<'_>, keys: &[Id<ApiKey>]) -> Result<HashMap<Id<ApiKey>, String>> {
    let names =
        tx.fetch_all(&NAMES, params![json!(keys).to_string()], |row| Ok((row.get("id")?, row.get("name")?)));
    Ok(names?.into_iter().collect())
}
