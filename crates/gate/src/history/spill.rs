//! Files for what cannot be written down now: entries one after the other,
//! each with its length and a checksum. Read in the order they were written;
//! a file is removed once all of it is in the database.

use std::{
    collections::VecDeque,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::Entry;

const ENDING: &str = "calls";
/// A file that has grown this long gets no more entries.
const FILE_BYTES: u64 = 16 * 1024 * 1024;
/// Length and checksum.
const HEAD: usize = 8;
/// Few calls are longer than this, with all their names.
const LONG_CALL: u64 = 1024;
/// No entry is longer; what says it is, is torn.
const LONGEST: u32 = 64 * 1024;

/// The files, bounded in what they may hold together.
pub struct Spill {
    folder: PathBuf,
    limit: u64,
    /// Oldest first.
    files: VecDeque<Part>,
    /// The last of them, if it is being written.
    writing: Option<File>,
    next: u64,
}

struct Part {
    path: PathBuf,
    bytes: u64,
    /// Up to where its entries are in the database.
    done: u64,
    /// How many calls the others stand for.
    calls: u64,
}

/// The oldest entries that are not in the database yet.
#[derive(Debug, Clone)]
pub struct Unread {
    /// In the order they were written.
    pub entries: Vec<Entry>,
    calls: u64,
    upto: u64,
}

impl Unread {
    fn after(done: u64) -> Self {
        Self { entries: Vec::new(), calls: 0, upto: done }
    }
}

/// What a folder held when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Calls in whole entries.
    pub calls: u64,
    /// Files that end, or break off, with an entry that is not whole.
    pub torn: u64,
}

