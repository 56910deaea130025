//! A source of keys that a test watches and can cut off.

use std::{
    future::{Future, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use base::Error;
use gate::{Answer, Changes, Gate, KeySource, LiveKey};
use testkit::TestApp;
use tokio::sync::mpsc;
use usecases::feed::DatabaseKeys;

/// The keys of a database, and how often it was asked for them: the one way
/// from a gate to a database.
#[derive(Clone)]
pub struct Source {
    keys: Arc<DatabaseKeys>,
    asked: Arc<AtomicUsize>,
    cut_off: Arc<AtomicBool>,
}

impl Source {
    /// That of the application's database, and a new gate that has it.
    pub async fn with_gate(app: &TestApp) -> (Self, Arc<Gate>) {
        let source = Self {
            keys: Arc::new(DatabaseKeys::new(&app.database)),
            asked: Arc::default(),
            cut_off: Arc::default(),
        };
        let secrets = app.gate.secrets().clone();
        let gate = Gate::open(secrets, Arc::new(source.clone()), app.clock.clone()).await.unwrap();
        (source, gate)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn cut_off(&self, cut_off: bool) {
        self.cut_off.store(cut_off, Ordering::SeqCst);
    }
}

impl KeySource for Source {
    fn everything(&self, keys: mpsc::Sender<LiveKey>) -> Answer<'_, (u64, u32)> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.keys.everything(keys)
    }

    fn changes(&self, after: u64) -> Answer<'_, Changes> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.cut_off.load(Ordering::SeqCst) {
            return Box::pin(ready(Err(Error::unavailable("The test has cut it off."))));
        }
        self.keys.changes(after)
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.keys.changed()
    }
}
