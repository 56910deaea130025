use serde_json::json;

use crate::{Answer, Call, TestOrganization};

const WEBHOOKS: &str = "/api/v1/webhooks";

/// A webhook as the answer that made it tells it.
#[derive(Debug, Clone)]
pub struct TestWebhook {
    /// Its id.
    pub id: String,
    /// What signs its messages.
    pub secret: String,
}

impl TestOrganization<'_> {
    /// Makes a webhook over HTTP that is told of these events.
    pub async fn webhook(&self, url: &str, events: &[&str]) -> TestWebhook {
        let call = self.app().post(WEBHOOKS).credential(&self.admin.text).shows_secret();
        let answer = call.json(&json!({ "url": url, "events": events })).expect(201).await;
        let text = |field: &str| answer.json[field].as_str().unwrap().to_owned();
        let webhook = TestWebhook { id: text("_id"), secret: text("secret") };
        self.app().secrets.lock().unwrap().push(webhook.secret.clone());
        webhook
    }

    /// A call on a webhook; `rest` is empty or begins with `/` or `?`.
    pub fn of_webhook(&self, method: &str, webhook: &TestWebhook, rest: &str) -> Call<'_> {
        self.app().call(method, format!("{WEBHOOKS}/{}{rest}", webhook.id)).credential(&self.admin.text)
    }

    /// What a webhook was told, the newest first.
    pub async fn deliveries(&self, webhook: &TestWebhook) -> Answer {
        self.of_webhook("GET", webhook, "/deliveries").expect(200).await
    }

    /// Sends a webhook a test; answers the id of the delivery.
    pub async fn ping(&self, webhook: &TestWebhook) -> String {
        let answer = self.of_webhook("POST", webhook, "/test").expect(200).await;
        answer.json["_id"].as_str().unwrap().to_owned()
    }
}
