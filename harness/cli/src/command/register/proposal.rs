//! Entries that several issuers must sign, overrides, equivalent versions, withdrawals, supersessions and further issuers: proposed
//! into a file, signed there by each on their own machine, then entered.

use super::super::certify::{is_free, read as read_file, write};
use super::super::terminal::{say, say_stated};
use crate::args::{Proposal, Treatment};
use crate::failure::Failure;
use crate::issuer;
use crate::register_folder::Folder;
use ::certify::key::SecretKey;
use ::certify::register::entry::Entry;
use ::certify::register::shelf::Shelf as _;
use ::certify::register::{KEY, approval, note};
use ::certify::standing::Compared;
use checks::exit::Exit;
use jiff::civil::Date;
use std::path::Path;

/// The entry of an override, signed by nobody yet.
pub(super) fn overridden(treatment: &Treatment, on: Date) -> Entry {
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
pub(super) fn propose(what: &Proposal) -> Result<Exit, Failure> {
    let (Proposal::Override { proposing, .. }
    | Proposal::Equivalent { proposing, .. }
    | Proposal::Revoke { proposing, .. }
    | Proposal::Supersede { proposing, .. }
    | Proposal::Issuer { proposing, .. }) = what;
    let on = proposing.on.unwrap_or_else(issuer::today);
    let entry = match what {
        Proposal::Override { treatment, .. } => overridden(treatment, on),
        Proposal::Equivalent { declared, .. } => super::equivalent::entry(declared, on)?,
        Proposal::Revoke { number, reason, .. } => {
            Entry::Withdrawn { on, number: number.clone(), reason: reason.clone(), approvals: Vec::new() }
        }
        Proposal::Supersede { number, by, .. } => {
            Entry::Superseded { on, number: number.clone(), by: by.clone(), approvals: Vec::new() }
        }
        Proposal::Issuer { issuer, .. } => {
            Entry::IssuerNamed { on, issuer: issuer::named_key(issuer)?, approvals: Vec::new() }
        }
    };
    let (dir, to) = (proposing.dir.display(), proposing.to.display());
    is_free(&proposing.to)?;
    put(&proposing.to, &entry)?;
    told(&entry);
    say(format!("written into {to}; each issuer signs it:"));
    say(format!("  provestein register approve {dir} {to} --key ISSUER.key"));
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
        Failure::new(Exit::INPUT_INVALID, format!("{} is no proposed entry: {why}", path.display()))
            .meaning("nothing was written")
            .hint("`provestein register propose` writes one")
    };
    match Entry::read(file.strip_suffix(b"\n").unwrap_or(&file)) {
        Ok(entry) if entry.approvals().is_some() => Ok(entry),
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
    match entry {
        Entry::Overridden { on, until, number, requirement, status, by, reason, .. } => {
            say_stated(format!(
                "override     of certificate {number}: {requirement} is treated as {status} from {on} to {until}"
            ));
            say_stated(format!("answered for by {}", by.join(" and ")));
            say_stated(format!("reason       {reason}"));
        }
        Entry::Equivalent { on, number, version, handler_version, reason, compared, .. } => {
            let handler =
                handler_version.as_ref().map_or_else(String::new, |v| format!(" with version {v} of its handler"));
            say_stated(format!(
                "equivalent   certificate {number} holds for version {version}{handler} too, from {on}"
            ));
            say_stated(format!("reason       {reason}"));
            say_stated(format!("behaviour    {}", Compared::said_en(compared.as_ref())));
        }
        Entry::Withdrawn { on, number, reason, .. } => {
            say_stated(format!("withdrawal   of certificate {number}, from {on}"));
            say_stated(format!("reason       {reason}"));
        }
        Entry::Superseded { on, number, by, .. } => {
            say_stated(format!("supersession of certificate {number}: {by} takes its place from {on}"));
        }
        Entry::IssuerNamed { on, issuer: named, .. } => {
            say_stated(format!(
                "issuer       {} may issue certificates from {on}, with the key or certificate",
                named.name
            ));
            named.key.lines().for_each(say_stated);
        }
        _ => {}
    }
    say(format!("signatures   {} so far", entry.approvals().map_or(0, <[_]>::len)));
}
