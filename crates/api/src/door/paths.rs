//! Paths are matched without regard to case, and with or without a slash at
//! their end: the words of a path are put into the form the router knows.

use std::{borrow::Cow, iter, sync::Arc};

use axum::http::Method;
use gate::history::Route;

/// Every path the router knows, as a tree of segments.
#[derive(Debug, Default)]
pub(crate) struct Paths(Node);

#[derive(Debug, Default)]
struct Node {
    /// A few, each in the form the router has it.
    words: Vec<(String, Node)>,
    parameter: Option<Box<Node>>,
    /// The path that ends here.
    template: Option<Arc<Template>>,
}

/// A path that is served.
#[derive(Debug)]
pub(crate) struct Template {
    /// With its parameters' names, such as `/hose/{hoseId}`.
    pub(crate) path: Arc<str>,
    operations: Vec<(Method, Arc<Route>)>,
}

impl Template {
    /// With the ids of its operations.
    pub(crate) fn new(path: &str, operations: impl IntoIterator<Item = (Method, String)>) -> Self {
        let route = |(method, operation): (Method, String)| {
            let route = Route { operation, method: method.to_string(), path: path.to_owned() };
            (method, Arc::new(route))
        };
        Self { path: path.into(), operations: operations.into_iter().map(route).collect() }
    }

    /// Its operation with this method.
    pub(crate) fn operation(&self, method: &Method) -> Option<&Arc<Route>> {
        self.operations.iter().find(|(known, _)| known == method).map(|(_, route)| route)
    }
}

/// A path as the router knows it.
#[derive(Debug, Clone)]
pub(crate) struct Known<'p> {
    /// The path to route by.
    pub(crate) path: Cow<'p, str>,
    /// What it is a path of.
    pub(crate) template: Arc<Template>,
}

impl Paths {
    pub(crate) fn new(templates: impl IntoIterator<Item = Template>) -> Self {
        let mut root = Node::default();
        for template in templates {
            let trimmed = template.path.strip_suffix('/').unwrap_or(&template.path);
            let end = trimmed.split('/').skip(1).fold(&mut root, |node, segment| {
                if segment.starts_with('{') {
                    return node.parameter.get_or_insert_default();
                }
                node.word_or_new(segment)
            });
            end.template = Some(Arc::new(template));
        }
        Self(root)
    }

    /// The path in the router's form; `None` if the router does not have it.
    pub(crate) fn find<'p>(&self, path: &'p str) -> Option<Known<'p>> {
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let mut found = Vec::with_capacity(8);
        let segments = trimmed.split_once('/').map(|(_, segments)| segments);
        let template = self.0.find(segments, &mut found)?;
        let is_in_form = path.split('/').eq(iter::once("").chain(found.iter().copied()));
        let path = if is_in_form { path.into() } else { format!("/{}", found.join("/")).into() };
        Some(Known { path, template })
    }
}

impl Node {
    /// `segments` are those that follow, `None` after the last one.
    fn find<'s>(&'s self, segments: Option<&'s str>, found: &mut Vec<&'s str>) -> Option<Arc<Template>> {
        let Some(segments) = segments else { return self.template.clone() };
        let (segment, rest) = match segments.split_once('/') {
            Some((segment, rest)) => (segment, Some(rest)),
            None => (segments, None),
        };
        if let Some((word, node)) = self.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(segment)) {
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

    fn word_or_new(&mut self, segment: &str) -> &mut Self {
        let place = self.words.iter().position(|(word, _)| word.eq_ignore_ascii_case(segment));
        let place = place.unwrap_or_else(|| {
            self.words.push((segment.to_owned(), Self::default()));
            self.words.len() - 1
        });
        &mut self.words[place].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case_parameters_as_they_are() {
        let templates = ["/", "/api/v1/hoses", "/api/v1/hose/{hoseId}/getBOM", "/api/v1/hose/new"];
        let paths = Paths::new(templates.map(|path| Template::new(path, [])));
        let find =
            |path| paths.find(path).map(|known| (known.path.into_owned(), known.template.path.to_string()));
        let bom = "/api/v1/hose/{hoseId}/getBOM";
        for (written, path, template) in [
            ("/API/v1/Hoses/", "/api/v1/hoses", "/api/v1/hoses"),
            ("/api/V1/hose/aBc/getbom", "/api/v1/hose/aBc/getBOM", bom),
            ("/api/v1/hose/aBc/getBOM", "/api/v1/hose/aBc/getBOM", bom),
            ("/api/v1/hose/NEW", "/api/v1/hose/new", "/api/v1/hose/new"),
            ("/api/v1/hose/new/getbom", "/api/v1/hose/new/getBOM", bom),
            ("/", "/", "/"),
        ] {
            assert_eq!(find(written), Some((path.to_owned(), template.to_owned())));
        }
        for path in ["/api/v1/hose", "/api/v1/hose//getBOM", "/api//v1/hoses", &"/a".repeat(99)] {
            assert_eq!(find(path), None, "{path}");
        }
    }
}
