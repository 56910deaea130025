//! Envoy's `ext_authz` over HTTP: the request's own method at `path_override`,
//! without a body, with `Authorization` and those of the client's headers that
//! are allowed. 200 lets the request through, with the allowed headers of the
//! answer in the place of its own; any other answer goes back to the client.

use serde_yaml_ng::Value as Yaml;

use super::{Outcome, Request, configuration, question, replace};

pub fn handle(request: &Request, swage: u16) -> Outcome {
    let listener = &configuration("envoy/envoy.yaml")["static_resources"]["listeners"][0];
    let manager = &listener["filter_chains"][0]["filters"][0]["typed_config"];
    assert_eq!(manager["use_remote_address"].as_bool(), Some(true));
    let filters = manager["http_filters"].as_sequence().unwrap();
    let names: Vec<_> = filters.iter().map(|filter| filter["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["before", "swage", "after", "router"], "in this order");

    let mut headers = request.headers.clone();
    // As the connection manager does with use_remote_address.
    headers.push(("x-forwarded-for".to_owned(), request.from.to_owned()));
    mutate(&mut headers, &filters[0]["typed_config"], request.from);
    if let Err(answer) = ask(&mut headers, request.method, &filters[1]["typed_config"], swage) {
        return answer;
    }
    mutate(&mut headers, &filters[2]["typed_config"], request.from);
    Outcome::Passed(headers)
}

fn ask(headers: &mut Vec<(String, String)>, method: &str, filter: &Yaml, swage: u16) -> Result<(), Outcome> {
    let service = &filter["http_service"];
    let mut allowed = patterns(&filter["allowed_headers"]);
    allowed.push("authorization".to_owned());
    let asked: Vec<_> =
        headers.iter().filter(|(name, _)| allowed.contains(&name.to_lowercase())).cloned().collect();
    if std::net::TcpStream::connect(("127.0.0.1", swage)).is_err() {
        assert_eq!(filter["failure_mode_allow"].as_bool(), Some(false));
        assert_eq!(filter["status_on_error"]["code"].as_str(), Some("ServiceUnavailable"));
        return Err(Outcome::Answered(503));
    }
    let path = service["path_override"].as_str().unwrap();
    let answer = question(method, path, &asked).body(b"").send(swage).unwrap();
    if answer.status != 200 {
        return Err(Outcome::Answered(answer.status));
    }
    replace(headers, &patterns(&service["authorization_response"]["allowed_upstream_headers"]), &answer);
    Ok(())
}

/// Only exact names are used.
fn patterns(matcher: &Yaml) -> Vec<String> {
    let patterns = matcher["patterns"].as_sequence().unwrap().iter();
    patterns.map(|pattern| pattern["exact"].as_str().unwrap().to_owned()).collect()
}

/// What the filter that changes headers does.
fn mutate(headers: &mut Vec<(String, String)>, filter: &Yaml, from: &str) {
    for mutation in filter["mutations"]["request_mutations"].as_sequence().unwrap() {
        if let Some(name) = mutation["remove"].as_str() {
            headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            continue;
        }
        let append = &mutation["append"];
        assert_eq!(append["append_action"].as_str(), Some("OVERWRITE_IF_EXISTS_OR_ADD"));
        let (name, value) = (&append["header"]["key"], &append["header"]["value"]);
        assert_eq!(value.as_str(), Some("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"));
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name.as_str().unwrap()));
        headers.push((name.as_str().unwrap().to_owned(), from.to_owned()));
    }
}
