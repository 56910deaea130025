//! Reads what `strace -f -yy` has written, and what follows from it.

use std::collections::HashMap;

/// A system call. Its moments are lines of the trace, which are in the order
/// of what happened: a thread is held at the begin and at the end of a call
/// until that is written down.
#[derive(Debug)]
pub struct Call {
    name: String,
    /// The file or the connection.
    target: String,
    /// What was written.
    data: Vec<u8>,
    begun: usize,
    /// None where it was never seen to end, or failed.
    ended: Option<usize>,
}

impl Call {
    fn is_sync_of(&self, file: &str) -> bool {
        matches!(&*self.name, "fsync" | "fdatasync") && self.target.ends_with(file)
    }

    fn is_write_to(&self, file: &str) -> bool {
        !matches!(&*self.name, "fsync" | "fdatasync") && self.target.ends_with(file)
    }
}

const DATABASE: &str = "/swage.db";
const LOG: &str = "/swage.db-wal";

/// How the id of every request of the test begins.
pub const REQUEST: &str = "request-";
/// How many characters follow.
pub const REQUEST_NUMBER: usize = 6;

/// How many bytes come before each page in the log; a write of their own.
const FRAME_HEADER: usize = 24;
/// How many bytes the log begins with.
const LOG_HEADER: usize = 32;

/// The calls of a trace, in the order of their begins.
pub fn calls(trace: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut unfinished = HashMap::new();
    for (moment, line) in trace.lines().enumerate() {
        let (thread, rest) = line.split_once(' ').unwrap();
        let rest = rest.trim_start();
        if let Some(resumed) = rest.strip_prefix("<... ") {
            // What began before strace was there is none of ours.
            if let Some(n) = unfinished.remove(thread) {
                let call: &mut Call = &mut calls[n];
                assert!(resumed.starts_with(&format!("{} resumed>", call.name)), "{line}");
                call.ended = succeeded(resumed).then_some(moment);
            }
        } else if let Some((name, arguments)) = rest.split_once('(').filter(|_| !rest.starts_with(['-', '+']))
        {
            let is_finished = !rest.ends_with("<unfinished ...>");
            if !is_finished {
                unfinished.insert(thread, calls.len());
            }
            calls.push(Call {
                name: name.to_owned(),
                target: target(arguments),
                data: data(arguments),
                begun: moment,
                ended: (is_finished && succeeded(arguments)).then_some(moment),
            });
        }
    }
    calls
}

/// Whether what the call answered is a number that is no error.
fn succeeded(text: &str) -> bool {
    let answer = text.rsplit_once(" = ").map(|(_, answer)| answer);
    answer.is_some_and(|answer| answer.starts_with(|first: char| first.is_ascii_digit()))
}

/// What the first argument, a descriptor, stands for: `7</data/swage.db>`, `9<TCP:[here->there]>`.
fn target(arguments: &str) -> String {
    let Some((_, named)) = arguments.split_once('<') else { return String::new() };
    let end = if named.starts_with("TCP") { named.find("]>").map(|end| end + 1) } else { named.find('>') };
    named[..end.unwrap_or(named.len())].to_owned()
}

/// The bytes of all texts among the arguments.
fn data(arguments: &str) -> Vec<u8> {
    let mut data = Vec::new();
    let mut rest = arguments.as_bytes();
    while let Some(quote) = rest.iter().position(|byte| *byte == b'"') {
        rest = unquoted(&rest[quote + 1..], &mut data);
    }
    data
}

/// Adds the bytes up to the closing quote; answers what follows it.
fn unquoted<'a>(mut text: &'a [u8], data: &mut Vec<u8>) -> &'a [u8] {
    loop {
        match *text {
            [] => return text,
            [b'"', ref rest @ ..] => return rest,
            [b'\\', b'0'..=b'7', ..] => {
                let digits = text[1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                let value =
                    text[1..=digits].iter().fold(0, |value, digit| value * 8 + u32::from(digit - b'0'));
                data.push(u8::try_from(value).unwrap());
                text = &text[1 + digits..];
            }
            [b'\\', letter, ref rest @ ..] => {
                data.push(match letter {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    other => other,
                });
                text = rest;
            }
            [byte, ref rest @ ..] => {
                data.push(byte);
                text = rest;
            }
        }
    }
}

