use std::{future::Future, pin::Pin};

use base::{Id, Result};
use keys::ApiKey;
use tokio::sync::mpsc;

use crate::LiveKey;

/// A future of a [`KeySource`].
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Where the keys are kept, and what tells of their changes.
pub trait KeySource: Send + Sync + 'static {
    /// Sends every live key. Answers the place in the sequence of changes up to
    /// which it has told everything, and the store's generation.
    fn everything(&self, keys: mpsc::Sender<LiveKey>) -> Answer<'_, (u64, u32)>;

    /// What changed after that place, in order.
    fn changes(&self, after: u64) -> Answer<'_, Changes>;

    /// Ends when there may be something new to tell. A source that cannot know
    /// waits for ever: it is asked now and then all the same.
    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }

    /// Tells whoever waits for a change to be felt everywhere that it is felt
    /// here up to `place`, and that this gate goes on deciding. A gate that
    /// cannot say so lets nobody in.
    fn reached(&self, _generation: u32, _place: u64) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What changed since a place in the sequence.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The place up to which this tells everything.
    pub upto: u64,
    /// The store's generation.
    pub generation: u32,
    /// Each changed key once.
    pub changes: Vec<Change>,
    /// There is more to tell at once.
    pub more: bool,
    /// What came next after the place is forgotten: all keys must be taken in anew.
    pub forgotten: bool,
}

/// What became of a key.
#[derive(Debug, Clone)]
pub enum Change {
    /// It is, or is again, as told.
    Put(Box<LiveKey>),
    /// It may not be used any more.
    Remove(Id<ApiKey>),
}
