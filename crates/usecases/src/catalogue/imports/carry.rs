//! Going on with an import, wherever it stands.

use std::{sync::Arc, time::Duration};

use base::{Error, Id, Organization, Result, Stopwatch};
use database::{Database, Engine, Priority, Scope, Tx};
use records::catalogue::imports::{self, Import, ImportRow};
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::{
    State,
    apply::{Decided, decide, write},
    revert::revert,
    stage::stage,
    state,
};
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
    let mut carrier = Carrier::new(database, organization, id, Pace::on(database.engine()));
    loop {
        let import = carrier.step(&until).await?;
        if until.is_over() || !State::of(&import).is_under_way() || State::of(&import) == State::Receiving {
            return Ok(import);
        }
    }
}

/// Who carries an import on: while rows of it are written, the next are decided on.
pub struct Carrier {
    database: Database,
    organization: Id<Organization>,
    id: Id<Import>,
    pace: Pace,
    /// What was decided on and may not all be written.
    decided: Option<Arc<Decided>>,
    /// What is being decided on, from this position on.
    ahead: Option<(u32, JoinHandle<Result<Decided>>)>,
}

impl Carrier {
    /// One that has done nothing yet.
    pub fn new(database: &Database, organization: Id<Organization>, id: Id<Import>, pace: Pace) -> Self {
        Self { database: database.clone(), organization, id, pace, decided: None, ahead: None }
    }

    /// Does the next thing of the import: reads its file, or applies or takes back some rows; answers where it stands
    /// then.
    pub async fn step(&mut self, until: &Until) -> Result<ImportRow> {
        let import = self.find().await?;
        match State::of(&import) {
            State::Reading => stage(&self.database, self.organization, &import, until).await?,
            State::Applying => match self.apply(&import).await {
                Err(Error::Conflict(why)) => {
                    let id = self.id;
                    let turn = move |tx: &mut Tx<'_>| turn_back(tx, id, &why);
                    self.database.write(self.scope(), turn).await?;
                }
                outcome => outcome?,
            },
            State::RollingBack | State::Undoing => {
                let (id, together) = (self.id, self.pace.together);
                self.unit(move |tx| revert(tx, id, together)).await?;
            }
            _ => return Ok(import),
        }
        self.find().await
    }

    async fn apply(&mut self, import: &ImportRow) -> Result<()> {
        let (id, together) = (self.id, self.pace.together as usize);
        if let Some(decided) = self.next(import).await? {
            self.decided = Some(Arc::clone(&decided));
            return self.unit(move |tx| write(tx, id, &decided, together)).await;
        }
        // The next row makes a brand, which those behind it may name.
        let most = self.pace.together;
        let unit = move |tx: &mut Tx<'_>| {
            let import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
            if State::of(&import) != State::Applying {
                return Ok(());
            }
            let decided = decide(tx, &import, import.counts.applied, most, true)?;
            write(tx, id, &decided, together).map(drop)
        };
        self.database.write_as(Priority::Background, self.scope(), unit).await
    }

    /// What is to be written next, while what follows it is decided on; none if that cannot be decided without
    /// writing.
    async fn next(&mut self, import: &ImportRow) -> Result<Option<Arc<Decided>>> {
        let from = import.counts.applied;
        if let Some(decided) = self.decided.take().filter(|decided| decided.holds(from)) {
            return Ok(Some(decided));
        }
        let deciding =
            self.ahead.take().filter(|(position, _)| *position == from).map(|(_, deciding)| deciding);
        let deciding = deciding.unwrap_or_else(|| self.decide(import, from));
        let decided = deciding.await.map_err(|error| Error::internal("deciding on rows", error))??;
        if !decided.holds(from) {
            return Ok(None);
        }
        let end = decided.end();
        self.ahead = (end < import.counts.total).then(|| (end, self.decide(import, end)));
        Ok(Some(Arc::new(decided)))
    }

    fn decide(&self, import: &ImportRow, from: u32) -> JoinHandle<Result<Decided>> {
        let (database, scope, import) = (self.database.clone(), self.scope(), import.clone());
        let most = self.pace.together * AHEAD;
        let unit = move |tx: &mut Tx<'_>| decide(tx, &import, from, most, false);
        tokio::spawn(async move { database.read(scope, unit).await })
    }

    /// Runs `work`, which answers whether more is to be done, as often as fits into the time of the pace.
    async fn unit(&self, work: impl Fn(&mut Tx<'_>) -> Result<bool> + Send + 'static) -> Result<()> {
        let time = self.pace.time;
        let unit = move |tx: &mut Tx<'_>| {
            let (watch, mut longest) = (Stopwatch::start(), Duration::ZERO);
            loop {
                let begun = watch.elapsed();
                let is_more = work(tx)?;
                longest = longest.max(watch.elapsed().saturating_sub(begun));
                if !is_more || watch.elapsed() + longest > time || tx.is_waited_for() {
                    return Ok(());
                }
            }
        };
        self.database.write_as(Priority::Background, self.scope(), unit).await
    }

    async fn find(&self) -> Result<ImportRow> {
        let id = self.id;
        let find = move |tx: &mut Tx<'_>| imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>);
        self.database.read(self.scope(), find).await
    }

    fn scope(&self) -> Scope {
        Scope::Organization(self.organization)
    }
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

/// How many times as many rows are decided on as are written together.
const AHEAD: u32 = 8;

/// How much a unit does.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Rows that are done together.
    pub together: u32,
    /// Others are done after them as long as they fit into this time, and while nobody else waits to write.
    pub time: Duration,
}

impl Pace {
    /// On SQLite others wait to write until the rows at hand are done.
    fn on(engine: Engine) -> Self {
        let together = match engine {
            Engine::Sqlite => 64,
            Engine::Postgres => 128,
        };
        Self { together, time: Duration::from_millis(35) }
    }
}
