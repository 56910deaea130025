use axum::extract::State;
use base::{Line, Result};
use database::{Priority, Scope, Tx};
use serde::{Deserialize, Serialize};
use usecases::{
    access::WriteApiKeys,
    api_keys::{self, Revoked, Selection},
    idempotency::Answer,
};
use utoipa::ToSchema;

use super::{api_key::ApiKeyOut, api_key_selection::SelectionIn};
use crate::{
    App,
    door::{Body, Check, Failure, Input, May, Reply, Writing},
};

/// Which keys are to be revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyRevocationIn, example = json!({
    "filter": { "createdBefore": "2025-01-01T00:00:00Z", "unusedForDays": 180 },
    "reason": "Not used since the old shop system went away", "dryRun": false,
}))]
pub(super) struct RevocationIn {
    /// Which keys are meant: at least one field of it must be given.
    #[schema(required = true, nullable = false)]
    filter: Option<SelectionIn>,
    /// Why; at most 200 characters, kept with each key.
    #[schema(max_length = 200)]
    reason: Option<String>,
    /// Whether to look only, and revoke none; usually not.
    dry_run: Option<bool>,
}

impl Input for RevocationIn {
    const STRICT: bool = true;
}

impl RevocationIn {
    fn checked(self) -> Result<(Selection, Option<Line<200>>)> {
        let mut check = Check::default();
        if self.filter.is_none() {
            check.wrong("filter", Check::REQUIRED);
        }
        let selection = self.filter.map(|filter| filter.checked(&mut check));
        let reason = check.optional("reason", self.reason, |text| Line::new(&text));
        check.finish(selection.map(|selection| (selection, reason)))
    }
}

/// What was revoked, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyRevocation)]
pub(super) struct RevocationOut {
    /// Whether this was only a look.
    dry_run: bool,
    /// How many keys.
    total: usize,
    /// Whether more keys are meant: ask again until there are none.
    more: bool,
    /// The keys, the oldest first.
    items: Vec<ApiKeyOut>,
}

/// Revokes API keys by a filter
///
/// Deletes the keys of which all that the filter says is true, up to 100 of
/// them, the oldest first, all or none. The key that calls is never among
/// them. With `dryRun` the keys are only looked at. An operation of Swage;
/// GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/revoke", tag = "Organization",
    operation_id = "postOrganizationApiKeysRevoke",
    params(("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it")),
    request_body = RevocationIn,
    responses((status = 200, description = "The keys that were revoked, or would be", body = RevocationOut)),
)]
pub(super) async fn post_organization_api_keys_revoke(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    writing: Writing,
    body: Body<RevocationIn>,
) -> Result<Reply, Failure> {
    let dry_run = body.value.dry_run.unwrap_or(false);
    let (selection, reason) = body.value.checked()?;
    if dry_run {
        let scope = Scope::Organization(caller.organization);
        let look = move |tx: &mut Tx<'_>| {
            api_keys::revoke(tx, &caller, &selection, None, true).and_then(|revoked| answer(true, revoked))
        };
        return Ok(Reply(app.database.read(scope, look).await?));
    }
    let reply = app
        .write_keys(Priority::Security, caller, writing, body.hash, move |tx, caller| {
            let revoked = api_keys::revoke(tx, caller, &selection, reason.as_ref(), false)?;
            answer(false, revoked)
        })
        .await?;
    Ok(reply)
}

fn answer(dry_run: bool, Revoked { keys, more }: Revoked) -> Result<Answer> {
    let items: Vec<_> = keys.into_iter().map(ApiKeyOut::new).collect();
    Answer::new(200, &RevocationOut { dry_run, total: items.len(), more, items })
}