/// The syncs of the log.
pub fn syncs(calls: &[Call]) -> impl Iterator<Item = &Call> {
    calls.iter().filter(|call| call.is_sync_of(LOG))
}

/// The writes with which the log begins anew, over what it held.
pub fn starts_of_log(calls: &[Call]) -> impl Iterator<Item = &Call> {
    calls.iter().filter(|call| call.is_write_to(LOG) && call.data.len() == LOG_HEADER)
}

/// The requests that were answered before the log was synced after the last
/// frame of the transaction they are in, each with what is wrong.
pub fn answered_too_early(calls: &[Call], requests: &[String]) -> Vec<String> {
    let log: Vec<_> = calls.iter().filter(|call| call.is_write_to(LOG)).collect();
    let mut rows = HashMap::new();
    for (n, page) in log.iter().enumerate() {
        for request in requests_in(&page.data) {
            rows.entry(request).or_insert(n);
        }
    }
    let is_answer = |call: &&Call| call.target.starts_with("TCP") && call.data.starts_with(b"HTTP/1.1 2");
    let mut answers = HashMap::new();
    for answer in calls.iter().filter(is_answer) {
        answers.extend(requests_in(&answer.data).into_iter().map(|request| (request, answer)));
    }

    let wrong = |request: &String| {
        let Some(answer) = answers.get(request) else { return Some("its answer is not in the trace") };
        let Some(row) = rows.get(request) else { return Some("it was never written to the log") };
        let Some(last) = end_of_transaction(&log, *row) else { return Some("its transaction has no end") };
        let is_between = |sync: &Call| sync.begun > last && sync.ended.is_some_and(|end| end < answer.begun);
        (!syncs(calls).any(is_between)).then_some("it was answered before its transaction was synced")
    };
    requests.iter().filter_map(|request| Some(format!("{request}: {}", wrong(request)?))).collect()
}

/// The ids of requests among these bytes.
fn requests_in(data: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(data);
    let id = |(n, _)| text.get(n..n + REQUEST.len() + REQUEST_NUMBER).map(ToOwned::to_owned);
    text.match_indices(REQUEST).filter_map(id).collect()
}

/// When the last frame of the transaction was written that this page belongs to.
/// A frame is its header and its page; the header of the last one has the size
/// of the database in its bytes 4 to 8, that of any other has zero there.
fn end_of_transaction(log: &[&Call], page: usize) -> Option<usize> {
    let is_last = |header: &&Call| header.data.len() == FRAME_HEADER && header.data[4..8] != [0; 4];
    let last = (page.checked_sub(1)?..log.len()).find(|n| is_last(&log[*n]))?;
    log.get(last + 1)?.ended
}

