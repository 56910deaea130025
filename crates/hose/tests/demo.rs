//! The example catalogue: always the same, as large as planned, and right in
//! itself.
use std::collections::{BTreeMap, BTreeSet};

use base::Decimal;
use hose::{
    ItemType, Part,
    crimp::CRIMP_SPEC,
    demo::{Catalogue, DEMONSTRATION_ONLY, DemoPart, Makes, Scale},
    fields::Values,
    part_number::normalized,
};

/// FNV-1a over all of a catalogue.
fn hash(scale: Scale, seed: u64) -> u64 {
    let catalogue = Catalogue::new(scale, seed);
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut take = |text: &str| {
        hash = text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    };
    catalogue.brands().iter().for_each(|brand| take(&brand.name));
    for part in catalogue.parts() {
        take(&format!("{:?} {} {} {}", part.id, part.cost, part.list_price, serde_json::json!(part.fields)));
    }
    catalogue.crimps().for_each(|row| take(&format!("{:?} {}", row.hose, serde_json::json!(row.fields))));
    hash
}

#[test]
fn the_same_seed_makes_the_same_catalogue() {
    assert_eq!(hash(Scale::Tiny, 1), hash(Scale::Tiny, 1));
    assert_ne!(hash(Scale::Tiny, 1), hash(Scale::Tiny, 2));
    // Nor does it change from one version to the next unless somebody means it.
    assert_eq!(hash(Scale::Tiny, 1), 6_496_993_504_958_694_819);
}

#[test]
fn it_is_as_large_as_planned() {
    for (scale, planned) in [
        (Scale::S, [2, 300, 3_000, 200, 2_000, 500, 2_000]),
        (Scale::M, [8, 3_000, 40_000, 2_000, 20_000, 5_000, 30_000]),
    ] {
        let catalogue = Catalogue::new(scale, 1);
        let made = [
            catalogue.brands().iter().filter(|brand| brand.makes == Makes::Hoses).count(),
            catalogue.hoses().count(),
            catalogue.fittings().count(),
            catalogue.ferrules().count(),
            catalogue.adaptors().count(),
            catalogue.others().count(),
            catalogue.crimps().count(),
        ];
        assert_eq!(made, planned, "{scale:?}");
    }
    // Of the larger ones only the plan: they are made in the same way.
    for (scale, fittings, crimps) in [(Scale::L, 200_000, 150_000), (Scale::Xl, 1_000_000, 1_000_000)] {
        assert_eq!((scale.plan().fittings, scale.plan().crimps), (fittings, crimps));
    }
    assert_eq!((Scale::parse(" XL "), Scale::parse("huge")), (Some(Scale::Xl), None));
}

#[test]
fn every_part_passes_the_checks_of_the_api() {
    for part in Catalogue::new(Scale::S, 3).parts() {
        let (read, problems) = Part::read(part.item_type, &part.fields);
        assert!(problems.is_empty(), "{problems:?} in {part:?}");
        assert_eq!(read.inconsistencies(), [], "{part:?}");
        for name in part.fields.keys() {
            assert!(part.item_type.fields().iter().any(|field| field.name == name), "{name} is no field");
        }
        assert!(part.cost > Decimal::ZERO && part.list_price > part.cost, "{part:?}");
        let sized = matches!(part.item_type, ItemType::Hose | ItemType::CrimpFitting | ItemType::Ferrule);
        assert_eq!(read.hose_dash().is_some(), sized, "{part:?}");
    }
}

#[test]
fn no_number_is_given_twice_within_a_brand() {
    for scale in [Scale::S, Scale::M] {
        let (mut numbers, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for part in Catalogue::new(scale, 1).parts() {
            let number = normalized(part.text("partNumber"));
            let key = (part.item_type, part.text("brand").to_owned(), number);
            assert!(numbers.insert(key), "{part:?}");
            assert!(ids.insert(part.id), "{part:?}");
        }
    }
    let names: BTreeSet<_> =
        Catalogue::new(Scale::Xl, 1).brands().iter().map(|brand| base::normalized(&brand.name)).collect();
    assert_eq!(names.len(), 60 + 20 + 20);
}

#[test]
fn every_row_of_crimp_data_names_what_there_is() {
    let catalogue = Catalogue::new(Scale::S, 1);
    let by_type = |item_type: ItemType| catalogue.parts().filter(move |part| part.item_type == item_type);
    let named = |part: &DemoPart| (part.text("brand").to_owned(), part.text("partNumber").to_owned());
    let hoses: BTreeMap<_, _> = by_type(ItemType::Hose).map(|hose| (hose.id, hose)).collect();
    let ferrules: BTreeMap<_, _> = by_type(ItemType::Ferrule).map(|part| (named(&part), part)).collect();
    let fittings: BTreeSet<_> = by_type(ItemType::CrimpFitting)
        .map(|part| {
            (part.text("brand").to_owned(), part.text("series").to_owned(), part.text("hoseSize").to_owned())
        })
        .collect();
    let (mut keys, mut across, mut ids) = (BTreeSet::new(), 0, BTreeSet::new());
    let mut fitted = BTreeSet::new();
    for row in catalogue.crimps() {
        let (values, problems) = Values::read(CRIMP_SPEC, &row.fields);
        assert!(problems.is_empty(), "{problems:?} in {row:?}");
        let text = |field: &str| values.text(field).unwrap_or_default().to_owned();
        let hose = &hoses[&row.hose];
        assert_eq!(hose.text("size"), row.hose_size.to_string());
        let ferrule = &ferrules[&(text("ferruleBrand"), text("ferrulePartNumber"))];
        assert_eq!(ferrule.text("size"), hose.text("size"), "{row:?}");
        assert_eq!(ferrule.text("series"), text("couplingSeries"), "{row:?}");
        let size = row.hose_size.to_string();
        if fittings.contains(&(text("couplingSeriesBrand"), text("couplingSeries"), size)) {
            fitted.insert(row.hose);
        }
        for field in ["sourceDocument", "note"] {
            assert!(text(field).contains(DEMONSTRATION_ONLY), "{row:?}");
        }
        across += usize::from(hose.text("brand") != text("couplingSeriesBrand"));
        let crimper = text("crimper");
        assert!(
            keys.insert((row.hose, text("couplingSeriesBrand"), text("couplingSeries"), crimper)),
            "{row:?}"
        );
        assert!(ids.insert(row.id), "{row:?}");
    }
    assert!(across > 100, "hoses are crimped with the other brand's fittings too: {across}");
    // A few sizes have hoses but no fittings: -03.
    assert!(fitted.len() * 100 >= hoses.len() * 85, "{} of {}", fitted.len(), hoses.len());
}

#[test]
fn a_design_of_an_adaptor_has_one_reference_in_every_brand() {
    let catalogue = Catalogue::new(Scale::S, 1);
    let mut designs: BTreeMap<String, Vec<DemoPart>> = BTreeMap::new();
    for part in catalogue.adaptors() {
        designs.entry(part.fields["crossReference"].to_string()).or_default().push(part);
    }
    assert_eq!(designs.len(), 1_000);
    for same in designs.values() {
        assert_eq!(same.len(), 2);
        assert_ne!(same[0].text("brand"), same[1].text("brand"));
        assert_eq!(same[0].fields["ends"], same[1].fields["ends"]);
        assert_eq!(same[0].text("familyCrossReference"), same[1].text("familyCrossReference"));
    }
}
