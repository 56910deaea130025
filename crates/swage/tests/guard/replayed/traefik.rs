//! Traefik's `forwardAuth`: a GET with the client's headers, but for those of
//! one connection, and with `X-Forwarded-*` of its own. A 2xx lets the request
//! through, with the named headers of the answer in the place of its own; any
//! other answer goes back to the client.

use super::{Outcome, Request, configuration, question, replace, texts};

/// Headers of one connection, which are not passed on.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
];

pub fn handle(request: &Request, swage: u16) -> Outcome {
    let http = &configuration("traefik/dynamic.yaml")["http"];
    let router = &http["routers"]["service"];
    assert_eq!(texts(&router["middlewares"]), ["swage", "no-credential"], "in this order");
    let ask = &http["middlewares"]["swage"]["forwardAuth"];
    let address = ask["address"].as_str().unwrap();
    let path = address.strip_prefix("http://127.0.0.1:8420").unwrap();
    assert_eq!(ask["trustForwardHeader"].as_bool(), Some(false));

    let mut asked = request.headers.clone();
    let own =
        ["x-forwarded-for", "x-forwarded-method", "x-forwarded-uri", "x-forwarded-proto", "x-forwarded-host"];
    asked.retain(|(name, _)| {
        let name = name.to_lowercase();
        !HOP_BY_HOP.contains(&name.as_str()) && !own.contains(&name.as_str())
    });
    let values = [request.from, request.method, request.uri, "http", "service.example"];
    asked.extend(own.into_iter().zip(values).map(|(name, value)| (name.to_owned(), value.to_owned())));
    if std::net::TcpStream::connect(("127.0.0.1", swage)).is_err() {
        return Outcome::Answered(500);
    }
    let answer = question("GET", path, &asked).send(swage).unwrap();
    if !(200..300).contains(&answer.status) {
        return Outcome::Answered(answer.status);
    }
    let mut headers = request.headers.clone();
    replace(&mut headers, &texts(&ask["authResponseHeaders"]), &answer);
    // An empty value removes a header of the request.
    let custom =
        http["middlewares"]["no-credential"]["headers"]["customRequestHeaders"].as_mapping().unwrap();
    for (name, value) in custom {
        assert_eq!(value.as_str(), Some(""));
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name.as_str().unwrap()));
    }
    Outcome::Passed(headers)
}
