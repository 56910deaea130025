//! Pictures of parts and assemblies, as SVG.
