use axum::Json;
use keys::Scopes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::door::Anyone;

/// A scope that a key may have.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Scope {
    /// As it stands in `scopes`.
    scope: String,
    /// What it lets a key do.
    description: String,
}

/// Lists every scope that a key may have
#[utoipa::path(
    get, path = "/security/v1/scopes", tag = "Security", operation_id = "getSecurityScopes",
    responses((status = 200, description = "Every scope", body = Vec<Scope>)),
)]
pub(super) async fn get_security_scopes(_: Anyone) -> Json<Vec<Scope>> {
    Json(Scopes::catalogue().map(|(scope, description)| Scope { scope, description }).collect())
}
