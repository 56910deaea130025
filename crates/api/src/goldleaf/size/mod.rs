//! The group Size.

mod end_sizes;
mod hose_sizes;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![hose_sizes::get_hosesizes, end_sizes::get_endsizes]
}
