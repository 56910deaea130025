use std::fmt;

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value as Json;

use super::{Field, Kind, Value, Values};

impl Values {
    /// Reads a document as [`to_json`](Self::to_json) made it, to be stored. Texts and words
    /// are not checked again: what was stored once is read for ever, also when a rule became
    /// stricter. Names that are no fields any more are passed over.
    pub fn stored(table: &'static [Field], json: &str) -> serde_json::Result<Self> {
        let mut from = serde_json::Deserializer::from_str(json);
        let values = Document(table).deserialize(&mut from)?;
        from.end()?;
        Ok(values)
    }
}

/// A document with the fields of a table.
struct Document(&'static [Field]);

impl<'de> DeserializeSeed<'de> for Document {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Values, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document {
    type Value = Values;

    fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
        words.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
        let mut values = Values::new(self.0);
        while let Some(field) = map.next_key_seed(Name(self.0))? {
            match field {
                Some(field) => values.set(field, map.next_value_seed(Stored(&field.kind))?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}

/// The name of a field.
struct Name(&'static [Field]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<&'static Field>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<&'static Field>;

    fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
        words.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Field::named(self.0, name))
    }
}

/// A value of a kind.
struct Stored(&'static Kind);

impl<'de> DeserializeSeed<'de> for Stored {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        match self.0 {
            Kind::Text(_) | Kind::Choice(_) | Kind::Word(_) => {
                Ok(Some(Value::Text(String::deserialize(from)?)))
            }
            kind => Ok(Value::read(kind, &Json::deserialize(from)?).unwrap_or_default()),
        }
    }
}
