//! What a scenario allows for a message that the subject is to send: whether it comes.
//!
//! | allowed | seen | it is |
//! |---|---|---|
//! | it arrives | it came | met |
//! | it arrives | it did not | open: whoever was to send it may not have, and patience is ours |
//! | none | it came | **not met** |
//! | none | watched for, and nothing, in a run in which the subject was heard | met |
//! | none | otherwise | open |

use super::expectation::{Compared, Met};
use crate::catalogue::RequirementId;
use crate::facts::Facts;
use crate::observation::Observation;
use crate::verdict::{Cause, Verdict};
use evidence::event::{Allowed, Expectation, Seq};
use evidence::history::{AwaitOutcome, History};
use wire::place::Place;

/// What became of one alternative: the event that shows it, the verdict, and what was seen.
type Came = (Seq, Verdict, String);

/// Whether an expectation is about a message of the subject's own.
pub(super) fn is_about_one(expectation: &Expectation) -> bool {
    expectation.allowed.iter().any(|allowed| allowed.arrives.is_some())
}

/// Compares such an expectation.
pub(super) fn compare(history: &History, facts: &Facts, scenario: &str, expectation: &Expectation) -> Compared {
    let came: Vec<(&Allowed, Came)> = expectation
        .allowed
        .iter()
        .filter_map(|a| Some((a, one(history, facts, scenario, &expectation.label, a.arrives?))))
        .collect();
    let find = |fits: fn(Verdict) -> bool| came.iter().find(|(_, (_, verdict, _))| fits(*verdict));
    let decisive = find(|v| v == Verdict::Satisfied)
        .or_else(|| find(|v| matches!(v, Verdict::CannotTell(_))))
        .or_else(|| came.first());
    let words = |arrives: bool| if arrives { "the message comes" } else { "no message comes" };
    let expected: Vec<&str> = came.iter().filter_map(|(allowed, _)| allowed.arrives.map(words)).collect();
    let mut compared = Compared {
        scenario: scenario.to_owned(),
        label: expectation.label.clone(),
        line: expectation.line,
        expected: expected.join(", or "),
        met: Met::Open("nothing is said about the message".to_owned()),
        observations: Vec::new(),
    };
    let Some((allowed, (about, verdict, got))) = decisive else { return compared };
    compared.met = match verdict {
        Verdict::Satisfied => Met::Yes,
        Verdict::CannotTell(_) => Met::Open(got.clone()),
        Verdict::Violated => Met::No(got.clone()),
    };
    for id in &allowed.requirements {
        let place = Place::named(format!("the message `{}`", expectation.label));
        let mut observation = Observation::new(RequirementId::new(id), *about, *verdict, place);
        observation.expected.clone_from(&compared.expected);
        observation.got.clone_from(got);
        observation.scenario = Some(scenario.to_owned());
        observation.scenario_line = Some(expectation.line);
        compared.observations.push(observation);
    }
    compared
}

fn one(history: &History, facts: &Facts, scenario: &str, label: &str, arrives: bool) -> Came {
    let pulled = history.triggers.iter().rev().find(|t| t.trigger.scenario == scenario && t.trigger.label == label);
    let about = pulled.map_or(0, |pulled| pulled.seq);
    if let Some(message) = history.awaited_message(scenario, label) {
        let verdict = if arrives { Verdict::Satisfied } else { Verdict::Violated };
        return (message.seq, verdict, format!("event {}: it came", message.seq));
    }
    let cannot_tell = |cause, got: &str| (about, Verdict::CannotTell(cause), got.to_owned());
    let Some(pulled) = pulled else { return cannot_tell(Cause::Harness, "nobody asked for the message") };
    match &pulled.outcome {
        None => return cannot_tell(Cause::Harness, "the log ends before the subject was made to send"),
        Some(outcome) if !outcome.done => {
            let by_person = pulled.trigger.how == "person";
            let cause = if by_person { Cause::Operator } else { Cause::Configuration };
            return cannot_tell(cause, &format!("the subject was not made to send: {}", outcome.detail));
        }
        Some(_) => {}
    }
    let awaited = history.awaits.iter().rev().find(|a| a.awaited.is_message(scenario, label));
    match awaited.and_then(|a| a.outcome.as_ref()) {
        _ if !facts.waited() => cannot_tell(Cause::TimedOut, "none; the log ends before patience did"),
        _ if !facts.heard() => {
            cannot_tell(Cause::Configuration, "none, and nothing of the subject was seen in this run")
        }
        Some(AwaitOutcome::Quiet(ms)) if !arrives => (about, Verdict::Satisfied, format!("none for {ms} ms")),
        _ => cannot_tell(Cause::TimedOut, "none in time"),
    }
}
