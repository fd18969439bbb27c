//! HITS 1172 4.2.2: which answer a message gets, and that answers are not answered.

use crate::check::{Answered, ExchangeCheck, Finding, RunCheck, RunView, exchange, run};
use crate::facts::AnswerKind;
use crate::verdict::Cause;
use evidence::history::{Author, MessageRecord};
use std::collections::{BTreeMap, BTreeSet};
use wire::ebxml::{MessageKind, Severity};
use wire::place::Place;

pub(super) const CHECKS: &[ExchangeCheck] = &[
    exchange("HITS1172-4.2.2-p1", "one answer to one sending", one_answer),
    exchange("HITS1172-4.2.2-p2", "an Acknowledgment or an ErrorList", answered),
    exchange("HITS1172-4.2.2-p4", "Acknowledgment of a correct message", choice_of_signal),
    exchange("HITS1172-4.2.2.1-p1", "no Acknowledgment of a message without eb:AckRequested", without_ack_requested),
];

pub(super) const RUN_CHECKS: &[RunCheck] = &[
    run("HITS1172-4.2.2-p5", "no answer to a signal", signals_unanswered),
    run("HITS1171-8.1-6", "no answer to a signal", signals_unanswered),
];

/// How an answer of the transport reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Acknowledgment,
    Warning,
    Error,
    Fault,
}

impl Answer {
    pub fn of(record: &MessageRecord) -> Option<Self> {
        match record.message.kind() {
            MessageKind::Acknowledgment => Some(Self::Acknowledgment),
            MessageKind::Fault => Some(Self::Fault),
            MessageKind::ErrorList => {
                let list = record.message.soap().and_then(|e| e.error_lists.first());
                let warning = list.is_some_and(|l| l.severity() == Severity::Warning);
                Some(if warning { Self::Warning } else { Self::Error })
            }
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledgment => "Acknowledgment",
            Self::Warning => "ErrorList Warning",
            Self::Error => "ErrorList Error",
            Self::Fault => "SOAP Fault",
        }
    }

    /// Whether the message was refused.
    pub fn refuses(self) -> bool {
        matches!(self, Self::Error | Self::Fault)
    }
}

/// The first answer, with its message.
pub(super) fn first_answer<'h>(a: &Answered<'h>) -> Option<(&'h MessageRecord, Answer)> {
    a.signals().find_map(|signal| Some((signal, Answer::of(signal)?)))
}

/// Where a behaviour is, that stands nowhere in a message.
pub(super) fn behaviour(what: &str) -> Place {
    Place::named(what)
}

/// Answers exclude each other: one sending cannot be both acknowledged and refused; and it is answered once. The
/// same signal again is no second answer: a carrier may deliver twice, and a repeated answer may be the stored
/// one (HITS 1171 9.6). Mail may also double our message, and each copy that was received is answered. Satisfied
/// when nothing else came until the end of the run, at least the profile's quiet time. What a repeated message
/// gets is spoken of by 5.8.2.
fn one_answer(a: &Answered<'_>) -> Vec<Finding> {
    let answers: Vec<(&MessageRecord, Answer)> = a.signals().filter_map(|s| Some((s, Answer::of(s)?))).collect();
    let (Some((_, first)), Some((last, _))) = (answers.first(), answers.last()) else { return Vec::new() };
    let deliveries = a.deliveries();
    if !is_payload(a) || deliveries == 0 {
        return Vec::new();
    }
    let place = behaviour("transport answers");
    let another = answers.iter().find(|(_, kind)| kind != first && deliveries == 1);
    if let Some((other, kind)) = another {
        let got = format!("{} and then {}", first.name(), kind.name());
        return vec![Finding::violated(&place, got).about(other.seq)];
    }
    let id = |answer: &MessageRecord| answer.message.soap().and_then(|e| e.message_id()).map(str::to_ascii_lowercase);
    let different: BTreeSet<Option<String>> = answers.iter().map(|(answer, _)| id(answer)).collect();
    let got = format!("{} to {deliveries}", different.len());
    if different.len() > deliveries && answers.iter().all(|(answer, _)| answer.carrier.starts_with("http")) {
        vec![Finding::violated(&place, got).about(last.seq)]
    } else {
        let settled = a.facts.settled_after(a.history, a.profile, last.at_ms, AnswerKind::Signal);
        let finding = |ms| Finding::satisfied(&place, format!("{got}, no other for {ms} ms")).about(last.seq);
        settled.map(finding).into_iter().collect()
    }
}

fn is_payload(a: &Answered<'_>) -> bool {
    a.seen().kind() == MessageKind::Payload && !a.stimulus.sendings.is_empty()
}

