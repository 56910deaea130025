use axum::{Json, extract::State};
use base::{Error, Result, Timestamp};
use database::Scope;
use gate::{Credential, Denied, Inspected};
use keys::TOKEN_LIFETIME;
use serde::{Deserialize, Serialize};
use usecases::{
    Subject,
    access::ReadApiKeys,
    tokens::{self, KeyInWords},
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Check, Failure, Input, MayAsClient, Posted},
};

/// A token that is asked about, or that is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "token": "swt_yourToken" }))]
pub(super) struct TokenShown {
    /// The token.
    #[schema(required = true, nullable = false)]
    token: Option<String>,
    /// What the caller takes it for, as OAuth 2.0 has it. Not needed: a token tells what it is.
    #[expect(dead_code, reason = "clients send it; a token tells what it is")]
    token_type_hint: Option<String>,
}

impl Input for TokenShown {
    const STRICT: bool = true;
}

impl TokenShown {
    /// The token of a body in either form.
    pub(super) fn token(posted: Posted<Self, Self>) -> Result<String> {
        let Self { token, .. } = match posted {
            Posted::Json(body) => body.value,
            Posted::Form(form) => form,
        };
        let mut check = Check::default();
        let token = check.required("token", token, Ok::<_, Error>);
        check.finish(token)
    }
}

/// What a token stands for, as RFC 7662 has it; `active` alone where it stands for nothing.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct IntrospectOut {
    /// Whether it would be let in now.
    active: bool,
    /// What it may do, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The id of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// The name of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// `Bearer`, or `api_key` for a key itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// The first second it is over, counted from 1970; not there if it never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// When it was made, in seconds from 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// The first second it is good, counted from 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// Who it stands for: `key:ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// For whom it is: this server, or the audience that a JWT names.
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    /// Who made it: this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// The token's own id; a key has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// The id of the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    /// The customer it is pinned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
}

/// Says what a token stands for
///
/// As RFC 7662 has it, for a service that has been shown a bearer token or an
/// API key. The caller needs a key of its own with the scope `apiKey:read`,
/// which may also come in HTTP Basic. A token that would not be let in now, for
/// whatever reason, or that is of another organization, is not active. What is
/// asked about neither counts against its key's limit nor as its use; the
/// approved addresses of a key are not looked at.
#[utoipa::path(
    post, path = "/security/v1/introspect", tag = "Security", operation_id = "postSecurityIntrospect",
    request_body(content((TokenShown = "application/json"), (TokenShown = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "What it stands for", body = IntrospectOut)),
)]
pub(super) async fn post_security_introspect(
    MayAsClient(caller): MayAsClient<ReadApiKeys>,
    State(app): State<App>,
    posted: Posted<TokenShown, TokenShown>,
) -> Result<Json<IntrospectOut>, Failure> {
    let token = TokenShown::token(posted)?;
    let found = inspected(&app, Credential::of(&token, &app.gate.secrets().tokens)).await?;
    let Some(found) = found.filter(|found| found.key.policy.organization == caller.organization) else {
        return Ok(Json(IntrospectOut::default()));
    };
    let key = found.key.id;
    let scope = Scope::Organization(caller.organization);
    let words = app.database.read(scope, move |tx| tokens::key_in_words(tx, &caller, key)).await?;
    // Deleted a moment ago, which the gate has yet to feel.
    Ok(Json(words.map(|words| IntrospectOut::new(&app, found, words)).unwrap_or_default()))
}

/// What a credential stands for that would be let in now.
pub(super) async fn inspected(app: &App, shown: Credential<'_>) -> Result<Option<Inspected>> {
    match app.gate.informed(shown, || app.gate.inspect(shown)).await {
        Ok(found) => Ok(Some(found)),
        // This node cannot tell.
        Err(Denied::Behind) => Err(Denied::Behind.into()),
        Err(_) => Ok(None),
    }
}

impl IntrospectOut {
    fn new(app: &App, found: Inspected, key: KeyInWords) -> Self {
        let Inspected { key: record, claims, jwt, permissions, customer } = found;
        let validity = record.validity;
        let made = match &jwt {
            Some(jwt) => jwt.issued,
            None => claims.map_or(key.created, |claims| claims.expires.minus(TOKEN_LIFETIME)),
        };
        let issuer = app.settings.public_url.clone();
        let ends = [claims.map(|claims| claims.expires), validity.expires()].into_iter().flatten().min();
        let starts = validity.not_before().map_or(made, |starts| starts.max(made));
        Self {
            active: true,
            scope: Some(permissions.to_oauth()),
            client_id: Some(record.id.to_string()),
            username: Some(key.name),
            token_type: Some(if claims.is_some() { "Bearer" } else { "api_key" }),
            exp: ends.map(Timestamp::as_seconds),
            iat: Some(made.as_seconds()),
            nbf: Some(starts.as_seconds()),
            sub: Some(Subject::Key(record.id).to_string()),
            aud: Some(jwt.map_or_else(|| issuer.clone(), |jwt| jwt.audience)),
            iss: Some(issuer),
            jti: claims.map(|claims| claims.id.to_string()),
            organization: Some(record.policy.organization.to_string()),
            customer: customer.map(|customer| customer.to_string()),
        }
    }
}
