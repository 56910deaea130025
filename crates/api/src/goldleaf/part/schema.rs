//! Schemas made from tables of fields.

use hose::{
    crimp::CRIMP_SPEC,
    fields::{Dimension, Field, Kind},
};
use serde_json::json;
use usecases::catalogue::SAID;
use utoipa::openapi::{
    RefOr,
    schema::{
        AdditionalProperties, ArrayBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat,
        SchemaType, Type,
    },
};

/// Whether a schema is of what is sent or of what is answered: loose in, one form out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Sent, whole.
    In,
    /// Sent as a change: nothing is required.
    Change,
    /// Answered.
    Out,
}

/// An object with the fields of a table.
pub(crate) fn object(table: &[Field], way: Way) -> ObjectBuilder {
    table.iter().fold(ObjectBuilder::new(), |object, field| {
        let object = object.property(field.name, of_field(field, way));
        if field.required && way != Way::Change { object.required(field.name) } else { object }
    })
}

/// The body with which a part of a type is made or changed.
pub(crate) fn body(item_type: hose::ItemType, way: Way) -> RefOr<Schema> {
    let mut object = said(object(item_type.fields(), way), way);
    if item_type == hose::ItemType::Hose {
        object = crimp_specs(object, way);
    }
    let object = match way {
        Way::In => object
            .property(
                "itemId",
                or_null(
                    Type::String,
                    "A part of the same type whose values stand where this body says nothing",
                ),
            )
            .examples([example(item_type)]),
        Way::Change | Way::Out => object
            .property(
                "rev",
                or_null(Type::Integer, "The revision that was seen; another one is answered with 409"),
            )
            .examples([json!({ "orgPartNumber": "H-1001", "cost": 3.95, "available": true })]),
    };
    let about = match way {
        Way::In => format!("{} to be made.", capital(item_type.what())),
        _ => format!(
            "What the organization says of a {}; for an own one its fields too. Absent leaves, null clears.",
            item_type.what()
        ),
    };
    RefOr::T(Schema::Object(object.description(Some(about)).build()))
}

/// The document of a part of a type.
pub(crate) fn out(item_type: hose::ItemType) -> RefOr<Schema> {
    let object = document(said(object(item_type.fields(), Way::Out), Way::Out));
    RefOr::T(Schema::Object(object.description(Some(format!("{}.", capital(item_type.what())))).build()))
}

/// The document of a part of whatever type.
pub(crate) fn any_out() -> RefOr<Schema> {
    let mut any = ObjectBuilder::new();
    for item_type in hose::ItemType::ALL {
        any = item_type
            .fields()
            .iter()
            .fold(any, |any, field| any.property(field.name, of_field(field, Way::Out)));
    }
    let object = document(said(any, Way::Out)).required("partNumber");
    RefOr::T(Schema::Object(object.description(Some("A part of whatever type.")).build()))
}

fn capital(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    format!("{article} {what}")
}

/// What may be null.
pub(crate) fn or_null(kind: Type, about: &str) -> Object {
    let types = SchemaType::Array(vec![kind, Type::Null]);
    ObjectBuilder::new().schema_type(types).description(Some(about)).build()
}

/// What an organization says of an item, and a hose's crimp data.
pub(crate) fn said(object: ObjectBuilder, way: Way) -> ObjectBuilder {
    SAID.iter().fold(object, |object, field| {
        // The fields of a part stand before: an other item's brand is no other brand.
        object.property(field.name, of_field(field, way))
    })
}

/// The rows of crimp data of a hose.
pub(crate) fn crimp_specs(object: ObjectBuilder, way: Way) -> ObjectBuilder {
    let row = match way {
        Way::Out => row_out(),
        Way::In | Way::Change => self::object(CRIMP_SPEC, Way::In).build(),
    };
    let description = "The organization's own crimp data of the hose: given, it takes the place of what there was; \
                       `[]` and null leave none. Rows of the shared catalogue may be among them as they were read";
    let types = SchemaType::Array(vec![Type::Array, Type::Null]);
    let rows = ArrayBuilder::new().schema_type(types).items(row).description(Some(description));
    object.property("crimpSpecs", rows.max_items(Some(500)))
}

