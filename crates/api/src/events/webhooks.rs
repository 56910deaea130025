use axum::{Json, extract::State, http::header, response::IntoResponse};
use base::Result;
use database::{Priority, Scope, Tx};
use usecases::{
    Allowed,
    access::{ReadWebhooks, WriteWebhooks},
    idempotency::Answer,
    webhooks::{self, Secret, Webhook},
};

use super::webhook::{WebhookIn, WebhookList, WebhookMadeOut, WebhookOut, WebhookRotateIn, WebhookUpdateIn};
use crate::{
    App,
    door::{Body, Failure, May, NO_BODY, Named, Paging, Parameters, Reply, Writing, or_current},
};

/// Lists the webhooks
///
/// The oldest first. None shows its secret.
#[utoipa::path(
    get, path = "/api/v1/webhooks", tag = "Webhooks", operation_id = "getWebhooks",
    params(
        Paging,
        ("sortBy[0].order" = Option<String>, Query, description = "By age: `asc` (usual) or `desc`"),
    ),
    responses((status = 200, description = "One page of webhooks", body = WebhookList)),
)]
pub(super) async fn get_webhooks(
    May(caller): May<ReadWebhooks>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<WebhookList>, Failure> {
    let query = parameters.list(&webhooks::LIST, &[])?;
    let scope = Scope::Organization(caller.organization);
    let page = app.database.read(scope, move |tx| webhooks::list(tx, &caller, &query)).await?;
    Ok(Json(page.into()))
}

/// Makes a webhook
///
/// From now on, your program at `url` is told of the events. The answer holds
/// the `secret` that signs what it is told: the only time it is shown. Who may
/// make webhooks can learn what the audit record says.
#[utoipa::path(
    post, path = "/api/v1/webhooks", tag = "Webhooks", operation_id = "postWebhooks",
    request_body = WebhookIn,
    responses((status = 201, description = "The webhook, with its secret", body = WebhookMadeOut)),
)]
pub(super) async fn post_webhooks(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    writing: Writing,
    body: Body<WebhookIn>,
) -> Result<Reply, Failure> {
    let new = body.value.checked(app.settings.webhooks)?;
    let secret = app.random(Secret::draw);
    let create = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let webhook = webhooks::create(tx, caller, &new, &secret)?;
        shown_with_secret(201, webhook, &secret)
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, create).await?)
}

/// Reads a webhook
///
/// Without its secret. The `ETag` is its revision.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{webhookId}", tag = "Webhooks", operation_id = "getWebhooksId",
    params(("webhookId" = String, Path, description = "The webhook's `_id`")),
    responses((status = 200, description = "The webhook", body = WebhookOut)),
)]
pub(super) async fn get_webhooks_id(
    May(caller): May<ReadWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
) -> Result<impl IntoResponse, Failure> {
    let scope = Scope::Organization(caller.organization);
    let webhook = app.database.read(scope, move |tx| webhooks::read(tx, &caller, &webhook)).await?;
    let etag = format!("\"{}\"", webhook.stamp.rev);
    Ok(([(header::ETAG, etag)], Json(WebhookOut::from(webhook))))
}

/// Changes a webhook
///
/// What is absent or null is left as it is. What waits to be delivered goes to
/// the new address.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{webhookId}/update", tag = "Webhooks", operation_id = "postWebhooksIdUpdate",
    params(("webhookId" = String, Path, description = "The webhook's `_id`")),
    request_body = WebhookUpdateIn,
    responses((status = 200, description = "The webhook as it is now", body = WebhookOut)),
)]
pub(super) async fn post_webhooks_id_update(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
    writing: Writing,
    body: Body<WebhookUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(app.settings.webhooks, writing.rev)?;
    let update = move |tx: &mut Tx<'_>, caller: &Allowed<_>, name: &str| {
        let webhook = webhooks::update(tx, caller, name, &change)?;
        let (id, rev) = (webhook.id, webhook.stamp.rev);
        Ok(Answer::new(200, &WebhookOut::from(webhook))?.about(id, rev))
    };
    change_webhook(&app, caller, webhook, writing, body.hash, update).await
}

/// Gives a webhook another secret
///
/// The answer holds it, the only time it is shown. For the time of grace the
/// former secret signs too: each message then has two signatures.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{webhookId}/rotate", tag = "Webhooks", operation_id = "postWebhooksIdRotate",
    params(("webhookId" = String, Path, description = "The webhook's `_id`")),
    request_body = WebhookRotateIn,
    responses((status = 200, description = "The webhook, with its secret", body = WebhookMadeOut)),
)]
pub(super) async fn post_webhooks_id_rotate(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
    writing: Writing,
    body: Body<WebhookRotateIn>,
) -> Result<Reply, Failure> {
    let (grace, rev) = body.value.checked(writing.rev)?;
    let secret = app.random(Secret::draw);
    let rotate = move |tx: &mut Tx<'_>, caller: &Allowed<_>, name: &str| {
        let webhook = webhooks::rotate(tx, caller, name, &secret, grace, rev)?;
        shown_with_secret(200, webhook, &secret)
    };
    change_webhook(&app, caller, webhook, writing, body.hash, rotate).await
}

/// Deletes a webhook
///
/// With all that it was told. What waits to be delivered to it is not.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{webhookId}/delete", tag = "Webhooks", operation_id = "postWebhooksIdDelete",
    params(("webhookId" = String, Path, description = "The webhook's `_id`")),
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_webhooks_id_delete(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let delete = move |tx: &mut Tx<'_>, caller: &Allowed<_>, name: &str| {
        let deleted = webhooks::delete(tx, caller, name, rev)?;
        let words = format!("The webhook to {} was deleted.", deleted.url);
        Ok(Answer::new(200, &words)?.naming(deleted.id))
    };
    change_webhook(&app, caller, webhook, writing, NO_BODY, delete).await
}

async fn change_webhook(
    app: &App,
    caller: Allowed<WriteWebhooks>,
    webhook: String,
    writing: Writing,
    body_hash: [u8; 32],
    change: impl Fn(&mut Tx<'_>, &Allowed<WriteWebhooks>, &str) -> Result<Answer> + Send + 'static,
) -> Result<Reply, Failure> {
    let unit = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let changed = change(tx, caller, &webhook);
        or_current(changed, || webhooks::current(tx, caller, &webhook).map(WebhookOut::from))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body_hash, unit).await?)
}

fn shown_with_secret(status: u16, webhook: Webhook, secret: &Secret) -> Result<Answer> {
    let (id, rev) = (webhook.id, webhook.stamp.rev);
    let document = WebhookOut::from(webhook).with_secret(&secret.expose());
    Ok(Answer::new(status, &document)?.about(id, rev).with_secret())
}
