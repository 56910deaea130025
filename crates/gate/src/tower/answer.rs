use base::Error;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// Why a request was not let in, and what its key has left of its limit.
pub(super) struct Refused {
    pub error: Error,
    pub limit: Option<[(&'static str, String); 2]>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, limit: None }
    }
}

impl Refused {
    /// The problem document of RFC 9457.
    pub fn answer<R: From<String>>(self) -> Response<R> {
        let Self { error, limit } = self;
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = json!({
            "type": format!("urn:swage:problem:{}", status.as_u16()),
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": error.to_string(),
        });
        let mut answer = Response::new(R::from(problem.to_string()));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"swage\""));
        }
        if let Some(seconds) = error.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(limit) = limit {
            send(limit, headers);
        }
        answer
    }
}

/// Adds these headers.
pub(super) fn send(values: [(&'static str, String); 2], headers: &mut HeaderMap) {
    for (name, value) in values {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
