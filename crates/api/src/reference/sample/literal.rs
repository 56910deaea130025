//! Values as each language writes them.

use serde_json::{Number, Value};

/// A list or an object of plain values stays on one line up to this many characters, with its indent.
const LINE: usize = 56;

/// JSON over several lines, which JavaScript reads too. Lines after the first start with the indent.
pub(in super::super) fn pretty(value: &Value, indent: &str) -> String {
    let mut text = String::new();
    write(&mut text, value, indent, &Style { step: "  ", words: ["true", "false", "null"] });
    text
}

/// The same as Python writes it.
pub(super) fn python(value: &Value, indent: &str) -> String {
    let mut text = String::new();
    write(&mut text, value, indent, &Style { step: "    ", words: ["True", "False", "None"] });
    text
}

struct Style {
    /// By how much the inside of a list or an object is indented.
    step: &'static str,
    words: [&'static str; 3],
}

fn write(text: &mut String, value: &Value, indent: &str, style: &Style) {
    let [yes, no, nothing] = style.words;
    match value {
        Value::Null => text.push_str(nothing),
        Value::Bool(value) => text.push_str(if *value { yes } else { no }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(value) => text.push_str(&quoted(value)),
        Value::Array(values) => {
            let items: Vec<_> = values.iter().map(|value| (String::new(), value)).collect();
            write_many(text, &items, ['[', ']'], indent, style);
        }
        Value::Object(map) => {
            let items: Vec<_> =
                map.iter().map(|(key, value)| (format!("{}: ", quoted(key)), value)).collect();
            write_many(text, &items, ['{', '}'], indent, style);
        }
    }
}

fn write_many(
    text: &mut String,
    items: &[(String, &Value)],
    [open, close]: [char; 2],
    indent: &str,
    style: &Style,
) {
    text.push(open);
    let is_plain = |value: &Value| !value.is_array() && !value.is_object();
    let start = text.len();
    if items.iter().all(|(_, value)| is_plain(value)) {
        for (at, (key, value)) in items.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { ", " });
            text.push_str(key);
            write(text, value, indent, style);
        }
        // An object at the start of a line is easier to read over several.
        let fits = indent.len() + text[start..].chars().count() <= LINE
            && (open == '[' || !indent.is_empty() || items.is_empty());
        if fits {
            text.push(close);
            return;
        }
        text.truncate(start);
    }
    let deeper = format!("{indent}{}", style.step);
    for (at, (key, value)) in items.iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&deeper);
        text.push_str(key);
        write(text, value, &deeper, style);
    }
    text.push('\n');
    text.push_str(indent);
    text.push(close);
}

/// Text between double quotes, as JSON, JavaScript and Python read it alike.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_unseen(c) => quoted.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Text as a word of a shell.
pub(super) fn shell(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Text as Rust writes it: raw, where it has quotes of its own.
pub(super) fn rust(text: &str) -> String {
    let is_awkward = |c| c != '\n' && is_unseen(c);
    if text.contains(['"', '\\', '\n']) && !text.contains(is_awkward) {
        let mut hashes = String::new();
        while text.contains(&format!("\"{hashes}")) {
            hashes.push('#');
        }
        return format!("r{hashes}\"{text}\"{hashes}");
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if is_unseen(c) => quoted.extend(c.escape_unicode()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that nobody sees, or that change how others are seen. All have at most four hexadecimal digits.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Whether JavaScript and Python read every number of the value, and every name, as JSON means it.
pub(super) fn is_plain(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_exact(number),
        Value::Array(values) => values.iter().all(is_plain),
        Value::Object(map) => map.iter().all(|(key, value)| key != "__proto__" && is_plain(value)),
        _ => true,
    }
}

/// Whether a floating-point number is enough for it.
fn is_exact(number: &Number) -> bool {
    let text = number.to_string();
    let digits = || text.split(['e', 'E']).next().unwrap_or("").chars().filter(char::is_ascii_digit);
    let is_normal = number.as_f64().is_some_and(f64::is_normal) || digits().all(|digit| digit == '0');
    is_normal && digits().count() <= 15
}
