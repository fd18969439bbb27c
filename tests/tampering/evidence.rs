//! A run folder: log, blobs, and the reports beside them.

use super::change::{blobs, bytes, invented, lines, replaced, swap, text};
use super::{Attempt, CERTIFICATE, RUN};
use crate::support::issued::{Issued, copy_folder};
use provestein::evidence::event::Event;
use std::fs;

const OF_ANOTHER: &str = "the certificate is not about these logs, or a log was changed";

const fn log(what: &'static str, how: fn(&Issued), says: &'static str) -> Attempt {
    Attempt { what, how, command: RUN, code: 30, says }
}

const fn certified(what: &'static str, how: fn(&Issued), says: &'static str) -> Attempt {
    Attempt { what, how, command: CERTIFICATE, code: 30, says }
}

fn without_reports(issued: &Issued) {
    for name in ["result.json", "report.html", "junit.xml", "summary.md"] {
        fs::remove_file(issued.path("run").join(name)).unwrap();
    }
}

pub(super) const ATTEMPTS: &[Attempt] = &[
    log(
        "the last line of the log is cut off",
        |i| lines(i, |lines| drop(lines.pop())),
        "run/result.json was made when it had",
    ),
    certified(
        "the last line is cut off, and the reports with it",
        |i| {
            lines(i, |lines| drop(lines.pop()));
            without_reports(i);
        },
        OF_ANOTHER,
    ),
    log(
        "half of the last line",
        |i| lines(i, |lines| lines.last_mut().unwrap().truncate(100)),
        "run/result.json was made when it had",
    ),
    log(
        "a letter in a line",
        |i| lines(i, |lines| lines[9][30] ^= 1),
        "run/events.jsonl line 10: its bytes do not fit the digest at its end",
    ),
    log(
        "a number of an event",
        |i| lines(i, |l| l[4] = String::from_utf8_lossy(&l[4]).replace("\"seq\":4", "\"seq\":5").into()),
        "run/events.jsonl line 5: its bytes do not fit the digest at its end",
    ),
    log(
        "two lines change places",
        |i| lines(i, |lines| lines.swap(5, 6)),
        "run/events.jsonl line 6: it does not follow the line before",
    ),
    log(
        "a line is taken out",
        |i| lines(i, |lines| drop(lines.remove(7))),
        "run/events.jsonl line 8: it does not follow the line before",
    ),
    log(
        "a line is written twice",
        |i| lines(i, |lines| lines.insert(8, lines[7].clone())),
        "run/events.jsonl line 9: it does not follow the line before",
    ),
    log(
        "the line feeds become CR LF",
        |i| lines(i, |lines| lines.iter_mut().for_each(|line| line.insert(line.len() - 1, b'\r'))),
        "run/events.jsonl line 1: its bytes do not fit the digest at its end",
    ),
    log(
        "an empty line",
        |i| lines(i, |lines| lines.insert(3, b"\n".to_vec())),
        "run/events.jsonl line 4: not an event",
    ),
    log(
        "bytes behind the last line",
        |i| bytes(&i.path("run/events.jsonl"), |bytes| bytes.extend([0xff, 0xfe])),
        "2 bytes stand behind the end of the run: they were added",
    ),
    log(
        "much noise behind the last line",
        |i| bytes(&i.path("run/events.jsonl"), |bytes| bytes.extend([b'x'; 300_000])),
        "300000 bytes stand behind the end of the run: they were added",
    ),
    log(
        "noise in the coat of a line",
        |i| {
            bytes(&i.path("run/events.jsonl"), |bytes| {
                let next = bytes.iter().filter(|byte| **byte == b'\n').count();
                bytes.extend(format!("{{\"v\":1,\"seq\":{next},\"at\":\"").bytes().chain([0; 20]));
            });
        },
        "bytes stand behind the end of the run: they were added",
    ),
    log(
        "the version of the format",
        |i| lines(i, |lines| lines[0][5] = b'2'),
        "run/events.jsonl line 1: its bytes do not fit the digest at its end",
    ),
    log(
        "the log is emptied",
        |i| bytes(&i.path("run/events.jsonl"), Vec::clear),
        "run/result.json was made when it had",
    ),
    Attempt {
        what: "the log is taken away",
        how: |i| fs::remove_file(i.path("run/events.jsonl")).unwrap(),
        command: RUN,
        code: 20,
        says: "the folder run is there, but holds no log (events.jsonl)",
    },
    log("the log of another run", |i| replaced(&i.path("run/events.jsonl"), &i.path("short/events.jsonl")), "blob"),
    certified(
        "another run in its place",
        |i| {
            fs::remove_dir_all(i.path("run")).unwrap();
            copy_folder(&i.path("short"), &i.path("run"));
        },
        OF_ANOTHER,
    ),
    certified(
        "an invented log, chained anew",
        |i| {
            invented(&i.path("run"), |events| {
                let last = events.iter().rposition(|one| matches!(one.event, Event::MessageArrived { .. })).unwrap();
                events[last].elapsed_ms += 1;
            });
        },
        OF_ANOTHER,
    ),
    certified(
        "an invented log: another version was tested",
        |i| {
            invented(&i.path("run"), |events| {
                let described = events.iter_mut().find_map(|one| match &mut one.event {
                    Event::SubjectDescribed(subject) => Some(subject),
                    _ => None,
                });
                described.unwrap().version = "2".to_owned();
            });
        },
        OF_ANOTHER,
    ),
    log("a bit of a blob", |i| bytes(&blobs(i)[0], |bytes| bytes[100] ^= 1), "has other bytes than its name says"),
    log("a blob is emptied", |i| bytes(&blobs(i)[0], Vec::clear), "has other bytes than its name says"),
    log(
        "a blob is one byte longer",
        |i| bytes(&blobs(i)[1], |bytes| bytes.push(b'\n')),
        "has other bytes than its name says",
    ),
    log("a blob is taken away", |i| fs::remove_file(&blobs(i)[1]).unwrap(), "is missing"),
    log("two blobs change places", |i| swap(&blobs(i)[0], &blobs(i)[1]), "has other bytes than its name says"),
    log(
        "a blob under another name",
        |i| {
            let blob = &blobs(i)[2];
            fs::rename(blob, blob.with_file_name("0".repeat(64))).unwrap();
        },
        "is missing",
    ),
    log(
        "the subject file that the run keeps",
        |i| {
            let kept = blobs(i)
                .into_iter()
                .find(|path| fs::read(path).unwrap().starts_with("subject: { supplier: Prøvestein".as_bytes()));
            text(&kept.unwrap(), "version: \"1\"", "version: \"2\"");
        },
        "has other bytes than its name says",
    ),
    log(
        "a status in result.json",
        |i| text(&i.path("run/result.json"), "\"not-exercised\"", "\"verified\""),
        "result.json is not what judging the log gives: it was changed after it was made",
    ),
    log(
        "a word in report.html",
        |i| text(&i.path("run/report.html"), "</h1>", "!</h1>"),
        "report.html is not what judging the log gives: it was changed after it was made",
    ),
];
