//! The calls of each key on each day.

use base::{Id, Page, Result, Timestamp, kinds};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use keys::ApiKey;

kinds! {
    /// The calls of a key on a day.
    ApiCallDay => "day of API calls",
}

/// A row of `api_call_day`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiCallDayRow {
    /// The first moment of the day, in UTC.
    pub day: Timestamp,
    /// The key.
    pub key: Id<ApiKey>,
    /// How many calls there were.
    pub calls: i64,
    /// How many of them the gate did not let in.
    pub refused: i64,
    /// The size of all requests' bodies.
    pub request_bytes: i64,
    /// The size of all answers' bodies.
    pub response_bytes: i64,
    /// How long they took together, in microseconds.
    pub micros_sum: i64,
    /// How long the longest took, in microseconds.
    pub micros_max: i64,
}

/// The days of an organization's keys.
pub static LIST: List = List {
    name: "api_call_day.list",
    from: "api_call_day",
    beside: None,
    alias: "api_call_day",
    columns: "api_call_day.*",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[
        Filter {
            name: "apiKeyId",
            column: "api_call_day.key_id",
            compare: Compare::Equal,
            index: "api_call_day_key",
        },
        Filter {
            name: "day",
            column: "api_call_day.day",
            compare: Compare::Range,
            index: "api_call_day_day",
        },
    ],
    sorts: &[Sort { name: "day", column: "api_call_day.day", text: false, index: "api_call_day_day" }],
};

// The parameter is a JSON array of rows, each an array in the order of the columns.
static ADD: Statement = Statement::system(
    "api_call_day.add",
    "INSERT INTO api_call_day (organization_id, id, day, key_id, calls, refused, request_bytes, response_bytes,
                               micros_sum, micros_max)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
            value ->> 8, value ->> 9
     FROM json_each($1) WHERE TRUE
     ON CONFLICT (organization_id, key_id, day) DO UPDATE
     SET calls = api_call_day.calls + excluded.calls, refused = api_call_day.refused + excluded.refused,
         request_bytes = api_call_day.request_bytes + excluded.request_bytes,
         response_bytes = api_call_day.response_bytes + excluded.response_bytes,
         micros_sum = api_call_day.micros_sum + excluded.micros_sum,
         micros_max = max(api_call_day.micros_max, excluded.micros_max)",
)
.on_postgres(
    "INSERT INTO api_call_day (organization_id, id, day, key_id, calls, refused, request_bytes, response_bytes,
                               micros_sum, micros_max)
     SELECT value ->> 0, value ->> 1, (value ->> 2)::bigint, value ->> 3, (value ->> 4)::bigint,
            (value ->> 5)::bigint, (value ->> 6)::bigint, (value ->> 7)::bigint, (value ->> 8)::bigint,
            (value ->> 9)::bigint
     FROM jsonb_array_elements($1::text::jsonb)
     ON CONFLICT (organization_id, key_id, day) DO UPDATE
     SET calls = api_call_day.calls + excluded.calls, refused = api_call_day.refused + excluded.refused,
         request_bytes = api_call_day.request_bytes + excluded.request_bytes,
         response_bytes = api_call_day.response_bytes + excluded.response_bytes,
         micros_sum = api_call_day.micros_sum + excluded.micros_sum,
         micros_max = greatest(api_call_day.micros_max, excluded.micros_max)",
);

static DELETE_BEFORE: Statement = Statement::tenant(
    "api_call_day.delete_before",
    "DELETE FROM api_call_day WHERE organization_id = $1 AND id IN (
         SELECT id FROM api_call_day WHERE organization_id = $1 AND day < $2 ORDER BY day, id LIMIT $3)",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&ADD, &DELETE_BEFORE];

/// Adds to the days of keys of any organizations: `rows` is a JSON array of
/// what is to be added, each day of a key once.
pub fn add(tx: &mut Tx<'_>, rows: &str) -> Result<()> {
    tx.execute(&ADD, params![rows]).map(drop)
}

/// One page of days.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<ApiCallDayRow>> {
    LIST.fetch(tx, query, read)
}

/// Forgets up to `most` days from before a moment, the oldest first; answers how many.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp, most: u32) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, params![moment, most])
}

fn read(row: &Row<'_>) -> Result<ApiCallDayRow> {
    Ok(ApiCallDayRow {
        day: row.get("day")?,
        key: row.get("key_id")?,
        calls: row.get("calls")?,
        refused: row.get("refused")?,
        request_bytes: row.get("request_bytes")?,
        response_bytes: row.get("response_bytes")?,
        micros_sum: row.get("micros_sum")?,
        micros_max: row.get("micros_max")?,
    })
}
