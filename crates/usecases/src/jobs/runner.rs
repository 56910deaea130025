use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use base::{Result, Stopwatch};
use database::{
    Database, Scope,
    job::{self, LEASE, Leased},
};
use futures_util::FutureExt;
use tokio::{task::JoinSet, time::sleep};
use tracing::{error, warn};

use super::{Again, Failure, Kind, Kinds, Outcome, Run};

/// How many jobs a node does at once.
const AT_ONCE: usize = 16;
/// How many of them may be of one lane.
const OF_ONE_LANE: usize = 4;
/// How often a node looks for jobs that other nodes enqueued, or that are due again.
const LOOKS_EVERY: Duration = Duration::from_secs(2);
/// How much of an error is kept.
const WORDS: usize = 1000;

/// Does jobs. Clones share it.
#[derive(Clone)]
pub struct Runner {
    database: Database,
    kinds: Arc<Kinds>,
}

/// The jobs in progress.
#[derive(Default)]
struct InProgress {
    tasks: JoinSet<String>,
    lanes: HashMap<String, usize>,
}

impl Runner {
    /// A runner of these kinds of jobs; those of other kinds it leaves to other nodes.
    pub fn new(database: Database, kinds: Kinds) -> Self {
        Self { database, kinds: Arc::new(kinds) }
    }

    /// Makes sure that what is done again and again is enqueued.
    pub async fn ensure_recurring(&self) -> Result<()> {
        let recurring = self.kinds.0.iter().filter(|kind| matches!(kind.again, Again::Every(_)));
        let names: Vec<_> = recurring.map(|kind| kind.name).collect();
        let ensure = move |tx: &mut database::Tx<'_>| names.iter().try_for_each(|name| job::ensure(tx, name));
        self.database.write(Scope::System, ensure).await
    }

    /// Does the jobs that are due, and those that come of them, until none is
    /// left; answers how many there were.
    pub async fn run_due(&self) -> Result<usize> {
        let (mut jobs, mut ran) = (InProgress::default(), 0);
        loop {
            ran += self.fill(&mut jobs).await?;
            if !jobs.next_ended().await {
                return Ok(ran);
            }
        }
    }

    /// Does jobs for ever: woken by whatever enqueues one in this process, and
    /// looking now and then for those of other nodes.
    pub async fn run(&self) {
        let mut jobs = InProgress::default();
        loop {
            if let Err(failure) = self.fill(&mut jobs).await {
                error!(error = %failure, "no job could be leased");
            }
            tokio::select! {
                true = jobs.next_ended() => {}
                () = self.database.job_enqueued() => {}
                () = sleep(LOOKS_EVERY) => {}
            }
        }
    }

    /// Starts as many due jobs as may run beside those in progress; answers how many.
    async fn fill(&self, jobs: &mut InProgress) -> Result<usize> {
        let mut started = 0;
        while jobs.tasks.len() < AT_ONCE {
            let kinds: Vec<_> = self.kinds.0.iter().map(|kind| kind.name).collect();
            let busy = jobs.busy_lanes();
            let lease = move |tx: &mut database::Tx<'_>| job::lease_next(tx, &kinds, &busy);
            let Some(leased) = self.database.write(Scope::System, lease).await? else { break };
            jobs.start(self.clone(), leased);
            started += 1;
        }
        Ok(started)
    }

    async fn work_on(&self, leased: Leased) {
        let Some(kind) = self.kinds.find(&leased.kind) else { return };
        let (pause, job) = (kind.pause(leased.attempts), leased.clone());
        let run = Run { database: self.database.clone(), job, pause };
        let work = AssertUnwindSafe((kind.handler)(run)).catch_unwind();
        let outcome = tokio::select! {
            ended = work => ended.unwrap_or_else(|_| Err(Failure::Passing("it panicked".into()))),
            () = self.until_lost(&leased) => {
                warn!(job = leased.kind, key = leased.key, "a job was lost to another runner, and broken off");
                return;
            }
        };
        count(kind.name, &outcome);
        // Where this fails, the lease runs out, and the job is done once more.
        if let Err(failure) = self.record(kind, leased, outcome).await {
            error!(job = kind.name, error = %failure, "what became of a job could not be stored");
        }
    }

    /// Renews the lease as long as that can be done.
    async fn until_lost(&self, leased: &Leased) {
        let mut renewed = Stopwatch::start();
        while renewed.elapsed() < LEASE {
            sleep(LEASE / 4).await;
            let (asked, job) = (Stopwatch::start(), leased.clone());
            match self.database.write(Scope::System, move |tx| job::renew(tx, &job)).await {
                Ok(true) => renewed = asked,
                Ok(false) => return,
                Err(failure) => warn!(error = %failure, "a job's lease could not be renewed"),
            }
        }
    }

    async fn record(&self, kind: &Kind, leased: Leased, outcome: Outcome) -> Result<()> {
        let (pause, failure) = match outcome {
            Ok(()) => (None, None),
            Err(Failure::Passing(words)) => (kind.pause(leased.attempts), Some(words)),
            Err(Failure::Lasting(words)) => (None, Some(words)),
        };
        let failure = failure.map(|words| words.replace('\0', "?").chars().take(WORDS).collect::<String>());
        if let Some(words) = &failure {
            tell(&leased, words, pause);
        }
        let again = kind.again;
        let record = move |tx: &mut database::Tx<'_>| match (again, failure.as_deref()) {
            (Again::Every(period), failure) => job::repeat(tx, &leased, tx.now().plus(period), failure),
            (Again::After(_), None) => job::finish(tx, &leased),
            (Again::After(_), Some(words)) => job::fail(tx, &leased, words, pause),
        };
        self.database.write(Scope::System, record).await
    }
}

impl Kind {
    /// The pause after the attempt with this number, from 1; `None` after the last.
    fn pause(&self, attempts: u32) -> Option<Duration> {
        match self.again {
            Again::After(pauses) => pauses.get(usize::try_from(attempts).ok()?.checked_sub(1)?).copied(),
            Again::Every(period) => Some(period),
        }
    }
}

/// What will be tried again is worth a look; what will not be is worth more.
fn tell(leased: &Leased, failure: &str, pause: Option<Duration>) {
    let Leased { kind, key, attempts, .. } = leased;
    if pause.is_some() {
        warn!(job = kind, key, attempts, error = failure, "a job failed and is tried again");
    } else {
        error!(job = kind, key, attempts, error = failure, "a job failed and is set aside");
    }
}

fn count(kind: &'static str, outcome: &Outcome) {
    let outcome = if outcome.is_ok() { "done" } else { "failed" };
    metrics::counter!("swage_jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
}

impl InProgress {
    fn start(&mut self, runner: Runner, leased: Leased) {
        let lane = leased.lane.clone();
        *self.lanes.entry(lane.clone()).or_default() += 1;
        self.tasks.spawn(async move {
            runner.work_on(leased).await;
            lane
        });
    }

    /// The lanes of which no more may be started.
    fn busy_lanes(&self) -> Vec<String> {
        let busy = self.lanes.iter().filter(|(_, count)| **count >= OF_ONE_LANE);
        busy.map(|(lane, _)| lane.clone()).collect()
    }

    /// Waits for the next that ends; false where none is in progress.
    async fn next_ended(&mut self) -> bool {
        let Some(ended) = self.tasks.join_next().await else { return false };
        if let Ok(lane) = ended {
            let left = self.lanes.get(&lane).map_or(0, |count| count - 1);
            if left == 0 {
                self.lanes.remove(&lane)
            } else {
                self.lanes.insert(lane, left)
            };
        }
        true
    }
}
