//! `verify`: that log and blobs are what was written, and that the reports beside them are what they give. A file is a
//! certificate.

use super::terminal::say;
use crate::args::Verify;
use crate::failure::Failure;
use crate::run_folder;
use crate::stated::{self, RESULT, Reach, Stated};
use checks::exit::Exit;
use std::path::Path;

/// Verifies.
///
/// # Errors
/// 30 when anything was altered.
pub fn run(args: &Verify) -> Result<Exit, Failure> {
    let path = Path::new(&args.path);
    if path.is_file() {
        return super::verify_certificate::run(args, path);
    }
    let folder = run_folder::find(&args.path, &args.out)?;
    let stored = run_folder::open(&folder)?;
    let blobs = stored.check_blobs().map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    say(format!("log    {} events, each following the one before; the last is {}", stored.events.len(), stored.head));
    say(format!("blobs  {blobs} named, all there, all with the bytes their names say"));
    if let Some(torn) = &stored.torn {
        say(format!(
            "tail   {} bytes of a line that was being written when the process ended; `provestein resume` sets them aside",
            torn.len()
        ));
    }
    let files = match Stated::of(&folder)? {
        None => vec![format!("no {RESULT} beside the log: whether the log was cut after the run cannot be told")],
        Some(stated) => match stated.reach(&stored)? {
            Reach::Whole => stated::compare(&stated, &folder)?,
            Reach::Beginning(events) => vec![format!(
                "{RESULT} was made from the first {events} events, before the run went on: verdicts were not compared; \
                 `provestein report {}` makes it anew",
                folder.display()
            )],
        },
    };
    for file in files {
        say(format!("file   {file}"));
    }
    say(
        "proven: nothing in the log was changed, removed or put in between. Not proven: who wrote it, and that it is all there was.",
    );
    Ok(Exit::MET)
}
