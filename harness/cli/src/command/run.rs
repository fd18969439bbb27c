//! `run`: plan, preflight, execute, judge, report.

use super::ci::Ci;
use super::interrupt::{self, Ended, until_interrupted};
use super::kit;
use super::people;
use super::repeat::Tally;
use super::terminal::{MachineClock, Places, Teller, conclude, say, style};
use crate::args::{Lang, Run, Shard};
use crate::failure::{Failure, unread};
use crate::run_folder;
use crate::stand_ins;
use crate::{TOOL, embedded};
use checks::exit::Exit;
use checks::profile::Profile;
use evidence::challenge::Challenge;
use evidence::event::Assurance;
use evidence::log::Log;
use exchange::engine::{self, EngineError, Options, Recorder};
use exchange::plan::{self, LeftOut, Plan};
use exchange::scenario::{self, CarrierKind, Loaded};
use exchange::subject::{self, Subject, SubjectFile};
use jiff::Timestamp;
use report::SHARD_INPUT;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wire::signature::{Algorithms, algorithm};

/// Name under which the subject file stands among a run's inputs.
pub const SUBJECT_INPUT: &str = "subject:";
/// Name under which a scenario argument stands among a run's inputs.
pub const SELECTION_INPUT: &str = "selection:";

/// Runs.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Run) -> Result<Exit, Failure> {
    let ci = Ci::of(args.ci.annotations);
    let times = args.ci.repeat;
    if times == 1 {
        return Ok(once(args, &ci)?.1);
    }
    let mut tally = Tally::default();
    for number in 1..=times {
        say(format!("run {number} of {times}"));
        let (folder, exit) = once(args, &ci)?;
        let is_finished = tally.take(&folder, exit)?;
        say("");
        if !is_finished || args.ci.fail_fast && exit == Exit::VIOLATED {
            break;
        }
    }
    ci.summarise(&tally.markdown());
    say(format!("  counts    {}", tally.write(&args.out)?.display()));
    tally.tell();
    Ok(tally.exit())
}

/// One run: its folder, and how it ended.
fn once(args: &Run, ci: &Ci) -> Result<(PathBuf, Exit), Failure> {
    let challenge = args.challenge.as_deref().map(super::challenge::read).transpose()?;
    let mut prepared = prepare(&args.subject, args.profile.as_deref(), &args.scenarios, args.ci.shard)?;
    answering(&mut prepared.plan, challenge);
    let run = uuid::Builder::from_random_bytes(random()).into_uuid().to_string();
    let seed = args.seed.unwrap_or_else(|| u64::from_le_bytes(random()));
    let folder = run_folder::new_path(&args.out, "run", &run);
    let people = people::of(&args.people)?;
    let options = Options {
        run,
        tool: TOOL.to_owned(),
        assurance: Assurance::SelfRun,
        seed,
        resume: None,
        inbox: None,
        people,
        collect: None,
    };
    let manner = Manner { lang: args.lang, ci, fail_fast: args.ci.fail_fast };
    let exit = carry_out(prepared, &options, &folder, &manner)?;
    Ok((folder, exit))
}

/// How a run is told about.
pub struct Manner<'a> {
    /// Language of the HTML report.
    pub lang: Lang,
    /// The CI system.
    pub ci: &'a Ci,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
}

/// A plan with what was said about it.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// The profile.
    pub profile: Profile,
    /// Scenarios that the claim does not cover.
    pub left_out: Vec<LeftOut>,
}

