use serde_json::{Value, json};

use super::super::document::Document;
use super::{
    Call, LANGUAGES,
    literal::{pretty, python, quoted, rust, shell},
};

/// What has a meaning in one language or another.
const NASTY: [&str; 16] = [
    "",
    "it's \"quoted\" \\ back\\\\slash\\",
    "$HOME $(id) ${TOKEN} `id` !! %s {x} {{y}}",
    "line\nline\r\n\ttab\u{0}\u{1b}\u{7f}\u{85}",
    "é ü 漢字 😀 e\u{301}",
    "\u{202e}rtl \u{2028} \u{2029} \u{feff} \u{200b} \u{ad}",
    "\"# \"## \"### r#\"x\"#",
    "''' \"\"\" `${1+1}`",
    "</script><b>&amp;&lt;",
    "@file",
    "\\u0041 \\n \\x41",
    "'",
    "\"",
    "\\",
    "'\\''",
    "# no /* comment */ -- here",
];

/// The words of a command, as a POSIX shell parts them.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => word.get_or_insert_default().extend(rest.by_ref().take_while(|c| *c != '\'')),
            '"' => word.get_or_insert_default().extend(rest.by_ref().take_while(|c| *c != '"')),
            '\\' => match rest.next() {
                Some('\n') => {}
                escaped => word.get_or_insert_default().extend(escaped),
            },
            c => {
                assert!(c.is_ascii_alphanumeric() || "-./".contains(c), "{c:?} in {command}");
                word.get_or_insert_default().push(c);
            }
        }
    }
    words.extend(word);
    words
}

/// What a Rust literal means, and what comes after it.
fn rust_meaning(literal: &str) -> (String, &str) {
    if let Some(raw) = literal.strip_prefix('r') {
        let (hashes, text) = raw.split_once('"').expect("a quote");
        let (text, rest) = text.split_once(&format!("\"{hashes}")).expect("an end");
        return (text.to_owned(), rest);
    }
    let mut rest = literal.strip_prefix('"').expect("a quote").chars();
    let mut meaning = String::new();
    loop {
        match rest.next().expect("an end") {
            '"' => return (meaning, rest.as_str()),
            '\\' => match rest.next() {
                Some('n') => meaning.push('\n'),
                Some('u') => {
                    let digits: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    meaning.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                }
                other => meaning.extend(other),
            },
            c => meaning.push(c),
        }
    }
}

/// The same for the others: their literals are those of JSON.
fn json_meaning(text: &str) -> Value {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    values.next().expect("a value").expect("JSON")
}

/// A post of a body, and its samples.
fn samples(body: &Value) -> [String; 4] {
    let document = json!({
        "paths": {"/api/v1/{thing-id}/é \"'$/x": {"post": {
            "parameters": [
                {"name": "q[$eq]", "in": "query", "required": true, "example": NASTY.concat()},
                {"name": "pageSize", "in": "query", "required": true},
                {"name": "sort", "in": "query"},
                {"name": "X-Plain", "in": "header", "required": true, "example": "it's \"$HOME\" `id` \\"},
                {"name": "X-Never", "in": "header", "required": true, "example": "a\r\nb: c"},
                {"name": "X: no", "in": "header", "required": true, "example": "1"},
            ],
            "security": [{"session": []}, {"bearer": [], "key": []}],
            "requestBody": {"content": {"text/csv": {}, "application/json": {"example": body}}},
            "responses": {"200": {"content": {"application/json": {}}}}
        }}},
        "components": {"securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"}, "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sid"}
        }}
    });
    write(&document)
}

fn write(document: &Value) -> [String; 4] {
    let document = Document::new(document);
    let groups = document.groups();
    let call = Call::new(document, &groups[0].operations[0], 6);
    LANGUAGES.map(|language| (language.write)(&call))
}

#[test]
fn a_text_means_itself_in_every_language() {
    for text in NASTY.into_iter().chain([NASTY.concat().as_str()]) {
        assert_eq!(rust_meaning(&rust(text)), (text.to_owned(), ""));
        assert_eq!(json_meaning(&quoted(text)), text);
        assert!(!quoted(text).contains(char::is_control));
        // A command cannot hold the character zero.
        let command = words(&shell(text));
        assert_eq!(command, [text.replace('\0', "")]);
    }
}

