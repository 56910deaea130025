use serde_json::json;

use super::{
    Brand, DemoPart, Dice,
    dice::Place,
    fittings::{MATERIALS, series},
    hoses::{Hose, built},
    part::{hundredths, tenths},
};
use crate::{Dash, Family, ItemType};

/// A ferrule of a brand: for a series of fittings and a kind of hose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ferrule {
    pub(super) series: usize,
    pub(super) family: Family,
    pub(super) size: Dash,
    material: usize,
}

impl Ferrule {
    pub(super) fn of(n: usize, all_series: usize) -> Self {
        let mut place = Place(n);
        let series = place.below(all_series);
        let &(family, size) = place.of(&built());
        Self { series, family, size, material: place.0 }
    }

    /// The first of those for a series of fittings and a hose, if a brand that
    /// makes so many has it.
    pub(super) fn for_hose(series: usize, hose: Hose, all_series: usize, made: usize) -> Option<Self> {
        let of_kind = built().iter().position(|kind| *kind == (hose.family, hose.size))?;
        let n = of_kind * all_series + series;
        (n < made).then(|| Self::of(n, all_series))
    }

    pub(super) fn number(self, brand: &Brand) -> String {
        let (letter, ..) = MATERIALS[self.material % MATERIALS.len()];
        let series = series(self.series);
        format!("{}{series}F{}{letter}-{}", brand.prefix, self.family, self.size.digits())
    }

    pub(super) fn part(self, brand: &Brand, dice: Dice) -> DemoPart {
        let hose = Hose::plain(self.family, self.size);
        let (_, material, plating) = MATERIALS[self.material % MATERIALS.len()];
        let series = series(self.series);
        let inside = hose.outside_tenths() + 12;
        let sixteenths = i64::from(self.size.sixteenths());
        let fields = json!({
            "partNumber": self.number(brand),
            "brand": brand.name,
            "size": self.size.to_string(),
            "description": format!("Ferrule for {} {}, series {}{series}", self.family, self.size, brand.prefix),
            "material": material,
            "series": format!("{}{series}", brand.prefix),
            "diametermm": base::Decimal::new(inside + 44 + sixteenths, 1),
            "lengthmm": base::Decimal::new(220 + sixteenths * 16, 1),
            "innerDiameter": tenths(inside, "mm"),
            "plating": plating,
            "weightLbs": hundredths(3 + sixteenths * 2),
            "imageName": "demo-ferrule",
        });
        let cost = (35 + sixteenths * 14) * (1 + 3 * i64::from(plating.is_none()));
        DemoPart::new(ItemType::Ferrule, &fields, cost, dice)
    }
}
