//! Schemas, seen through references, `allOf` parts and alternatives to `null`.

use serde_json::{Map, Value};

use super::document::{Document, entries};

/// A schema with everything that it is made of.
#[derive(Debug, Default)]
pub(super) struct View<'a> {
    /// The component that it is, where it is one.
    pub(super) name: Option<&'a str>,
    /// Whether it may be `null`.
    pub(super) nullable: bool,
    /// Its alternatives, `null` left out; none or at least two.
    pub(super) variants: Vec<&'a Value>,
    /// The names of the references that were followed.
    pub(super) passed: Vec<&'a str>,
    /// What it is made of, outermost first: the first that says something counts.
    layers: Vec<&'a Map<String, Value>>,
}

/// What kind of value a schema describes.
pub(super) enum Kind<'a> {
    /// One of the variants.
    Choice,
    /// A list of values that are alike.
    List(Option<&'a Value>),
    /// A list with one schema for each place.
    Tuple(Vec<&'a Value>),
    /// Any names, and values that are alike.
    Mapping(&'a Value),
    /// Known names.
    Object,
    /// Text, a number, a truth value or `null`.
    Scalar(Vec<&'a str>),
    /// Anything.
    Any,
}

/// A named value of an object.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) schema: &'a Value,
    pub(super) required: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(document: Document<'a>, schema: &'a Value) -> Self {
        let mut view = Self::default();
        view.add(document, schema, true);
        view
    }

    /// `is_whole` unless the schema is only a part of this one, whose name is not this one's.
    fn add(&mut self, document: Document<'a>, schema: &'a Value, is_whole: bool) {
        let Some(map) = schema.as_object() else { return };
        self.layers.push(map);
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            self.follow(document, reference, is_whole);
        }
        self.nullable |= is_nullable(map);
        let parts = list(map, "allOf");
        for part in parts {
            self.add(document, part, is_whole && parts.len() == 1 && !map.contains_key("properties"));
        }
        let alternatives = ["oneOf", "anyOf"].into_iter().flat_map(|key| list(map, key));
        let (nulls, others): (Vec<_>, Vec<_>) = alternatives.partition(|other| is_null(other));
        self.nullable |= !nulls.is_empty();
        match others[..] {
            [] => {}
            [one] => self.add(document, one, is_whole),
            _ => self.variants.extend(others),
        }
    }

    fn follow(&mut self, document: Document<'a>, reference: &'a str, is_whole: bool) {
        let component = reference.strip_prefix("#/components/schemas/");
        let name = component.unwrap_or(reference);
        let Some(target) = document.target(reference).filter(|_| !self.passed.contains(&name)) else {
            return;
        };
        self.passed.push(name);
        if is_whole && self.name.is_none() {
            self.name = component;
        }
        self.add(document, target, is_whole);
    }

    /// What a keyword says.
    pub(super) fn keyword(&self, keyword: &str) -> Option<&'a Value> {
        self.layers.iter().find_map(|layer| layer.get(keyword))
    }

    /// What a keyword says in words.
    pub(super) fn text(&self, keyword: &str) -> &'a str {
        self.keyword(keyword).and_then(Value::as_str).unwrap_or("")
    }

    /// Whether a keyword is true.
    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.keyword(keyword).and_then(Value::as_bool).unwrap_or(false)
    }

    /// What kind of value this is.
    pub(super) fn kind(&self) -> Kind<'a> {
        let types = self.types();
        let only = |name: &str| types.is_empty() || types == [name];
        if let Some(places) = self.keyword("prefixItems").and_then(Value::as_array) {
            return Kind::Tuple(places.iter().collect());
        }
        if let Some(items) = self.keyword("items").filter(|_| only("array")) {
            return Kind::List(Some(items));
        }
        if !self.variants.is_empty() {
            return Kind::Choice;
        }
        if types == ["array"] {
            return Kind::List(None);
        }
        if only("object") && self.layers.iter().any(|layer| layer.contains_key("properties")) {
            return Kind::Object;
        }
        match self.others().filter(|_| only("object")) {
            Some(values) => Kind::Mapping(values),
            None if types == ["object"] => Kind::Object,
            None if !types.is_empty() => Kind::Scalar(types),
            None if self.texts_only() => Kind::Scalar(vec!["string"]),
            None => Kind::Any,
        }
    }

    /// Whether the values it allows say that it is text.
    fn texts_only(&self) -> bool {
        let values = self.values();
        !values.is_empty() && values.iter().all(|value| value.is_string())
    }

    /// The names of its types, `null` left out.
    fn types(&self) -> Vec<&'a str> {
        match self.keyword("type") {
            Some(Value::String(name)) if name != "null" => vec![name],
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect()
            }
            _ => Vec::new(),
        }
    }

    /// The schema of the values whose names are not known.
    pub(super) fn others(&self) -> Option<&'a Value> {
        self.keyword("additionalProperties").filter(|schema| **schema != Value::Bool(false))
    }

    /// The only values it may have; none where it may have any of its type.
    pub(super) fn values(&self) -> Vec<&'a Value> {
        match (self.keyword("const"), self.keyword("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().filter(|value| !value.is_null()).collect(),
            _ => Vec::new(),
        }
    }

    /// The value it has when none is given.
    pub(super) fn preset(&self) -> Option<&'a Value> {
        self.keyword("default").filter(|value| !value.is_null())
    }

    /// A value that someone chose to show.
    pub(super) fn example(&self) -> Option<&'a Value> {
        let many = self.keyword("examples").and_then(Value::as_array);
        self.keyword("example").or_else(|| many.and_then(|examples| examples.first()))
    }

    /// The named values of an object, the required ones first: those of all its parts.
    pub(super) fn properties(&self) -> Vec<Property<'a>> {
        let is_required = |name: &str| {
            self.layers.iter().any(|layer| list(layer, "required").iter().any(|other| other == name))
        };
        let mut properties: Vec<Property<'a>> = Vec::new();
        for (name, schema) in self.layers.iter().flat_map(|layer| entries(layer.get("properties"))) {
            if !properties.iter().any(|known| known.name == name) {
                properties.push(Property { name, schema, required: is_required(name) });
            }
        }
        properties.sort_by_key(|property| !property.required);
        properties
    }
}

fn list<'a>(map: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    map.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null")
}

fn is_nullable(map: &Map<String, Value>) -> bool {
    list(map, "type").iter().any(|name| name == "null")
        || list(map, "enum").iter().any(Value::is_null)
        || map.get("nullable") == Some(&Value::Bool(true))
}
