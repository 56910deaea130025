//! An example catalogue, made by rule: the same from the same seed. Brands are
//! invented. Pressures and threads are those of the public tables where they
//! have them; everything else (costs, weights, fitting lengths, crimp data) is
//! made up to be believable, for demonstration only.

mod adaptors;
mod brands;
mod crimps;
mod dice;
mod ends;
mod ferrules;
mod fittings;
mod hoses;
mod others;
mod part;
mod scale;
mod wraps;

pub use brands::{Brand, Makes};
pub use crimps::{DEMONSTRATION_ONLY, DemoCrimp};
pub use part::DemoPart;
pub use scale::{Plan, Scale};

use dice::Dice;

/// An example catalogue of a size, by its seed.
#[derive(Debug, Clone)]
pub struct Catalogue {
    plan: Plan,
    dice: Dice,
    brands: Vec<Brand>,
}

impl Catalogue {
    /// The catalogue of this size and seed.
    pub fn new(scale: Scale, seed: u64) -> Self {
        let plan = scale.plan();
        Self { brands: brands::all(&plan), dice: Dice(seed), plan }
    }

    /// How many of each it holds.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its brands.
    pub fn brands(&self) -> &[Brand] {
        &self.brands
    }

    /// Every part of every type, brand by brand.
    pub fn parts(&self) -> impl Iterator<Item = DemoPart> {
        self.hoses()
            .chain(self.fittings())
            .chain(self.ferrules())
            .chain(self.adaptors())
            .chain(self.wraps())
            .chain(self.others())
    }

    /// The hoses.
    pub fn hoses(&self) -> impl Iterator<Item = DemoPart> {
        self.each(Makes::Hoses, self.plan.hoses, |brand, n| hoses::Hose::of(n).part(brand, self.dice))
    }

    /// The crimp fittings.
    pub fn fittings(&self) -> impl Iterator<Item = DemoPart> {
        let series = self.plan.series;
        self.each(Makes::Hoses, self.plan.fittings, move |brand, n| {
            fittings::Fitting::of(n, series).part(brand, self.dice)
        })
    }

    /// The ferrules.
    pub fn ferrules(&self) -> impl Iterator<Item = DemoPart> {
        let series = self.plan.series;
        self.each(Makes::Hoses, self.plan.ferrules, move |brand, n| {
            ferrules::Ferrule::of(n, series).part(brand, self.dice)
        })
    }

    /// The adaptors. The same design has the same cross reference in every brand.
    pub fn adaptors(&self) -> impl Iterator<Item = DemoPart> {
        self.each(Makes::Adaptors, self.plan.adaptors, |brand, n| {
            adaptors::Adaptor::of(n).part(brand, self.dice)
        })
    }

    /// The wraps.
    pub fn wraps(&self) -> impl Iterator<Item = DemoPart> {
        self.each(Makes::Others, self.plan.wraps, |brand, n| wraps::part(brand, n, self.dice))
    }

    /// The other items.
    pub fn others(&self) -> impl Iterator<Item = DemoPart> {
        self.each(Makes::Others, self.plan.others, |brand, n| others::part(brand, n, self.dice))
    }

    /// The crimp data, hose by hose of each pass.
    pub fn crimps(&self) -> impl Iterator<Item = DemoCrimp> {
        crimps::all(self)
    }

    /// The brands that make something, each with how many of `all` it makes.
    fn shares(&self, makes: Makes, all: usize) -> impl Iterator<Item = (&Brand, usize)> {
        let those = self.brands.iter().filter(move |brand| brand.makes == makes);
        let count = those.clone().count().max(1);
        those.enumerate().map(move |(n, brand)| (brand, all / count + usize::from(n < all % count)))
    }

    fn each<'a>(
        &'a self,
        makes: Makes,
        all: usize,
        part: impl Fn(&Brand, usize) -> DemoPart + Copy + 'a,
    ) -> impl Iterator<Item = DemoPart> + 'a {
        self.shares(makes, all).flat_map(move |(brand, count)| (0..count).map(move |n| part(brand, n)))
    }
}
