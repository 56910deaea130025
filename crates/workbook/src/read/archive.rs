//! The zip archive that a workbook is.
//!
//! Read by ourselves rather than by a library for all archives, since what the table of contents
//! claims has to be limited before it is taken in, and believed nowhere.

use std::io::{BufReader, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use crate::{Refusal, limits};

/// The length of the record that ends an archive, without its comment, and the longest comment.
const END: u64 = 22;
const COMMENT: u64 = 65_535;

/// An archive whose table of contents has been read and found sound.
pub struct Archive<R> {
    source: R,
    entries: Vec<Entry>,
}

/// A file in the archive.
pub struct Entry {
    pub name: String,
    deflated: bool,
    crc: u32,
    packed: u64,
    unpacked: u64,
    offset: u64,
}

impl<R: Read + Seek + Send> Archive<R> {
    pub fn open(mut source: R) -> Result<Self, Refusal> {
        let (count, offset, length) = end(&mut source)?;
        if count > limits::ENTRIES || length > limits::DIRECTORY_BYTES {
            return Err(Refusal::TooManyEntries);
        }
        source.seek(SeekFrom::Start(offset))?;
        let mut directory = Vec::new();
        source.by_ref().take(length).read_to_end(&mut directory)?;
        let mut rest = Bytes(&directory);
        let mut entries = Vec::<Entry>::new();
        for _ in 0..count {
            let entry = Entry::read(&mut rest).ok_or(Refusal::Archive("its table of contents is cut"))??;
            if entries.iter().any(|other| other.name.eq_ignore_ascii_case(&entry.name)) {
                return Err(Refusal::BadName(entry.name));
            }
            entries.push(entry);
        }
        check(&entries, offset)?;
        Ok(Self { source, entries })
    }

    /// Unpacks an entry. Reading fails as soon as it gives more than it should.
    pub fn read(&mut self, entry: usize) -> Result<Unpacked<'_>, Refusal> {
        let Self { source, entries } = self;
        let entry = &entries[entry];
        source.seek(SeekFrom::Start(entry.offset))?;
        let mut head = [0; 30];
        source.read_exact(&mut head).map_err(|_| Refusal::Archive("a file in it is cut"))?;
        let mut bytes = Bytes(&head);
        let signature = bytes.u32();
        bytes.skip(22);
        let (Some(0x0403_4b50), Some(name), Some(extra)) = (signature, bytes.u16(), bytes.u16()) else {
            return Err(Refusal::Lies(entry.name.clone()));
        };
        source.seek(SeekFrom::Current(i64::from(name) + i64::from(extra)))?;
        let packed = BufReader::new(source.take(entry.packed));
        let inner: Box<dyn Read + Send> =
            if entry.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
        Ok(Unpacked { inner, entry, left: entry.unpacked, crc: crc32fast::Hasher::new() })
    }
}

impl<R> Archive<R> {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The place of the entry of this name, in any case, as Excel looks it up.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name.eq_ignore_ascii_case(name))
    }
}

/// An entry being unpacked.
pub struct Unpacked<'a> {
    inner: Box<dyn Read + Send + 'a>,
    entry: &'a Entry,
    left: u64,
    crc: crc32fast::Hasher,
}

impl Unpacked<'_> {
    pub fn name(&self) -> &str {
        &self.entry.name
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let lies = || std::io::Error::from(Refusal::Lies(self.entry.name.clone()));
        // What breaks here is the packed stream, not the disk: the whole file was read before.
        let count = self.inner.read(buffer).map_err(|_| lies())?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(lies)?;
        self.crc.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() {
            let whole = self.left == 0 && self.crc.clone().finalize() == self.entry.crc;
            return if whole { Ok(0) } else { Err(lies()) };
        }
        Ok(count)
    }
}

