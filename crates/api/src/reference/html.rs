//! Writing HTML so that no text of the document can be taken for markup.

use std::{
    collections::BTreeSet,
    fmt::{self, Display, Formatter, Write as _},
};

/// A page as far as it is written.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Adds markup; whatever comes from the document is wrapped in one of the types below.
    pub(super) fn write(&mut self, part: fmt::Arguments<'_>) {
        // A string takes everything.
        let _ = self.0.write_fmt(part);
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Adds markup to a page, in the manner of `format!`.
macro_rules! add {
    ($html:expr, $($part:tt)+) => { $html.write(format_args!($($part)+)) };
}
pub(super) use add;

/// Text between two tags.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escape(f, self.0, |c| matches!(c, '&' | '<' | '>'))
    }
}

/// Text between the quotes of an attribute.
pub(super) struct Attribute<'a>(pub(super) &'a str);

impl Display for Attribute<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escape(f, self.0, |c| matches!(c, '&' | '<' | '>' | '"' | '\''))
    }
}

fn escape(f: &mut Formatter<'_>, text: &str, is_markup: fn(char) -> bool) -> fmt::Result {
    let is_special = |c: char| is_markup(c) || (c.is_control() && c != '\n' && c != '\t');
    for piece in text.split_inclusive(is_special) {
        let plain = piece.trim_end_matches(is_special);
        f.write_str(plain)?;
        match piece[plain.len()..].chars().next() {
            None => {}
            Some('&') => f.write_str("&amp;")?,
            Some('<') => f.write_str("&lt;")?,
            Some('>') => f.write_str("&gt;")?,
            Some('"') => f.write_str("&quot;")?,
            Some('\'') => f.write_str("&#39;")?,
            // HTML has no way to write a control character.
            Some(_) => f.write_char(char::REPLACEMENT_CHARACTER)?,
        }
    }
    Ok(())
}

/// A line of text with `code` spans.
pub(super) struct Line<'a>(pub(super) &'a str);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, code, after)) = code_span(rest) {
            write!(f, "{}<code>{}</code>", Text(before), Text(code))?;
            rest = after;
        }
        Text(rest).fmt(f)
    }
}

/// What comes before the first code span, the span, and what comes after. A span ends at as many backticks as it
/// starts with.
fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some((start, inner)) = backticks(text, from) {
        let mut next = inner;
        while let Some((end, after)) = backticks(text, next) {
            if after - end == inner - start {
                return Some((&text[..start], text[inner..end].trim(), &text[after..]));
            }
            next = after;
        }
        from = inner;
    }
    None
}

/// Where the first backticks are, and where they end.
fn backticks(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text[from..].find('`')?;
    let end = text[start..].find(|c| c != '`').map_or(text.len(), |length| start + length);
    Some((start, end))
}

/// Paragraphs, parted by blank lines, and lists of lines that start with a dash.
pub(super) struct Prose<'a>(pub(super) &'a str);

enum Block {
    Paragraph(String),
    List(Vec<String>),
}

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for block in blocks(self.0) {
            match block {
                Block::Paragraph(text) => write!(f, "<p>{}</p>", Line(&text))?,
                Block::List(items) => {
                    f.write_str("<ul>")?;
                    items.iter().try_for_each(|item| write!(f, "<li>{}</li>", Line(item)))?;
                    f.write_str("</ul>")?;
                }
            }
        }
        Ok(())
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            match blocks.last_mut() {
                Some(Block::List(items)) => items.push(item.to_owned()),
                _ => blocks.push(Block::List(vec![item.to_owned()])),
            }
        } else if !line.is_empty() {
            match blocks.last_mut().filter(|_| goes_on) {
                Some(Block::Paragraph(text)) => append(text, line),
                Some(Block::List(items)) => items.iter_mut().last().into_iter().for_each(|i| append(i, line)),
                None => blocks.push(Block::Paragraph(line.to_owned())),
            }
        }
        goes_on = !line.is_empty();
    }
    blocks
}

fn append(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line);
}

/// The path of an operation, its parameters standing out.
pub(super) struct Path<'a>(pub(super) &'a str);

impl Display for Path<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.split('/').enumerate() {
            if at > 0 {
                f.write_char('/')?;
            }
            if segment.starts_with('{') {
                write!(f, "<var>{}</var>", Text(segment))?;
            } else {
                Text(segment).fmt(f)?;
            }
        }
        Ok(())
    }
}

/// The ids of a page, each given once.
#[derive(Debug, Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// An id as close to the wanted one as can be: letters, digits, `_`, `.` and `-`, which need no escaping in a
    /// link either.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let words: Vec<&str> = wanted.split(|c| !allowed(c)).filter(|word| !word.is_empty()).collect();
        let base = if words.is_empty() { "unnamed".to_owned() } else { words.join("-") };
        let mut id = base.clone();
        let mut count = 1;
        while !self.0.insert(id.clone()) {
            count += 1;
            id = format!("{base}-{count}");
        }
        id
    }
}
