//! For tests: the whole application in one process, on either engine, with a
//! clock and a randomness that a test sets. The client checks every answer
//! against the OpenAPI document, and that no answer shows a secret unasked.
//!
//! ```ignore
//! #[rstest]
//! #[tokio::test]
//! async fn a_deleted_key_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
//!     let app = TestApp::start(engine).await;
//!     let shop = app.organization("Shop").await;
//!     let key = shop.key("full-access").await;
//!     app.get("/security/v1/verify").credential(&key.text).expect(200).await;
//! }
//! ```
#![expect(clippy::missing_panics_doc, reason = "what fails here fails a test")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails a test")]

mod app;
mod catalogue;
mod client;
mod document;
mod mail;
mod members;
mod pictures;
mod proxy;
mod rows;
mod store;
mod tables;
mod webhooks;

pub use app::{TestApp, TestKey, TestOrganization, reporters};
pub use catalogue::list_query;
pub use client::{Answer, Call};
pub use database::Engine::{self, Postgres, Sqlite};
pub use document::Document;
pub use mail::SentMail;
pub use members::TestMember;
pub use pictures::PICTURE;
pub use proxy::{Line, Proxy};
pub use rows::{AuditRow, RowCounts};
pub use store::Store;
pub use tables::{excel, sheets};
pub use webhooks::TestWebhook;
