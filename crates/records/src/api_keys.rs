//! API keys: a row each, with rows for their secrets, addresses and last use.

pub mod addresses;
pub mod ends;
pub mod many;
pub mod sealed_texts;
pub mod secrets;
pub mod tally;

use base::{Id, Organization, Page, Result, Timestamp};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use keys::{ApiKey, Customer, Role};

use crate::Stamp;

/// A row of `api_key`, with what is read beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Whose.
    pub organization: Id<Organization>,
    /// Its id.
    pub id: Id<ApiKey>,
    /// Its name, part of the token exchange.
    pub name: String,
    /// The word of its type.
    pub key_type: String,
    /// Its scopes in canonical order.
    pub scopes: String,
    /// The role that bounds it.
    pub role: Id<Role>,
    /// The customer it is pinned to.
    pub customer: Option<Id<Customer>>,
    /// Requests and seconds of its rate limit.
    pub rate_limit: Option<(u32, u32)>,
    /// The first moment it is good.
    pub starts: Option<Timestamp>,
    /// The first moment it is over.
    pub expires: Option<Timestamp>,
    /// Whether someone has suspended it.
    pub suspended: bool,
    /// What lists show of its text.
    pub masked: String,
    /// Rises with every change that ends its tokens.
    pub epoch: u32,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<String>,
    /// Why, where that was said.
    pub revoked_reason: Option<String>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// From where.
    pub last_used_address: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

const FROM: &str = "api_key LEFT JOIN api_key_use
    ON api_key_use.organization_id = api_key.organization_id AND api_key_use.key_id = api_key.id";

/// When a key was last used: one that never was counts from when it was made.
const USED_OR_MADE: &str = "coalesce(api_key_use.last_used, api_key.created)";

/// Before every moment for a key that is left open, else when it was last
/// used: below a moment lie the keys that are open or were not used since.
const DOUBTFUL: &str = "CASE WHEN api_key.expires IS NULL OR api_key.has_addresses = 0 THEN -62135596800000
    ELSE coalesce(api_key_use.last_used, api_key.created) END";

/// The keys that were not deleted.
pub static LIST: List = List { condition: "api_key.deleted IS NULL", ..LIST_WITH_DELETED_BASE };

/// All keys, deleted ones too.
pub static LIST_WITH_DELETED: List = LIST_WITH_DELETED_BASE;

const LIST_WITH_DELETED_BASE: List = List {
    name: "api_key.list",
    from: FROM,
    beside: None,
    alias: "api_key",
    columns: "api_key.*, api_key_use.last_used, api_key_use.last_used_address",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[
        Filter { name: "search.name", column: "api_key.name_norm", compare: Compare::Contains, index: "" },
        Filter {
            name: "keyType",
            column: "api_key.key_type",
            compare: Compare::Equal,
            index: "api_key_type",
        },
        Filter { name: "id", column: "api_key.id", compare: Compare::Equal, index: "" },
        Filter {
            name: "created",
            column: "api_key.created",
            compare: Compare::Range,
            index: "api_key_created",
        },
        Filter {
            name: "createdBy",
            column: "api_key.created_by",
            compare: Compare::Equal,
            index: "api_key_created_by",
        },
        Filter { name: "role", column: "api_key.role_id", compare: Compare::Equal, index: "api_key_role" },
        Filter {
            name: "customer",
            column: "api_key.customer_id",
            compare: Compare::Equal,
            index: "api_key_customer",
        },
        Filter {
            name: "neverExpires",
            column: "api_key.expires",
            compare: Compare::Missing,
            index: "api_key_expires",
        },
        Filter {
            name: "hasAddresses",
            column: "api_key.has_addresses",
            compare: Compare::Range,
            index: "api_key_has_addresses",
        },
        Filter { name: "lastUsed", column: USED_OR_MADE, compare: Compare::Range, index: "" },
        Filter { name: "doubtful", column: DOUBTFUL, compare: Compare::Range, index: "" },
    ],
    sorts: &[
        Sort { name: "created", column: "api_key.created", text: false, index: "api_key_created" },
        Sort { name: "name", column: "api_key.name_norm", text: true, index: "api_key_name" },
    ],
};

static INSERT: Statement = Statement::tenant(
    "api_key.insert",
    "INSERT INTO api_key (organization_id, id, name, name_norm, key_type, scopes, role_id, customer_id, rate_requests,
                          rate_seconds, starts, expires, suspended, masked, epoch,
                          created, created_by, last_modified, last_modified_by, deleted, deleted_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, NULL, NULL, $20)",
);

static UPDATE: Statement = Statement::tenant(
    "api_key.update",
    "UPDATE api_key SET name = $3, name_norm = $4, key_type = $5, scopes = $6, role_id = $7, customer_id = $8,
            rate_requests = $9, rate_seconds = $10, starts = $11, expires = $12, suspended = $13, epoch = $14,
            last_modified = $15, last_modified_by = $16, rev = $17, deleted = $18, deleted_by = $19, masked = $20,
            revoked_reason = $21
     WHERE organization_id = $1 AND id = $2",
);

static END_TOKENS: Statement = Statement::tenant(
    "api_key.end_tokens",
    "UPDATE api_key SET epoch = epoch + 1 WHERE organization_id = $1 AND id = $2",
);

static FIND: Statement = Statement::tenant(
    "api_key.find",
    "SELECT api_key.*, api_key_use.last_used, api_key_use.last_used_address
     FROM api_key LEFT JOIN api_key_use
       ON api_key_use.organization_id = api_key.organization_id AND api_key_use.key_id = api_key.id
     WHERE api_key.organization_id = $1 AND api_key.id = $2 AND api_key.deleted IS NULL",
);

