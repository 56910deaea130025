use std::time::Duration;

use base::{Id, Result};
use database::{Database, Scope, Tx};
use keys::ApiKey as ApiKeyKind;
use records::api_keys::ends;

use super::read;
use crate::{Caller, audit, jobs::Outcome};

/// Notes of each key that ends within `ahead` that it does, once for each end
/// it is given: whoever follows the webhooks learns of it before it is too late.
pub(crate) async fn tell_of_ends(database: &Database, ahead: Duration) -> Outcome {
    const AT_ONCE: u32 = 500;
    if ahead.is_zero() {
        return Ok(());
    }
    loop {
        let untold = move |tx: &mut Tx<'_>| ends::untold(tx, tx.now().plus(ahead), AT_ONCE);
        let ending = database.read(Scope::System, untold).await?;
        for &(organization, key) in &ending {
            let caller = Caller::system(organization, "expiry");
            let tell = move |tx: &mut Tx<'_>| tell_of_end(tx, &caller, key);
            database.write(Scope::Organization(organization), tell).await?;
        }
        if ending.len() < AT_ONCE as usize {
            return Ok(());
        }
    }
}

fn tell_of_end(tx: &mut Tx<'_>, caller: &Caller, key: Id<ApiKeyKind>) -> Result<()> {
    let document = read(tx, caller, &key.to_string())?;
    ends::told(tx, key)?;
    audit::note(tx, caller, "expiring", key, None, Some(&document))
}
