use super::{
    Answer, Body, Call, Header, Part,
    call::Content,
    literal::{pretty, rust},
};

/// A program that uses `ureq` 3.
pub(super) fn write(call: &Call) -> String {
    let mut lines = Vec::new();
    let form = matches!(call.body, Body::Form(_));
    if form {
        lines.push("// With the feature \"multipart\" of ureq.".to_owned());
        lines.extend(["use ureq::unversioned::multipart::Form;".to_owned(), String::new()]);
    }
    lines.push("fn main() -> Result<(), Box<dyn std::error::Error>> {".to_owned());
    for header in &call.headers {
        if let Header::Secret(secret) = header {
            let variable = secret.variable;
            lines.push(format!("    let {} = std::env::var(\"{variable}\")?;", variable.to_lowercase()));
        }
    }
    lines.extend(body(&call.body));
    let is_used = !matches!(call.answer, Answer::Nothing);
    let binding = if is_used { "let mut response" } else { "let response" };
    lines.push(format!("    {binding} = ureq::{}({})", call.method.to_lowercase(), rust(&call.url)));
    lines.extend(call.headers.iter().map(header));
    lines.extend(call.media().map(|media| format!("        .header(\"Content-Type\", {})", rust(media))));
    lines.push(format!("        {}", send(call)));
    match &call.answer {
        Answer::Nothing => lines.push("    println!(\"{}\", response.status());".to_owned()),
        Answer::Json | Answer::Text => {
            lines.push("    println!(\"{}\", response.body_mut().read_to_string()?);".to_owned());
        }
        Answer::File(file) => {
            lines.push(format!("    let mut file = std::fs::File::create({})?;", rust(file)));
            lines.push("    std::io::copy(&mut response.body_mut().as_reader(), &mut file)?;".to_owned());
        }
    }
    lines.extend(["    Ok(())", "}"].map(str::to_owned));
    lines.join("\n")
}

fn header(header: &Header) -> String {
    match header {
        Header::Plain { name, value } => format!("        .header({}, {})", rust(name), rust(value)),
        Header::Secret(secret) => {
            let name = secret.variable.to_lowercase();
            let value = if secret.prefix.is_empty() {
                name
            } else {
                format!("format!(\"{}{{{name}}}\")", secret.prefix)
            };
            format!("        .header({}, {value})", rust(&secret.header))
        }
    }
}

/// The lines that make the body ready.
fn body(body: &Body) -> Vec<String> {
    match body {
        Body::None => Vec::new(),
        Body::Json(_, value) => vec![format!("    let body = {};", rust(&pretty(value, "")))],
        Body::Text(_, text) => vec![format!("    let body = {};", rust(text))],
        Body::File(_, file) => vec![format!("    let body = std::fs::File::open({})?;", rust(file))],
        Body::Form(parts) => {
            let part = |part: &Part| match &part.value {
                Content::Text(text) => format!(".text({}, {})", rust(&part.name), rust(text)),
                Content::File(file) => format!(".file({}, {})?", rust(&part.name), rust(file)),
            };
            let start = "    let form = Form::new()".to_owned();
            let lines: Vec<String> = [start].into_iter().chain(parts.iter().map(part)).collect();
            vec![format!("{};", lines.join("\n        "))]
        }
    }
}

/// The end of the request. `ureq` lets three methods have a body; others have to be forced.
fn send(call: &Call) -> &'static str {
    let usual = matches!(call.method.as_str(), "POST" | "PUT" | "PATCH");
    match (&call.body, usual) {
        (Body::None, true) => ".send_empty()?;",
        (Body::None, false) => ".call()?;",
        (Body::Form(_), true) => ".send(form)?;",
        (Body::Form(_), false) => ".force_send_body().send(form)?;",
        (_, true) => ".send(body)?;",
        (_, false) => ".force_send_body().send(body)?;",
    }
}
