mod markup;
mod style;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::markup::{Element, read};

/// A document with one of everything, as `utoipa` writes it.
fn document() -> Value {
    let failure = || {
        let content = json!({"schema": {"$ref": "#/components/schemas/Failure"}});
        json!({"application/json": content, "application/problem+json": content})
    };
    let id = json!({
        "name": "apiKeyId", "in": "path", "required": true, "description": "The id of the `key`.",
        "schema": {"type": "string"}, "example": "64b7f0c2a1d3e4f5a6b7c8d9"
    });
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Swage API", "version": "1.2.3", "description": "First.\n\nSecond `code`."},
        "tags": [{"name": "Security", "description": "Tokens."}, {"name": "Unused"}],
        "paths": {
            "/api/v1/organization/apikeys": {
                "get": {
                    "tags": ["Organization"], "operationId": "listApiKeys", "summary": "List the API keys",
                    "parameters": [{
                        "name": "pageSize", "in": "query", "description": "As many on one page.",
                        "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 200, "default": 50}
                    }],
                    "responses": {
                        "200": {"description": "A page of keys.", "headers": {"ETag": {"description": "Its state."}},
                            "content": {"application/json": {"schema": {
                                "type": "object", "required": ["items"], "properties": {
                                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/ApiKey"}},
                                    "total": {"type": "integer", "minimum": 0, "description": "In all."}
                                }
                            }}}},
                        "401": {"description": "Unauthorized", "content": failure()},
                        "500": {"description": "Internal Server Error", "content": failure()},
                    },
                    "security": [{"bearer": []}, {"apiKey": []}, {"session": []}],
                    "x-swage-permission": "apiKey:read", "x-swage-access": "read"
                },
                "post": {
                    "tags": ["Organization"], "operationId": "createApiKey", "summary": "Create an API key",
                    "description": "Two paragraphs.\n\nOf them, this has\n- one\n- two",
                    "requestBody": {"required": true, "description": "The new key.", "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewKey"}}
                    }},
                    "responses": {"201": {"description": "The key.", "content": {"application/json": {
                        "schema": {"$ref": "#/components/schemas/ApiKey"}, "example": {"name": "made"}
                    }}}},
                    "security": [{"bearer": []}],
                    "x-swage-permission": "apiKey:write", "x-swage-access": "write"
                }
            },
            "/api/v1/organization/apikeys/{apiKeyId}": {
                "parameters": [id],
                "delete": {
                    "tags": ["Organization"], "operationId": "deleteApiKey", "deprecated": true,
                    "responses": {"204": {"description": "It is gone."}}, "security": [{"apiKey": []}]
                }
            },
            "/security/v1/token": {"post": {
                "tags": ["Security"], "operationId": "exchangeToken", "summary": "Exchange a key for a token",
                "requestBody": {"content": {"application/json": {
                    "schema": {"type": "object"},
                    "examples": {"usual": {"summary": "The usual one", "value": {"grantType": "client_credentials"}}}
                }}},
                "responses": {"200": {"description": "The token."}}, "security": [], "x-swage-permission": null
            }}
        },
        "components": {
            "schemas": {
                "ApiKey": {"type": "object", "description": "A key.", "required": ["name"], "properties": {
                    "name": {"type": "string", "maxLength": 80, "examples": ["ERP"]},
                    "expires": {"type": ["string", "null"], "format": "date-time"},
                    "replaces": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/ApiKey"}]}
                }},
                "NewKey": {"type": "object", "required": ["name", "keyType"], "properties": {
                    "addresses": {"type": "array", "items": {"$ref": "#/components/schemas/Address"}},
                    "keyType": {"$ref": "#/components/schemas/KeyType"},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "name": {"type": "string", "minLength": 1, "description": "Its name."},
                    "rateLimit": {"type": ["array", "null"], "prefixItems": [{"type": "integer"}, {"type": "integer"}]},
                    "proof": {"type": "boolean", "default": false}
                }},
                "KeyType": {"type": "string", "enum": ["full-access", "read-only"], "description": "The most."},
                "Address": {"type": "object", "required": ["ip"], "properties": {
                    "ip": {"type": "string", "format": "ipv4"}, "what": {"type": ["string", "null"]}
                }},
                "Failure": {"type": "object", "properties": {
                    "code": {"type": "string", "pattern": "^[a-z]+$"},
                    "causes": {"type": "array", "items": {"$ref": "#/components/schemas/Failure"}}
                }}
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "For an hour."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "session": {"type": "apiKey", "in": "cookie", "name": "swage_session"},
                "other": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/security/v1/token"}}}
            }
        }
    })
}

