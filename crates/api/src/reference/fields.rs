//! A schema as a list of its fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use super::{
    document::Document,
    html::{Attribute, Html, Ids, Prose, Text, add},
    schema::{Kind, View},
};

/// As deep is one schema shown within another.
const DEPTH: usize = 8;

/// As deep is the type of a list's items spelled out.
const TYPE_DEPTH: usize = 4;

/// As many alternatives are named in a type.
const CHOICES: usize = 3;

/// As many characters of a value are shown among the fields.
const VALUE: usize = 60;

/// The named schemas, which have a place of their own at the end of the page.
pub(super) struct Objects<'a> {
    ids: BTreeMap<&'a str, String>,
    /// Those with a link to them, in the order of the first.
    linked: Vec<&'a str>,
    known: BTreeSet<&'a str>,
}

impl<'a> Objects<'a> {
    pub(super) fn new(document: Document<'a>, ids: &mut Ids) -> Self {
        let names = document.components("schemas").map(|(name, _)| name);
        let ids = names.map(|name| (name, ids.claim(&format!("schema-{name}")))).collect();
        Self { ids, linked: Vec::new(), known: BTreeSet::new() }
    }

    /// The id of a schema that is now linked to.
    fn link(&mut self, name: &'a str) -> Option<&str> {
        let id = self.ids.get(name)?;
        if self.known.insert(name) {
            self.linked.push(name);
        }
        Some(id)
    }

    /// The name and the id of the schema that was linked to as the nth.
    pub(super) fn nth(&self, position: usize) -> Option<(&'a str, String)> {
        let name = self.linked.get(position)?;
        Some((name, self.ids.get(name)?.clone()))
    }
}

/// Writes schemas.
pub(super) struct Fields<'a, 'p> {
    document: Document<'a>,
    html: &'p mut Html,
    objects: &'p mut Objects<'a>,
    /// The named schemas that this is within: what is within itself is linked to.
    inside: Vec<&'a str>,
    /// Those already shown in place: once is enough.
    shown: BTreeSet<&'a str>,
    /// As many fields of named schemas are still shown in place; the others are linked to.
    left: usize,
}

/// What of a schema has fields: itself, or the items of a list or a map of them.
struct Inner<'a> {
    view: View<'a>,
    passed: Vec<&'a str>,
}

impl<'a, 'p> Fields<'a, 'p> {
    pub(super) fn new(
        document: Document<'a>,
        html: &'p mut Html,
        objects: &'p mut Objects<'a>,
        left: usize,
    ) -> Self {
        Self { document, html, objects, inside: Vec::new(), shown: BTreeSet::new(), left }
    }

    /// The type of a body and its fields.
    pub(super) fn body(&mut self, schema: &'a Value) {
        let inner = self.shown_inside(schema);
        add!(self.html, "<p class=\"type\">");
        self.described_type(schema, false, inner.is_none());
        add!(self.html, "</p>");
        self.children(inner);
    }

    /// A named schema: what it is for and its fields, with links to the named schemas in it.
    pub(super) fn named(&mut self, name: &'a str, schema: &'a Value) {
        self.inside.push(name);
        let view = View::new(self.document, schema);
        add!(self.html, "{}", Prose(view.text("description")));
        if matches!(view.kind(), Kind::Object) {
            let inner = self.shown_inside(schema);
            self.children(inner);
        } else {
            self.body(schema);
        }
    }

    /// The type of a field or a parameter, and in small what more there is to say.
    pub(super) fn described_type(&mut self, schema: &'a Value, required: bool, linked: bool) {
        let view = View::new(self.document, schema);
        add!(self.html, "<i>");
        self.kind(&view, linked, 0);
        add!(self.html, "</i>");
        if required {
            add!(self.html, " <b>required</b>");
        }
        let mut facts = facts(&view);
        if let Kind::List(Some(items)) = view.kind() {
            let each = self::facts(&View::new(self.document, items));
            facts.extend(each.into_iter().map(|fact| format!("each {fact}")));
        }
        if !facts.is_empty() {
            add!(self.html, " <small>{}</small>", facts.join(" · "));
        }
    }

