//! Pictures of kinds of parts: not to scale, only to be told apart. Many parts
//! share one.

use base::Measure;
use hose::{Shape, WrapType};

/// A picture with the name by which parts name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Its name, such as `fitting-elbow90`.
    pub name: String,
    /// It as SVG.
    pub svg: String,
}

const STEEL: &str = "#b8bec4";
const DARK: &str = "#7d858c";
const RUBBER: &str = "#26292c";

/// Every sketch there is.
pub fn all() -> Vec<Sketch> {
    let fittings = Shape::ALL.iter().filter(|shape| shape.is_of_fittings());
    let adaptors = Shape::ALL.iter().filter(|shape| shape.ends() >= 2);
    let plain = [
        ("hose", hose()),
        ("ferrule", ferrule()),
        ("clamp", clamp()),
        ("cap", cap()),
        ("o-ring", ring()),
        ("tag", tag()),
    ];
    plain
        .into_iter()
        .map(|(name, inside)| sketch(name.to_owned(), &inside))
        .chain(fittings.map(|shape| sketch(format!("fitting-{shape}"), &fitting(*shape))))
        .chain(adaptors.map(|shape| sketch(format!("adaptor-{shape}"), &adaptor(*shape))))
        .chain(WrapType::ALL.iter().map(|kind| sketch(format!("wrap-{kind}"), &wrap(*kind))))
        .collect()
}

fn sketch(name: String, inside: &str) -> Sketch {
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240" viewBox="0 0 320 240">{inside}</svg>"#
    );
    Sketch { name, svg }
}

/// A filled rectangle with a thin edge.
fn block(x: i32, y: i32, width: i32, height: i32, colour: &str) -> String {
    format!(
        r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}" stroke="#3a4046" stroke-width="2"/>"##
    )
}

/// What stands between a beginning and an end, as one element.
fn group(attributes: &str, inside: &str) -> String {
    format!("<g {attributes}>{inside}</g>")
}

