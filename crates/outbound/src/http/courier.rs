use std::{net::SocketAddr, sync::Arc, time::Duration};

use base::{Error, Result};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request,
    body::{Bytes, Incoming},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Host;

use super::{Rules, Target, is_public};

/// How long a call may take until its answer begins.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// How long one of a host's addresses is tried, so that another can be too.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long the rest of an answer is waited for.
const REST: Duration = Duration::from_secs(1);
/// How many bytes of an answer are kept.
pub const ANSWER_KEPT: usize = 1024;

/// Takes messages to other people's servers, and fetches what is there. Clones share it.
#[derive(Clone)]
pub struct Courier {
    rules: Rules,
    made_up: Option<&'static str>,
    tls: TlsConnector,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body as text; of what a post was answered, the first [`ANSWER_KEPT`] bytes.
    pub body: String,
}

impl Courier {
    /// A courier who trusts the machine's certificates, or those in
    /// `authorities`, in PEM, in their place.
    pub fn new(rules: Rules, authorities: Option<&[u8]>) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| Error::internal("TLS cannot be set up", error);
        let mut roots = RootCertStore::empty();
        match authorities {
            Some(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|error| failed(&error))?;
                    roots.add(certificate).map_err(|error| failed(&error))?;
                }
            }
            None => {
                let (_, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { rules, made_up: None, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// The same, but names with this ending have no address and nobody is asked for one: for tests, whose names
    /// are made up and which must not wait for servers of names.
    #[must_use]
    pub fn with_names_made_up(self, ending: &'static str) -> Self {
        Self { made_up: Some(ending), ..self }
    }

    /// Where it goes to.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Posts a JSON body. A redirection is an answer like any other: it is not
    /// followed. An error says in words why there is no answer.
    pub async fn post(
        &self,
        target: &Target,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<Answer, String> {
        let request = request(Method::POST, target, headers, body)?;
        let answer = in_time(self.send(target, request)).await?;
        let status = answer.status().as_u16();
        // Whatever has come by then; a body that never ends holds nobody.
        let mut body = Vec::new();
        let _ = timeout(REST, read(answer.into_body(), &mut body)).await;
        body.truncate(ANSWER_KEPT);
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// Gets what is at an address, whole, if it has no more bytes than `most`.
    /// An error says in words why there is no answer.
    pub async fn get(&self, target: &Target, most: usize) -> Result<Answer, String> {
        let request = request(Method::GET, target, &[], String::new())?;
        in_time(async {
            let answer = self.send(target, request).await?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), most).collect().await;
            let body = body.map_err(|error| format!("the answer: {error}"))?.to_bytes();
            Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
        })
        .await
    }

    async fn send(
        &self,
        target: &Target,
        request: Request<Full<Bytes>>,
    ) -> Result<hyper::Response<Incoming>, String> {
        let connection = self.connect(target).await?;
        if target.0.scheme() == "http" {
            return exchange(connection, request).await;
        }
        let name =
            ServerName::try_from(target.0.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned());
        let name = name.map_err(|_| "the host's name is none".to_owned())?;
        let encrypted = self.tls.connect(name, connection).await.map_err(|error| format!("TLS: {error}"))?;
        exchange(encrypted, request).await
    }

    /// Connects to an address that was looked at, and to no other: a name that
    /// stands for another one a moment later leads nowhere.
    async fn connect(&self, target: &Target) -> Result<TcpStream, String> {
        let port = target.0.port_or_known_default().unwrap_or(443);
        let found: Vec<SocketAddr> = match target.0.host() {
            Some(Host::Ipv4(address)) => vec![(address, port).into()],
            Some(Host::Ipv6(address)) => vec![(address, port).into()],
            Some(Host::Domain(name)) if self.made_up.is_some_and(|ending| name.ends_with(ending)) => {
                return Err(format!("{name}: the name is made up"));
            }
            Some(Host::Domain(name)) => {
                lookup_host((name, port)).await.map_err(|error| format!("{name}: {error}"))?.collect()
            }
            None => Vec::new(),
        };
        let may = |address: &&SocketAddr| self.rules.allow_private || is_public(address.ip());
        let mut failure = "the host has no public address (webhooks.allow_private is not set)".to_owned();
        for address in found.iter().filter(may) {
            match timeout(CONNECTING, TcpStream::connect(address)).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => failure = format!("{address}: {error}"),
                Err(_) => failure = format!("{address}: no connection"),
            }
        }
        Err(failure)
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let late = |_| format!("no answer within {} seconds", TIMEOUT.as_secs());
    timeout(TIMEOUT, answer).await.map_err(late)?
}

fn request(
    method: Method,
    target: &Target,
    headers: &[(&'static str, String)],
    body: String,
) -> Result<Request<Full<Bytes>>, String> {
    let url = &target.0;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, concat!("Swage/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<hyper::Response<Incoming>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    // It ends when the answer and the sender are dropped.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| format!("the answer is no HTTP: {error}"))
}

async fn read(mut from: Incoming, into: &mut Vec<u8>) {
    while into.len() < ANSWER_KEPT {
        let Some(Ok(frame)) = from.frame().await else { return };
        if let Some(data) = frame.data_ref() {
            into.extend_from_slice(data);
        }
    }
}