/// Reads and checks everything before anything is sent.
///
/// # Errors
/// 20, 21 or 22.
pub fn prepare(
    path: &Path,
    profile: Option<&str>,
    selection: &[String],
    shard: Option<Shard>,
) -> Result<Prepared, Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::USAGE, format!("failed to read the subject file {name}: {}", unread(&error)))
    })?;
    let invalid = |error: &dyn std::error::Error| Failure::of(Exit::INPUT_INVALID, error);
    let file = subject_file(&name, &text)?;
    let profile = embedded::profile(profile.unwrap_or(&file.profile))?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut subject = subject::resolve(&file, folder, algorithms(&profile)).map_err(|error| invalid(&error))?;
    subject.profile = profile.id();
    kit::in_date(&subject, Timestamp::now())?;
    let absolute = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut inputs = vec![(format!("{SUBJECT_INPUT}{}", absolute.display()), text.into_bytes())];
    inputs.extend(selection.iter().map(|s| (format!("{SELECTION_INPUT}{s}"), Vec::new())));
    inputs.extend(shard.map(|shard| (format!("{SHARD_INPUT}{}/{}", shard.part, shard.of), Vec::new())));
    let mut prepared = plan(subject, profile, selection, inputs)?;
    if let Some(shard) = shard {
        cut(&mut prepared.plan.scenarios, shard)?;
    }
    Ok(prepared)
}

/// Has a run answer a challenge: its file is kept among the inputs.
pub fn answering(plan: &mut Plan, challenge: Option<Challenge>) {
    plan.inputs.extend(challenge.iter().map(|challenge| (challenge.input(), challenge.to_file())));
    plan.challenge = challenge;
}

/// Keeps a part of the scenarios: by their ids in order, one after the other to each part, so that the parts are of one
/// size, together are all, and are the same on every machine.
fn cut(scenarios: &mut Vec<Loaded>, shard: Shard) -> Result<(), Failure> {
    let mut ids: Vec<String> = scenarios.iter().map(|loaded| loaded.id.clone()).collect();
    ids.sort();
    let (all, part) = (ids.len(), shard.part as usize - 1);
    let kept: Vec<String> = ids.into_iter().skip(part).step_by(shard.of as usize).collect();
    if kept.is_empty() {
        let message = format!("part {} of {} is empty: there are {all} scenarios", shard.part, shard.of);
        return Err(Failure::new(Exit::NOTHING_SELECTED, message).hint("use fewer parts"));
    }
    scenarios.retain(|loaded| kept.contains(&loaded.id));
    Ok(())
}

/// Reads a subject file.
///
/// # Errors
/// 21 with every mistake, a message that there is not being one.
pub fn subject_file(name: &str, text: &str) -> Result<SubjectFile, Failure> {
    let invalid = |mistakes| Failure::of(Exit::INPUT_INVALID, &mistakes);
    let file = subject::parse(name, text).map_err(invalid)?;
    let messages = embedded::messages()?;
    let known: Vec<&str> = messages.names().collect();
    subject::known_messages(name, text, &known).map_err(invalid)?;
    Ok(file)
}

/// Selects scenarios for a subject and checks the plan.
///
/// # Errors
/// 21 or 22.
pub fn plan(
    subject: Subject,
    profile: Profile,
    selection: &[String],
    inputs: Vec<(String, Vec<u8>)>,
) -> Result<Prepared, Failure> {
    let carrier = if subject.way.is_mail() { CarrierKind::Mail } else { CarrierKind::Http };
    let selected = select(selection, &profile, carrier)?;
    let claims = &subject.description.claims;
    let (scenarios, mut left_out) = plan::select(selected, claims, subject.start.is_some(), carrier);
    let faults = stand_ins::unknown_faults(&scenarios);
    if !faults.is_empty() {
        return Err(Failure::new(Exit::INPUT_INVALID, faults.join("\n")));
    }
    let (scenarios, without) = stand_ins::with_registers(scenarios, subject.registers.is_some());
    left_out.extend(without);
    let (scenarios, without) = stand_ins::with_signers(scenarios, &subject);
    left_out.extend(without);
    if scenarios.is_empty() {
        let reasons: Vec<String> = left_out.iter().map(|l| format!("{}: {}", l.id, l.reason)).collect();
        return Err(Failure::new(
            Exit::NOTHING_SELECTED,
            format!("no scenario is left to run\n{}", reasons.join("\n")),
        )
        .hint("`provestein scenarios list` lists what there is; `claims` in the subject file says what is tested"));
    }
    let registers = stand_ins::of_subject(&subject)?;
    let plan = Plan {
        subject,
        scenarios,
        messages: embedded::messages()?,
        quiet: Duration::from_millis(profile.quiet_ms),
        gen_date_shift_hours: profile.gen_date_shift_hours,
        inputs,
        challenge: None,
        suite: embedded::suite_digest(),
        registers,
    };
    plan.check().map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(|e| format!("error: {e}")).collect();
        Failure::new(Exit::INPUT_INVALID, lines.join("\n"))
    })?;
    Ok(Prepared { plan, profile, left_out })
}

