use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base::{Error, Result};
use database::{Priority, Scope, Tx};
use usecases::{
    Allowed, Needs,
    idempotency::{Answer, RepeatKey, Repeatable, once},
};

use serde::Serialize;

use super::{Context, Failure, Parameters};
use crate::App;

/// Stands for the hash of a body where an operation reads none.
pub(crate) const NO_BODY: [u8; 32] = [0; 32];

/// What a request says about its writing: the revision it has seen, and the
/// key under which it may be repeated.
#[derive(Debug)]
pub(crate) struct Writing {
    /// The revision that `If-Match` names.
    pub(crate) rev: Option<i64>,
    key: Option<RepeatKey>,
    method: Method,
    path: String,
    /// What `wait` asks for.
    pub(super) wait: Option<String>,
    pub(super) context: Context,
}

impl<S: Sync> FromRequestParts<S> for Writing {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let parameters = Parameters::from_request_parts(parts, state).await?;
        let Ok(context) = Context::from_request_parts(parts, state).await;
        let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("\u{fffd}"));
        let key = text("idempotency-key").map(RepeatKey::new).transpose()?;
        let rev = match text("if-match").map(str::trim) {
            None | Some("*") => None,
            Some(tag) => Some(revision(tag)?),
        };
        Ok(Self {
            rev,
            key,
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            wait: parameters.one("wait").map(str::to_owned),
            context,
        })
    }
}

fn revision(tag: &str) -> Result<i64> {
    let bare = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    bare.parse().map_err(|_| Error::invalid("If-Match", "must be an ETag that this API gave, as in \"3\""))
}

impl App {
    /// Carries out a write, once for each `Idempotency-Key`.
    pub(crate) async fn write<N: Needs>(
        &self,
        priority: Priority,
        caller: Allowed<N>,
        writing: Writing,
        body_hash: [u8; 32],
        work: impl Fn(&mut Tx<'_>, &Allowed<N>) -> Result<Answer> + Send + 'static,
    ) -> Result<Reply> {
        let operation = format!("{} {}", writing.method, writing.path);
        let repeatable = writing.key.map(|key| Repeatable { operation, key, body_hash });
        let scope = Scope::Organization(caller.organization);
        let unit = move |tx: &mut Tx<'_>| once(tx, &caller, repeatable.as_ref(), |tx| work(tx, &caller));
        Ok(Reply(self.database.write_as(priority, scope, unit).await?))
    }
}

/// A change that came too late is told the document as it is now, in the form
/// in which its door answers it.
pub(crate) fn or_current<D: Serialize>(
    done: Result<Answer>,
    current: impl FnOnce() -> Result<D>,
) -> Result<Answer> {
    done.map_err(|error| error.with_current(|| serde_json::to_value(current().ok()?).ok()))
}

/// The answer to a write.
#[derive(Debug)]
pub(crate) struct Reply(pub(crate) Answer);

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::OK);
        let kind = HeaderValue::from_static("application/json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], self.0.body).into_response();
        let headers = response.headers_mut();
        if let Some(etag) = self.0.rev.and_then(|rev| HeaderValue::from_str(&format!("\"{rev}\"")).ok()) {
            headers.insert(header::ETAG, etag);
        }
        if self.0.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
