//! What keeps the store tidy.

use base::Result;
use database::{Scope, Tx};
use records::{idempotency, sessions};
use tracing::info;

use crate::{
    api_keys,
    idempotency::KEPT_FOR,
    jobs::{Outcome, Run},
};

/// Forgets sessions and secrets that are over and kept answers that are too old.
pub(crate) async fn tidy(run: Run) -> Outcome {
    api_keys::forget_ended_secrets(&run.database).await?;
    Ok(run.database.write(Scope::System, forget).await?)
}

fn forget(tx: &mut Tx<'_>) -> Result<()> {
    let too_old = tx.now().minus(KEPT_FOR);
    let over = sessions::delete_expired(tx)?;
    let forgotten = idempotency::delete_before(tx, too_old)?;
    info!(sessions = over, answers = forgotten, "tidied");
    Ok(())
}
