//! The gate before a service of axum, hyper or anything else that speaks tower:
//! see [`GuardLayer`].

mod answer;

use std::{
    future::Future,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use base::Error;
use http::{HeaderValue, Request, Response, header, request::Parts};
use keys::{Permission, TrustedProxies};
use tower_layer::Layer;
use tower_service::Service;

use self::answer::Refused;
use crate::{API_KEY, CUSTOMER, Denied, Gate, Shown, Verified, customer_named};

/// Lets only those in who show a good key, or a token of one.
///
/// The credential is taken from `x-api-key` or `Authorization`. Who was let in
/// stands in the extensions of the request, as [`Verified`]. Anybody else is
/// answered with 401, 403, 429 or 503 and a problem document (RFC 9457); the
/// service does not see the request.
///
/// ```
/// use std::{net::SocketAddr, sync::Arc};
///
/// use axum::{Extension, Router, extract::ConnectInfo, routing::get};
/// use gate::{Gate, Verified, tower::GuardLayer};
/// use keys::{Permission, Resource};
///
/// async fn hello(Extension(caller): Extension<Verified>) -> String {
///     format!("Hello, {}!", caller.key.id)
/// }
///
/// fn app(gate: Arc<Gate>) -> Router {
///     let guard = GuardLayer::new(gate)
///         .needs(Permission::read(Resource::Hose))
///         .peer(|parts| Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.ip()));
///     Router::new().route("/", get(hello)).layer(guard)
/// }
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct GuardLayer {
    gate: Arc<Gate>,
    needs: Option<Permission>,
    peer: Arc<Peer>,
    proxies: Arc<TrustedProxies>,
}

/// From where a connection comes.
type Peer = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

/// A service behind a [`GuardLayer`].
#[derive(Clone)]
pub struct Guarded<S> {
    inner: S,
    guard: GuardLayer,
}

impl GuardLayer {
    /// Lets in whoever this gate lets in. As long as [`peer`](Self::peer) is not
    /// set, nobody with a key that has approved addresses.
    pub fn new(gate: Arc<Gate>) -> Self {
        Self { gate, needs: None, peer: Arc::new(|_| None), proxies: Arc::default() }
    }

    /// Asks for this permission. Another layer may ask for one more.
    #[must_use]
    pub fn needs(self, permission: Permission) -> Self {
        Self { needs: Some(permission), ..self }
    }

    /// Takes the address of the connection from here.
    #[must_use]
    pub fn peer(self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        Self { peer: Arc::new(peer), ..self }
    }

    /// Takes the word of these proxies on who is behind the connection.
    #[must_use]
    pub fn behind(self, proxies: TrustedProxies) -> Self {
        Self { proxies: Arc::new(proxies), ..self }
    }

    async fn admit(&self, parts: &Parts) -> Result<Verified, Refused> {
        let headers = &parts.headers;
        let all = |name: &'static str| headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
        let shown = Shown::find(all(API_KEY), all(header::AUTHORIZATION.as_str()))?;
        let credential = shown
            .ok_or_else(|| {
                Error::Unauthenticated("A credential is needed: an API key or a bearer token.".into())
            })?
            .credential(&self.gate.secrets().tokens);
        let peer = (self.peer)(parts);
        let address =
            peer.and_then(|peer| self.proxies.client_address(peer, all(self.proxies.header().name())));
        let customer = headers.get(CUSTOMER).and_then(|value| customer_named(value.as_bytes()));
        let verify = || self.gate.verify(credential, address, customer, self.needs);
        Ok(self.gate.informed(credential, verify).await?)
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, guard: self.clone() }
    }
}

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that has said it is ready takes the request.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let guard = self.guard.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let verified = match guard.admit(&parts).await {
                Ok(verified) => verified,
                Err(refused) => return Ok(refused.answer()),
            };
            let limit = verified.limit;
            parts.extensions.insert(verified);
            let mut answer = inner.call(Request::from_parts(parts, body)).await?;
            if let Some(limit) = limit {
                answer::send(limit.headers(), answer.headers_mut());
            }
            Ok(answer)
        })
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        let limit = if let Denied::OverLimit(over) = denied { Some(over.headers()) } else { None };
        Self { error: denied.into(), limit }
    }
}
