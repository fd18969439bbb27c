//! Run folders somewhere below other folders, by the ids that their logs begin with.

use evidence::digest::Digest;
use evidence::event::Event;
use evidence::format;
use evidence::log::LOG_FILE;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Folders in folders that are looked into: a year, a supplier, a system, a version.
const DEPTH_MAX: usize = 8;
/// Longest first line of a log that is read here: its inputs are digests.
const LINE_MAX: u64 = 1 << 20;

/// The folders of each run; a run can have been copied.
pub(super) type Runs = BTreeMap<String, Vec<PathBuf>>;

/// Looks below some folders. What cannot be read is no run; whoever misses one is told so.
pub(super) fn runs(below: &[PathBuf]) -> Runs {
    let mut found = Runs::new();
    for folder in below {
        look(folder, DEPTH_MAX, &mut found);
    }
    found
}

fn look(folder: &Path, depth: usize, found: &mut Runs) {
    if let Some(id) = id(folder) {
        found.entry(id).or_default().push(folder.to_owned());
        return;
    }
    let Ok(entries) = fs::read_dir(folder) else { return };
    // Links are not followed: they can lead back.
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut inner: Vec<PathBuf> = entries.flatten().filter(is_folder).map(|entry| entry.path()).collect();
    inner.sort();
    if depth > 0 {
        for folder in &inner {
            look(folder, depth - 1, found);
        }
    }
}

/// The id of the run whose log lies in a folder.
fn id(folder: &Path) -> Option<String> {
    let file = fs::File::open(folder.join(LOG_FILE)).ok()?;
    let mut line = Vec::new();
    BufReader::new(file.take(LINE_MAX)).read_until(b'\n', &mut line).ok()?;
    let first = format::read_line(line.strip_suffix(b"\n")?, 0, Digest::ZERO).ok()?;
    match first.event {
        Event::RunStarted(started) => Some(started.run),
        _ => None,
    }
}