impl Spill {
    /// Opens the folder, which is made for its owner alone where it is not
    /// there, for files of so many bytes together.
    pub fn open(folder: &Path, limit: u64) -> io::Result<(Self, Found)> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut numbers: Vec<u64> = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let number = stem.and_then(|stem| stem.parse::<u64>().ok());
            if path.extension().is_some_and(|ending| ending == ENDING) {
                numbers.extend(number);
            }
        }
        numbers.sort_unstable();
        let next = numbers.last().map_or(0, |last| last + 1);
        let mut spill =
            Self { folder: folder.to_owned(), limit, files: VecDeque::new(), writing: None, next };
        let mut found = Found { calls: 0, torn: 0 };
        for number in numbers {
            let part = Part { path: spill.path(number), bytes: 0, done: 0, calls: 0 };
            spill.take_in(part, &mut found)?;
        }
        Ok((spill, found))
    }

    /// Takes in a file of an earlier process, as far as its entries are whole.
    fn take_in(&mut self, mut part: Part, found: &mut Found) -> io::Result<()> {
        let whole = read(&part.path, 0, usize::MAX)?;
        part.bytes = whole.upto;
        part.calls = whole.calls;
        found.calls += whole.calls;
        let file = OpenOptions::new().write(true).open(&part.path)?;
        if file.metadata()?.len() > part.bytes {
            found.torn += 1;
            file.set_len(part.bytes)?;
        }
        if part.bytes == 0 {
            return fs::remove_file(&part.path);
        }
        self.files.push_back(part);
        Ok(())
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many calls there is room for at least.
    pub fn room(&self) -> usize {
        usize::try_from(self.free() / LONG_CALL).unwrap_or(usize::MAX)
    }

    fn free(&self) -> u64 {
        self.limit.saturating_sub(self.files.iter().map(|part| part.bytes - part.done).sum())
    }

    /// Appends entries, as many as the bound allows, and waits until they are
    /// on the disk; answers how many those are.
    pub fn append(&mut self, entries: &[Entry]) -> io::Result<usize> {
        let mut bytes = Vec::new();
        let mut count = 0;
        let room = self.free();
        for entry in entries {
            let before = bytes.len();
            put(entry, &mut bytes)?;
            if bytes.len() as u64 > room {
                bytes.truncate(before);
                break;
            }
            count += 1;
        }
        if count > 0 {
            self.write(&bytes, entries[..count].iter().map(Entry::calls).sum())?;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], calls: u64) -> io::Result<()> {
        let is_full = self.files.back().is_some_and(|part| part.bytes >= FILE_BYTES);
        let mut file = match self.writing.take() {
            Some(file) if !is_full => file,
            _ => self.start_file()?,
        };
        let Some(part) = self.files.back_mut() else { return Err(ErrorKind::NotFound.into()) };
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_data()) {
            // Nothing half: the next entries go into another file.
            file.set_len(part.bytes)?;
            return Err(error);
        }
        part.bytes += bytes.len() as u64;
        part.calls += calls;
        self.writing = Some(file);
        Ok(())
    }

    fn start_file(&mut self) -> io::Result<File> {
        let path = self.path(self.next);
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path)?;
        File::open(&self.folder)?.sync_all()?;
        self.next += 1;
        self.files.push_back(Part { path, bytes: 0, done: 0, calls: 0 });
        Ok(file)
    }

    /// The oldest entries, at most so many. They stay until they are forgotten.
    pub fn read(&self, most: usize) -> io::Result<Unread> {
        let Some(part) = self.files.front() else { return Ok(Unread::after(0)) };
        let unread = read(&part.path, part.done, most)?;
        if unread.entries.is_empty() && part.done < part.bytes {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!("{} is damaged", part.path.display()),
            ));
        }
        Ok(unread)
    }

    /// These are in the database.
    pub fn forget(&mut self, read: &Unread) -> io::Result<()> {
        let Some(part) = self.files.front_mut() else { return Ok(()) };
        part.done = read.upto;
        part.calls -= read.calls;
        if part.done < part.bytes {
            return Ok(());
        }
        if self.files.len() == 1 {
            self.writing = None;
        }
        self.files.pop_front().map_or(Ok(()), |part| fs::remove_file(part.path))
    }

    /// Leaves out the oldest file, which cannot be read, and keeps it under
    /// another name; answers how many calls it still held.
    pub fn set_aside(&mut self) -> u64 {
        let Some(part) = self.files.pop_front() else { return 0 };
        if self.files.is_empty() {
            self.writing = None;
        }
        // Where even that cannot be done, it is found again at the next start.
        let _ = fs::rename(&part.path, part.path.with_extension("damaged"));
        part.calls
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:010}.{ENDING}"))
    }
}

/// An entry in its frame.
fn put(entry: &Entry, bytes: &mut Vec<u8>) -> io::Result<()> {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; HEAD]);
    match entry {
        Entry::Call(call) => {
            bytes.push(b'c');
            serde_json::to_writer(&mut *bytes, call)?;
        }
        Entry::Folded(folded) => {
            bytes.push(b'f');
            serde_json::to_writer(&mut *bytes, folded)?;
        }
    }
    let body = &bytes[start + HEAD..];
    let (length, checksum) = (u32::try_from(body.len()).unwrap_or(u32::MAX), crc32fast::hash(body));
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    bytes[start + 4..start + HEAD].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// The whole entries of a file from a place on, at most so many.
fn read(path: &Path, from: u64, most: usize) -> io::Result<Unread> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut file = BufReader::new(file);
    let mut unread = Unread::after(from);
    while unread.entries.len() < most {
        let Some((entry, length)) = next(&mut file)? else { break };
        unread.calls += entry.calls();
        unread.entries.push(entry);
        unread.upto += length;
    }
    Ok(unread)
}