/// A message that ended in a SOAP Fault is excepted by the rule itself. That an answer is missing is told only
/// of correct messages: what is due to a faulty one is the scenario's matter. A single missing answer is never a
/// violation: no document says how long "immediately" is, and an answer that got lost on its way looks the same.
/// That a subject never answers, while its AppRecs show that it took the messages in, is one.
fn answered(a: &Answered<'_>) -> Vec<Finding> {
    let place = behaviour("transport answer");
    match first_answer(a) {
        _ if !is_payload(a) => Vec::new(),
        Some((_, Answer::Fault)) => Vec::new(),
        Some((signal, answer)) => vec![Finding::satisfied(&place, answer.name()).about(signal.seq)],
        None if a.stimulus.is_undeviated()
            && a.facts.is_mute(a.history, a.profile)
            && !a.facts.apprecs(a.index).is_empty() =>
        {
            let got = format!("none, to this or any other of {} messages that got an AppRec", a.facts.receipted());
            vec![
                Finding::violated(&place, got)
                    .hint("the application receipt is no transport receipt: the message handler must answer by itself"),
            ]
        }
        None if a.stimulus.is_undeviated() => {
            let (cause, why) = a.facts.why_missing(a.stimulus);
            vec![Finding::cannot_tell(cause, &place, why)]
        }
        None => Vec::new(),
    }
}

/// A correct message to a party of the subject's is acknowledged. A Warning accepts it too and is left to the
/// scenario. A refusal while nothing was ever accepted says that the subject does not know us yet.
fn choice_of_signal(a: &Answered<'_>) -> Vec<Finding> {
    if !is_payload(a) || !a.stimulus.is_undeviated() || !a.is_to_subject() {
        return Vec::new();
    }
    let place = behaviour("transport answer");
    let Some((signal, answer)) = first_answer(a) else { return Vec::new() };
    let finding = match answer {
        Answer::Acknowledgment => Finding::satisfied(&place, answer.name()),
        Answer::Warning => return Vec::new(),
        Answer::Error | Answer::Fault if is_turned_away(a) => {
            let got = format!("{}, and no correct message of ours was accepted in this run", answer.name());
            Finding::cannot_tell(Cause::Configuration, &place, got)
                .hint("the subject may not know our HER-id or our certificate yet: was the kit imported?")
        }
        Answer::Error | Answer::Fault => Finding::violated(&place, answer.name()),
    };
    vec![finding.about(signal.seq)]
}

/// Whether the subject refused a message while it had not accepted a single correct one in this run: it does not
/// know us, and whatever it did not do after that is no sign of anything.
pub(crate) fn is_turned_away(a: &Answered<'_>) -> bool {
    !a.facts.accepted() && first_answer(a).is_some_and(|(signal, answer)| says_unknown(signal, answer))
}

/// Whether a refusal may mean that the sender is not known. The codes that systems give for it differ: HIS 1037
/// 7.2.4 has ValueNotRecognized, Inconsistent and SecurityFailure for addresses and certificates. Only that the
/// MIME or the XML cannot be read is never said of a stranger.
pub(crate) fn says_unknown(signal: &MessageRecord, answer: Answer) -> bool {
    let errors = signal.message.soap().into_iter().flat_map(|e| &e.error_lists).flat_map(|l| &l.errors);
    let mut codes = errors.filter_map(|e| e.code.as_ref());
    answer.refuses() && !codes.any(|code| matches!(code.value.trim(), "MimeProblem" | "OtherXml"))
}

/// 'skal ikke' for the Acknowledgment, 'kan' for the Warning: silence is no breach.
fn without_ack_requested(a: &Answered<'_>) -> Vec<Finding> {
    let has_request = a.seen().envelope().is_none_or(|e| !e.ack_requested.is_empty());
    if has_request || !is_payload(a) {
        return Vec::new();
    }
    let Some((signal, answer)) = first_answer(a) else { return Vec::new() };
    let place = behaviour("transport answer");
    vec![Finding::when(answer != Answer::Acknowledgment, &place, answer.name()).about(signal.seq)]
}

/// Each signal of ours, whether or not something of the subject refers to it.
fn signals_unanswered(run: &RunView<'_>) -> Vec<Finding> {
    let messages = &run.history.messages;
    let signals_of =
        |author: Author| messages.iter().filter(move |m| m.author == author && m.message.kind().is_signal());
    let about = |m: &MessageRecord| m.message.soap().and_then(|e| e.about()).map(str::to_ascii_lowercase);
    let mut answers: BTreeMap<String, &MessageRecord> = BTreeMap::new();
    for signal in signals_of(Author::Subject) {
        if let Some(about) = about(signal) {
            answers.entry(about).or_insert(signal);
        }
    }
    let place = behaviour("answers to a signal");
    let judged = signals_of(Author::Harness).filter_map(|signal| {
        let id = signal.message.soap()?.message_id().filter(|id| !id.is_empty())?;
        let sent = signal.sendings.last()?;
        if let Some(answer) = answers.get(&id.to_ascii_lowercase()) {
            return Some(Finding::violated(&place, answer.message.kind().name()).about(answer.seq));
        }
        let settled = run.facts.settled_after(run.history, run.profile, sent.reached_ms, AnswerKind::Signal)?;
        Some(Finding::satisfied(&place, format!("none for {settled} ms")).about(signal.seq))
    });
    judged.collect()
}
