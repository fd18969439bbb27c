//! Overrides that several issuers must sign: proposed into a file, signed there by each on their own machine, then entered.

use super::super::certify::{read as read_file, write};
use super::super::terminal::say;
use crate::args::Treatment;
use crate::failure::Failure;
use crate::issuer;
use crate::register_folder::Folder;
use ::certify::key::SecretKey;
use ::certify::register::entry::Entry;
use ::certify::register::shelf::Shelf as _;
use ::certify::register::{KEY, approval, note};
use checks::exit::Exit;
use jiff::civil::Date;
use std::path::Path;

/// The entry of an override, signed by nobody yet.
pub(super) fn entry(treatment: &Treatment, on: Date) -> Entry {
    Entry::Overridden {
        on,
        until: treatment.until,
        number: treatment.number.clone(),
        requirement: treatment.requirement.clone(),
        status: treatment.status.clone(),
        by: treatment.by.clone(),
        reason: treatment.reason.clone(),
        approvals: Vec::new(),
    }
}

/// `register propose`.
pub(super) fn propose(dir: &Path, treatment: &Treatment, on: Option<Date>, to: &Path) -> Result<Exit, Failure> {
    let entry = entry(treatment, on.unwrap_or_else(issuer::today));
    put(to, &entry)?;
    told(&entry);
    say(format!("written into {}; each issuer signs it:", to.display()));
    say(format!("  provestein register approve {} {} --key ISSUER.key", dir.display(), to.display()));
    Ok(Exit::MET)
}

/// `register approve`: shows what is signed, and signs it for this register.
pub(super) fn approve(dir: &Path, path: &Path, key: &SecretKey) -> Result<Exit, Failure> {
    let mut entry = read(path)?;
    let origin = origin(dir)?;
    told(&entry);
    if !approval::approve(&mut entry, &origin, key) {
        return Err(Failure::new(Exit::INPUT_INVALID, format!("{} cannot be signed", path.display())));
    }
    put(path, &entry)?;
    say(format!("signed for the register {origin} by {}", key.public_key().id()));
    say(format!(
        "signed by enough of them: provestein register enter {} {} --key REGISTER.key",
        dir.display(),
        path.display()
    ));
    Ok(Exit::MET)
}

/// The entry of a proposal.
pub(super) fn read(path: &Path) -> Result<Entry, Failure> {
    let file = read_file(path)?;
    let no_proposal = |why: &dyn std::fmt::Display| {
        Failure::new(Exit::INPUT_INVALID, format!("{} is no proposed override: {why}", path.display()))
            .meaning("nothing was written")
            .hint("`provestein register propose` writes one")
    };
    match Entry::read(file.strip_suffix(b"\n").unwrap_or(&file)) {
        Ok(entry @ Entry::Overridden { .. }) => Ok(entry),
        Ok(other) => Err(no_proposal(&format!("it is of the kind {}", other.kind()))),
        Err(error) => Err(no_proposal(&error)),
    }
}

fn put(path: &Path, entry: &Entry) -> Result<(), Failure> {
    let mut bytes = entry.to_bytes().map_err(|error| Failure::of(Exit::INPUT_INVALID, &error))?;
    bytes.push(b'\n');
    write(path, &bytes)
}

/// The register's name. A signature for another name counts nowhere.
fn origin(dir: &Path) -> Result<String, Failure> {
    let missing = || Failure::new(Exit::USAGE, format!("{} is no register: {KEY} is missing", dir.display()));
    let key = Folder(dir.to_owned()).get(KEY).ok().flatten().ok_or_else(missing)?;
    Ok(note::name_of(String::from_utf8_lossy(&key).trim_end()).to_owned())
}

fn told(entry: &Entry) {
    let Entry::Overridden { on, until, number, requirement, status, by, reason, approvals } = entry else { return };
    say(format!("override     of certificate {number}: {requirement} is treated as {status} from {on} to {until}"));
    say(format!("answered for by {}", by.join(" and ")));
    say(format!("reason       {reason}"));
    say(format!("signatures   {} so far", approvals.len()));
}
