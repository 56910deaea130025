//! Example values: those of the document, else some made up from the schema.

use serde_json::{Map, Number, Value};

use super::{
    document::{Document, entries, text},
    schema::{Kind, View},
};

/// As many in all: then only what is required.
const ALL_VALUES: usize = 30;

/// As deep are values made up.
const DEPTH: usize = 6;

/// A value and what it shows.
pub(super) struct Example<'a> {
    pub(super) title: &'a str,
    pub(super) value: Value,
}

/// The examples that the document gives for a body, or for a parameter.
pub(super) fn given<'a>(document: Document<'a>, holder: &'a Value) -> Vec<Example<'a>> {
    if let Some(value) = holder.get("example") {
        return vec![Example { title: "", value: value.clone() }];
    }
    entries(holder.get("examples"))
        .map(|(name, example)| (name, document.resolve(example)))
        .filter_map(|(name, example)| {
            let title = Some(text(example, "summary")).filter(|summary| !summary.is_empty()).unwrap_or(name);
            Some(Example { title, value: example.get("value")?.clone() })
        })
        .collect()
}

/// The examples of a request body; where the document gives none, one that is made up, each object of it with as many
/// values unless more are required.
pub(super) fn of_body<'a>(document: Document<'a>, media: &'a Value, values: usize) -> Vec<Example<'a>> {
    let given = given(document, media);
    if !given.is_empty() {
        return given;
    }
    let mut maker = Maker { document, inside: Vec::new(), values, made: 0 };
    let made = media.get("schema").and_then(|schema| maker.make(schema));
    made.into_iter().map(|value| Example { title: "", value }).collect()
}

/// Makes values up.
struct Maker<'a> {
    document: Document<'a>,
    /// The components whose value is being made: an object within itself ends there.
    inside: Vec<&'a str>,
    /// As many values are made up of one object, unless more are required.
    values: usize,
    /// As many are made up so far.
    made: usize,
}

impl<'a> Maker<'a> {
    fn make(&mut self, schema: &'a Value) -> Option<Value> {
        self.made += 1;
        let view = View::new(self.document, schema);
        let chosen = view.example().or_else(|| view.values().first().copied()).or_else(|| view.preset());
        if let Some(value) = chosen {
            return Some(value.clone());
        }
        if self.inside.len() > DEPTH || view.passed.iter().any(|name| self.inside.contains(name)) {
            return None;
        }
        let depth = self.inside.len();
        self.inside.extend(&view.passed);
        // Nameless schemas count too, so that the depth is a bound for them.
        if view.passed.is_empty() {
            self.inside.push("");
        }
        let value = self.of_kind(&view);
        self.inside.truncate(depth);
        value
    }

    fn of_kind(&mut self, view: &View<'a>) -> Option<Value> {
        match view.kind() {
            Kind::Choice => view.variants.iter().find_map(|variant| self.make(variant)),
            Kind::List(items) => {
                Some(Value::Array(items.and_then(|items| self.make(items)).into_iter().collect()))
            }
            Kind::Tuple(places) => {
                Some(places.into_iter().map(|place| self.make(place).unwrap_or_default()).collect())
            }
            Kind::Mapping(values) => {
                Some(self.make(values).map(|value| ("name".to_owned(), value)).into_iter().collect())
            }
            Kind::Object => Some(Value::Object(self.object(view))),
            Kind::Scalar(types) => Some(scalar(view, types.first().copied().unwrap_or_default())),
            Kind::Any => Some(Value::Object(Map::new())),
        }
    }

    /// What a request has to have, then of the rest as much as is easily read.
    fn object(&mut self, view: &View<'a>) -> Map<String, Value> {
        let mut properties = view.properties();
        properties.retain(|property| !View::new(self.document, property.schema).flag("readOnly"));
        let required = properties.iter().filter(|property| property.required).count();
        let mut more = self.values.saturating_sub(required);
        let mut object = Map::new();
        for property in properties {
            let is_extra = !property.required;
            if is_extra && (more == 0 || self.made >= ALL_VALUES) {
                continue;
            }
            more -= usize::from(is_extra);
            if let Some(value) = self.make(property.schema) {
                object.insert(property.name.to_owned(), value);
            }
        }
        object
    }
}

fn scalar(view: &View<'_>, name: &str) -> Value {
    let bound = |keyword| view.keyword(keyword).and_then(Value::as_number).cloned();
    match name {
        "boolean" => Value::Bool(true),
        "integer" | "number" => {
            let number = bound("minimum").filter(is_positive).or_else(|| bound("maximum"));
            Value::Number(number.unwrap_or_else(|| Number::from(1)))
        }
        _ => Value::String(of_format(view.text("format")).to_owned()),
    }
}

fn is_positive(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number > 0.0)
}

fn of_format(format: &str) -> &'static str {
    match format {
        "date-time" => "2026-01-31T12:00:00Z",
        "date" => "2026-01-31",
        "time" => "12:00:00",
        "duration" => "PT1H",
        "email" => "someone@example.com",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "uri" | "url" => "https://example.com",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "U3dhZ2U=",
        _ => "string",
    }
}
