//! `judge`: verdicts from the log alone.

use super::terminal::{Places, conclude, print};
use crate::args::{Format, Judge};
use crate::failure::Failure;
use crate::run_folder;
use checks::exit::Exit;

/// Judges.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Judge) -> Result<Exit, Failure> {
    let folder = run_folder::find(&args.run, &args.out)?;
    let judged = run_folder::judge(&folder, args.profile.as_deref())?;
    match args.format {
        Format::Json => {
            print(&report::json::render(&judged.view()));
            Ok(judged.exit())
        }
        Format::Human => Ok(conclude(&judged, &Places::of_run(&folder))),
    }
}
