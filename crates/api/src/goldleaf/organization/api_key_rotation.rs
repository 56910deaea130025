use std::time::Duration;

use axum::extract::State;
use base::Result;
use database::Tx;
use serde::Deserialize;
use usecases::{
    Allowed,
    access::WriteApiKeys,
    api_keys::{self, DrawnSecret, LONGEST_GRACE, USUAL_GRACE},
};
use utoipa::ToSchema;

use super::{
    api_key::{ApiKeyMadeOut, ApiKeyOut},
    api_keys::{change_key, shown, shown_with_text},
};
use crate::{
    App,
    door::{Body, Check, Failure, Input, May, NO_BODY, Named, Reply, Writing},
};

/// How a key is rotated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "graceSeconds": 86_400 }))]
pub(super) struct RotateIn {
    /// How long the former secret is good: 0 for no longer, at most 7776000, which
    /// is 90 days; absent or null is a day.
    #[schema(maximum = 7_776_000)]
    grace_seconds: Option<u64>,
}

impl Input for RotateIn {
    const STRICT: bool = true;
}

impl RotateIn {
    fn checked(self) -> Result<Duration> {
        let mut check = Check::default();
        let grace = check.optional("graceSeconds", self.grace_seconds, |seconds| {
            let grace = Duration::from_secs(seconds);
            let most = LONGEST_GRACE.as_secs();
            if grace <= LONGEST_GRACE { Ok(grace) } else { Err(format!("must be at most {most}")) }
        });
        check.finish(Some(grace.unwrap_or(USUAL_GRACE)))
    }
}

/// Rotates an API key
///
/// Gives the key another secret under the same id. The answer holds its new
/// text, in `apiKey`: the only time it is shown. The former text, and the
/// bearer tokens exchanged for it, are good until its grace ends; each answer
/// to them says so in `Sunset` and `Swage-Key-Warning`. A key has two secrets
/// at most: one that was in its grace already is over at once. An operation of
/// Swage; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/rotate", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdRotate",
    params(("apiKeyId" = String, Path, description = "The key's `_id`, or its number")),
    request_body = RotateIn,
    responses((status = 200, description = "The key as it is now, with its new text", body = ApiKeyMadeOut)),
)]
pub(super) async fn post_organization_api_keys_id_rotate(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
    body: Body<RotateIn>,
) -> Result<Reply, Failure> {
    let (grace, rev) = (body.value.checked()?, writing.rev);
    let (environment, may_keep) = (app.settings.key_environment, app.settings.keys_read_back);
    let drawn = app.random(|random| DrawnSecret::draw(environment, may_keep, random));
    let gate = app.gate.clone();
    let rotate = move |tx: &mut Tx<'_>, caller: &Allowed<_>, key: &str| {
        let peppers = &gate.secrets().peppers;
        let (key, text) = api_keys::rotate(tx, caller, key, &drawn, peppers, grace, rev)?;
        shown_with_text(200, key, &text)
    };
    change_key(&app, caller, key, writing, body.hash, rotate).await
}

/// Ends the rotation of an API key
///
/// The former secret is over, and so are the bearer tokens exchanged for it.
/// 409 if there is none that is still good. An operation of Swage; GoldLeaf
/// has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/rotate/end", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdRotateEnd",
    params(("apiKeyId" = String, Path, description = "The key's `_id`, or its number")),
    responses((status = 200, description = "The key as it is now", body = ApiKeyOut)),
)]
pub(super) async fn post_organization_api_keys_id_rotate_end(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let end = move |tx: &mut Tx<'_>, caller: &Allowed<_>, key: &str| {
        api_keys::end_rotation(tx, caller, key, rev).and_then(shown)
    };
    change_key(&app, caller, key, writing, NO_BODY, end).await
}
