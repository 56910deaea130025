//! What a small SVG may grow into: elements within elements, and elements that
//! stand for others, which stand for others.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use super::Refused;

/// The most nodes of an SVG, once each `use` is what it stands for.
pub(super) const MOST_NODES: u32 = 50_000;
/// How deep elements may stand within each other, and stand for each other.
const MOST_DEPTH: usize = 64;

/// Refuses elements that stand too deep before anything is read, since reading
/// goes as deep: by counting the signs that open and close them.
pub(super) fn check_depth(text: &str) -> Result<(), Refused> {
    let mut depth = 0usize;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some((_, after)) = passed_over(rest) {
            rest = after;
            continue;
        }
        let Some(end) = end_of_tag(rest) else { break };
        let tag = &rest[..end];
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.ends_with('/') && !tag.starts_with(['?', '!']) {
            depth += 1;
        }
        if depth > MOST_DEPTH {
            return Err(too_deep());
        }
        rest = &rest[end..];
    }
    Ok(())
}

/// Where the sign stands that closes a tag: not one within quotes.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    rest.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        quote.is_none() && byte == b'>'
    })
}

/// A comment or a literal section, in which signs mean nothing, and what follows it.
fn passed_over(rest: &str) -> Option<(&str, &str)> {
    [("!--", "-->"), ("![CDATA[", "]]>")].into_iter().find_map(|(open, close)| {
        rest.strip_prefix(open).map(|within| within.split_once(close).unwrap_or((within, "")))
    })
}

/// Refuses what grows too large or never ends.
pub(super) fn check(document: &Document<'_>) -> Result<(), Refused> {
    let named = document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut growth = Growth { named, known: HashMap::new() };
    if growth.of(document.root(), 0)? > MOST_NODES {
        return Err(Refused::because(format!(
            "must have at most {MOST_NODES} elements, with all they stand for"
        )));
    }
    Ok(())
}

struct Growth<'a, 'input> {
    named: HashMap<&'a str, Node<'a, 'input>>,
    known: HashMap<NodeId, u32>,
}

impl<'a, 'input> Growth<'a, 'input> {
    /// How many nodes this one comes to.
    fn of(&mut self, node: Node<'a, 'input>, depth: usize) -> Result<u32, Refused> {
        if let Some(known) = self.known.get(&node.id()) {
            return Ok(*known);
        }
        if depth > 2 * MOST_DEPTH {
            return Err(too_deep());
        }
        let mut nodes = 1u32;
        for child in node.children() {
            nodes = nodes.saturating_add(self.of(child, depth + 1)?);
        }
        for target in referred(node).filter_map(|id| self.named.get(id).copied()).collect::<Vec<_>>() {
            nodes = nodes.saturating_add(self.of(target, depth + 1)?);
        }
        self.known.insert(node.id(), nodes);
        Ok(nodes)
    }
}

/// What an element refers to by name: with `href`, and with `url(#…)`, as for
/// a mask, a pattern or a marker.
fn referred<'a>(node: Node<'a, '_>) -> impl Iterator<Item = &'a str> {
    node.attributes().filter_map(|attribute| {
        let value = attribute.value();
        if attribute.name() == "href" {
            return value.strip_prefix('#');
        }
        let after = value.split_once("url(")?.1.trim_start_matches(['"', '\'', ' ']).strip_prefix('#')?;
        after.split([')', '"', '\'', ' ']).next()
    })
}

fn too_deep() -> Refused {
    Refused::because(format!("must not have elements more than {MOST_DEPTH} deep in each other"))
}
