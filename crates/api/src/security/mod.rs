//! Who comes in: tokens, sessions, and the door for other services.

mod introspect;
mod leaked_keys;
mod metadata;
mod password;
mod revoke;
mod scopes;
mod sign_in;
mod token;
mod token_request;
mod verify;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        token::post_security_token,
        metadata::get_oauth_authorization_server,
        metadata::get_security_jwks,
        metadata::get_well_known_jwks,
        introspect::post_security_introspect,
        revoke::post_security_revoke,
        leaked_keys::post_security_leaked_keys,
        sign_in::post_security_login,
        sign_in::post_security_logout,
        password::post_security_password,
        password::post_security_password_forgot,
        verify::get_security_verify,
        verify::post_security_verify,
        verify::put_security_verify,
        verify::patch_security_verify,
        verify::delete_security_verify,
        scopes::get_security_scopes,
    ]
}
