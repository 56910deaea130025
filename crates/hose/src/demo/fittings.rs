use serde_json::json;

use super::{
    Brand, DemoPart, Dice,
    dice::Place,
    ends::{ENDS, End, HOSE_SIZES, digits, written},
    part::{hundredths, tenths},
};
use crate::{Dash, EndSize, ItemType, Shape};

/// Shapes of fittings with their digit in a part number, the usual ones first.
const SHAPES: [(&str, Shape); 6] = [
    ("0", Shape::Straight),
    ("9", Shape::Elbow90),
    ("4", Shape::Elbow45),
    ("8", Shape::Elbow90Long),
    ("7", Shape::Elbow90Short),
    ("6", Shape::Block90),
];

/// Materials with their letter in a part number.
pub(super) const MATERIALS: [(&str, &str, Option<&str>); 4] = [
    ("", "steel", Some("zinc-nickel")),
    ("X", "stainless steel 316", None),
    ("Z", "steel", Some("zinc")),
    ("D", "duplex stainless steel", None),
];

/// Working pressures in bar that the invented makers promise by hose size,
/// where no table of the end says less.
const BAR: [(u16, i64); 10] = [
    (4, 450),
    (5, 420),
    (6, 420),
    (8, 420),
    (10, 400),
    (12, 420),
    (16, 420),
    (20, 420),
    (24, 350),
    (32, 350),
];

/// A fitting of a brand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitting {
    series: usize,
    hose: Dash,
    end: &'static End,
    size: EndSize,
    shape: (&'static str, Shape),
    material: usize,
}

/// The letter of a series of fittings.
pub(super) fn series(number: usize) -> char {
    ['N', 'S', 'C', 'P', 'G', 'K'][number % 6]
}

impl Fitting {
    pub(super) fn of(n: usize, all_series: usize) -> Self {
        let mut place = Place(n);
        let series = place.below(all_series);
        let hose = *place.of(&HOSE_SIZES);
        let end = place.of(&ENDS);
        let shape = *place.of(&SHAPES);
        let size = end.near(hose, place.below(3));
        Self { series, hose, end, size, shape, material: place.0 }
    }

    pub(super) fn part(self, brand: &Brand, dice: Dice) -> DemoPart {
        let Self { end, size, shape: (digit, shape), hose, .. } = self;
        let (letter, material, plating) = MATERIALS[self.material % MATERIALS.len()];
        let series = series(self.series);
        let number =
            format!("{}{series}{}{digit}{letter}-{}{}", brand.prefix, end.code, hose.digits(), digits(&size));
        let sixteenths = i64::from(hose.sixteenths());
        let bent = i64::from(shape != Shape::Straight);
        let promised = BAR.iter().find(|(dash, _)| *dash == hose.sixteenths()).map_or(250, |(_, bar)| *bar);
        let of_table = size.pressure().and_then(|pressure| i64::try_from(pressure.entered()).ok());
        let bar = of_table.map_or(promised, |bar| bar.min(promised));
        let fields = json!({
            "partNumber": number,
            "brand": brand.name,
            "hoseSize": hose.to_string(),
            "dashSize": written(&size),
            "series": format!("{}{series}", brand.prefix),
            "description": format!(
                "{}, {}{}, {} for hose {hose}",
                shape.name(),
                end.style.name(),
                gender_in_words(end),
                written(&size)
            ),
            "style": end.style.code(),
            "gender": end.gender.code(),
            "shape": shape.code(),
            "swivel": end.swivel(),
            "thread": size.thread,
            "angle": shape.angle().map(|angle| base::Measure::canonical(angle) / 1000),
            "drop": (bent == 1).then(|| tenths(drop_tenths(shape, sixteenths), "mm")),
            "cutOff": tenths(180 + sixteenths * (14 + 12 * bent) + dice.between(0, 40, &number), "mm"),
            "cutOffDatum": "seat",
            "workingPressure": format!("{bar} bar"),
            "material": material,
            "plating": plating,
            "onePiece": false,
            "skive": if self.series % 2 == 1 { "external" } else { "none" },
            "weightLbs": hundredths(4 + sixteenths * sixteenths * (2 + bent) / 8),
            "imageName": format!("demo-fitting-{}", shape.code()),
        });
        let cost =
            (90 + sixteenths * sixteenths * 3) * (2 + bent) / 2 * (1 + 3 * i64::from(plating.is_none()));
        DemoPart::new(ItemType::CrimpFitting, &fields, cost, dice)
    }
}

fn gender_in_words(end: &End) -> String {
    let swivel = if end.swivel { " swivel" } else { "" };
    match end.gender {
        crate::Gender::None => String::new(),
        gender => format!(" {gender}{swivel}"),
    }
}

/// How far the end stands off, in tenths of a millimetre.
fn drop_tenths(shape: Shape, sixteenths: i64) -> i64 {
    let usual = 150 + sixteenths * 20;
    match shape {
        Shape::Elbow90Long => usual * 2,
        Shape::Elbow90Short => usual * 3 / 4,
        Shape::Elbow45 => usual / 2,
        _ => usual,
    }
}
