use axum::{Json, extract::State};
use base::Result;
use database::{Priority, Scope, Tx};
use usecases::{
    Allowed,
    access::{ReadWebhooks, WriteWebhooks},
    idempotency::Answer,
    webhooks,
};

use super::delivery::{DeliveryList, DeliveryOut, ReplayIn, ReplayedOut};
use crate::{
    App,
    door::{Body, Failure, May, NO_BODY, Named, NamedWithin, Paging, Parameters, Reply, Writing},
};

/// Sends a webhook a test
///
/// An event of the type `webhook.ping`, whatever events it is told of. The
/// answer says what is sent; read the delivery to see whether it arrived.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{webhookId}/test", tag = "Webhooks", operation_id = "postWebhooksIdTest",
    params(("webhookId" = String, Path, description = "The webhook's `_id`")),
    responses((status = 200, description = "The delivery", body = DeliveryOut)),
)]
pub(super) async fn post_webhooks_id_test(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let ping = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let row = webhooks::ping(tx, caller, &webhook)?;
        Answer::new(200, &DeliveryOut::whole(row))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, ping).await?)
}

/// Lists what a webhook was told
///
/// The newest first. A delivery is kept for 30 days, unless it is configured
/// otherwise.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{webhookId}/deliveries", tag = "Webhooks", operation_id = "getWebhooksIdDeliveries",
    params(
        ("webhookId" = String, Path, description = "The webhook's `_id`"),
        ("state" = Option<String>, Query, description = "`pending`, `delivered` or `failed`; may be repeated"),
        ("type" = Option<String>, Query, description = "A type of event, such as `apiKey.create`; may be repeated"),
        Paging,
        ("sortBy[0].order" = Option<String>, Query, description = "`desc` (usual) or `asc`"),
    ),
    responses((status = 200, description = "One page of deliveries", body = DeliveryList)),
)]
pub(super) async fn get_webhooks_id_deliveries(
    May(caller): May<ReadWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
    parameters: Parameters,
) -> Result<Json<DeliveryList>, Failure> {
    let query = parameters.newest_first(&webhooks::DELIVERIES, &[])?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| webhooks::list_deliveries(tx, &caller, &webhook, query.clone());
    let page = app.database.read(scope, list).await?;
    Ok(Json(page.into()))
}

/// Reads a delivery
///
/// With the body that is sent, and what came of the last attempt.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}", tag = "Webhooks",
    operation_id = "getWebhooksIdDeliveriesId",
    params(
        ("webhookId" = String, Path, description = "The webhook's `_id`"),
        ("deliveryId" = String, Path, description = "The delivery's `_id`"),
    ),
    responses((status = 200, description = "The delivery", body = DeliveryOut)),
)]
pub(super) async fn get_webhooks_id_deliveries_id(
    May(caller): May<ReadWebhooks>,
    State(app): State<App>,
    NamedWithin(webhook, delivery): NamedWithin,
) -> Result<Json<DeliveryOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| webhooks::delivery(tx, &caller, &webhook, &delivery);
    Ok(Json(DeliveryOut::whole(app.database.read(scope, read).await?)))
}

/// Sends a delivery once more
///
/// Whatever came of it before: the same message with the same `webhook-id`,
/// signed anew. One that waits is sent now.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}/replay", tag = "Webhooks",
    operation_id = "postWebhooksIdDeliveriesIdReplay",
    params(
        ("webhookId" = String, Path, description = "The webhook's `_id`"),
        ("deliveryId" = String, Path, description = "The delivery's `_id`"),
    ),
    responses((status = 200, description = "The delivery as it is now", body = DeliveryOut)),
)]
pub(super) async fn post_webhooks_id_deliveries_id_replay(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    NamedWithin(webhook, delivery): NamedWithin,
    writing: Writing,
) -> Result<Reply, Failure> {
    let replay = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let row = webhooks::replay(tx, caller, &webhook, &delivery)?;
        Answer::new(200, &DeliveryOut::whole(row))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, replay).await?)
}

/// Sends once more what failed for good
///
/// Up to 500 deliveries of events since the given moment, the oldest first.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{webhookId}/deliveries/replay", tag = "Webhooks",
    operation_id = "postWebhooksIdDeliveriesReplay",
    params(("webhookId" = String, Path, description = "The webhook's `_id`")),
    request_body = ReplayIn,
    responses((status = 200, description = "How many", body = ReplayedOut)),
)]
pub(super) async fn post_webhooks_id_deliveries_replay(
    May(caller): May<WriteWebhooks>,
    State(app): State<App>,
    Named(webhook): Named,
    writing: Writing,
    body: Body<ReplayIn>,
) -> Result<Reply, Failure> {
    let since = body.value.checked()?;
    let replay = move |tx: &mut Tx<'_>, caller: &Allowed<_>| {
        let replayed = webhooks::replay_failed(tx, caller, &webhook, since)?;
        Answer::new(200, &ReplayedOut::from(replayed))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, replay).await?)
}
