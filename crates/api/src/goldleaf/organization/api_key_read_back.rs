use axum::extract::State;
use base::Error;
use database::Priority;
use usecases::{access::WriteApiKeys, api_keys, idempotency::Answer};

use super::api_key::{ApiKeyMadeOut, ApiKeyOut};
use crate::{
    App,
    door::{Failure, May, NO_BODY, Named, Reply, Writing},
};

/// Reads an API key back
///
/// Answers the key with its text, once: then the text is forgotten. For an
/// administrator who has signed in; 403 unless the server is configured to
/// allow it and the organization allows it too, 409 for a key that was made
/// while it did not, or was read back before. An operation of Swage; GoldLeaf
/// has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/{apiKeyId}/readback", tag = "Organization",
    operation_id = "postOrganizationApiKeysIdReadback",
    params(("apiKeyId" = String, Path, description = "The key's `_id`, or its number")),
    responses((status = 200, description = "The key with its text", body = ApiKeyMadeOut)),
)]
pub(super) async fn post_organization_api_keys_id_read_back(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    Named(key): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    if !app.settings.keys_read_back {
        return Err(Error::Forbidden("This server is configured to let no key be read back.".into()).into());
    }
    let reply = app
        .write(Priority::Ordinary, caller, writing, NO_BODY, move |tx, caller| {
            let (key, text) = api_keys::read_back(tx, caller, &key)?;
            let (id, rev) = (key.id, key.stamp.rev);
            let document = ApiKeyOut::new(key).with_text(&text);
            Ok(Answer::new(200, &document)?.about(id, rev).with_secret())
        })
        .await?;
    Ok(reply)
}
