use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, request::Parts},
};
use base::Id;
use gate::{Credential, Denied, Gate, Verified, history::Whose};
use keys::{Customer, KeyType};
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
    shown: OnceLock<Shown>,
    /// Of the request's body, as far as it was read.
    body_bytes: AtomicU64,
    headers: Mutex<Vec<(HeaderName, HeaderValue)>>,
}

/// A key or a token that a request has shown, and what the gate made of it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) whose: Whose,
    pub(crate) outcome: &'static str,
    pub(crate) customer: Option<Id<Customer>>,
    pub(crate) address: Option<IpAddr>,
}

impl Shown {
    pub(crate) fn let_in(verified: &Verified, address: Option<IpAddr>) -> Self {
        let policy = &verified.key.policy;
        Self {
            whose: Whose::Proved(policy.organization, verified.key.id),
            outcome: "letIn",
            // Only a customer's key acts for a customer.
            customer: verified.customer.filter(|_| policy.key_type == KeyType::Customer),
            address,
        }
    }

    pub(crate) fn refused(
        gate: &Gate,
        credential: Credential<'_>,
        denied: Denied,
        address: Option<IpAddr>,
    ) -> Self {
        Self { whose: gate.whose(credential, denied), outcome: denied.code(), customer: None, address }
    }
}

impl Context {
    pub(crate) fn new(request_id: String) -> Self {
        Self(Arc::new(Inner {
            request_id,
            wrapped: AtomicBool::new(false),
            ignored: Mutex::default(),
            caller: Mutex::default(),
            shown: OnceLock::new(),
            body_bytes: AtomicU64::new(0),
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

    /// A key or a token was shown, for the history; the first one counts.
    pub(crate) fn show(&self, shown: Shown) {
        let _ = self.0.shown.set(shown);
    }

    pub(crate) fn shown(&self) -> Option<&Shown> {
        self.0.shown.get()
    }

    /// So much of the request's body was read.
    pub(crate) fn read_body(&self, bytes: usize) {
        self.0.body_bytes.store(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn body_bytes(&self) -> u64 {
        self.0.body_bytes.load(Ordering::Relaxed)
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
