use std::{borrow::Cow, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    body::HttpBody,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base::{Error, Id, Organization, Stopwatch};
use futures_util::FutureExt;
use gate::history::Seen;

use super::{
    Context, Failure, cors, failure,
    paths::{Known, Template},
};
use crate::App;

/// No request takes longer, reading its body included: a client that sends a
/// byte now and then must not hold a connection for ever.
const LONGEST: Duration = Duration::from_mins(1);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IGNORED_FIELDS: HeaderName = HeaderName::from_static("swage-ignored-fields");

/// Everything that is done for every request, before and after its operation:
/// its id, the form of its path, CORS, the form of a failure, one line in the log.
pub(crate) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let clock = Stopwatch::start();
    let context = Context::new(request_id(&app, request.headers()));
    let method = request.method().clone();
    if let Some(answer) = cors::preflight(&app.settings.origins, &method, request.headers()) {
        return answer;
    }
    let wanted = Wanted::of(request.headers());
    let template = route(&app, &mut request);
    let (came, announced) = (app.clock.now(), request.body().size_hint().exact());
    request.extensions_mut().insert(context.clone());

    let answer = match template {
        Some(_) => run(next, request).await,
        // The router would take an empty segment for a parameter.
        None => Failure::of_status(StatusCode::NOT_FOUND).into_response(),
    };
    let operation = template.as_ref().and_then(|template| template.operation(&method));
    let path = template.as_ref().map_or_else(|| "(unknown)".into(), |template| Arc::clone(&template.path));
    let answer = finish(&app, &context, &wanted, answer);

    let status = answer.status().as_u16();
    let milliseconds = clock.elapsed().as_secs_f64() * 1000.0;
    metrics::histogram!(
        "swage_http_request_seconds",
        "method" => known_method(&method), "path" => Arc::clone(&path), "status" => status.to_string()
    )
    .record(clock.elapsed());
    tracing::info!(
        request_id = context.request_id(), %method, path = &*path, status, milliseconds,
        caller = context.caller().map(tracing::field::display), "request"
    );
    if let Some((shown, route)) = context.shown().zip(operation) {
        app.history.recorder().record(Seen {
            at: came,
            whose: shown.whose,
            customer: shown.customer,
            route: Arc::clone(route),
            status,
            outcome: shown.outcome,
            micros: u32::try_from(clock.elapsed().as_micros()).unwrap_or(u32::MAX),
            address: shown.address,
            request_bytes: announced.unwrap_or_else(|| context.body_bytes()),
            response_bytes: answer.body().size_hint().lower(),
            request_id: context.request_id().into(),
        });
    }
    answer
}

/// Runs the operation; answers for it if it panics or takes too long.
async fn run(next: Next, request: Request) -> Response {
    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(LONGEST, running).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Failure::from(Error::Internal("an operation panicked".into())).into_response(),
        Err(_) => Failure::from(Error::unavailable("The request took too long.")).into_response(),
    }
}

/// The method for the metrics, whose number must not grow with what callers make up.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];
    KNOWN.into_iter().find(|known| method == known).unwrap_or("(unknown)")
}

/// The client's own id where it is one to be trusted in a log, else a new one.
fn request_id(app: &App, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    match given.filter(is_plain) {
        Some(id) => id.to_owned(),
        None => app.random(|random| Id::<Organization>::new(app.clock.now(), random)).to_string(),
    }
}

/// Puts the path into the router's form; answers its template for the log, the
/// history and the metrics, whose number must not grow with what callers make up. `None`
/// if there is no such path.
fn route(app: &App, request: &mut Request) -> Option<Arc<Template>> {
    let Known { path, template } = app.paths.find(request.uri().path())?;
    if let Cow::Owned(path) = path {
        let path_and_query = match request.uri().query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        if let Ok(path_and_query) = PathAndQuery::try_from(path_and_query) {
            let mut parts = request.uri().clone().into_parts();
            parts.path_and_query = Some(path_and_query);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
    }
    Some(template)
}

/// What the request says of the answer's form.
struct Wanted {
    origin: Option<HeaderValue>,
    as_problem: bool,
}

impl Wanted {
    fn of(headers: &HeaderMap) -> Self {
        Self { origin: headers.get(header::ORIGIN).cloned(), as_problem: accepts_problem(headers) }
    }
}

fn finish(app: &App, context: &Context, wanted: &Wanted, mut answer: Response) -> Response {
    let status = answer.status();
    let is_bare = !answer.headers().contains_key(header::CONTENT_TYPE);
    let failure = failure::taken_from(&mut answer)
        .or_else(|| (status.as_u16() >= 400 && is_bare).then(|| Failure::of_status(status)));
    if let Some(failure) = failure {
        let allowed = answer.headers().get(header::ALLOW).cloned();
        answer = failure.render(context, status, wanted.as_problem);
        if let Some(methods) = allowed.filter(|_| status == StatusCode::METHOD_NOT_ALLOWED) {
            answer.headers_mut().insert(header::ALLOW, methods);
        }
    }
    let headers = answer.headers_mut();
    headers.extend(context.headers());
    if let Some(ignored) = ignored(context) {
        headers.insert(IGNORED_FIELDS, ignored);
    }
    if let Ok(id) = HeaderValue::from_str(context.request_id()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    cors::allow(&app.settings.origins, wanted.origin.as_ref(), headers);
    answer
}

fn accepts_problem(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("application/problem+json"))
}

/// The names of the fields nobody read, at most 1000 bytes of them, in
/// characters a header may hold: a client may have sent any text.
fn ignored(context: &Context) -> Option<HeaderValue> {
    let fields = context.ignored();
    if fields.is_empty() {
        return None;
    }
    let mut text = String::new();
    for field in fields {
        let plain: String =
            field.chars().map(|c| if c.is_ascii_graphic() && c != ',' { c } else { '?' }).collect();
        if text.len() + plain.len() > 1000 {
            text.push_str(", ...");
            break;
        }
        let separator = if text.is_empty() { "" } else { ", " };
        text.push_str(separator);
        text.push_str(&plain);
    }
    HeaderValue::from_str(&text).ok()
}
