//! `ready`: may a municipality switch a message on? What is answered is decided in `readiness`; here files and the day
//! come to it.

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
use readiness::letter::{self, Letter, Tongue};
use readiness::question::{Other, Question};
use readiness::roster::{Form, Roster};
use readiness::{message, render};
use std::fs;
use std::path::Path;

/// Bytes of a roster: fifty thousand parties with some systems each.
const ROSTER_MAX: u64 = 64 << 20;

/// Answers.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Ready) -> Result<Exit, Failure> {
    let questions = questions(args)?;
    let roster = roster(&args.roster)?;
    let Found { standings, is_verified } = standings(&args.register)?;
    let evidence = Evidence::of(standings);
    let place = place(args);
    let mut asked: Vec<(&Question, Vec<Answer<'_>>)> = Vec::new();
    for question in &questions {
        let answers = answer::ask(&evidence, &roster, &place, question).map_err(|unknown| {
            Failure::of(Exit::NOTHING_SELECTED, &unknown)
                .hint(format!("municipalities are named by number or name, as in {}", args.roster.display()))
        })?;
        asked.push((question, answers));
    }
    let letters = letters(args, &asked)?;
    match args.format {
        ReadyFormat::Human => {
            if !is_verified {
                say(format!("note: {} is a plain file: no signature was checked\n", args.register.display()));
            }
            for (index, (_, answers)) in asked.iter().enumerate() {
                print(&format!("{}{}", if index > 0 { "\n" } else { "" }, render::human(answers)));
            }
            if let (Some(folder), [_, ..]) = (&args.letters, letters.as_slice()) {
                say(format!("\n{} letters written into {}", letters.len(), folder.display()));
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

fn questions(args: &Ready) -> Result<Vec<Question>, Failure> {
    let (name, version) = Scope::split(&args.message).map_err(|error| Failure::of(Exit::USAGE, &error))?;
    let directions: Vec<Direction> = match args.direction {
        Some(direction) => vec![direction],
        None => message::find(name, version).map(|known| known.directions()).ok_or_else(|| {
            Failure::new(Exit::USAGE, format!("which way {} goes is not known here", args.message))
                .hint("say `--direction send` or `--direction receive`, seen from the municipality")
        })?,
    };
    let other = match args.with.as_deref() {
        None => Other::Any,
        Some(who) => who.parse().map_or_else(|_| Other::Party(who.to_owned()), Other::Class),
    };
    let on = args.on.unwrap_or_else(|| norwegian_day(Timestamp::now()));
    let question = |direction| Question::new(&args.message, direction, other.clone(), on);
    directions.into_iter().map(question).collect::<Result<_, _>>().map_err(|error| Failure::of(Exit::USAGE, &error))
}

fn place(args: &Ready) -> Place {
    match (&args.municipality, &args.group) {
        (Some(name), _) => Place::Municipality(name.clone()),
        (None, Some(group)) => Place::Group(group.clone()),
        (None, None) => Place::All,
    }
}

/// The letters, written into a folder where one is named.
fn letters(args: &Ready, asked: &[(&Question, Vec<Answer<'_>>)]) -> Result<Vec<Letter>, Failure> {
    let Some(folder) = &args.letters else { return Ok(Vec::new()) };
    let sender = args.sender.clone().or_else(|| args.group.clone());
    let first = asked.first().and_then(|(_, answers)| answers.first());
    let sender = match (sender, first) {
        (Some(sender), _) => sender,
        (None, Some(answer)) if args.municipality.is_some() => answer.party.name.clone(),
        _ => {
            return Err(Failure::new(Exit::USAGE, "nobody signs the letters").hint("say who, with `--sender NAME`"));
        }
    };
    let mut letters = Vec::new();
    for (_, answers) in asked {
        for tongue in [Tongue::Nb, Tongue::En] {
            letters.extend(letter::letters(answers, &sender, tongue));
        }
    }
    fs::create_dir_all(folder).map_err(|error| Failure::of_disk(&error))?;
    for letter in &letters {
        let path = folder.join(letter.file_name());
        fs::write(&path, letter.text()).map_err(|error| Failure::of_disk(&error))?;
    }
    Ok(letters)
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