/// A document of as many operations as may one day be there.
fn large(operations: usize) -> Value {
    let mut document = document();
    let template = document["paths"]["/api/v1/organization/apikeys"]["post"].clone();
    let told =
        "What is changed here is seen by every price at once; fields that are absent stay as they are.";
    let mut paths = serde_json::Map::new();
    for number in 0..operations {
        let mut operation = template.clone();
        operation["operationId"] = json!(format!("changeTheThingOfNumber{number}"));
        operation["tags"] = json!([format!("Things {}", number / 10)]);
        operation["description"] = json!(told);
        let schema = format!("Thing{}", number / 5);
        let params = json!({"$ref": format!("#/components/schemas/{schema}")});
        let body = json!({"type": "object", "required": ["params"], "properties": {"params": params}});
        operation["requestBody"]["content"]["application/json"]["schema"] = body;
        let method = if number % 2 == 0 { "post" } else { "get" };
        if method == "get" {
            operation["requestBody"].take();
        }
        operation["parameters"] = json!([
            {"name": "thingId", "in": "path", "required": true, "schema": {"type": "string"}, "description": told},
            {"name": "pageSize", "in": "query", "schema": {"type": "integer", "minimum": 1}, "description": told},
        ]);
        for status in ["400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503"] {
            let failure = json!({"schema": {"$ref": "#/components/schemas/Failure"}});
            operation["responses"][status] =
                json!({"description": "A Usual Failure", "content": {"application/json": failure}});
        }
        let field =
            |n: usize| (format!("someField{n}"), json!({"type": ["string", "null"], "description": told}));
        document["components"]["schemas"][&schema] =
            json!({"type": "object", "properties": (0..20).map(field).collect::<Value>()});
        paths.insert(format!("/api/v1/things/{{thingId}}/operation{number}"), json!({method: operation}));
    }
    document["paths"] = Value::Object(paths);
    document
}

fn page(document: &Value) -> Vec<Element> {
    read(&super::page(document))
}

/// The part of a page that has an id.
fn with_id<'a>(page: &'a [Element], id: &str) -> &'a Element {
    page.iter().find(|element| element.attribute("id") == Some(id)).expect(id)
}

fn ids(page: &[Element]) -> Vec<&str> {
    page.iter().filter_map(|element| element.attribute("id")).collect()
}

/// Everywhere a text stands in the document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(n, value)| pointers(value, &format!("{at}/{n}"), found));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            pointers(value, &format!("{at}/{key}"), found);
        }),
        _ => {}
    }
    found.push(at.to_owned());
}

/// Nothing a browser would run, fetch from elsewhere, or that the policy of the site forbids.
fn assert_harmless(page: &[Element]) {
    let allowed = [
        "html", "head", "meta", "title", "link", "body", "header", "a", "fieldset", "legend", "input",
        "label", "main", "div", "h1", "h2", "h3", "h4", "small", "p", "ul", "li", "code", "section", "dl",
        "dt", "dd", "var", "nav", "details", "summary", "span", "b", "i", "article", "table", "thead",
        "tbody", "tr", "th", "td", "pre",
    ];
    for Element { name, attributes, .. } in page {
        assert!(allowed.contains(&name.as_str()), "{name}");
        for (key, value) in attributes {
            assert!(key != "style" && key != "src" && !key.starts_with("on"), "{key}");
            let is_local = || {
                value.starts_with('#')
                    || ["data:,", "/api/docs/style.css", "/api/openapi.json"].contains(&value.as_str())
            };
            assert!(key != "href" || is_local(), "{value}");
        }
    }
}

#[test]
fn every_operation_is_listed_and_told() {
    let document = document();
    let page = page(&document);
    for id in ["listApiKeys", "createApiKey", "deleteApiKey", "exchangeToken"] {
        let links = page.iter().filter(|element| element.attribute("href") == Some(&format!("#{id}")));
        assert!(links.count() >= 2, "{id}");
        assert!(with_id(&page, id).text.contains(id), "{id}");
    }
    let side: Vec<&str> =
        page.iter().find(|e| e.name == "nav").unwrap().text.lines().map(str::trim).collect();
    assert_eq!(
        side.iter().filter(|line| !line.is_empty()).copied().collect::<Vec<_>>(),
        [
            "Security 1Exchange a key for a tokenPOST /security/v1/token",
            "Organization 3List the API keysGET /api/v1/organization/apikeys\
         Create an API keyPOST /api/v1/organization/apikeys\
         /api/v1/organization/apikeys/{apiKeyId}DELETE /api/v1/organization/apikeys/{apiKeyId}",
        ]
    );
}

