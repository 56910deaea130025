//! The fields of each type of part. Those that GoldLeaf documents come first;
//! the others are what the trade needs besides.

use super::choices::{DATUM, GENDER, SHAPE, SKIVE, STYLE, WRAP_COVERAGE, WRAP_TYPE};
use crate::fields::{
    Dimension::{Angle, Length, LinearDensity, Pressure},
    Field,
    Kind::{Choice, Count, Flag, Measure, Number, Rows, Temperatures, Text, Texts, Word},
};

const PART_NUMBER: Field = Field::new(
    "partNumber",
    Text(100),
    "The maker's part number. Unique within its brand, however it is typed",
)
.required();
const BRAND: Field = Field::new("brand", Text(100), "The name of the brand").required();
const DESCRIPTION: Field = Field::new("description", Text(500), "What it is, in words");
const IMAGE_NAME: Field =
    Field::new("imageName", Text(200), "The name of its picture in the library of images");
const MATERIAL: Field = Field::new("material", Text(100), "What it is made of");
const PLATING: Field = Field::new("plating", Text(100), "What it is plated with, such as zinc-nickel");
const SERIES: Field = Field::new("series", Text(100), "The maker's series");
const SPEC: Field = Field::new("spec", Text(200), "The specification it is made to");
const STANDARDS: Field = Field::new("standards", Texts, "The standards it meets, with their editions");
const APPROVALS: Field = Field::new("approvals", Texts, "Approvals, such as for fire resistance or of MSHA");
const WEIGHT: Field = Field::new("weightLbs", Number(1_000_000), "What one weighs, in pounds");
const WORKING_PRESSURE: Field =
    Field::new("workingPressure", Measure(Pressure), "The highest working pressure");
const TEMPERATURES: Field =
    Field::new("temperatures", Temperatures, "Between which temperatures each medium may be conveyed");
const WEIGHT_PER_LENGTH: Field = Field::new("weightPerLength", Measure(LinearDensity), "Weight per length");

/// A hose.
pub(super) const HOSE: &[Field] = &[
    PART_NUMBER,
    BRAND,
    Field::new("size", Text(30), "The hose size as the maker writes it; best as a dash size, such as -08")
        .required(),
    Field::new("nominalHoseSize", Text(30), "The nominal size, such as 1/2"),
    DESCRIPTION,
    Field::new("colourHose", Text(50), "The colour of the cover"),
    Field::new("colourLayLine", Text(50), "The colour of the layline"),
    Field::new("colourLayLineText", Text(50), "The colour of the layline's text"),
    SERIES,
    Field::new("innerDiamInch", Text(30), "The inside diameter in inches, such as 0.5 or 1/2"),
    SPEC,
    Field::new("saeSpec", Text(100), "The SAE specification, such as 100R2AT"),
    Field::new("isoSpec", Text(100), "The ISO or EN specification, such as EN 853 2SN"),
    Field::new(
        "DN",
        Text(30),
        "The nominal diameter in millimetres. Sources round it differently: match by size",
    ),
    Field::new("isoClass", Text(30), "The pressure class of ISO 18752"),
    Field::new("isoGrade", Text(30), "The grade of ISO 18752, A to D"),
    Field::new("isoType", Text(30), "The type of ISO 18752"),
    WORKING_PRESSURE,
    Field::new(
        "proofPressure",
        Measure(Pressure),
        "The pressure of the proof test; usually twice the working pressure",
    ),
    Field::new(
        "burstPressure",
        Measure(Pressure),
        "The least burst pressure; usually four times the working pressure",
    ),
    Field::new("vacuum", Measure(Pressure), "The vacuum it withstands, below atmospheric pressure"),
    Field::new("minBendRadius", Measure(Length), "The least bend radius, to the inside of the bend"),
    Field::new("innerDiameter", Measure(Length), "The inside diameter"),
    Field::new("outerDiameter", Measure(Length), "The outside diameter"),
    TEMPERATURES,
    Field::new("construction", Text(200), "How it is built, such as two braids of steel wire"),
    Field::new("layers", Count(12), "How many layers of reinforcement it has"),
    Field::new("tube", Text(100), "The material of the tube"),
    Field::new("cover", Text(100), "The material of the cover"),
    Field::new("layLine", Text(500), "What is printed along it"),
    STANDARDS,
    APPROVALS,
    WEIGHT_PER_LENGTH,
    IMAGE_NAME,
];

