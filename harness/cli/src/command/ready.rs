//! `ready`: may a municipality switch a message on? What is answered is decided in `readiness`; here files and the day
//! come to it.

mod written;

use super::terminal::{print, say};
use crate::args::{Ready, ReadyFormat};
use crate::failure::Failure;
use crate::standings::{Found, standings};
use certify::certificate::{Direction, Scope};
use checks::exit::Exit;
use jiff::civil::Date;
use jiff::{Timestamp, tz};
use readiness::answer::{self, Answer, Place};
use readiness::because::Verdict;
use readiness::evidence::Evidence;
use readiness::matrix::Matrix;
use readiness::question::{Other, Question};
use readiness::roster::{Form, Roster};
use readiness::{message, national, render};
use std::fs;
use std::path::Path;

/// Bytes of a roster: fifty thousand parties with some systems each.
const ROSTER_MAX: u64 = 64 << 20;

/// Answers.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Ready) -> Result<Exit, Failure> {
    let on = args.on.unwrap_or_else(|| norwegian_day(Timestamp::now()));
    let message = args.message.as_deref().map(Scope::split).transpose();
    let message = message.map_err(|error| Failure::of(Exit::USAGE, &error))?;
    let roster = args.roster.as_deref().map(roster).transpose()?.unwrap_or_default();
    let Found { standings, is_verified } = standings(&args.register, args.trust.as_deref())?;
    let evidence = Evidence::of(standings);
    if args.format == ReadyFormat::Human && !is_verified {
        say(format!(
            "note: nothing says that {} can be believed: {}\n",
            args.register.display(),
            unproven(&args.register)
        ));
    }
    match message {
        _ if args.matrix => Ok(matrix(args, &evidence, message, on, is_verified)),
        _ if args.national => national(args, &evidence, &roster, on, is_verified),
        Some(name) => answers(args, &evidence, &roster, &questions(args, name, on)?, is_verified),
        // The command line asks for one of the three.
        None => Err(Failure::new(Exit::USAGE, "no message was named")),
    }
}

fn answers(
    args: &Ready,
    evidence: &Evidence,
    roster: &Roster,
    questions: &[Question],
    is_verified: bool,
) -> Result<Exit, Failure> {
    let place = place(args);
    let mut asked: Vec<(&Question, Vec<Answer<'_>>)> = Vec::new();
    for question in questions {
        let answers = answer::ask(evidence, roster, &place, question).map_err(|unknown| {
            Failure::of(Exit::NOTHING_SELECTED, &unknown)
                .hint("municipalities are named by number or name, counterparts by id, as the roster has them")
        })?;
        asked.push((question, answers));
    }
    let letters = written::letters(args, &asked)?;
    let sheets = written::sheets(args, &asked)?;
    match args.format {
        ReadyFormat::Human => {
            for (index, (_, answers)) in asked.iter().enumerate() {
                print(&format!("{}{}", if index > 0 { "\n" } else { "" }, render::human(answers)));
            }
            for (folder, count, what) in [(&args.letters, letters.len(), "letters"), (&args.sheet, sheets, "sheets")] {
                if let (Some(folder), 1..) = (folder, count) {
                    say(format!("\n{count} {what} written into {}", folder.display()));
                }
            }
        }
        ReadyFormat::Json => print(&render::json(&asked, is_verified, &letters)),
        ReadyFormat::Csv => {
            let answers: Vec<&Answer<'_>> = asked.iter().flat_map(|(_, answers)| answers).collect();
            print(&render::csv(&answers));
        }
    }
    let verdict = answer::together(asked.iter().flat_map(|(_, answers)| answers));
    Ok(exit(verdict.unwrap_or(Verdict::NotEstablished)))
}

fn matrix(args: &Ready, evidence: &Evidence, only: Option<(&str, &str)>, on: Date, is_verified: bool) -> Exit {
    let only = only.map(|(message, version)| (message.to_owned(), version.to_owned()));
    let matrix = Matrix::of(evidence, on, only.as_ref());
    match args.format {
        ReadyFormat::Human => print(&render::matrix_human(&matrix)),
        ReadyFormat::Json => print(&render::matrix_json(&matrix, is_verified)),
        ReadyFormat::Csv => print(&render::matrix_csv(&matrix)),
    }
    if matrix.rows.is_empty() { Exit::NOTHING_SELECTED } else { Exit::MET }
}

/// A view of many answers ends with 0: it is no answer itself.
fn national(args: &Ready, evidence: &Evidence, roster: &Roster, on: Date, is_verified: bool) -> Result<Exit, Failure> {
    let mut questions = national::questions(evidence, on);
    if let Some(name) = &args.message {
        questions.retain(|question| question.name() == *name);
    }
    if questions.is_empty() || roster.municipalities().next().is_none() {
        return Err(Failure::new(Exit::NOTHING_SELECTED, "there is nothing to count")
            .hint("no certificate is about such a message, or the roster has no municipality"));
    }
    let progress = national::national(evidence, roster, questions);
    match args.format {
        ReadyFormat::Human => print(&render::national_human(&progress, on)),
        ReadyFormat::Json => print(&render::national_json(&progress, on, is_verified)),
        ReadyFormat::Csv => print(&render::national_csv(&progress, on)),
    }
    Ok(Exit::MET)
}

/// Why nothing about the certificates was proven.
fn unproven(register: &Path) -> &'static str {
    if register.is_dir() {
        "its verifier key was taken from itself; get it from whoever runs the register and give it with --trust"
    } else {
        "it is a plain file, and no signature was checked"
    }
}