#[test]
fn what_an_operation_says() {
    let page = page(&document());
    let list = &with_id(&page, "listApiKeys").text;
    for part in [
        "Permissionapi",
        "apiKey:read",
        "Accessread",
        "Authenticationbearer, apiKey, session",
        "pageSizequeryinteger (int32) default 50 · 1 to 200noAs many on one page.",
        "200 A page of keys.HeadersETag Its state.",
        "items list of ApiKey required",
        "name string required at most",
        "80 characters · such as ERP",
        "expires string (date-time) or null",
        "replaces ApiKey or null",
        "401 Unauthorized500 Internal Server ErrorAnswered with Failure",
    ] {
        let part = part.strip_suffix("api").unwrap_or(part);
        assert!(list.contains(part), "{part:?} is not in {list}");
    }
    let create = &with_id(&page, "createApiKey").text;
    for part in [
        "Request body requiredThe new key.",
        "name string required at least 1 charactersIts name.",
        "keyType string required one of full-access, read-onlyThe most.",
        "addresses list of Address",
        "ip string (ipv4) required",
        "what string or null",
        "labels map of string",
        "proof boolean default false",
        "rateLimit list: integer, integer or null",
        "Two paragraphs.Of them, this hasonetwo",
        "\"name\": \"made\"",
    ] {
        assert!(create.contains(part), "{part:?} is not in {create}");
    }
    assert!(with_id(&page, "exchangeToken").text.contains("Permissionnone neededAuthenticationnone"));
    assert!(with_id(&page, "exchangeToken").text.contains("Example: The usual one"));
    let told = &page.iter().find(|element| element.attribute("class") == Some("intro")).unwrap().text;
    for part in
        ["Swage API version 1.2.3", "First.Second code.", "Authorization: Bearer token", "x-api-key: key"]
    {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
    let deprecated = page.iter().find(|element| element.attribute("class") == Some("deprecated"));
    assert_eq!(deprecated.unwrap().text, "deprecated");
}

#[test]
fn the_page_is_harmless_and_whole() {
    for document in [document(), json!({}), json!(null), json!({"paths": {"/": {"get": {}}}}), large(40)] {
        let page = page(&document);
        assert_harmless(&page);
        let ids = ids(&page);
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
        for link in page.iter().filter_map(|element| element.attribute("href")?.strip_prefix('#')) {
            assert!(ids.contains(&link) || link == "authenticate", "{link}");
        }
        for label in page.iter().filter_map(|element| element.attribute("for")) {
            assert!(ids.contains(&label), "{label}");
        }
        let mut level = 0;
        for heading in page.iter().filter(|e| e.name.len() == 2 && e.name.starts_with('h')) {
            let next: usize = heading.name[1..].parse().unwrap();
            assert!(next <= level + 1, "{}", heading.text);
            level = next;
        }
    }
}

#[test]
fn no_text_of_the_document_becomes_markup() {
    let nasty = "</code></p>\"><script>alert('x')</script><img src=x onerror=y> ]]> <!-- & &lt; \u{0} `";
    let shown = nasty.replace('\u{0}', "\u{fffd}");
    let original = document();
    let mut places = Vec::new();
    pointers(&original, "", &mut places);
    let mut seen = 0;
    for place in &places {
        let mut document = original.clone();
        let value = document.pointer_mut(place).unwrap();
        if !value.is_string() {
            continue;
        }
        *value = json!(nasty);
        let page = page(&document);
        assert_harmless(&page);
        seen += usize::from(page[0].text.contains(shown.trim_end_matches(" `")));
    }
    assert!(seen > 60, "{seen}");
    for place in &places {
        let mut document = original.clone();
        if let Some(map) = document.pointer_mut(place).unwrap().as_object_mut() {
            *map = map.iter().map(|(key, value)| (format!("{key}{nasty}"), value.clone())).collect();
            assert_harmless(&page(&document));
        }
    }
}

#[test]
fn a_strange_document_does_no_harm() {
    let original = document();
    let mut places = Vec::new();
    pointers(&original, "", &mut places);
    let strange = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(""),
        json!([]),
        json!([[{}]]),
        json!({}),
        json!({"a": [1]}),
        json!({"$ref": "#"}),
        json!({"$ref": "#/components/schemas/ApiKey"}),
        json!("#/components/schemas/ApiKey"),
    ];
    for (number, place) in places.iter().enumerate() {
        // Each place gets two of them in turn: all of them everywhere takes too long.
        for value in strange.iter().cycle().skip(number * 2).take(2) {
            let mut document = original.clone();
            *document.pointer_mut(place).unwrap() = value.clone();
            assert_harmless(&page(&document));
        }
    }
}

