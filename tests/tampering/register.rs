//! The register: checkpoint, tiles, entries, certificates.

use super::change::{bytes, certificates, replaced, swap, text};
use super::{Attempt, REGISTER};
use crate::support::files;
use crate::support::issued::Issued;
use std::fs;
use std::path::PathBuf;

const UNFIT: &str = "a signature under the checkpoint does not fit it";

const fn found(what: &'static str, how: fn(&Issued), says: &'static str) -> Attempt {
    Attempt { what, how, command: REGISTER, code: 30, says }
}

fn checkpoint(issued: &Issued) -> PathBuf {
    issued.path("reg/checkpoint")
}

/// The only tile of hashes, or the only bundle of entries.
fn tile(issued: &Issued, level: &str) -> PathBuf {
    let found = files(&issued.path("reg/tile").join(level), "");
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

/// Replaces the nth line of the checkpoint.
fn line(issued: &Issued, number: usize, change: impl Fn(&str) -> String) {
    bytes(&checkpoint(issued), |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let lines = text.split_inclusive('\n').enumerate();
        let changed: String =
            lines.map(|(at, line)| if at == number { change(line) } else { line.to_owned() }).collect();
        *bytes = changed.into_bytes();
    });
}

/// Another letter in the middle of the last word.
fn other_letter(line: &str) -> String {
    let at = line.len() - 20;
    let other = if &line[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &line[..at], &line[at + 1..])
}

/// The register anew, by its own keeper, with a certificate less or in another order.
fn rewritten(issued: &Issued, certificates: &[&str]) {
    fs::remove_dir_all(issued.path("reg")).unwrap();
    let init = ["register", "init", "reg", "--key", "keeper", "--origin", "register.test/helse", "--title", "Register"];
    let named = ["--issuer", "direktoratet=issuer.pub", "--witness", "kommunene=watcher.pub"];
    issued.told(&[&init[..], &named].concat(), 0);
    issued.told(&[&["register", "add", "reg"], certificates, &["--key", "keeper"]].concat(), 0);
}

