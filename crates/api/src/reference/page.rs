//! The page around the operations.

use super::{
    document::{Document, Group, Scheme, entries, text},
    fields::{Fields, Objects},
    html::{Attribute, Html, Ids, Line, Path, Prose, Text, add},
    operation::{Detail, Writer, method},
    sample::{LANGUAGES, host},
};

/// A page of no more bytes than this is light.
const LIGHT: usize = 1_500_000;

/// The most detail comes first; the page has the first with which it is light.
const DETAILS: [Detail; 6] = [
    Detail { fields: 60, values: 8 },
    Detail { fields: 30, values: 6 },
    Detail { fields: 15, values: 6 },
    Detail { fields: 8, values: 5 },
    Detail { fields: 4, values: 4 },
    Detail { fields: 0, values: 2 },
];

/// A side list of no more operations than this is unfolded at the start.
const UNFOLDED: usize = 30;

/// Ids that the page itself uses.
const OWN_IDS: [&str; 6] = ["top", "authenticate", "contents", "operations", "objects", "languages"];

/// The whole page.
pub(super) fn write(document: Document<'_>) -> String {
    let mut page = String::new();
    for detail in DETAILS {
        page = write_with(document, detail);
        if page.len() <= LIGHT {
            break;
        }
    }
    page
}

fn write_with(document: Document<'_>, detail: Detail) -> String {
    let mut ids = Ids::default();
    for id in OWN_IDS {
        ids.claim(id);
    }
    for language in LANGUAGES {
        ids.claim(&format!("in-{}", language.id));
    }
    let mut objects = Objects::new(document, &mut ids);
    let groups = document.groups().into_iter().map(|group| Placed::new(group, &mut ids));
    let groups: Vec<Placed<'_>> = groups.collect();
    let mut html = Html::default();
    head(&mut html, document);
    bar(&mut html, document);
    add!(html, "<main>\n");
    intro(&mut html, document);
    contents(&mut html, &groups);
    add!(html, "<div class=\"operations\" id=\"operations\">\n");
    let mut writer = Writer { document, html: &mut html, objects: &mut objects, detail };
    operations(&mut writer, &groups);
    named(&mut html, document, &mut objects);
    add!(html, "</div>\n</main>\n</body>\n</html>\n");
    html.finish()
}

/// A group with the ids of its parts.
struct Placed<'a> {
    group: Group<'a>,
    id: String,
    ids: Vec<String>,
}

impl<'a> Placed<'a> {
    fn new(group: Group<'a>, ids: &mut Ids) -> Self {
        let id = ids.claim(&format!("tag-{}", group.name));
        let of_operations = group.operations.iter().map(|operation| ids.claim(&operation.id())).collect();
        Self { group, id, ids: of_operations }
    }
}

