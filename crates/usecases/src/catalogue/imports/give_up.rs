use std::time::Duration;

use base::{Id, Result, Timestamp};
use database::{Database, Scope, Tx};
use records::catalogue::imports::{self, Import};

use super::{State, state};

/// How long the next piece of a file is waited for.
const SILENCE: Duration = Duration::from_hours(1);

/// Ends the imports whose files never came whole: whoever took them in is gone, and with them what had come.
pub(crate) async fn give_up(database: &Database) -> Result<()> {
    let silent = |tx: &mut Tx<'_>| imports::silent(tx, since(tx));
    for (organization, import) in database.read(Scope::System, silent).await? {
        let end = move |tx: &mut Tx<'_>| end(tx, import);
        database.write(Scope::Organization(organization), end).await?;
    }
    Ok(())
}

fn since(tx: &Tx<'_>) -> Timestamp {
    tx.now().minus(SILENCE)
}

/// Ends an import, unless a piece of its file has come by now.
fn end(tx: &mut Tx<'_>, id: Id<Import>) -> Result<()> {
    let found = imports::find(tx, id)?.filter(|import| State::of(import) == State::Receiving);
    let Some(mut import) = found.filter(|import| import.stamp.last_modified < since(tx)) else {
        return Ok(());
    };
    import.failure = Some("The file never came whole.".to_owned());
    state::end(tx, &mut import, State::Failed)
}
