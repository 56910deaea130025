//! What keeps the store tidy.

use base::Result;
use database::{Scope, Tx};
use records::{idempotency, sessions};
use tracing::info;

use crate::{
    feed,
    idempotency::KEPT_FOR,
    jobs::{Outcome, Run},
};

/// Forgets sessions that are over, and kept answers and changes of keys that are too old.
pub(crate) async fn tidy(run: Run) -> Outcome {
    // In pieces, so that no unit holds the writer for long.
    while run.database.write(Scope::System, feed::forget_changes).await? {}
    Ok(run.database.write(Scope::System, forget).await?)
}

fn forget(tx: &mut Tx<'_>) -> Result<()> {
    let too_old = tx.now().minus(KEPT_FOR);
    let over = sessions::delete_expired(tx)?;
    let forgotten = idempotency::delete_before(tx, too_old)?;
    info!(sessions = over, answers = forgotten, "tidied");
    Ok(())
}
