//! Calls from web pages of other origins. A credential travels in a header
//! that a browser never adds by itself, so no cookie is allowed along.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::Origins;

const REQUEST_HEADERS: &str = "authorization, x-api-key, apicustomerid, content-type, accept, idempotency-key, \
                               if-match, prefer, x-request-id";
const ANSWER_HEADERS: &str = "etag, location, retry-after, ratelimit, ratelimit-policy, x-request-id, \
                              swage-ignored-fields, idempotent-replayed, content-disposition";

/// The answer to a preflight; `None` if the request is none.
pub(super) fn preflight(origins: &Origins, method: &Method, headers: &HeaderMap) -> Option<Response> {
    let is_preflight = method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if allow(origins, headers.get(header::ORIGIN), response.headers_mut()) {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, "3600"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Some(response)
}

/// Lets the page that asked read the answer, if its origin is allowed.
pub(super) fn allow(origins: &Origins, origin: Option<&HeaderValue>, answer: &mut HeaderMap) -> bool {
    let Some(origin) = origin else { return false };
    let allowed = match origins {
        Origins::Any => HeaderValue::from_static("*"),
        Origins::Only(allowed) => {
            answer.append(header::VARY, HeaderValue::from_static("Origin"));
            if !allowed.iter().any(|candidate| candidate.as_bytes() == origin.as_bytes()) {
                return false;
            }
            origin.clone()
        }
    };
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS));
    true
}