/// A row of crimp data as it is answered.
pub(crate) fn row_out() -> Object {
    object(CRIMP_SPEC, Way::Out)
        .property("_id", text("Its id"))
        .required("_id")
        .property("hoseId", text("The hose it is for"))
        .required("hoseId")
        .property("shared", flag("Whether it is of the shared catalogue"))
        .required("shared")
        .property("rev", whole("Rises by one with every change"))
        .required("rev")
        .description(Some("A row of crimp data: what makes a hose and a series of fittings one."))
        .build()
}

/// What every document of a part has beside its own fields.
pub(crate) fn document(object: ObjectBuilder) -> ObjectBuilder {
    let moment =
        |about: &str| string(about).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).build();
    let brand = or_null(Type::String, "The id of its brand; null for an item of no brand");
    let status = string("Whether it may be used: `approved`, `pending`, `deleted`")
        .enum_values(Some(["approved", "pending", "deleted"]));
    object
        .property("_id", text("Its id"))
        .property("itemId", text("Its id as an item, which is the same"))
        .property(
            "componentType",
            text(
                "What type of part it is: `hose`, `crimpFitting`, `ferrule`, `adaptor`, `wrap`, `otherItem`",
            ),
        )
        .property("brandId", brand)
        .property("shared", flag("Whether it is of the shared catalogue"))
        .property("status", status)
        .property("statusReason", text("Why it stands there"))
        .property("created", moment("When it was made"))
        .property("createdBy", text("By whom: `user:ID`, `key:ID` or `system:WORD`"))
        .property("lastModified", moment("When it, or what the organization says of it, was last changed"))
        .property("lastModifiedBy", text("By whom"))
        .property("rev", whole("Rises with every change"))
        .required("_id")
        .required("itemId")
        .required("componentType")
        .required("brandId")
        .required("shared")
        .required("status")
        .required("created")
        .required("createdBy")
        .required("lastModified")
        .required("lastModifiedBy")
        .required("rev")
}

/// What can be sent of a field may be null unless it must be there.
fn of_field(field: &Field, way: Way) -> RefOr<Schema> {
    let loose = way != Way::Out;
    let nullable = loose && !(field.required && way == Way::In);
    let types = |types: &[Type]| {
        let types = types.iter().cloned().chain(nullable.then_some(Type::Null)).collect::<Vec<_>>();
        match &types[..] {
            [one] => SchemaType::Type(one.clone()),
            _ => SchemaType::Array(types),
        }
    };
    let of = |these: &[Type]| ObjectBuilder::new().schema_type(types(these)).description(Some(field.about));
    let schema = match field.kind {
        Kind::Text(max) => {
            let object =
                of(if loose { &[Type::String, Type::Number, Type::Integer] } else { &[Type::String] });
            object.max_length(Some(max)).build()
        }
        Kind::Number(max) => {
            let object =
                of(if loose { &[Type::Number, Type::Integer, Type::String] } else { &[Type::Number] });
            object.minimum(Some(0)).maximum(Some(max)).build()
        }
        Kind::Count(max) => {
            let object = of(if loose { &[Type::Integer, Type::String] } else { &[Type::Integer] });
            object.minimum(Some(1)).maximum(Some(max)).build()
        }
        Kind::Flag => {
            of(if loose { &[Type::Boolean, Type::Integer, Type::String] } else { &[Type::Boolean] }).build()
        }
        Kind::Word(word) => {
            let object = of(&[Type::String]);
            if loose { object.build() } else { object.enum_values(Some([word])).build() }
        }
        Kind::Choice(choice) => {
            let words = (choice.words)();
            let about = format!("{}: {}", field.about, words.join(", "));
            let object = of(&[Type::String]).description(Some(about));
            if loose { object.build() } else { object.enum_values(Some(words)).build() }
        }
        Kind::Measure(dimension) => measured(field, dimension, types(&measured_types(loose)), false),
        Kind::Toleranced(dimension) => measured(field, dimension, types(&measured_types(loose)), true),
        Kind::Texts => return array(field, types(&array_types(loose)), string("One of them").build()),
        Kind::Temperatures => return array(field, types(&array_types(loose)), temperatures()),
        Kind::Rows(table) => {
            let row = object(table, if loose { Way::In } else { Way::Out }).build();
            return array(field, types(&[Type::Array]), row);
        }
    };
    RefOr::T(Schema::Object(schema))
}