/// The next entry and the length of its frame; `None` where there is no whole one.
fn next(file: &mut impl Read) -> io::Result<Option<(Entry, u64)>> {
    let mut head = [0; HEAD];
    if !filled(file, &mut head)? {
        return Ok(None);
    }
    let [l0, l1, l2, l3, c0, c1, c2, c3] = head;
    let (length, checksum) = (u32::from_le_bytes([l0, l1, l2, l3]), u32::from_le_bytes([c0, c1, c2, c3]));
    if length == 0 || length > LONGEST {
        return Ok(None);
    }
    let mut body = vec![0; length as usize];
    if !filled(file, &mut body)? || crc32fast::hash(&body) != checksum {
        return Ok(None);
    }
    let entry = match body[0] {
        b'c' => serde_json::from_slice(&body[1..]).map(Entry::Call),
        _ => serde_json::from_slice(&body[1..]).map(Entry::Folded),
    };
    Ok(entry.ok().map(|entry| (entry, HEAD as u64 + u64::from(length))))
}

/// Whether there was as much to read as there is room for.
fn filled(file: &mut impl Read, room: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(room) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::{super::Folded, *};

    fn entry(calls: u64) -> Entry {
        Entry::Folded(Folded { minute: Timestamp::from_millis(0), outcome: "unknown".into(), calls })
    }

    fn open(folder: &Path) -> (Spill, Found) {
        Spill::open(folder, 10_000).unwrap()
    }

    fn read_all(spill: &mut Spill) -> Vec<Entry> {
        let mut entries = Vec::new();
        while !spill.is_empty() {
            let unread = spill.read(2).unwrap();
            spill.forget(&unread).unwrap();
            entries.extend(unread.entries);
        }
        entries
    }

    #[test]
    fn entries_come_back_in_order_and_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (mut spill, found) = open(folder.path());
        assert_eq!(found, Found { calls: 0, torn: 0 });
        assert_eq!(spill.append(&[entry(1), entry(2)]).unwrap(), 2);
        drop(spill);
        let (mut spill, found) = open(folder.path());
        assert_eq!(found, Found { calls: 3, torn: 0 });
        assert_eq!(spill.append(&[entry(3)]).unwrap(), 1);
        assert_eq!(read_all(&mut spill), [entry(1), entry(2), entry(3)]);
        assert_eq!(spill.append(&[entry(4)]).unwrap(), 1);
        assert_eq!(read_all(&mut spill), [entry(4)]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_was_cut_or_changed_anywhere_gives_the_whole_entries_before() {
        let folder = tempfile::tempdir().unwrap();
        let (mut spill, _) = open(folder.path());
        spill.append(&[entry(1), entry(2), entry(3)]).unwrap();
        let path = spill.files[0].path.clone();
        drop(spill);
        let whole = fs::read(&path).unwrap();
        let length = whole.len() / 3;
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            for bytes in [&whole[..place], &changed] {
                fs::write(&path, bytes).unwrap();
                let (mut spill, found) = open(folder.path());
                let entries = [entry(1), entry(2), entry(3)][..place / length].to_vec();
                let torn = u64::from(bytes.len() > place || !place.is_multiple_of(length));
                let calls = entries.iter().map(Entry::calls).sum();
                assert_eq!(found, Found { calls, torn }, "at {place}");
                assert_eq!(read_all(&mut spill), entries);
            }
        }
    }

    #[test]
    fn the_bound_holds_and_what_is_read_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let (mut spill, _) = open(folder.path());
        let many: Vec<_> = (0..1000).map(entry).collect();
        let kept = spill.append(&many).unwrap();
        assert!((100..200).contains(&kept), "{kept}");
        let bytes: u64 =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
        assert!(bytes <= 10_000);
        assert_eq!(spill.append(&many).unwrap(), 0);
        assert_eq!(read_all(&mut spill), many[..kept]);
        assert_eq!(spill.append(&many).unwrap(), kept);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_set_aside_with_its_calls() {
        let folder = tempfile::tempdir().unwrap();
        let (mut spill, _) = open(folder.path());
        spill.append(&[entry(1), entry(20)]).unwrap();
        fs::write(&spill.files[0].path, vec![0; 100]).unwrap();
        spill.read(10).unwrap_err();
        assert_eq!(spill.set_aside(), 21);
        assert!(spill.is_empty());
        spill.append(&[entry(3)]).unwrap();
        assert_eq!(read_all(&mut spill), [entry(3)]);
    }
}
