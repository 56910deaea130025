use axum::{
    body::Body as RawBody,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header},
};
use base::{Error, FieldError, Result};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{Context, Failure, twice::name_given_twice};
use crate::App;

/// More of a body that is too large is not read, only to be able to say so.
const MOST_DISCARDED: usize = 256 * 1024 * 1024;

/// What every stored document carries; a document that was read may be posted
/// back with them.
const AUDIT_FIELDS: &[&str] =
    &["_id", "created", "createdBy", "lastModified", "lastModifiedBy", "deleted", "deletedDate", "deletedBy"];

/// The input of an operation.
pub(crate) trait Input: DeserializeOwned + Send {
    /// Whether unknown fields are refused, as our own operations do, or
    /// ignored and named, as the documented dialects need it.
    const STRICT: bool = false;

    /// The names that mean nothing, of an input that takes whatever it is given.
    fn unknown(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A JSON body, bare or wrapped in `params`.
#[derive(Debug)]
pub(crate) struct Body<T> {
    pub(crate) value: T,
    /// SHA-256 of its bytes.
    pub(crate) hash: [u8; 32],
}

impl<T: Input> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let context =
            parts.extensions.get::<Context>().cloned().unwrap_or_else(|| Context::new(String::new()));
        if kind(&parts.headers) != Kind::Json {
            return Err(Error::UnsupportedMedia("The body must be application/json.".into()).into());
        }
        let bytes = read(&context, body, app.settings.body_limit).await?;
        let strict = T::STRICT || prefers_strict(&parts.headers);
        let value = parse(&context, &bytes, strict)?;
        Ok(Self { value, hash: Sha256::digest(&bytes).into() })
    }
}

/// A body as it came, whatever it says it is: for what is signed to the byte.
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl FromRequest<App> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let Ok(context) = Context::from_request_parts(&mut parts, app).await;
        Ok(Self(read(&context, body, app.settings.body_limit).await?))
    }
}

/// What a body says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON, or nothing said.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    Other,
}

pub(super) fn kind(headers: &HeaderMap) -> Kind {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return Kind::Json };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/json" => Kind::Json,
        "application/x-www-form-urlencoded" => Kind::Form,
        kind if kind.starts_with("application/") && kind.ends_with("+json") => Kind::Json,
        _ => Kind::Other,
    }
}

pub(super) async fn read(context: &Context, mut body: RawBody, limit: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::invalid("", "broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else if length > MOST_DISCARDED {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    // Read to its end even then: a client hears an answer only after it has sent.
    if length > limit {
        return Err(Error::TooLarge(limit));
    }
    context.read_body(length);
    Ok(bytes)
}

fn prefers_strict(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case("handling=strict"))
}

fn parse<T: Input>(context: &Context, bytes: &[u8], strict: bool) -> Result<T> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid("", "is missing: a JSON object is expected"));
    }
    let json: Json =
        serde_json::from_slice(bytes).map_err(|error| Error::invalid("", format!("is not JSON: {error}")))?;
    if let Some(field) = name_given_twice(bytes) {
        return Err(Error::Invalid(vec![field]));
    }
    let json = unwrapped(context, json);
    if !json.is_object() {
        return Err(Error::invalid("", "must be a JSON object"));
    }
    if let Some(path) = nul_in(&json) {
        return Err(Error::invalid(path, "must not contain U+0000"));
    }
    let mut unknown = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let reader = serde_path_to_error::Deserializer::new(json, &mut track);
    let read = serde_ignored::deserialize(reader, |path| unknown.push(place(&path)));
    let value: T = read.map_err(|error: serde_json::Error| {
        Error::invalid(field(&track.path().to_string()), plain(&error))
    })?;
    unknown.extend(value.unknown());
    unknown.retain(|path| !AUDIT_FIELDS.contains(&path.as_str()));
    if strict && !unknown.is_empty() {
        let errors = unknown.iter().map(|path| FieldError::new(path, "is not known here")).collect();
        return Err(Error::Invalid(errors));
    }
    for path in unknown {
        context.ignore(context.path_of(&path));
    }
    Ok(value)
}

/// A body whose only key is `params` is what that holds.
fn unwrapped(context: &Context, json: Json) -> Json {
    match json {
        Json::Object(mut fields)
            if fields.len() == 1 && fields.get("params").is_some_and(Json::is_object) =>
        {
            context.wrap();
            fields.remove("params").unwrap_or_default()
        }
        other => other,
    }
}

/// Where a text has U+0000, which PostgreSQL cannot store.
fn nul_in(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => text.contains('\0').then(String::new),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(n, item)| nul_in(item).map(|rest| joined(&format!("[{n}]"), &rest))),
        Json::Object(fields) => fields.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                Some(String::new())
            } else {
                nul_in(value).map(|rest| joined(name, &rest))
            }
        }),
        _ => None,
    }
}

fn joined(first: &str, rest: &str) -> String {
    let separator = if rest.is_empty() || rest.starts_with('[') { "" } else { "." };
    format!("{first}{separator}{rest}")
}

/// Where an unknown field stands; what a value is wrapped in for serde is no part of it.
fn place(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", place(parent)),
        Path::Map { parent, key } => match place(parent) {
            parent if parent.is_empty() => key.clone(),
            parent => format!("{parent}.{key}"),
        },
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            place(parent)
        }
    }
}

/// The path of the whole is written as nothing.
fn field(path: &str) -> String {
    if path == "." { String::new() } else { path.to_owned() }
}

/// What serde says, without the position, which means nothing in a value.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
