use super::{
    Answer, Body, Call, Header,
    call::Content,
    literal::{is_plain, python, quoted},
};

/// A script that uses `requests`.
pub(super) fn write(call: &Call) -> String {
    let uses_secret = call.headers.iter().any(|header| matches!(header, Header::Secret(_)));
    let mut lines = Vec::new();
    if uses_secret {
        lines.extend(["import os".to_owned(), String::new()]);
    }
    lines.extend(["import requests".to_owned(), String::new()]);
    if call.method == "TRACE" {
        lines.push("response = requests.request(".to_owned());
        lines.push("    \"TRACE\",".to_owned());
    } else {
        lines.push(format!("response = requests.{}(", call.method.to_lowercase()));
    }
    lines.push(format!("    {},", quoted(&call.url)));
    let mut headers: Vec<String> = call.headers.iter().map(header).collect();
    headers.extend(own_media(call).map(|media| format!("\"Content-Type\": {}", quoted(media))));
    if !headers.is_empty() {
        lines.push("    headers={".to_owned());
        lines.extend(headers.iter().map(|header| format!("        {header},")));
        lines.push("    },".to_owned());
    }
    lines.extend(body(&call.body));
    lines.extend(["    timeout=30,", ")", "response.raise_for_status()"].map(str::to_owned));
    match &call.answer {
        Answer::Nothing => lines.push("print(response.status_code)".to_owned()),
        Answer::Json => lines.push("print(response.json())".to_owned()),
        Answer::Text => lines.push("print(response.text)".to_owned()),
        Answer::File(file) => {
            lines.push(format!("with open({}, \"wb\") as file:", quoted(file)));
            lines.push("    file.write(response.content)".to_owned());
        }
    }
    lines.join("\n")
}

/// The media type, unless `requests` sets it.
fn own_media(call: &Call) -> Option<&str> {
    let is_known = match &call.body {
        Body::Json(media, value) => media == "application/json" && is_plain(value),
        _ => false,
    };
    call.media().filter(|_| !is_known)
}

fn header(header: &Header) -> String {
    match header {
        Header::Plain { name, value } => format!("{}: {}", quoted(name), quoted(value)),
        Header::Secret(secret) => {
            let value = format!("os.environ[\"{}\"]", secret.variable);
            let prefix =
                if secret.prefix.is_empty() { String::new() } else { quoted(&secret.prefix) + " + " };
            format!("{}: {prefix}{value}", quoted(&secret.header))
        }
    }
}

fn body(body: &Body) -> Vec<String> {
    match body {
        Body::None => Vec::new(),
        Body::Json(_, value) if is_plain(value) => vec![format!("    json={},", python(value, "    "))],
        Body::Json(_, value) => vec![format!("    data={}.encode(),", quoted(&value.to_string()))],
        Body::Text(_, text) => vec![format!("    data={}.encode(),", quoted(text))],
        Body::File(_, file) => vec![format!("    data=open({}, \"rb\"),", quoted(file))],
        Body::Form(parts) => {
            // A text is a file without a name, so that the form has parts also where it has no file.
            let part = |value: &Content| match value {
                Content::Text(text) => format!("(None, {})", quoted(text)),
                Content::File(file) => format!("open({}, \"rb\")", quoted(file)),
            };
            let mut lines = vec!["    files={".to_owned()];
            let parts = parts.iter().map(|p| format!("        {}: {},", quoted(&p.name), part(&p.value)));
            lines.extend(parts.chain(["    },".to_owned()]));
            lines
        }
    }
}
