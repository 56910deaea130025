use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use base::{Error, Result, Stopwatch, Timestamp};
use tokio::sync::{Notify, oneshot};

use crate::{Scope, Tx, Vault, tx::Connection};

/// What became of one run of a unit.
pub(crate) enum Ran {
    Done,
    /// It answered an error: nothing of it may stay.
    Failed,
    /// It panicked: nothing of it may stay, and its connection is not trusted again.
    Panicked,
}

/// A unit of work on its way through a queue.
pub(crate) trait Unit: Send {
    /// Runs it on a connection inside an open transaction; may be called again.
    fn run(&mut self, connection: Connection<'_>) -> Ran;
    /// Answers the caller: `committed` says whether what it did is durable.
    fn answer(self: Box<Self>, committed: Result<()>);
    /// Whose rows it touches.
    fn scope(&self) -> Scope;
    /// How long it may still take; zero when its time is over.
    fn time_left(&self) -> Duration;
}

/// What a unit is and when it was asked for.
pub(crate) struct Ask {
    pub(crate) scope: Scope,
    pub(crate) now: Timestamp,
    pub(crate) seed: [u8; 32],
    pub(crate) waiting: Stopwatch,
    pub(crate) deadline: Duration,
    pub(crate) vault: Option<Vault>,
    /// Who runs jobs waits here.
    pub(crate) runner: Arc<Notify>,
}

pub(crate) struct Work<T, F> {
    pub(crate) ask: Ask,
    pub(crate) unit: F,
    pub(crate) outcome: Option<Result<T>>,
    pub(crate) wakes_runner: bool,
    pub(crate) reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Unit for Work<T, F>
where
    T: Send,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, connection: Connection<'_>) -> Ran {
        let mut tx = Tx::new(connection, &self.ask);
        match catch_unwind(AssertUnwindSafe(|| (self.unit)(&mut tx))) {
            Ok(outcome) => {
                self.wakes_runner = tx.wakes_runner();
                let ran = if outcome.is_ok() { Ran::Done } else { Ran::Failed };
                self.outcome = Some(outcome);
                ran
            }
            Err(panic) => {
                self.outcome = Some(Err(Error::internal("a unit of work panicked", words(&*panic))));
                Ran::Panicked
            }
        }
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let unrun = || Err(Error::Internal("a unit of work was not run".into()));
        let answer = match committed {
            Ok(()) => {
                let outcome = self.outcome.unwrap_or_else(unrun);
                if self.wakes_runner && outcome.is_ok() {
                    self.ask.runner.notify_one();
                }
                outcome
            }
            Err(error) => Err(error),
        };
        // The caller may have gone away; what is done stays done.
        let _ = self.reply.send(answer);
    }

    fn scope(&self) -> Scope {
        self.ask.scope
    }

    fn time_left(&self) -> Duration {
        self.ask.deadline.saturating_sub(self.ask.waiting.elapsed())
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The answer to a unit whose time ran out.
pub(crate) fn too_late() -> Error {
    Error::unavailable("The database did not answer in time.")
}
