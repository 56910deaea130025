//! What people and tools read about the API.

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

/// The paths here, which are not operations of the document.
pub(crate) const PATHS: &[&str] = &["/api/openapi.json", "/api/docs", "/api/docs/style.css", "/"];

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(PATHS[0], get(|| async { page(&DOCUMENT, "application/json") }))
        .route(PATHS[1], get(|| async { page(&REFERENCE, "text/html; charset=utf-8") }))
        .route(PATHS[3], get(|| async { Redirect::temporary(PATHS[1]) }))
        .route(PATHS[2], get(|| async { page(reference::STYLE, "text/css; charset=utf-8") }))
}

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string_pretty(&crate::openapi()).unwrap_or_default());

static REFERENCE: LazyLock<String> =
    LazyLock::new(|| reference::page(&serde_json::to_value(crate::openapi()).unwrap_or_default()));

fn page(text: &'static str, kind: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    (headers, text).into_response()
}
