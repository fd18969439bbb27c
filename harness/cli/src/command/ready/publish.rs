//! The website, written into a folder.

use crate::command::terminal::say;
use crate::failure::Failure;
use checks::exit::Exit;
use jiff::civil::Date;
use readiness::evidence::Evidence;
use readiness::roster::Roster;
use readiness::site::{self, Site, Written};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where and how a website is written.
#[derive(Debug, Clone, Copy)]
pub struct Into<'a> {
    /// The folder. What lies in it beside the website stays; pages of an earlier one that have no place in it any more go.
    pub folder: &'a Path,
    /// The day of its answers.
    pub on: Date,
    /// Whether the signatures of the certificates were checked.
    pub is_verified: bool,
    /// Where the signed files lie, as seen from the first page, with `/` at the end.
    pub files: Option<&'a str>,
}

/// Writes the website.
///
/// # Errors
/// 22 when the roster has no municipality, 70 when the disk refuses.
pub fn publish(evidence: &Evidence, roster: &Roster, into: &Into<'_>) -> Result<Written, Failure> {
    if roster.municipalities().next().is_none() {
        return Err(Failure::new(
            Exit::NOTHING_SELECTED,
            "the roster has no municipality: there is nothing to publish",
        ));
    }
    let mut made: HashSet<PathBuf> = HashSet::new();
    let mut written_paths: HashSet<PathBuf> = HashSet::new();
    let mut put = |path: &str, text: &str| {
        let path = into.folder.join(path);
        if let Some(parent) = path.parent().filter(|parent| !made.contains(*parent)) {
            fs::create_dir_all(parent)?;
            made.insert(parent.to_owned());
        }
        fs::write(&path, text)?;
        written_paths.insert(path);
        Ok(())
    };
    let site = Site { evidence, roster, on: into.on, is_verified: into.is_verified, files: into.files };
    let written = site::publish(site, &mut put).map_err(|error| Failure::of_disk(&error))?;
    remove_old(into.folder, &written_paths).map_err(|error| Failure::of_disk(&error))?;
    let first = into.folder.join("index.html");
    say(format!("{} files written, {} KiB; begin with {}", written.files, written.bytes / 1024, first.display()));
    Ok(written)
}

/// A page of somebody who is no longer in the roster would go on giving yesterday's answer.
fn remove_old(folder: &Path, written: &HashSet<PathBuf>) -> std::io::Result<()> {
    for below in site::FOLDERS {
        let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == "html") && !written.contains(&path) {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}
