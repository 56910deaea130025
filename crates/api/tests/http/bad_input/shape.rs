//! A body that is no JSON, or JSON of another shape than is asked for.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite};

use super::{on_every_operation, referred};

/// Whether an object of a schema may have no field at all.
fn all_is_optional(schema: &'static Json) -> bool {
    let schema = referred(schema);
    if let Some(ways) = schema["oneOf"].as_array() {
        return ways.iter().any(all_is_optional);
    }
    schema["properties"].is_object() && schema["required"].is_null()
}

/// The kinds of JSON a schema allows.
fn kinds(schema: &'static Json) -> Vec<&'static str> {
    let schema = referred(schema);
    if let Some(ways) = schema["oneOf"].as_array() {
        return ways.iter().flat_map(kinds).collect();
    }
    match &schema["type"] {
        Json::String(kind) => vec![kind],
        Json::Array(several) => several.iter().map(|kind| kind.as_str().unwrap()).collect(),
        other => panic!("a field of type {other}"),
    }
}

#[rstest]
#[tokio::test]
async fn what_is_no_json_object_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        let good = operation.good.to_string();
        let mut cut = good.clone();
        cut.pop();
        let deep = 10_000;
        for bad in [
            String::new(),
            " \r\n\t ".to_owned(),
            "{".to_owned(),
            cut,
            format!("{good}}}"),
            format!("{good}{good}"),
            format!("\u{feff}{good}"),
            good.replace('"', "'"),
            good.replacen('{', "{,", 1),
            "null".to_owned(),
            "true".to_owned(),
            "1e400".to_owned(),
            "NaN".to_owned(),
            "\"name\"".to_owned(),
            "[]".to_owned(),
            format!("[{good}]"),
            "name=K&scopes=read&keyType=read-only".to_owned(),
            "<key><name>K</name></key>".to_owned(),
            "[".repeat(deep),
            format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
            "{\"a\":".repeat(deep),
            format!("{}1{}", "{\"params\":".repeat(deep), "}".repeat(deep)),
            "{\"name\":\"\\ud800\"}".to_owned(),
            "{\"name\":\"a\nb\"}".to_owned(),
            "{\"name\":01}".to_owned(),
        ] {
            let answer = operation.refuses(bad, &[""]).await;
            assert!(answer.words().len() < 200);
        }
        for broken in [&b"{\"name\":\"\xff\xfe\"}"[..], b"\xc3\x28", b"\0", b"{\"\xed\xa0\x80\":1}"] {
            operation.refuses(broken, &[""]).await;
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_field_of_the_wrong_type_is_named(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        let fields = operation.schema["properties"].as_object().unwrap();
        let required: Vec<_> = operation.schema["required"].as_array().into_iter().flatten().collect();
        for (field, schema) in fields {
            let kinds = kinds(schema);
            for (kind, value) in [
                ("string", json!("5")),
                ("boolean", json!(true)),
                ("integer", json!(12)),
                ("number", json!(1.5)),
                ("array", json!([])),
                ("object", json!({})),
            ] {
                let body = operation.with(field, value);
                if kinds.contains(&kind) {
                    // An empty object is an object, which lacks its fields.
                    if kind == "object" && !all_is_optional(schema) {
                        let answer = operation.call().json(&body).expect(400).await;
                        assert!(answer.wrong_fields().iter().all(|path| path.starts_with(field)), "{field}");
                    }
                    continue;
                }
                operation.refuses(body.to_string(), &[field]).await;
                let wrapped = json!({ "params": body });
                operation.refuses(wrapped.to_string(), &[&format!("params.{field}")]).await;
            }
            if required.contains(&&json!(field)) {
                operation.refuses(operation.with(field, Json::Null).to_string(), &[field]).await;
                let mut without = operation.good.clone();
                without.as_object_mut().unwrap().remove(field);
                operation.refuses(without.to_string(), &[field]).await;
            }
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_name_given_twice_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        let good = operation.good.to_string();
        let (field, value) = operation.good.as_object().unwrap().iter().next().unwrap();
        let twice = good.replacen('{', &format!("{{\"{field}\":{value},"), 1);
        operation.refuses(twice.clone(), &[field]).await;
        let wrapped = format!("{{\"params\":{twice}}}");
        operation.refuses(wrapped, &[&format!("params.{field}")]).await;
        operation.refuses(format!("{{\"params\":{good},\"params\":{good}}}"), &["params"]).await;
        operation.refuses(good.replacen('{', "{\"x\":[{\"y\":1,\"y\":1}],", 1), &["x[0].y"]).await;
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn text_that_could_mislead_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        // PostgreSQL cannot store it, so it is refused everywhere, on either engine.
        for field in operation.good.as_object().unwrap().keys() {
            operation.refuses(operation.with(field, json!("a\0b")).to_string(), &[field]).await;
        }
        operation.refuses(operation.with("x", json!([1, { "y": "\0" }])).to_string(), &["x[1].y"]).await;
        operation.refuses(operation.with("a\0b", json!(1)).to_string(), &[""]).await;
    })
    .await;
}
