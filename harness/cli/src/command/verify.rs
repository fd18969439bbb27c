//! `verify`: that log and blobs are what was written.

use super::terminal::say;
use crate::args::Verify;
use crate::failure::Failure;
use crate::run_folder;
use checks::exit::Exit;

/// Verifies.
///
/// # Errors
/// 30 when anything was altered.
pub fn run(args: &Verify) -> Result<Exit, Failure> {
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
    compare_result(&folder, &stored)?;
    say(
        "proven: nothing was changed, removed or put in between. Not proven: who wrote it, and that it is all there was.",
    );
    Ok(Exit::MET)
}

/// `result.json` names head and count, so that a tail cut off after the run shows.
fn compare_result(folder: &std::path::Path, stored: &evidence::read::Stored) -> Result<(), Failure> {
    let Ok(text) = std::fs::read_to_string(folder.join("result.json")) else {
        say("result no result.json beside the log: whether the log was cut after the run cannot be told");
        return Ok(());
    };
    let broken =
        |reason: String| Failure::new(Exit::EVIDENCE_BROKEN, format!("{}/result.json {reason}", folder.display()));
    let result: serde_json::Value = serde_json::from_str(&text).map_err(|e| broken(format!("is not JSON: {e}")))?;
    let (head, events) = (&result["run"]["head"], &result["run"]["events"]);
    if head.as_str() != Some(&stored.head.to_string()) || events.as_u64() != Some(stored.events.len() as u64) {
        return Err(broken(format!(
            "was made from another log: it names {events} events ending in {head}, the log has {} ending in {}",
            stored.events.len(),
            stored.head
        )));
    }
    say("result result.json was made from exactly this log");
    Ok(())
}
