use std::time::Duration;

use database::{Scope, Tx};
use records::images::uses;

use crate::jobs::{Outcome, Run};

/// The job that folds names of pictures which a migration could fold in part alone.
pub(crate) const FOLD: &str = "foldImageNames";
/// The database may be away.
pub(crate) const FOLD_PAUSES: &[Duration] =
    &[Duration::from_secs(5), Duration::from_mins(1), Duration::from_mins(30)];

/// How many rows are written together.
const TOGETHER: usize = 200;

pub(crate) async fn fold(run: Run) -> Outcome {
    let rows = run.database.read(Scope::System, uses::misfolded).await?;
    for some in rows.chunks(TOGETHER) {
        let some = some.to_vec();
        run.database.write(Scope::System, move |tx: &mut Tx<'_>| uses::refold(tx, &some)).await?;
    }
    Ok(())
}