/// Executes a plan in a new folder, then judges and reports.
///
/// # Errors
/// [`Failure`].
pub fn carry_out(prepared: Prepared, options: &Options, folder: &Path, manner: &Manner<'_>) -> Result<Exit, Failure> {
    run_folder::make(folder)?;
    opening(&prepared, options, folder);
    let clock = MachineClock::start();
    let log = Log::create(folder, clock.clone()).map_err(|error| Failure::of_disk(&error))?;
    let teller = Teller::new();
    let teller = if manner.fail_fast { teller.failing_fast(folder) } else { teller };
    let engine = engine::execute(prepared.plan, Recorder { log, clock }, options, &teller, async |_, _| {});
    finish(until_interrupted(teller.beside(engine))?, folder, manner)
}

/// Judges what was recorded, writes the reports, prints the last screen. When the engine failed, what was
/// recorded before is still reported, and the failure decides the exit code. So it is when the run was interrupted,
/// which is 11 unless something worse was found.
///
/// # Errors
/// [`Failure`].
pub fn finish(ended: Ended, folder: &Path, manner: &Manner<'_>) -> Result<Exit, Failure> {
    let lang = manner.lang;
    let interrupted = matches!(ended, Ended::Interrupted | Ended::ByItself(Err(EngineError::PutOff)));
    if interrupted {
        interrupt::tell(folder);
    }
    let failed = match ended {
        Ended::ByItself(Err(EngineError::PutOff) | Ok(())) | Ended::Interrupted => None,
        Ended::ByItself(Err(error)) => Some(engine_failed(&error, folder)),
    };
    let judged = run_folder::judge(folder, None);
    let judged = match (judged, failed) {
        (Ok(judged), None) => judged,
        (Ok(judged), Some(failure)) => {
            // The disk may be the very cause; the log is what counts.
            let _ = run_folder::write_reports(folder, &judged, &run_folder::ALL, lang);
            return Err(failure);
        }
        (Err(failure), None) | (Err(_), Some(failure)) => return Err(failure),
    };
    run_folder::write_reports(folder, &judged, &run_folder::ALL, lang)?;
    manner.ci.tell(&judged, folder)?;
    let exit = conclude(&judged, &Places::of_run(folder));
    Ok(if interrupted && exit == Exit::MET { Exit::NOT_ESTABLISHED } else { exit })
}

fn engine_failed(error: &EngineError, folder: &Path) -> Failure {
    let failure = match error {
        EngineError::Inbox { .. } | EngineError::Registers { .. } => Failure::of(Exit::CONFIGURATION, error),
        EngineError::Log(_) => Failure::of_disk(error),
        EngineError::Panicked(_) => Failure::of(Exit::HARNESS_BUG, error),
        EngineError::Compose { .. } | EngineError::Fill { .. } => Failure::of(Exit::INPUT_INVALID, error),
        EngineError::PutOff => Failure::of(Exit::NOT_ESTABLISHED, error),
    };
    failure.hint(format!(
        "what was recorded is in {}; `provestein resume {}` goes on when the cause is gone",
        folder.display(),
        folder.display()
    ))
}

