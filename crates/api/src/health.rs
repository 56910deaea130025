use axum::{Json, extract::State};
use database::Scope;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    App,
    door::{Anyone, Failure},
    operations,
};

/// How Swage is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
    /// The version that runs.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![get_healthz, get_readyz]
}

/// Says that Swage runs
#[utoipa::path(
    get, path = "/healthz", tag = "Operation", operation_id = "getHealthz",
    responses((status = 200, description = "It runs", body = Health)),
)]
async fn get_healthz(_: Anyone) -> Json<Health> {
    Json(OK)
}

/// Says whether Swage can answer requests
///
/// 503 while the database does not answer.
#[utoipa::path(
    get, path = "/readyz", tag = "Operation", operation_id = "getReadyz",
    responses((status = 200, description = "It can", body = Health)),
)]
async fn get_readyz(_: Anyone, State(app): State<App>) -> Result<Json<Health>, Failure> {
    app.database.read(Scope::System, usecases::organizations::any).await?;
    Ok(Json(OK))
}
