//! The OpenAPI document: what the router says of itself, and what is said once
//! for all.

use utoipa::openapi::{
    Components, Info, OpenApi,
    info::License,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::Tag,
};
use utoipa::{PartialSchema, ToSchema};

use crate::door::{FailureBody, FailureEnvelope};

const DESCRIPTION: &str = "The HTTP API of Swage, compatible with GoldLeaf v1.\n\n\
    Paths are matched without regard to case. A body may stand bare or in `params`. A write may carry an \
    `Idempotency-Key`; a change may name the revision it was made to in `If-Match` or `rev`. Unknown fields are ignored \
    and named in `Swage-Ignored-Fields`, or refused with `Prefer: handling=strict`.";

/// What stands in the document beside the operations.
pub(crate) fn frame() -> OpenApi {
    let mut info = Info::new("Swage", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    info.license = Some(License::new("Apache-2.0"));
    let mut document = OpenApi::new(info, utoipa::openapi::Paths::new());
    document.tags = Some(vec![
        tag("Organization", "The organization and its API keys"),
        tag("Image", "Pictures of what is sold, and of the organization"),
        tag("Hose", "Hoses and their crimp data"),
        tag("CrimpFitting", "Fittings that are crimped onto a hose, and what they fit"),
        tag("Ferrule", "Ferrules"),
        tag("Adaptor", "Adaptors, found by their ends and across brands"),
        tag("OtherItem", "Whatever else is sold"),
        tag("Brand", "Brands, and which of them the organization uses"),
        tag("Component", "Parts of every type together"),
        tag("Item", "Everything that is sold"),
        tag("Wrap", "What protects a hose outside"),
        tag("Shape", "How the ends of a part stand to each other"),
        tag("Size", "Sizes of hoses and of ends, with threads"),
        tag("Style", "How ends join"),
        tag("Gender", "Which half of a joint an end is"),
        tag("User", "The people of the organization, and the person who has signed in"),
        tag(
            "Gjirafa VP",
            "Organizations, projects and their API keys as in Gjirafa VP, every answer in an envelope",
        ),
        tag("Security", "Bearer tokens, sessions, and the door for other services"),
        tag("Audit", "Who changed what"),
        tag("Webhooks", "Programs of yours that are told what happens"),
        tag("Operation", "How Swage is"),
    ]);
    document.components = Some(components());
    document
}

fn tag(name: &str, description: &str) -> Tag {
    let mut tag = Tag::new(name);
    tag.description = Some(description.to_owned());
    tag
}

fn components() -> Components {
    let mut components = Components::new();
    let mut schemas = vec![(FailureBody::name().into_owned(), FailureBody::schema())];
    FailureBody::schemas(&mut schemas);
    schemas.push((FailureEnvelope::name().into_owned(), FailureEnvelope::schema()));
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A bearer token of `POST /security/v1/token`, a session's token, or an API key itself; the word Bearer may be left out.",
        ))
        .build();
    let key = ApiKeyValue::with_description("x-api-key", "An API key itself.");
    let cookie = ApiKeyValue::with_description(
        "swage_session",
        "The session that `POST /security/v1/login` opens; writes need its `X-CSRF-Token` too.",
    );
    let session = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A session's token as a bearer token: for what is for people alone."))
        .build();
    components.security_schemes.insert("sessionToken".to_owned(), SecurityScheme::Http(session).into());
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer).into());
    components
        .security_schemes
        .insert("apiKey".to_owned(), SecurityScheme::ApiKey(ApiKey::Header(key)).into());
    components
        .security_schemes
        .insert("session".to_owned(), SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into());
    components
}
