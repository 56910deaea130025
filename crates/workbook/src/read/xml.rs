//! XML as a stream of events, of which none can be long, deep, or define anything.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::archive::Unpacked;
use crate::{Refusal, limits};

/// Reads the events of an entry.
pub struct Xml<'a> {
    reader: Reader<Gate<'a>>,
    buffer: Vec<u8>,
    name: String,
    depth: usize,
}

impl<'a> Xml<'a> {
    pub fn new(entry: Unpacked<'a>) -> Self {
        let name = entry.name().to_owned();
        let gate = Gate { inner: BufReader::with_capacity(1 << 16, entry), left: limits::TOKEN_BYTES };
        Self { reader: Reader::from_reader(gate), buffer: Vec::new(), name, depth: 0 }
    }

    /// The next event; [`Event::Eof`] at the end.
    pub fn next(&mut self) -> Result<Event<'_>, Refusal> {
        self.buffer.clear();
        let gate = self.reader.get_mut();
        gate.left = limits::TOKEN_BYTES;
        let event =
            self.reader.read_event_into(&mut self.buffer).map_err(|error| refused(&self.name, &error))?;
        match event {
            Event::DocType(_) => Err(Refusal::Doctype(self.name.clone())),
            Event::Start(_) if self.depth == limits::DEPTH => {
                Err(Refusal::Xml(self.name.clone(), "its elements lie too deep".into()))
            }
            Event::Start(_) => {
                self.depth += 1;
                Ok(event)
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(event)
            }
            // An entry that ends inside an element is cut.
            Event::Eof if self.depth > 0 => Err(Refusal::Xml(self.name.clone(), "it is cut".into())),
            event => Ok(event),
        }
    }

    /// This entry is not what it should be.
    pub fn wrong(&self, what: impl Into<String>) -> Refusal {
        Refusal::Xml(self.name.clone(), what.into())
    }
}

/// An attribute by its local name, if it is there and can be read.
pub fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok()
}

/// The character that `&…;` stands for; no others than XML's own are known.
pub fn referred(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        Ok(None) => resolve_predefined_entity(reference).map(str::to_owned),
        Err(_) => None,
    }
}

fn refused(name: &str, error: &quick_xml::Error) -> Refusal {
    let inner = match error {
        quick_xml::Error::Io(io) => io.get_ref().and_then(|inner| inner.downcast_ref::<Refusal>()),
        _ => None,
    };
    match inner {
        Some(Refusal::TokenTooLong(_)) => Refusal::TokenTooLong(name.to_owned()),
        Some(refusal) => refusal.clone(),
        None => Refusal::Xml(name.to_owned(), error.to_string()),
    }
}

/// Lets through no more than `left` bytes, which is set anew for each event.
struct Gate<'a> {
    inner: BufReader<Unpacked<'a>>,
    left: usize,
}

impl BufRead for Gate<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(Refusal::TokenTooLong(String::new()).into());
        }
        let bytes = self.inner.fill_buf()?;
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}

impl Read for Gate<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
