use axum::{Json, extract::State};
use base::Result;
use database::{Scope, list::ListQuery};
use serde::Serialize;
use serde_json::Value;
use usecases::{
    access::ReadAudit,
    audit::{self, EntryRow},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
    listed,
};

/// An entry of the audit record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub(super) struct AuditEntryOut {
    /// Its id; that of the event the webhooks were told.
    #[serde(rename = "_id")]
    pub(super) id: String,
    /// When.
    #[schema(format = DateTime)]
    pub(super) time: String,
    /// Who: `user:ID`, `key:ID` or `system:WORD`.
    pub(super) subject: String,
    /// The name of who, at the time.
    pub(super) subject_name: String,
    /// What was done, such as `create`.
    pub(super) action: String,
    /// To what kind of record, such as `apiKey`.
    pub(super) record_kind: String,
    /// To which.
    pub(super) record_id: String,
    /// In which request, as in `X-Request-Id`.
    pub(super) request_id: Option<String>,
    /// From where.
    pub(super) ip_address: Option<String>,
    /// The record before, without secrets; null where there was none.
    pub(super) before: Option<Value>,
    /// The record after; null where there is none.
    pub(super) after: Option<Value>,
}

listed! {
    /// One page of the audit record.
    AuditList as AuditList of AuditEntryOut
}

impl From<EntryRow> for AuditEntryOut {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id.to_string(),
            time: row.at.to_string(),
            subject: row.subject,
            subject_name: row.subject_name,
            action: row.action,
            record_kind: row.record_kind,
            record_id: row.record_id,
            request_id: row.request_id,
            ip_address: row.address,
            before: row.before,
            after: row.after,
        }
    }
}

/// Which entries: for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "`Parameters` reads them")]
pub(super) struct WhichEntries {
    /// The kind of record, such as `apiKey`; may be repeated
    record_kind: Option<String>,
    /// The record's `_id`; may be repeated
    record_id: Option<String>,
    /// Who, as in `user:ID` or `key:ID`; may be repeated
    subject: Option<String>,
    /// What was done, such as `create`; may be repeated
    action: Option<String>,
    /// From this moment on
    from: Option<String>,
    /// Before this moment
    to: Option<String>,
}

/// Lists who changed what
///
/// The newest first. Every change is here, with the record before and after it;
/// an entry is written in the transaction of its change.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "Audit", operation_id = "getAudit",
    params(
        WhichEntries,
        Paging,
        ("sortBy[0].order" = Option<String>, Query, description = "`desc` (usual) or `asc`"),
    ),
    responses((status = 200, description = "One page of the record", body = AuditList)),
)]
pub(super) async fn get_audit(
    May(caller): May<ReadAudit>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<AuditList>, Failure> {
    let query = asked(&parameters, &[])?;
    let scope = Scope::Organization(caller.organization);
    let page = app.database.read(scope, move |tx| audit::list(tx, &caller, &query)).await?;
    Ok(Json(page.into()))
}

/// The entries that are asked for.
pub(super) fn asked(parameters: &Parameters, others: &[&str]) -> Result<ListQuery> {
    let others = [&["from", "to"], others].concat();
    let mut query = parameters.newest_first(&audit::LIST, &others)?;
    query.filters.retain(|(name, _)| name != "time");
    query.filters.extend(parameters.span()?.map(|span| ("time".to_owned(), vec![span])));
    Ok(query)
}
