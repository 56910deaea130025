//! The connection that hears of commits on other nodes.

use std::{sync::Weak, thread, time::Duration};

use ::postgres::fallible_iterator::FallibleIterator;
use tokio::sync::watch;
use tracing::warn;

use super::{Server, words};
use crate::bell::CHANNEL;

/// How often it is seen whether anyone still listens.
const LOOK: Duration = Duration::from_secs(1);

/// Starts a thread that rings `bell` whenever a transaction that has rung it
/// commits on any node, and whenever it may have missed that. It ends when
/// `listening`, the database, is gone.
pub(crate) fn start<D: Send + Sync + 'static>(server: &Server, bell: &watch::Sender<()>, listening: Weak<D>) {
    let (server, bell) = (server.clone(), bell.clone());
    thread::spawn(move || {
        while listening.strong_count() > 0 {
            if let Err(error) = listen(&server, &bell, &listening) {
                warn!(error = %words(&error), "does not hear of changes at once, but asks for them");
            }
            thread::sleep(LOOK);
        }
    });
}

/// Listens until the connection is lost, or nobody wants to hear any more.
fn listen<D>(
    server: &Server,
    bell: &watch::Sender<()>,
    listening: &Weak<D>,
) -> Result<(), ::postgres::Error> {
    let mut client = server.connect()?;
    client.batch_execute(&format!("LISTEN {CHANNEL}"))?;
    // What came before it listened was not heard.
    bell.send_replace(());
    while listening.strong_count() > 0 && !client.is_closed() {
        if client.notifications().timeout_iter(LOOK).next()?.is_some() {
            bell.send_replace(());
        }
    }
    Ok(())
}
