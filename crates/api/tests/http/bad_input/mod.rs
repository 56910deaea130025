//! Input that no operation can make sense of: always told why, and nothing is written.

mod addresses;
mod body;
mod keys;
mod shape;

use serde_json::Value as Json;
use testkit::{Answer, Call, Document, Engine, TestApp, TestOrganization};

use crate::request::Request;

/// An operation with a JSON body, and a body that it accepts.
struct Operation<'a> {
    app: &'a TestApp,
    request: Request,
    credential: Option<String>,
    good: Json,
    /// The schema of its body.
    schema: &'static Json,
    /// Whether it answers in the envelope, which has no 413 and no 415.
    enveloped: bool,
}

impl<'a> Operation<'a> {
    /// Every one there is.
    async fn all(app: &'a TestApp, shop: &TestOrganization<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        let session = shop.sign_in().await;
        for (method, template, operation) in Document::get().operations() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            // What is signed is read once the signature is good: see `leaked_keys`.
            if schema.is_null() || operation["x-swage-signed"] == true {
                continue;
            }
            let request = Request::of_document(shop, &method, &template, operation).await;
            let good = request.bare_body();
            let is_for_people = operation["x-swage-person"] == true;
            let own = if is_for_people { &session } else { &shop.admin.text };
            let credential = (operation["x-swage-public"] == false).then(|| own.clone());
            let enveloped = operation["x-swage-envelope"] == true;
            all.push(Self { app, request, credential, good, schema: referred(schema), enveloped });
        }
        assert!(all.len() >= 4);
        all
    }

    fn call(&self) -> Call<'a> {
        let call = self.request.call_without_body(self.app);
        match &self.credential {
            Some(credential) => call.credential(credential),
            None => call,
        }
    }

    async fn refuses(&self, body: impl Into<Vec<u8>>, paths: &[&str]) -> Answer {
        let body = body.into();
        let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let answer = self.call().body("application/json", body).expect(400).await;
        assert_eq!(answer.wrong_fields(), paths, "{} with {shown}: {}", self.path(), answer.json);
        answer
    }

    /// The status with which it tells a failure that has this one.
    fn status(&self, status: u16) -> u16 {
        if self.enveloped { 400 } else { status }
    }

    fn path(&self) -> &str {
        self.request.path()
    }

    fn with(&self, field: &str, value: Json) -> Json {
        let mut body = self.good.clone();
        body[field] = value;
        body
    }
}

/// Has every operation with a body be tried; fails if anything was written.
async fn on_every_operation(engine: Engine, attempt: impl AsyncFn(&Operation<'_>)) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let operations = Operation::all(&app, &shop).await;
    let before = app.row_counts().await;
    for operation in &operations {
        attempt(operation).await;
    }
    assert_eq!(app.row_counts().await, before);
}

/// What a schema says, seen through the reference it may be.
fn referred(schema: &'static Json) -> &'static Json {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap();
            Document::get().json.pointer(pointer).unwrap()
        }
        None => schema,
    }
}
