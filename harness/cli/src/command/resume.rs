//! `resume`: goes on with a run that was interrupted. What is finished stays; a scenario that was under way begins anew.

use super::challenge;
use super::ci::Ci;
use super::interrupt::until_interrupted;
use super::people;
use super::run::{Manner, Prepared, SELECTION_INPUT, SUBJECT_INPUT, answering, finish, prepare};
use super::terminal::{MachineClock, Teller, say};
use crate::args::{Annotations, Resume};
use crate::failure::Failure;
use crate::{TOOL, run_folder, stated};
use checks::exit::Exit;
use evidence::digest::Digest;
use evidence::event::{Event, RunStarted, ScenarioOutcome};
use evidence::history;
use evidence::log::{Log, LogError};
use evidence::read::{ReadError, Stored};
use exchange::engine::{self, Options, Recorder, Resumed, Standing};
use report::SHARD_INPUT;
use std::path::{Path, PathBuf};

/// Resumes.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Resume) -> Result<Exit, Failure> {
    let folder = run_folder::find(&args.run, &args.out)?;
    let stored = run_folder::open(&folder)?;
    stated::not_cut(&stored)?;
    not_finished(&stored, &folder)?;
    let begun = stored.events.iter().find_map(|r| match &r.event {
        Event::RunStarted(run) => Some(run.clone()),
        _ => None,
    });
    let begun = begun.ok_or_else(|| {
        Failure::new(
            Exit::USAGE,
            format!("nothing was recorded in {} before the run was interrupted", folder.display()),
        )
        .hint("begin a new run")
    })?;
    let prepared = prepared(&begun, &stored)?;
    let clock = MachineClock::start();
    let log = Log::resume(&folder, clock.clone()).map_err(|error| not_resumed(&error))?;
    // Read again now that nobody else writes: another process may have gone on in between.
    let stored = run_folder::open(&folder)?;
    not_finished(&stored, &folder)?;
    let finished: Vec<String> = stored.events.iter().filter_map(|r| ended(&r.event)).collect();
    say(format!("{TOOL}: going on with run {}", begun.run));
    say(format!("  finished  {} of {} scenarios", finished.len(), prepared.plan.scenarios.len()));
    let options = Options {
        // Ids must not repeat those of the interrupted process.
        run: format!("{} {}", begun.run, stored.events.len()),
        tool: TOOL.to_owned(),
        assurance: begun.assurance,
        seed: begun.seed,
        resume: Some(Resumed { finished, slowest_ms: slowest(&stored)?, standing: Standing::of(&stored.events) }),
        inbox: None,
        people: people::of_run(&args.people, &stored)?,
        collect: None,
    };
    let teller = Teller::new();
    let engine = engine::execute(prepared.plan, Recorder { log, clock }, &options, &teller, async |_, _| {});
    let ci = Ci::of(Annotations::Auto);
    let manner = Manner { lang: args.lang, ci: &ci, fail_fast: false };
    finish(until_interrupted(teller.beside(engine))?, &folder, &manner)
}

/// The plan of a run that has begun, from the very same inputs.
///
/// # Errors
/// 20 when it was no `run`, 21 when an input was changed.
pub fn prepared(begun: &RunStarted, stored: &Stored) -> Result<Prepared, Failure> {
    let (subject, selection) = inputs(begun)?;
    let shard = begun.inputs.iter().find_map(|(name, _)| name.strip_prefix(SHARD_INPUT)?.parse().ok());
    let mut prepared = prepare(&subject, Some(&begun.profile), &selection, shard)?;
    answering(&mut prepared.plan, challenge::of_run(begun, stored)?);
    same_inputs(begun, &prepared.plan.inputs)?;
    Ok(prepared)
}

fn not_finished(stored: &Stored, folder: &Path) -> Result<(), Failure> {
    if !stored.is_finished() {
        return Ok(());
    }
    let reason = format!("the run in {} is finished; there is nothing to go on with", folder.display());
    Err(Failure::new(Exit::USAGE, reason).hint("`provestein run` begins a new one"))
}

/// The judge measures silence by the slowest answer of the whole run, so the rest of it must know that one.
fn slowest(stored: &Stored) -> Result<u64, Failure> {
    let history = history::of(&stored.events, &stored.blobs());
    Ok(checks::slowest_answer_ms(&history.map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?))
}

/// Why a log cannot be written on.
pub fn not_resumed(error: &LogError) -> Failure {
    match error {
        LogError::Locked(_) => Failure::of(Exit::USAGE, error).hint("the run still goes on: wait for it or stop it"),
        LogError::Read(ReadError::Broken { .. } | ReadError::Blob { .. }) => Failure::of(Exit::EVIDENCE_BROKEN, error),
        LogError::Read(ReadError::NoLog(_)) => Failure::of(Exit::USAGE, error),
        _ => Failure::of_disk(error),
    }
}

fn ended(event: &Event) -> Option<String> {
    match event {
        Event::ScenarioEnded { scenario, outcome: ScenarioOutcome::Finished } => Some(scenario.clone()),
        _ => None,
    }
}

fn inputs(begun: &RunStarted) -> Result<(PathBuf, Vec<String>), Failure> {
    let subject = begun.inputs.iter().find_map(|(name, _)| name.strip_prefix(SUBJECT_INPUT)).ok_or_else(|| {
        Failure::new(Exit::USAGE, "this run has no subject file; only a `run` can be gone on with".to_owned())
    })?;
    let selection = begun.inputs.iter().filter_map(|(name, _)| name.strip_prefix(SELECTION_INPUT));
    Ok((PathBuf::from(subject), selection.map(str::to_owned).collect()))
}

/// A run that goes on with other inputs would be two runs in one.
fn same_inputs(begun: &RunStarted, now: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    for (name, digest) in &begun.inputs {
        let same = now.iter().any(|(n, bytes)| n == name && Digest::of(bytes) == *digest);
        if !same {
            let what = name.trim_start_matches(SUBJECT_INPUT);
            return Err(Failure::new(Exit::INPUT_INVALID, format!("{what} was changed since the run began"))
                .hint("put it back as it was, or begin a new run"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_being_written_is_no_bug_of_the_harness() {
        let failure = not_resumed(&LogError::Locked("r/events.jsonl".into()));
        assert_eq!(failure.exit.code, 20);
        let text = failure.to_string();
        assert!(
            text.contains("another process is writing this run") && text.contains("wait for it or stop it"),
            "{text}"
        );
        let broken = LogError::Read(ReadError::Broken {
            path: "r/events.jsonl".into(),
            line: 2,
            reason: evidence::format::LineError::Altered,
        });
        assert_eq!(not_resumed(&broken).exit.code, 30);
    }
}
