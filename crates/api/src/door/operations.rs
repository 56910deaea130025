use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
    extensions::Extensions,
    path::{Operation, PathItem},
    security::SecurityRequirement,
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{Door, envelope, paths::Form};
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
    operation: &F,
    router: UtoipaMethodRouter<App>,
) -> UtoipaMethodRouter<App> {
    declare_with(operation, router, Form::Problem)
}

/// The same for an operation whose failures are told in this form.
pub(super) fn declare_with<Arguments, F: Guarded<Arguments>>(
    _operation: &F,
    (schemas, mut paths, router): UtoipaMethodRouter<App>,
    form: Form,
) -> UtoipaMethodRouter<App> {
    for (path, item) in &mut paths.paths {
        let has_parameters = path.contains('{');
        for operation in operations(item) {
            describe::<F::Door>(operation, has_parameters, form);
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

/// A router of operations whose answers all stand in the envelope; some are
/// also at other paths.
#[macro_export]
macro_rules! enveloped {
    ($($operation:path $(=> $($other:literal)+)?),* $(,)?) => {
        utoipa_axum::router::OpenApiRouter::new()
            $(.routes($crate::door::enveloped(&$operation, utoipa_axum::routes!($operation), &[$($($other),+)?])))*
    };
}

/// Whether the answers of a path of the document all stand in the envelope.
pub(crate) fn is_enveloped(item: &PathItem) -> bool {
    let operations = [&item.get, &item.put, &item.post, &item.delete, &item.patch];
    let mut extensions =
        operations.into_iter().flatten().filter_map(|operation| operation.extensions.as_ref());
    extensions.any(|extensions| extensions.contains_key(envelope::MARK))
}

pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn describe<D: Door>(operation: &mut Operation, has_parameters: bool, form: Form) {
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
    // One that names records in its query says so by a 404 of its own, which is told like every other.
    let names_records = operation.responses.responses.remove("404").is_some();
    let applies = [
        (true, StatusCode::BAD_REQUEST),
        (!D::PUBLIC || has_body, StatusCode::UNAUTHORIZED),
        (!D::PUBLIC || has_body, StatusCode::FORBIDDEN),
        // The Gjirafa dialect names records in queries and bodies too.
        (has_parameters || names_records || form == Form::Envelope, StatusCode::NOT_FOUND),
        (D::WRITES || has_body, StatusCode::CONFLICT),
        (has_body, StatusCode::PAYLOAD_TOO_LARGE),
        (has_body, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (D::WRITES, StatusCode::UNPROCESSABLE_ENTITY),
        (!D::PUBLIC || has_body, StatusCode::TOO_MANY_REQUESTS),
        (true, StatusCode::INTERNAL_SERVER_ERROR),
        (true, StatusCode::SERVICE_UNAVAILABLE),
    ];
    for (_, status) in applies.into_iter().filter(|(applies, _)| *applies) {
        let status = form.status(status);
        let answer = || RefOr::T(failure(status, form));
        operation.responses.responses.entry(status.as_str().to_owned()).or_insert_with(answer);
    }
}

fn failure(status: StatusCode, form: Form) -> Response {
    let content = |schema| ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    let response = ResponseBuilder::new().description(status.canonical_reason().unwrap_or("Failure"));
    let response = match form {
        Form::Problem => response
            .content("application/json", content("Failure"))
            .content("application/problem+json", content("Failure")),
        Form::Envelope => response.content("application/json", content("GjirafaFailure")),
    };
    response.build()
}
