use axum::http::{HeaderName, HeaderValue};
use base::{Error, Result, Stopwatch};
use database::{Priority, Tx};
use tokio::time::timeout;
use usecases::{
    Allowed, Needs,
    idempotency::Answer,
    nodes::{Felt, SILENT},
};

use super::{Reply, Writing};
use crate::App;

const CONFIRMED: HeaderName = HeaderName::from_static("swage-confirmed-nodes");

impl App {
    /// Like [`write`](Self::write), for what changes keys: it is felt on this
    /// node before it is answered, and with `wait=all` on every node.
    pub(crate) async fn write_keys<N: Needs>(
        &self,
        priority: Priority,
        caller: Allowed<N>,
        writing: Writing,
        body_hash: [u8; 32],
        work: impl Fn(&mut Tx<'_>, &Allowed<N>) -> Result<Answer> + Send + 'static,
    ) -> Result<Reply> {
        let everywhere = match writing.wait.as_deref() {
            None => false,
            Some("all") => true,
            Some(_) => return Err(Error::invalid("wait", "must be all")),
        };
        let context = writing.context.clone();
        let reply = self.write(priority, caller, writing, body_hash, work).await?;
        // From here on the change is made, so nothing fails any more.
        let committed = Stopwatch::start();
        let here = self.feel().await;
        if everywhere {
            let position = here.then(|| self.gate.position());
            let felt = self.nodes.felt_everywhere(position, committed).await;
            context.send(CONFIRMED, confirmed(felt, committed));
        }
        Ok(reply)
    }

    /// Has the gate take in what was just committed; answers whether it could.
    /// Where it could not, it lets nobody in before it has.
    async fn feel(&self) -> bool {
        let felt = timeout(SILENT, self.gate.catch_up()).await.is_ok_and(|outcome| outcome.is_ok());
        if !felt {
            tracing::error!("the gate could not take in a change at once; it goes on trying");
        }
        felt
    }
}

/// A structured field: how many nodes have said that they feel it, how many
/// have not and let nobody in, and how long that took.
fn confirmed(felt: Felt, committed: Stopwatch) -> HeaderValue {
    let Felt { nodes, silent } = felt;
    let text = format!("{nodes};silent={silent};ms={}", committed.elapsed().as_millis());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("0"))
}
