//! What keeps the store tidy.

use std::time::Duration;

use base::Result;
use database::{Scope, Tx};
use records::{idempotency, revoked_tokens, sessions, user_links, webhook_deliveries};
use tracing::info;

use crate::{
    api_keys,
    catalogue::imports,
    feed,
    idempotency::KEPT_FOR,
    jobs::{Outcome, Run},
};

/// Forgets sessions, ended tokens, mailed links and secrets that are over, and kept answers, deliveries and changes of
/// keys that are too old. Sees to imports that do not get on.
pub(crate) async fn tidy(run: Run, deliveries_kept: Duration) -> Outcome {
    // In pieces, so that no unit holds the writer for long.
    while run.database.write(Scope::System, feed::forget_changes).await? {}
    api_keys::forget_ended_secrets(&run.database).await?;
    imports::tend(&run.database).await?;
    Ok(run.database.write(Scope::System, move |tx| forget(tx, deliveries_kept)).await?)
}

fn forget(tx: &mut Tx<'_>, deliveries_kept: Duration) -> Result<()> {
    let now = tx.now();
    let too_old = now.minus(KEPT_FOR);
    let over = sessions::delete_expired(tx)?;
    let tokens = revoked_tokens::delete_expired(tx)?;
    user_links::delete_expired(tx)?;
    let forgotten = idempotency::delete_before(tx, too_old)?;
    let deliveries = webhook_deliveries::delete_before(tx, now.minus(deliveries_kept))?;
    info!(sessions = over, tokens, answers = forgotten, deliveries, "tidied");
    Ok(())
}
