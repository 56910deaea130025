use axum::{Json, extract::State};
use base::Result;
use database::{Priority, Scope, Tx};
use keys::KeyText;
use usecases::{
    Allowed,
    access::{ReadApiKeys, WriteApiKeys},
    api_keys::{self, ApiKey},
    idempotency::Answer,
};

use super::{
    api_key::{ApiKeyList, ApiKeyMadeOut, ApiKeyOut},
    api_key_in::{ApiKeyIn, ApiKeyUpdateIn},
    api_key_selection::{SELECTING, selected},
};
use crate::{
    App,
    door::{Body, Failure, May, NO_BODY, Named, Paging, Parameters, Reply, Writing, or_current},
};

/// Lists the organization's API keys
///
/// For administrators of an organization with a professional or enterprise
/// subscription. The keys themselves are masked: each was shown once, when it
/// was made.
#[utoipa::path(
    get, path = "/api/v1/organization/apikeys", tag = "Organization", operation_id = "getOrganizationApiKey",
    params(
        Paging,
        ("sortBy[0].key" = Option<String>, Query, description = "`created` (usual) or `name`"),
        ("sortBy[0].order" = Option<String>, Query, description = "`asc` (usual) or `desc`"),
        ("search.name" = Option<String>, Query, description = "A part of the name, in any case"),
        ("keyType" = Option<String>, Query, description = "`admin`, `full-access`, `read-only` or `customer`; may be repeated"),
        ("roleId" = Option<String>, Query, description = "The role that bounds the keys: its `_id`, or its number"),
        ("customerId" = Option<String>, Query, description = "The customer the keys are pinned to: its `_id`, or its number"),
        ("createdBy" = Option<String>, Query, description = "Who made the keys: `user:ID`, `key:ID` or `system:WORD`"),
        ("unusedForDays" = Option<u32>, Query, description = "Keys that were not used, and not made, in so many days, 1 to 3650"),
        ("neverExpires" = Option<bool>, Query, description = "Keys without an end; `false` for those with one"),
        ("noAddresses" = Option<bool>, Query, description = "Keys that can be used from anywhere; `false` for the others"),
        ("includeDeleted" = Option<bool>, Query, description = "Whether deleted keys are listed too"),
    ),
    responses((status = 200, description = "One page of keys", body = ApiKeyList)),
)]
pub(super) async fn get_organization_api_key(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ApiKeyList>, Failure> {
    let selection = selected(&parameters)?;
    let query = parameters.page_of(&api_keys::LIST, SELECTING)?;
    let with_deleted = parameters.flag("includeDeleted")?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| api_keys::list(tx, &caller, with_deleted, &selection, &query);
    let page = app.database.read(scope, list).await?;
    Ok(Json(page.into()))
}

/// Creates an API key
///
/// The answer holds the key itself, in `apiKey`: the only time it is shown.
/// A key never may do more than who makes it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys", tag = "Organization", operation_id = "postOrganizationApiKeys",
    params(("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it")),
    request_body = ApiKeyIn,
    responses((status = 201, description = "The key that was made, with its text", body = ApiKeyMadeOut)),
)]
pub(super) async fn post_organization_api_keys(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ApiKeyIn>,
) -> Result<Reply, Failure> {
    let new = body.value.checked()?;
    let (text, minted) = app.mint()?;
    let reply = app
        .write_keys(Priority::Ordinary, caller, writing, body.hash, move |tx, caller| {
            let key = api_keys::create(tx, caller, &minted, &new)?;
            shown_with_text(201, key, &text)
        })
        .await?;
    Ok(reply)
}

