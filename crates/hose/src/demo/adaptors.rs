use serde_json::json;

use super::{
    Brand, DemoPart, Dice,
    dice::Place,
    ends::{ENDS, End, HOSE_SIZES, written},
    fittings::MATERIALS,
    part::hundredths,
};
use crate::{EndSize, ItemType, Shape};

/// Shapes of adaptors, the usual ones first.
const SHAPES: [Shape; 7] = [
    Shape::Straight,
    Shape::Elbow90,
    Shape::Elbow45,
    Shape::Tee,
    Shape::RunTee,
    Shape::BranchTee,
    Shape::Cross,
];

/// A design, which every brand of adaptors makes under a number of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adaptor {
    design: usize,
    shape: Shape,
    first: (&'static End, EndSize),
    second: (&'static End, EndSize),
    material: usize,
}

impl Adaptor {
    pub(super) fn of(design: usize) -> Self {
        let mut place = Place(design);
        let size = *place.of(&HOSE_SIZES);
        let shape = *place.of(&SHAPES);
        // Pairs of ends in an order that is not by either, so that a small catalogue holds many kinds.
        let pair = place.below(ENDS.len() * ENDS.len()) * 85 % (ENDS.len() * ENDS.len());
        let (first, second) = (pair / ENDS.len(), pair % ENDS.len());
        let step = place.below(3);
        let (first, second) = (&ENDS[first], &ENDS[second]);
        Self {
            design,
            shape,
            first: (first, first.near(size, step)),
            second: (second, second.near(size, 0)),
            material: place.0,
        }
    }

    /// Each maker has its own way to number them.
    fn number(&self, brand: &Brand) -> String {
        let (letter, ..) = MATERIALS[self.material % MATERIALS.len()];
        match brand.number % 3 {
            0 => format!("{}-{:05}{letter}", brand.prefix, self.design + 1),
            1 => format!("{}{}.{:06}", brand.prefix, 7 + brand.number, 3 * self.design + 100),
            _ => format!("{:06}/{}{letter}", 400_000 + self.design, brand.prefix),
        }
    }

    pub(super) fn part(self, brand: &Brand, dice: Dice) -> DemoPart {
        let (_, material, plating) = MATERIALS[self.material % MATERIALS.len()];
        let ends: Vec<_> = (0..self.shape.ends())
            .map(|n| if n == 1 { self.second } else { self.first })
            .map(|(end, size)| {
                json!({
                    "style": end.style.code(), "gender": end.gender.code(), "dashSize": written(&size),
                    "swivel": end.swivel(), "thread": size.thread,
                })
            })
            .collect();
        let (first, second) = (self.first, self.second);
        let largest = [first.1, second.1].into_iter().filter_map(|size| size.dash()).max();
        let sixteenths = largest.map_or(8, |dash| i64::from(dash.sixteenths()));
        let pressures = [first.1, second.1].into_iter().filter_map(|size| size.pressure());
        let least = pressures.map(|pressure| pressure.entered()).min();
        let fields = json!({
            "partNumber": self.number(brand),
            "brand": brand.name,
            "shape": self.shape.code(),
            "crossReference": 1_000_000 + self.design,
            "familyCrossReference": format!(
                "{} {}-{}{}", self.shape, first.0.code, second.0.code,
                MATERIALS[self.material % MATERIALS.len()].0
            ),
            "material": material,
            "imageName": format!("demo-adaptor-{}", self.shape.code()),
            "description": format!(
                "{}, {} {} {} to {} {} {}",
                self.shape.name(), first.0.style.name(), first.0.gender, written(&first.1),
                second.0.style.name(), second.0.gender, written(&second.1)
            ),
            "ends": ends,
            "workingPressure": least.map(|bar| format!("{bar} bar")),
            "plating": plating,
            "weightLbs": hundredths(5 + sixteenths * sixteenths / 3),
        });
        let pieces = i64::try_from(self.shape.ends()).unwrap_or(2);
        let cost = (120 + sixteenths * sixteenths * 3) * pieces / 2 * (1 + 3 * i64::from(plating.is_none()));
        DemoPart::new(ItemType::Adaptor, &fields, cost, dice)
    }
}
