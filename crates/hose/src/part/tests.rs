use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{ItemType, Part};
use crate::{
    crimp::CRIMP_SPEC,
    fields::{Field, Kind, Value, Values},
};

fn read(item_type: ItemType, json: &Json) -> Result<Part, Vec<String>> {
    let (part, problems) = Part::read(item_type, json.as_object().unwrap());
    if problems.is_empty() {
        return Ok(part);
    }
    Err(problems.into_iter().map(|problem| format!("{} {}", problem.path, problem.message)).collect())
}

fn hose() -> Json {
    json!({
        "partNumber": "KV2-08", "brand": "Kestrel", "size": "-08", "DN": 12, "layers": 2,
        "workingPressure": { "value": 275, "unit": "bar" }, "minBendRadius": "180 mm",
        "outerDiameter": 22.2, "weightPerLength": { "value": "0.42", "unit": "lb/ft" },
        "standards": ["EN 853 2SN", "SAE 100R2AT"],
        "temperatures": [{ "medium": "mineral oil", "min": -40, "max": 100 }],
    })
}

#[test]
fn a_hose_is_read_in_loose_forms_and_answered_in_one() {
    let part = read(ItemType::Hose, &hose()).unwrap();
    assert_eq!(
        Json::Object(part.values.to_json()),
        json!({
            "partNumber": "KV2-08", "brand": "Kestrel", "size": "-08", "DN": "12", "layers": 2,
            "workingPressure": { "value": 275, "unit": "bar" },
            "minBendRadius": { "value": 180, "unit": "mm" },
            "outerDiameter": { "value": 22.2, "unit": "mm" },
            "weightPerLength": { "value": 0.42, "unit": "lb/ft" },
            "standards": ["EN 853 2SN", "SAE 100R2AT"],
            "temperatures": [{ "medium": "mineral oil", "min": -40, "max": 100, "unit": "°C" }],
        })
    );
    assert_eq!(part.hose_dash().unwrap().sixteenths(), 8);
    assert_eq!(part.values.canonical("workingPressure"), Some(27_500_000_000));
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let wrong = json!({
        "partNumber": " - ", "size": null, "layers": 2.5, "workingPressure": { "value": 5, "unit": "atm" },
        "temperatures": [{ "medium": "oil", "min": 100, "max": -40 }], "standards": [["x"]],
    });
    assert_eq!(
        read(ItemType::Hose, &wrong).unwrap_err(),
        [
            "brand is required",
            "size must not be empty",
            "workingPressure must be in one of bar, MPa, kPa, psi",
            "temperatures[0] must go from a lower to a higher temperature, within -273 and 2000 °C",
            "layers must be a whole number",
            "standards[0] must be a text or a number",
            "partNumber must have a letter or a digit",
        ]
    );
    let ends = json!({ "partNumber": "A", "brand": "B", "shape": "tee", "ends": [
        { "style": "JIC 37", "gender": "M", "dashSize": 8, "swivel": null },
        { "style": "nonsense", "gender": "male", "dashSize": "08" },
    ] });
    let told = read(ItemType::Adaptor, &ends).unwrap_err();
    assert!(told[0].starts_with("ends[1].style must be one of JIC, ORFS"), "{told:?}");
}

#[test]
fn a_change_leaves_clears_and_sets() {
    let part = read(ItemType::Hose, &hose()).unwrap();
    let change = json!({ "DN": null, "series": "KV", "unknown": 1 });
    let (changed, problems) = part.clone().revised(change.as_object().unwrap());
    assert_eq!(problems, []);
    assert_eq!((changed.values.get("DN"), changed.values.text("series")), (None, Some("KV")));
    assert_eq!(changed.values.get("workingPressure"), part.values.get("workingPressure"));
    let (_, problems) = part.revised(json!({ "brand": null }).as_object().unwrap());
    assert_eq!(problems[0].message, "must not be empty");
}

#[test]
fn crimp_data_is_read_from_json_and_from_cells() {
    let json = json!({
        "couplingSeries": "K2", "couplingSeriesBrand": "Kestrel", "insertLength": { "value": 31, "unit": "mm" },
        "crimpDiam": { "value": 31.62, "unit": "mm", "tolerance": 0.15 },
        "skiveExternal": { "value": 25, "unit": "mm", "tolerancePlus": 1, "toleranceMinus": -0.5 },
    });
    let (values, problems) = Values::read(CRIMP_SPEC, json.as_object().unwrap());
    assert_eq!(problems, []);
    assert_eq!(values.get("crimpDiam").unwrap().to_text(), "31.62 ±0.15 mm");
    assert_eq!(values.get("skiveExternal").unwrap().to_text(), "25 +1 -0.5 mm");
    for (text, same) in [
        ("31.62±0.15mm", "31.62 ±0.15 mm"),
        ("1.245 in +0.01/-0.005", ""),
        ("25 + 1 - 0.5 mm", "25 +1 -0.5 mm"),
    ] {
        let field = Field::named(CRIMP_SPEC, "crimpDiam").unwrap();
        match Value::parse(&field.kind, text, "") {
            Ok(value) => assert_eq!(value.unwrap().to_text(), same),
            Err(_) => assert_eq!(same, "", "{text}"),
        }
    }
}

