//! What must hold for any input at all. The fuzz targets call these with new
//! inputs, the ordinary tests with the corpora the fuzzers left.

use crate::{
    ItemType,
    crimp::CRIMP_SPEC,
    fields::{Field, Value, Values},
    part_number,
};

/// A part number has one form, in which nothing is left to fold.
///
/// # Panics
/// If that does not hold.
pub fn part_number(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let norm = part_number::normalized(&text);
    assert_eq!(part_number::normalized(&norm), norm, "folded once for all");
    assert!(
        !norm.contains(|c: char| c.is_whitespace() || c.is_control() || "-._/\\".contains(c)),
        "{norm:?}"
    );
    let spaced: String = text.chars().flat_map(|c| [c, ' ', '-', '.']).collect();
    let shouted = text.to_ascii_uppercase();
    for other in [spaced, shouted, format!("--{text}..")] {
        // Two signs that are apart may be folded otherwise than together, as a final sigma is.
        if other.is_ascii() {
            assert_eq!(part_number::normalized(&other), norm, "{text:?} and {other:?} are one number");
        }
    }
}

/// The text of a cell is read or refused; what is read is written, and read as the same.
/// The first byte says for which field.
///
/// # Panics
/// If that does not hold.
pub fn cell(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let tables = ItemType::ALL.iter().map(|item_type| item_type.fields()).chain([CRIMP_SPEC]);
    let fields: Vec<&'static Field> = tables.flatten().collect();
    let field = fields[usize::from(*first) % fields.len()];
    let Ok(Some(value)) = Value::parse(&field.kind, &String::from_utf8_lossy(rest), "") else { return };
    let again = Value::parse(&field.kind, &value.to_text(), "");
    assert_eq!(again.as_ref(), Ok(&Some(value.clone())), "{} as {:?}", field.name, value.to_text());
    let json = serde_json::Map::from_iter([(field.name.to_owned(), value.to_json())]);
    let (values, problems) = Values::read(std::slice::from_ref(field), &json);
    assert_eq!(
        (values.get(field.name), &problems[..]),
        (Some(&value), &[][..]),
        "{} as {json:?}",
        field.name
    );
}