#[test]
fn ids_are_made_unique() {
    let operation = |id: &str| json!({"get": {"operationId": id}});
    let page = page(&json!({"paths": {
        "/a": operation("same"), "/b": operation("same"), "/c": operation("contents"), "/d": operation("a b\"<"),
        "/e/{x}": {"get": {}}, "/f": operation("é")
    }}));
    let ids = ids(&page);
    for id in ["same", "same-2", "contents", "contents-2", "a-b", "get-e-x", "unnamed", "tag-Other"] {
        assert!(ids.contains(&id), "{id} is not in {ids:?}");
    }
}

#[test]
fn what_is_within_itself_ends() {
    let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let schemas = json!({
        "Own": schema("Own"),
        "There": schema("Back"), "Back": schema("There"),
        "Tree": {"type": "object", "required": ["children", "same"], "properties": {
            "children": {"type": "array", "items": schema("Tree")}, "same": schema("Tree")
        }},
        "List": {"type": "array", "items": schema("List")},
        "Map": {"type": "object", "additionalProperties": schema("Map")},
        "Tuple": {"type": "array", "prefixItems": [schema("Tuple"), schema("Tree"), schema("Tuple")]},
        "All": {"allOf": [schema("All"), {"type": "object", "properties": {"all": schema("All")}}]},
        "One": {"oneOf": [schema("One"), schema("Tree"), {"type": "null"}]},
        "Any": {"anyOf": [{"anyOf": [schema("Any"), schema("One")]}, schema("All")]},
        "Gone": schema("Nowhere"),
    });
    let content = |schema: &Value| json!({"content": {"application/json": {"schema": schema}}});
    for name in schemas.as_object().unwrap().keys() {
        let document = json!({
            "paths": {"/": {"post": {
                "requestBody": content(&schema(name)), "responses": {"200": content(&schema(name))},
                "parameters": [{"name": "a", "in": "query", "schema": schema(name)}]
            }}},
            "components": {"schemas": schemas}
        });
        assert_harmless(&page(&document));
    }
    let document = json!({
        "paths": {"/": {"post": {"operationId": "op", "requestBody": content(&schema("Tree"))}}},
        "components": {"schemas": schemas}
    });
    let page = page(&document);
    assert!(with_id(&page, "op").text.contains("children list of Tree requiredsame Tree required"));
    assert!(with_id(&page, "schema-Tree").text.contains("children list of Tree required"));
    let links = page.iter().filter(|element| element.attribute("href") == Some("#schema-Tree"));
    assert_eq!(links.count(), 4);
}

#[test]
fn examples_are_made_up_of_the_schema() {
    let page = page(&document());
    let example = page.iter().filter(|element| element.attribute("class") == Some("example")).nth(1).unwrap();
    let text = example.text.strip_prefix("Example").unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(text).unwrap(),
        json!({
            "addresses": [{"ip": "192.0.2.1", "what": "string"}], "keyType": "full-access", "labels": {"name": "string"},
            "name": "string", "proof": false, "rateLimit": [1, 1]
        })
    );
}

#[test]
fn many_operations_are_a_light_page() {
    let text = super::page(&large(300));
    assert!(text.len() < 1_500_000, "{}", text.len());
    let page = read(&text);
    assert_eq!(page.iter().filter(|element| element.name == "article").count(), 300 + 60 + 2);
    let unfolded = |e: &&Element| e.name == "details" && e.attribute("open").is_some();
    let classes: BTreeSet<_> = page.iter().filter(unfolded).map(|e| e.attribute("class")).collect();
    assert_eq!(classes, BTreeSet::from([Some("answer")]));
}
