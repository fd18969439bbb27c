//! What a history holds.

use crate::event::{
    Await, Composed, Looked, MailArrived, MailSent, OperatorAnswer, Question, RunStarted, ScenarioOutcome,
    ScenarioStarted, Seq, Subject, SubjectStart, SubjectStop, TransportFailure, Trigger, TriggerOutcome,
};
use crate::register::{ModeSet, RegisterAsked};
use jiff::Timestamp;
use std::collections::BTreeMap;
use wire::business::Business;
use wire::message::Message;

/// A run, rebuilt.
#[derive(Debug, Default)]
pub struct History {
    /// How it began.
    pub run: Option<RunStarted>,
    /// Time of the first event.
    pub started: Option<Timestamp>,
    /// Who is tested.
    pub subject: Option<Subject>,
    /// The probes before the run: name, found, detail, event.
    pub preflight: Vec<(String, bool, String, Seq)>,
    /// What was looked at before the first message, with its event.
    pub looks: Vec<(Looked, Seq)>,
    /// Logins and mailboxes that did not work: what sort, in words, event.
    pub mail_troubles: Vec<(TransportFailure, String, Seq)>,
    /// The scenarios in the order they ran, with the outcome once there is one.
    pub scenarios: Vec<(ScenarioStarted, Seq, Option<ScenarioOutcome>)>,
    /// Every message, composed or arrived, in the order of the log.
    pub messages: Vec<MessageRecord>,
    /// What belongs together, in the order of the stimuli.
    pub exchanges: Vec<Exchange>,
    /// Each start of a subject that the harness starts, with its event.
    pub starts: Vec<(SubjectStart, Seq)>,
    /// Each stop of it.
    pub stops: Vec<StopRecord>,
    /// What was waited for.
    pub awaits: Vec<AwaitRecord>,
    /// What registers were asked, in the order of the log.
    pub asked: Vec<(RegisterAsked, Seq)>,
    /// The deliberate faults of registers that scenarios switched on.
    pub modes: Vec<(ModeSet, Seq)>,
    /// How the subject was made to send.
    pub triggers: Vec<TriggerRecord>,
    /// What people were asked.
    pub questions: Vec<QuestionRecord>,
    /// Events by number: the name of each, for pointing at.
    pub event_names: BTreeMap<Seq, &'static str>,
    /// Milliseconds on the run's own clock at the last event at which the subject was not known to be down: the
    /// horizon of every absence.
    pub horizon_ms: u64,
    /// Whether `RunEnded` is there.
    pub ended: bool,
    /// How many events.
    pub events: u64,
}

/// A stop of the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopRecord {
    /// The event.
    pub seq: Seq,
    /// Why, and how.
    pub stop: SubjectStop,
    /// The last lines that it printed.
    pub last_lines: Vec<String>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// The harness.
    Harness,
    /// The subject (or, in an inspection, whoever wrote the captured message).
    Subject,
}

/// A message, with all its layers.
#[derive(Debug)]
pub struct MessageRecord {
    /// The event: a composition or an arrival.
    pub seq: Seq,
    /// Who wrote it.
    pub author: Author,
    /// Wall clock of the event.
    pub at: Timestamp,
    /// Milliseconds on the run's own clock (continued over resumptions).
    pub at_ms: u64,
    /// How it came: `http`, `http-response`, `mail`, `file`; empty for compositions.
    pub carrier: String,
    /// For what came on the same connection as an answer: the sending that it answers.
    pub answers: Option<Seq>,
    /// For a mail that came in: what was said outside it.
    pub mail: Option<MailArrived>,
    /// How it was composed, for the harness's own.
    pub composed: Option<Composed>,
    /// The sendings, for the harness's own.
    pub sendings: Vec<Sending>,
    /// Whether a scenario told the harness to treat it as lost.
    pub ignored: bool,
    /// Whether it belongs to an attempt at a scenario that was interrupted and begun anew.
    pub interrupted: bool,
    /// The decoded entity and envelope, with the signature's outcome.
    pub message: Message,
    /// The opened payload by MIME part; `Err` says why it could not be opened.
    pub payloads: Vec<(usize, Result<Payload, String>)>,
}

/// An opened payload.
#[derive(Debug)]
pub struct Payload {
    /// The fagmelding's bytes.
    pub content: Vec<u8>,
    /// The fagmelding.
    pub business: Business,
}

/// One sending of a composed message, and what the carrier of the other side did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The event `MessageSent`.
    pub seq: Seq,
    /// When, in milliseconds on the run's own clock.
    pub at_ms: u64,
    /// When the subject had it, as far as is known: a mail when it was fetched, anything else when it was sent. An
    /// answer can stand before it in the log, because the two are told by different connections.
    pub reached_ms: u64,
    /// What the carrier answered.
    pub outcome: Option<TransportOutcome>,
    /// For a mail: what belongs to this sending of it.
    pub mail: Option<MailSent>,
}

impl Sending {
    /// Whether the carrier failed: the message may not have arrived.
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Some(TransportOutcome::Failed { .. }))
    }
}

