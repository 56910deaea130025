//! Pictures of parts and assemblies, as SVG, and pictures that people bring.

pub mod picture;
pub mod sketch;