pub(super) const ATTEMPTS: &[Attempt] = &[
    found("the size in the checkpoint is larger", |i| line(i, 1, |_| "5\n".to_owned()), UNFIT),
    found("the size in the checkpoint is smaller", |i| line(i, 1, |_| "3\n".to_owned()), UNFIT),
    found("the root in the checkpoint", |i| line(i, 2, other_letter), UNFIT),
    found("the origin in the checkpoint", |i| line(i, 0, |_| "register.test/annet\n".to_owned()), UNFIT),
    found("a line is put into the checkpoint", |i| line(i, 2, |root| format!("{root}mer\n")), UNFIT),
    found("the register's signature", |i| line(i, 4, other_letter), UNFIT),
    found(
        "the register's signature is taken away",
        |i| line(i, 4, |_| String::new()),
        "the checkpoint has no signature of the register `register.test/helse`",
    ),
    found(
        "the name of the key under the checkpoint",
        |i| line(i, 4, |line| line.replace("register.test/helse", "register.test/annet")),
        "the checkpoint has no signature of the register `register.test/helse`",
    ),
    found("the witness's signature", |i| line(i, 5, other_letter), UNFIT),
    found(
        "the name of the witness",
        |i| line(i, 5, |line| line.replace("kommunene", "fylkene")),
        "the checkpoint has a signature by `fylkene`, whom the register does not name",
    ),
    found(
        "a signature of somebody whom nobody named",
        |i| line(i, 5, |line| format!("{line}\u{2014} fylkene AAAAAAAA{}\n", "A".repeat(92))),
        "the checkpoint has a signature by `fylkene`, whom the register does not name",
    ),
    found(
        "the checkpoint is emptied",
        |i| bytes(&checkpoint(i), Vec::clear),
        "checkpoint cannot be read as a checkpoint",
    ),
    found("the checkpoint is taken away", |i| fs::remove_file(checkpoint(i)).unwrap(), "checkpoint is missing"),
    found(
        "the key that lies in the register",
        |i| replaced(&i.path("reg/register.key"), &i.path("issuer.pub")),
        "register.key does not hold what the entries give: it was changed",
    ),
    found(
        "a byte of the tile of hashes",
        |i| bytes(&tile(i, "0"), |bytes| bytes[40] ^= 1),
        "does not hold what the entries give: it was changed",
    ),
    found(
        "the tile of hashes is cut",
        |i| bytes(&tile(i, "0"), |b| b.truncate(64)),
        "does not hold what the entries give: it was changed",
    ),
    found(
        "the tile of hashes is longer",
        |i| bytes(&tile(i, "0"), |b| b.extend([0; 32])),
        "does not hold what the entries give: it was changed",
    ),
    found("the tile of hashes is taken away", |i| fs::remove_file(tile(i, "0")).unwrap(), "tile/0/000.p/4 is missing"),
    found(
        "a tile of hashes too many",
        |i| fs::write(i.path("reg/tile/0/001"), [0; 32]).unwrap(),
        "tile/0/001 does not belong to the register",
    ),
    found(
        "the part of a tile is called a whole one",
        |i| fs::rename(tile(i, "0"), i.path("reg/tile/0/000")).unwrap(),
        "tile/0/000 does not belong to the register",
    ),
    found(
        "a letter of an entry",
        |i| text(&tile(i, "entries"), "\"title\":\"Register\"", "\"title\":\"register\""),
        "the entries do not give the root that the signed checkpoint states: an entry was changed",
    ),
    found(
        "the day of an entry",
        |i| text(&tile(i, "entries"), "\"on\":\"20", "\"on\":\"19"),
        "the entries do not give the root that the signed checkpoint states: an entry was changed",
    ),
    found(
        "a day that there is not",
        |i| {
            bytes(&tile(i, "entries"), |bytes| {
                let at = bytes.windows(6).position(|part| part == b"\"on\":\"").unwrap();
                bytes[at + 11..at + 16].copy_from_slice(b"02-31");
            });
        },
        "entry 0 cannot be: it is no entry of this format: parsed date is not valid",
    ),
    found(
        "the last entry is cut off",
        |i| bytes(&tile(i, "entries"), |b| b.truncate(b.len() - 9)),
        "tile/entries/000.p/4 does not hold 4 entries",
    ),
    found(
        "bytes after the last entry",
        |i| bytes(&tile(i, "entries"), |b| b.extend([0, 0])),
        "tile/entries/000.p/4 does not hold 4 entries",
    ),
    found("the entries are taken away", |i| fs::remove_file(tile(i, "entries")).unwrap(), "is missing"),
    found(
        "two certificates change places",
        |i| swap(&certificates(i)[0], &certificates(i)[1]),
        "is not the file that was added as PV-",
    ),
    found(
        "another valid certificate in the place of one",
        |i| replaced(&certificates(i)[0], &certificates(i)[1]),
        "is not the file that was added as PV-",
    ),
    found(
        "a letter of a certificate",
        |i| bytes(&certificates(i)[0], |b| b[300] ^= 1),
        "is not the file that was added as PV-",
    ),
    found("a certificate is taken away", |i| fs::remove_file(&certificates(i)[1]).unwrap(), "is missing"),
    found(
        "a certificate is put beside",
        |i| fs::write(i.path("reg/certificates/other.json"), "{}").unwrap(),
        "certificates/other.json does not belong to the register",
    ),
    found(
        "the register is cut by its own keeper",
        |i| rewritten(i, &["certificate.json"]),
        "the register was cut: you saw one of 4 entries, it has 3",
    ),
    found(
        "the register is rewritten by its own keeper",
        |i| rewritten(i, &["other.json", "certificate.json"]),
        "the register was rewritten: its first 4 entries are not those whose checkpoint you saw",
    ),
    Attempt {
        what: "a letter of the key that somebody trusts",
        how: |i| text(&i.path("register.pub"), "register.test/helse", "register.test/annet"),
        command: REGISTER,
        code: 20,
        says: "is no verifier key: expected NAME+HEX+BASE64",
    },
    found(
        "the checkpoint that was seen before",
        |i| text(&i.path("seen"), "\n4\n", "\n3\n"),
        "the checkpoint that you saw before does not hold",
    ),
];
