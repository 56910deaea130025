//! The OpenAPI document: right in itself, complete, and kept as a golden file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use testkit::{Document, Sqlite, TestApp};

use crate::{golden, request::example};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Ids that programs generated from GoldLeaf's own document call functions by.
const GOLDLEAF_IDS: &[(&str, &str, &str)] = &[
    ("getOrganizationApiKey", "GET", "/api/v1/organization/apikeys"),
    ("postOrganizationApiKeys", "POST", "/api/v1/organization/apikeys"),
    ("postOrganizationApiKeysIdUpdate", "POST", "/api/v1/organization/apikeys/{apiKeyId}/update"),
    ("postOrganizationApiKeysIdDelete", "POST", "/api/v1/organization/apikeys/{apiKeyId}/delete"),
];

fn document() -> &'static Json {
    &Document::get().json
}

/// Every operation with its place: `METHOD path`.
fn operations() -> Vec<(String, &'static Json)> {
    let operations = Document::get().operations().into_iter();
    operations.map(|(method, path, operation)| (format!("{method} {path}"), operation)).collect()
}

/// Calls `each` with every value in the document and where it stands.
fn walk<'a>(json: &'a Json, place: &str, each: &mut impl FnMut(&str, &'a Json)) {
    each(place, json);
    match json {
        Json::Object(fields) => {
            fields.iter().for_each(|(name, value)| walk(value, &format!("{place}/{name}"), each));
        }
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{place}/{n}"), each));
        }
        _ => {}
    }
}

fn text<'a>(json: &'a Json, field: &str) -> &'a str {
    json[field].as_str().unwrap_or_default()
}

fn names(json: &Json) -> BTreeSet<&str> {
    json.as_object().map(|fields| fields.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn the_document_is_as_it_was() {
    golden::check("openapi.json", &format!("{document:#}\n", document = api::openapi()));
}

#[tokio::test]
async fn the_document_is_served() {
    let app = TestApp::start(Sqlite).await;
    let answer = app.get("/api/openapi.json").expect(200).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(String::from_utf8(answer.bytes).unwrap(), format!("{:#}", document()));
}

#[test]
fn the_document_has_the_structure_of_openapi_3_1() {
    let root = document();
    assert!(text(root, "openapi").starts_with("3.1."), "{}", root["openapi"]);
    let known = ["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"];
    assert!(names(root).is_subset(&BTreeSet::from(known)), "{:?}", names(root));
    for field in ["title", "version", "description"] {
        assert!(!text(&root["info"], field).is_empty(), "info.{field}");
    }
    let tags: Vec<_> = root["tags"].as_array().unwrap().iter().map(|tag| text(tag, "name")).collect();
    assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len(), "a tag is there twice");
    let schemes = names(&root["components"]["securitySchemes"]);
    for scheme in root["components"]["securitySchemes"].as_object().unwrap().values() {
        let right = match text(scheme, "type") {
            "http" => text(scheme, "scheme") == "bearer",
            "apiKey" => {
                ["header", "cookie"].contains(&text(scheme, "in")) && !text(scheme, "name").is_empty()
            }
            _ => false,
        };
        assert!(right && !text(scheme, "description").is_empty(), "{scheme}");
    }
    for (path, item) in root["paths"].as_object().unwrap() {
        assert!(path.starts_with('/') && !path.contains(['?', '#', ' ']), "{path}");
        assert!(names(item).is_subset(&METHODS.iter().copied().collect()), "{path}");
    }
    for (place, operation) in operations() {
        check_parameters(&place, operation);
        check_answers(&place, operation);
        if let Some(body) = operation.get("requestBody") {
            assert_eq!(body["required"], true, "{place}");
            let kinds: Vec<_> = body["content"].as_object().unwrap().values().collect();
            assert!(!kinds.is_empty() && kinds.iter().all(|kind| kind["schema"].is_object()), "{place}");
        }
        for tag in operation["tags"].as_array().unwrap() {
            assert!(tags.contains(&tag.as_str().unwrap()), "{place}: the tag {tag} is not described");
        }
        for requirement in operation["security"].as_array().unwrap() {
            assert!(names(requirement).is_subset(&schemes), "{place}: {requirement}");
        }
    }
}

fn check_parameters(place: &str, operation: &Json) {
    let template: BTreeSet<&str> =
        place.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect();
    let mut in_path = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, place_of_it) = (text(parameter, "name"), text(parameter, "in"));
        assert!(["path", "query", "header"].contains(&place_of_it), "{place}: {parameter}");
        assert!(seen.insert((name, place_of_it)), "{place}: {name} is there twice");
        assert!(
            parameter["schema"].is_object() && !text(parameter, "description").is_empty(),
            "{place}: {name}"
        );
        if place_of_it == "path" {
            assert_eq!(parameter["required"], true, "{place}: {name}");
            in_path.insert(name);
        }
    }
    assert_eq!(in_path, template, "{place}");
}

