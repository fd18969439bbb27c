//! `report`: the reports again, from the log.

use super::terminal::say;
use crate::args::Report;
use crate::failure::Failure;
use crate::run_folder;
use checks::exit::Exit;

/// Writes reports.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Report) -> Result<Exit, Failure> {
    let folder = run_folder::find(&args.run, &args.out)?;
    let judged = run_folder::judge(&folder, None)?;
    run_folder::write_reports(&folder, &judged, &args.format, args.lang)?;
    say(format!("reports written into {}", folder.display()));
    // The command did its work; what the run is worth is for `judge` to say.
    Ok(Exit::MET)
}