/// A fitting that is crimped onto a hose.
pub(super) const CRIMP_FITTING: &[Field] = &[
    PART_NUMBER,
    BRAND,
    Field::new("hoseSize", Text(30), "The size of the hose it fits, best as a dash size").required(),
    Field::new("dashSize", Text(30), "The size of its end, best as a dash size"),
    SERIES.required(),
    DESCRIPTION,
    Field::new("style", Choice(&STYLE), "The style of its end"),
    Field::new("gender", Choice(&GENDER), "The gender of its end"),
    Field::new("shape", Choice(&SHAPE), "Its shape"),
    Field::new("swivel", Word("swivel"), "`swivel` if its end turns, else null"),
    Field::new("thread", Text(50), "The thread of its end; that of the standard unless said"),
    Field::new("angle", Measure(Angle), "The angle of its bend"),
    Field::new("drop", Measure(Length), "How far its end stands off the hose's axis"),
    Field::new(
        "cutOff",
        Measure(Length),
        "The cut-off factor: from the measuring datum to where the hose butts",
    ),
    Field::new("cutOffDatum", Choice(&DATUM), "From where the cut-off factor is measured"),
    WORKING_PRESSURE,
    MATERIAL,
    PLATING,
    SPEC,
    STANDARDS,
    Field::new("onePiece", Flag, "Whether its ferrule is fixed to it, so that it needs no other"),
    Field::new("skive", Choice(&SKIVE), "Whether the hose must be skived for it"),
    WEIGHT,
    IMAGE_NAME,
];

/// A ferrule.
pub(super) const FERRULE: &[Field] = &[
    PART_NUMBER,
    BRAND,
    Field::new("size", Text(30), "The size of the hose it fits, best as a dash size").required(),
    DESCRIPTION,
    MATERIAL,
    SERIES,
    SPEC,
    IMAGE_NAME,
    WEIGHT,
    Field::new("diametermm", Number(10_000), "The outside diameter before crimping, in millimetres"),
    Field::new("lengthmm", Number(10_000), "The length before crimping, in millimetres"),
    Field::new("innerDiameter", Measure(Length), "The inside diameter before crimping"),
    PLATING,
    STANDARDS,
];

/// An end of an adaptor.
pub const END: &[Field] = &[
    Field::new("style", Choice(&STYLE), "The style of the end").required(),
    Field::new("gender", Choice(&GENDER), "The gender of the end").required(),
    Field::new("dashSize", Text(30), "The size of the end, best as a dash size").required(),
    Field::new("swivel", Word("swivel"), "`swivel` if the end turns, else null"),
    Field::new("bulkhead", Flag, "Whether the end passes a bulkhead"),
    Field::new("thread", Text(50), "The thread of the end; that of the standard unless said"),
];

/// An adaptor.
pub(super) const ADAPTOR: &[Field] = &[
    PART_NUMBER,
    BRAND,
    Field::new("shape", Choice(&SHAPE), "Its shape").required(),
    Field::new(
        "crossReference",
        Number(1_000_000_000_000),
        "The number that equivalent adaptors of different brands share",
    ),
    Field::new("familyCrossReference", Text(100), "What the sizes of one family of adaptors share"),
    Field::new("material", Text(100), "What it is made of; steel where nothing is said"),
    SPEC,
    IMAGE_NAME,
    DESCRIPTION,
    Field::new("specMS", Text(100), "The MS specification"),
    Field::new("specSAE", Text(100), "The SAE specification"),
    Field::new("ends", Rows(END), "Its ends, two or more"),
    SERIES,
    WORKING_PRESSURE,
    PLATING,
    STANDARDS,
    WEIGHT,
];

/// A wrap.
pub(super) const WRAP: &[Field] = &[
    PART_NUMBER,
    BRAND,
    Field::new("wrapType", Choice(&WRAP_TYPE), "What kind of wrap it is").required(),
    Field::new("colour", Text(50), "Its colour"),
    DESCRIPTION,
    SERIES,
    Field::new("size", Text(30), "Its size as the maker writes it"),
    Field::new("coverage", Choice(&WRAP_COVERAGE), "How much of the hose it covers"),
    Field::new("minOuterDiameter", Measure(Length), "The least outside diameter of a hose it suits"),
    Field::new("maxOuterDiameter", Measure(Length), "The greatest outside diameter of a hose it suits"),
    Field::new("innerDiameter", Measure(Length), "Its own inside diameter"),
    MATERIAL,
    TEMPERATURES,
    STANDARDS,
    APPROVALS,
    WEIGHT_PER_LENGTH,
    IMAGE_NAME,
];

/// Whatever else a shop sells.
pub(super) const OTHER_ITEM: &[Field] = &[
    PART_NUMBER,
    Field::new("itemType", Text(50), "What kind of item the shop takes it for, such as clamp"),
    Field::new("brand", Text(100), "The name of the brand; may be none"),
    DESCRIPTION,
    MATERIAL,
    IMAGE_NAME,
    WEIGHT,
];
