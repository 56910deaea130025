//! The API-key authority at work: it holds every live key in memory, follows
//! the changes made to them, and decides in about a microsecond, without a
//! database, whether who calls may come in.
//!
//! ```
//! # use std::sync::Arc;
//! # use base::{Clock, Random};
//! # use gate::{Credential, Denied, Gate, MemoryKeys, Secrets};
//! # use keys::{MacKey, Peppers, TokenKeys};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut random = Random::system();
//! let secrets = Secrets {
//!     peppers: Peppers::new([MacKey { version: 1, key: random.bytes() }])?,
//!     tokens: TokenKeys::new([MacKey { version: 1, key: random.bytes() }])?,
//! };
//! let gate = Gate::open(secrets, Arc::new(MemoryKeys::default()), Clock::system()).await?;
//! let denied = gate.verify(Credential::Key("swg_live_…"), None, None, None).unwrap_err();
//! assert_eq!(denied, Denied::Masked);
//! # Ok(())
//! # }
//! ```

mod exchange;
mod feed;
mod follow;
mod gate;
pub mod history;
mod imported;
mod limit;
mod live;
mod memory;
mod prove;
mod record;
mod refused;
mod shown;
#[cfg(feature = "tower")]
pub mod tower;
mod trust;

pub use exchange::{Exchange, Inspected, Issued};
pub use feed::{Answer, Change, Changes, KeySource};
pub use gate::{Credential, Denied, Gate, Secrets, Verified};
pub use limit::{LimitState, OverLimit};
pub use live::{LiveKeys, NotedUse};
pub use memory::MemoryKeys;
pub use record::{FormerSecret, KeyRecord, LiveKey, StoredSecret, Use, name_hash};
pub use shown::{API_KEY, CUSTOMER, Shown, customer_named};
pub use trust::BOUND;
