//! What stands in the database, for tests that must see more than an answer shows.

use base::{Id, Organization, Timestamp};
use database::{Scope, Statement, params};
use keys::TokenId;
use serde_json::Value as Json;

use crate::TestApp;

static COUNTS: Statement = Statement::system(
    "test.counts",
    "SELECT (SELECT count(*) FROM api_key) AS keys, (SELECT count(*) FROM api_key_secret) AS secrets,
            (SELECT count(*) FROM api_key_address) AS addresses, (SELECT count(*) FROM key_change) AS changes,
            (SELECT count(*) FROM audit) AS audit, (SELECT count(*) FROM idempotency) AS kept_answers,
            (SELECT count(*) FROM session) AS sessions, (SELECT count(*) FROM revoked_token) AS revoked_tokens",
);

static AUDIT: Statement = Statement::tenant(
    "test.audit",
    "SELECT subject, subject_name, request_id, address, action, record_kind, before, after FROM audit
     WHERE organization_id = $1 AND record_id = $2 ORDER BY at, id",
);

/// How many rows there are of what a request may write, in all organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCounts {
    /// API keys, deleted ones too.
    pub keys: i64,
    /// Secrets of keys.
    pub secrets: i64,
    /// Approved addresses.
    pub addresses: i64,
    /// Entries of the change feed.
    pub changes: i64,
    /// Entries of the audit record.
    pub audit: i64,
    /// Answers kept for an `Idempotency-Key`.
    pub kept_answers: i64,
    /// Sessions.
    pub sessions: i64,
    /// Bearer tokens that were ended one by one.
    pub revoked_tokens: i64,
}

/// An entry of the audit record.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// Who, such as `key:ID`.
    pub subject: String,
    /// The name of who.
    pub subject_name: String,
    /// In which request.
    pub request_id: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of record.
    pub record_kind: String,
    /// The record before; null where there was none.
    pub before: Json,
    /// The record after; null where there is none.
    pub after: Json,
}

static BYTES: Statement = Statement::shared(
    "test.bytes",
    "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
)
.on_postgres("SELECT pg_database_size(current_database()) AS bytes");

impl TestApp {
    /// How many bytes the database takes.
    pub async fn bytes(&self) -> u64 {
        let read = |tx: &mut database::Tx<'_>| tx.fetch_one(&BYTES, params![], |row| row.get("bytes"));
        self.database.read(Scope::System, read).await.unwrap()
    }

    /// How many rows there are now.
    pub async fn row_counts(&self) -> RowCounts {
        let count = |tx: &mut database::Tx<'_>| {
            tx.fetch_one(&COUNTS, params![], |row| {
                Ok(RowCounts {
                    keys: row.get("keys")?,
                    secrets: row.get("secrets")?,
                    addresses: row.get("addresses")?,
                    changes: row.get("changes")?,
                    audit: row.get("audit")?,
                    kept_answers: row.get("kept_answers")?,
                    sessions: row.get("sessions")?,
                    revoked_tokens: row.get("revoked_tokens")?,
                })
            })
        };
        self.database.read(Scope::System, count).await.unwrap()
    }

    /// How many calls with nobody's key are in the history, by outcome.
    pub async fn unknown_calls(&self) -> Vec<(String, u64)> {
        self.write_history().await;
        let read = |tx: &mut database::Tx<'_>| records::unknown_calls::since(tx, Timestamp::MIN);
        self.history.database().read(Scope::System, read).await.unwrap()
    }

    /// Writes that so many tokens of a key were ended, as if by as many calls.
    pub async fn fill_revoked_tokens(&self, organization: Id<Organization>, key: &str, count: u64) {
        let key = key.parse().unwrap();
        let expires = self.clock.now().plus(keys::TOKEN_LIFETIME);
        let fill = move |tx: &mut database::Tx<'_>| {
            (0..count).try_for_each(|n| {
                records::revoked_tokens::insert(tx, key, TokenId(n.to_be_bytes()), expires).map(drop)
            })
        };
        self.database.write(Scope::Organization(organization), fill).await.unwrap();
    }

    /// What the audit record says of a record, the oldest first.
    pub async fn audit(&self, organization: Id<Organization>, record: &str) -> Vec<AuditRow> {
        let record = record.to_owned();
        let read = move |tx: &mut database::Tx<'_>| {
            tx.fetch_all(&AUDIT, params![record.as_str()], |row| {
                let json = |text: Option<String>| match text {
                    Some(text) => serde_json::from_str(&text).unwrap(),
                    None => Json::Null,
                };
                Ok(AuditRow {
                    subject: row.get("subject")?,
                    subject_name: row.get("subject_name")?,
                    request_id: row.get("request_id")?,
                    address: row.get("address")?,
                    action: row.get("action")?,
                    record_kind: row.get("record_kind")?,
                    before: json(row.get("before")?),
                    after: json(row.get("after")?),
                })
            })
        };
        self.database.read(Scope::Organization(organization), read).await.unwrap()
    }
}
