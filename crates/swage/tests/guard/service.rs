//! A small service that knows nothing of keys: it writes down what reaches it.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
};
use tokio::{net::TcpListener, runtime::Runtime};

/// The service; it ends with the test.
pub struct Service {
    pub port: u16,
    reached: Arc<Mutex<Vec<Received>>>,
    _runtime: Runtime,
}

/// A request as the service received it.
#[derive(Debug)]
pub struct Received {
    pub method: String,
    pub uri: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Service {
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let reached = Arc::default();
        let router = Router::new().fallback(write_down).with_state(Arc::clone(&reached));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { port, reached, _runtime: runtime }
    }

    /// What has reached it since it was last asked.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.reached.lock().unwrap())
    }

    /// The one request that has reached it since it was last asked.
    pub fn take_one(&self) -> Received {
        let mut reached = self.take();
        assert_eq!(reached.len(), 1, "{reached:?}");
        reached.remove(0)
    }
}

async fn write_down(State(reached): State<Arc<Mutex<Vec<Received>>>>, request: Request) -> &'static str {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    let received = Received {
        method: parts.method.to_string(),
        uri: parts.uri.to_string(),
        headers: headers.collect(),
        body,
    };
    reached.lock().unwrap().push(received);
    "served"
}

impl Received {
    /// Every value of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(other, _)| other == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header, which stands at most once; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        let all = self.all(name);
        assert!(all.len() <= 1, "{name} stands {} times", all.len());
        all.first().copied().unwrap_or_default()
    }
}