/// The first screen: what is tested, by what, and where the evidence will lie.
pub fn opening(prepared: &Prepared, options: &Options, folder: &Path) {
    let log = folder.join(evidence::log::LOG_FILE).display().to_string();
    let run = options.started(&prepared.plan);
    say(report::terminal::opening(&report::terminal::Opening {
        run: &run,
        subject: Some(&prepared.plan.subject.description),
        profile: &prepared.profile,
        cases: prepared.plan.scenarios.len(),
        log: &log,
        style: style(),
    })
    .trim_end());
    if let Some(shard) = prepared.plan.inputs.iter().find_map(|(name, _)| name.strip_prefix(SHARD_INPUT)) {
        say(format!("shard         {shard}: the other parts run elsewhere, and nothing is said about them"));
    }
    if let Some(challenge) = &prepared.plan.challenge {
        say(format!("challenge     {}: ids of this run derive from it", challenge.id));
    }
    for LeftOut { id, reason } in &prepared.left_out {
        say(format!("left out      {id}: {reason}"));
    }
    for id in changed(&prepared.plan.scenarios) {
        say(format!("changed       {id} is another text than the suite's: no certificate can be drawn from this run"));
    }
}

/// Scenarios that have the id of one of the suite's, and another text.
fn changed(scenarios: &[Loaded]) -> Vec<&str> {
    let shipped = embedded::scenarios().unwrap_or_default();
    let is_changed = |one: &&Loaded| shipped.iter().any(|known| known.id == one.id && known.digest != one.digest);
    scenarios.iter().filter(is_changed).map(|one| one.id.as_str()).collect()
}

/// SHA-1 or SHA-256, as the profile's subject is to be talked to.
pub fn algorithms(profile: &Profile) -> Algorithms {
    let sha1_only = profile.algorithms.digest.iter().all(|uri| uri == algorithm::SHA1);
    if sha1_only { Algorithms::SHA1 } else { Algorithms::SHA256 }
}

fn select(selection: &[String], profile: &Profile, carrier: CarrierKind) -> Result<Vec<Loaded>, Failure> {
    let shipped = embedded::scenarios()?;
    if selection.is_empty() {
        let of_profile = profile
            .scenarios
            .iter()
            .chain(&profile.restarting)
            .chain(profile.by_mail.iter().filter(|_| carrier == CarrierKind::Mail))
            .filter_map(|id| shipped.iter().find(|loaded| loaded.id == *id));
        return Ok(of_profile.cloned().collect());
    }
    let mut selected: Vec<Loaded> = Vec::new();
    for wanted in selection {
        let found = of_disk(wanted)?.unwrap_or_else(|| {
            let is_of = |loaded: &&Loaded| {
                loaded.id == *wanted || loaded.id.starts_with(&format!("{}/", wanted.trim_end_matches('/')))
            };
            shipped.iter().filter(is_of).cloned().collect()
        });
        if found.is_empty() {
            return Err(Failure::new(
                Exit::NOTHING_SELECTED,
                format!("no scenario is called `{wanted}`, and no file or folder"),
            )
            .hint("`provestein scenarios list` lists what there is"));
        }
        for loaded in found {
            if !selected.iter().any(|s| s.id == loaded.id) {
                selected.push(loaded);
            }
        }
    }
    Ok(selected)
}

/// Scenarios of a file or folder on disk; `None` when the argument is neither.
///
/// # Errors
/// 21 with all mistakes of all files.
pub fn of_disk(wanted: &str) -> Result<Option<Vec<Loaded>>, Failure> {
    let path = PathBuf::from(wanted);
    let mut files = Vec::new();
    if path.is_file() {
        files.push(path.clone());
    } else if path.is_dir() {
        walk(&path, &mut files);
        files.sort();
    } else {
        return Ok(None);
    }
    let (mut loaded, mut mistakes) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        let text = fs::read_to_string(&file)
            .map_err(|error| Failure::new(Exit::USAGE, format!("failed to read {name}: {error}")))?;
        let id = name.trim_start_matches("./").trim_end_matches(".yaml").trim_start_matches("scenarios/").to_owned();
        match scenario::parse(&id, &name, &text) {
            Ok(scenario) => loaded.push(scenario),
            Err(found) => mistakes.push(found.to_string()),
        }
    }
    if mistakes.is_empty() { Ok(Some(loaded)) } else { Err(Failure::new(Exit::INPUT_INVALID, mistakes.join("\n"))) }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            files.push(path);
        }
    }
}

/// Random bytes of the operating system. Without them no run can begin.
///
/// # Panics
/// On a machine without randomness, which none is.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
