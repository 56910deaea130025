use serde_json::json;

use super::{
    Brand, DemoPart, Dice,
    dice::Place,
    part::{hundredths, tenths},
};
use crate::{ItemType, WrapType};

/// Kinds of wraps: letters in the number, type, material, from and to which temperature.
const KINDS: [(&str, WrapType, &str, i16, i16); 8] = [
    ("NS", WrapType::NylonSleeve, "nylon", -50, 110),
    ("SG", WrapType::SpringGuard, "spring steel", -40, 200),
    ("SP", WrapType::SpiralGuard, "polyethylene", -30, 90),
    ("FS", WrapType::FireSleeve, "silicone on glass fibre", -54, 260),
    ("HS", WrapType::HeatShield, "aluminium on glass fibre", -50, 200),
    ("AR", WrapType::AramidSleeve, "aramid", -50, 180),
    ("AG", WrapType::ArmourGuard, "steel strip", -40, 200),
    ("ST", WrapType::HeatShrink, "polyolefin", -55, 125),
];

/// Inside diameters in millimetres, the usual ones first.
const INSIDES: [i64; 12] = [23, 20, 27, 32, 38, 17, 45, 52, 62, 75, 90, 110];

const COLOURS: [(&str, &str); 6] =
    [("", "black"), ("Y", "yellow"), ("R", "red"), ("B", "blue"), ("G", "green"), ("O", "orange")];

pub(super) fn part(brand: &Brand, n: usize, dice: Dice) -> DemoPart {
    let mut place = Place(n);
    let &(letters, wrap_type, material, min, max) = place.of(&KINDS);
    let inside = *place.of(&INSIDES);
    let &(letter, colour) = place.of(&COLOURS);
    // A larger catalogue has them in lengths of coil, which change the number alone.
    let coil = [50, 25, 100, 10][place.0 % 4];
    let fields = json!({
        "partNumber": format!("{}{letters}{inside:03}{letter}-{coil}", brand.prefix),
        "brand": brand.name,
        "wrapType": wrap_type.code(),
        "colour": colour,
        "description": format!("{} {inside} mm, {colour}, coil of {coil} m", wrap_type.name()),
        "series": format!("{}{letters}", brand.prefix),
        "size": format!("{inside} mm"),
        "coverage": "full",
        "minOuterDiameter": tenths(inside * 8, "mm"),
        "maxOuterDiameter": tenths(inside * 10 - 10, "mm"),
        "innerDiameter": tenths(inside * 10, "mm"),
        "material": material,
        "temperatures": [format!("ambient {min}..{max} °C")],
        "weightPerLength": format!("{} kg/m", hundredths(2 + inside / 3)),
        "imageName": format!("demo-wrap-{}", wrap_type.code()),
    });
    let mut part = DemoPart::new(ItemType::Wrap, &fields, 60 + inside * 7, dice);
    part.unit_of_measure = "m";
    part
}
