//! Webhooks: who is told of what happens.

use base::{Id, Page, Result, Timestamp, kinds};
use database::{
    Row, Statement, Tx,
    list::{List, ListQuery, Sort},
    params,
};

use crate::Stamp;

kinds! {
    /// A webhook.
    Webhook => "webhook",
}

/// A row of `webhook`, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its id.
    pub id: Id<Webhook>,
    /// Where it is told.
    pub url: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The patterns of the events it is told of.
    pub events: Vec<String>,
    /// Whether it is told anything.
    pub active: bool,
    /// Why it is not active, where nobody said so.
    pub disabled_reason: Option<String>,
    /// Since when nothing arrives.
    pub failing_since: Option<Timestamp>,
    /// When its former secret signs no more.
    pub old_secret_until: Option<Timestamp>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// The secrets of a webhook, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretsRow {
    /// The one that signs.
    pub secret: Vec<u8>,
    /// The one before it.
    pub old_secret: Option<Vec<u8>>,
}

/// All webhooks.
pub static LIST: List = List {
    name: "webhook.list",
    from: "webhook",
    beside: None,
    alias: "webhook",
    columns: COLUMNS,
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[],
    sorts: &[Sort { name: "created", column: "webhook.created", text: false, index: "webhook_created" }],
};

const COLUMNS: &str =
    "id, url, description, events, active, disabled_reason, failing_since, old_secret_until,
    created, created_by, last_modified, last_modified_by, rev";

static INSERT: Statement = Statement::tenant(
    "webhook.insert",
    "INSERT INTO webhook (organization_id, id, url, description, events, active, disabled_reason, failing_since,
                          secret, old_secret, old_secret_until,
                          created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, $7, NULL, NULL, $8, $9, $10, $11, $12)",
);

static FIND: Statement =
    Statement::tenant("webhook.find", "SELECT * FROM webhook WHERE organization_id = $1 AND id = $2");

static ACTIVE: Statement =
    Statement::tenant("webhook.active", "SELECT * FROM webhook WHERE organization_id = $1 AND active = 1");

static COUNT: Statement =
    Statement::tenant("webhook.count", "SELECT count(*) AS webhooks FROM webhook WHERE organization_id = $1");

static SECRETS: Statement = Statement::tenant(
    "webhook.secrets",
    "SELECT secret, old_secret FROM webhook WHERE organization_id = $1 AND id = $2",
);

static UPDATE: Statement = Statement::tenant(
    "webhook.update",
    "UPDATE webhook SET url = $3, description = $4, events = $5, active = $6, disabled_reason = $7, failing_since = $8,
                        old_secret_until = $9, last_modified = $10, last_modified_by = $11, rev = $12
     WHERE organization_id = $1 AND id = $2",
);

static SET_SECRETS: Statement = Statement::tenant(
    "webhook.set_secrets",
    "UPDATE webhook SET secret = $3, old_secret = $4 WHERE organization_id = $1 AND id = $2",
);

static SET_FAILING: Statement = Statement::tenant(
    "webhook.set_failing",
    "UPDATE webhook SET failing_since = $3 WHERE organization_id = $1 AND id = $2",
);

static DELETE: Statement =
    Statement::tenant("webhook.delete", "DELETE FROM webhook WHERE organization_id = $1 AND id = $2");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &FIND, &ACTIVE, &COUNT, &SECRETS, &UPDATE, &SET_SECRETS, &SET_FAILING, &DELETE];

/// Adds a webhook with its sealed secret.
pub fn insert(tx: &mut Tx<'_>, row: &WebhookRow, secret: &[u8]) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.url.as_str(),
            row.description.as_str(),
            stored(&row.events)?,
            row.active,
            secret,
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// One page of them.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<WebhookRow>> {
    LIST.fetch(tx, query, read)
}

/// The webhook with this id.
pub fn find(tx: &mut Tx<'_>, id: Id<Webhook>) -> Result<Option<WebhookRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// Those that are told of anything.
pub fn active(tx: &mut Tx<'_>) -> Result<Vec<WebhookRow>> {
    tx.fetch_all(&ACTIVE, params![], read)
}

/// How many there are.
pub fn count(tx: &mut Tx<'_>) -> Result<u64> {
    tx.fetch_one(&COUNT, params![], |row| row.get("webhooks"))
}

/// The secrets of a webhook.
pub fn secrets(tx: &mut Tx<'_>, id: Id<Webhook>) -> Result<SecretsRow> {
    tx.fetch_one(&SECRETS, params![id], |row| {
        Ok(SecretsRow { secret: row.get("secret")?, old_secret: row.get("old_secret")? })
    })
}

/// Stores a webhook as it is now, but for its secrets.
pub fn update(tx: &mut Tx<'_>, row: &WebhookRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &UPDATE,
        params![
            row.id,
            row.url.as_str(),
            row.description.as_str(),
            stored(&row.events)?,
            row.active,
            row.disabled_reason.clone(),
            row.failing_since,
            row.old_secret_until,
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Puts other secrets in the place of a webhook's.
pub fn set_secrets(tx: &mut Tx<'_>, id: Id<Webhook>, secrets: &SecretsRow) -> Result<()> {
    tx.execute_one(&SET_SECRETS, params![id, secrets.secret.as_slice(), secrets.old_secret.clone()])
}

/// Notes since when nothing arrives, which is no change by anybody.
pub fn set_failing(tx: &mut Tx<'_>, id: Id<Webhook>, since: Option<Timestamp>) -> Result<()> {
    tx.execute_one(&SET_FAILING, params![id, since])
}

/// Deletes a webhook, whose deliveries must be gone.
pub fn delete(tx: &mut Tx<'_>, id: Id<Webhook>) -> Result<()> {
    tx.execute_one(&DELETE, params![id])
}

fn stored(events: &[String]) -> Result<String> {
    serde_json::to_string(events).map_err(|error| base::Error::internal("a webhook's events", error))
}

fn read(row: &Row<'_>) -> Result<WebhookRow> {
    let events: String = row.get("events")?;
    Ok(WebhookRow {
        id: row.get("id")?,
        url: row.get("url")?,
        description: row.get("description")?,
        events: serde_json::from_str(&events)
            .map_err(|error| base::Error::internal("a stored webhook", error))?,
        active: row.get("active")?,
        disabled_reason: row.get("disabled_reason")?,
        failing_since: row.get("failing_since")?,
        old_secret_until: row.get("old_secret_until")?,
        stamp: Stamp::read(row)?,
    })
}
