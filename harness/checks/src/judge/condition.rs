//! What stood in the way of judging, beside single observations.

use crate::facts::Facts;
use crate::verdict::Cause;
use evidence::event::{Seq, TransportFailure};
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
            Some(Condition {
                cause: cause_of(failure),
                detail: format!("{}: {detail}", failure.code()),
                about: Some(seq),
            })
        })
        .collect();
    conditions.extend(sealed(history));
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
    let sent = history.messages.iter().any(accepted);
    if sent && conditions.is_empty() {
        conditions.push(Condition {
            cause: Cause::Configuration,
            detail:
                "nothing of the subject was seen in this run: does it know our address, our HER-id and our certificate?"
                    .to_owned(),
            about: None,
        });
    }
    conditions
}

/// A message of the subject's that was encrypted to somebody else's certificate: it holds an old one of ours, or
/// the kit of another run. What stands in it cannot be judged.
fn sealed(history: &History) -> impl Iterator<Item = Condition> {
    let theirs = history.messages.iter().filter(|m| m.author == Author::Subject);
    theirs.filter_map(|m| {
        let is_cms =
            |part: usize| m.message.entity.parts.get(part).is_some_and(|p| wire::cms::inspect(&p.content).is_ok());
        let mut sealed = m.payloads.iter().filter(|(part, _)| is_cms(*part));
        let reason = sealed.find_map(|(_, opened)| opened.as_ref().err())?;
        Some(Condition {
            cause: Cause::Configuration,
            detail: format!(
                "a payload of the subject's cannot be opened: {reason}; which certificate of ours does it encrypt to?"
            ),
            about: Some(m.seq),
        })
    })
}