/// With which code an answer ends.
pub(crate) fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Yes => Exit::MET,
        Verdict::NotEstablished => Exit::NOT_ESTABLISHED,
        Verdict::No => Exit::VIOLATED,
    }
}

/// Reads a roster.
///
/// # Errors
/// 20 when it cannot be read, 21 with all its mistakes.
pub(crate) fn roster(path: &Path) -> Result<Roster, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::USAGE, format!("failed to read {}: {error}", path.display()))
    };
    let length = fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if length > ROSTER_MAX {
        return Err(unreadable(&format!("it has more than {ROSTER_MAX} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let form = if is_csv { Form::Csv } else { Form::Yaml };
    Roster::parse(&path.display().to_string(), &text, form).map_err(|mistakes| {
        Failure::of(Exit::INPUT_INVALID, &mistakes)
            .meaning("roster invalid")
            .hint("docs/ready.md describes the roster; fixtures/readiness/roster.yaml is one")
    })
}

fn questions(args: &Ready, (message, version): (&str, &str), on: Date) -> Result<Vec<Question>, Failure> {
    let directions: Vec<Direction> = match args.direction {
        Some(direction) => vec![direction],
        None => message::find(message, version).map(|known| known.directions()).ok_or_else(|| {
            Failure::new(Exit::USAGE, format!("which way {message}@{version} goes is not known here"))
                .hint("say `--direction send` or `--direction receive`, seen from the municipality")
        })?,
    };
    let other = match args.with.as_deref() {
        None => Other::Any,
        Some(who) => who.parse().map_or_else(|_| Other::Party(who.to_owned()), Other::Class),
    };
    let question = |direction| Question {
        message: message.to_owned(),
        version: version.to_owned(),
        direction,
        other: other.clone(),
        on,
    };
    Ok(directions.into_iter().map(question).collect())
}

fn place(args: &Ready) -> Place {
    match (&args.municipality, &args.group) {
        (Some(name), _) => Place::Municipality(name.clone()),
        (None, Some(group)) => Place::Group(group.clone()),
        (None, None) => Place::All,
    }
}

/// The calendar day in Norway: an hour before Greenwich, two from the last Sunday of March to the last of October, both
/// at one o'clock Greenwich time (directive 2000/84/EC). The tool carries no time zone database.
pub(crate) fn norwegian_day(now: Timestamp) -> Date {
    let utc = tz::Offset::UTC.to_datetime(now);
    let change = |month: i8| {
        let last = Date::constant(utc.year(), month, 31);
        let back = last.weekday().to_sunday_zero_offset();
        last.saturating_sub(jiff::Span::new().days(back)).at(1, 0, 0, 0)
    };
    let is_summer = change(3) <= utc && utc < change(10);
    tz::offset(if is_summer { 2 } else { 1 }).to_datetime(now).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_in_norway_begins_before_that_in_greenwich() {
        let day = |text: &str| norwegian_day(text.parse().unwrap()).to_string();
        assert_eq!(day("2026-11-25T22:59:59Z"), "2026-11-25");
        assert_eq!(day("2026-11-25T23:00:00Z"), "2026-11-26");
        assert_eq!(day("2026-07-01T21:59:59Z"), "2026-07-01");
        assert_eq!(day("2026-07-01T22:00:00Z"), "2026-07-02");
        // The clocks go forward on 29 March and back on 25 October 2026.
        assert_eq!(day("2026-03-28T22:30:00Z"), "2026-03-28");
        assert_eq!(day("2026-03-29T22:30:00Z"), "2026-03-30");
        assert_eq!(day("2026-10-24T22:30:00Z"), "2026-10-25");
        assert_eq!(day("2026-10-25T22:30:00Z"), "2026-10-25");
    }
}
