//! The history of calls: a row for each call by a key, kept apart from the
//! shop's rows on SQLite, and so without a reference to them.

use base::{Id, Page, Result, Timestamp};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use keys::{ApiCall, ApiKey, Customer};

/// A row of `api_call`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiCallRow {
    /// Its id.
    pub id: Id<ApiCall>,
    /// When it came.
    pub at: Timestamp,
    /// The key that called.
    pub key: Id<ApiKey>,
    /// The customer it acted for.
    pub customer: Option<Id<Customer>>,
    /// The operation's id in the API document.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path, with the names of its parameters.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// `letIn`, or why the gate refused.
    pub outcome: String,
    /// How long it took, in microseconds.
    pub micros: u32,
    /// The client's address.
    pub address: Option<String>,
    /// The size of the request's body.
    pub request_bytes: i64,
    /// The size of the answer's body.
    pub response_bytes: i64,
    /// The id of the request.
    pub request_id: String,
}

/// The calls of an organization.
pub static LIST: List = List {
    name: "api_call.list",
    from: "api_call",
    beside: None,
    alias: "api_call",
    columns: "api_call.*",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[
        Filter {
            name: "apiKeyId",
            column: "api_call.key_id",
            compare: Compare::Equal,
            index: "api_call_key",
        },
        Filter { name: "time", column: "api_call.at", compare: Compare::Range, index: "api_call_at" },
        Filter {
            name: "status",
            column: "api_call.status",
            compare: Compare::Range,
            index: "api_call_status",
        },
        Filter {
            name: "operation",
            column: "api_call.operation",
            compare: Compare::Equal,
            index: "api_call_operation",
        },
        Filter {
            name: "outcome",
            column: "api_call.outcome",
            compare: Compare::Equal,
            index: "api_call_outcome",
        },
    ],
    sorts: &[Sort { name: "time", column: "api_call.at", text: false, index: "api_call_at" }],
};

// The parameter is a JSON array of rows, each an array in the order of the
// columns: one statement for a whole batch, whatever number it holds.
static INSERT: Statement = Statement::system(
    "api_call.insert",
    "INSERT INTO api_call (organization_id, id, at, key_id, customer_id, operation, method, path, status, outcome,
                           micros, address, request_bytes, response_bytes, request_id)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
            value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14
     FROM json_each($1) WHERE TRUE
     ON CONFLICT (organization_id, id) DO NOTHING RETURNING id",
)
.on_postgres(
    "INSERT INTO api_call (organization_id, id, at, key_id, customer_id, operation, method, path, status, outcome,
                           micros, address, request_bytes, response_bytes, request_id)
     SELECT value ->> 0, value ->> 1, (value ->> 2)::bigint, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            value ->> 7, (value ->> 8)::bigint, value ->> 9, (value ->> 10)::bigint, value ->> 11,
            (value ->> 12)::bigint, (value ->> 13)::bigint, value ->> 14
     FROM jsonb_array_elements($1::text::jsonb)
     ON CONFLICT (organization_id, id) DO NOTHING RETURNING id",
);

static DELETE_BEFORE: Statement = Statement::tenant(
    "api_call.delete_before",
    "DELETE FROM api_call WHERE organization_id = $1 AND id IN (
         SELECT id FROM api_call WHERE organization_id = $1 AND at < $2 ORDER BY at, id LIMIT $3)",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &DELETE_BEFORE];

/// Adds calls that are not there yet, of any organizations: `rows` is a JSON
/// array of them. Answers the ids of those it has added.
pub fn insert(tx: &mut Tx<'_>, rows: &str) -> Result<Vec<Id<ApiCall>>> {
    tx.fetch_all(&INSERT, params![rows], |row| row.get("id"))
}

/// One page of calls.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<ApiCallRow>> {
    LIST.fetch(tx, query, read)
}

/// Forgets up to `most` calls from before a moment, the oldest first; answers how many.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp, most: u32) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, params![moment, most])
}

fn read(row: &Row<'_>) -> Result<ApiCallRow> {
    Ok(ApiCallRow {
        id: row.get("id")?,
        at: row.get("at")?,
        key: row.get("key_id")?,
        customer: row.get("customer_id")?,
        operation: row.get("operation")?,
        method: row.get("method")?,
        path: row.get("path")?,
        status: row.get("status")?,
        outcome: row.get("outcome")?,
        micros: row.get("micros")?,
        address: row.get("address")?,
        request_bytes: row.get("request_bytes")?,
        response_bytes: row.get("response_bytes")?,
        request_id: row.get("request_id")?,
    })
}
