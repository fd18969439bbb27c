//! `runs`: what is stored.

use super::terminal::say;
use crate::args::Runs;
use crate::failure::Failure;
use crate::run_folder;
use checks::exit::Exit;
use evidence::event::Event;

/// Lists.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Runs) -> Result<Exit, Failure> {
    let folders = run_folder::list(&args.out);
    if folders.is_empty() {
        say(format!("no runs in {}", args.out.display()));
    }
    for folder in folders {
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let line = match evidence::read::open(&folder) {
            Err(error) => format!("{name}  unreadable: {error}"),
            Ok(stored) => {
                let what = stored.events.iter().find_map(|r| match &r.event {
                    Event::SubjectDescribed(s) => Some(format!("{} {} {}", s.supplier, s.system, s.version)),
                    _ => None,
                });
                let state = if stored.is_finished() { "finished" } else { "interrupted" };
                format!("{name}  {state:<11} {:>5} events  {}", stored.events.len(), what.unwrap_or_default())
            }
        };
        say(line);
    }
    Ok(Exit::MET)
}
