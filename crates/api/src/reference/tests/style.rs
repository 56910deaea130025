//! What can be said of the style sheet without a browser.

use std::collections::BTreeMap;

use super::super::STYLE;

/// The colours of each scheme, the later ones over the earlier.
fn palettes() -> [BTreeMap<&'static str, f64>; 2] {
    let mut blocks = STYLE.split(":root {").skip(1).map(|block| block.split('}').next().unwrap_or(""));
    let mut light = BTreeMap::new();
    add(&mut light, blocks.next().unwrap());
    let mut dark = light.clone();
    add(&mut dark, blocks.next().unwrap());
    [light, dark]
}

fn add(palette: &mut BTreeMap<&'static str, f64>, block: &'static str) {
    for (name, value) in block.split(';').filter_map(|line| line.trim().split_once(": #")) {
        palette.insert(name.trim_start_matches("--"), luminance(value));
    }
}

fn luminance(hexadecimal: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap();
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

#[test]
fn text_stands_out_from_its_ground() {
    let plain = ["text", "muted", "accent", "type", "must", "get", "post", "put", "patch", "delete"];
    let grounds = ["ground", "sheet", "sunken"];
    let badges =
        ["get", "post", "put", "patch", "delete", "accent"].map(|name| (name, format!("{name}-soft")));
    for palette in palettes() {
        let on_grounds = plain.iter().flat_map(|text| grounds.map(|ground| (*text, ground.to_owned())));
        for (text, ground) in on_grounds.chain(badges.clone()).chain([("sheet", "accent".to_owned())]) {
            let (text_is, ground_is) = (palette[text], palette[ground.as_str()]);
            let contrast = (text_is.max(ground_is) + 0.05) / (text_is.min(ground_is) + 0.05);
            assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2}");
        }
    }
}

#[test]
fn nothing_comes_from_elsewhere() {
    for word in ["url(", "@import", "http", "//", "expression", "<"] {
        assert!(!STYLE.contains(word), "{word}");
    }
}