fn check_answers(place: &str, operation: &Json) {
    let answers = operation["responses"].as_object().unwrap();
    let mut successes = 0;
    for (status, answer) in answers {
        let number: u16 = status.parse().unwrap();
        assert!((200..600).contains(&number), "{place} {status}");
        assert!(!text(answer, "description").is_empty(), "{place} {status} has no description");
        successes += u32::from(number < 300);
        let content = names(&answer["content"]);
        assert!(!content.is_empty() || matches!(number, 204 | 304), "{place} {status} has no content");
        for kind in content {
            assert!(answer["content"][kind]["schema"].is_object(), "{place} {status} {kind}");
        }
        if number >= 400 {
            let is_enveloped = operation["x-swage-envelope"] == true;
            let (kind, failure) = if is_enveloped {
                ("application/json", "GjirafaFailure")
            } else {
                ("application/problem+json", "Failure")
            };
            let reference = json!({ "$ref": format!("#/components/schemas/{failure}") });
            assert_eq!(answer["content"][kind]["schema"], reference, "{place} {status}");
            let known = [400, 401, 403, 404, 429, 500, 503];
            assert!(!is_enveloped || known.contains(&number), "{place} {status}");
        }
    }
    assert!(successes > 0, "{place} has no success");
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let mut used = BTreeSet::new();
    walk(document(), "", &mut |place, json| {
        if let Some(reference) = json.get("$ref").and_then(Json::as_str) {
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{place}: {reference}"));
            assert!(document().pointer(pointer).is_some(), "{place}: {reference} leads nowhere");
            used.extend(pointer.strip_prefix("/components/schemas/"));
        }
    });
    assert_eq!(names(&document()["components"]["schemas"]), used);
}

