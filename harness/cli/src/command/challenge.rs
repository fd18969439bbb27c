//! `certify challenge new`, and the challenge that a run answers.

use super::terminal::say;
use crate::command::run::random;
use crate::failure::Failure;
use crate::issuer;
use ::certify::certificate::Certificate;
use ::certify::register::digest;
use checks::exit::Exit;
use evidence::blob::Blobs as _;
use evidence::challenge::{Challenge, INPUT};
use evidence::event::RunStarted;
use evidence::read::Stored;
use jiff::Timestamp;
use jiff::civil::Date;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Draws a number, and writes it into a file that must not exist.
///
/// # Errors
/// 20 when the file cannot be made, or the days do not fit.
pub fn new(path: &Path, until: Date, vendor: Option<&str>) -> Result<Exit, Failure> {
    let today = issuer::today();
    if until < today {
        return Err(Failure::new(Exit::USAGE, format!("the challenge would end on {until}, before today, {today}")));
    }
    let challenge = Challenge::new(random(), Timestamp::now(), until, vendor.map(str::to_owned));
    let refused = |e: std::io::Error| Failure::new(Exit::USAGE, format!("failed to make {}: {e}", path.display()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(refused)?;
    file.write_all(&challenge.to_file()).and_then(|()| file.sync_all()).map_err(refused)?;
    say(format!("challenge    {} in {}", challenge.id, path.display()));
    say(format!("good until   {until} (UTC)"));
    say(format!("the vendor   provestein run --challenge {} …", path.display()));
    say("keep a copy of the file: `certify --challenge` compares with it. Give it to that vendor only, and once");
    Ok(Exit::MET)
}

/// Reads the file of a challenge.
///
/// # Errors
/// 20 when it cannot be read, 21 when it is none.
pub fn read(path: &Path) -> Result<Challenge, Failure> {
    let bytes = super::certify::read(path)?;
    Challenge::read(&bytes).map_err(|error| {
        Failure::new(Exit::INPUT_INVALID, format!("{}: {error}", path.display()))
            .meaning("challenge invalid")
            .hint("`provestein certify challenge new` makes one; ask whoever gave it to you for the file as it was")
    })
}

/// Whether the acknowledgments were signed with certificates that are known from elsewhere; with none named, nobody asked.
///
/// # Errors
/// 20 for files, 21 when another one signed.
pub fn signed_by(certificate: &Certificate, known: &[PathBuf]) -> Result<(), Failure> {
    let digest_of = |path: &PathBuf| {
        let unusable = |why: String| Failure::new(Exit::USAGE, format!("{}: {why}", path.display()));
        let pem = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
        let read = wire::certificate::Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
        Ok(digest(read.der()))
    };
    let known = known.iter().map(digest_of).collect::<Result<Vec<_>, Failure>>()?;
    let signers = certificate.challenged.iter().flat_map(|one| &one.signers);
    match signers.into_iter().find(|signer| !known.is_empty() && !known.contains(signer)) {
        None => Ok(()),
        Some(other) => Err(Failure::new(
            Exit::INPUT_INVALID,
            format!(
                "acknowledgments were signed with the certificate of SHA-256 {other}, which is none of those you named"
            ),
        )
        .meaning("nothing was certified")
        .hint("ask the address register with which certificate the system signs; somebody else may have answered")),
    }
}

/// The challenge that a run answers, from its own evidence; `None` when it answers none.
///
/// # Errors
/// 30 when what the run keeps is no challenge.
pub fn of_run(begun: &RunStarted, stored: &Stored) -> Result<Option<Challenge>, Failure> {
    let Some((name, digest)) = begun.inputs.iter().find(|(name, _)| name.starts_with(INPUT)) else { return Ok(None) };
    let bytes = stored.blobs().get(*digest).map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    let broken = |why: String| Failure::new(Exit::EVIDENCE_BROKEN, format!("{name} in the log: {why}"));
    let challenge = Challenge::read(&bytes).map_err(|error| broken(error.to_string()))?;
    if challenge.input() == *name { Ok(Some(challenge)) } else { Err(broken("it is another challenge".to_owned())) }
}
