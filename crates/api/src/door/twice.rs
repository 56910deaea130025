//! Which of two values of one name counts is read differently by different
//! programs, so a body that has one is refused.

use std::{borrow::Cow, collections::HashSet, fmt};

use base::FieldError;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// The first name that an object in this JSON has twice.
pub(super) fn name_given_twice(json: &[u8]) -> Option<FieldError> {
    let mut track = serde_path_to_error::Track::new();
    let mut reader = serde_json::Deserializer::from_slice(json);
    let walked = Walk::deserialize(serde_path_to_error::Deserializer::new(&mut reader, &mut track));
    // That it is JSON at all is seen elsewhere.
    walked.err().map(|_| FieldError::new(track.path().to_string(), "is given twice"))
}

/// Looks at all of a value and keeps nothing of it.
struct Walk;

impl<'de> Deserialize<'de> for Walk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Walk>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = fields.next_key::<Cow<'de, str>>()? {
            if names.insert(name) {
                fields.next_value::<Walk>()?;
            } else {
                // Within the value, so that the path ends with the name.
                fields.next_value_seed(Refuse)?;
            }
        }
        Ok(self)
    }
}

struct Refuse;

impl<'de> DeserializeSeed<'de> for Refuse {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        Err(D::Error::custom("a name is given twice"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_wherever_it_stands() {
        for (json, path) in [
            (r#"{"a":1,"b":{"a":[1.5,-1e99,null,true,"a"]}}"#, None),
            (r#"{"a":1,"a":2}"#, Some("a")),
            (r#"{"a":{"b":1,"c":[],"b":{}}}"#, Some("a.b")),
            (r#"{"a":[{},{"b":"x","b":"x"}]}"#, Some("a[1].b")),
            (r#"{"a":1,"\u0061":2}"#, Some("a")),
        ] {
            let found = name_given_twice(json.as_bytes());
            assert_eq!(found.map(|field| field.path).as_deref(), path, "{json}");
        }
    }
}
