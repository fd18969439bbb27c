//! `collect`: opens the inbox of a run that has ended again, until what was still due has come or the standard's
//! deadline is over.

use super::ci::Ci;
use super::interrupt::{Ended, until_interrupted};
use super::run::{Manner, finish};
use super::terminal::{MachineClock, Teller, say};
use crate::args::{Annotations, Collect};
use crate::failure::Failure;
use crate::{TOOL, run_folder, stated};
use checks::exit::Exit;
use evidence::event::Assurance;
use evidence::history;
use evidence::log::Log;
use exchange::engine::{self, Collecting, Options, People, Recorder};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// An AppRec is due 96 hours after GenDate (HITS 1168 4.1).
const DEADLINE: SignedDuration = SignedDuration::from_hours(96);

/// Collects.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Collect) -> Result<Exit, Failure> {
    let folder = run_folder::find(&args.run, &args.out)?;
    let stored = run_folder::open(&folder)?;
    stated::not_cut(&stored)?;
    let usage = |reason: String, hint: &str| Failure::new(Exit::USAGE, reason).hint(hint.to_owned());
    if !stored.is_finished() {
        let reason = format!("the run in {} has not ended", folder.display());
        return Err(usage(reason, "`provestein resume` goes on with it"));
    }
    let history = history::of(&stored.events, &stored.blobs());
    let history = history.map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    let begun = history.run.clone().ok_or_else(|| usage("the log has no beginning".to_owned(), "begin a new run"))?;
    if begun.assurance != Assurance::SelfRun {
        return Err(usage("only a `run` can be collected for".to_owned(), "a demo has nobody who could still send"));
    }
    let asked = args.wait.map(|minutes| SignedDuration::from_mins(minutes.try_into().unwrap_or(i64::MAX)));
    let now = Timestamp::now();
    let last = history.messages.iter().filter(|m| m.composed.is_some()).map(|m| m.at).max().unwrap_or(now);
    let until = match asked {
        Some(wait) => now.checked_add(wait),
        None => last.checked_add(DEADLINE),
    };
    let until = until.unwrap_or(Timestamp::MAX);
    let patience = Duration::try_from(until.duration_since(now)).unwrap_or_default();
    if patience.is_zero() {
        return Err(usage(format!("the deadline was {until}"), "`--wait MINUTES` waits all the same"));
    }
    let collecting = Collecting::of(&history, &stored.blobs(), (until, patience));
    let collecting = collecting.map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    if collecting.due.is_empty() {
        say("nothing is due: every AppRec that was waited for has come");
        return Ok(run_folder::judge(&folder, None)?.exit());
    }
    let prepared = super::resume::prepared(&begun, &stored)?;
    let clock = MachineClock::start();
    let log = Log::resume(&folder, clock.clone()).map_err(|error| super::resume::not_resumed(&error))?;
    say(format!("{TOOL}: {} AppRecs are due; the inbox is open until {until} at the latest", collecting.due.len()));
    let options = Options {
        run: format!("{} {}", begun.run, stored.events.len()),
        tool: TOOL.to_owned(),
        assurance: begun.assurance,
        seed: begun.seed,
        resume: None,
        inbox: None,
        people: People::default(),
        collect: Some(collecting),
    };
    let teller = Teller::new();
    let recorder = Recorder { log, clock };
    let engine = engine::execute(prepared.plan, recorder, &options, &teller, async |_, _| {});
    let ended = until_interrupted(engine)?;
    let ended = if matches!(ended, Ended::Interrupted) { Ended::ByItself(Ok(())) } else { ended };
    let ci = Ci::of(Annotations::Auto);
    finish(ended, &folder, &Manner { lang: args.lang, ci: &ci, fail_fast: false })
}
