use axum::{Json, extract::State};
use base::Result;
use database::{Priority, Scope};
use gate::{Credential, Inspected};
use keys::Claims;
use usecases::{Caller, Subject, access::AnyCaller, tokens};

use super::introspect::{TokenShown, inspected};
use crate::{
    App,
    door::{Anyone, Context, Failure, Posted},
};

/// Ends a bearer token
///
/// As RFC 7009 has it: whoever shows a token may end it, and needs no other
/// credential. From the answer on it is not let in. The answer is the same
/// whatever was shown. An API key is not ended here, nor are its other tokens.
#[utoipa::path(
    post, path = "/security/v1/revoke", tag = "Security", operation_id = "postSecurityRevoke",
    request_body(content((TokenShown = "application/json"), (TokenShown = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_security_revoke(
    anyone: Anyone<true>,
    State(app): State<App>,
    context: Context,
    posted: Result<Posted<TokenShown, TokenShown>, Failure>,
) -> Result<Json<&'static str>, Failure> {
    let token = TokenShown::token(posted.map_err(Failure::into_oauth)?).map_err(Failure::oauth)?;
    let found =
        inspected(&app, Credential::of(&token, &app.gate.secrets().tokens)).await.map_err(Failure::oauth)?;
    // A key itself has no claims, and is not ended here.
    if let Some((found, claims)) = found.and_then(|found| found.claims.map(|claims| (found, claims))) {
        revoke(&app, &anyone, &context, &found, claims).await.map_err(Failure::oauth)?;
    }
    Ok(Json("The token is not, or no longer, good for anything."))
}

async fn revoke(
    app: &App,
    anyone: &Anyone<true>,
    context: &Context,
    found: &Inspected,
    claims: Claims,
) -> Result<()> {
    let policy = &found.key.policy;
    let subject = Subject::Key(claims.key);
    let caller = Caller {
        organization: policy.organization,
        subject,
        name: claims.key.to_string(),
        permissions: found.permissions,
        key_type: Some(policy.key_type),
        projects: policy.projects.clone(),
        customer: found.customer,
        only_buys: false,
        address: anyone.address,
        request_id: Some(context.request_id().to_owned()),
    };
    context.called_by(subject);
    let (scope, caller) = (Scope::Organization(policy.organization), caller.allow::<AnyCaller>()?);
    app.database
        .write_as(Priority::Security, scope, move |tx| {
            tokens::revoke(tx, &caller, claims.key, claims.id, claims.expires)
        })
        .await?;
    app.gate.catch_up().await
}
