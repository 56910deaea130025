use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
};
use keys::Scopes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, door::Anyone};

/// What changes seldom, and not at once for everybody: keys that sign tokens
/// are added before the older ones are taken away.
const CACHED: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))];

/// What a client of OAuth 2.0 needs to know of this server, as RFC 8414 has it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MetadataOut {
    /// The server, as its tokens name it: `http.public_url`.
    issuer: String,
    /// Where keys are exchanged for tokens.
    token_endpoint: String,
    /// How a client shows its key there.
    token_endpoint_auth_methods_supported: &'static [&'static str],
    /// Always `client_credentials`.
    grant_types_supported: &'static [&'static str],
    /// None: there is no page on which a user grants anything.
    response_types_supported: &'static [&'static str],
    /// Every scope.
    scopes_supported: Vec<String>,
    /// Where a service asks what a token stands for.
    introspection_endpoint: String,
    /// How it shows its own key there.
    introspection_endpoint_auth_methods_supported: &'static [&'static str],
    /// Where a token is ended.
    revocation_endpoint: String,
    /// The token itself is enough.
    revocation_endpoint_auth_methods_supported: &'static [&'static str],
    /// The keys with which JWTs are checked; not there where none are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    /// What people read.
    service_documentation: String,
}

/// Says what a client of OAuth 2.0 needs to know
///
/// As RFC 8414 has it.
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "Security",
    operation_id = "getWellKnownOauthAuthorizationServer",
    responses((status = 200, description = "The metadata", body = MetadataOut)),
)]
pub(super) async fn get_oauth_authorization_server(
    _: Anyone,
    State(app): State<App>,
) -> ([(HeaderName, HeaderValue); 1], Json<MetadataOut>) {
    let at = |path: &str| format!("{}{path}", app.settings.public_url);
    let metadata = MetadataOut {
        issuer: at(""),
        token_endpoint: at("/security/v1/token"),
        token_endpoint_auth_methods_supported: &["client_secret_basic", "client_secret_post"],
        grant_types_supported: &["client_credentials"],
        response_types_supported: &[],
        scopes_supported: Scopes::catalogue().map(|(scope, _)| scope).collect(),
        introspection_endpoint: at("/security/v1/introspect"),
        introspection_endpoint_auth_methods_supported: &["client_secret_basic"],
        revocation_endpoint: at("/security/v1/revoke"),
        revocation_endpoint_auth_methods_supported: &["none"],
        jwks_uri: app.gate.secrets().tokens.jwt().map(|_| at("/security/v1/jwks")),
        service_documentation: at("/api/docs"),
    };
    (CACHED, Json(metadata))
}

/// The keys with which JWTs are checked, as RFC 7517 has them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JwksOut {
    /// The public keys, the newest first; none where no JWTs are made.
    keys: Vec<JwkOut>,
}

/// A public key, as RFC 8037 has it.
#[derive(Debug, Serialize, ToSchema)]
struct JwkOut {
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// Always `EdDSA`.
    alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    usage: &'static str,
    /// By what a token names it.
    kid: String,
    /// The key.
    x: String,
}

/// Lists the keys with which JWTs are checked
#[utoipa::path(
    get, path = "/security/v1/jwks", tag = "Security", operation_id = "getSecurityJwks",
    responses((status = 200, description = "The keys", body = JwksOut)),
)]
pub(super) async fn get_security_jwks(
    _: Anyone,
    State(app): State<App>,
) -> ([(HeaderName, HeaderValue); 1], Json<JwksOut>) {
    let jwk = |key: keys::PublicKey| {
        let (kid, x) = (key.id, key.x);
        JwkOut { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid, x }
    };
    let public = app.gate.secrets().tokens.jwt().into_iter().flat_map(keys::JwtKeys::public);
    let mut keys: Vec<_> = public.map(jwk).collect();
    keys.reverse();
    (CACHED, Json(JwksOut { keys }))
}

/// Lists the keys with which JWTs are checked
///
/// The same as `GET /security/v1/jwks`, where some libraries look for it.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "Security", operation_id = "getWellKnownJwks",
    responses((status = 200, description = "The keys", body = JwksOut)),
)]
pub(super) async fn get_well_known_jwks(
    anyone: Anyone,
    app: State<App>,
) -> ([(HeaderName, HeaderValue); 1], Json<JwksOut>) {
    get_security_jwks(anyone, app).await
}
