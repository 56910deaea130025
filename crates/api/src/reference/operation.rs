//! One operation of the page.

use serde_json::Value;

use super::{
    document::{Document, Operation, Scheme, entries, flag, text},
    example::{self, Example},
    fields::{Fields, Objects},
    html::{Attribute, Html, Line, Path, Prose, Text, add},
    sample::{Call, LANGUAGES, json},
    schema::View,
};

/// How much is shown of each operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// As many fields of named schemas are shown in place for one answer, thrice as many for a request; the others
    /// are a link away.
    pub(super) fields: usize,
    /// As many values of an object are made up where the document gives no example.
    pub(super) values: usize,
}

/// Writes operations.
pub(super) struct Writer<'a, 'p> {
    pub(super) document: Document<'a>,
    pub(super) html: &'p mut Html,
    pub(super) objects: &'p mut Objects<'a>,
    pub(super) detail: Detail,
}

/// An answer and where its fields are.
struct Answer<'a> {
    status: &'a str,
    value: &'a Value,
    content: Vec<(&'a str, &'a Value)>,
}

impl<'a> Answer<'a> {
    /// The schema of its body.
    fn schema(&self) -> Option<&'a Value> {
        self.content.first().and_then(|(_, value)| value.get("schema"))
    }

    /// Whether it is a failure that says what the others say: nothing, or one named schema.
    fn is_usual(&self) -> bool {
        let says_no_more = |value: &Value| ["example", "examples"].iter().all(|key| value.get(key).is_none());
        let name = self.schema().and_then(|schema| schema.get("$ref"));
        self.status.starts_with(['4', '5'])
            && self.value.get("headers").is_none()
            && self
                .content
                .iter()
                .all(|(_, value)| says_no_more(value) && value.get("schema") == self.schema())
            && (self.content.is_empty() || name.is_some())
    }
}

