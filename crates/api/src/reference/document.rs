//! The parts of an OpenAPI document that the page shows.

use serde_json::{Map, Value};

/// As many references are followed from one place; more is a loop.
const HOPS: usize = 16;

/// The methods there are, in the order they are shown for a path.
const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// A whole document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'a> {
    root: &'a Value,
}

/// A tag and its operations.
pub(super) struct Group<'a> {
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) operations: Vec<Operation<'a>>,
}

/// One method of one path.
pub(super) struct Operation<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
    /// Those of the path included.
    pub(super) parameters: Vec<&'a Value>,
}

impl Operation<'_> {
    /// Its id in the document, or else something that can stand for it.
    pub(super) fn id(&self) -> String {
        match text(self.value, "operationId") {
            "" => format!("{}-{}", self.method, self.path),
            id => id.to_owned(),
        }
    }

    /// The one line that says what it does.
    pub(super) fn summary(&self) -> &str {
        text(self.value, "summary")
    }
}

/// One of the schemes a caller may prove itself with.
pub(super) struct Scheme<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a Value,
}

/// How a scheme is sent: a header of this name whose value is the prefix and the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) header: String,
    pub(super) prefix: String,
    /// The environment variable that samples take the secret from.
    pub(super) variable: &'static str,
}

impl Scheme<'_> {
    /// How it is sent, unless in a way that samples do not show.
    pub(super) fn credential(&self) -> Option<Credential> {
        let header = |name: &str, prefix: String, variable| {
            Some(Credential { header: name.to_owned(), prefix, variable })
        };
        let name = text(self.value, "name");
        match (text(self.value, "type"), text(self.value, "in")) {
            ("http", _) if text(self.value, "scheme").eq_ignore_ascii_case("basic") => {
                header("Authorization", "Basic ".to_owned(), "CREDENTIALS")
            }
            ("http" | "oauth2" | "openIdConnect", _) => {
                header("Authorization", "Bearer ".to_owned(), "TOKEN")
            }
            ("apiKey", "header") if is_token(name) => header(name, String::new(), "API_KEY"),
            ("apiKey", "cookie") if is_token(name) => header("Cookie", format!("{name}="), "SESSION"),
            _ => None,
        }
    }

    fn is_cookie(&self) -> bool {
        text(self.value, "in") == "cookie"
    }
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// A text of the `info` part.
    pub(super) fn info(self, key: &str) -> &'a str {
        self.root.get("info").map_or("", |info| text(info, key))
    }

    /// Where the first server is, unless that is left to whoever asks.
    pub(super) fn server(self) -> &'a str {
        self.root.pointer("/servers/0").map_or("", |server| text(server, "url"))
    }

    /// The parts that a document names, such as its `schemas`.
    pub(super) fn components(self, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        entries(self.root.get("components").and_then(|components| components.get(kind)))
    }

    /// What a local reference stands for.
    pub(super) fn target(self, reference: &str) -> Option<&'a Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// The value itself, or what it refers to.
    pub(super) fn resolve(self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..HOPS {
            let target = value.get("$ref").and_then(Value::as_str).and_then(|name| self.target(name));
            let Some(target) = target else { break };
            value = target;
        }
        value
    }

    /// Every operation, under the first of its tags: the declared tags first, in their order.
    pub(super) fn groups(self) -> Vec<Group<'a>> {
        let declared = self.root.get("tags").and_then(Value::as_array).into_iter().flatten();
        let mut groups: Vec<Group<'a>> = declared
            .map(|tag| Group {
                name: text(tag, "name"),
                description: text(tag, "description"),
                operations: Vec::new(),
            })
            .collect();
        for operation in self.operations() {
            let name = operation.value.pointer("/tags/0").and_then(Value::as_str).unwrap_or("Other");
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name, description: "", operations: vec![operation] }),
            }
        }
        groups.retain(|group| !group.operations.is_empty());
        groups
    }

    fn operations(self) -> impl Iterator<Item = Operation<'a>> {
        entries(self.root.get("paths")).flat_map(move |(path, item)| {
            let item = self.resolve(item);
            METHODS.into_iter().filter_map(move |method| {
                let value = item.get(method)?;
                Some(Operation { method, path, value, parameters: self.parameters(item, value) })
            })
        })
    }

    /// The parameters of an operation and those of its path that it does not replace.
    fn parameters(self, item: &'a Value, operation: &'a Value) -> Vec<&'a Value> {
        let of = |value: &'a Value| value.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let mut parameters: Vec<&Value> = Vec::new();
        for parameter in of(operation).chain(of(item)).map(|parameter| self.resolve(parameter)) {
            let is = |other: &Value, key| text(other, key) == text(parameter, key);
            let same = |other: &&Value| is(other, "name") && is(other, "in");
            if !parameters.iter().any(same) {
                parameters.push(parameter);
            }
        }
        parameters
    }

    /// Every scheme of the document.
    pub(super) fn schemes(self) -> Vec<Scheme<'a>> {
        self.components("securitySchemes").map(|(name, value)| self.scheme(name, value)).collect()
    }

    fn scheme(self, name: &'a str, value: &'a Value) -> Scheme<'a> {
        Scheme { name, value: self.resolve(value) }
    }

    /// The ways to be let in to an operation, each of one or more schemes; none where it is open to everyone.
    pub(super) fn ways_in(self, operation: &'a Value) -> Vec<Vec<Scheme<'a>>> {
        let security = operation.get("security").or_else(|| self.root.get("security"));
        let ways = security.and_then(Value::as_array).into_iter().flatten();
        let ways = ways.filter_map(Value::as_object).map(|way| self.schemes_of(way));
        ways.filter(|way| !way.is_empty()).collect()
    }

    fn schemes_of(self, way: &'a Map<String, Value>) -> Vec<Scheme<'a>> {
        let find = |name: &str| self.components("securitySchemes").find(|(known, _)| *known == name);
        way.keys().filter_map(|name| find(name)).map(|(name, value)| self.scheme(name, value)).collect()
    }

    /// What a program sends to be let in: the first way that does without a browser's cookie.
    pub(super) fn credentials(self, operation: &'a Value) -> Vec<Credential> {
        let ways = self.ways_in(operation);
        let way = ways.iter().find(|way| !way.iter().any(Scheme::is_cookie)).or_else(|| ways.first());
        way.into_iter().flatten().filter_map(Scheme::credential).collect()
    }
}

/// The text of a key; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// Whether a key is there and true.
pub(super) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The entries of an object; none where it is no object.
pub(super) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// Whether it can be the name of a header.
pub(super) fn is_token(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(allowed)
}

/// Whether a media type is JSON, such as `application/problem+json`.
pub(super) fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// The media type to show of several: JSON before all others.
pub(super) fn preferred(content: Option<&Value>) -> Option<(&str, &Value)> {
    entries(content).find(|(media, _)| is_json(media)).or_else(|| entries(content).next())
}
