use super::Plan;

/// What a brand makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Makes {
    /// Hoses, with their fittings and ferrules.
    Hoses,
    /// Adaptors.
    Adaptors,
    /// Wraps and other items.
    Others,
}

/// An invented brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its name.
    pub name: String,
    /// What it makes.
    pub makes: Makes,
    /// Its place among those that make the same.
    pub(super) number: usize,
    /// What its part numbers begin with.
    pub(super) prefix: String,
}

/// Syllables of invented names: first parts, last parts.
type Syllables = (&'static [&'static str], &'static [&'static str]);

const OF_HOSES: Syllables = (
    &["Tarno", "Vele", "Skar", "Brun", "Haldo", "Kvel", "Morva", "Jorun", "Ostre", "Fjell"],
    &["wick", "stad", "mere", "undal", "vik", "thorn"],
);
const OF_ADAPTORS: Syllables =
    (&["Quill", "Aldre", "Fenno", "Dral", "Ruva"], &["mar", "van", "gate", "loft"]);
const OF_OTHERS: Syllables =
    (&["Pello", "Sarn", "Ivar", "Nollo", "Cobbe"], &["ridge", "ley", "wen", "combe"]);

/// The brands of a plan.
pub(super) fn all(plan: &Plan) -> Vec<Brand> {
    let of = |makes, syllables, count| (0..count).map(move |n| brand(makes, syllables, n));
    of(Makes::Hoses, OF_HOSES, plan.brands)
        .chain(of(Makes::Adaptors, OF_ADAPTORS, plan.adaptor_brands))
        .chain(of(Makes::Others, OF_OTHERS, plan.other_brands))
        .collect()
}

fn brand(makes: Makes, (first, last): Syllables, number: usize) -> Brand {
    let (place, turn) = (number % first.len(), number / first.len());
    let (first, last) = (first[place], last[(place + turn) % last.len()]);
    let name = format!("{first}{last}");
    let prefix = [&first[..2], &last[..1]].concat().to_uppercase();
    Brand { name, makes, number, prefix }
}
