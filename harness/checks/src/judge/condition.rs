//! What stood in the way of judging, beside single observations.

use super::register;
use crate::facts::Facts;
use crate::verdict::Cause;
use evidence::event::{LookOutcome, Seq, StopReason, TransportFailure};
use evidence::history::{Author, History, MessageRecord, Sending, TransportOutcome};

/// Something about the run as a whole that is no matter of conformance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Configuration or environment.
    pub cause: Cause,
    /// What was seen, in one sentence.
    pub detail: String,
    /// The event that shows it.
    pub about: Option<Seq>,
}

/// A wrong password is nobody's weather.
fn cause_of(failure: TransportFailure) -> Cause {
    if failure == TransportFailure::LoginRefused { Cause::Configuration } else { Cause::Environment }
}

/// Looks at how the messages of ours travelled, and whether anything came back in the whole run.
///
/// A message of ours of which no sending reached the subject is a matter of the environment. While nothing of
/// the subject was ever seen though it could be reached, something is not configured (design §4). A probe that
/// failed matters only then: a run that went well has disproved it.
pub(super) fn of(history: &History, facts: &Facts) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = history
        .messages
        .iter()
        .filter(|m| m.author == Author::Harness && !m.sendings.is_empty())
        .filter_map(|m| {
            let outcomes = || m.sendings.iter().filter_map(|s| s.outcome.as_ref());
            let reached = outcomes().any(|o| !matches!(o, TransportOutcome::Failed { .. }));
            let mut failed = outcomes().filter_map(|o| match o {
                TransportOutcome::Failed { failure, detail, seq } => Some((*failure, detail, *seq)),
                TransportOutcome::Answered { .. } | TransportOutcome::Taken { .. } => None,
            });
            let (failure, detail, seq) = failed.next_back().filter(|_| !reached)?;
            // A peer that is slow to answer on the connection may have taken the message all the same.
            if failure == TransportFailure::TimedOut && facts.heard() {
                return None;
            }
            if met_a_restart(history, seq) {
                return None;
            }
            Some(Condition {
                cause: cause_of(failure),
                detail: format!("{}: {detail}", failure.code()),
                about: Some(seq),
            })
        })
        .collect();
    conditions.extend(sealed(history));
    conditions.extend(down(history));
    conditions.extend(not_triggered(history));
    if facts.heard() {
        return conditions;
    }
    conditions.extend(history.mail_troubles.iter().map(|(failure, detail, seq)| Condition {
        cause: cause_of(*failure),
        detail: detail.clone(),
        about: Some(*seq),
    }));
    let failed_probes = history.preflight.iter().filter(|(_, ok, ..)| !ok);
    conditions.extend(failed_probes.map(|(probe, _, detail, seq)| Condition {
        cause: if probe == "connect" { Cause::Environment } else { Cause::Configuration },
        detail: format!("{probe}: {detail}"),
        about: Some(*seq),
    }));
    // An endpoint that answers with an error status has said what is wrong; `Facts::why_missing` passes it on.
    let accepted = |m: &MessageRecord| {
        let taken = |s: &Sending| match s.outcome {
            Some(TransportOutcome::Answered { status, .. }) => status < 400,
            Some(TransportOutcome::Taken { .. }) => true,
            _ => false,
        };
        m.author == Author::Harness && m.sendings.iter().any(taken)
    };
    let triggered = history.triggers.iter().any(|t| t.outcome.as_ref().is_some_and(|outcome| outcome.done));
    let sent = triggered || history.messages.iter().any(accepted);
    if sent && facts.waited() && conditions.is_empty() {
        conditions.push(Condition {
            cause: Cause::Configuration,
            detail: format!(
                "nothing of the subject was seen in this run: does it know our address, our HER-id and our certificate?{}{}",
                of_looks(history),
                of_registers(history)
            ),
            about: None,
        });
    }
    conditions
}

/// What was found otherwise before the first message may be why.
fn of_looks(history: &History) -> String {
    let otherwise = history.looks.iter().filter(|(looked, _)| looked.outcome == LookOutcome::Otherwise);
    otherwise.map(|(looked, seq)| format!(" Event {seq}: {}: {}.", looked.what, looked.found)).collect()
}

/// Whether a sending failed because the harness was restarting the subject: it was down, or was not seen alive any more
/// between the failure and the stop. Our own doing says nothing about the environment.
fn met_a_restart(history: &History, failed: Seq) -> bool {
    let sendings = history.messages.iter().flat_map(|m| &m.sendings);
    let answered: Vec<Seq> = sendings
        .filter_map(|s| match s.outcome {
            Some(TransportOutcome::Answered { seq, .. }) => Some(seq),
            _ => None,
        })
        .collect();
    let mut restarts = history.stops.iter().filter(|record| record.stop.reason == StopReason::Restart);
    restarts.any(|record| {
        let up_again = history.starts.iter().map(|(_, seq)| *seq).find(|seq| *seq > record.seq).unwrap_or(Seq::MAX);
        failed < up_again && !answered.iter().any(|seq| (failed..record.seq).contains(seq))
    })
}

/// A subject that the harness starts, and that did not come up or ended while it was needed: what it printed last
/// says why. A program or an image that is not there is a matter of the subject file.
fn down(history: &History) -> impl Iterator<Item = Condition> {
    let unplanned = history.stops.iter().filter(|record| !record.stop.reason.is_planned());
    unplanned.map(|record| {
        let never = record.stop.reason == StopReason::NotStarted;
        let mut detail = format!("the subject is down: {}", record.stop.detail);
        if !record.last_lines.is_empty() {
            detail.push_str(&format!("; the last it printed: {}", record.last_lines.join(" | ")));
        }
        Condition {
            cause: if never { Cause::Configuration } else { Cause::Environment },
            detail,
            about: Some(record.seq),
        }
    })
}

/// What registers have to say about it, if they were open.
fn of_registers(history: &History) -> String {
    register::diagnosis(history).map(|told| format!(" {told}")).unwrap_or_default()
}

/// A trigger of the subject file that does not work. That a person did not send is no matter of wiring.
fn not_triggered(history: &History) -> impl Iterator<Item = Condition> {
    let wired = history.triggers.iter().filter(|pulled| pulled.trigger.how != "person");
    wired.filter_map(|pulled| {
        let outcome = pulled.outcome.as_ref().filter(|outcome| !outcome.done)?;
        let detail =
            format!("the trigger of {} ({}) failed: {}", pulled.trigger.message, pulled.trigger.how, outcome.detail);
        Some(Condition { cause: Cause::Configuration, detail, about: Some(pulled.seq) })
    })
}

/// A message of the subject's that was encrypted to somebody else's certificate: it holds an old one of ours, or
/// the kit of another run. What stands in it cannot be judged.
fn sealed(history: &History) -> impl Iterator<Item = Condition> {
    let theirs = history.messages.iter().filter(|m| m.author == Author::Subject);
    theirs.filter_map(move |m| {
        let is_cms =
            |part: usize| m.message.entity.parts.get(part).is_some_and(|p| wire::cms::inspect(&p.content).is_ok());
        let mut sealed = m.payloads.iter().filter(|(part, _)| is_cms(*part));
        let reason = sealed.find_map(|(_, opened)| opened.as_ref().err())?;
        Some(Condition {
            cause: Cause::Configuration,
            detail: format!(
                "a payload of the subject's cannot be opened: {reason}; which certificate of ours does it encrypt to?{}",
                of_registers(history)
            ),
            about: Some(m.seq),
        })
    })
}