#[test]
fn each_table_names_a_field_once_and_says_what_it_is() {
    let tables = ItemType::ALL.iter().map(|item_type| item_type.fields()).chain([CRIMP_SPEC, super::END]);
    for table in tables {
        let mut names: Vec<_> = table.iter().map(|field| field.name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), table.len());
        assert!(table.iter().all(|field| !field.about.is_empty() && !field.about.ends_with('.')));
    }
}

#[test]
fn the_stored_forms_are_the_golden_ones() {
    const STORED: &str = include_str!("stored-1.json");
    let golden: Json = serde_json::from_str(STORED).unwrap();
    for item_type in ItemType::ALL {
        let stored = &golden[item_type.word()];
        let names: Vec<_> = item_type.fields().iter().map(|field| field.name).collect();
        assert!(stored.is_object(), "{item_type} has no golden form");
        for name in &names {
            assert!(!stored[name].is_null(), "{item_type} has no golden {name}");
        }
        let part = read(*item_type, stored).unwrap();
        assert_eq!(&Json::Object(part.values.to_json()), stored, "{item_type}");
    }
}

fn a_decimal() -> impl Strategy<Value = String> {
    (0u32..1_000_000, 0u32..5)
        .prop_map(|(n, scale)| base::Decimal::new(n.into(), scale).normalize().to_string())
}

/// A value of any field, as a person would write it into a cell.
fn a_text(kind: Kind) -> BoxedStrategy<String> {
    match kind {
        Kind::Text(_) => "[A-Za-z0-9][A-Za-z0-9 /.-]{0,20}[A-Za-z0-9]".boxed(),
        Kind::Number(max) => (0..=max).prop_map(|n| n.to_string()).boxed(),
        Kind::Count(max) => (1..=max).prop_map(|n| n.to_string()).boxed(),
        Kind::Flag => prop_oneof![Just("yes".to_owned()), Just("0".to_owned())].boxed(),
        Kind::Word(word) => Just(word.to_uppercase()).boxed(),
        Kind::Choice(choice) => proptest::sample::select((choice.words)()).prop_map(str::to_owned).boxed(),
        Kind::Measure(dimension) => (a_decimal(), proptest::sample::select(dimension.units()))
            .prop_map(|(value, unit)| format!("{value} {unit}"))
            .boxed(),
        Kind::Toleranced(dimension) => {
            (a_decimal(), a_decimal(), proptest::sample::select(dimension.units()))
                .prop_map(|(value, off, unit)| format!("{value} ±{off} {unit}"))
                .boxed()
        }
        Kind::Texts => {
            proptest::collection::vec("[A-Za-z0-9]{1,9}", 1..4).prop_map(|all| all.join("; ")).boxed()
        }
        Kind::Temperatures => {
            (-40i32..0, 1i32..200).prop_map(|(a, b)| format!("mineral oil {a}..{b} °C")).boxed()
        }
        Kind::Rows(_) => {
            Just("style JIC, gender male, dashSize 08; style ORFS, gender female, dashSize 06".to_owned())
                .boxed()
        }
    }
}

proptest! {
    #[test]
    fn what_is_read_from_a_cell_is_written_and_read_as_the_same(
        (field, text) in proptest::sample::select(
            ItemType::ALL.iter().flat_map(|t| t.fields()).chain(CRIMP_SPEC).collect::<Vec<_>>()
        ).prop_flat_map(|field| a_text(field.kind).prop_map(move |text| (field, text)))
    ) {
        let value = Value::parse(&field.kind, &text, "").unwrap().unwrap();
        let again = Value::parse(&field.kind, &value.to_text(), "").unwrap().unwrap();
        prop_assert_eq!(&again, &value);
        let object = json!({ field.name: value.to_json() });
        let table: &'static [Field] = std::slice::from_ref(field);
        let (values, problems) = Values::read(table, object.as_object().unwrap());
        prop_assert_eq!(problems, []);
        prop_assert_eq!(values.get(field.name), Some(&value));
    }

    #[test]
    fn no_text_of_a_cell_breaks_the_reader(
        field in proptest::sample::select(ItemType::ALL.iter().flat_map(|t| t.fields()).chain(CRIMP_SPEC).collect::<Vec<_>>()),
        text in "\\PC{0,40}",
    ) {
        let _ = Value::parse(&field.kind, &text, "mm");
    }
}
