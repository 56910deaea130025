//! What keeps the store tidy.

use base::Result;
use database::{Scope, Tx};
use records::{idempotency, sessions, user_links};
use tracing::info;

use crate::{
    idempotency::KEPT_FOR,
    jobs::{Outcome, Run},
};

/// Forgets sessions and mailed links that are over and kept answers that are too old.
pub(crate) async fn tidy(run: Run) -> Outcome {
    Ok(run.database.write(Scope::System, forget).await?)
}

fn forget(tx: &mut Tx<'_>) -> Result<()> {
    let too_old = tx.now().minus(KEPT_FOR);
    let over = sessions::delete_expired(tx)?;
    user_links::delete_expired(tx)?;
    let forgotten = idempotency::delete_before(tx, too_old)?;
    info!(sessions = over, answers = forgotten, "tidied");
    Ok(())
}
