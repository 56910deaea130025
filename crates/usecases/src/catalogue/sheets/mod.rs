//! Parts as rows of a sheet: the columns of a type, made from its fields.

mod brands;
mod columns;
mod crimp;
mod export;
mod kind;

use std::fs::File;

pub use brands::export_brands;
pub use columns::{CLEAR, ID};
pub(super) use crimp::HOSE as CRIMP_HOSE;
pub use crimp::{CRIMP_DATA, crimp_fields, export_crimp_data};
pub use export::{Selection, export, template};
pub use kind::Kind;

/// The form of a file that is answered.
pub use workbook::Format;

/// A file to be answered.
#[derive(Debug)]
pub struct FileOut {
    /// Its name.
    pub name: String,
    /// What it is, as HTTP has it.
    pub content_type: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Where it is read from, at its beginning. Gone when this is dropped.
    pub file: File,
}

impl FileOut {
    fn new(name: &str, finished: workbook::Finished) -> Self {
        Self {
            name: format!("{name}.{}", finished.extension),
            content_type: finished.content_type,
            bytes: finished.bytes,
            file: finished.file,
        }
    }
}
