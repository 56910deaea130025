//! Mail by SMTP, to a small server of this test.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::sync::{Arc, Mutex};

use base::Timestamp;
use outbound::mail::{Letter, NotSent, Post, Sender, Smtp, SmtpSettings, Tls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What a server was told, line by line.
type Heard = Arc<Mutex<Vec<String>>>;

/// A server that answers `verdict` to a recipient.
struct Server {
    port: u16,
    heard: Heard,
}

impl Server {
    async fn start(verdict: &'static str, tls: Option<(TlsAcceptor, Tls)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, heard) = (listener.local_addr().unwrap().port(), Heard::default());
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let (tls, told) = (tls.clone(), Arc::clone(&told));
                tokio::spawn(async move { serve(connection, verdict, tls, &told).await });
            }
        });
        Self { port, heard }
    }

    fn settings(&self, tls: Tls, authorities: Option<Vec<u8>>) -> SmtpSettings {
        let login = Some(("swage".to_owned(), "s3cret".to_owned())).filter(|_| tls != Tls::None);
        SmtpSettings { host: "localhost".into(), port: Some(self.port), login, tls, authorities }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve(connection: TcpStream, verdict: &str, tls: Option<(TlsAcceptor, Tls)>, heard: &Heard) {
    match tls {
        None => talk(&mut BufStream::new(connection), verdict, false, true, heard).await,
        Some((acceptor, Tls::Implicit)) => {
            let Ok(encrypted) = acceptor.accept(connection).await else { return };
            talk(&mut BufStream::new(encrypted), verdict, false, true, heard).await;
        }
        Some((acceptor, _)) => {
            let mut clear = BufStream::new(connection);
            talk(&mut clear, verdict, true, true, heard).await;
            let Ok(encrypted) = acceptor.accept(clear.into_inner()).await else { return };
            heard.lock().unwrap().push("(TLS)".to_owned());
            talk(&mut BufStream::new(encrypted), verdict, false, false, heard).await;
        }
    }
}

/// Answers until the client leaves or goes over to TLS.
async fn talk<S>(stream: &mut BufStream<S>, verdict: &str, offers_tls: bool, greets: bool, heard: &Heard)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if greets {
        say(stream, "220 test").await;
    }
    let mut in_data = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end_matches("\r\n").to_owned();
        heard.lock().unwrap().push(line.clone());
        if in_data {
            if line == "." {
                in_data = false;
                say(stream, "250 kept").await;
            }
            continue;
        }
        match line.split(' ').next().unwrap() {
            "EHLO" if offers_tls => say(stream, "250-test\r\n250 STARTTLS").await,
            "EHLO" => say(stream, "250-test\r\n250 AUTH PLAIN").await,
            "STARTTLS" => return say(stream, "220 go").await,
            "AUTH" => say(stream, "235 welcome").await,
            "RCPT" => say(stream, verdict).await,
            "DATA" => {
                in_data = true;
                say(stream, "354 go on").await;
            }
            "QUIT" => return say(stream, "221 bye").await,
            _ => say(stream, "250 fine").await,
        }
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufStream<S>, line: &str) {
    // The client may be gone; then the next reading ends it.
    let _ = stream.write_all(format!("{line}\r\n").as_bytes()).await;
    let _ = stream.flush().await;
}

/// A certificate of its own for `name`, in PEM, and what shows it.
fn certificate(name: &str) -> (Vec<u8>, TlsAcceptor) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    (cert.pem().into_bytes(), TlsAcceptor::from(Arc::new(config)))
}

async fn send(settings: SmtpSettings) -> Result<(), NotSent> {
    let from: Sender = "Swage <swage@shop.example>".parse().unwrap();
    let date = Timestamp::from_millis(1_767_225_600_000);
    // A line of a dot alone would end the mail where it stands.
    let letter = Letter::new("0123".into(), date, "ada@shop.example", "Hello", "one\n.\ntwo").unwrap();
    Post::Smtp(Smtp::new(settings).unwrap()).send(&from, &letter).await
}

#[tokio::test]
async fn a_mail_is_handed_over_whole() {
    let server = Server::start("250 fine", None).await;
    send(server.settings(Tls::None, None)).await.unwrap();
    let heard = server.heard();
    assert!(heard.iter().any(|line| line.starts_with("MAIL FROM:<swage@shop.example>")), "{heard:?}");
    assert!(heard.contains(&"RCPT TO:<ada@shop.example>".to_owned()), "{heard:?}");
    assert!(heard.contains(&"Subject: Hello".to_owned()), "{heard:?}");
    let end = heard.iter().rposition(|line| line == ".").unwrap();
    assert_eq!(heard[end - 3..=end], ["one", "..", "two", "."]);
    assert!(!heard.iter().any(|line| line.starts_with("AUTH")), "no password in clear");
}

#[tokio::test]
async fn with_tls_the_password_is_said_after_it_began() {
    for tls in [Tls::Starttls, Tls::Implicit] {
        let (authority, acceptor) = certificate("localhost");
        let server = Server::start("250 fine", Some((acceptor, tls))).await;
        send(server.settings(tls, Some(authority))).await.unwrap();
        let heard = server.heard();
        let place = |word: &str| heard.iter().position(|line| line.starts_with(word));
        assert!(place("AUTH PLAIN").is_some() && place("RCPT TO:<ada@shop.example>").is_some(), "{heard:?}");
        if tls == Tls::Starttls {
            assert!(place("(TLS)") < place("AUTH PLAIN"), "{heard:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_trusted_is_told_nothing() {
    let (_, unknown) = certificate("localhost");
    let (authority, _) = certificate("localhost");
    let (other_name, for_another) = certificate("elsewhere.example");
    for (acceptor, authority) in [(unknown, authority), (for_another, other_name)] {
        for tls in [Tls::Starttls, Tls::Implicit] {
            let server = Server::start("250 fine", Some((acceptor.clone(), tls))).await;
            let outcome = send(server.settings(tls, Some(authority.clone()))).await;
            assert!(matches!(outcome, Err(NotSent::Yet(_))), "{outcome:?}");
            let heard = server.heard();
            assert!(!heard.iter().any(|line| line.contains("AUTH") || line.contains("RCPT")), "{heard:?}");
        }
    }
    // Nor one that speaks no TLS where it must.
    let server = Server::start("250 fine", None).await;
    let outcome = send(server.settings(Tls::Starttls, None)).await;
    assert!(matches!(outcome, Err(NotSent::Yet(_))), "{outcome:?}");
    assert!(!server.heard().iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn what_the_server_refuses_for_now_is_not_sent_yet_and_for_good_never() {
    let server = Server::start("451 later", None).await;
    let outcome = send(server.settings(Tls::None, None)).await;
    assert!(matches!(&outcome, Err(NotSent::Yet(words)) if words.contains("later")), "{outcome:?}");

    let server = Server::start("550 no such user", None).await;
    let outcome = send(server.settings(Tls::None, None)).await;
    assert!(matches!(&outcome, Err(NotSent::Ever(words)) if words.contains("no such user")), "{outcome:?}");

    let closed = SmtpSettings { port: Some(1), ..server.settings(Tls::None, None) };
    let outcome = send(closed).await;
    assert!(matches!(&outcome, Err(NotSent::Yet(words)) if words.contains("localhost:1")), "{outcome:?}");
}
