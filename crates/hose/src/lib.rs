//! Hose engineering: sizes, ends, ratings, and the parts of the catalogue
//! with their fields. Pure rules; no I/O.

mod confusable;
pub mod crimp;
mod datum;
pub mod demo;
mod family;
pub mod fields;
mod gender;
mod joint;
pub mod part;
pub mod part_number;
mod rating;
#[doc(hidden)]
pub mod replay;
mod shape;
mod size;
mod skive;
mod style;
pub mod thread;
mod trade_words;
mod words;

pub use confusable::{CONFUSABLE, Confusable, Thing};
pub use datum::Datum;
pub use family::{Build, Family, Medium, Rating};
pub use gender::Gender;
pub use joint::Joint;
pub use part::{ItemType, Part};
pub use shape::Shape;
pub use size::Dash;
pub use skive::Skive;
pub use style::Style;
pub use thread::{EndSize, Nominal};
pub use trade_words::{Coverage, WrapType};
