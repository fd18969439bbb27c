//! The website, written into a folder.

use super::terminal::say;
use crate::args::Publish;
use crate::failure::Failure;
use crate::issuer;
use crate::register_folder::Folder;
use crate::standings::{Found, standings};
use ::certify::register::CHECKPOINT;
use ::certify::register::shelf::{Shelf as _, ShelfError};
use checks::exit::Exit;
use readiness::evidence::Evidence;
use readiness::site::{self, Site, Written};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Where the register lies in the website.
const REGISTER: &str = "register";
/// Where its signed files lie, as seen from the first page.
const CERTIFICATES: &str = "register/certificates/";

/// `register publish`: the website, and beside it the register itself, as it is.
///
/// # Errors
/// 20 for files, 21 for the roster, 22 when it has no municipality, 30 when the register does not hold.
pub(super) fn run(args: &Publish) -> Result<Exit, Failure> {
    let roster = super::ready::roster(&args.roster)?;
    if roster.municipalities().next().is_none() {
        return Err(Failure::new(
            Exit::NOTHING_SELECTED,
            "the roster has no municipality: there is nothing to publish",
        ));
    }
    let Found { standings, is_verified } = standings(&args.dir, args.trust.as_deref())?;
    let evidence = Evidence::of(standings);
    let (is_register, on) = (args.dir.is_dir(), args.on.unwrap_or_else(issuer::today));
    if is_register && is_inside(&args.to, &args.dir) {
        return Err(Failure::new(Exit::USAGE, format!("{} lies in the register", args.to.display()))
            .hint("choose a folder beside it: nothing may lie in a register that does not belong there"));
    }
    fs::create_dir_all(&args.to).map_err(|error| Failure::of_disk(&error))?;
    if is_register {
        copy(&args.dir, &args.to)?;
    }
    let files = is_register.then_some(CERTIFICATES);
    let site = Site { evidence: &evidence, roster: &roster, on, is_verified, files };
    let written = pages(site, &args.to).map_err(|error| Failure::of_disk(&error))?;
    let first = args.to.join("index.html");
    say(format!("{} files written, {} KiB; begin with {}", written.files, written.bytes / 1024, first.display()));
    if !is_verified {
        say(
            "the pages say that nothing was verified: `--trust FILE` names the register's key, from elsewhere than the register",
        );
    }
    Ok(Exit::MET)
}

/// Whether a path, which may not exist yet, lies in a folder.
fn is_inside(path: &Path, folder: &Path) -> bool {
    let (Ok(path), Ok(folder)) = (std::path::absolute(path), fs::canonicalize(folder)) else { return false };
    let known = path.ancestors().find_map(|ancestor| fs::canonicalize(ancestor).ok());
    known.is_some_and(|known| known.starts_with(folder))
}

/// Copies a register that was examined. The checkpoint goes last: never does it speak of what is not there yet.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let target = to.join(REGISTER);
    let same = |one: &Path, other: &Path| {
        fs::canonicalize(one).ok().zip(fs::canonicalize(other).ok()).is_some_and(|(a, b)| a == b)
    };
    if same(from, &target) {
        return Ok(());
    }
    let failed = |error: ShelfError| Failure::of_disk(&error);
    let (source, mut target) = (Folder(from.to_owned()), Folder(target));
    let mut paths = source.list().map_err(failed)?;
    paths.sort_by_key(|path| path == CHECKPOINT);
    for path in &paths {
        if let Some(bytes) = source.get(path).map_err(failed)? {
            target.put(path, &bytes).map_err(failed)?;
        }
    }
    for path in target.list().map_err(failed)?.iter().filter(|path| !paths.contains(path)) {
        target.remove(path).map_err(failed)?;
    }
    Ok(())
}

fn pages(site: Site<'_>, folder: &Path) -> io::Result<Written> {
    let mut made: HashSet<PathBuf> = HashSet::new();
    let mut written_paths: HashSet<PathBuf> = HashSet::new();
    let mut put = |path: &str, text: &str| {
        let path = folder.join(path);
        if let Some(parent) = path.parent().filter(|parent| !made.contains(*parent)) {
            fs::create_dir_all(parent)?;
            made.insert(parent.to_owned());
        }
        fs::write(&path, text)?;
        written_paths.insert(path);
        Ok(())
    };
    let written = site::publish(site, &mut put)?;
    remove_old(folder, &written_paths)?;
    Ok(written)
}

/// A page of somebody who is no longer in the roster would go on giving yesterday's answer.
fn remove_old(folder: &Path, written: &HashSet<PathBuf>) -> io::Result<()> {
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
