//! Calls to other people's servers, to a small server of this test.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::sync::Arc;

use outbound::http::{ANSWER_KEPT, Courier, Rules};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;

const INSIDE: Rules = Rules { allow_http: true, allow_private: true };

/// A server that answers every request with these bytes; what it hears comes out of the channel.
async fn server(answer: String, tls: Option<TlsAcceptor>) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            let (answer, sender, tls) = (answer.clone(), sender.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => serve(connection, &answer, &sender).await,
                    Some(tls) => {
                        let Ok(encrypted) = tls.accept(connection).await else { return };
                        serve(encrypted, &answer, &sender).await;
                    }
                }
            });
        }
    });
    (port, heard)
}

async fn serve<S>(mut stream: S, answer: &str, sender: &mpsc::UnboundedSender<String>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut text = String::new();
    while !text.ends_with("{}") {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.unwrap();
        text.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    sender.send(text).unwrap();
    stream.write_all(answer.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    // The connection stays open: whoever waits for its end waits long.
    std::future::pending::<()>().await;
}

async fn post(courier: &Courier, url: &str) -> Result<(u16, String), String> {
    let target = INSIDE.target(url).unwrap();
    let headers = [("webhook-id", "1".to_owned())];
    courier.post(&target, &headers, "{}".to_owned()).await.map(|answer| (answer.status, answer.body))
}

#[tokio::test]
async fn a_call_is_made_as_it_should_be() {
    let (port, mut heard) = server("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine".to_owned(), None).await;
    let courier = Courier::new(INSIDE, None).unwrap();
    let answer = post(&courier, &format!("http://127.0.0.1:{port}/a/b?c=d")).await;
    assert_eq!(answer, Ok((200, "fine".to_owned())));
    let request = heard.recv().await.unwrap();
    assert!(request.starts_with("POST /a/b?c=d HTTP/1.1\r\n"), "{request}");
    for line in ["content-type: application/json", "webhook-id: 1", "content-length: 2"] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line} in {request}");
    }
    assert!(request.contains(&format!("\r\nhost: 127.0.0.1:{port}\r\n")), "{request}");
}

#[tokio::test]
async fn a_redirection_is_an_answer_and_a_long_or_broken_one_is_cut() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_owned();
    let endless = format!("HTTP/1.1 500 No\r\ncontent-length: 999999\r\n\r\n{}", "x".repeat(9000));
    let broken = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nab".to_owned();
    let courier = Courier::new(INSIDE, None).unwrap();
    for (answer, expected) in [
        (elsewhere, (302, String::new())),
        (endless, (500, "x".repeat(ANSWER_KEPT))),
        (broken, (200, "ab".to_owned())),
    ] {
        let (port, _heard) = server(answer, None).await;
        assert_eq!(post(&courier, &format!("http://127.0.0.1:{port}/")).await, Ok(expected));
    }
    let (port, _heard) = server("220 not HTTP\r\n".to_owned(), None).await;
    assert!(post(&courier, &format!("http://127.0.0.1:{port}/")).await.is_err());
}

#[tokio::test]
async fn only_a_certificate_that_is_trusted_and_of_that_name_will_do() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    let answer = "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
    let (port, mut heard) = server(answer, Some(TlsAcceptor::from(Arc::new(config)))).await;
    let trusting = Courier::new(INSIDE, Some(cert.pem().as_bytes())).unwrap();
    assert_eq!(post(&trusting, &format!("https://localhost:{port}/")).await, Ok((204, String::new())));
    assert!(heard.recv().await.is_some());
    let other_name = post(&trusting, &format!("https://127.0.0.1:{port}/")).await;
    let wary = Courier::new(INSIDE, None).unwrap();
    let unknown = post(&wary, &format!("https://localhost:{port}/")).await;
    for refused in [other_name, unknown] {
        assert!(refused.as_ref().is_err_and(|words| words.starts_with("TLS: ")), "{refused:?}");
    }
    assert!(heard.try_recv().is_err(), "nothing was said");
}

#[tokio::test]
async fn an_address_inside_is_not_called_whatever_led_there() {
    let (port, mut heard) = server(String::new(), None).await;
    let courier = Courier::new(Rules { allow_private: false, ..INSIDE }, None).unwrap();
    // Read by rules that allow it, as an address was that has changed its meaning since.
    for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"] {
        let refused = post(&courier, &format!("http://{host}:{port}/")).await;
        assert!(
            refused.as_ref().is_err_and(|words| words.contains("no public address")),
            "{host}: {refused:?}"
        );
    }
    assert!(heard.try_recv().is_err());
}
