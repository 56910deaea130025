//! Values that callers write in several forms; they are answered in one.

use base::Decimal;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value as Json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, SchemaType, Type},
    },
};

/// A flag: `true`, `1` or `"true"`, `false`, `0` or `"false"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let word = match &json {
            Json::String(text) => text.trim().to_ascii_lowercase(),
            other => other.to_string(),
        };
        match word.as_str() {
            "true" | "1" => Ok(Self(true)),
            "false" | "0" => Ok(Self(false)),
            _ => Err(D::Error::custom("must be true or false, or 1 or 0")),
        }
    }
}

/// A number, also in quotes; never read through a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Json::deserialize(deserializer)? {
            Json::Number(number) => number.to_string(),
            Json::String(text) => text.trim().to_owned(),
            _ => return Err(D::Error::custom("must be a number")),
        };
        let exact = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
        exact.map(Self).map_err(|_| D::Error::custom("must be a number of at most 28 digits"))
    }
}

/// As a JSON number with exactly these digits.
impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: serde_json::Number =
            self.0.to_string().parse().map_err(|_| serde::ser::Error::custom("a decimal"))?;
        number.serialize(serializer)
    }
}

/// A country: its name, or `{"countryName": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Country(pub(crate) String);

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::String(name) => Ok(Self(name)),
            Json::Object(fields) => match fields.get("countryName") {
                Some(Json::String(name)) => Ok(Self(name.clone())),
                _ => Err(D::Error::custom("must have a countryName")),
            },
            _ => Err(D::Error::custom("must be the name of a country")),
        }
    }
}

macro_rules! several_types {
    ($name:ident, $description:literal, $($type:ident),*) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let types = SchemaType::Array(vec![$(Type::$type),*]);
                let schema = ObjectBuilder::new().schema_type(types).description(Some($description));
                RefOr::T(Schema::Object(schema.build()))
            }
        }

        impl ToSchema for $name {}
    };
}
several_types!(Flag, "True or false: also as 1 or 0, or in quotes.", Boolean, Integer, String);
several_types!(
    Number,
    "A decimal number, also in quotes; never read through a float.",
    Number,
    Integer,
    String
);
several_types!(Country, "The name of a country, also as `{\"countryName\": …}`.", String, Object);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_flag_is_read_in_every_form() {
        for (written, meant) in [
            (json!(true), Some(true)),
            (json!(0), Some(false)),
            (json!("1"), Some(true)),
            (json!(" FALSE "), Some(false)),
            (json!(2), None),
            (json!("yes"), None),
            (json!([]), None),
        ] {
            let read = serde_json::from_value::<Flag>(written.clone()).ok();
            assert_eq!(read.map(|flag| flag.0), meant, "{written}");
        }
    }

    #[test]
    fn a_number_keeps_its_digits() {
        for (written, kept) in [
            ("0.1234567890123456789012345678", Some("0.1234567890123456789012345678")),
            ("\"1.10\"", Some("1.10")),
            ("1e3", Some("1000")),
            ("1e99", None),
            ("\"one\"", None),
            ("true", None),
        ] {
            let read = serde_json::from_str::<Number>(written).ok();
            let again = read.map(|number| serde_json::to_string(&number).unwrap());
            assert_eq!(again.as_deref(), kept, "{written}");
        }
    }
}
