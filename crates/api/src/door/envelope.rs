//! The envelope in which the Gjirafa dialect puts every answer, success and
//! failure alike.

use axum::{
    Json,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base::{Error, Result};
use serde::Serialize;
use usecases::idempotency::Answer;
use utoipa::{
    ToSchema,
    openapi::{
        Object, RefOr, Required, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    failure::FailureBody,
    operations::{self, Guarded},
    paths::Form,
};
use crate::App;

/// Marks an operation of the document whose answers all stand in the envelope.
pub(super) const MARK: &str = "x-swage-envelope";

/// The header, and the parameter of the query, that may name a version.
const VERSION: &str = "api-version";

/// The values of `api-version` that are understood.
const VERSIONS: [&str; 4] = ["1", "1.0", "v1", "v1.0"];

/// A success: what was asked for, in an envelope.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope<T, I = Option<String>> {
    success: bool,
    errors: Vec<String>,
    messages: Vec<String>,
    result: T,
    result_info: I,
    status_code: i32,
}

/// Declares what the document calls an [`Envelope`] of a type: it has no
/// references within what is generic.
#[macro_export]
macro_rules! answers {
    ($($(#[$meta:meta])* $name:ident = $result:ty;)*) => {$(
        $(#[$meta])*
        #[derive(utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        #[expect(dead_code, reason = "for the document: the answer itself is an Envelope")]
        pub(super) struct $name {
            /// Whether it was done: yes.
            success: bool,
            /// What went wrong: nothing.
            errors: Vec<String>,
            /// What was done, in words.
            messages: Vec<String>,
            /// What was asked for.
            result: $result,
            /// Nothing here.
            #[schema(required = true)]
            result_info: Option<String>,
            /// The HTTP status.
            status_code: i32,
        }
    )*};
}

impl<T: Serialize> Envelope<T> {
    /// `result`, with nothing to say of it.
    pub(crate) fn new(result: T) -> Self {
        Self::with_info(result, None)
    }

    /// `result`, and in words what was done.
    pub(crate) fn saying(result: T, message: impl Into<String>) -> Self {
        Self { messages: vec![message.into()], ..Self::new(result) }
    }

    /// The answer to a write.
    pub(crate) fn answer(&self) -> Result<Answer> {
        Answer::new(200, self)
    }
}

impl<T: Serialize, I: Serialize> Envelope<T, I> {
    /// `result`, and what there is to know of it.
    pub(crate) fn with_info(result: T, result_info: I) -> Self {
        Self {
            success: true,
            errors: Vec::new(),
            messages: Vec::new(),
            result,
            result_info,
            status_code: 200,
        }
    }
}

impl<T: Serialize, I: Serialize> IntoResponse for Envelope<T, I> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// Every failure of the Gjirafa dialect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaFailure)]
pub(crate) struct FailureEnvelope {
    /// Whether it was done: no.
    success: bool,
    /// What went wrong; each wrong field by its path in what was sent.
    errors: Vec<String>,
    /// Nothing was done.
    messages: Vec<String>,
    /// Nothing came of it.
    result: Option<String>,
    /// Nothing here.
    result_info: Option<String>,
    /// The HTTP status.
    status_code: i32,
}

impl FailureEnvelope {
    pub(super) fn new(failure: FailureBody, status: StatusCode) -> Self {
        let of_field = |path: &str, message: &str| match path {
            "" => format!("the input {message}"),
            path => format!("{path} {message}"),
        };
        let errors: Vec<_> =
            failure.errors.iter().map(|field| of_field(&field.path, &field.message)).collect();
        Self {
            success: false,
            errors: if errors.is_empty() { vec![failure.details] } else { errors },
            messages: Vec::new(),
            result: None,
            result_info: None,
            status_code: i32::from(status.as_u16()),
        }
    }
}

/// Refuses an `api-version`, in the query or the header, that is not understood.
pub(super) fn check_version(form: Form, request: &Request) -> Result<()> {
    if form != Form::Envelope {
        return Ok(());
    }
    let query = request.uri().query().unwrap_or_default();
    let in_query = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name.eq_ignore_ascii_case(VERSION))
        .map(|(_, value)| value.into_owned());
    let headers = request.headers().get_all(VERSION).iter();
    let in_header = headers.map(|value| value.to_str().unwrap_or("\u{fffd}").to_owned());
    let is_known = |version: &str| VERSIONS.iter().any(|known| known.eq_ignore_ascii_case(version.trim()));
    if in_query.chain(in_header).all(|version| is_known(&version)) {
        return Ok(());
    }
    Err(Error::invalid(VERSION, format!("must be one of {}", VERSIONS.join(", "))))
}

/// Like [`declare`](super::declare), for an operation whose answers all stand
/// in the envelope. Its id is given without the method, which is put before
/// it: a function may answer to several. It is also at these other paths,
/// whose ids end with a number; what such a path names, its query need not.
pub(crate) fn enveloped<Arguments, F: Guarded<Arguments>>(
    operation: &F,
    router: UtoipaMethodRouter<App>,
    others: &[&str],
) -> UtoipaMethodRouter<App> {
    let (schemas, mut paths, router) = operations::declare_with(operation, router, Form::Envelope);
    let Some((path, item)) = paths.paths.pop_first() else { return (schemas, paths, router) };
    for (n, other) in std::iter::once(&path.as_str()).chain(others).enumerate() {
        let mut item = item.clone();
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in methods {
            let Some(operation) = operation else { continue };
            let id = operation.operation_id.take().unwrap_or_default();
            let number = if n == 0 { String::new() } else { (n + 1).to_string() };
            operation.operation_id = Some(format!("{method}{id}{number}"));
            describe(operation, other);
        }
        paths.paths.insert((*other).to_owned(), item);
    }
    (schemas, paths, router)
}

fn describe(operation: &mut Operation, path: &str) {
    operation.extensions.get_or_insert_default().insert(MARK.to_owned(), true.into());
    let parameters = operation.parameters.get_or_insert_default();
    for parameter in parameters.iter_mut() {
        let RefOr::T(parameter) = parameter else { continue };
        if path.contains(&format!("{{{}}}", parameter.name)) {
            parameter.parameter_in = ParameterIn::Path;
            parameter.required = Required::True;
            parameter.schema = Some(Object::with_type(Type::String).into());
        }
    }
    for place in [ParameterIn::Query, ParameterIn::Header] {
        let words = "The version of this dialect: `1`, `1.0`, `v1` or `v1.0`; need not be given";
        let parameter = ParameterBuilder::new()
            .name(VERSION)
            .parameter_in(place)
            .required(Required::False)
            .description(Some(words))
            .schema(Some(Object::with_type(Type::String)));
        parameters.push(RefOr::T(parameter.build()));
    }
}
