//! The group Organization.

mod api_history;
mod api_key;
mod api_key_import;
mod api_key_in;
mod api_key_read_back;
mod api_key_report;
mod api_key_revocation;
mod api_key_rotation;
mod api_key_selection;
mod api_keys;
mod currencies;
mod directories;
mod entries;
mod facts;
#[expect(clippy::module_inception, reason = "named as GoldLeaf names the operation")]
mod organization;
mod settings;
mod settings_in;

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
        api_key_read_back::post_organization_api_keys_id_read_back,
        api_key_report::get_organization_api_keys_report,
        api_key_revocation::post_organization_api_keys_revoke,
        api_key_import::post_organization_api_keys_import,
        api_key_rotation::post_organization_api_keys_id_rotate,
        api_key_rotation::post_organization_api_keys_id_rotate_end,
        organization::get_organization,
        organization::post_organization_update,
        organization::get_organization_defaults,
        facts::get_organization_subscription,
        facts::get_organization_erpname,
        facts::get_organization_usebetafeatures,
        facts::get_organization_revisiondelimiter,
        facts::get_organization_nextpartnumber,
        facts::get_organization_hasacceptedterms,
        facts::post_organization_acceptterms,
        currencies::get_organization_currencies,
        currencies::post_organization_currencies_update,
        directories::get_organization_productgroups,
        directories::post_organization_productgroups_update,
        directories::get_organization_suppliers,
        directories::post_organization_suppliers_update,
        directories::get_organization_locations,
        directories::post_organization_locations_update,
    ]
}
