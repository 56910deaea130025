use super::{
    Answer, Body, Call, Header,
    call::Content,
    literal::{is_plain, pretty, quoted},
};

/// A module for Node.js.
pub(super) fn write(call: &Call) -> String {
    let mut lines = Vec::new();
    // `fetch` refuses to send a body with these two.
    let body = body(&call.body).filter(|_| !matches!(call.method.as_str(), "GET" | "HEAD"));
    let imports = imports(call);
    if !imports.is_empty() {
        lines.extend([
            format!("import {{ {} }} from \"node:fs/promises\";", imports.join(", ")),
            String::new(),
        ]);
    }
    if let Body::Form(parts) = &call.body {
        lines.push("const form = new FormData();".to_owned());
        lines.extend(parts.iter().map(|part| match &part.value {
            Content::Text(text) => format!("form.append({}, {});", quoted(&part.name), quoted(text)),
            Content::File(file) => {
                let file = quoted(file);
                format!("form.append({}, new Blob([await readFile({file})]), {file});", quoted(&part.name))
            }
        }));
        lines.push(String::new());
    }
    let mut options = Vec::new();
    if call.method != "GET" {
        options.push(format!("  method: {},", quoted(&call.method)));
    }
    let mut headers: Vec<String> = call.headers.iter().map(header).collect();
    headers.extend(
        call.media().filter(|_| body.is_some()).map(|media| format!("\"Content-Type\": {}", quoted(media))),
    );
    if !headers.is_empty() {
        options.push("  headers: {".to_owned());
        options.extend(headers.iter().map(|header| format!("    {header},")));
        options.push("  },".to_owned());
    }
    options.extend(body.map(|body| format!("  body: {body},")));
    if options.is_empty() {
        lines.push(format!("const response = await fetch({});", quoted(&call.url)));
    } else {
        lines.push(format!("const response = await fetch({}, {{", quoted(&call.url)));
        lines.append(&mut options);
        lines.push("});".to_owned());
    }
    lines
        .push("if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);".to_owned());
    lines.push(match &call.answer {
        Answer::Nothing => "console.log(response.status);".to_owned(),
        Answer::Json => "console.log(await response.json());".to_owned(),
        Answer::Text => "console.log(await response.text());".to_owned(),
        Answer::File(file) => {
            format!("await writeFile({}, Buffer.from(await response.arrayBuffer()));", quoted(file))
        }
    });
    lines.join("\n")
}

fn imports(call: &Call) -> Vec<&'static str> {
    let reads = match &call.body {
        Body::File(..) => true,
        Body::Form(parts) => parts.iter().any(|part| matches!(part.value, Content::File(_))),
        _ => false,
    };
    let writes = matches!(call.answer, Answer::File(_));
    [("readFile", reads), ("writeFile", writes)]
        .into_iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| name)
        .collect()
}

fn header(header: &Header) -> String {
    match header {
        Header::Plain { name, value } => format!("{}: {}", quoted(name), quoted(value)),
        Header::Secret(secret) if secret.prefix.is_empty() => {
            format!("{}: process.env.{}", quoted(&secret.header), secret.variable)
        }
        Header::Secret(secret) => {
            let prefix = secret.prefix.replace('\\', r"\\").replace('`', r"\`").replace('$', r"\$");
            format!("{}: `{prefix}${{process.env.{}}}`", quoted(&secret.header), secret.variable)
        }
    }
}

fn body(body: &Body) -> Option<String> {
    match body {
        Body::None => None,
        Body::Json(_, value) if is_plain(value) => Some(format!("JSON.stringify({})", pretty(value, "  "))),
        Body::Json(_, value) => Some(quoted(&pretty(value, ""))),
        Body::Text(_, text) => Some(quoted(text)),
        Body::File(_, file) => Some(format!("await readFile({})", quoted(file))),
        Body::Form(_) => Some("form".to_owned()),
    }
}