impl<'a> Writer<'a, '_> {
    /// The whole operation, folded up. What is unfolded has the id, so that a link to it unfolds it.
    pub(super) fn write(&mut self, operation: &Operation<'a>, id: &str) {
        let value = operation.value;
        add!(self.html, "<article class=\"operation\"><details><summary><h3>");
        add!(self.html, "{} ", method(operation.method));
        add!(self.html, "<code class=\"path\">{}</code>", Path(operation.path));
        add!(self.html, " <span class=\"summary\">{}", Line(operation.summary()));
        if flag(value, "deprecated") {
            add!(self.html, " <b class=\"deprecated\">deprecated</b>");
        }
        add!(
            self.html,
            "</span></h3></summary><div class=\"inside\" id=\"{}\"><div class=\"told\">",
            Attribute(id)
        );
        add!(self.html, "{}", Prose(text(value, "description")));
        self.terms(operation, id);
        self.parameters(&operation.parameters);
        self.body(value);
        self.answers(value);
        add!(self.html, "</div>");
        self.samples(operation);
        add!(self.html, "</div></details></article>\n");
    }

    /// Its name, and who may ask for it.
    fn terms(&mut self, operation: &Operation<'a>, id: &str) {
        let value = operation.value;
        let ways = self.document.ways_in(value);
        add!(self.html, "<dl class=\"terms\">");
        match value.get("x-swage-permission") {
            Some(Value::String(permission)) => {
                add!(self.html, "<dt>Permission</dt><dd><code>{}</code></dd>", Text(permission));
            }
            Some(_) => add!(self.html, "<dt>Permission</dt><dd>none needed</dd>"),
            None => {}
        }
        let access = text(value, "x-swage-access");
        if !access.is_empty() {
            add!(self.html, "<dt>Access</dt><dd>{}</dd>", Text(access));
        }
        add!(self.html, "<dt>Authentication</dt><dd>");
        if ways.is_empty() {
            add!(self.html, "none");
        } else {
            let names = |way: &Vec<Scheme<'_>>| way.iter().map(|s| s.name).collect::<Vec<_>>().join(" with ");
            let names: Vec<String> = ways.iter().map(names).collect();
            add!(self.html, "<a href=\"#authenticate\">{}</a>", Text(&names.join(", ")));
        }
        add!(self.html, "</dd><dt>Operation</dt><dd>");
        add!(
            self.html,
            "<a href=\"#{}\"><code>{}</code></a></dd></dl>",
            Attribute(id),
            Text(&operation.id())
        );
    }

    fn parameters(&mut self, parameters: &[&'a Value]) {
        if parameters.is_empty() {
            return;
        }
        add!(self.html, "<h4>Parameters</h4><table><thead><tr>");
        for title in ["Name", "In", "Type", "Required", "Description"] {
            add!(self.html, "<th scope=\"col\">{title}</th>");
        }
        add!(self.html, "</tr></thead><tbody>");
        for parameter in parameters {
            let required = flag(parameter, "required");
            add!(self.html, "<tr><th scope=\"row\"><code>{}</code></th>", Text(text(parameter, "name")));
            add!(self.html, "<td>{}</td><td>", Text(text(parameter, "in")));
            let schema = parameter.get("schema");
            if let Some(schema) = schema {
                self.fields(0).described_type(schema, false, true);
            }
            add!(
                self.html,
                "</td><td{}</td><td>",
                if required { "><b>required</b>" } else { " class=\"no\">no" }
            );
            if flag(parameter, "deprecated") {
                add!(self.html, "<b class=\"deprecated\">deprecated</b> ");
            }
            let told = match text(parameter, "description") {
                "" => schema.map_or("", |schema| View::new(self.document, schema).text("description")),
                told => told,
            };
            add!(self.html, "{}</td></tr>", Prose(told));
        }
        add!(self.html, "</tbody></table>");
    }

    fn body(&mut self, operation: &'a Value) {
        let Some(body) = operation.get("requestBody").map(|body| self.document.resolve(body)) else { return };
        add!(self.html, "<h4>Request body");
        if flag(body, "required") {
            add!(self.html, " <b>required</b>");
        }
        add!(self.html, "</h4>{}", Prose(text(body, "description")));
        for (media, value) in entries(body.get("content")) {
            self.media(media);
            if let Some(schema) = value.get("schema") {
                self.fields(self.detail.fields * 3).body(schema);
            }
            self.examples(&example::of_body(self.document, value, self.detail.values));
        }
    }

    /// The media type, unless it is the usual one.
    fn media(&mut self, media: &str) {
        if media != "application/json" {
            add!(self.html, "<p class=\"media\"><code>{}</code></p>", Text(media));
        }
    }

    fn examples(&mut self, examples: &[Example<'a>]) {
        for example in examples {
            add!(self.html, "<details class=\"example\"><summary>Example");
            if !example.title.is_empty() {
                add!(self.html, ": {}", Line(example.title));
            }
            let shown = match &example.value {
                Value::String(text) => text.clone(),
                value => json(value, ""),
            };
            add!(self.html, "</summary><pre><code>{}</code></pre></details>", Text(&shown));
        }
    }

    /// The answers: those with fields one by one, the failures that are alike together.
    fn answers(&mut self, operation: &'a Value) {
        let answers: Vec<Answer<'a>> = entries(operation.get("responses"))
            .map(|(status, value)| {
                let value = self.document.resolve(value);
                Answer { status, value, content: entries(value.get("content")).collect() }
            })
            .collect();
        if answers.is_empty() {
            return;
        }
        add!(self.html, "<h4>Responses</h4>");
        let (failures, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(Answer::is_usual);
        for answer in &others {
            self.answer(answer);
        }
        self.failures(&failures);
    }

    fn failures(&mut self, failures: &[Answer<'a>]) {
        let mut left: Vec<&Answer<'a>> = failures.iter().collect();
        while let Some(schema) = left.first().map(|first| first.schema()) {
            let (alike, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|other| other.schema() == schema);
            add!(self.html, "<div class=\"failures\"><ul>");
            for answer in &alike {
                let told = Line(text(answer.value, "description"));
                add!(self.html, "<li><b>{}</b> {told}</li>", Text(answer.status));
            }
            add!(self.html, "</ul>");
            if let Some(schema) = schema {
                add!(self.html, "<p>Answered with ");
                self.fields(0).described_type(schema, false, true);
                add!(self.html, "</p>");
            }
            add!(self.html, "</div>");
            left = others;
        }
    }

    fn answer(&mut self, answer: &Answer<'a>) {
        let class = match answer.status.chars().next() {
            Some('2' | '3') => "good",
            _ => "bad",
        };
        let headers: Vec<_> = entries(answer.value.get("headers")).collect();
        let told = text(answer.value, "description");
        let has_more = !answer.content.is_empty() || !headers.is_empty();
        let (open, close) = match (has_more, class) {
            (false, _) => ("<div class=\"answer\"><p class=\"status\">", "</p></div>"),
            (true, "good") => ("<details class=\"answer\" open><summary class=\"status\">", "</details>"),
            (true, _) => ("<details class=\"answer\"><summary class=\"status\">", "</details>"),
        };
        add!(self.html, "{open}<b class=\"{class}\">{}</b> {}", Text(answer.status), Line(told));
        if has_more {
            add!(self.html, "</summary>");
            self.headers(&headers);
            let left = if class == "good" { self.detail.fields } else { 0 };
            let mut previous = None;
            for (media, value) in &answer.content {
                self.media(media);
                let schema = value.get("schema");
                if let Some(schema) = schema.filter(|_| schema != previous) {
                    self.fields(left).body(schema);
                }
                previous = schema;
                self.examples(&example::given(self.document, value));
            }
        }
        add!(self.html, "{close}");
    }

    fn headers(&mut self, headers: &[(&'a str, &'a Value)]) {
        if headers.is_empty() {
            return;
        }
        add!(self.html, "<p class=\"media\">Headers</p><ul class=\"fields\">");
        for (name, header) in headers {
            let header = self.document.resolve(header);
            add!(self.html, "<li><code>{}</code> ", Text(name));
            if let Some(schema) = header.get("schema") {
                self.fields(0).described_type(schema, false, true);
            }
            add!(self.html, "{}</li>", Prose(text(header, "description")));
        }
        add!(self.html, "</ul>");
    }

    fn fields(&mut self, left: usize) -> Fields<'a, '_> {
        Fields::new(self.document, self.html, self.objects, left)
    }

    /// The samples, all but one hidden by the choice at the top of the page. Its buttons are repeated here for the
    /// mouse; the keyboard has them at the top.
    fn samples(&mut self, operation: &Operation<'a>) {
        let call = Call::new(self.document, operation, self.detail.values);
        add!(self.html, "<div class=\"samples\"><h4>Sample</h4><div class=\"tabs\" aria-hidden=\"true\">");
        for language in LANGUAGES {
            let (id, name) = (language.id, language.name);
            add!(self.html, "<label class=\"to-{id}\" for=\"in-{id}\">{name}</label>");
        }
        add!(self.html, "</div>");
        for language in LANGUAGES {
            add!(
                self.html,
                "<pre class=\"in-{}\"><code>{}</code></pre>",
                language.id,
                Text(&(language.write)(&call))
            );
        }
        add!(self.html, "</div>");
    }
}

/// The badge of a method.
pub(super) fn method(method: &'static str) -> String {
    format!("<b class=\"method {method}\">{}</b>", method.to_uppercase())
}
