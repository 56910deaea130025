use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
};

use jsonschema::Validator;
use serde_json::{Map, Value as Json, json};

/// The OpenAPI document, made ready to check answers against it.
pub struct Document {
    /// The document.
    pub json: Json,
    /// By the text of the schema.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Document {
    /// The one of the application; made once in a process.
    pub fn get() -> &'static Self {
        static DOCUMENT: OnceLock<Document> = OnceLock::new();
        DOCUMENT.get_or_init(|| Self { json: api::openapi(), validators: Mutex::default() })
    }

    /// Every operation: method in capitals, path, and what the document says of it.
    pub fn operations(&self) -> Vec<(String, String, &Json)> {
        let paths = self.json["paths"].as_object().unwrap();
        let mut operations = Vec::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap().iter().filter(|(_, value)| value.is_object())
            {
                operations.push((method.to_uppercase(), path.clone(), operation));
            }
        }
        operations
    }

    /// The operation that a request is for, after its path.
    fn operation(&self, method: &str, path: &str) -> Option<(&str, &Json)> {
        let path = path.split('?').next().unwrap();
        let path = path.strip_suffix('/').unwrap_or(path);
        let method = method.to_lowercase();
        let items = self.json["paths"].as_object().unwrap().iter();
        let operations = items
            .filter(|(template, _)| matches(template, path))
            .filter_map(|(template, item)| Some((template.as_str(), item.get(&method)?)));
        // A word is nearer than a parameter.
        operations.min_by_key(|(template, _)| template.matches('{').count())
    }

    /// Fails unless the document allows this answer.
    pub fn check(&self, method: &str, path: &str, status: u16, content_type: &str, body: &[u8]) {
        let Some((template, operation)) = self.operation(method, path) else {
            let is_failure = matches!(status, 404 | 405);
            assert!(is_failure, "{method} {path} answered {status}, but is not in the document");
            let json: Json = serde_json::from_slice(body).unwrap();
            let schema = if json.get("statusCode").is_some() { "GjirafaFailure" } else { "Failure" };
            self.check_schema(&format!("{method} {path} {status}"), schema, &json);
            return;
        };
        let place = format!("{method} {template} {status}");
        let answer = &operation["responses"][status.to_string()];
        if status == 405 {
            return;
        }
        assert!(answer.is_object(), "{place} is not in the document: {}", String::from_utf8_lossy(body));
        let kind = content_type.split(';').next().unwrap().trim();
        let schema = &answer["content"][kind]["schema"];
        assert!(!schema.is_null(), "{place} has no schema for {kind:?}");
        if self.is_file(schema) {
            return;
        }
        let json: Json = serde_json::from_slice(body).unwrap();
        self.check_json(&place, schema, &json);
    }

    /// Whether a schema is that of a file.
    fn is_file(&self, schema: &Json) -> bool {
        let referred =
            schema["$ref"].as_str().and_then(|reference| self.json.pointer(reference.strip_prefix('#')?));
        referred.unwrap_or(schema)["format"] == "binary"
    }

    /// Fails unless this is what a schema of the document says.
    pub fn check_schema(&self, place: &str, schema: &str, json: &Json) {
        let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
        self.check_json(&format!("{place} as {schema}"), &reference, json);
    }

    fn check_json(&self, place: &str, schema: &Json, json: &Json) {
        let validator = self.validator(schema);
        let errors: Vec<_> =
            validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{place} is not as the document says:\n{}\n{json:#}", errors.join("\n"));
    }

    /// What checks against a schema; made once for each, and for no more than it needs: there are many schemas, and
    /// every test is a process of its own.
    fn validator(&self, schema: &Json) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let make = || {
            let mut whole = json!({ "allOf": [schema], "components": { "schemas": self.needed_by(schema) } });
            close(&mut whole);
            Arc::new(jsonschema::draft202012::new(&whole).unwrap())
        };
        Arc::clone(validators.entry(schema.to_string()).or_insert_with(make))
    }

    /// The schemas that one names, those that they name, and so on.
    fn needed_by<'a>(&'a self, schema: &'a Json) -> Map<String, Json> {
        let mut needed = Map::new();
        let mut named = Vec::new();
        names_in(schema, &mut named);
        while let Some(name) = named.pop() {
            if !needed.contains_key(name) {
                let schema = &self.json["components"]["schemas"][name];
                names_in(schema, &mut named);
                needed.insert(name.to_owned(), schema.clone());
            }
        }
        needed
    }
}

/// Gathers the names of the schemas that one refers to.
fn names_in<'a>(schema: &'a Json, names: &mut Vec<&'a str>) {
    match schema {
        Json::Object(fields) => {
            let reference = fields.get("$ref").and_then(Json::as_str);
            names.extend(reference.and_then(|text| text.strip_prefix("#/components/schemas/")));
            fields.values().for_each(|value| names_in(value, names));
        }
        Json::Array(items) => items.iter().for_each(|item| names_in(item, names)),
        _ => {}
    }
}

/// A field that the document does not name is a mistake of the document.
fn close(schema: &mut Json) {
    match schema {
        Json::Object(fields) => {
            if fields.get("type").is_some_and(|kind| kind == "object") && fields.contains_key("properties") {
                fields.entry("additionalProperties").or_insert(json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Json::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn matches(template: &str, path: &str) -> bool {
    let mut words = template.trim_end_matches('/').split('/');
    let mut segments = path.split('/');
    let is_meant = |word: &str, segment: &str| word.starts_with('{') || word.eq_ignore_ascii_case(segment);
    words.all(|word| segments.next().is_some_and(|segment| is_meant(word, segment)))
        && segments.next().is_none()
}
