//! Text in a workbook: the table that cells share, and what stands escaped in it.

use quick_xml::events::Event;

use super::xml::{Xml, referred};
use crate::{Refusal, limits};

/// The texts that cells share, one after the other in one piece of memory.
#[derive(Default)]
pub struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub fn read(mut xml: Xml<'_>) -> Result<Self, Refusal> {
        let mut strings = Self::default();
        let mut text = Text::default();
        loop {
            let event = xml.next()?;
            if matches!(&event, Event::Eof) {
                return Ok(strings);
            }
            let ends = match &event {
                Event::End(element) => element.local_name().into_inner() == "si",
                Event::Empty(element) => element.local_name().into_inner() == "si",
                _ => false,
            };
            match text.take(&event) {
                Ok(()) => {}
                Err(Wrong::TooLong) => return Err(Refusal::SharedTextTooLong(strings.ends.len())),
                Err(Wrong::Entity) => return Err(xml.wrong("it has an entity that XML does not define")),
            }
            if ends {
                strings.push(&text.finish())?;
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), Refusal> {
        if self.ends.len() >= limits::STRINGS || self.text.len() + text.len() > limits::STRINGS_BYTES {
            return Err(Refusal::TooManyStrings);
        }
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| Refusal::TooManyStrings)?);
        Ok(())
    }

    /// A text by its number, from 0.
    pub fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// Gathers the text of a cell, in one piece or in several of different looks.
#[derive(Default)]
pub struct Text {
    raw: String,
    units: usize,
    inside: bool,
    /// How to read a word in another script; not part of the text.
    phonetic: bool,
}

/// What is wrong with a text.
pub enum Wrong {
    TooLong,
    Entity,
}

impl Text {
    /// Takes from an event what it has of the text: what stands in `t`, `v` and `f`.
    pub fn take(&mut self, event: &Event<'_>) -> Result<(), Wrong> {
        match event {
            Event::Start(element) => match element.local_name().into_inner() {
                "rPh" => self.phonetic = true,
                "t" | "v" => self.inside = !self.phonetic,
                _ => self.inside = false,
            },
            Event::End(element) => {
                self.inside = false;
                if element.local_name().into_inner() == "rPh" {
                    self.phonetic = false;
                }
            }
            Event::Text(text) if self.inside => self.push(&text.xml10_content())?,
            Event::CData(text) if self.inside => self.push(&text.xml10_content())?,
            Event::GeneralRef(reference) if self.inside => {
                self.push(&referred(reference).ok_or(Wrong::Entity)?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Wrong> {
        // Seven of an escape are one of the text.
        self.units += text.len();
        if self.units > limits::TEXT * 7 {
            return Err(Wrong::TooLong);
        }
        self.raw.push_str(text);
        Ok(())
    }

    /// The whole text, of which nothing is left.
    pub fn finish(&mut self) -> String {
        self.units = 0;
        (self.inside, self.phonetic) = (false, false);
        unescaped(std::mem::take(&mut self.raw))
    }
}

/// Whether a text has more characters than Excel lets a cell have.
pub fn is_too_long(text: &str) -> bool {
    text.len() > limits::TEXT && text.encode_utf16().count() > limits::TEXT
}

/// Replaces each `_x000D_`, the way Excel writes what XML cannot hold, by its character.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let escaped = rest.get(2..6).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let character = escaped
            .filter(|_| rest[6..].starts_with('_'))
            .and_then(|hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?));
        let length = if let Some(character) = character {
            plain.push(character);
            7
        } else {
            plain.push_str("_x");
            2
        };
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_escapes_are_replaced() {
        let plain = |text: &str| unescaped(text.to_owned());
        assert_eq!(plain("a_x000D_b"), "a\rb");
        assert_eq!(plain("_x005F_x000D_"), "_x000D_");
        for text in ["_x", "_x00", "_x000G_", "_x000D", "_xD800_", "a_xé_", "_x00é_"] {
            assert_eq!(plain(text), text);
        }
    }
}
