//! Hose engineering: sizes, ends, ratings, and the parts of the catalogue
//! with their fields. Pure rules; no I/O.

pub mod part_number;
