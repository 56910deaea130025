//! Paths are matched without regard to case, and with or without a slash at
//! their end: the words of a path are put into the form the router knows.

use std::collections::HashMap;

/// Every path the router knows, as a tree of segments.
#[derive(Debug, Default)]
pub(crate) struct Paths(Node);

#[derive(Debug, Default)]
struct Node {
    words: HashMap<String, (String, Node)>,
    parameter: Option<Box<Node>>,
    /// The path that ends here, as the router has it.
    template: Option<String>,
}

/// A path as the router knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known<'a> {
    /// The path to route by.
    pub(crate) path: String,
    /// The path with its parameters' names, such as `/hose/{hoseId}`.
    pub(crate) template: &'a str,
}

impl Paths {
    pub(crate) fn new<'a>(templates: impl IntoIterator<Item = &'a str>) -> Self {
        let mut root = Node::default();
        for template in templates {
            let trimmed = template.strip_suffix('/').unwrap_or(template);
            let end = trimmed.split('/').skip(1).fold(&mut root, |node, segment| {
                if segment.starts_with('{') {
                    return node.parameter.get_or_insert_default();
                }
                let word = || (segment.to_owned(), Node::default());
                &mut node.words.entry(segment.to_ascii_lowercase()).or_insert_with(word).1
            });
            end.template = Some(template.to_owned());
        }
        Self(root)
    }

    /// The path in the router's form; `None` if the router does not have it.
    pub(crate) fn find<'t>(&'t self, path: &str) -> Option<Known<'t>> {
        // Every path of ours is shorter by far: no long search for a long path.
        const MOST_SEGMENTS: usize = 16;
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<_> = trimmed.split('/').skip(1).take(MOST_SEGMENTS + 1).collect();
        let mut found = Vec::with_capacity(segments.len());
        let template = self.0.find(&segments, &mut found).filter(|_| segments.len() <= MOST_SEGMENTS)?;
        Some(Known { path: format!("/{}", found.join("/")), template })
    }
}

impl Node {
    fn find<'t: 's, 's>(&'t self, segments: &[&'s str], found: &mut Vec<&'s str>) -> Option<&'t str> {
        let Some((segment, rest)) = segments.split_first() else { return self.template.as_deref() };
        if let Some((word, node)) = self.words.get(&segment.to_ascii_lowercase()) {
            found.push(word);
            if let Some(template) = node.find(rest, found) {
                return Some(template);
            }
            found.pop();
        }
        let node = self.parameter.as_ref().filter(|_| !segment.is_empty())?;
        found.push(segment);
        let template = node.find(rest, found);
        if template.is_none() {
            found.pop();
        }
        template
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case_parameters_as_they_are() {
        let paths = Paths::new(["/", "/api/v1/hoses", "/api/v1/hose/{hoseId}/getBOM", "/api/v1/hose/new"]);
        let find = |path| paths.find(path).map(|known| (known.path, known.template));
        assert_eq!(find("/API/v1/Hoses/"), Some(("/api/v1/hoses".into(), "/api/v1/hoses")));
        let bom = "/api/v1/hose/{hoseId}/getBOM";
        assert_eq!(find("/api/V1/hose/aBc/getbom"), Some(("/api/v1/hose/aBc/getBOM".into(), bom)));
        assert_eq!(find("/api/v1/hose/NEW"), Some(("/api/v1/hose/new".into(), "/api/v1/hose/new")));
        assert_eq!(find("/api/v1/hose/new/getbom"), Some(("/api/v1/hose/new/getBOM".into(), bom)));
        assert_eq!(find("/"), Some(("/".into(), "/")));
        for path in ["/api/v1/hose", "/api/v1/hose//getBOM", "/api//v1/hoses", &"/a".repeat(99)] {
            assert_eq!(find(path), None, "{path}");
        }
    }
}