impl Entry {
    /// `None` if the table ends too early.
    fn read(bytes: &mut Bytes<'_>) -> Option<Result<Self, Refusal>> {
        if bytes.u32()? != 0x0201_4b50 {
            return Some(Err(Refusal::Archive("its table of contents is damaged")));
        }
        bytes.skip(4);
        let (flags, method) = (bytes.u16()?, bytes.u16()?);
        bytes.skip(4);
        let crc = bytes.u32()?;
        let (packed, unpacked) = (bytes.u32()?, bytes.u32()?);
        let (name, extra, comment) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
        bytes.skip(8);
        let offset = bytes.u32()?;
        let name = String::from_utf8_lossy(bytes.take(name)?).into_owned();
        let mut extra = Bytes(bytes.take(extra)?);
        bytes.take(comment)?;
        let mut wide = extra.wide();
        let mut widened = |narrow: u32| match narrow {
            u32::MAX => wide.as_mut()?.u64(),
            narrow => Some(u64::from(narrow)),
        };
        let (Some(unpacked), Some(packed), Some(offset)) =
            (widened(unpacked), widened(packed), widened(offset))
        else {
            return Some(Err(Refusal::Lies(name)));
        };
        let entry = Self { deflated: method == 8, crc, packed, unpacked, offset, name };
        Some(entry.checked(flags, method))
    }

    fn checked(self, flags: u16, method: u16) -> Result<Self, Refusal> {
        if !is_sound(&self.name) {
            return Err(Refusal::BadName(self.name));
        }
        if flags & 1 != 0 {
            return Err(Refusal::EntryEncrypted(self.name));
        }
        if method != 0 && method != 8 {
            return Err(Refusal::Archive("a file in it is packed in a way that workbooks do not use"));
        }
        if self.unpacked > limits::ENTRY_BYTES {
            return Err(Refusal::EntryTooLarge(self.name));
        }
        if self.unpacked > limits::RATIO_FREE_BYTES && self.unpacked / limits::RATIO > self.packed {
            return Err(Refusal::Bomb(self.name));
        }
        Ok(self)
    }
}

/// What must hold of all entries together; `room` is the bytes before the table of contents.
fn check(entries: &[Entry], room: u64) -> Result<(), Refusal> {
    // Each is at most `ENTRY_BYTES`, and there are at most `ENTRIES` of them.
    if entries.iter().map(|entry| entry.unpacked).sum::<u64>() > limits::TOTAL_BYTES {
        return Err(Refusal::TotalTooLarge);
    }
    // Entries that share their bytes unpack to far more than their sizes let expect.
    let mut next = 0;
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by_key(|entry| entry.offset);
    for entry in sorted {
        let end = entry.offset.checked_add(entry.packed).filter(|end| *end <= room);
        let Some(end) = end.filter(|_| entry.offset >= next) else {
            return Err(Refusal::Lies(entry.name.clone()));
        };
        next = end;
    }
    Ok(())
}

/// How many entries there are, and where their table lies: its offset and length.
fn end<R: Read + Seek>(source: &mut R) -> Result<(usize, u64, u64), Refusal> {
    let size = source.seek(SeekFrom::End(0))?;
    let from = size.saturating_sub(END + COMMENT);
    source.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    source.by_ref().take(END + COMMENT).read_to_end(&mut tail)?;
    let starts = (0..=tail.len().checked_sub(22).ok_or(Refusal::Archive("it is cut"))?).rev();
    for start in starts {
        let mut bytes = Bytes(&tail[start..]);
        if bytes.u32() != Some(0x0605_4b50) {
            continue;
        }
        bytes.skip(6);
        let (Some(count), Some(length), Some(offset), Some(comment)) =
            (bytes.u16(), bytes.u32(), bytes.u32(), bytes.u16())
        else {
            break;
        };
        let table = u64::from(offset) + u64::from(length);
        if usize::from(comment) != bytes.0.len() || table > from + start as u64 {
            break;
        }
        return Ok((usize::from(count), offset.into(), length.into()));
    }
    Err(Refusal::Archive("its table of contents is missing"))
}

/// Whether a name stays inside the archive and is one.
fn is_sound(name: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | char::REPLACEMENT_CHARACTER);
    !name.is_empty()
        && name.len() <= 255
        && !name.contains(odd)
        && !name.split('/').any(|part| part == ".." || part == ".")
        && !name.starts_with('/')
}

/// Numbers out of bytes, the low byte first.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn take(&mut self, count: u16) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count.into())?;
        self.0 = rest;
        Some(taken)
    }

    /// To the end if there are fewer.
    fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    /// Of an entry's extra fields, the one with the sizes that need more than 32 bits.
    fn wide(&mut self) -> Option<Bytes<'a>> {
        loop {
            let (id, length) = (self.u16()?, self.u16()?);
            let field = self.take(length)?;
            if id == 1 {
                return Some(Bytes(field));
            }
        }
    }
}