#[test]
fn every_operation_says_what_it_is() {
    let mut ids = BTreeMap::new();
    for (place, operation) in operations() {
        let id = text(operation, "operationId");
        assert!(!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{place}: {id:?}");
        assert!(id.starts_with(|c: char| c.is_ascii_lowercase()), "{place}: {id:?}");
        if let Some(other) = ids.insert(id, place.clone()) {
            panic!("{place} and {other} are both {id}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{place} has no tag");
        let summary = text(operation, "summary");
        assert!((5..=80).contains(&summary.len()) && !summary.ends_with('.'), "{place}: {summary:?}");
        let is_plain = !place.contains('{') && operation["requestBody"].is_null();
        assert!(is_plain || !text(operation, "description").is_empty(), "{place} has no description");
    }
}

#[test]
fn every_operation_is_public_or_asks_for_a_credential() {
    for (place, operation) in operations() {
        let is_public = operation["x-swage-public"].as_bool().unwrap();
        let security = operation["security"].as_array().unwrap();
        assert_eq!(security.is_empty(), is_public, "{place}");
        if !is_public {
            let schemes: BTreeSet<_> = security.iter().flat_map(names).collect();
            let expected: &[_] = if operation["x-swage-person"] == true {
                &["session", "sessionToken"]
            } else {
                &["apiKey", "bearer", "session"]
            };
            assert_eq!(schemes, expected.iter().copied().collect(), "{place}");
            for status in ["401", "403"] {
                assert!(operation["responses"][status].is_object(), "{place} {status}");
            }
        }
        assert!(["read", "write"].contains(&text(operation, "x-swage-access")), "{place}");
    }
}

#[test]
fn the_operations_of_goldleaf_have_its_ids() {
    for (id, method, path) in GOLDLEAF_IDS {
        let operation = &document()["paths"][path][method.to_lowercase()];
        assert_eq!(operation["operationId"], *id);
    }
}

#[test]
fn every_field_has_a_description() {
    // What a field that may be null is otherwise stands in `oneOf`, and its description there.
    let is_described = |field: &Json| {
        let ways = field["oneOf"].as_array().into_iter().flatten();
        ways.chain([field]).any(|way| !text(way, "description").is_empty())
    };
    let mut missing = Vec::new();
    walk(&document()["components"]["schemas"], "", &mut |place, json| {
        let Some(fields) = json.get("properties").and_then(Json::as_object) else { return };
        let undescribed = fields.iter().filter(|(_, field)| !is_described(field));
        missing.extend(undescribed.map(|(name, _)| format!("{place}/{name}")));
    });
    assert!(missing.is_empty(), "without a description:\n{}", missing.join("\n"));
}

#[test]
fn every_schema_has_a_description() {
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    let missing: Vec<_> = schemas
        .iter()
        .filter(|(_, schema)| text(schema, "description").is_empty())
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "without a description: {missing:?}");
}

/// The schema, which allows no field that it does not name.
fn closed(mut schema: Json) -> Json {
    fn close(schema: &mut Json) {
        match schema {
            Json::Object(fields) => {
                if fields.get("properties").is_some_and(Json::is_object) {
                    fields.entry("additionalProperties").or_insert(json!(false));
                }
                fields.values_mut().for_each(close);
            }
            Json::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

/// The body of an operation; `None` if it has none, or takes a file.
fn json_body(operation: &Json) -> Option<&Json> {
    let content = &operation.get("requestBody")?["content"];
    let files = ["application/octet-stream", "multipart/form-data"];
    let takes_a_file = files.iter().any(|kind| content.get(kind).is_some());
    (!takes_a_file).then(|| &content["application/json"])
}

#[test]
fn the_example_of_every_body_is_what_its_schema_says() {
    for (place, operation) in operations() {
        let Some(body) = json_body(operation) else { continue };
        let example = example(operation).unwrap_or_else(|| panic!("{place} has no example"));
        // The door takes a body in `params` as the body itself.
        let bare = match example.as_object() {
            Some(fields) if fields.len() == 1 => fields.get("params").unwrap_or(example),
            _ => example,
        };
        let schema = &body["schema"];
        let schema = closed(json!({ "allOf": [schema], "components": document()["components"] }));
        let validator =
            jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(bare).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{place}: {}", errors.join("\n"));
    }
}

#[test]
fn what_a_body_must_have_is_marked_and_nothing_else_is() {
    // A field of a body is optional in Rust, so that all that is missing is told at once;
    // the document must say by itself which ones are needed.
    for (place, operation) in operations() {
        let Some(body) = json_body(operation) else { continue };
        let reference = body["schema"]["$ref"].as_str().unwrap();
        let schema = document().pointer(reference.trim_start_matches('#')).unwrap();
        // The fields of a list's entries are not ours to make optional: it is read as its maker has it.
        if schema["type"] == "array" {
            continue;
        }
        let required: BTreeSet<_> =
            schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        for (name, field) in schema["properties"].as_object().unwrap() {
            let may_be_null = field["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("null")))
                || field["oneOf"].as_array().is_some_and(|ones| ones.contains(&json!({ "type": "null" })));
            assert_eq!(required.contains(name.as_str()), !may_be_null, "{place}: {name}");
        }
    }
}
