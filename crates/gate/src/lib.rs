//! The API-key authority at work: it holds every live key in memory, follows
//! the changes made to them, and decides in about a microsecond, without a
//! database, whether who calls may come in.

mod feed;
mod follow;
mod gate;
pub mod history;
mod imported;
mod limit;
mod live;
mod record;
mod trust;

pub use feed::{Answer, Change, Changes, KeySource};
pub use gate::{Credential, Denied, Gate, Secrets, Verified};
pub use limit::{LimitState, OverLimit};
pub use live::{LiveKeys, NotedUse};
pub use record::{FormerSecret, KeyRecord, LiveKey, StoredSecret, Use, name_hash};
pub use trust::BOUND;
