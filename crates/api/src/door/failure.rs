use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base::{Error, FieldError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Check, Context, envelope::FailureEnvelope, paths::Form};

/// A failure on its way out. It is rendered by `around`, which knows the request.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    oauth: Option<&'static str>,
    /// With what a 401 asks the caller to come again.
    challenge: &'static str,
}

const BEARER: &str = "Bearer realm=\"swage\"";
const BASIC: &str = "Basic realm=\"swage\", charset=\"UTF-8\"";

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, oauth: None, challenge: BEARER }
    }
}

impl Failure {
    /// A failure of the token endpoint, with the word OAuth 2.0 has for it.
    pub(crate) fn oauth(error: Error) -> Self {
        let word = match &error {
            Error::Invalid(fields) if fields.iter().any(is_another_grant) => "unsupported_grant_type",
            Error::Invalid(fields) if fields.iter().all(is_another_scope) => "invalid_scope",
            Error::Invalid(fields) if fields.iter().all(|field| field.path == "audience") => "invalid_target",
            Error::Unauthenticated(_) => "invalid_client",
            Error::Forbidden(_) => "unauthorized_client",
            Error::TooMany { .. } | Error::Unavailable { .. } | Error::Internal(_) => {
                "temporarily_unavailable"
            }
            _ => "invalid_request",
        };
        Self { error, oauth: Some(word), challenge: BEARER }
    }

    /// The same failure for a caller who has come with HTTP Basic.
    pub(crate) fn with_basic(self) -> Self {
        Self { challenge: BASIC, ..self }
    }

    /// The same failure as the token endpoint tells it.
    pub(crate) fn into_oauth(self) -> Self {
        Self::oauth(self.error)
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The failure that a bare status stands for: no such path, no such method.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let error = match status {
            StatusCode::NOT_FOUND => Error::NotFound("There is nothing at this address.".into()),
            _ => Error::Internal(format!("a bare {status}")),
        };
        error.into()
    }

    /// The answer in its final form.
    pub(crate) fn render(
        self,
        context: &Context,
        status: StatusCode,
        form: Form,
        as_problem: bool,
    ) -> Response {
        if let (Error::Internal(words), StatusCode::INTERNAL_SERVER_ERROR) = (&self.error, status) {
            tracing::error!(request_id = context.request_id(), error = words, "a request failed inside");
        }
        let retry_after = self.error.retry_after_seconds();
        let told = form.status(status);
        let challenge = self.challenge;
        let body = self.body(context, status);
        let mut response = match form {
            Form::Problem => (told, Json(body)).into_response(),
            Form::Envelope => (told, Json(FailureEnvelope::new(body, told))).into_response(),
        };
        let headers = response.headers_mut();
        if as_problem && form == Form::Problem {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }

    fn body(self, context: &Context, status: StatusCode) -> FailureBody {
        let errors: Vec<_> = match &self.error {
            Error::Invalid(fields) => fields.iter().map(|field| field_body(context, field)).collect(),
            _ => Vec::new(),
        };
        let (message, details) = match &self.error {
            _ if status == StatusCode::METHOD_NOT_ALLOWED => {
                let words = "This address does not answer to this method.".to_owned();
                (words.clone(), words)
            }
            Error::Invalid(_) => {
                let words: Vec<_> =
                    errors.iter().map(|error| format!("{} {}", error.path, error.message)).collect();
                ("The input is not right.".to_owned(), words.join("; ").trim().to_owned())
            }
            Error::Internal(_) => {
                let words = "Something went wrong on our side.".to_owned();
                (words.clone(), format!("{words} Please name the request {}.", context.request_id()))
            }
            other => (other.to_string(), other.to_string()),
        };
        let current = match self.error {
            Error::Stale { current, .. } => current,
            _ => None,
        };
        FailureBody {
            kind: format!("urn:swage:problem:{}", status.as_u16()),
            title: status.canonical_reason().unwrap_or("Failure").to_owned(),
            status: status.as_u16(),
            detail: details.clone(),
            error: self.oauth.map(ToOwned::to_owned),
            error_description: self.oauth.map(|_| details.clone()),
            message,
            details,
            errors,
            current,
        }
    }
}

fn is_another_grant(field: &FieldError) -> bool {
    matches!(field.path.as_str(), "grantType" | "grant_type") && field.message == Check::ANOTHER_GRANT
}

fn is_another_scope(field: &FieldError) -> bool {
    field.path == "scope" && field.message != Check::TWICE
}

fn field_body(context: &Context, field: &FieldError) -> FieldFailure {
    FieldFailure { path: context.path_of(&field.path), message: field.message.clone() }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = status.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(std::sync::Mutex::new(Some(self))));
        response
    }
}

/// Takes out the failure that an answer stands for.
pub(super) fn taken_from(response: &mut Response) -> Option<Failure> {
    let slot = response.extensions_mut().remove::<std::sync::Arc<std::sync::Mutex<Option<Failure>>>>()?;
    slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}

/// Every failure: RFC 9457, with `message` and `details` as GoldLeaf has them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
pub(crate) struct FailureBody {
    /// What kind of problem it is, as a URN.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What went wrong, for a person to read.
    detail: String,
    /// What went wrong, in short.
    message: String,
    /// The same as `detail`.
    pub(super) details: String,
    /// Each wrong field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) errors: Vec<FieldFailure>,
    /// The document as it is now, where a change came too late.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<serde_json::Value>,
    /// At the token endpoint: the word OAuth 2.0 has for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// At the token endpoint: the same as `detail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldFailure {
    /// Where it stands in what was sent, such as `params.approvedIpAddresses[3].ipAddress`.
    pub(super) path: String,
    /// What is wrong with it.
    pub(super) message: String,
}