/// The beginnings of the log anew before what was copied from it to the
/// database had been synced, each with what is wrong.
pub fn overwritten_too_early(calls: &[Call]) -> Vec<String> {
    let is_safe = |start: &Call| {
        let copied = calls.iter().filter(|call| call.is_write_to(DATABASE) && call.begun < start.begun);
        copied.map(|copy| copy.ended.unwrap_or(usize::MAX)).max().is_none_or(|last| {
            let between = |sync: &Call| sync.begun > last && sync.ended.is_some_and(|end| end < start.begun);
            calls.iter().any(|call| call.is_sync_of(DATABASE) && between(call))
        })
    };
    let wrong = starts_of_log(calls).filter(|start| !is_safe(start));
    wrong
        .map(|start| format!("line {}: what was copied to the database was not synced", start.begun + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"10 pwrite64(7</d/swage.db-wal>, "\0\0\0\2\0\0\0\0aaaaaaaaaaaaaaaa", 24, 32) = 24"#;
    const PAGE: &str =
        r#"10 pwrite64(7</d/swage.db-wal>, "a row of request-000001", 23, 56 <unfinished ...>"#;
    const OTHER: &str = r#"11 sendto(9<TCP:[127.0.0.1:80->127.0.0.1:90]>, "HTTP/1.1 200 OK\r\nx-request-id: request-000000\r\n\r\n", 48, MSG_NOSIGNAL, NULL, 0) = 48"#;
    const PAGE_END: &str = "10 <... pwrite64 resumed>)              = 23";
    const LAST: &str = r#"10 pwrite64(7</d/swage.db-wal>, "\0\0\0\3\0\0\0\3aaaaaaaaaaaaaaaa", 24, 79) = 24"#;
    const LAST_PAGE: &str = r#"10 pwrite64(7</d/swage.db-wal>, "an \"index\"\n\377", 12, 103) = 12"#;
    const SYNC: &str = "10 fdatasync(7</d/swage.db-wal> <unfinished ...>";
    const SYNC_END: &str = "10 <... fdatasync resumed>)              = 0";
    const ANSWER: &str = r#"11 writev(9<TCP:[127.0.0.1:80->127.0.0.1:90]>, [{iov_base="HTTP/1.1 201 Created\r\nx-request-id: request-000001\r\n\r\n", iov_len=52}, {iov_base="{}", iov_len=2}], 2) = 54"#;
    const GOOD: [&str; 9] = [FIRST, PAGE, OTHER, PAGE_END, LAST, LAST_PAGE, SYNC, SYNC_END, ANSWER];

    fn wrong(lines: &[&str]) -> Vec<String> {
        answered_too_early(&calls(&lines.join("\n")), &["request-000001".to_owned()])
    }

    #[test]
    fn a_trace_in_good_order() {
        assert_eq!(wrong(&GOOD), Vec::<String>::new());
        let calls = calls(&GOOD.join("\n"));
        assert_eq!(calls.len(), 7);
        assert_eq!((calls[1].begun, calls[1].ended), (1, Some(3)));
        assert_eq!(calls[2].target, "TCP:[127.0.0.1:80->127.0.0.1:90]");
        assert_eq!(calls[4].data, b"an \"index\"\n\xff");
        assert!(calls[6].data.ends_with(b"\r\n\r\n{}"));
    }

    #[test]
    fn traces_that_show_an_answer_too_early() {
        let early = ["request-000001: it was answered before its transaction was synced"];
        let (killed, failed) =
            ("10 <... fdatasync resumed>) = ?", "10 <... fdatasync resumed>) = -1 EIO (Input/output error)");
        let elsewhere = "10 fdatasync(7</d/swage.db>) = 0";
        for lines in [
            &[FIRST, PAGE, PAGE_END, LAST, LAST_PAGE, ANSWER][..],
            // Begun, but not over.
            &[FIRST, PAGE, PAGE_END, LAST, LAST_PAGE, SYNC, ANSWER, SYNC_END],
            &[FIRST, PAGE, PAGE_END, LAST, LAST_PAGE, SYNC, killed, ANSWER],
            &[FIRST, PAGE, PAGE_END, LAST, LAST_PAGE, SYNC, failed, ANSWER],
            // Over, but before all was written.
            &[FIRST, PAGE, PAGE_END, SYNC, SYNC_END, LAST, LAST_PAGE, ANSWER],
            &[FIRST, PAGE, PAGE_END, LAST, SYNC, SYNC_END, LAST_PAGE, ANSWER],
            // Of another file.
            &[FIRST, PAGE, PAGE_END, LAST, LAST_PAGE, elsewhere, ANSWER],
        ] {
            assert_eq!(wrong(lines), early, "{lines:#?}");
        }
        assert_eq!(wrong(&GOOD[..8]), ["request-000001: its answer is not in the trace"]);
        assert_eq!(wrong(&[SYNC, SYNC_END, ANSWER]), ["request-000001: it was never written to the log"]);
        assert_eq!(
            wrong(&[FIRST, PAGE, PAGE_END, SYNC, SYNC_END, ANSWER]),
            ["request-000001: its transaction has no end"]
        );
    }

    #[test]
    fn the_log_begins_anew_after_the_database_was_synced() {
        let copy = r#"10 pwrite64(6</d/swage.db>, "a page", 6, 0) = 6"#;
        let sync = "10 fdatasync(6</d/swage.db>) = 0";
        let start =
            r#"10 pwrite64(7</d/swage.db-wal>, "7\177\6\202aaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32, 0) = 32"#;
        let wrong = |lines: &[&str]| overwritten_too_early(&calls(&lines.join("\n"))).len();
        assert_eq!(wrong(&[start, copy, sync, start]), 0);
        assert_eq!(wrong(&[start, copy, start]), 1);
        assert_eq!(wrong(&[start, sync, copy, start]), 1);
        assert_eq!(wrong(&[start, copy, SYNC, SYNC_END, start]), 1);
    }
}
