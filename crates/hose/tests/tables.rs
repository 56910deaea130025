//! The tables of the crate, row by row, against the sources they were read
//! from. `tests/tables` was typed from those a second time; each file names them.

#![expect(clippy::unwrap_used, reason = "a test")]

use base::{Decimal, LengthUnit, Measure, Pressure, PressureUnit, Quantity};
use hose::{CONFUSABLE, Dash, EndSize, Family, Nominal, Shape, Style, Thing};

/// The words of each line of a table.
macro_rules! rows {
    ($file:literal) => {
        include_str!(concat!("tables/", $file))
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
    };
}

fn dash(text: &str) -> Dash {
    Dash::new(text.parse().unwrap()).unwrap()
}

fn number(text: &str) -> Option<Decimal> {
    (text != "-").then(|| text.parse().unwrap())
}

fn bar(pressure: Option<Quantity<Pressure>>) -> Option<Decimal> {
    pressure.map(|pressure| pressure.in_unit(PressureUnit::Bar, 1).unwrap().normalize())
}

fn mm(size: &EndSize) -> Option<Decimal> {
    size.outside().map(|outside| outside.entered())
}

#[test]
fn threads_are_those_of_the_charts() {
    let mut seen = 0;
    for row in rows!("threads.txt") {
        let style = Style::parse(row[0]).unwrap();
        // What has the same thread: the fittings of a pipe thread in another form.
        let same: &[Style] = match style {
            Style::Npt => &[Style::Npt, Style::Nptf],
            Style::Bspp => &[Style::Bspp, Style::Bspt, Style::BsppPort],
            _ => &[style],
        };
        for style in same {
            let size = style.size(dash(row[1])).unwrap_or_else(|| panic!("{row:?}"));
            assert_eq!(size.thread, Some(row[2]), "{row:?}");
            assert_eq!((mm(&size), size.per_inch()), (number(row[3]), number(row[4])), "{row:?}");
            seen += 1;
        }
    }
    let there = [Style::Jic, Style::Orfs, Style::Npt, Style::Nptf, Style::Bspp, Style::Bspt, Style::BsppPort];
    assert_eq!(seen, there.iter().map(|style| style.sizes().len()).sum::<usize>());
}

