use serde_json::json;

use super::{Brand, DemoPart, Dice, dice::Place, part::hundredths};
use crate::ItemType;

/// Kinds of other items: letters in the number, what a shop takes it for, what
/// it is called, its picture, cents for one of 10 mm.
const KINDS: [(&str, &str, &str, &str, i64); 10] = [
    ("CL", "clamp", "Hose clamp", "demo-clamp", 60),
    ("CA", "cap", "Protective cap", "demo-cap", 8),
    ("PL", "plug", "Protective plug", "demo-cap", 8),
    ("OR", "O-ring", "O-ring", "demo-o-ring", 6),
    ("TA", "tag", "Marking tag", "demo-tag", 35),
    ("BR", "bracket", "Clamp bracket", "demo-clamp", 140),
    ("BW", "washer", "Bonded washer", "demo-o-ring", 12),
    ("SB", "bolt", "Flange bolt kit", "demo-clamp", 220),
    ("FC", "flange clamp", "Split flange clamp", "demo-clamp", 480),
    ("DC", "dust cap", "Dust cap with chain", "demo-cap", 90),
];

/// Sizes in millimetres, the usual ones first.
const SIZES: [i64; 25] =
    [20, 16, 25, 12, 30, 10, 35, 40, 18, 22, 28, 32, 8, 45, 50, 6, 14, 55, 60, 65, 70, 75, 80, 90, 100];

const MATERIALS: [(&str, &str); 8] = [
    ("", "steel"),
    ("P", "polypropylene"),
    ("X", "stainless steel 316"),
    ("N", "nitrile rubber"),
    ("V", "fluorocarbon rubber"),
    ("A", "aluminium"),
    ("E", "EPDM rubber"),
    ("K", "polyamide"),
];

pub(super) fn part(brand: &Brand, n: usize, dice: Dice) -> DemoPart {
    let mut place = Place(n);
    let &(letters, kind, called, picture, cents) = place.of(&KINDS);
    let size = *place.of(&SIZES);
    let &(letter, material) = place.of(&MATERIALS);
    // Larger catalogues have each in several packings.
    let pack = [1, 10, 50, 100][place.0 % 4];
    let fields = json!({
        "partNumber": format!("{}{letters}{size:03}{letter}-{pack}", brand.prefix),
        "itemType": kind,
        "brand": brand.name,
        "description": format!("{called} {size} mm, {material}, pack of {pack}"),
        "material": material,
        "imageName": picture,
        "weightLbs": hundredths(1 + size * i64::from(pack) / 20),
    });
    DemoPart::new(ItemType::OtherItem, &fields, cents * size * i64::from(pack) / 10, dice)
}