fn head(html: &mut Html, document: Document<'_>) {
    let title = document.info("title");
    add!(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    add!(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    add!(html, "<meta name=\"color-scheme\" content=\"light dark\">\n");
    add!(html, "<title>{} {}</title>\n", Text(title), Text(document.info("version")));
    add!(
        html,
        "<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/api/docs/style.css\">\n"
    );
    add!(html, "</head>\n<body id=\"top\">\n");
}

/// The bar that stays in sight: the way back to the contents, and the language of every sample.
fn bar(html: &mut Html, document: Document<'_>) {
    add!(html, "<header class=\"bar\"><a class=\"skip\" href=\"#operations\">Skip to the operations</a>");
    add!(html, "<a class=\"home\" href=\"#top\">{}</a>", Text(document.info("title")));
    add!(html, "<a class=\"up\" href=\"#contents\">Contents</a>");
    add!(html, "<fieldset id=\"languages\"><legend>Language of the samples</legend>");
    for (at, language) in LANGUAGES.iter().enumerate() {
        let (id, name) = (language.id, language.name);
        let checked = if at == 0 { " checked" } else { "" };
        // The samples have labels for it too, so its name is said once here.
        add!(html, "<input type=\"radio\" name=\"language\" id=\"in-{id}\" aria-label=\"{name}\"{checked}>");
        add!(html, "<label for=\"in-{id}\">{name}</label>");
    }
    add!(html, "</fieldset></header>\n");
}

fn intro(html: &mut Html, document: Document<'_>) {
    add!(html, "<div class=\"intro\"><h1>{}", Text(document.info("title")));
    let version = document.info("version");
    if !version.is_empty() {
        add!(html, " <small>version {}</small>", Text(version));
    }
    add!(html, "</h1>\n{}\n", Prose(document.info("description")));
    add!(html, "<p>For programs: <a href=\"/api/openapi.json\">the same as an OpenAPI document</a>.</p>\n");
    let schemes = document.schemes();
    if !schemes.is_empty() {
        add!(
            html,
            "<section aria-labelledby=\"authenticate\"><h2 id=\"authenticate\">How to authenticate</h2>"
        );
        add!(html, "<p>Each operation names what it accepts; one of them is enough. ");
        add!(html, "In samples, <code>{}</code> stands for where the API is.</p>", Text(&host(document)));
        add!(html, "<dl class=\"schemes\">");
        for scheme in &schemes {
            self::scheme(html, scheme);
        }
        add!(html, "</dl></section>\n");
    }
    add!(html, "</div>\n");
}

fn scheme(html: &mut Html, scheme: &Scheme<'_>) {
    add!(html, "<dt><code>{}</code></dt><dd>", Text(scheme.name));
    match (scheme.credential(), text(scheme.value, "in")) {
        (Some(sent), "cookie") => {
            let name = sent.prefix.trim_end_matches('=');
            add!(html, "<p>The cookie <code>{}</code>, which a browser sends by itself.</p>", Text(name));
        }
        (Some(sent), _) => {
            let what = match sent.variable {
                "TOKEN" => "token",
                "API_KEY" => "key",
                _ => "credentials",
            };
            let line = format!("{}: {}", sent.header, sent.prefix);
            add!(html, "<p>Send the header <code>{}<var>{what}</var></code>. ", Text(&line));
            add!(html, "Samples read it from the variable <code>{}</code>.</p>", sent.variable);
        }
        (None, _) => add!(html, "<p>{}</p>", Text(text(scheme.value, "type"))),
    }
    for (_, flow) in entries(scheme.value.get("flows")) {
        for key in ["authorizationUrl", "tokenUrl"] {
            let address = text(flow, key);
            if !address.is_empty() {
                add!(html, "<p><code>{}</code></p>", Text(address));
            }
        }
    }
    add!(html, "{}</dd>", Prose(text(scheme.value, "description")));
}

/// The side list of every operation.
fn contents(html: &mut Html, groups: &[Placed<'_>]) {
    let count: usize = groups.iter().map(|placed| placed.ids.len()).sum();
    let open = if count <= UNFOLDED { " open" } else { "" };
    add!(html, "<nav id=\"contents\" aria-label=\"Operations\">\n");
    for Placed { group, ids, .. } in groups {
        add!(html, "<details{open}><summary>{} <small>{}</small></summary><ul>", Text(group.name), ids.len());
        for (operation, id) in group.operations.iter().zip(ids) {
            let summary = match operation.summary() {
                "" => operation.path,
                summary => summary,
            };
            add!(html, "<li><a href=\"#{}\">{}", Attribute(id), Line(summary));
            add!(
                html,
                "<span>{} <code>{}</code></span></a></li>",
                method(operation.method),
                Path(operation.path)
            );
        }
        add!(html, "</ul></details>\n");
    }
    add!(html, "</nav>\n");
}

fn operations<'a>(writer: &mut Writer<'a, '_>, groups: &[Placed<'a>]) {
    for Placed { group, id, ids } in groups {
        let id = Attribute(id);
        add!(writer.html, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{}</h2>", Text(group.name));
        add!(writer.html, "{}\n", Prose(group.description));
        for (operation, id) in group.operations.iter().zip(ids) {
            writer.write(operation, id);
        }
        add!(writer.html, "</section>\n");
    }
}

/// The named schemas that something links to.
fn named<'a>(html: &mut Html, document: Document<'a>, objects: &mut Objects<'a>) {
    let mut position = 0;
    while let Some((name, id)) = objects.nth(position) {
        if position == 0 {
            add!(html, "<section aria-labelledby=\"objects\"><h2 id=\"objects\">Objects</h2>\n");
        }
        position += 1;
        let schema =
            document.components("schemas").find(|(other, _)| *other == name).map(|(_, schema)| schema);
        let Some(schema) = schema else { continue };
        add!(html, "<article class=\"operation object\"><details><summary><h3>{}</h3></summary>", Text(name));
        add!(html, "<div class=\"inside\" id=\"{}\"><div class=\"told\">", Attribute(&id));
        Fields::new(document, html, objects, 0).named(name, schema);
        add!(html, "</div></div></details></article>\n");
    }
    if position > 0 {
        add!(html, "</section>\n");
    }
}
