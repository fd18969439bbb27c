//! One line of the chart: a message, or what happened between messages.

use super::Lang;
use super::exchange::{Detail, seconds};
use super::labels;
use super::timeline::class_role;
use crate::diagnostic::Finding;
use crate::index::Index;
use crate::visible::{clean, clipped};
use evidence::event::{Event, OperatorAnswer, Seq};
use evidence::history::MessageRecord;
use std::collections::HashMap;

/// Findings marked on one message.
const MARKS_MAX: usize = 12;

/// One line of the chart.
pub(super) struct Row {
    /// Anchor of a message's first row.
    pub event: Option<Seq>,
    /// `out` (harness to subject), `in`, or `note`.
    pub way: &'static str,
    /// When.
    pub when: String,
    /// What.
    pub what: String,
    /// Ids, in short.
    pub ids: String,
    /// What is worth noticing, with its role.
    pub flags: Vec<(&'static str, String)>,
    /// Findings about it.
    pub marks: Vec<Mark>,
    /// The message behind it.
    pub detail: Option<Detail>,
    /// The command that shows it, where the detail is left out.
    pub command: Option<String>,
    /// For people who do not see the arrow.
    pub description: String,
}

/// A finding, where it was seen.
#[derive(Clone)]
pub(super) struct Mark {
    /// Anchor of the finding.
    pub anchor: String,
    /// Its role: `bad`, `doubt` or `quiet`.
    pub role: &'static str,
    /// Class and requirement.
    pub text: String,
}

/// The findings of each message.
pub(super) fn marks(findings: &[Finding], lang: Lang) -> HashMap<Seq, Vec<Mark>> {
    let mut marks: HashMap<Seq, Vec<Mark>> = HashMap::new();
    for finding in findings {
        let mark = Mark {
            anchor: finding.anchor(),
            role: class_role(finding.class),
            text: format!("{} {}", labels::class(lang, finding.class), finding.requirement),
        };
        for &event in std::iter::once(&finding.event).chain(&finding.others) {
            let at_event = marks.entry(event).or_default();
            if at_event.len() < MARKS_MAX {
                at_event.push(mark.clone());
            }
        }
    }
    marks
}

/// What a message is, and its ids in short.
pub(super) fn names(record: &MessageRecord) -> (String, String) {
    let envelope = record.message.soap();
    let what = match (&record.composed, record.apprec()) {
        (Some(composed), _) => clean(&composed.what),
        (None, Some(apprec)) => {
            let status =
                apprec.status_code().map(|s| format!(", status {}", clipped(&clean(s), 12))).unwrap_or_default();
            format!("AppRec{status}")
        }
        (None, None) => match envelope.and_then(|e| e.action()) {
            Some(action) if record.message.kind() == wire::ebxml::MessageKind::Payload => {
                format!("{} {}", record.message.kind().name(), clipped(&clean(action), 40))
            }
            _ => record.message.kind().name().to_owned(),
        },
    };
    let label = record.composed.as_ref().and_then(|c| c.label.as_deref());
    let label = label.map(|label| format!("“{}”", clipped(&clean(label), 40)));
    let id = envelope.and_then(|e| e.message_id()).map(|id| format!("id {}", short(id)));
    let about = envelope.and_then(|e| e.about()).map(|id| format!("→ {}", short(id)));
    let parts: Vec<String> = [label, id, about].into_iter().flatten().collect();
    (what, parts.join(" "))
}

fn short(id: &str) -> String {
    clipped(&clean(id), 9)
}

/// An answer in words, with who gave it and what is attached.
fn answered(answer: &OperatorAnswer) -> String {
    let by = if answer.by.is_empty() { String::new() } else { format!(" by {}", answer.by) };
    let comment = if answer.comment.is_empty() { String::new() } else { format!(" ({})", answer.comment) };
    let names: Vec<&str> = answer.attachments.iter().map(|(name, _)| name.as_str()).collect();
    let attached = if names.is_empty() { String::new() } else { format!("; attached: {}", names.join(", ")) };
    format!("answered{by}: {}{comment}{attached}", answer.answer)
}

/// What happened beside the messages.
pub(super) fn note(event: &Event, index: &Index<'_>) -> Option<(&'static str, String)> {
    let awaited = |seq: &Seq| index.awaited(*seq);
    Some(match event {
        Event::AwaitLapsed { awaited: seq, reason } => {
            let awaited = awaited(seq)?;
            (
                "doubt",
                format!(
                    "waited {} for {} to `{}`: {reason}",
                    seconds(awaited.patience_ms),
                    awaited.what,
                    awaited.label
                ),
            )
        }
        Event::SilenceObserved { awaited: seq, quiet_ms } => {
            let awaited = awaited(seq)?;
            ("quiet", format!("no {} to `{}` for {}", awaited.what, awaited.label, seconds(*quiet_ms)))
        }
        Event::TransportFailed { failure, detail } => ("doubt", format!("{}: {detail}", failure.code())),
        Event::PayloadSealed { reason, message, part } => {
            ("doubt", format!("part {} of event {message} cannot be opened: {reason}", part + 1))
        }
        Event::RegisterAsked(asked) => {
            (if asked.mode.is_some() { "doubt" } else { "quiet" }, crate::registers::asked_in_words(asked))
        }
        Event::ModeSet(set) => ("doubt", crate::registers::mode_in_words(set)),
        Event::TriggerPulled(trigger) => {
            ("quiet", format!("asked the subject to send {} ({})", trigger.message, trigger.how))
        }
        Event::TriggerAnswered(outcome) => {
            (if outcome.done { "quiet" } else { "doubt" }, format!("the trigger gave: {}", outcome.detail))
        }
        Event::OperatorAsked(question) => ("quiet", format!("asked {}: {}", question.who, question.en)),
        Event::OperatorAnswered(answer) => ("quiet", answered(answer)),
        Event::OperatorPassed { reason } => ("doubt", format!("not answered: {reason}")),
        Event::InboxReopened { until } => ("quiet", format!("inbox opened again, at most until {until}")),
        Event::SubjectStarted(s) => ("quiet", format!("{} started: {}", s.how, s.ready)),
        Event::SubjectStopped(s) if s.reason.is_planned() => {
            ("quiet", format!("the subject was stopped: {}", s.detail))
        }
        Event::SubjectStopped(s) => ("doubt", format!("the subject is down: {}", s.detail)),
        Event::RunResumed { tool } => ("quiet", format!("resumed by {tool}")),
        Event::TailRecovered { bytes, .. } => {
            ("doubt", format!("a half-written last line of {bytes} bytes was set aside"))
        }
        Event::RunEnded { reason } if reason != "finished" => ("doubt", format!("run ended: {reason}")),
        _ => return None,
    })
}
