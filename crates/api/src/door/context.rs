use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, request::Parts},
};
use usecases::Subject;

/// What is known of a request from its first moment to its last.
#[derive(Debug, Clone)]
pub(crate) struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    request_id: String,
    /// The body's fields stood in `params`: so do the paths of what is wrong.
    wrapped: AtomicBool,
    ignored: Mutex<Vec<String>>,
    caller: Mutex<Option<Subject>>,
    headers: Mutex<Vec<(HeaderName, HeaderValue)>>,
}

impl Context {
    pub(crate) fn new(request_id: String) -> Self {
        Self(Arc::new(Inner {
            request_id,
            wrapped: AtomicBool::new(false),
            ignored: Mutex::default(),
            caller: Mutex::default(),
            headers: Mutex::default(),
        }))
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.0.request_id
    }

    pub(crate) fn wrap(&self) {
        self.0.wrapped.store(true, Ordering::Relaxed);
    }

    /// The path of a field as the client sent it.
    pub(crate) fn path_of(&self, field: &str) -> String {
        match (self.0.wrapped.load(Ordering::Relaxed), field) {
            (true, "") => "params".to_owned(),
            (true, field) => format!("params.{field}"),
            (false, field) => field.to_owned(),
        }
    }

    /// A field that nobody reads; the answer names it.
    pub(crate) fn ignore(&self, field: String) {
        self.0.ignored.lock().unwrap_or_else(PoisonError::into_inner).push(field);
    }

    pub(crate) fn ignored(&self) -> Vec<String> {
        std::mem::take(&mut self.0.ignored.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who calls, for the log.
    pub(crate) fn called_by(&self, caller: Subject) {
        *self.0.caller.lock().unwrap_or_else(PoisonError::into_inner) = Some(caller);
    }

    pub(crate) fn caller(&self) -> Option<Subject> {
        *self.0.caller.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A header that the answer gets, whatever it is.
    pub(crate) fn send(&self, name: HeaderName, value: HeaderValue) {
        self.0.headers.lock().unwrap_or_else(PoisonError::into_inner).push((name, value));
    }

    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        std::mem::take(&mut self.0.headers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        // Every request has one: `around` puts it there.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self::new(String::new())))
    }
}
