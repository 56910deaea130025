//! What a sample asks for, before it is written in any language.

use serde_json::Value;

use super::super::{
    document::{Credential, Document, Operation, entries, flag, is_json, is_token, preferred, text},
    example,
    schema::{Kind, View},
};

/// Stands for where the API is, as the document does not know where it is served.
const HOST: &str = "https://swage.example";

/// A request.
pub(in super::super) struct Call {
    /// In capitals.
    pub(super) method: String,
    /// Nothing in it needs quoting within a URL.
    pub(super) url: String,
    pub(super) headers: Vec<Header>,
    pub(super) body: Body,
    pub(super) answer: Answer,
}

/// A header of a request.
pub(super) enum Header {
    /// One that is the same for everyone.
    Plain { name: String, value: String },
    /// One with a secret from the environment.
    Secret(Credential),
}

/// The body of a request.
pub(super) enum Body {
    None,
    /// A value as JSON, of this media type.
    Json(String, Value),
    /// Text of this media type.
    Text(String, String),
    /// A file of this media type.
    File(String, String),
    /// The parts of a form.
    Form(Vec<Part>),
}

/// One part of a form.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) value: Content,
}

/// What a part of a form holds.
pub(super) enum Content {
    /// Text.
    Text(String),
    /// The file of this name.
    File(String),
}

/// What comes back.
pub(super) enum Answer {
    /// Nothing but the status.
    Nothing,
    Json,
    Text,
    /// Something to keep as the file of this name.
    File(String),
}

impl Call {
    /// An example that has to be made up gets as many values.
    pub(in super::super) fn new<'a>(
        document: Document<'a>,
        operation: &Operation<'a>,
        values: usize,
    ) -> Self {
        let query = parameters(document, operation, "query");
        let pairs = query.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value)));
        let pairs: Vec<String> = pairs.collect();
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        let credentials = document.credentials(operation.value).into_iter().map(Header::Secret);
        let plain = parameters(document, operation, "header").into_iter().filter(|(name, _)| is_token(name));
        let headers = plain.map(|(name, value)| Header::Plain { value: printable(&name, value), name });
        Self {
            method: operation.method.to_uppercase(),
            url: address(document, operation) + &query,
            headers: credentials.chain(headers).collect(),
            body: body(document, operation.value, values),
            answer: answer(document, operation),
        }
    }

    /// The type to declare, where the client does not find it out by itself.
    pub(super) fn media(&self) -> Option<&str> {
        match &self.body {
            Body::Json(media, _) | Body::Text(media, _) | Body::File(media, _) => Some(media),
            Body::None | Body::Form(_) => None,
        }
    }
}

/// Where the API is in the samples.
pub(in super::super) fn host(document: Document<'_>) -> String {
    let server = document.server().trim_end_matches('/');
    let is_whole = server.starts_with("https://") || server.starts_with("http://");
    if is_whole { server.to_owned() } else { format!("{HOST}{server}") }
}

/// The URL without its query.
fn address<'a>(document: Document<'a>, operation: &Operation<'a>) -> String {
    let mut path = operation.path.to_owned();
    for parameter in operation.parameters.iter().filter(|parameter| text(parameter, "in") == "path") {
        let name = text(parameter, "name");
        let value = chosen(document, parameter).map_or_else(|| placeholder(name), |values| values.join(","));
        path = path.replace(&format!("{{{name}}}"), &percent(&value));
    }
    // Names in braces that no parameter explains.
    let path: String = path
        .split_inclusive('}')
        .map(|part| match part.split_once('{') {
            Some((before, name)) => format!("{before}{}", placeholder(name)),
            None => part.to_owned(),
        })
        .collect();
    percent_but(&format!("{}{path}", host(document)), ":/%,;=@+")
}

/// The parameters to show in one place: the required ones, and those that the document gives an example of.
fn parameters<'a>(document: Document<'a>, operation: &Operation<'a>, place: &str) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for parameter in operation.parameters.iter().filter(|parameter| text(parameter, "in") == place) {
        let name = text(parameter, "name");
        let chosen = match chosen(document, parameter) {
            Some(chosen) if flag(parameter, "required") || has_example(document, parameter) => chosen,
            None if flag(parameter, "required") => vec![placeholder(name)],
            _ => continue,
        };
        let is_joined = place != "query" || parameter.get("explode") == Some(&Value::Bool(false));
        let chosen = if is_joined { vec![chosen.join(",")] } else { chosen };
        values.extend(chosen.into_iter().map(|value| (name.to_owned(), value)));
    }
    values
}

fn has_example<'a>(document: Document<'a>, parameter: &'a Value) -> bool {
    let schema = parameter.get("schema").map(|schema| View::new(document, schema));
    !example::given(document, parameter).is_empty() || schema.is_some_and(|view| view.example().is_some())
}

/// The value that the document suggests for a parameter.
fn chosen<'a>(document: Document<'a>, parameter: &'a Value) -> Option<Vec<String>> {
    let given = example::given(document, parameter).into_iter().next().map(|example| example.value);
    let value = given.or_else(|| {
        let view = View::new(document, parameter.get("schema")?);
        view.example().or_else(|| view.preset()).or_else(|| view.values().first().copied()).cloned()
    })?;
    match value {
        Value::Array(values) => values.iter().map(plain).collect(),
        value => plain(&value).map(|value| vec![value]),
    }
}