#[test]
fn a_value_means_itself() {
    let value = json!({"a": NASTY, "b": {"c": [1, 2.5, true, null, [], {}], "d": {"e": {}}}, "long": [NASTY.concat()]});
    for indent in ["", "    "] {
        assert_eq!(json_meaning(&pretty(&value, indent)), value);
    }
    assert_eq!(
        python(&json!({"a": [true, false, null, 1], "b": []}), ""),
        "{\n    \"a\": [True, False, None, 1],\n    \"b\": []\n}"
    );
}

#[test]
fn a_body_arrives_as_it_is() {
    let by_name: Value =
        NASTY.iter().map(|text| ((*text).to_owned(), json!(text))).collect::<serde_json::Map<_, _>>().into();
    for body in
        [json!(NASTY), by_name, json!({"__proto__": 1}), json!(12_345_678_901_234_567_890_u64), json!("x'")]
    {
        let [curl, javascript, python, rust] = samples(&body);
        let words = words(&curl);
        let data = words.iter().position(|word| word == "--data-raw").unwrap();
        assert_eq!(json_meaning(&words[data + 1]), body);

        let meant = match javascript.split_once("body: JSON.stringify(") {
            Some((_, literal)) => json_meaning(literal),
            None => json_meaning(json_meaning(javascript.split_once("body: ").unwrap().1).as_str().unwrap()),
        };
        assert_eq!(meant, body);

        let meant = match python.split_once("    json=") {
            Some((_, literal)) => json_meaning(literal),
            None => json_meaning(json_meaning(python.split_once("    data=").unwrap().1).as_str().unwrap()),
        };
        assert_eq!(meant, body);

        let (meant, after) = rust_meaning(rust.split_once("let body = ").unwrap().1);
        assert_eq!(json_meaning(&meant), body);
        assert!(after.starts_with(";\n"));
    }
}

#[test]
fn the_url_and_the_headers_are_the_same_everywhere() {
    let [curl, javascript, python, rust] = samples(&json!(null));
    let words = words(&curl);
    let url = &words[3];
    assert!(
        url.starts_with("https://swage.example/api/v1/THING_ID/%C3%A9%20%22%27%24/x?q%5B%24eq%5D=it%27s%20"),
        "{url}"
    );
    assert!(url.ends_with("here&pageSize=PAGE_SIZE"), "{url}");
    assert!(url.chars().all(|c| c.is_ascii_alphanumeric() || ":/?&=%-._~".contains(c)), "{url}");
    for sample in [javascript.as_str(), &python, &rust] {
        assert!(sample.contains(&format!("\"{url}\"")), "{sample}");
    }
    let headers = [
        "Authorization: Bearer $TOKEN",
        "x-api-key: $API_KEY",
        "X-Plain: it's \"$HOME\" `id` \\",
        "X-Never: X_NEVER",
    ];
    let headers: Vec<&str> = headers.into_iter().chain(["Content-Type: application/json"]).collect();
    let sent =
        words.iter().zip(&words[1..]).filter(|(word, _)| *word == "--header").map(|(_, header)| header);
    assert_eq!(sent.collect::<Vec<_>>(), headers);
    for (sample, plain) in [
        (&javascript, "\"X-Plain\": \"it's \\\"$HOME\\\" `id` \\\\\","),
        (&javascript, "\"Authorization\": `Bearer ${process.env.TOKEN}`,"),
        (&javascript, "\"x-api-key\": process.env.API_KEY,"),
        (&python, "\"X-Plain\": \"it's \\\"$HOME\\\" `id` \\\\\","),
        (&python, "\"Authorization\": \"Bearer \" + os.environ[\"TOKEN\"],"),
        (&python, "\"x-api-key\": os.environ[\"API_KEY\"],"),
        (&rust, ".header(\"X-Plain\", r#\"it's \"$HOME\" `id` \\\"#)"),
        (&rust, ".header(\"Authorization\", format!(\"Bearer {token}\"))"),
        (&rust, ".header(\"x-api-key\", api_key)"),
    ] {
        assert!(sample.contains(plain), "{plain} is not in {sample}");
    }
}