static LIVE: Statement = Statement::tenant(
    "api_key.live",
    "SELECT api_key.*, api_key_use.last_used, api_key_use.last_used_address
     FROM api_key LEFT JOIN api_key_use
       ON api_key_use.organization_id = api_key.organization_id AND api_key_use.key_id = api_key.id
     WHERE api_key.organization_id = $1 AND api_key.deleted IS NULL ORDER BY api_key.created, api_key.id",
);

static ALL_LIVE: Statement = Statement::system(
    "api_key.all_live",
    "SELECT api_key.*, api_key_use.last_used, api_key_use.last_used_address
     FROM api_key LEFT JOIN api_key_use
       ON api_key_use.organization_id = api_key.organization_id AND api_key_use.key_id = api_key.id
     WHERE api_key.deleted IS NULL AND api_key.organization_id = $1 ORDER BY api_key.id",
);

static LIVE_ORGANIZATIONS: Statement = Statement::system(
    "api_key.live_organizations",
    "SELECT DISTINCT organization_id FROM api_key WHERE deleted IS NULL ORDER BY organization_id",
);

static NOTE_USE: Statement = Statement::tenant(
    "api_key.note_use",
    "INSERT INTO api_key_use (organization_id, key_id, last_used, last_used_address) VALUES ($1, $2, $3, $4)
     ON CONFLICT (organization_id, key_id) DO UPDATE
     SET last_used = excluded.last_used, last_used_address = excluded.last_used_address
     WHERE api_key_use.last_used < excluded.last_used",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &UPDATE, &END_TOKENS, &FIND, &LIVE, &ALL_LIVE, &LIVE_ORGANIZATIONS, &NOTE_USE];

/// Adds a key.
pub fn insert(tx: &mut Tx<'_>, row: &ApiKeyRow) -> Result<()> {
    let (rate_requests, rate_seconds) = row.rate_limit.unzip();
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.key_type.as_str(),
            row.scopes.as_str(),
            row.role,
            row.customer,
            rate_requests,
            rate_seconds,
            row.starts,
            row.expires,
            row.suspended,
            row.masked.as_str(),
            row.epoch,
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Ends every token of a key, which is otherwise as it was.
pub fn end_tokens(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<()> {
    tx.execute_one(&END_TOKENS, params![key])
}

/// Stores all of a key that can change.
pub fn update(tx: &mut Tx<'_>, row: &ApiKeyRow) -> Result<()> {
    let (rate_requests, rate_seconds) = row.rate_limit.unzip();
    let stamp = &row.stamp;
    tx.execute_one(
        &UPDATE,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.key_type.as_str(),
            row.scopes.as_str(),
            row.role,
            row.customer,
            rate_requests,
            rate_seconds,
            row.starts,
            row.expires,
            row.suspended,
            row.epoch,
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
            row.deleted,
            row.deleted_by.clone(),
            row.masked.as_str(),
            row.revoked_reason.clone(),
        ],
    )
}

/// The key with this id, unless it was deleted.
pub fn find(tx: &mut Tx<'_>, id: Id<ApiKey>) -> Result<Option<ApiKeyRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// Every key that was not deleted, the oldest first.
pub fn live(tx: &mut Tx<'_>) -> Result<Vec<ApiKeyRow>> {
    tx.fetch_all(&LIVE, params![], read)
}

/// One page of keys.
pub fn list(tx: &mut Tx<'_>, with_deleted: bool, query: &ListQuery) -> Result<Page<ApiKeyRow>> {
    let list = if with_deleted { &LIST_WITH_DELETED } else { &LIST };
    list.fetch(tx, query, read)
}

/// The organizations that have a live key.
pub fn live_organizations(tx: &mut Tx<'_>) -> Result<Vec<Id<Organization>>> {
    tx.fetch_all(&LIVE_ORGANIZATIONS, params![], |row| row.get("organization_id"))
}

/// Calls `each` with every live key of an organization.
pub fn for_each_live(
    tx: &mut Tx<'_>,
    organization: Id<Organization>,
    mut each: impl FnMut(ApiKeyRow) -> Result<()>,
) -> Result<()> {
    tx.for_each(&ALL_LIVE, params![organization], |row| each(read(row)?))
}

/// Stores when and from where a key was last used, unless something later is stored.
pub fn note_use(tx: &mut Tx<'_>, key: Id<ApiKey>, at: Timestamp, address: Option<String>) -> Result<()> {
    tx.execute(&NOTE_USE, params![key, at, address]).map(drop)
}

fn read(row: &Row<'_>) -> Result<ApiKeyRow> {
    let rate_requests: Option<u32> = row.get("rate_requests")?;
    Ok(ApiKeyRow {
        organization: row.get("organization_id")?,
        id: row.get("id")?,
        name: row.get("name")?,
        key_type: row.get("key_type")?,
        scopes: row.get("scopes")?,
        role: row.get("role_id")?,
        customer: row.get("customer_id")?,
        rate_limit: rate_requests.zip(row.get("rate_seconds")?),
        starts: row.get("starts")?,
        expires: row.get("expires")?,
        suspended: row.get("suspended")?,
        masked: row.get("masked")?,
        epoch: row.get("epoch")?,
        deleted: row.get("deleted")?,
        deleted_by: row.get("deleted_by")?,
        revoked_reason: row.get("revoked_reason")?,
        last_used: row.get("last_used")?,
        last_used_address: row.get("last_used_address")?,
        stamp: Stamp::read(row)?,
    })
}
