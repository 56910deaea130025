//! Requests that an operation accepts: the document's own examples with ids
//! and credentials that are real.

use keys::TextHash;
use serde_json::{Value as Json, json};
use testkit::{Call, Document, PICTURE, TestApp, TestKey, TestOrganization, TestWebhook};

/// Takes a file in a form, which has no example in the document.
const IMPORT: &str = "/api/v1/components/import";
/// Such a file.
const HOSES: &[u8] = b"partNumber,brand,size\n4SH-16,Kestrel,-16\n";

/// A request that an operation accepts; it lacks only a credential.
pub struct Request {
    method: String,
    path: String,
    body: Option<Json>,
    /// Whether the body is a file: then this picture is sent.
    picture: bool,
}

impl Request {
    /// The example of the document for an operation.
    pub async fn of_document(
        shop: &TestOrganization<'_>,
        method: &str,
        template: &str,
        operation: &Json,
    ) -> Self {
        let example = example(operation);
        let picture = !operation["requestBody"]["content"]["application/octet-stream"].is_null();
        assert!(
            example.is_some() || picture || operation["requestBody"].is_null() || template == IMPORT,
            "{method} {template} has no example of its body"
        );
        let request = Self::new(shop, method, template, example.cloned()).await;
        Self { picture, ..request }
    }

    /// A request with this body, whose ids are placeholders.
    pub async fn new(shop: &TestOrganization<'_>, method: &str, template: &str, body: Option<Json>) -> Self {
        let mut path = Vec::new();
        for segment in template.split('/') {
            path.push(match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(parameter) => id(shop, template, parameter, &path).await,
                None => segment.to_owned(),
            });
        }
        let body = match body {
            Some(body) => Some(with_real_names(shop, template, body).await),
            None => None,
        };
        let path = path.join("/") + &query(shop, method, template).await;
        Self { method: method.to_owned(), path, body, picture: false }
    }

    /// The path, with real ids.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The body, out of the `params` it may be wrapped in; null if there is none.
    pub fn bare_body(&self) -> Json {
        let body = self.body.clone().unwrap_or_default();
        if body["params"].is_object() { body["params"].clone() } else { body }
    }

    /// The call with the body out of the `params` it may be wrapped in.
    pub fn with_bare_body<'a>(&self, call: Call<'a>) -> Call<'a> {
        match self.bare_body() {
            Json::Null if self.picture => call.body("application/octet-stream", PICTURE),
            Json::Null => call,
            body => call.json(&body),
        }
    }

    /// The call, without a credential and a body.
    pub fn call_without_body<'a>(&self, app: &'a TestApp) -> Call<'a> {
        app.call(&self.method, self.path.as_str())
    }

    /// The call, without a credential.
    pub fn call<'a>(&self, app: &'a TestApp) -> Call<'a> {
        let call = self.call_without_body(app);
        if self.method == "POST" && self.path == IMPORT {
            return call.upload("hose.csv", HOSES, &[]);
        }
        match &self.body {
            Some(body) => call.json(body),
            None if self.picture => call.body("application/octet-stream", PICTURE),
            None => call,
        }
    }
}

/// The example of an operation's body: its own, or its schema's.
pub fn example(operation: &Json) -> Option<&Json> {
    let body = &operation["requestBody"]["content"]["application/json"];
    let schema = match body["schema"]["$ref"].as_str() {
        Some(reference) => Document::get().json.pointer(reference.trim_start_matches('#')).unwrap(),
        None => &body["schema"],
    };
    [&body["example"], &schema["example"], &schema["examples"][0]].into_iter().find(|json| !json.is_null())
}

