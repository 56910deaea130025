//! The HTTP doors of Swage. Each operation reads top to bottom: permission,
//! input, one call into `usecases`, output.

mod app;
mod attempts;
mod document;
mod door;
mod events;
mod goldleaf;
mod health;
mod pages;
mod reference;
mod security;

pub use app::{App, Origins, Parts, Settings};

use axum::{Router, http::Method, middleware};
use utoipa::openapi::path::PathItem;
use utoipa_axum::router::OpenApiRouter;

/// The whole HTTP surface.
pub fn router(app: App) -> Router {
    let (operations, _) = operations().split_for_parts();
    let inner = operations.merge(pages::router()).with_state(app.clone());
    // Around the router and not within it, since it changes the path that the
    // router goes by.
    Router::new().fallback_service(inner).layer(middleware::from_fn_with_state(app, door::around))
}

/// The OpenAPI 3.1 document, made from the router. The same bytes every time:
/// utoipa keeps extensions in no order, but the fields of a value have one.
pub fn openapi() -> serde_json::Value {
    serde_json::to_value(operations().into_openapi()).unwrap_or_default()
}

fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(document::frame())
        .merge(goldleaf::router())
        .merge(events::router())
        .merge(security::router())
        .merge(health::router())
}

/// Every path that is served, as the router has it.
fn paths() -> door::Paths {
    let document = operations().into_openapi();
    let operations = document.paths.paths.iter().map(|(path, item)| door::Template::new(path, named(item)));
    door::Paths::new(operations.chain(pages::PATHS.iter().map(|path| door::Template::new(path, []))))
}

/// The operations of a path, each with its id; who may GET may ask for the head too.
fn named(item: &PathItem) -> impl Iterator<Item = (Method, String)> {
    [
        (Method::GET, &item.get),
        (Method::HEAD, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?.operation_id.clone()?)))
}
