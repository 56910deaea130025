//! Calls from web pages of other origins. A credential travels in a header
//! that a browser never adds by itself, so no cookie is allowed along.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use base::{Id, Organization};

use crate::{App, Origins};

const REQUEST_HEADERS: &str = "authorization, x-api-key, apicustomerid, content-type, accept, idempotency-key, \
                               if-match, prefer, x-request-id";
const ANSWER_HEADERS: &str = "etag, location, retry-after, ratelimit, ratelimit-policy, x-request-id, \
                              swage-ignored-fields, idempotent-replayed, content-disposition";

/// The answer to a preflight; `None` if the request is none.
pub(super) fn preflight(app: &App, method: &Method, headers: &HeaderMap) -> Option<Response> {
    let is_preflight = method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let origin = headers.get(header::ORIGIN)?;
    // It shows no credential: whoever any organization lets call may go on and ask.
    let any_organization = || {
        let own = app.own_origins.load();
        own.by_organization.values().any(|origins| is_among(origins, origin))
    };
    let allowed =
        permitted(&app.settings.origins, origin).or_else(|| any_organization().then(|| origin.clone()));
    if answer(allowed, app.settings.origins == Origins::Any, response.headers_mut()) {
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

/// Lets the page that asked read the answer, if its origin is allowed: by the
/// organization the request was made for, where that says so itself, else by
/// the server.
pub(super) fn allow(
    app: &App,
    organization: Option<Id<Organization>>,
    origin: Option<&HeaderValue>,
    headers: &mut HeaderMap,
) {
    let Some(origin) = origin else { return };
    let own = app.own_origins.load();
    let own = organization.and_then(|organization| own.by_organization.get(&organization));
    let allowed = match own {
        Some(origins) => is_among(origins, origin).then(|| origin.clone()),
        None => permitted(&app.settings.origins, origin),
    };
    let is_for_all = own.is_none() && app.settings.origins == Origins::Any;
    answer(allowed, is_for_all, headers);
}

/// What the server's own setting says to an origin.
fn permitted(origins: &Origins, origin: &HeaderValue) -> Option<HeaderValue> {
    match origins {
        Origins::Any => Some(HeaderValue::from_static("*")),
        Origins::Only(allowed) => is_among(allowed, origin).then(|| origin.clone()),
    }
}

fn is_among(origins: &[String], origin: &HeaderValue) -> bool {
    origins.iter().any(|candidate| candidate.as_bytes() == origin.as_bytes())
}

fn answer(allowed: Option<HeaderValue>, is_for_all: bool, headers: &mut HeaderMap) -> bool {
    if !is_for_all {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    let Some(allowed) = allowed else { return false };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS));
    true
}
