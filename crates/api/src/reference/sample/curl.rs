use super::{
    Answer, Body, Call, Header,
    call::Content,
    literal::{pretty, shell},
};

/// A command for a POSIX shell.
pub(super) fn write(call: &Call) -> String {
    let request = match call.method.as_str() {
        "GET" if matches!(call.body, Body::None) => String::new(),
        "HEAD" => " --head".to_owned(),
        method => format!(" --request {method}"),
    };
    let mut lines = vec![format!("curl{request} {}", shell(&call.url))];
    lines.extend(call.headers.iter().map(|header| format!("--header {}", word(header))));
    lines.extend(call.media().map(|media| format!("--header {}", shell(&format!("Content-Type: {media}")))));
    match &call.body {
        Body::None => {}
        Body::Json(_, value) => lines.push(format!("--data-raw {}", shell(&pretty(value, "")))),
        Body::Text(_, text) => lines.push(format!("--data-raw {}", shell(text))),
        Body::File(_, file) => lines.push(format!("--data-binary {}", shell(&format!("@{file}")))),
        Body::Form(parts) => lines.extend(parts.iter().map(|part| match &part.value {
            Content::Text(text) => format!("--form-string {}", shell(&format!("{}={text}", part.name))),
            Content::File(file) => format!("--form {}", shell(&format!("{}=@{file}", part.name))),
        })),
    }
    if let Answer::File(file) = &call.answer {
        lines.push(format!("--output {file}"));
    }
    lines.join(" \\\n  ")
}

/// A header; the shell puts the secret in.
fn word(header: &Header) -> String {
    match header {
        Header::Plain { name, value } => shell(&format!("{name}: {value}")),
        Header::Secret(secret) => {
            let start = format!("{}: {}", secret.header, secret.prefix);
            if start.contains(['$', '`', '!']) {
                format!("{}\"${}\"", shell(&start), secret.variable)
            } else {
                format!("\"{start}${}\"", secret.variable)
            }
        }
    }
}
