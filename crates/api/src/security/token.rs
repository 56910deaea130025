use axum::{Json, extract::State, http::HeaderMap};
use base::{Error, Id, Organization, Result};
use database::Scope;
use gate::{Credential, Denied};
use keys::{Customer, KeyType, TOKEN_LIFETIME};
use serde::{Deserialize, Serialize};
use usecases::{Subject, customers};
use utoipa::ToSchema;

use crate::{
    App,
    door::{
        Anyone, Body, Check, Context, Failure, Input, Shown, customer_named, refused, send_limit,
        send_over_limit, warn_of_end,
    },
};

/// A key to be exchanged for a bearer token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "apiKey": "yourApiKey", "name": "yourApiKeyName", "grantType": "client_credentials" }))]
pub(super) struct TokenIn {
    /// The key.
    #[schema(required = true, nullable = false)]
    api_key: Option<String>,
    /// Its name.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// `client_credentials`; `grant_type` is read too.
    #[serde(alias = "grant_type")]
    grant_type: Option<String>,
}

impl Input for TokenIn {}

/// A bearer token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenOut {
    /// The token again, as one revision of the documentation has it.
    data: TokenData,
    /// The token.
    #[serde(rename = "securityToken")]
    security_token: String,
    /// The first moment it is over.
    #[schema(format = DateTime)]
    expires: String,
    /// The token, by the name OAuth 2.0 has for it.
    access_token: String,
    /// Always `Bearer`.
    token_type: String,
    /// Seconds until it is over.
    expires_in: u64,
}

/// A bearer token, as one revision of the documentation has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenData {
    /// The token.
    security_token: String,
    /// The first moment it is over.
    #[schema(format = DateTime)]
    expires: String,
}

/// Exchanges an API key for a bearer token
///
/// The token is good for one hour, or until the key is deleted or changed in
/// anything but its name and rate limit. The key's approved addresses are
/// checked here. A customer's key names its customer in the header
/// `apiCustomerId`, which pins the token to it; without one, or with one that
/// is not known, prices are the organization's default ones.
#[utoipa::path(
    post, path = "/security/v1/token", tag = "Security", operation_id = "postSecurityToken",
    params(("apiCustomerId" = Option<String>, Header, description = "The customer the token is pinned to")),
    request_body = TokenIn,
    responses((status = 200, description = "A bearer token", body = TokenOut)),
)]
pub(super) async fn post_security_token(
    anyone: Anyone,
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    body: Result<Body<TokenIn>, Failure>,
) -> Result<Json<TokenOut>, Failure> {
    let body = body.map_err(Failure::into_oauth)?;
    let (key, name) = body.value.checked().map_err(Failure::oauth)?;
    let exchanged = exchange(&app, &anyone, &context, &headers, &key, &name).await;
    exchanged.map(Json).map_err(Failure::oauth)
}

async fn exchange(
    app: &App,
    anyone: &Anyone,
    context: &Context,
    headers: &HeaderMap,
    key: &str,
    name: &str,
) -> Result<TokenOut> {
    let show_refused = |denied: Denied| {
        context.show(Shown::refused(&app.gate, Credential::Key(key), denied, anyone.address));
        refused(denied)
    };
    let prove = || app.gate.prove_key(key, name);
    let candidate = app.gate.informed(Credential::Key(key), prove).await.map_err(show_refused)?;
    let named = customer_named(headers).filter(|_| candidate.policy.key_type == KeyType::Customer);
    let customer = match named {
        // A pinned key is told when another customer is named.
        Some(named) if candidate.customer.is_some() => Some(named),
        Some(named) => known_customer(app, candidate.policy.organization, named).await?,
        None => None,
    };
    let exchanged = app.gate.exchange(key, name, anyone.address, customer).map_err(|denied| {
        if let Denied::OverLimit(over) = denied {
            send_over_limit(context, over);
        }
        show_refused(denied)
    });
    let (token, claims, verified) = exchanged?;
    context.show(Shown::let_in(&verified, anyone.address));
    if let Some(limit) = verified.limit {
        send_limit(context, limit);
    }
    warn_of_end(app, context, &verified);
    context.called_by(Subject::Key(claims.key));
    let expires = claims.expires.to_string();
    Ok(TokenOut {
        data: TokenData { security_token: token.to_string(), expires: expires.clone() },
        security_token: token.to_string(),
        expires,
        access_token: token.to_string(),
        token_type: "Bearer".to_owned(),
        expires_in: TOKEN_LIFETIME.as_secs(),
    })
}

async fn known_customer(
    app: &App,
    organization: Id<Organization>,
    named: Id<Customer>,
) -> Result<Option<Id<Customer>>> {
    let scope = Scope::Organization(organization);
    let is_known = app.database.read(scope, move |tx| customers::exists(tx, named)).await?;
    Ok(is_known.then_some(named))
}

impl TokenIn {
    fn checked(self) -> Result<(String, String)> {
        let mut check = Check::default();
        let key = check.required("apiKey", self.api_key, Ok::<_, Error>);
        let name = check.required("name", self.name, Ok::<_, Error>);
        check.required("grantType", self.grant_type, |grant| match grant.as_str() {
            "client_credentials" => Ok(()),
            _ => Err("must be client_credentials"),
        });
        check.finish(key.zip(name))
    }
}
