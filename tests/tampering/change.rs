//! The tools of whoever tampers.

use crate::support::issued::{Issued, PASSPHRASE};
use provestein::certify::dsse::Envelope;
use provestein::certify::key::SecretKey;
use provestein::evidence::digest::Digest;
use provestein::evidence::event::Recorded;
use provestein::evidence::log::LOG_FILE;
use provestein::evidence::{format, read};
use std::fs;
use std::path::{Path, PathBuf};

/// Changes the bytes of a file.
pub fn bytes(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let before = bytes.clone();
    change(&mut bytes);
    assert_ne!(bytes, before, "{}: nothing was changed", path.display());
    fs::write(path, bytes).unwrap();
}

/// Replaces a text in a file, once.
pub fn text(path: &Path, from: &str, to: &str) {
    bytes(path, |bytes| {
        let found = bytes.windows(from.len()).position(|part| part == from.as_bytes());
        let at = found.unwrap_or_else(|| panic!("{} has no {from}", path.display()));
        bytes.splice(at..at + from.len(), to.bytes());
    });
}

/// Puts a copy of a file in the place of another.
pub fn replaced(path: &Path, by: &Path) {
    bytes(path, |bytes| *bytes = fs::read(by).unwrap());
}

/// Replaces a text in the statement of the certificate, without a new signature.
pub fn stated(issued: &Issued, from: &str, to: &str) {
    envelope(issued, |envelope| {
        let payload = String::from_utf8(envelope.payload.clone()).unwrap();
        assert!(payload.contains(from), "the statement has no {from}: {payload}");
        envelope.payload = payload.replacen(from, to, 1).into_bytes();
    });
}

/// The same, by somebody who has a key.
pub fn signed(issued: &Issued, key: &str, from: &str, to: &str) {
    let pem = fs::read_to_string(issued.path(key)).unwrap();
    let key = SecretKey::from_pem(&pem, PASSPHRASE).unwrap();
    stated(issued, from, to);
    envelope(issued, |envelope| {
        envelope.signatures.clear();
        envelope.sign(&key);
    });
}

/// Changes the envelope of the certificate.
pub fn envelope(issued: &Issued, change: impl FnOnce(&mut Envelope)) {
    let path = issued.path("certificate.json");
    let mut envelope = read_envelope(&path);
    change(&mut envelope);
    fs::write(path, envelope.to_file()).unwrap();
}

/// The envelope in a file.
pub fn read_envelope(path: &Path) -> Envelope {
    Envelope::read(&fs::read(path).unwrap()).unwrap()
}

/// Changes the lines of the log of the run.
pub fn lines(issued: &Issued, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    bytes(&issued.path("run").join(LOG_FILE), |bytes| {
        let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        change(&mut lines);
        *bytes = lines.concat();
    });
}

/// Writes another log with the same blobs, chained anew and without reports: what somebody does who invents a run.
pub fn invented(folder: &Path, change: impl FnOnce(&mut Vec<Recorded>)) {
    let mut events = read::open(folder).unwrap().events;
    change(&mut events);
    let (mut prev, mut text) = (Digest::ZERO, String::new());
    for recorded in &events {
        let line = format::write_line(recorded, prev);
        prev = Digest::of(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(folder.join(LOG_FILE), text).unwrap();
    for derived in ["result.json", "report.html", "junit.xml", "summary.md"] {
        fs::remove_file(folder.join(derived)).unwrap();
    }
}

/// Blobs of the run: entities, the largest first.
pub fn blobs(issued: &Issued) -> Vec<PathBuf> {
    let mut blobs = crate::support::files(&issued.path("run/blobs"), "");
    blobs.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
    assert!(blobs.len() > 2);
    blobs
}

/// Lets two files change places.
pub fn swap(one: &Path, other: &Path) {
    let (of_one, of_other) = (fs::read(one).unwrap(), fs::read(other).unwrap());
    assert_ne!(of_one, of_other);
    fs::write(one, of_other).unwrap();
    fs::write(other, of_one).unwrap();
}

/// The files of the certificates in the register.
pub fn certificates(issued: &Issued) -> Vec<PathBuf> {
    let files = crate::support::files(&issued.path("reg/certificates"), ".json");
    assert_eq!(files.len(), 2);
    files
}
