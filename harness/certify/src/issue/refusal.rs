//! Why no certificate can be issued.

use super::{About, Terms, contamination};
use crate::assurance::{Unanswered, Unwatched};
use evidence::event::{Assurance, Seq};
use jiff::civil::Date;
use jiff::{Span, tz};
use report::View;
use std::collections::BTreeSet;
use thiserror::Error;

/// Longest validity: a message standard lives about that long between its versions.
const YEARS_MAX: i64 = 3;
/// Longest time between the day of issue and the first day.
const YEARS_AHEAD_MAX: i64 = 1;

/// Why no certificate can be issued, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Nothing to certify.
    #[error("no run was named")]
    NoRun,
    /// The log does not say what was tested.
    #[error("the run does not say what was tested")]
    NoSubject,
    /// Against the built-in reference.
    #[error("run {0} is a demo: it proves nothing about any system")]
    Demo(String),
    /// Captured messages.
    #[error("run {0} is an inspection of captured messages: nobody can tell when and how they came about")]
    Inspection(String),
    /// It did not come to its end.
    #[error("run {0} did not come to its end: `provestein resume` goes on with it")]
    Unfinished(String),
    /// A person who may be real.
    #[error(
        "run {run} is contaminated: event {event} holds an identity number that is neither synthetic nor one of the official \
         test persons; it may be a real person's, and nothing of the run may be handed on"
    )]
    Contaminated {
        /// The run.
        run: String,
        /// The event.
        event: Seq,
    },
    /// Made with another suite.
    #[error(
        "run {0} was made with other scenarios, profiles or requirements than this tool has: test again, or use that version"
    )]
    OtherSuite(String),
    /// Another text under the name of a scenario of the suite.
    #[error(
        "run {run} played another text than the suite's under the id {scenario}: a scenario that was changed has an id of its own"
    )]
    Altered {
        /// The run.
        run: String,
        /// The scenario.
        scenario: String,
    },
    /// Not the same system.
    #[error("the runs are of different subjects: {0}")]
    Subjects(String),
    /// Not the same profile.
    #[error("the runs are of different profiles: {0}")]
    Profiles(String),
    /// The same run twice.
    #[error("run {0} is named twice")]
    Twice(String),
    /// Part of a larger run.
    #[error("the runs are parts of a larger one, of which {0} is missing")]
    Shard(String),
    /// Nobody stands behind it.
    #[error("the issuer has no name")]
    Nobody,
    /// A condition that nobody could keep, or read.
    #[error("condition {number} cannot be: {why}")]
    Condition {
        /// Which, from 1.
        number: usize,
        /// Why.
        why: String,
    },
    /// The days.
    #[error("the certificate would end before it begins, or before today")]
    Over,
    /// The days.
    #[error("a certificate holds {YEARS_MAX} years at most")]
    TooLong,
    /// The days.
    #[error("a certificate begins to hold at most {YEARS_AHEAD_MAX} year after the day on which it is issued")]
    TooLate,
    /// Clocks that do not fit.
    #[error(
        "run {run} began on {began}, and the certificate is said to be of {issued}: it would be older than its run"
    )]
    Older {
        /// The run.
        run: String,
        /// The day it began (UTC).
        began: Date,
        /// The day of the certificate.
        issued: Date,
    },
    /// It does not answer the challenge.
    #[error("run {run} does not answer the challenge: {why}; without --challenge it can be certified as self-run")]
    Challenge {
        /// The run.
        run: String,
        /// Why.
        why: Unanswered,
    },
    /// A witness of something else.
    #[error("the runs cannot be certified as witnessed: {0}")]
    Witness(#[from] Unwatched),
    /// A check failed in itself.
    #[error(
        "a check failed in itself on run {0}: that is a bug of this tool, to be mended before anything is certified"
    )]
    Bug(String),
}

fn name(view: &View<'_>) -> String {
    view.run_name.to_owned()
}

