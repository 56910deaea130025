//! The group Organization.

mod api_history;
mod api_key;
mod api_key_import;
mod api_key_in;
mod api_key_rotation;
mod api_keys;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        api_history::get_organization_api_history,
        api_history::get_organization_api_history_too,
        api_history::get_organization_api_history_days,
        api_keys::get_organization_api_key,
        api_keys::post_organization_api_keys,
        api_keys::post_organization_api_keys_id_update,
        api_keys::post_organization_api_keys_id_delete,
        api_keys::post_organization_api_keys_id_suspend,
        api_keys::post_organization_api_keys_id_resume,
        api_key_import::post_organization_api_keys_import,
        api_key_rotation::post_organization_api_keys_id_rotate,
        api_key_rotation::post_organization_api_keys_id_rotate_end,
    ]
}