#[test]
fn a_request_in_full() {
    let [curl, javascript, python, rust] = write(&json!({
        "servers": [{"url": "/api/v1/"}],
        "paths": {"/keys/{keyId}": {"put": {
            "parameters": [{"name": "keyId", "in": "path", "required": true, "schema": {"type": "string"}, "example": "7"}],
            "security": [{"bearer": []}],
            "requestBody": {"content": {"application/json": {"example": {"name": "ERP", "on": true, "scopes": ["read"]}}}},
            "responses": {"200": {"content": {"application/json": {}}}}
        }}},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}
    }));
    assert_eq!(
        curl,
        r#"curl --request PUT 'https://swage.example/api/v1/keys/7' \
  --header "Authorization: Bearer $TOKEN" \
  --header 'Content-Type: application/json' \
  --data-raw '{
  "name": "ERP",
  "on": true,
  "scopes": ["read"]
}'"#
    );
    assert_eq!(
        javascript,
        r#"const response = await fetch("https://swage.example/api/v1/keys/7", {
  method: "PUT",
  headers: {
    "Authorization": `Bearer ${process.env.TOKEN}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    "name": "ERP",
    "on": true,
    "scopes": ["read"]
  }),
});
if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
console.log(await response.json());"#
    );
    assert_eq!(
        python,
        r#"import os

import requests

response = requests.put(
    "https://swage.example/api/v1/keys/7",
    headers={
        "Authorization": "Bearer " + os.environ["TOKEN"],
    },
    json={
        "name": "ERP",
        "on": True,
        "scopes": ["read"]
    },
    timeout=30,
)
response.raise_for_status()
print(response.json())"#
    );
    assert_eq!(
        rust,
        r##"fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("TOKEN")?;
    let body = r#"{
  "name": "ERP",
  "on": true,
  "scopes": ["read"]
}"#;
    let mut response = ureq::put("https://swage.example/api/v1/keys/7")
        .header("Authorization", format!("Bearer {token}"))
        .header("Content-Type", "application/json")
        .send(body)?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}"##
    );
}

#[test]
fn files_and_forms() {
    let operation = |method: &str, media: &str, content: Value, answer: &str| {
        let response = json!({"200": {"content": {answer: {}}}});
        write(&json!({"paths": {"/x": {method: {
            "requestBody": {"content": {media: content}}, "responses": response
        }}}}))
    };
    let binary = json!({"type": "string", "format": "binary"});
    let upload = json!({
        "schema": {"type": "object", "properties": {"file": binary, "note": {"type": "string"}}},
        "encoding": {"file": {"contentType": "text/csv"}}
    });
    let [curl, javascript, python, rust] =
        operation("post", "multipart/form-data", upload, "application/pdf");
    for (sample, part) in [
        (&curl, "--form 'file=@input.csv' \\\n  --form-string 'note=string' \\\n  --output answer.pdf"),
        (
            &javascript,
            "import { readFile, writeFile } from \"node:fs/promises\";\n\nconst form = new FormData();\n",
        ),
        (&javascript, "form.append(\"file\", new Blob([await readFile(\"input.csv\")]), \"input.csv\");"),
        (&javascript, "  body: form,\n"),
        (&javascript, "await writeFile(\"answer.pdf\", Buffer.from(await response.arrayBuffer()));"),
        (
            &python,
            "    files={\n        \"file\": open(\"input.csv\", \"rb\"),\n        \"note\": (None, \"string\"),\n    },",
        ),
        (&python, "with open(\"answer.pdf\", \"wb\") as file:\n    file.write(response.content)"),
        (
            &rust,
            "    let form = Form::new()\n        .file(\"file\", \"input.csv\")?\n        .text(\"note\", \"string\");\n",
        ),
        (&rust, ".send(form)?;"),
    ] {
        assert!(sample.contains(part), "{part} is not in {sample}");
    }
    let form = json!({"example": {"grant_type": "a&b=c", "n": 1}});
    for sample in operation("post", "application/x-www-form-urlencoded", form, "text/plain") {
        assert!(sample.contains("grant_type=a%26b%3Dc&n=1"), "{sample}");
    }
    let file = json!({"schema": binary});
    let [curl, _, _, rust] = operation("delete", "application/zip", file, "application/json");
    assert!(curl.contains("--data-binary '@input.zip'"), "{curl}");
    assert!(rust.contains(".force_send_body().send(body)?;"), "{rust}");
    let [_, javascript, _, _] =
        operation("get", "application/json", json!({"example": 1}), "application/json");
    assert!(!javascript.contains("body:"), "{javascript}");
}
