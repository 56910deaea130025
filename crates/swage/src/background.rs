//! What a server does beside answering requests.

use std::{future::Future, time::Duration};

use base::Result;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tracing::error;
use usecases::{feed, history::Burden};

use crate::Assembled;

/// The requests go before the history of them: its writing rests nine tenths of the time.
const LIGHT: Burden = Burden::Light(9);

/// Starts it all; it ends when the set is dropped.
pub(crate) fn start(assembled: &Assembled) -> JoinSet<()> {
    let mut tasks = JoinSet::new();

    let gate = assembled.gate.clone();
    tasks.spawn(async move { gate.follow().await });

    let nodes = assembled.nodes.clone();
    tasks.spawn(every(Duration::from_secs(1), "to watch the other nodes", move || {
        let nodes = nodes.clone();
        async move { nodes.watch().await }
    }));

    let (database, gate) = (assembled.store.database.clone(), assembled.gate.clone());
    tasks.spawn(every(Duration::from_secs(10), "to store when keys were used", move || {
        let (database, gate) = (database.clone(), gate.clone());
        async move { feed::store_uses(&database, &gate).await }
    }));

    let history = assembled.history.clone();
    tasks.spawn(every(Duration::from_secs(1), "to write the history of calls", move || {
        let history = history.clone();
        async move { history.write(LIGHT).await }
    }));

    let history = assembled.history.clone();
    tasks.spawn(every(Duration::from_millis(100), "to put calls into files", move || {
        let history = history.clone();
        async move { history.relieve().await }
    }));

    let runner = assembled.runner.clone();
    tasks.spawn(every(Duration::from_mins(1), "to see to recurring jobs", move || {
        let runner = runner.clone();
        async move { runner.ensure_recurring().await }
    }));
    let runner = assembled.runner.clone();
    tasks.spawn(async move { runner.run().await });
    tasks
}

/// Does `work` again and again; what fails is logged and done again.
async fn every<F, W>(period: Duration, aim: &'static str, work: W)
where
    F: Future<Output = Result<()>>,
    W: Fn() -> F,
{
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(failure) = work().await {
            error!(error = %failure, "failed {aim}");
        }
    }
}