/// What stands against a run, whatever is to be concluded from it.
///
/// # Errors
/// [`Refusal`]: a demo, an inspection, a run that has not ended, of another suite or with a real person's number, or a bug.
pub fn usable(view: &View<'_>, suite: &str) -> Result<(), Refusal> {
    let run = view.history.run.as_ref().ok_or(Refusal::NoSubject)?;
    match run.assurance {
        Assurance::Demo => return Err(Refusal::Demo(name(view))),
        Assurance::Inspection => return Err(Refusal::Inspection(name(view))),
        Assurance::SelfRun => {}
    }
    if !view.history.ended {
        return Err(Refusal::Unfinished(name(view)));
    }
    if run.suite.to_string() != suite {
        return Err(Refusal::OtherSuite(name(view)));
    }
    if view.judgement.has_harness_bug() {
        return Err(Refusal::Bug(name(view)));
    }
    match contamination::of(view.history) {
        Some(event) => Err(Refusal::Contaminated { run: name(view), event }),
        None => Ok(()),
    }
}

/// What stands against one run.
pub(super) fn of_one(view: &View<'_>, terms: &Terms) -> Result<(), Refusal> {
    usable(view, &terms.suite)?;
    // UTC is never ahead of Norway, so this is no matter of time zones.
    let began = view.history.started.map(|at| tz::Offset::UTC.to_datetime(at).date());
    if let Some(began) = began.filter(|began| *began > terms.issued) {
        return Err(Refusal::Older { run: name(view), began, issued: terms.issued });
    }
    Ok(())
}

/// That what was played under the suite's ids is the suite's.
pub(super) fn altered(view: &View<'_>, about: About<'_>) -> Result<(), Refusal> {
    let other = view.history.scenarios.iter().find(|(played, ..)| {
        let of_suite = about(&played.scenario).and_then(|scenario| scenario.digest);
        of_suite.is_some_and(|digest| digest != played.digest)
    });
    let refusal = |scenario: &str| Refusal::Altered { run: name(view), scenario: scenario.to_owned() };
    other.map_or(Ok(()), |(played, ..)| Err(refusal(&played.scenario)))
}

/// What stands against the runs taken together.
pub(super) fn of_all(views: &[View<'_>]) -> Result<(), Refusal> {
    let first = &views[0];
    let mut seen = BTreeSet::new();
    for view in views {
        let described = |view: &View<'_>| {
            let subject = view.history.subject.as_ref().ok_or(Refusal::NoSubject)?;
            // Where it is reached can differ from run to run.
            Ok::<_, Refusal>(evidence::event::Subject { endpoint: String::new(), ..subject.clone() })
        };
        let (one, other) = (described(first)?, described(view)?);
        if one != other {
            return Err(Refusal::Subjects(format!(
                "{} {} {} in one, {} {} {} in another, or another handler, other parties or claims",
                one.supplier, one.system, one.version, other.supplier, other.system, other.version
            )));
        }
        if view.profile.id() != first.profile.id() {
            return Err(Refusal::Profiles(format!("{} and {}", first.profile.id(), view.profile.id())));
        }
        if !seen.insert(view.history.run.as_ref().map(|run| &run.run)) {
            return Err(Refusal::Twice(name(view)));
        }
    }
    shards(views)
}

