//! Hose engineering: sizes, ends, ratings, and the parts of the catalogue
//! with their fields. Pure rules; no I/O.

pub mod crimp;
mod datum;
pub mod fields;
mod gender;
pub mod part;
pub mod part_number;
mod shape;
mod size;
mod skive;
mod style;
mod words;

pub use datum::Datum;
pub use gender::Gender;
pub use part::{ItemType, Part};
pub use shape::Shape;
pub use size::Dash;
pub use skive::Skive;
pub use style::Style;
