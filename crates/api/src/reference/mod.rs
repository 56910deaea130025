//! The reference that people read: one HTML page made from the OpenAPI
//! document. It needs no script, no inline style and nothing from elsewhere.

mod document;
mod example;
mod fields;
mod html;
mod operation;
mod page;
mod sample;
mod schema;

#[cfg(test)]
mod tests;

use serde_json::Value;

/// The style sheet of the page; the page asks for it at `/api/docs/style.css`.
pub(crate) const STYLE: &str = include_str!("style.css");

/// The page for an OpenAPI 3.1 document.
pub(crate) fn page(document: &Value) -> String {
    page::write(document::Document::new(document))
}
