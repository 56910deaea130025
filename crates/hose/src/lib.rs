//! Hose engineering: sizes, ends, ratings, and the parts of the catalogue
//! with their fields. Pure rules; no I/O.

mod gender;
pub mod part_number;
mod shape;
mod size;
mod style;
mod words;

pub use gender::Gender;
pub use shape::Shape;
pub use size::Dash;
pub use style::Style;
