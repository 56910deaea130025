use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
};
use base::{Error, Id, Organization, Random, Result};
use database::Scope;
use gate::{Credential, Denied, Exchange, Issued};
use keys::{Customer, KeyType, TokenId};
use serde::Serialize;
use usecases::{Subject, customers};
use utoipa::ToSchema;

use super::token_request::{TokenForm, TokenIn, TokenRequestForm, Wanted};
use crate::{
    App,
    door::{Anyone, Context, Failure, Posted, Shown, customer_named, send_limit, warn_of_end},
};

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
    expires_in: i64,
    /// What it may do, separated by spaces; there where a scope was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
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
///
/// The form of OAuth 2.0 (client credentials, RFC 6749, section 4.4) is taken
/// too: `client_id` is the key's name or its id, `client_secret` the key; both
/// may come in HTTP Basic instead. `scope` narrows the token.
///
/// With `format` `jwt` the token is a JWT (RFC 9068), which a service can check
/// by itself with the keys of `GET /security/v1/jwks`. It is short-lived, since
/// who checks it so does not feel that its key was changed.
#[utoipa::path(
    post, path = "/security/v1/token", tag = "Security", operation_id = "postSecurityToken",
    params(("apiCustomerId" = Option<String>, Header, description = "The customer the token is pinned to")),
    request_body(content((TokenIn = "application/json"), (TokenRequestForm = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "A bearer token", body = TokenOut)),
)]
pub(super) async fn post_security_token(
    anyone: Anyone,
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    posted: Result<Posted<TokenIn, TokenRequestForm>, Failure>,
) -> Result<Json<TokenOut>, Failure> {
    // As RFC 6749 asks; `Cache-Control: no-store` is on every answer.
    context.send(header::PRAGMA, HeaderValue::from_static("no-cache"));
    let (wanted, is_basic) = Wanted::read(posted.map_err(Failure::into_oauth)?, &headers);
    let exchanged = match wanted {
        Ok(wanted) => exchange(&app, &anyone, &context, &headers, &wanted).await,
        Err(error) => Err(error),
    };
    let exchanged = exchanged.map(Json).map_err(Failure::oauth);
    if is_basic { exchanged.map_err(Failure::with_basic) } else { exchanged }
}

async fn exchange(
    app: &App,
    anyone: &Anyone,
    context: &Context,
    headers: &HeaderMap,
    wanted: &Wanted,
) -> Result<TokenOut> {
    let jwt_for = jwt_for(app, &wanted.form)?;
    let shown = Credential::Key(&wanted.key);
    let show_refused = |denied: Denied| {
        context.show(Shown::refused(&app.gate, shown, denied, anyone.address));
        Error::from(denied)
    };
    let prove = || app.gate.prove_key(&wanted.key, &wanted.name);
    let candidate = app.gate.informed(shown, prove).await.map_err(show_refused)?;
    let named = customer_named(headers).filter(|_| candidate.policy.key_type == KeyType::Customer);
    let customer = match named {
        // A pinned key is told when another customer is named.
        Some(named) if candidate.customer.is_some() => Some(named),
        Some(named) => known_customer(app, candidate.policy.organization, named).await?,
        None => None,
    };
    let issued = app.gate.exchange(&Exchange {
        key: &wanted.key,
        name: &wanted.name,
        address: anyone.address,
        customer,
        scope: wanted.scope,
        jwt_for,
        id: TokenId(app.random(Random::bytes)),
    });
    let Issued { text, claims, issued, verified } = issued.map_err(|denied| {
        if let Denied::OverLimit(over) = denied {
            send_limit(context, over.headers());
        }
        show_refused(denied)
    })?;
    context.show(Shown::let_in(&verified, anyone.address));
    if let Some(limit) = verified.limit {
        send_limit(context, limit.headers());
    }
    warn_of_end(app, context, &verified);
    context.called_by(Subject::Key(claims.key));
    let expires = claims.expires.to_string();
    Ok(TokenOut {
        data: TokenData { security_token: text.to_string(), expires: expires.clone() },
        security_token: text.to_string(),
        expires,
        access_token: text.to_string(),
        token_type: "Bearer".to_owned(),
        expires_in: claims.expires.as_seconds() - issued.as_seconds(),
        scope: wanted.scope.map(|_| verified.permissions.to_oauth()),
    })
}

/// For whom a JWT is to be, if one is asked for.
fn jwt_for<'a>(app: &'a App, form: &'a TokenForm) -> Result<Option<&'a str>> {
    match (form, app.gate.secrets().tokens.jwt()) {
        (TokenForm::Opaque, _) => Ok(None),
        (TokenForm::Jwt(audience), Some(keys)) => Ok(Some(audience.as_deref().unwrap_or(keys.issuer()))),
        (TokenForm::Jwt(_), None) => Err(Error::invalid("format", "cannot be jwt: this server makes none")),
    }
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
