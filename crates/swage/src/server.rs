//! The server: its listeners, its life and its orderly end.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use axum::{
    Router,
    serve::{self, ListenerExt},
};
use base::{Clock, Error, Random, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    time::sleep,
};
use tracing::{info, warn};

use crate::{Assembled, Settings, assemble, background, metrics};

/// How long requests in progress may still take once the server is to stop.
const DRAINING: Duration = Duration::from_secs(30);

/// Where a server can be reached.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The address of its doors, such as `http://127.0.0.1:8420`.
    pub url: String,
    /// The address of its metrics, where it has one.
    pub metrics_url: Option<String>,
}

/// A server that is about to start.
pub struct Server {
    settings: Settings,
    recording: Option<PrometheusHandle>,
    /// The application.
    pub assembled: Assembled,
}

impl Server {
    /// Puts the application together.
    pub async fn prepare(settings: Settings, clock: Clock, random: &mut Random) -> Result<Self> {
        // Before anything that is counted happens.
        let recording = settings.metrics_listen()?.map(|_| metrics::start_recording()).transpose()?;
        let assembled = assemble(&settings, clock, random).await?;
        Ok(Self { settings, recording, assembled })
    }

    /// Serves until the process is told to end. `ready` is told where, once
    /// requests are answered.
    pub async fn run<F>(self, ready: impl FnOnce(Ready) -> F) -> Result<()>
    where
        F: Future<Output = Result<()>>,
    {
        let Self { settings, recording, assembled } = self;
        let mut signals = Signals::listen()?;
        let (listener, url) = bind("http.listen", settings.listen()?).await?;
        let (stop, stopped) = watch::channel(false);
        let mut metrics_url = None;
        let mut tasks = background::start(&assembled);
        if let Some((address, handle)) = settings.metrics_listen()?.zip(recording) {
            let (listener, url) = bind("metrics.listen", address).await?;
            metrics_url = Some(format!("{url}/metrics"));
            tasks.spawn(metrics::keep_up(handle.clone()));
            let router = metrics::router(handle, assembled.clone());
            tasks.spawn(async move {
                if let Err(error) = serve(listener, router, std::future::pending()).await {
                    warn!(%error, "the metrics are served no more");
                }
            });
        }
        let serving = tokio::spawn(serve(listener, api::router(assembled.app.clone()), told(stopped)));
        info!(%url, metrics = metrics_url, keys = assembled.gate.live().len(), "ready");
        ready(Ready { url, metrics_url }).await?;

        signals.next().await;
        info!("stopping: no more requests are taken, those in progress are finished");
        stop.send_replace(true);
        tokio::select! {
            ended = serving => ended.map_err(|error| Error::internal("the server", error))??,
            () = sleep(DRAINING) => warn!("some requests took too long and are cut off"),
            () = signals.next() => warn!("told again to stop: requests in progress are cut off"),
        }
        tasks.shutdown().await;
        if let Err(error) = assembled.nodes.leave().await {
            warn!(%error, "the other nodes could not be told that this one ends");
        }
        assembled.history.close().await?;
        usecases::feed::store_uses(&assembled.store.database, &assembled.gate).await?;
        info!("stopped");
        Ok(())
    }
}

async fn bind(setting: &str, address: SocketAddr) -> Result<(TcpListener, String)> {
    let failed = |error| Error::invalid(setting, format!("{address} cannot be listened on: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let url = url(listener.local_addr().map_err(failed)?);
    Ok((listener, url))
}

async fn serve(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    // An answer goes out at once, without waiting for more to send with it.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    serve::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopped)
        .await
        .map_err(|error| Error::internal("the server", error))
}

/// The address for one on this machine to call.
fn url(listening: SocketAddr) -> String {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, listening.port()))
}

async fn told(mut stopped: watch::Receiver<bool>) {
    // An error is that the sender is gone: then it is over too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// What tells the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let of = |kind| signal(kind).map_err(|error| Error::internal("signals cannot be listened to", error));
        Ok(Self { terminate: of(SignalKind::terminate())?, interrupt: of(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