/// A new record of the shop, for a path to name after what stands before it.
async fn id(shop: &TestOrganization<'_>, template: &str, parameter: &str, before: &[String]) -> String {
    match parameter {
        "apiKeyId" => {
            if template.ends_with("/readback") {
                shop.allow_reading_back(true).await;
            }
            let key = shop.key("full-access").await;
            if template.ends_with("/rotate/end") {
                shop.rotate(&key).await;
            }
            key.id
        }
        "webhookId" => shop.webhook("http://127.0.0.1:9/hooks", &["webhook.none"]).await.id,
        "deliveryId" => {
            let id = before[before.len() - 2].clone();
            shop.ping(&TestWebhook { id, secret: String::new() }).await
        }
        "belongsToId" if template.ends_with("/delete") => shop.picture().await,
        "belongsToId" => {
            shop.bring(&format!("image/{}", shop.id), PICTURE).send().await;
            shop.id.to_string()
        }
        "userId" if template.starts_with("/api/projects/") => shop.member().await.id,
        "userId" => shop.invited().await,
        "organizationId" | "projectId" => shop.public_id.clone(),
        "importId" => imported(shop, template).await,
        "mappingId" => {
            let mapping = json!({ "name": shop.new_name(), "headers": { "Artikel": "partNumber" } });
            let made = shop.app().post("/api/v1/components/mappings/update").credential(&shop.admin.text);
            made.json(&mapping).expect(200).await.json["_id"].as_str().unwrap().to_owned()
        }
        "roleId" => shop.role().await.to_string(),
        "id" if template.contains("/roles/") => shop.role().await.to_string(),
        "id" if template.contains("/api-keys/") => two_projects_key(shop).await.id,
        "brandId" => {
            let made = shop.app().post("/api/v1/brands/create").credential(&shop.admin.text);
            let made = made.json(&json!({ "name": shop.new_name() })).expect(201).await;
            made.json["_id"].as_str().unwrap().to_owned()
        }
        "hoseId" => part(shop, "hoses").await,
        "crimpfittingId" => part(shop, "crimpfittings").await,
        "ferruleId" => part(shop, "ferrules").await,
        "adaptorId" => part(shop, "adaptors").await,
        "wrapId" => part(shop, "wraps").await,
        "otherItemId" | "itemId" => part(shop, "otheritems").await,
        other => panic!("say here how a test makes what {{{other}}} names"),
    }
}

/// A new import: one that is done, or for being cancelled one that only looked.
async fn imported(shop: &TestOrganization<'_>, template: &str) -> String {
    let look = if template.ends_with("/cancel") { "true" } else { "false" };
    // A number of its own, so that it can be undone whatever others made.
    let file = format!("partNumber,brand,size\n{},Kestrel,-16\n", shop.new_name());
    let call = shop.app().post(IMPORT).credential(&shop.admin.text).upload(
        "hose.csv",
        file.as_bytes(),
        &[("dryRun", look)],
    );
    call.expect(200).await.json["_id"].as_str().unwrap().to_owned()
}

/// A new part of the shop's own: the document's example, under a number of its own.
async fn part(shop: &TestOrganization<'_>, kind: &str) -> String {
    let path = format!("/api/v1/{kind}/create");
    let mut fields = example(&Document::get().json["paths"][&path]["post"]).unwrap().clone();
    fields["partNumber"] = json!(shop.new_name());
    shop.part(kind, &fields).await["_id"].as_str().unwrap().to_owned()
}

/// A new key that is limited to two projects, the default one and another.
async fn two_projects_key(shop: &TestOrganization<'_>) -> TestKey {
    let project = shop.second_project().await;
    shop.key_in(&[&shop.public_id, &project], 2).await
}

/// The query without which an operation makes no sense; empty for most.
async fn query(shop: &TestOrganization<'_>, method: &str, template: &str) -> String {
    match (method, template) {
        (_, "/api/organizations/{organizationId}/api-keys/{id}/projects") => {
            format!("?projectId={}", shop.public_id)
        }
        ("DELETE", "/api/projects/{projectId}/users") | (_, "/api/projects/{projectId}/users/activate") => {
            format!("?id={}", shop.member().await.id)
        }
        (_, "/api/projects/{projectId}/users/resend-invitation") => {
            format!("?email={}", shop.member().await.email)
        }
        ("POST", "/api/v1/images") => format!("?name={}", shop.unused_email()),
        (_, "/api/v1/adaptors/cross") => "?partNumber=6400".to_owned(),
        _ => String::new(),
    }
}

