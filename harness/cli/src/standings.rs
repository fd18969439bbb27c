//! Where `ready` takes its certificates from: this is the one place that knows.

use crate::failure::Failure;
use crate::register_folder;
use certify::certificate::Certificate;
use certify::standing::{Dispute, Equivalent, Override, Standing, Supersession, Withdrawal};
use checks::exit::Exit;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// Bytes of a file of certificates: a hundred thousand of them.
const FILE_MAX: u64 = 2 << 30;

/// Certificates as they stand somewhere, and whether that was proven.
#[derive(Debug)]
pub struct Found {
    /// The certificates.
    pub standings: Vec<Standing>,
    /// Whether signatures were checked on the way.
    pub is_verified: bool,
}

/// One entry of a plain file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    certificate: Certificate,
    digest: String,
    #[serde(default)]
    withdrawn: Option<Withdrawal>,
    #[serde(default)]
    superseded: Option<Supersession>,
    #[serde(default)]
    equivalents: Vec<Equivalent>,
    #[serde(default)]
    disputes: Vec<Dispute>,
    #[serde(default)]
    overrides: Vec<Override>,
}

/// Reads the certificates at a path: all of a register is examined first.
///
/// A plain file is a JSON list of certificates with what became of them, without signatures. It is good for trying things
/// out: whatever is answered from it says that nothing was verified.
///
/// # Errors
/// 20 when it cannot be read, 21 when it holds something else, 30 when a register does not hold.
pub fn standings(path: &Path, trust: Option<&Path>) -> Result<Found, Failure> {
    if path.is_dir() {
        return of_register(path, trust);
    }

    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::USAGE, format!("failed to read {}: {error}", path.display()))
    };
    let length = fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if length > FILE_MAX {
        return Err(unreadable(&format!("it has more than {FILE_MAX} bytes")));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(&error))?;
    let entries: Vec<Entry> = serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::new(Exit::INPUT_INVALID, format!("{}:{line}:{column}: {error}", path.display()))
            .hint("expected a JSON list of `{ certificate, digest, withdrawn, superseded, equivalents, disputes, overrides }`")
            .meaning("file of certificates invalid")
    })?;
    let standing = |entry: Entry| Standing {
        certificate: entry.certificate,
        digest: entry.digest,
        withdrawn: entry.withdrawn,
        superseded: entry.superseded,
        equivalents: entry.equivalents,
        disputes: entry.disputes,
        overrides: entry.overrides,
    };
    Ok(Found { standings: entries.into_iter().map(standing).collect(), is_verified: false })
}

/// The certificates of a register. Without a key from elsewhere it is held against the one that lies in it, which shows
/// mistakes and not forgers.
fn of_register(folder: &Path, trust: Option<&Path>) -> Result<Found, Failure> {
    let own = folder.join(certify::register::KEY);
    let key = register_folder::verifier_key(trust.unwrap_or(&own))?;
    let standings = register_folder::examined(folder, &key, None)?.standings;
    Ok(Found { standings, is_verified: trust.is_some() })
}
