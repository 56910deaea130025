//! Pages: what people and tools read about the API, and where a mailed link leads.

use std::sync::LazyLock;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use crate::{App, reference};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// What the page of a mailed link may do: run its script, which talks to us alone.
const PASSWORD_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                               base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The paths here, which are not operations of the document.
pub(crate) const PATHS: &[&str] = &[
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/style.css",
    "/",
    "/password",
    "/password/script.js",
    "/password/style.css",
];

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(PATHS[0], get(|| async { page(&DOCUMENT, "application/json") }))
        .route(PATHS[1], get(|| async { page(&REFERENCE, HTML) }))
        .route(PATHS[3], get(|| async { Redirect::temporary(PATHS[1]) }))
        .route(PATHS[2], get(|| async { page(reference::STYLE, CSS) }))
        .route(PATHS[4], get(|| async { password(include_str!("password.html"), HTML) }))
        .route(
            PATHS[5],
            get(|| async { password(include_str!("password.js"), "text/javascript; charset=utf-8") }),
        )
        .route(PATHS[6], get(|| async { password(include_str!("password.css"), CSS) }))
}

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string_pretty(&crate::openapi()).unwrap_or_default());

static REFERENCE: LazyLock<String> =
    LazyLock::new(|| reference::page(&serde_json::to_value(crate::openapi()).unwrap_or_default()));

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

fn page(text: &'static str, kind: &'static str) -> Response {
    under(POLICY, text, kind)
}

fn password(text: &'static str, kind: &'static str) -> Response {
    let no_referrer = [(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
    (no_referrer, under(PASSWORD_POLICY, text, kind)).into_response()
}

fn under(policy: &'static str, text: &'static str, kind: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    (headers, text).into_response()
}