/// The body with what exists in the place of what its example made up.
async fn with_real_names(shop: &TestOrganization<'_>, template: &str, mut body: Json) -> Json {
    match template {
        "/security/v1/token" => {
            let key = shop.key("full-access").await;
            body["apiKey"] = json!(key.text);
            body["name"] = json!(key.name);
        }
        "/api/v1/organization/apikeys/import" => {
            // A text is imported once: a key's id makes this one new.
            let text = TextHash::Sha256.of(&shop.key("full-access").await.id);
            body["keys"][0]["hash"]["value"] = json!(text.to_hex());
        }
        "/security/v1/introspect" | "/security/v1/revoke" => {
            body["token"] = json!(shop.token().await);
        }
        "/security/v1/login" => {
            body["email"] = json!(shop.email);
            body["password"] = json!(shop.password);
        }
        "/security/v1/password" => body["token"] = json!(shop.link().await),
        "/security/v1/password/forgot" | "/api/v1/organization/user/{userId}/update" => {
            body["email"] = json!(shop.unused_email());
        }
        "/api/v1/brands/create" => body["name"] = json!(shop.new_name()),
        made if made.ends_with("/create") && body["partNumber"].is_string() => {
            body["partNumber"] = json!(shop.new_name());
        }
        "/api/v1/users/update" => body["email"] = json!(shop.email),
        "/api/v1/organization/productgroups/update"
        | "/api/v1/organization/suppliers/update"
        | "/api/v1/organization/locations/update" => {
            for entry in body["items"].as_array_mut().unwrap() {
                entry["name"] = json!(shop.unused_email());
            }
        }
        "/api/v1/organization/users/invite" => {
            for person in body["emailAddresses"].as_array_mut().unwrap() {
                person["email"] = json!(shop.unused_email());
            }
        }
        "/api/organizations/{organizationId}/api-keys/projects" => {
            body["apiKeyId"] = json!(two_projects_key(shop).await.id);
            body["projectIds"] = json!([shop.project("More").await]);
        }
        "/api/organizations/{organizationId}/api-keys" | "/api/projects/{projectId}/api-keys" => {
            if body["userApiKey"].is_object() {
                body["listProjectsId"] = json!([shop.public_id]);
            } else {
                body["id"] = json!(two_projects_key(shop).await.id);
            }
        }
        "/api/roles" | "/api/projects/{projectId}/roles" => {
            body["name"] = json!(shop.new_name());
            if !body["id"].is_null() {
                body["id"] = json!(shop.role().await);
            }
        }
        "/api/projects/{projectId}/role-permissions/add-or-remove-per-role" => {
            body["roleId"] = json!(shop.role().await);
            return body;
        }
        "/api/projects/{projectId}/users" => {
            body["projectId"] = json!(shop.public_id);
            body["user"]["email"] = json!(shop.unused_email());
        }
        "/api/projects/{projectId}/users/add-users-to-project" => {
            body["projectId"] = json!(shop.public_id);
            body["userRoles"][0]["userId"] = json!(shop.member().await.id);
        }
        "/api/projects/{projectId}/users/connect-with-project" => {
            body["userId"] = json!(shop.member().await.id);
            body["projectId"] = json!(shop.second_project().await);
            body["organizationId"] = json!(shop.public_id);
        }
        "/api/projects/{projectId}" => body["isDefault"] = json!(true),
        _ => {}
    }
    // The role `regular`, which every organization has.
    if body["roleId"].is_i64() {
        body["roleId"] = json!(2);
    }
    body
}
