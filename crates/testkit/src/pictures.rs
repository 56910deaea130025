use crate::{Call, TestOrganization};

/// A picture of one pixel.
pub const PICTURE: &[u8] =
    br#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0h1v1z"/></svg>"#;

impl TestOrganization<'_> {
    /// A call that brings a picture: to `images?name=…`, or to `image/…`.
    pub fn bring(&self, to: &str, bytes: &[u8]) -> Call<'_> {
        let call = self.app().post(format!("/api/v1/{to}")).credential(&self.admin.text);
        call.body("application/octet-stream", bytes.to_vec())
    }

    /// A new picture in the library; answers its id.
    pub async fn picture(&self) -> String {
        let answer = self.bring(&format!("images?name={}", self.unused_email()), PICTURE).expect(201).await;
        answer.json["_id"].as_str().unwrap().to_owned()
    }
}