/// A value without quotes.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// What stands for a value that the reader has to put in: `API_KEY_ID` for `apiKeyId`.
fn placeholder(name: &str) -> String {
    let mut placeholder = String::new();
    let mut was_small = false;
    for c in name.chars() {
        let parts = !c.is_ascii_alphanumeric() || (was_small && c.is_ascii_uppercase());
        if parts && !placeholder.is_empty() && !placeholder.ends_with('_') {
            placeholder.push('_');
        }
        placeholder.extend(Some(c.to_ascii_uppercase()).filter(char::is_ascii_alphanumeric));
        was_small = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    let placeholder = placeholder.trim_end_matches('_');
    if placeholder.is_empty() { "VALUE".to_owned() } else { placeholder.to_owned() }
}

/// The value of a header, or what stands for one that cannot be sent as it is.
fn printable(name: &str, value: String) -> String {
    let is_sendable = !value.is_empty() && value.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if is_sendable { value } else { placeholder(name) }
}

fn percent(text: &str) -> String {
    percent_but(text, "")
}

fn percent_but(text: &str, kept: &str) -> String {
    text.bytes()
        .map(|byte| {
            let c = char::from(byte);
            if c.is_ascii_alphanumeric() || "-._~".contains(c) || kept.contains(c) {
                c.to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn body<'a>(document: Document<'a>, operation: &'a Value, values: usize) -> Body {
    let content = operation.get("requestBody").and_then(|body| document.resolve(body).get("content"));
    let Some((media, value)) = preferred(content) else { return Body::None };
    let example = example::of_body(document, value, values).into_iter().next().map(|example| example.value);
    match (example, essence(media)) {
        (Some(example), _) if is_json(media) => Body::Json(media.to_owned(), example),
        (None, _) if is_json(media) => Body::Json(media.to_owned(), Value::Object(serde_json::Map::new())),
        (example, "multipart/form-data") => Body::Form(parts(document, value, example.as_ref())),
        (Some(Value::Object(fields)), "application/x-www-form-urlencoded") => {
            let pair = |(name, value): (&String, &Value)| {
                let value = plain(value).unwrap_or_else(|| value.to_string());
                format!("{}={}", percent(name), percent(&value))
            };
            Body::Text(media.to_owned(), fields.iter().map(pair).collect::<Vec<_>>().join("&"))
        }
        (Some(Value::String(text)), essence) if is_text(essence) => Body::Text(media.to_owned(), text),
        (_, essence) => Body::File(media.to_owned(), file("input", essence)),
    }
}

fn parts<'a>(document: Document<'a>, media: &'a Value, example: Option<&Value>) -> Vec<Part> {
    let Some(schema) = media.get("schema") else { return Vec::new() };
    let part = |name: &'a str, schema: &'a Value| {
        let view = View::new(document, schema);
        let is_file = view.text("format") == "binary" || view.keyword("contentMediaType").is_some();
        let encoding = media.get("encoding").and_then(|encoding| encoding.get(name));
        let declared = encoding.map_or("", |encoding| text(encoding, "contentType"));
        let declared = if declared.is_empty() { view.text("contentMediaType") } else { declared };
        let value = example.and_then(|example| example.get(name));
        let content = match value {
            _ if is_file || matches!(view.kind(), Kind::Any) => Content::File(file("input", declared)),
            Some(value) => Content::Text(plain(value).unwrap_or_else(|| value.to_string())),
            None => return None,
        };
        Some(Part { name: name.to_owned(), value: content })
    };
    let properties = View::new(document, schema).properties();
    properties.into_iter().filter_map(|property| part(property.name, property.schema)).collect()
}

fn answer<'a>(document: Document<'a>, operation: &Operation<'a>) -> Answer {
    let success = entries(operation.value.get("responses")).find(|(status, _)| status.starts_with('2'));
    let content = success.and_then(|(_, response)| document.resolve(response).get("content"));
    match preferred(content).map(|(media, _)| (is_json(media), essence(media))) {
        None => Answer::Nothing,
        _ if operation.method == "head" => Answer::Nothing,
        Some((true, _)) => Answer::Json,
        Some((false, essence)) if is_text(essence) => Answer::Text,
        Some((false, essence)) => Answer::File(file("answer", essence)),
    }
}

/// The media type without its parameters.
fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or("").trim()
}

fn is_text(essence: &str) -> bool {
    essence.starts_with("text/") || essence == "application/xml"
}

/// The name of a file of a type.
fn file(stem: &str, essence: &str) -> String {
    let endings = [
        ("spreadsheetml", "xlsx"),
        ("ms-excel", "xls"),
        ("pdf", "pdf"),
        ("csv", "csv"),
        ("zip", "zip"),
        ("png", "png"),
        ("jpeg", "jpg"),
        ("svg", "svg"),
        ("text/plain", "txt"),
    ];
    let ending =
        endings.into_iter().find(|(part, _)| essence.contains(part)).map_or("bin", |(_, ending)| ending);
    format!("{stem}.{ending}")
}
