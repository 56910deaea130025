//! Going on with an import, wherever it stands.

use std::time::Duration;

use base::{Error, Id, Organization, Result, Stopwatch};
use database::{Database, Scope, Tx};
use records::catalogue::imports::{self, Import, ImportRow};
use serde::Deserialize;

use super::{State, apply::apply, revert::revert, stage::stage, state};
use crate::{
    Caller, Subject,
    jobs::{Failure, Outcome, Run},
};

/// The job that goes on with an import.
pub(crate) const KIND: &str = "catalogueImport";
/// Another import may be at work, or the database away.
pub(crate) const PAUSES: &[Duration] = &[
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
];

/// What the job knows.
#[derive(Deserialize)]
struct Asked {
    organization: Id<Organization>,
    import: Id<Import>,
}

pub(crate) async fn go_on(run: Run) -> Outcome {
    let Asked { organization, import } = run.payload()?;
    let row = carry_on(&run.database, organization, import, None).await?;
    // Whoever sends the file has not come to its end, or never will.
    let is_over = !State::of(&row).is_under_way();
    is_over.then_some(()).ok_or_else(|| Failure::Passing("the file has not come yet".to_owned()))
}

/// Until when is gone on; usually to the end.
#[derive(Default)]
pub struct Until(Option<(Stopwatch, Duration)>);

impl Until {
    pub(super) fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(|(watch, time)| watch.elapsed() > *time)
    }
}

/// Goes on with an import to its end, or for about this time; answers where it stands.
pub async fn carry_on(
    database: &Database,
    organization: Id<Organization>,
    id: Id<Import>,
    time: Option<Duration>,
) -> Result<ImportRow> {
    let until = Until(time.map(|time| (Stopwatch::start(), time)));
    loop {
        let import = step(database, organization, id, Pace::default(), &until).await?;
        if until.is_over() || !State::of(&import).is_under_way() || State::of(&import) == State::Receiving {
            return Ok(import);
        }
    }
}

/// Does the next thing of an import: reads its file, or applies or takes back some rows; answers where it stands then.
pub async fn step(
    database: &Database,
    organization: Id<Organization>,
    id: Id<Import>,
    pace: Pace,
    until: &Until,
) -> Result<ImportRow> {
    let scope = Scope::Organization(organization);
    let find = move |tx: &mut Tx<'_>| imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>);
    let import = database.read(scope, find).await?;
    match State::of(&import) {
        State::Reading => stage(database, organization, &import, until).await?,
        State::Applying => {
            let outcome = pace.unit(database, scope, move |tx, most| apply(tx, id, most)).await;
            if let Err(Error::Conflict(why)) = outcome {
                let turn = move |tx: &mut Tx<'_>| turn_back(tx, id, &why);
                database.write(scope, turn).await?;
            } else {
                outcome?;
            }
        }
        State::RollingBack | State::Undoing => {
            pace.unit(database, scope, move |tx, most| revert(tx, id, most)).await?;
        }
        _ => return Ok(import),
    }
    database.read(scope, find).await
}

/// A row could not be applied: all that were are taken back.
fn turn_back(tx: &mut Tx<'_>, id: Id<Import>, why: &str) -> Result<()> {
    let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
    if State::of(&import) == State::Applying {
        import.failure = Some(why.to_owned());
        state::store(tx, &mut import, State::RollingBack)?;
    }
    Ok(())
}

/// The caller who sent the file, with the permissions they had then.
pub(super) fn as_caller(organization: Id<Organization>, import: &ImportRow) -> Caller {
    let by = import.stamp.created_by.as_str();
    let subject = match by.split_once(':') {
        Some(("user", id)) => id.parse().map(Subject::User).ok(),
        Some(("key", id)) => id.parse().map(Subject::Key).ok(),
        _ => None,
    };
    Caller {
        subject: subject.unwrap_or(Subject::System("import")),
        name: import.caller_name.clone(),
        permissions: import.permissions,
        ..Caller::system(organization, "import")
    }
}

/// How much a unit does.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Rows that are done together.
    pub together: u32,
    /// Others are done after them for so long, and while nobody else waits to write.
    pub time: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { together: 128, time: Duration::from_millis(35) }
    }
}

impl Pace {
    /// Runs `work`, which answers whether more is to be done, as often as this allows.
    async fn unit(
        self,
        database: &Database,
        scope: Scope,
        work: impl Fn(&mut Tx<'_>, u32) -> Result<bool> + Send + 'static,
    ) -> Result<()> {
        let unit = move |tx: &mut Tx<'_>| {
            let watch = Stopwatch::start();
            while work(tx, self.together)? && watch.elapsed() < self.time && !tx.is_waited_for() {}
            Ok(())
        };
        database.write(scope, unit).await
    }
}
