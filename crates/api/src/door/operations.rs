use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
    extensions::Extensions,
    path::{Operation, PathItem},
    security::SecurityRequirement,
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::Door;
use crate::App;

/// A function that is an operation: its first argument says whom it lets in.
pub(crate) trait Guarded<Arguments> {
    /// Whom it lets in.
    type Door: Door;
}

macro_rules! guarded {
    ($($argument:ident),*) => {
        impl<F, Answer, D, $($argument),*> Guarded<(D, $($argument,)*)> for F
        where
            F: Fn(D, $($argument),*) -> Answer,
            D: Door,
        {
            type Door = D;
        }
    };
}
guarded!();
guarded!(A1);
guarded!(A1, A2);
guarded!(A1, A2, A3);
guarded!(A1, A2, A3, A4);
guarded!(A1, A2, A3, A4, A5);
guarded!(A1, A2, A3, A4, A5, A6);

/// An operation as the router and the document have it: what its door asks
/// for, and every failure it may answer, are written into the document here,
/// once for all.
pub(crate) fn declare<Arguments, F: Guarded<Arguments>>(
    _operation: &F,
    (schemas, mut paths, router): UtoipaMethodRouter<App>,
) -> UtoipaMethodRouter<App> {
    for (path, item) in &mut paths.paths {
        let has_parameters = path.contains('{');
        for operation in operations(item) {
            describe::<F::Door>(operation, has_parameters);
        }
    }
    (schemas, paths, router)
}

/// A router of operations.
#[macro_export]
macro_rules! operations {
    ($($operation:path),* $(,)?) => {
        utoipa_axum::router::OpenApiRouter::new()
            $(.routes($crate::door::declare(&$operation, utoipa_axum::routes!($operation))))*
    };
}

pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn describe<D: Door>(operation: &mut Operation, has_parameters: bool) {
    let access = if D::WRITES { "write" } else { "read" };
    let permission = D::NEEDS.map(|permission| permission.to_string());
    let said = [
        ("x-swage-permission", json!(permission)),
        ("x-swage-access", json!(access)),
        ("x-swage-public", json!(D::PUBLIC)),
        ("x-swage-person", json!(D::PERSON)),
    ];
    operation
        .extensions
        .get_or_insert_with(Extensions::default)
        .extend(said.map(|(name, value)| (name.to_owned(), value)));
    if D::PUBLIC {
        operation.security = Some(Vec::new());
    } else {
        let schemes: &[&str] =
            if D::PERSON { &["sessionToken", "session"] } else { &["bearer", "apiKey", "session"] };
        let requirement = |scheme: &&str| SecurityRequirement::new(*scheme, Vec::<String>::new());
        operation.security = Some(schemes.iter().map(requirement).collect());
    }
    let has_body = operation.request_body.is_some();
    let applies = [
        (true, StatusCode::BAD_REQUEST),
        (!D::PUBLIC || has_body, StatusCode::UNAUTHORIZED),
        (!D::PUBLIC || has_body, StatusCode::FORBIDDEN),
        (has_parameters, StatusCode::NOT_FOUND),
        (D::WRITES || has_body, StatusCode::CONFLICT),
        (has_body, StatusCode::PAYLOAD_TOO_LARGE),
        (has_body, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (D::WRITES, StatusCode::UNPROCESSABLE_ENTITY),
        (!D::PUBLIC || has_body, StatusCode::TOO_MANY_REQUESTS),
        (true, StatusCode::INTERNAL_SERVER_ERROR),
        (true, StatusCode::SERVICE_UNAVAILABLE),
    ];
    for (_, status) in applies.into_iter().filter(|(applies, _)| *applies) {
        let answer = || RefOr::T(failure(status));
        operation.responses.responses.entry(status.as_str().to_owned()).or_insert_with(answer);
    }
}

fn failure(status: StatusCode) -> Response {
    let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Failure"))).build();
    ResponseBuilder::new()
        .description(status.canonical_reason().unwrap_or("Failure"))
        .content("application/json", content())
        .content("application/problem+json", content())
        .build()
}
