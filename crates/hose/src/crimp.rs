//! Crimp data: how a hose and a coupling series become one. A row is a fact of
//! its maker or of the shop; without one nothing fits.

use crate::fields::{
    Dimension::Length,
    Field,
    Kind::{Measure, Text, Toleranced},
};

/// The fields of a row of crimp data, apart from the hose it is for.
pub const CRIMP_SPEC: &[Field] = &[
    Field::new("couplingSeries", Text(100), "The series of the fittings").required(),
    Field::new("couplingSeriesBrand", Text(100), "The brand of the fittings").required(),
    Field::new("ferruleBrand", Text(100), "The brand of the ferrule; none for one-piece fittings"),
    Field::new("ferrulePartNumber", Text(100), "The part number of the ferrule; none for one-piece fittings"),
    Field::new("dieSize", Text(50), "The die of the crimper"),
    Field::new("spacerRing", Text(50), "The spacer ring of the crimper"),
    Field::new("insertLength", Measure(Length), "How far the hose goes over the fitting"),
    Field::new("crimpDiam", Toleranced(Length), "The diameter after crimping, with its tolerances")
        .required(),
    Field::new(
        "crimpStretchPerEnd",
        Measure(Length),
        "The length that an assembly gains at each end when it is crimped; the hose is cut shorter by it",
    ),
    Field::new("skiveExternal", Toleranced(Length), "The length over which the cover is taken off"),
    Field::new("skiveInternal", Toleranced(Length), "The length over which the tube is taken off"),
    Field::new("mandrel", Toleranced(Length), "The bore after crimping, as a mandrel gauges it"),
    Field::new("crimper", Text(100), "The machine the data is for; any where nothing is said"),
    Field::new("sourceDocument", Text(300), "The document the data is from"),
    Field::new("revision", Text(50), "The revision or date of that document"),
    Field::new("approvedBy", Text(200), "Who approved the data for use in this shop"),
    Field::new("approvedDate", Text(30), "When they did"),
    Field::new("note", Text(500), "What else must be known"),
];