/// What came back from the carrier of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportOutcome {
    /// An answer with this status; its event.
    Answered {
        /// HTTP status.
        status: u16,
        /// The event.
        seq: Seq,
    },
    /// A mail is with the subject: it fetched it, or its mail server took it.
    Taken {
        /// In words.
        how: String,
        /// The event.
        seq: Seq,
    },
    /// A failure; its event.
    Failed {
        /// What sort.
        failure: TransportFailure,
        /// In words.
        detail: String,
        /// The event.
        seq: Seq,
    },
}

/// A payload message and everything that answers it, paired by reference and never by content.
/// All numbers are indices into [`History::messages`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exchange {
    /// The payload message.
    pub stimulus: usize,
    /// Acknowledgments, ErrorLists and SOAP Faults about it, in order of arrival.
    pub signals: Vec<usize>,
    /// AppRecs whose OriginalMsgId names its MsgId, in order of arrival (for a MsgId sent in several
    /// envelopes each AppRec is listed with every one of them).
    pub apprecs: Vec<usize>,
    /// Other payload messages with the same MsgId, earlier ones first.
    pub same_msg_id: Vec<usize>,
}

/// Something that was waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct AwaitRecord {
    /// The event.
    pub seq: Seq,
    /// What.
    pub awaited: Await,
    /// What became of it; `None` when the log ends before.
    pub outcome: Option<AwaitOutcome>,
}

/// The subject was made to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerRecord {
    /// The event.
    pub seq: Seq,
    /// How, and what.
    pub trigger: Trigger,
    /// What it gave back; `None` when the log ends before.
    pub outcome: Option<TriggerOutcome>,
}

/// Something that an operator was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionRecord {
    /// The event.
    pub seq: Seq,
    /// The question.
    pub question: Question,
    /// What became of it; `None` while it is open.
    pub outcome: Option<QuestionOutcome>,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionOutcome {
    /// It was answered; the event.
    Answered(Seq, OperatorAnswer),
    /// It was not, and why.
    Passed(String),
}

/// What became of a waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwaitOutcome {
    /// It came; the event.
    Met(Seq),
    /// It did not come in time.
    Lapsed(String),
    /// The silence that was hoped for, in milliseconds.
    Quiet(u64),
}

impl History {
    /// The message of an event.
    pub fn message(&self, seq: Seq) -> Option<&MessageRecord> {
        self.messages.iter().find(|m| m.seq == seq)
    }

    /// The exchange whose stimulus carries `label` in `scenario`; of several attempts the last.
    pub fn labelled(&self, scenario: &str, label: &str) -> Option<&Exchange> {
        self.exchanges.iter().rfind(|exchange| {
            let composed = self.messages[exchange.stimulus].composed.as_ref();
            composed.is_some_and(|c| c.scenario.as_deref() == Some(scenario) && c.label.as_deref() == Some(label))
        })
    }

    /// Whether anything written by the subject was ever seen: until then silence is a matter of
    /// configuration, never of conformance (design §4). What bears no sign of a message (a probe of the network)
    /// may be anybody's.
    pub fn heard_subject(&self) -> bool {
        let is_message = |m: &MessageRecord| m.message.soap().is_some() || m.message.entity.multipart;
        self.messages.iter().any(|m| m.author == Author::Subject && is_message(m))
    }
}

impl History {
    /// The message of the subject's that a step of `scenario` awaited under `label`, in its first sending.
    pub fn awaited_message(&self, scenario: &str, label: &str) -> Option<&MessageRecord> {
        let met = self.awaits.iter().rev().find_map(|a| match a.outcome {
            Some(AwaitOutcome::Met(seq)) if a.awaited.is_message(scenario, label) && a.awaited.number == 1 => Some(seq),
            _ => None,
        });
        self.message(met?)
    }
}

impl QuestionRecord {
    /// The answer, if there is one, and its event.
    pub fn answer(&self) -> Option<(Seq, &OperatorAnswer)> {
        match &self.outcome {
            Some(QuestionOutcome::Answered(seq, answer)) => Some((*seq, answer)),
            _ => None,
        }
    }
}

impl MessageRecord {
    /// The first payload that could be opened.
    pub fn payload(&self) -> Option<&Payload> {
        self.payloads.iter().find_map(|(_, payload)| payload.as_ref().ok())
    }

    /// The fagmelding's MsgId, or the AppRec's Id.
    pub fn msg_id(&self) -> Option<&str> {
        match &self.payload()?.business {
            Business::Head(head) => head.msg_id(),
            Business::AppRec(apprec) => apprec.id.as_ref().map(|id| id.value.trim()),
            _ => None,
        }
    }

    /// The AppRec, if that is what the payload is.
    pub fn apprec(&self) -> Option<&wire::apprec::AppRec> {
        match &self.payload()?.business {
            Business::AppRec(apprec) => Some(apprec),
            _ => None,
        }
    }

    /// The hodemelding, if that is what the payload is.
    pub fn head(&self) -> Option<&wire::head::MsgHead> {
        match &self.payload()?.business {
            Business::Head(head) => Some(head),
            _ => None,
        }
    }

    /// Whether nothing was altered on purpose.
    pub fn is_undeviated(&self) -> bool {
        self.composed.as_ref().is_none_or(|c| c.deviations.is_empty())
    }
}
