use std::time::Duration;

use base::{Id, Result, Timestamp};
use database::{Database, Scope, Tx};
use records::catalogue::imports::{self, Import};

use super::{State, manage::go_on_soon, state};

/// How long an import may be silent: no piece of its file comes, or it stays where it stands.
const SILENCE: Duration = Duration::from_hours(1);

/// Sees to the imports that have long been silent, so that none stays under way for ever.
pub(crate) async fn tend(database: &Database) -> Result<()> {
    let silent = |tx: &mut Tx<'_>| imports::silent(tx, since(tx));
    for (organization, import) in database.read(Scope::System, silent).await? {
        let tend = move |tx: &mut Tx<'_>| tend_to(tx, import);
        database.write(Scope::Organization(organization), tend).await?;
    }
    Ok(())
}

fn since(tx: &Tx<'_>) -> Timestamp {
    tx.now().minus(SILENCE)
}

/// Gives up a file that never came whole: whoever took it in is gone, and with them what had come. Asks anew for the
/// job that goes on with the others: it may have failed too often, and an import at work holds the catalogue.
fn tend_to(tx: &mut Tx<'_>, id: Id<Import>) -> Result<()> {
    let found = imports::find(tx, id)?.filter(|import| State::of(import).is_under_way());
    let Some(mut import) = found.filter(|import| import.stamp.last_modified < since(tx)) else {
        return Ok(());
    };
    if State::of(&import) != State::Receiving {
        return go_on_soon(tx, id);
    }
    import.failure = Some("The file never came whole.".to_owned());
    state::end(tx, &mut import, State::Failed)
}
