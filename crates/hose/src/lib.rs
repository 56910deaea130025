//! Hose engineering: sizes, ends, ratings, and the parts of the catalogue
//! with their fields. Pure rules; no I/O.

pub mod crimp;
pub mod fields;
pub mod part;
pub mod part_number;

pub use part::{ItemType, Part};
