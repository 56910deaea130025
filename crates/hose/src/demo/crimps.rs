use serde_json::{Map, Value as Json, json};

use super::{Brand, Catalogue, Makes, Plan, ferrules::Ferrule, fittings::series, hoses::Hose, part::tenths};
use crate::{Dash, Family, ItemType};

/// What stands on every row of crimp data of the example catalogue.
pub const DEMONSTRATION_ONLY: &str = "demonstration only, not for production";

/// Machines that rows are for: any, then invented ones.
const CRIMPERS: [Option<&str>; 4] =
    [None, Some("Demo bench press 80"), Some("Demo press 120"), Some("Demo saddle 45")];

/// A row of crimp data of the example catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoCrimp {
    /// Its id, the same from the same seed.
    pub id: [u8; 12],
    /// The id of the hose it is for.
    pub hose: [u8; 12],
    /// The size of that hose.
    pub hose_size: Dash,
    /// The fields of the row, as a caller of the API would send them.
    pub fields: Map<String, Json>,
}

/// Which fittings a row is about: whose, of which series, on which machine.
#[derive(Debug, Clone, Copy)]
struct Pairing {
    /// How many brands after that of the hose.
    beyond: usize,
    series: usize,
    crimper: usize,
}

/// The pairings of a hose: its own maker's series on any machine, one of the
/// next brand, then its own on each machine.
fn pairings(plan: &Plan) -> Vec<Pairing> {
    let own = |crimper| (0..plan.series).map(move |series| Pairing { beyond: 0, series, crimper });
    let next = Pairing { beyond: 1, series: 0, crimper: 0 };
    own(0).chain([next]).chain((1..CRIMPERS.len()).flat_map(own)).collect()
}

/// All rows: every hose with the first pairing, then every hose with the next.
pub(super) fn all(catalogue: &Catalogue) -> impl Iterator<Item = DemoCrimp> {
    let plan = *catalogue.plan();
    let makers: Vec<_> = catalogue.shares(Makes::Hoses, plan.hoses).collect();
    let ferrules: Vec<_> = catalogue.shares(Makes::Hoses, plan.ferrules).map(|(_, made)| made).collect();
    let hoses: Vec<_> = (makers.iter().enumerate())
        .flat_map(|(maker, (_, count))| (0..*count).map(move |n| (maker, Hose::of(n))))
        .collect();
    let row = move |pairing: Pairing, (maker, hose): (usize, Hose)| {
        let of = (maker + pairing.beyond) % makers.len();
        let ferrule = Ferrule::for_hose(pairing.series, hose, plan.series, ferrules[of])?;
        Some(row(catalogue, makers[maker].0, hose, makers[of].0, ferrule, pairing))
    };
    let rows = pairings(&plan)
        .into_iter()
        .flat_map(move |pairing| hoses.clone().into_iter().map(move |hose| (pairing, hose)));
    rows.filter_map(move |(pairing, hose)| row(pairing, hose)).take(plan.crimps)
}

fn row(
    catalogue: &Catalogue,
    brand: &Brand,
    hose: Hose,
    fittings: &Brand,
    ferrule: Ferrule,
    pairing: Pairing,
) -> DemoCrimp {
    let number = hose.number(brand);
    let series = format!("{}{}", fittings.prefix, series(pairing.series));
    let about = format!("{number} {series} {}", pairing.crimper);
    let diameter = hose.outside_tenths() * 10 + catalogue.dice.between(-20, 45, &about);
    let insertion = 200 + i64::from(hose.size.sixteenths()) * 15;
    let is_skived = pairing.series % 2 == 1 && !matches!(hose.family, Family::OneSn | Family::TwoSn);
    let fields = json!({
        "couplingSeries": series,
        "couplingSeriesBrand": fittings.name,
        "ferruleBrand": fittings.name,
        "ferrulePartNumber": ferrule.number(fittings),
        "dieSize": format!("D{}", (diameter / 100) / 3 * 3),
        "insertLength": tenths(insertion, "mm"),
        "crimpDiam": {
            "value": base::Decimal::new(diameter, 2), "unit": "mm",
            "tolerancePlus": "0.1", "toleranceMinus": "0.2",
        },
        "crimpStretchPerEnd": tenths(4 + i64::from(hose.size.sixteenths()) / 2, "mm"),
        "skiveExternal": is_skived.then(|| json!({
            "value": base::Decimal::new(insertion - 20, 1), "unit": "mm", "tolerance": "1",
        })),
        "crimper": CRIMPERS[pairing.crimper],
        "sourceDocument": format!("Example catalogue of Swage: {DEMONSTRATION_ONLY}"),
        "revision": format!("demo {}", catalogue.dice.between(1, 9, &number)),
        "note": DEMONSTRATION_ONLY,
    });
    let fields = fields.as_object().cloned().unwrap_or_default();
    let dice = catalogue.dice;
    DemoCrimp {
        id: dice.id(&["crimp", &brand.name, &about]),
        hose: dice.id(&[ItemType::Hose.word(), &brand.name, &number]),
        hose_size: hose.size,
        fields,
    }
}
