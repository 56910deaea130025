//! Work that outlives a request. A use case asks for it in its transaction
//! ([`database::job::enqueue`]); a runner on any node does it soon after the
//! commit, at least once, and again with growing pauses when it fails.

mod kinds;
mod runner;

use std::{future::Future, pin::Pin, time::Duration};

use base::Error;
use database::{Database, job::Leased};
use serde::de::DeserializeOwned;

pub use kinds::{Parts, kinds};
pub use runner::Runner;

/// The kinds of jobs there are.
#[derive(Default)]
pub struct Kinds(Vec<Kind>);

struct Kind {
    name: &'static str,
    again: Again,
    handler: Handler,
}

/// When a job of a kind is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// When it failed, after each of these pauses; then it is set aside.
    After(&'static [Duration]),
    /// For ever, done or failed.
    Every(Duration),
}

type Handler = Box<dyn Fn(Run) -> Running + Send + Sync>;
type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A job being done.
pub struct Run {
    /// The database.
    pub database: Database,
    /// What is to be done.
    pub job: Leased,
    /// After what pause it is tried again if it fails now; `None` if it is set aside.
    pub pause: Option<Duration>,
}

/// What became of a job.
pub type Outcome = Result<(), Failure>;

/// Why a job was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may be done another time.
    Passing(String),
    /// Trying again is of no use.
    Lasting(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Passing(error.to_string())
    }
}

impl Kinds {
    /// And a kind that is done when it is asked for; after a failure it is
    /// tried again after each of `pauses`.
    #[must_use]
    pub fn on_demand<F>(
        self,
        name: &'static str,
        pauses: &'static [Duration],
        handler: impl Fn(Run) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        self.with(name, Again::After(pauses), handler)
    }

    /// And a kind that is done again and again, by one node at a time.
    #[must_use]
    pub fn every<F>(
        self,
        period: Duration,
        name: &'static str,
        handler: impl Fn(Run) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        self.with(name, Again::Every(period), handler)
    }

    fn with<F>(
        mut self,
        name: &'static str,
        again: Again,
        handler: impl Fn(Run) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        self.0.push(Kind { name, again, handler: Box::new(move |run| Box::pin(handler(run))) });
        self
    }

    fn find(&self, name: &str) -> Option<&Kind> {
        self.0.iter().find(|kind| kind.name == name)
    }
}

impl Run {
    /// What the job needs to know.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.job.payload.clone())
            .map_err(|error| Failure::Lasting(format!("the payload cannot be read: {error}")))
    }
}
