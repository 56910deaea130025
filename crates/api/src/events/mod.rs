//! What happens after the fact: the audit record, and webhooks.

mod audit;
mod deliveries;
mod delivery;
mod export;
mod webhook;
mod webhooks;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        audit::get_audit,
        export::get_audit_export,
        webhooks::get_webhooks,
        webhooks::post_webhooks,
        webhooks::get_webhooks_id,
        webhooks::post_webhooks_id_update,
        webhooks::post_webhooks_id_rotate,
        webhooks::post_webhooks_id_delete,
        deliveries::post_webhooks_id_test,
        deliveries::get_webhooks_id_deliveries,
        deliveries::get_webhooks_id_deliveries_id,
        deliveries::post_webhooks_id_deliveries_id_replay,
        deliveries::post_webhooks_id_deliveries_replay,
    ]
}
