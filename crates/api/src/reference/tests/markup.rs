//! Reads a page strictly: whatever a browser would have to repair is an error.

/// An element, in the order they start.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// The text within, that of elements inside included.
    pub(super) text: String,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

const EMPTY: [&str; 3] = ["meta", "link", "input"];

/// Every element of a page.
pub(super) fn read(page: &str) -> Vec<Element> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while let Some((text, after)) = rest.split_once('<') {
        add_text(&mut elements, &open, text);
        let (tag, after) = split_tag(after);
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().map(|position| elements[position].name.as_str());
            assert_eq!(last, Some(name), "before {}", &rest[..rest.len().min(80)]);
        } else {
            let element = element(tag);
            if !EMPTY.contains(&element.name.as_str()) {
                open.push(elements.len());
            }
            elements.push(element);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty());
    elements
}

fn add_text(elements: &mut [Element], open: &[usize], text: &str) {
    assert!(!text.contains('>'), "{text}");
    for position in open {
        elements[*position].text.push_str(&unescape(text));
    }
}

/// The tag up to its `>`, and what comes after.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    let end = end.expect("an end of the tag");
    (&text[..end], &text[end + 1..])
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{tag}");
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let key = &rest[..end];
        assert!(key.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{tag}");
        let value;
        (value, rest) = match rest[end..].strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a closing quote"),
            None => ("", &rest[end..]),
        };
        rest = rest.strip_prefix(' ').unwrap_or(rest);
        attributes.push((key.to_owned(), unescape(value)));
    }
    Element { name: name.to_owned(), attributes, text: String::new() }
}

/// The text that a browser shows.
pub(super) fn unescape(text: &str) -> String {
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let mut rest = text;
    let mut shown = String::new();
    while let Some((before, _)) = rest.split_once('&') {
        shown.push_str(before);
        rest = &rest[before.len()..];
        let (entity, meant) =
            known.iter().find(|(entity, _)| rest.starts_with(entity)).expect("a known entity");
        shown.push_str(meant);
        rest = &rest[entity.len()..];
    }
    shown + rest
}
