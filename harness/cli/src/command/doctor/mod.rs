//! `doctor`: looks at the wiring without sending a message. Each line says what to do.

mod registers;

use super::terminal::{print, runtime, say};
use crate::args::{Doctor, Format};
use crate::failure::{Failure, unread};
use crate::{embedded, run_folder};
use checks::exit::Exit;
use evidence::history;
use exchange::preflight::{self, Fault, Look, Outcome};
use exchange::subject::{self, Subject, SubjectFile};
use jiff::Timestamp;
use report::clean;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Looks.
///
/// # Errors
/// 20 or 21 when the subject file itself cannot be used, 20 or 30 when the run cannot be read.
pub fn run(args: &Doctor) -> Result<Exit, Failure> {
    let (file, subject) = read(&args.subject)?;
    let mut looks = registers::looks(&subject);
    looks.extend(of_run(args, &subject)?);
    let within = Duration::from_secs(args.within);
    let mut first = runtime()?.block_on(preflight::looks(&subject, within, Timestamp::now()));
    // What a run has shown is not unknown any more.
    first.retain(|look| look.outcome != Outcome::Unknown || !looks.iter().any(|other| other.what == look.what));
    first.append(&mut looks);
    let exit = exit(&first);
    match args.format {
        Format::Human => tell(&args.subject, &file, &first),
        Format::Json => print(&format!("{:#}\n", document(&file, &first, exit))),
    }
    Ok(exit)
}

fn read(path: &Path) -> Result<(SubjectFile, Subject), Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::USAGE, format!("failed to read the subject file {name}: {}", unread(&error)))
    })?;
    let file = super::run::subject_file(&name, &text)?;
    let profile = embedded::profile(&file.profile)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let resolved = subject::resolve(&file, folder, super::run::algorithms(&profile));
    let subject = resolved.map_err(|error| Failure::of(Exit::INPUT_INVALID, &error))?;
    Ok((file, subject))
}

/// What only the subject can show, by what it did in a run.
fn of_run(args: &Doctor, subject: &Subject) -> Result<Vec<Look>, Failure> {
    let Some(run) = &args.run else {
        return Ok(vec![Look::unknown(
            "a message from the subject",
            "not looked at: whether it knows our HER-ids, our certificates and our address",
            "run a scenario, then `provestein doctor --run latest` looks for it in the run",
        )]);
    };
    let stored = run_folder::open(&run_folder::find(run, &args.out)?)?;
    let history =
        history::of(&stored.events, &stored.blobs()).map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    Ok(preflight::of_run(subject, &history))
}

/// What is not configured comes before what is not there.
fn exit(looks: &[Look]) -> Exit {
    let any = |fault| looks.iter().any(|look| look.outcome == Outcome::Wrong(fault));
    match (any(Fault::Configuration), any(Fault::Environment)) {
        (true, _) => Exit::CONFIGURATION,
        (false, true) => Exit::ENVIRONMENT,
        (false, false) => Exit::MET,
    }
}

fn tell(path: &Path, file: &SubjectFile, looks: &[Look]) {
    say(format!("{}: {} {} {}", path.display(), file.subject.supplier, file.subject.system, file.subject.version));
    for look in looks {
        let word = match look.outcome {
            Outcome::Fine => "ok  ",
            Outcome::Wrong(_) => "FAIL",
            Outcome::Unknown => "?   ",
        };
        say(format!("  {word}  {:<34} {}", clean(&look.what), clean(&look.found)));
        if !look.is_fine() && !look.advice.is_empty() {
            say(format!("        {}", look.advice));
        }
    }
    let count = |is: fn(&Outcome) -> bool| looks.iter().filter(|look| is(&look.outcome)).count();
    let (passed, unknown) = (count(|o| *o == Outcome::Fine), count(|o| *o == Outcome::Unknown));
    say(format!("{passed} passed, {} failed, {unknown} skipped", looks.len() - passed - unknown));
}

/// The same for programs, format 1.
fn document(file: &SubjectFile, looks: &[Look], exit: Exit) -> Value {
    let line = |look: &Look| {
        let (outcome, fault) = match look.outcome {
            Outcome::Fine => ("ok", None),
            Outcome::Wrong(Fault::Configuration) => ("fail", Some("configuration")),
            Outcome::Wrong(Fault::Environment) => ("fail", Some("environment")),
            Outcome::Unknown => ("unknown", None),
        };
        let advice = Some(look.advice).filter(|advice| !advice.is_empty() && !look.is_fine());
        json!({ "what": clean(&look.what), "outcome": outcome, "fault": fault, "found": clean(&look.found), "advice": advice })
    };
    json!({
        "format": 1,
        "subject": {
            "supplier": file.subject.supplier,
            "system": file.subject.system,
            "version": file.subject.version,
        },
        "looks": looks.iter().map(line).collect::<Vec<_>>(),
        "exit": { "code": exit.code, "meaning": if exit == Exit::MET { "nothing wrong was found" } else { exit.meaning } },
    })
}