/// Whoever certifies parts of a run certifies all of them.
fn shards(views: &[View<'_>]) -> Result<(), Refusal> {
    let parts: BTreeSet<(u32, u32)> = views.iter().filter_map(|view| part(view.shard()?)).collect();
    let Some(&(_, of)) = parts.first() else { return Ok(()) };
    let missing = (1..=of).find(|part| !parts.contains(&(*part, of)));
    missing.map_or(Ok(()), |part| Err(Refusal::Shard(format!("{part}/{of}"))))
}

fn part(shard: &str) -> Option<(u32, u32)> {
    let (part, of) = shard.split_once('/')?;
    Some((part.parse().ok()?, of.parse().ok()?))
}

/// That each condition is about messages that the runs claim.
pub(super) fn conditions(terms: &Terms, claims: &[(String, String)]) -> Result<(), Refusal> {
    for (number, condition) in terms.conditions.iter().enumerate() {
        let unknown = condition.messages.iter().find(|message| !claims.iter().any(|(claimed, _)| claimed == *message));
        if let Some(message) = unknown {
            let why = format!("the system does not claim {message}");
            return Err(Refusal::Condition { number: number + 1, why });
        }
    }
    Ok(())
}

/// What stands against the days.
pub(super) fn of_terms(terms: &Terms) -> Result<(), Refusal> {
    let validity = terms.validity;
    if terms.issuer.trim().is_empty() {
        return Err(Refusal::Nobody);
    }
    if let Some(number) = terms.conditions.iter().position(|one| one.nb.trim().is_empty() || one.en.trim().is_empty()) {
        return Err(Refusal::Condition { number: number + 1, why: "it needs a text in `nb` and in `en`".to_owned() });
    }
    if let Some(number) = terms.conditions.iter().position(|one| one.until.is_some_and(|day| day < validity.from)) {
        return Err(Refusal::Condition { number: number + 1, why: "it ends before the certificate begins".to_owned() });
    }
    if validity.until < validity.from || validity.until < terms.issued {
        return Err(Refusal::Over);
    }
    let begins = terms.issued.checked_add(Span::new().years(YEARS_AHEAD_MAX));
    if begins.is_ok_and(|latest| validity.from > latest) {
        return Err(Refusal::TooLate);
    }
    let latest = validity.from.checked_add(Span::new().years(YEARS_MAX));
    if latest.is_ok_and(|latest| validity.until > latest) { Err(Refusal::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Condition, Validity};
    use jiff::civil::date;

    #[test]
    fn a_certificate_holds_some_days_and_not_for_ever() {
        let terms = |from, until| Terms {
            issuer: "direktoratet".into(),
            issued: date(2026, 11, 25),
            validity: Validity { from, until },
            conditions: Vec::new(),
            backing: crate::assurance::Backing::default(),
            suite: String::new(),
        };
        assert_eq!(of_terms(&terms(date(2026, 11, 25), date(2029, 11, 25))), Ok(()));
        assert_eq!(of_terms(&terms(date(2026, 11, 25), date(2029, 11, 26))), Err(Refusal::TooLong));
        assert_eq!(of_terms(&terms(date(2026, 11, 25), date(2026, 11, 24))), Err(Refusal::Over));
        assert_eq!(of_terms(&terms(date(2026, 1, 1), date(2026, 11, 1))), Err(Refusal::Over));
        assert_eq!(of_terms(&terms(date(2027, 11, 25), date(2028, 11, 25))), Ok(()));
        assert_eq!(of_terms(&terms(date(2027, 11, 26), date(2028, 11, 25))), Err(Refusal::TooLate));
        assert_eq!(part("2/4"), Some((2, 4)));
    }

    #[test]
    fn a_condition_can_be_read_and_kept() {
        let terms = |condition: Condition| Terms {
            issuer: "direktoratet".into(),
            issued: date(2026, 11, 25),
            validity: Validity { from: date(2026, 11, 25), until: date(2027, 11, 25) },
            conditions: vec![condition],
            backing: crate::assurance::Backing::default(),
            suite: String::new(),
        };
        let good = Condition { nb: "Skriv ut.".into(), en: "Print.".into(), messages: Vec::new(), until: None };
        assert_eq!(of_terms(&terms(good.clone())), Ok(()));
        let is_wrong =
            |condition: Condition| matches!(of_terms(&terms(condition)), Err(Refusal::Condition { number: 1, .. }));
        assert!(is_wrong(Condition { nb: " ".into(), ..good.clone() }));
        assert!(is_wrong(Condition { until: Some(date(2020, 1, 31)), ..good.clone() }));
        let about = terms(Condition { messages: vec!["LOG_INNLAGT@1.6".into()], ..good });
        let claims = |message: &str| vec![(message.to_owned(), "receive".to_owned())];
        assert_eq!(conditions(&about, &claims("LOG_INNLAGT@1.6")), Ok(()));
        assert!(matches!(conditions(&about, &claims("LOG_INNLAGT@1.5")), Err(Refusal::Condition { .. })));
        assert_eq!(of_terms(&Terms { issuer: "  ".into(), ..about }), Err(Refusal::Nobody));
    }
}