#[test]
fn cones_are_those_of_iso_8434_1() {
    let mut seen = 0;
    for row in rows!("cones.txt") {
        for (style, tube, pressure) in [(Style::DinLight, row[1], row[2]), (Style::DinHeavy, row[3], row[4])]
        {
            if tube != "-" {
                let size = style.tube_size(tube.parse().unwrap()).unwrap_or_else(|| panic!("{row:?}"));
                assert_eq!((size.thread, bar(size.pressure())), (Some(row[0]), number(pressure)), "{row:?}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, Style::DinLight.sizes().len() + Style::DinHeavy.sizes().len());
}

#[test]
fn flanges_bear_what_sae_j518_says() {
    let mut seen = 0;
    for row in rows!("flanges.txt") {
        let size = Dash::parse(&format!("{}\"", row[0])).unwrap();
        for (style, pressure) in [(Style::Code61, row[1]), (Style::Code62, row[2])] {
            assert_eq!(bar(style.size(size).unwrap().pressure()), number(pressure), "{row:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, Style::Code61.sizes().len() + Style::Code62.sizes().len());
}

#[test]
fn hoses_bear_and_bend_as_the_table_says() {
    let mut rows = rows!("ratings.txt");
    let families: Vec<_> =
        rows.next().unwrap()[1..].iter().map(|name| Family::parse(name).unwrap()).collect();
    let mut seen = 0;
    for row in rows {
        for (family, cell) in families.iter().zip(&row[1..]) {
            let rating = family.rating(dash(row[0]));
            let (pressure, bend) = cell.split_once('/').unwrap_or((cell, "-"));
            let pressures = rating.map(|rating| rating.pressure.entered());
            let bends = rating.and_then(|rating| rating.bend).map(|bend| bend.entered());
            assert_eq!((pressures, bends), (number(pressure), number(bend)), "{family} {row:?}");
            seen += usize::from(rating.is_some());
        }
    }
    assert_eq!(seen, Family::ALL.iter().map(|family| family.sizes().count()).sum::<usize>());
}

#[test]
fn where_two_sources_agree_on_a_hose_it_is_said() {
    let mut confirmed = Vec::new();
    for row in rows!("two-wire.txt") {
        let rating = Family::TwoSn.rating(dash(row[0])).unwrap();
        assert!(rating.confirmed, "{row:?}");
        let said = (rating.pressure.entered(), rating.bend.unwrap().entered());
        assert_eq!(said, (number(row[2]).unwrap(), number(row[3]).unwrap()), "{row:?}");
        confirmed.push(dash(row[0]));
    }
    for family in Family::ALL {
        for size in family.sizes().filter(|size| *family != Family::TwoSn || !confirmed.contains(size)) {
            assert!(!family.rating(size).unwrap().confirmed, "{family} {size}");
        }
    }
}

#[test]
fn some_families_bear_one_pressure_in_every_size() {
    // powermotiontech.com, article 21887883; in psi from a dealer's data sheet of 2026.
    for (family, psi) in [(Family::R13, 5000), (Family::R15, 6000), (Family::R17, 3000)] {
        let pressure = family.constant_pressure().unwrap();
        assert_eq!(pressure.in_unit(PressureUnit::Psi, 0), Some(Decimal::from(psi)));
    }
    assert_eq!(Family::ALL.iter().filter(|family| family.constant_pressure().is_some()).count(), 3);
    let rounded = Family::R13.constant_pressure().unwrap().in_unit(PressureUnit::Bar, 0).unwrap();
    for size in Family::R13.sizes() {
        assert_eq!(Family::R13.rating(size).unwrap().pressure.entered(), rounded);
    }
}

#[test]
fn sizes_have_the_usual_inch_dn_and_bore() {
    let mut sizes = Dash::of_hoses();
    for row in rows!("sizes.txt") {
        let size = sizes.next().unwrap();
        assert_eq!(size, dash(row[0]));
        assert_eq!((size.inches().as_str(), size.dn()), (row[1], row[2].parse().ok()), "{row:?}");
        let bore = size.bore().unwrap();
        assert_eq!((bore.entered(), bore.unit()), (number(row[3]).unwrap(), LengthUnit::Millimetre));
        for written in [format!("DN {}", row[2]), format!("{}\"", row[1]), size.to_string()] {
            assert_eq!(Dash::parse(&written), Some(size), "{written}");
        }
    }
    assert_eq!(sizes.next(), None);
    assert_eq!((Dash::of_dn(13), Dash::of_dn(32)), (Dash::new(8), Dash::new(20)));
}

#[test]
fn a_bore_is_near_its_dash() {
    for size in Dash::of_hoses() {
        let nominal = i64::from(size.sixteenths()) * 1_587_500;
        assert!((size.bore().unwrap().measure().canonical() - nominal).abs() < 200_000, "{size}");
    }
}

#[test]
fn what_is_said_of_confusable_threads_is_true_of_the_tables() {
    let thread = |thing: Thing| match thing {
        Thing::End(style, sixteenths) => style.size(Dash::new(sixteenths).unwrap()).unwrap().thread,
        Thing::Cone(style, tube) => style.tube_size(tube).unwrap().thread,
        Thing::Style(_) | Thing::Hose(_) => None,
    };
    let same = CONFUSABLE.iter().filter(|pair| pair.why.starts_with("Both threads are"));
    assert_eq!(same.clone().count(), 2);
    for pair in same {
        assert_eq!(thread(pair.one), thread(pair.other));
        assert!(pair.why.contains(thread(pair.one).unwrap()), "{pair:?}");
    }
    for pair in CONFUSABLE {
        assert!(pair.one != pair.other && !pair.tell.is_empty(), "{pair:?}");
        assert_eq!(pair.other_than(|thing| thing == pair.other), Some(pair.one));
    }
    let ends = [
        (Style::Bspp, Some(4), Style::Npt),
        (Style::Bspp, Some(6), Style::Npt),
        (Style::Jic, Some(14), Style::Orfs),
    ];
    for (style, sixteenths, other) in ends {
        let dash = sixteenths.and_then(Dash::new);
        let found = CONFUSABLE.iter().filter_map(|pair| pair.other_than(|thing| thing.is_end(style, dash)));
        assert!(found.into_iter().any(|thing| matches!(thing, Thing::End(its, _) if its == other)));
    }
}

#[test]
fn every_style_says_how_it_seals_and_in_which_genders_it_comes() {
    for style in Style::ALL {
        let joint = style.joint();
        assert!(!joint.seal.is_empty() && !joint.genders.is_empty(), "{style}");
        assert!(joint.genders.iter().all(|gender| style.has(*gender)));
        let sizes = style.sizes();
        assert!(sizes.is_sorted_by_key(|size| size.nominal), "{style}");
        for size in &sizes {
            match size.nominal {
                Nominal::Dash(dash) => assert_eq!(style.size(dash).as_ref(), Some(size)),
                Nominal::Tube(tube) => assert_eq!(style.tube_size(tube).as_ref(), Some(size)),
            }
        }
    }
}

#[test]
fn a_shape_of_fittings_has_one_angle() {
    for shape in Shape::ALL.iter().filter(|shape| shape.is_of_fittings()) {
        assert!(shape.angle().is_some(), "{shape}");
    }
    assert_eq!(Shape::Elbow22.angle().unwrap().canonical(), 22_500);
    assert_eq!((Shape::Cross.ends(), Shape::RunTee.ends(), Shape::Plug.ends()), (4, 3, 1));
}
