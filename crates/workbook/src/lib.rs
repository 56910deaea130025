//! Tables in and out: Excel workbooks and CSV, row by row, in bounded memory.
//!
//! A cell is read as its *text*, whatever type it has in the file: `350`, `TRUE`, `00123`. So a
//! table reads the same from a workbook and from CSV, and what [`Writer`] writes reads back equal.
//! What is no value (a formula, an error such as `#N/A`, a date) is a [`Fault`] of its cell.
//!
//! Reading trusts nothing: each of the [`limits`] is checked before what it limits costs memory, and
//! a file that breaks one, or brings macros, links to other files or embedded objects, is refused
//! with a [`Refusal`] of its own.

mod header;
mod neutral;
mod place;
mod read;
mod refusal;
mod write;

pub mod limits;
pub mod replay;

pub use header::{Header, is_hint};
pub use place::{Place, letters};
pub use read::{Book, Cell, Fault, Row, Rows};
pub use refusal::Refusal;
pub use write::{Column, Finished, Format, Sheet, Value, Writer};
