//! Figures for Prometheus, on a listener of their own.

use std::time::Duration;

use axum::{Router, http::header, routing::get};
use base::{Error, Result};
use database::{Database, Scope, Tx, job};
use metrics::{describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;
use tracing::warn;

use crate::Assembled;

const LIVE_KEYS: &str = "swage_live_keys";
const GATE_LAG: &str = "swage_gate_lag_seconds";
const NODES: &str = "swage_nodes";
const GATE_PLACE: &str = "swage_gate_place";
const JOBS_OVERDUE: &str = "swage_jobs_overdue";
const JOBS_DEAD: &str = "swage_jobs_dead";
const WAITING_UNITS: &str = "swage_database_waiting_units";

/// From half a millisecond to the deadline of a request.
const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// As many units as share a commit.
const UNITS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Starts to count; once in a process.
pub(crate) fn start_recording() -> Result<PrometheusHandle> {
    let failed = |error| Error::internal("the metrics", error);
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_units".into()), UNITS))
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(failed)?;
    describe_gauge!(LIVE_KEYS, "Keys that this node would let in");
    describe_gauge!(GATE_LAG, "Time since this node made sure that it knows of every change of a key");
    describe_gauge!(NODES, "Nodes that let keys in, as this one sees it");
    describe_gauge!(GATE_PLACE, "The place in the sequence of changes up to which this node has read");
    describe_gauge!(JOBS_DEAD, "Jobs that were set aside after failing, of all nodes");
    describe_gauge!(JOBS_OVERDUE, "Jobs that were due a minute ago and are not done, of all nodes");
    describe_gauge!(WAITING_UNITS, "Units of work that wait for the database");
    Ok(handle)
}

/// Where Prometheus asks.
pub(crate) fn router(handle: PrometheusHandle, assembled: Assembled) -> Router {
    let render = async move || {
        let Assembled { gate, nodes, store, .. } = &assembled;
        if let Err(error) = measure_jobs(&store.database).await {
            warn!(%error, "the jobs could not be counted");
        }
        gauge!(LIVE_KEYS).set(figure(gate.live().len() as u64));
        gauge!(GATE_LAG).set(gate.lag().as_secs_f64());
        gauge!(NODES).set(figure(nodes.count() as u64));
        gauge!(GATE_PLACE).set(figure(gate.position().1));
        gauge!(WAITING_UNITS).set(figure(store.database.waiting() as u64));
        assembled.history.publish();
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
    };
    Router::new().route("/metrics", get(render))
}

async fn measure_jobs(database: &Database) -> Result<()> {
    let count = |tx: &mut Tx<'_>| Ok((job::dead(tx)?, job::overdue(tx, Duration::from_mins(1))?));
    let (dead, overdue) = database.read(Scope::System, count).await?;
    gauge!(JOBS_DEAD).set(figure(dead.iter().map(|kind| kind.count).sum()));
    gauge!(JOBS_OVERDUE).set(figure(overdue));
    Ok(())
}

/// Sorts what was measured into its buckets now and then, so that it does not
/// pile up where nobody asks.
pub(crate) async fn keep_up(handle: PrometheusHandle) {
    let mut ticks = interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2⁵³ keys")]
fn figure(count: u64) -> f64 {
    count as f64
}
