use axum::{Json, extract::State};
use base::Error;
use database::Scope;
use gate::BOUND;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    App,
    door::{Anyone, Failure},
    operations,
};

/// That Swage runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
    /// The version that runs.
    version: &'static str,
}

/// That Swage can answer requests.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Readiness {
    /// `ok`.
    status: &'static str,
    /// The version that runs.
    version: &'static str,
    /// How long ago this node has last made sure that it knows of every change
    /// of a key, in milliseconds. Past 2000 it lets no key in.
    gate_lag_milliseconds: u64,
    /// The place in the sequence of changes of keys up to which they are felt here.
    gate_place: u64,
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
/// 503 while the database does not answer, and while this node lets no key in
/// because it may not know of a change that was made on another.
#[utoipa::path(
    get, path = "/readyz", tag = "Operation", operation_id = "getReadyz",
    responses((status = 200, description = "It can", body = Readiness)),
)]
async fn get_readyz(_: Anyone, State(app): State<App>) -> Result<Json<Readiness>, Failure> {
    let lag = app.gate.lag();
    if lag > BOUND {
        let seconds = lag.as_secs_f64();
        let message = format!("The changes of keys could not be read for {seconds:.1} s: no key is let in.");
        return Err(Error::unavailable(message).into());
    }
    app.database.read(Scope::System, usecases::organizations::any).await?;
    Ok(Json(Readiness {
        status: OK.status,
        version: OK.version,
        gate_lag_milliseconds: u64::try_from(lag.as_millis()).unwrap_or(u64::MAX),
        gate_place: app.gate.position().1,
    }))
}
