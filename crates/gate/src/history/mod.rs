//! The history of calls, as far as no database has to do with it: what a
//! request leaves behind, the bounded memory it waits in, and the files it is
//! spilled to when whoever writes it down cannot keep up.

mod call;
mod doubtful;
mod recorder;
mod spill;

pub use call::{Call, Entry, Folded, Route};
pub use recorder::{Counts, Recorder, Seen, Whose};
pub use spill::{Found, Spill, Unread};
