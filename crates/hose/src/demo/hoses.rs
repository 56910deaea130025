use base::{LengthUnit, PressureUnit};
use serde_json::json;

use super::{
    Brand, DemoPart, Dice,
    dice::Place,
    part::{hundredths, tenths},
};
use crate::{Dash, Family, ItemType};

/// The families, in the order of a price list.
pub(super) const FAMILIES: [Family; 7] =
    [Family::TwoSn, Family::OneSn, Family::FourSp, Family::FourSh, Family::R12, Family::R13, Family::R15];

/// Sizes of R15 that the invented makers have; which the standard has, no table tells.
const SIZES_OF_R15: [u16; 6] = [6, 8, 12, 16, 20, 24];

/// How a cover differs: the letter in the number, what it is, its colour.
const COVERS: [(&str, &str, &str); 20] = [
    ("", "synthetic rubber", "black"),
    ("T", "synthetic rubber, very abrasion resistant", "black"),
    ("M", "synthetic rubber, flame resistant", "black"),
    ("B", "synthetic rubber", "blue"),
    ("R", "synthetic rubber", "red"),
    ("L", "synthetic rubber for low temperatures", "black"),
    ("G", "synthetic rubber", "green"),
    ("Y", "synthetic rubber", "yellow"),
    ("TB", "synthetic rubber, very abrasion resistant", "blue"),
    ("TR", "synthetic rubber, very abrasion resistant", "red"),
    ("TY", "synthetic rubber, very abrasion resistant", "yellow"),
    ("W", "synthetic rubber, non-marking", "grey"),
    ("WB", "synthetic rubber, non-marking", "blue"),
    ("LB", "synthetic rubber for low temperatures", "blue"),
    ("LR", "synthetic rubber for low temperatures", "red"),
    ("P", "polyethylene over synthetic rubber", "black"),
    ("PB", "polyethylene over synthetic rubber", "blue"),
    ("PY", "polyethylene over synthetic rubber", "yellow"),
    ("E", "synthetic rubber, ozone resistant", "black"),
    ("EB", "synthetic rubber, ozone resistant", "blue"),
];

/// A hose of a brand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hose {
    pub(super) family: Family,
    pub(super) size: Dash,
    cover: usize,
}

/// Every family in every size it has.
pub(super) fn built() -> Vec<(Family, Dash)> {
    let sizes = |family: Family| -> Vec<Dash> {
        if family == Family::R15 {
            return SIZES_OF_R15.into_iter().filter_map(Dash::new).collect();
        }
        family.sizes().collect()
    };
    FAMILIES
        .into_iter()
        .flat_map(|family| sizes(family).into_iter().map(move |size| (family, size)))
        .collect()
}

impl Hose {
    pub(super) fn of(n: usize) -> Self {
        let mut place = Place(n);
        let &(family, size) = place.of(&built());
        Self { family, size, cover: place.0 }
    }

    /// The plain hose of a family and size.
    pub(super) const fn plain(family: Family, size: Dash) -> Self {
        Self { family, size, cover: 0 }
    }

    pub(super) fn number(self, brand: &Brand) -> String {
        let (letter, ..) = COVERS[self.cover % COVERS.len()];
        format!("{}{}{letter}-{}", brand.prefix, self.family, self.size.digits())
    }

    /// Working pressure in bar: of the table, else the one of all sizes.
    pub(super) fn bar(self) -> i64 {
        let of_table = self.family.rating(self.size).map(|rating| rating.pressure);
        let pressure = of_table.or_else(|| self.family.constant_pressure());
        let bar = pressure.and_then(|pressure| pressure.in_unit(PressureUnit::Bar, 0));
        bar.and_then(|bar| i64::try_from(bar).ok()).unwrap_or(100)
    }

    /// Minimum bend radius in mm: of the table, else what the invented makers
    /// promise: that of 4SP, or of 2SN where 4SP has no such size.
    fn bend(self) -> Option<i64> {
        let radius = |family: Family| family.rating(self.size)?.bend;
        let bend = [self.family, Family::FourSp, Family::TwoSn].into_iter().find_map(radius)?;
        i64::try_from(bend.in_unit(LengthUnit::Millimetre, 0)?).ok()
    }

    fn bore_tenths(self) -> i64 {
        let bore = self.size.bore().and_then(|bore| bore.in_unit(LengthUnit::Millimetre, 1));
        let tenths = bore.and_then(|bore| i64::try_from((bore * base::Decimal::TEN).normalize()).ok());
        tenths.unwrap_or(i64::from(self.size.sixteenths()) * 16)
    }

    /// Outside diameter in tenths of a millimetre: the walls of -08 where a
    /// source gives them, made up otherwise, a little thicker the larger the hose.
    pub(super) fn outside_tenths(self) -> i64 {
        let wall = match self.family {
            Family::OneSn => 38,
            Family::TwoSn => 47,
            Family::FourSp | Family::R12 => 51,
            Family::FourSh => 58,
            _ => 64,
        };
        self.bore_tenths() + 2 * wall * (24 + i64::from(self.size.sixteenths())) / 32
    }

    pub(super) fn part(self, brand: &Brand, dice: Dice) -> DemoPart {
        let (bar, build, size) = (self.bar(), self.family.build(), self.size);
        let (_, cover, colour) = COVERS[self.cover % COVERS.len()];
        let number = self.number(brand);
        let (fewest, most) = build.layers;
        let layers = if size.sixteenths() >= 20 { most } else { fewest };
        let weight = self.outside_tenths() * self.outside_tenths() / 900 * i64::from(layers + 2) / 4;
        let media: Vec<_> = build
            .temperatures
            .iter()
            .map(|(medium, min, max)| format!("{} {min}..{max} °C", medium.name().to_lowercase()))
            .collect();
        let sixteenths = i64::from(size.sixteenths());
        let fields = json!({
            "partNumber": number,
            "brand": brand.name,
            "size": size.to_string(),
            "nominalHoseSize": size.inches(),
            "description": format!("Hose {} {size} {} in, {bar} bar, {colour}", self.family, size.inches()),
            "colourHose": colour,
            "colourLayLine": "white",
            "series": format!("{}{}", brand.prefix, self.family),
            "innerDiamInch": size.inches(),
            "spec": build.standards.first(),
            "saeSpec": build.standards.iter().find(|standard| standard.starts_with("SAE")),
            "isoSpec": build.standards.iter().find(|standard| standard.starts_with("EN")),
            "DN": size.dn().map(|dn| dn.to_string()),
            "workingPressure": format!("{bar} bar"),
            "proofPressure": format!("{} bar", bar * i64::from(Family::PROOF_FACTOR)),
            "burstPressure": format!("{} bar", bar * i64::from(Family::DESIGN_FACTOR)),
            "minBendRadius": self.bend().map(|bend| format!("{bend} mm")),
            "innerDiameter": tenths(self.bore_tenths(), "mm"),
            "outerDiameter": tenths(self.outside_tenths(), "mm"),
            "temperatures": media,
            "construction": format!("{layers} × {}", build.reinforcement),
            "layers": layers,
            "tube": "nitrile rubber",
            "cover": cover,
            "layLine": format!("{} / {number} / {} / DN {} / {bar} bar", brand.name, self.family, size.dn().unwrap_or(0)),
            "standards": build.standards,
            "weightPerLength": format!("{} kg/m", hundredths(weight)),
            "imageName": "demo-hose",
        });
        let cost = (180 + sixteenths * 42) * i64::from(layers + 2) / 3;
        DemoPart::new(ItemType::Hose, &fields, cost, dice)
    }
}