/// Updates an API key
///
/// As documented, `name`, `scopes` and `keyType` are given again. Every other
/// field is left as it is when absent. A change of anything but the name and
/// the rate limit ends the key's bearer tokens.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/update", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdUpdate",
    params(
        ("apiKeyId" = String, Path, description = "The key's `_id`, or its number"),
        ("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it"),
    ),
    request_body = ApiKeyUpdateIn,
    responses((status = 200, description = "The key as it is now", body = ApiKeyOut)),
)]
pub(super) async fn post_organization_api_keys_id_update(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
    body: Body<ApiKeyUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(writing.rev)?;
    let update = move |tx: &mut Tx<'_>, caller: &Allowed<_>, key: &str| {
        api_keys::update(tx, caller, key, &change).and_then(shown)
    };
    change_key(&app, caller, key, writing, body.hash, update).await
}

/// Deletes an API key
///
/// From the answer on, neither the key nor any of its bearer tokens is let in.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/delete", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdDelete",
    params(
        ("apiKeyId" = String, Path, description = "The key's `_id`, or its number"),
        ("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it"),
    ),
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_organization_api_keys_id_delete(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let delete = move |tx: &mut Tx<'_>, caller: &Allowed<_>, key: &str| {
        let deleted = api_keys::delete(tx, caller, key, rev)?;
        let words = format!("The API key {:?} was deleted.", deleted.name);
        Ok(Answer::new(200, &words)?.naming(deleted.id))
    };
    change_key(&app, caller, key, writing, NO_BODY, delete).await
}

/// Suspends an API key
///
/// From the answer on, neither the key nor any of its bearer tokens is let in,
/// until it is resumed. A Swage operation; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/suspend", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdSuspend",
    params(
        ("apiKeyId" = String, Path, description = "The key's `_id`, or its number"),
        ("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it"),
    ),
    responses((status = 200, description = "The key as it is now", body = ApiKeyOut)),
)]
pub(super) async fn post_organization_api_keys_id_suspend(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    suspend(&app, caller, key, writing, true).await
}

/// Resumes a suspended API key
///
/// The key is let in again. Bearer tokens from before its suspension are not.
/// A Swage operation; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/resume", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdResume",
    params(
        ("apiKeyId" = String, Path, description = "The key's `_id`, or its number"),
        ("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it"),
    ),
    responses((status = 200, description = "The key as it is now", body = ApiKeyOut)),
)]
pub(super) async fn post_organization_api_keys_id_resume(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    suspend(&app, caller, key, writing, false).await
}

async fn suspend(
    app: &App,
    caller: Allowed<WriteApiKeys>,
    key: String,
    writing: Writing,
    suspended: bool,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let suspend = move |tx: &mut Tx<'_>, caller: &Allowed<_>, key: &str| {
        api_keys::suspend(tx, caller, key, suspended, rev).and_then(shown)
    };
    change_key(app, caller, key, writing, NO_BODY, suspend).await
}

/// Carries out a change of one key; the gate has taken it in before the answer goes out.
pub(super) async fn change_key(
    app: &App,
    caller: Allowed<WriteApiKeys>,
    key: String,
    writing: Writing,
    body_hash: [u8; 32],
    change: impl Fn(&mut Tx<'_>, &Allowed<WriteApiKeys>, &str) -> Result<Answer> + Send + 'static,
) -> Result<Reply, Failure> {
    let reply = app
        .write_keys(Priority::Security, caller, writing, body_hash, move |tx, caller| {
            let changed = change(tx, caller, &key);
            or_current(changed, || api_keys::current(tx, caller, &key).map(ApiKeyOut::new))
        })
        .await?;
    Ok(reply)
}

/// The answer that is a key's document.
pub(super) fn shown(key: ApiKey) -> Result<Answer> {
    let (id, rev) = (key.id, key.stamp.rev);
    Ok(Answer::new(200, &ApiKeyOut::new(key))?.about(id, rev))
}

/// The answer that shows a key's text: the only one that does.
pub(super) fn shown_with_text(status: u16, key: ApiKey, text: &KeyText) -> Result<Answer> {
    let (id, rev) = (key.id, key.stamp.rev);
    let document = ApiKeyOut::new(key).with_text(&text.expose());
    Ok(Answer::new(status, &document)?.about(id, rev).with_secret())
}
