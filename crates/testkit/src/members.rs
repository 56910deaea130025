//! Roles of an organization's own, and people who work in its projects.

use serde_json::json;

use crate::TestOrganization;

/// A person who was invited to the default project.
#[derive(Debug, Clone)]
pub struct TestMember {
    /// The user's id.
    pub id: String,
    /// The address they were invited at.
    pub email: String,
}

impl TestOrganization<'_> {
    /// Makes a role of a new name, without permissions; answers its number.
    pub async fn role(&self) -> i64 {
        let name = self.new_name();
        let call = self.app().post("/api/roles").credential(&self.admin.text).json(&json!({ "name": name }));
        call.expect(200).await.json["result"]["id"].as_i64().unwrap()
    }

    /// Gives a role this permission, by its number, or takes it away.
    pub async fn toggle(&self, role: i64, permission: i32) -> bool {
        let path = "/api/projects/1/role-permissions/add-or-remove-per-role";
        let body = json!({ "roleId": role, "permissionId": permission });
        let call = self.app().call("PUT", path).credential(&self.admin.text).json(&body);
        call.expect(200).await.json["result"].as_bool().unwrap()
    }

    /// A name that nothing has yet.
    pub fn new_name(&self) -> String {
        format!("New {}", self.unused_email())
    }

    /// Has a person whom nobody knows yet work in the default project, over HTTP.
    pub async fn member(&self) -> TestMember {
        let email = self.unused_email();
        let call = |method, path| self.app().call(method, path).credential(&self.admin.text);
        let body = json!({ "user": { "email": email } });
        call("POST", "/api/projects/1/users").json(&body).expect(200).await;
        let all = call("GET", "/api/projects/1/users/getUsersByProjectId").expect(200).await.json;
        let all = all["result"].as_array().unwrap();
        let id = all.iter().find(|user| user["email"] == email).unwrap()["publicId"].as_str().unwrap();
        TestMember { id: id.to_owned(), email }
    }
}