fn measured_types(loose: bool) -> Vec<Type> {
    if loose { vec![Type::Object, Type::String, Type::Number, Type::Integer] } else { vec![Type::Object] }
}

fn array_types(loose: bool) -> Vec<Type> {
    if loose { vec![Type::Array, Type::String] } else { vec![Type::Array] }
}

fn measured(field: &Field, dimension: Dimension, types: SchemaType, toleranced: bool) -> Object {
    let number =
        |about: &str| ObjectBuilder::new().schema_type(Type::Number).description(Some(about)).build();
    let unit = format!("Its unit: {}; {} unless said", dimension.units().join(", "), dimension.usual_unit());
    let mut object = ObjectBuilder::new()
        .schema_type(types)
        .description(Some(format!(
            "{}; also as a text, as in `12.5 {}`",
            field.about,
            dimension.usual_unit()
        )))
        .property("value", number("The number, as it was entered"))
        .required("value")
        .property("unit", string(&unit));
    if toleranced {
        object = object
            .property("tolerance", number("How far it may be off either way"))
            .property("tolerancePlus", number("How much more it may be"))
            .property("toleranceMinus", number("How much less it may be"));
    }
    object.build()
}

fn temperatures() -> Object {
    let number =
        |about: &str| ObjectBuilder::new().schema_type(Type::Number).description(Some(about)).build();
    ObjectBuilder::new()
        .property("medium", text("The medium, such as mineral oil"))
        .property("min", number("The lowest temperature, in °C"))
        .property("max", number("The highest temperature, in °C"))
        .property("unit", text("Always °C"))
        .required("medium")
        .required("min")
        .required("max")
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)))
        .build()
}

fn array(field: &Field, types: SchemaType, items: Object) -> RefOr<Schema> {
    let array = ArrayBuilder::new().schema_type(types).items(items).description(Some(field.about));
    RefOr::T(Schema::Array(array.max_items(Some(50)).build()))
}

fn string(about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(about))
}

pub(crate) fn text(about: &str) -> Object {
    string(about).build()
}

pub(crate) fn flag(about: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).description(Some(about)).build()
}

pub(crate) fn whole(about: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).description(Some(about)).build()
}

/// The example of a type's body, for the document and the tests that walk it.
pub(crate) fn example(item_type: hose::ItemType) -> serde_json::Value {
    use hose::ItemType as T;
    match item_type {
        T::Hose => json!({
            "partNumber": "KV2-08", "brand": "Own brand", "size": "-08", "nominalHoseSize": "1/2", "series": "KV2",
            "saeSpec": "100R2AT", "isoSpec": "EN 853 2SN", "DN": "12", "colourHose": "black",
            "workingPressure": { "value": 275, "unit": "bar" }, "minBendRadius": { "value": 180, "unit": "mm" },
            "temperatures": [{ "medium": "mineral oil", "min": -40, "max": 100 }], "cost": 4.2,
        }),
        T::CrimpFitting => json!({
            "partNumber": "K2-JF-0808", "brand": "Own brand", "hoseSize": "-08", "dashSize": "-08", "series": "K2",
            "style": "JIC", "gender": "female", "shape": "straight", "swivel": "swivel",
            "cutOff": { "value": 28.5, "unit": "mm" }, "cutOffDatum": "seat",
        }),
        T::Ferrule => json!({
            "partNumber": "KF-2-08", "brand": "Own brand", "size": "8", "material": "steel", "weightLbs": 0.11,
            "diametermm": 27.5, "lengthmm": 36,
        }),
        T::Adaptor => json!({
            "partNumber": "6400-08-06", "brand": "Own brand", "shape": "straight", "crossReference": 64_000_806,
            "familyCrossReference": "6400", "ends": [
                { "style": "JIC", "gender": "male", "dashSize": "08", "swivel": null },
                { "style": "ORB", "gender": "male", "dashSize": "06", "swivel": null },
            ],
        }),
        T::Wrap => json!({
            "partNumber": "SG-25", "brand": "Own brand", "wrapType": "spiral guard", "colour": "black",
            "minOuterDiameter": "20 mm", "maxOuterDiameter": "28 mm",
        }),
        T::OtherItem => json!({
            "partNumber": "CL-25", "itemType": "clamp", "brand": "Own brand", "description": "A clamp for 25 mm",
            "weightLbs": 0.2, "listPrice": 1.75,
        }),
    }
}
