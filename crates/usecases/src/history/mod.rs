//! The history of calls: written down in batches outside of the requests,
//! read by whoever may see the organization's keys, forgotten after a time.

mod batch;
mod keeper;
mod read;
mod retention;

pub use keeper::{Burden, History};
pub use read::{KEY, Named, calls, days};
pub use records::{
    api_call_days::{ApiCallDayRow, LIST as DAYS},
    api_calls::{ApiCallRow, LIST as CALLS},
};
pub use retention::Keep;
