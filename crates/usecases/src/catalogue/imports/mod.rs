//! Files that make and change parts. Each is read and checked whole before
//! anything of it is applied; then it is applied to its end, or taken back to
//! its beginning, in units so small that nobody else waits for them. Where it
//! stands is stored with each unit, so that another node goes on after a crash.

mod apply;
mod begin;
mod carry;
mod cells;
mod crimp;
mod headers;
mod lookup;
mod manage;
mod mappings;
mod plan;
mod read;
mod report;
mod revert;
mod stage;
mod state;
mod tend;

use base::{Error, Result};
use database::Tx;
use records::catalogue::imports as rows;

pub use begin::{NewImport, begin, receive, received};
pub use carry::{Carrier, Pace, Until, carry_on};
pub(crate) use carry::{KIND, PAUSES, go_on};
pub use headers::Mapping;
pub use manage::{cancel, file, find, list, report, undo};
pub use mappings::{NewMapping, StoredMapping, delete_mapping, mappings, named_mapping, set_mapping};
pub use records::catalogue::{
    import_rows::StagedRow,
    imports::{Import, ImportRow, LIST},
};
pub use report::{CellReport, RowReport, WrongReport};
pub use state::State;
pub(crate) use tend::tend;

/// Refuses to change the catalogue while an import does.
pub(crate) fn refuse_at_work(tx: &mut Tx<'_>) -> Result<()> {
    match rows::at_work(tx)? {
        None => Ok(()),
        Some(import) => Err(Error::conflict(format!(
            "The import {} ({}) is changing the catalogue: wait for its end, or cancel it.",
            import.id, import.file_name
        ))),
    }
}