/// The same turned by so many degrees about the middle, against the clock.
fn turned(degrees: f64, inside: &str) -> String {
    group(&format!(r#"transform="rotate({} 160 140)""#, -degrees), inside)
}

fn degrees(shape: Shape) -> f64 {
    let millidegrees = shape.angle().map_or(0, Measure::canonical);
    f64::from(i32::try_from(millidegrees).unwrap_or(0)) / 1000.0
}

fn hose() -> String {
    let reinforced: String =
        (0..9).map(|n| block(196 + 8 * n, 96, 4, 48, if n % 2 == 0 { STEEL } else { DARK })).collect();
    [
        block(20, 84, 176, 72, RUBBER),
        reinforced,
        block(268, 108, 36, 24, RUBBER),
        r#"<path d="M30 120h150" stroke="white" stroke-width="3" stroke-dasharray="24 8"/>"#.to_owned(),
    ]
    .concat()
}

fn ferrule() -> String {
    let ribs: String = (0..6).map(|n| block(92 + 24 * n, 76, 8, 88, DARK)).collect();
    [block(80, 76, 160, 88, STEEL), ribs, block(232, 92, 24, 56, DARK)].concat()
}

/// The nut of an end with its thread, to the right of the middle.
fn end() -> String {
    [block(214, 112, 34, 56, STEEL), block(248, 120, 30, 40, DARK), block(222, 112, 2, 56, DARK)].concat()
}

fn fitting(shape: Shape) -> String {
    let body = [block(10, 118, 60, 44, RUBBER), block(62, 108, 78, 64, STEEL), block(140, 124, 24, 32, DARK)];
    let bend = match shape {
        Shape::Block90 => block(136, 112, 52, 56, STEEL),
        Shape::Banjo => r##"<circle cx="196" cy="140" r="40" fill="#b8bec4" stroke="#3a4046" stroke-width="2"/><circle cx="196" cy="140" r="18" fill="#ffffff" stroke="#3a4046" stroke-width="2"/>"##.to_owned(),
        _ => r##"<circle cx="160" cy="140" r="17" fill="#7d858c"/>"##.to_owned(),
    };
    let reach = match shape {
        Shape::Elbow90Long => 26,
        Shape::Elbow90Short | Shape::Block90 => -20,
        _ => 0,
    };
    let neck = block(158, 126, (58 + reach).max(10), 28, DARK);
    let leg = [neck, group(&format!(r#"transform="translate({reach} 0)""#), &end())].concat();
    let leg = if shape == Shape::Banjo { String::new() } else { turned(degrees(shape), &leg) };
    [&body.concat(), &bend, &leg].map(String::as_str).concat()
}

fn adaptor(shape: Shape) -> String {
    let leg = [block(158, 122, 58, 36, DARK), end()].concat();
    let angles: &[f64] = match shape {
        Shape::Tee | Shape::BranchTee => &[0.0, 180.0, 90.0],
        Shape::RunTee => &[0.0, 180.0, 270.0],
        Shape::Cross => &[0.0, 90.0, 180.0, 270.0],
        Shape::Wye => &[180.0, 35.0, -35.0],
        _ => &[180.0, degrees(shape)],
    };
    let legs: String = angles.iter().map(|angle| turned(*angle, &leg)).collect();
    let middle = r##"<circle cx="160" cy="140" r="28" fill="#b8bec4" stroke="#3a4046" stroke-width="2"/>"##;
    group(r#"transform="translate(32 28) scale(0.8)""#, &(legs + middle))
}

fn wrap(kind: WrapType) -> String {
    let colour = match kind {
        WrapType::FireSleeve => "#b5533c",
        WrapType::HeatShield | WrapType::SpringGuard | WrapType::ArmourGuard => STEEL,
        WrapType::SpiralGuard => "#d8b13c",
        WrapType::AramidSleeve => "#c9b458",
        _ => "#4b5157",
    };
    let is_coil = matches!(kind, WrapType::SpringGuard | WrapType::ArmourGuard | WrapType::SpiralGuard);
    let width = match (is_coil, kind) {
        (false, _) => 22,
        (true, WrapType::SpringGuard) => 7,
        (true, _) => 16,
    };
    let turns: String = (0..10).map(|n| block(40 + 24 * n, 72, width, 96, colour)).collect();
    let slanted = if is_coil { group(r#"transform="skewX(-8) translate(16 0)""#, &turns) } else { turns };
    [block(10, 88, 300, 64, RUBBER), slanted].concat()
}

fn clamp() -> String {
    let ring = r##"<circle cx="160" cy="136" r="66" fill="none" stroke="#b8bec4" stroke-width="18"/>"##;
    [ring, &block(136, 36, 48, 34, DARK), &block(184, 44, 40, 18, STEEL)].concat()
}

fn cap() -> String {
    [block(110, 70, 100, 90, "#c0392b"), block(96, 160, 128, 22, "#a93226")].concat()
}

fn ring() -> String {
    r##"<circle cx="160" cy="120" r="72" fill="none" stroke="#26292c" stroke-width="16"/>"##.to_owned()
}

fn tag() -> String {
    let hole = r##"<circle cx="84" cy="120" r="10" fill="#ffffff" stroke="#3a4046" stroke-width="2"/>"##;
    let lines: String = (0..3).map(|n| block(116, 96 + 20 * n, 120, 6, DARK)).collect();
    [&block(56, 72, 208, 96, STEEL), hole, &lines].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::all;
    use crate::picture::{Kind, Picture};

    #[test]
    fn every_sketch_is_a_picture_of_its_own() {
        let sketches = all();
        let names: BTreeSet<_> = sketches.iter().map(|sketch| &sketch.name).collect();
        assert_eq!(names.len(), sketches.len());
        let mut thumbnails = BTreeSet::new();
        for sketch in &sketches {
            let picture = Picture::read(sketch.svg.as_bytes()).unwrap();
            assert_eq!((picture.kind, picture.width, picture.height), (Kind::Svg, 320, 240));
            thumbnails.insert(picture.thumbnail);
        }
        assert!(thumbnails.len() > 30, "{}", thumbnails.len());
    }
}