    /// The fields to show within a schema; none where it has none, or where they are linked to.
    fn shown_inside(&mut self, schema: &'a Value) -> Option<Inner<'a>> {
        let inner = self.inner(schema, 0)?;
        let again = inner.passed.iter().any(|name| self.inside.contains(name));
        let count = inner.view.properties().len() + inner.view.variants.len();
        if again || self.inside.len() > DEPTH {
            return None;
        }
        if let Some(name) = inner.view.name {
            if count > self.left || !self.shown.insert(name) {
                return None;
            }
            self.left -= count;
        }
        Some(inner)
    }

    fn inner(&self, schema: &'a Value, depth: usize) -> Option<Inner<'a>> {
        let mut passed = Vec::new();
        let mut schema = schema;
        for depth in depth..DEPTH {
            let view = View::new(self.document, schema);
            passed.extend(&view.passed);
            match view.kind() {
                Kind::List(Some(items)) | Kind::Mapping(items) => schema = items,
                Kind::Object if view.properties().is_empty() => return None,
                Kind::Object | Kind::Choice => return Some(Inner { view, passed }),
                Kind::Tuple(places) => {
                    let has_fields = places.into_iter().any(|place| self.inner(place, depth + 1).is_some());
                    return has_fields.then_some(Inner { view, passed });
                }
                _ => return None,
            }
        }
        None
    }

    fn children(&mut self, inner: Option<Inner<'a>>) {
        let Some(Inner { view, passed }) = inner else { return };
        let depth = self.inside.len();
        self.inside.extend(passed);
        add!(self.html, "<ul class=\"fields\">");
        match view.kind() {
            Kind::Tuple(places) => places.into_iter().for_each(|place| self.variant(place)),
            Kind::Choice => view.variants.iter().for_each(|variant| self.variant(variant)),
            _ => {}
        }
        for property in view.properties() {
            self.field(property.name, property.schema, property.required);
        }
        if let Some(others) = view.others().filter(|_| !view.properties().is_empty()) {
            self.field("…", others, false);
        }
        add!(self.html, "</ul>");
        self.inside.truncate(depth);
    }

    fn field(&mut self, name: &str, schema: &'a Value, required: bool) {
        let inner = self.shown_inside(schema);
        add!(self.html, "<li><code>{}</code> ", Text(name));
        self.described_type(schema, required, inner.is_none());
        add!(self.html, "{}", Prose(View::new(self.document, schema).text("description")));
        self.children(inner);
        add!(self.html, "</li>");
    }

    /// One of several schemas: it has no name of its own.
    fn variant(&mut self, schema: &'a Value) {
        let inner = self.shown_inside(schema);
        add!(self.html, "<li>");
        self.described_type(schema, false, inner.is_none());
        add!(self.html, "{}", Prose(View::new(self.document, schema).text("description")));
        self.children(inner);
        add!(self.html, "</li>");
    }

    fn kind(&mut self, view: &View<'a>, linked: bool, depth: usize) {
        match (view.kind(), view.name) {
            (Kind::List(Some(items)), _) => self.of("list of ", items, linked, depth),
            (Kind::List(None), _) => add!(self.html, "list"),
            (Kind::Mapping(values), _) => self.of("map of ", values, linked, depth),
            (Kind::Tuple(places), _) => self.several(&places, ("list: ", ", "), linked, depth),
            (Kind::Object | Kind::Choice, Some(name)) => self.name(name, linked),
            (Kind::Object, None) => add!(self.html, "object"),
            (Kind::Choice, None) if view.variants.len() <= CHOICES => {
                self.several(&view.variants, ("", " or "), linked, depth);
            }
            (Kind::Choice, None) => add!(self.html, "one of several"),
            (Kind::Scalar(types), _) => {
                add!(self.html, "{}", Text(&types.join(" or ")));
                let format = view.text("format");
                if !format.is_empty() {
                    add!(self.html, " ({})", Text(format));
                }
            }
            (Kind::Any, _) => add!(self.html, "anything"),
        }
        if view.nullable {
            add!(self.html, " or null");
        }
    }

    fn of(&mut self, prefix: &str, schema: &'a Value, linked: bool, depth: usize) {
        add!(self.html, "{prefix}");
        if depth < TYPE_DEPTH {
            let view = View::new(self.document, schema);
            self.kind(&view, linked, depth + 1);
        }
    }

    fn several(&mut self, schemas: &[&'a Value], around: (&str, &str), linked: bool, depth: usize) {
        let (mut before, between) = around;
        for schema in schemas {
            self.of(before, schema, linked, depth);
            before = between;
        }
    }

    fn name(&mut self, name: &'a str, linked: bool) {
        let id = if linked { self.objects.link(name) } else { None };
        match id {
            Some(id) => add!(self.html, "<a href=\"#{}\">{}</a>", Attribute(id), Text(name)),
            None => add!(self.html, "{}", Text(name)),
        }
    }
}

/// What a schema says besides its type, each in a few words.
pub(super) fn facts(view: &View<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    let values = view.values();
    match values[..] {
        [] => {}
        [value] => facts.push(format!("always {}", code(value))),
        _ => {
            let values: Vec<String> = values.iter().map(|value| code(value)).collect();
            facts.push(format!("one of {}", values.join(", ")));
        }
    }
    facts.extend(view.preset().map(|value| format!("default {}", code(value))));
    facts.extend(range(view, ["minimum", "maximum"], ""));
    facts.extend(bound(view, "exclusiveMinimum").map(|least| format!("more than {least}")));
    facts.extend(bound(view, "exclusiveMaximum").map(|most| format!("less than {most}")));
    facts.extend(bound(view, "multipleOf").map(|step| format!("a multiple of {step}")));
    facts.extend(range(view, ["minLength", "maxLength"], " characters"));
    facts.extend(range(view, ["minItems", "maxItems"], " items"));
    if view.flag("uniqueItems") {
        facts.push("no item twice".to_owned());
    }
    let pattern = view.text("pattern");
    if !pattern.is_empty() {
        facts.push(format!("pattern <code>{}</code>", Text(pattern)));
    }
    let told = [("readOnly", "read-only"), ("writeOnly", "write-only"), ("deprecated", "deprecated")];
    let told = told.into_iter().filter(|(keyword, _)| view.flag(keyword));
    facts.extend(told.map(|(_, words)| words.to_owned()));
    let example = view.example().filter(|value| !value.is_object() && !value.is_array() && values.is_empty());
    facts.extend(example.map(|value| format!("such as {}", code(value))));
    facts
}

fn range(view: &View<'_>, [least, most]: [&str; 2], unit: &str) -> Option<String> {
    match (bound(view, least), bound(view, most)) {
        (Some(least), Some(most)) if least == most => Some(format!("exactly {least}{unit}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, Some(most)) => Some(format!("at most {most}{unit}")),
        (None, None) => None,
    }
}

fn bound<'a>(view: &View<'a>, keyword: &str) -> Option<&'a Number> {
    view.keyword(keyword).and_then(Value::as_number)
}

fn code(value: &Value) -> String {
    let text = match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        _ => value.to_string(),
    };
    let mut shown: String = text.chars().take(VALUE).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("<code>{}</code>", Text(&shown))
}
