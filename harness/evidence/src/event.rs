//! What can happen in a run: facts in the past tense, never conclusions.

mod acting;
mod assurance;
mod failure;
mod life;
mod look;

pub use assurance::Assurance;
pub use failure::TransportFailure;
pub use life::{StopReason, SubjectStart, SubjectStop};
pub use look::{LookOutcome, Looked};

use jiff::Timestamp;

pub use acting::{OperatorAnswer, Question, Trigger, TriggerOutcome};

use crate::digest::Digest;
use crate::register::{ModeSet, RegisterAsked};

/// Position of an event in its log, from 0.
pub type Seq = u64;

/// An event as it stands in a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Position in the log.
    pub seq: Seq,
    /// Wall clock.
    pub at: Timestamp,
    /// Which process wrote it: 0 for the first, one more for each resumption.
    pub epoch: u32,
    /// Milliseconds since that process began, monotonic.
    pub elapsed_ms: u64,
    /// The event that led to this one.
    pub cause: Option<Seq>,
    /// The fact.
    pub event: Event,
}

/// A fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A run began.
    RunStarted(RunStarted),
    /// Who is tested, as the subject file says.
    SubjectDescribed(Subject),
    /// A probe before the run was carried out.
    PreflightObserved {
        /// Name of the probe, e.g. `connect`.
        probe: String,
        /// Whether it found what it looked for.
        ok: bool,
        /// What was seen.
        detail: String,
    },
    /// The wiring was looked at before the first message.
    Looked(Looked),
    /// A scenario began.
    ScenarioStarted(ScenarioStarted),
    /// A message was made by the harness.
    MessageComposed(Composed),
    /// A message left the harness; the cause is its composition.
    MessageSent {
        /// The composition.
        composed: Seq,
        /// Address it went to.
        to: String,
        /// Sendings of this composition so far, from 1.
        attempt: u32,
        /// For a mail: what SMTP and its header say about this sending.
        mail: Option<MailSent>,
    },
    /// The subject fetched a mail from its mailbox, whole; the cause is the sending.
    MailFetched {
        /// Who connected.
        from: String,
        /// The user that was logged in.
        user: String,
    },
    /// The subject's mail server took a mail; the cause is the sending.
    MailPosted {
        /// Every command and its reply, passwords masked.
        talk: Vec<String>,
    },
    /// A login at a mail server of the harness was refused.
    LoginRefused {
        /// `smtp` or `pop3`.
        service: String,
        /// Who connected.
        from: String,
        /// The user that was named.
        user: String,
        /// Why.
        reason: String,
    },
    /// The subject's mailbox could not be visited; not repeated while nothing changes.
    MailboxFailed {
        /// The server.
        address: String,
        /// What sort of failure.
        failure: TransportFailure,
        /// What was seen.
        detail: String,
    },
    /// The carrier of the other side answered a sending; the cause is the sending.
    TransportAnswered {
        /// HTTP status.
        status: u16,
        /// The entity of the answer, headers and body.
        entity: Option<Digest>,
    },
    /// A sending failed in the carrier; the cause is the sending.
    TransportFailed {
        /// What sort of failure.
        failure: TransportFailure,
        /// What was seen, in one sentence.
        detail: String,
    },
    /// A message came in.
    MessageArrived {
        /// How: `http`, `file`, `mail`.
        carrier: String,
        /// Who connected, or the file's name.
        from: String,
        /// The entity, headers and body, as it came.
        entity: Digest,
        /// For a mail: what was said outside it.
        mail: Option<MailArrived>,
    },
    /// The encrypted payload of a message was opened, and its content key kept.
    PayloadOpened {
        /// The message: a composition or an arrival.
        message: Seq,
        /// The MIME part, counted from 0.
        part: usize,
        /// The content-encryption key, as [`wire::cms::ContentKey`] writes it.
        key: Digest,
    },
    /// The payload of an arrival could not be opened with the keys of the party it was sent to.
    PayloadSealed {
        /// The arrival.
        message: Seq,
        /// The MIME part, counted from 0.
        part: usize,
        /// Why.
        reason: String,
    },
    /// The harness began to wait.
    AwaitOpened(Await),
    /// What was waited for is there; the cause is the arrival.
    AwaitMet {
        /// The waiting.
        awaited: Seq,
    },
    /// Patience ran out.
    AwaitLapsed {
        /// The waiting.
        awaited: Seq,
        /// Why: patience, or the subject could not be reached.
        reason: String,
    },
    /// Nothing of the kind came for a while.
    SilenceObserved {
        /// The waiting.
        awaited: Seq,
        /// How long, in milliseconds.
        quiet_ms: u64,
    },
    /// A scenario told the harness to treat an arrival as lost; the cause is the arrival.
    ReceiptIgnored {
        /// The arrival.
        message: Seq,
    },
    /// A stand-in of a register was asked something.
    RegisterAsked(RegisterAsked),
    /// A scenario switched a deliberate fault on.
    ModeSet(ModeSet),
    /// The subject was made to send something.
    TriggerPulled(Trigger),
    /// What the trigger gave back; the cause is the pull.
    TriggerAnswered(TriggerOutcome),
    /// An operator was asked something.
    OperatorAsked(Question),
    /// An operator answered; the cause is the question.
    OperatorAnswered(OperatorAnswer),
    /// Nobody answered, or somebody declined to; the cause is the question.
    OperatorPassed {
        /// Why: no terminal, skipped, time ran out.
        reason: String,
    },
    /// The inbox of a run that had ended was opened again.
    InboxReopened {
        /// Until when, at the latest.
        until: Timestamp,
    },
    /// The subject was started by the harness, and is ready.
    SubjectStarted(SubjectStart),
    /// It stopped, or never came up; the cause is its start.
    SubjectStopped(SubjectStop),
    /// A scenario ended.
    ScenarioEnded {
        /// Its id.
        scenario: String,
        /// Whether all steps were carried out, and if not why.
        outcome: ScenarioOutcome,
    },
    /// The run went on in a new process.
    RunResumed {
        /// The tool and its version.
        tool: String,
    },
    /// A half-written last line was set aside when the log was opened again.
    TailRecovered {
        /// How many bytes.
        bytes: u64,
        /// The bytes.
        tail: Digest,
    },
    /// The run ended as planned.
    RunEnded {
        /// Why it ended: `finished` or `interrupted`.
        reason: String,
    },
}

/// How a run began.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStarted {
    /// Run id (UUID).
    pub run: String,
    /// The tool and its version.
    pub tool: String,
    /// Digest over everything embedded: scenarios, profiles, catalogue.
    pub suite: Digest,
    /// Profile name and version, e.g. `plo-receive-nhn@1`.
    pub profile: String,
    /// What this run can prove at most.
    pub assurance: Assurance,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Digest of every input, by name.
    pub inputs: Vec<(String, Digest)>,
}

/// Who is tested.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Subject {
    /// The supplier.
    pub supplier: String,
    /// The system.
    pub system: String,
    /// Its version.
    pub version: String,
    /// The message handler.
    pub message_handler: Option<String>,
    /// Its version.
    pub message_handler_version: Option<String>,
    /// HER-ids of the subject's parties, organisation first, then the service.
    pub parties: Vec<(u32, u32)>,
    /// What the subject claims: message and version, e.g. `LOG_INNLAGT@1.6`, and direction.
    pub claims: Vec<(String, String)>,
    /// How it says it treats a service it does not know: `reject` or `accept`.
    pub unknown_service: Option<String>,
    /// Address of the subject's endpoint, without credentials.
    pub endpoint: String,
    /// How it says it sends again what is not acknowledged.
    pub retry: Option<Retry>,
}

/// Sending again what is not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Milliseconds between sendings.
    pub interval_ms: u64,
    /// Sendings after the first.
    pub count: u32,
}

/// A scenario as it was when it ran.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioStarted {
    /// The id: its path.
    pub scenario: String,
    /// Title in English.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// The file, for messages.
    pub file: String,
    /// Digest of the file.
    pub digest: Digest,
    /// What is allowed to happen to each labelled message.
    pub expectations: Vec<Expectation>,
}

/// What the standard allows as the answer to one labelled message.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The label that a step gave with `as`.
    pub label: String,
    /// Line in the scenario file.
    pub line: u32,
    /// Each outcome that is allowed; none else is.
    pub allowed: Vec<Allowed>,
}

/// One allowed outcome.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Allowed {
    /// The transport answer; `None` says nothing about it.
    pub signal: Option<SignalExpected>,
    /// The AppRec: `None` says nothing, otherwise the status code or `none`.
    pub apprec: Option<AppRecExpected>,
    /// For a message that the subject is to send: whether it comes; `None` says nothing.
    pub arrives: Option<bool>,
    /// The requirements that this outcome fulfils, and that another outcome violates.
    pub requirements: Vec<String>,
}

/// A transport answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalExpected {
    /// Acknowledgment.
    Acknowledgment,
    /// ErrorList with severity Warning.
    Warning,
    /// ErrorList with severity Error.
    Error,
    /// SOAP Fault.
    Fault,
    /// Nothing.
    None,
}

impl SignalExpected {
    /// Every answer there is.
    pub const ALL: [Self; 5] = [Self::Acknowledgment, Self::Warning, Self::Error, Self::Fault, Self::None];

    /// The word in scenarios and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Acknowledgment => "acknowledgment",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fault => "fault",
            Self::None => "none",
        }
    }

    /// Reads the word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// An application receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppRecExpected {
    /// None comes.
    None,
    /// One with this status, and when rejected any of these codes (none listed: any code).
    Status {
        /// 8258: 1, 2 or 3.
        status: String,
        /// 8221 codes that are allowed.
        errors: Vec<String>,
    },
}

/// A message that the harness made.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// The scenario it belongs to.
    pub scenario: Option<String>,
    /// The label that the step gave with `as`.
    pub label: Option<String>,
    /// Line of the step in the scenario file.
    pub line: u32,
    /// What it is: `LOG_INNLAGT@1.6`, `Acknowledgment`, …
    pub what: String,
    /// Everything that was altered on purpose, in the scenario's words; empty for a correct message.
    pub deviations: Vec<String>,
    /// The entity, headers and body.
    pub entity: Digest,
}

/// What belongs to one sending of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailSent {
    /// The return path.
    pub from: String,
    /// Whom it goes to.
    pub recipients: Vec<String>,
    /// Message-ID of this sending, as it was made; an alteration may have broken or removed it.
    pub message_id: String,
    /// ENVID of this sending (RFC 3461); a bounce names it.
    pub envelope_id: String,
    /// The mail, where it is not the composed bytes: each sending has a Message-ID and a Date of its own.
    pub entity: Option<Digest>,
}

/// What was said outside a mail that came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailArrived {
    /// The return path, when it came by SMTP; empty for a bounce.
    pub from: Option<String>,
    /// Whom it was sent to; empty when it came from a mailbox.
    pub recipients: Vec<String>,
    /// ENVID (RFC 3461).
    pub envelope_id: Option<String>,
    /// The user that was logged in.
    pub user: Option<String>,
    /// What the mailbox called it (UIDL).
    pub uid: Option<String>,
    /// Whether it held an LF without a CR before it, which RFC 5321 2.3.8 forbids.
    pub bare_lf: bool,
}

/// What the harness waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Await {
    /// The scenario.
    pub scenario: String,
    /// The label of the message whose answer is awaited.
    pub label: String,
    /// `acknowledgment`, `apprec`, or `message` for one that the subject sends; for `quiet` what must not come.
    pub what: String,
    /// Of a message that the subject sends: which sending of it, from 1.
    pub number: u32,
    /// Whether silence is what the step hopes for.
    pub quiet: bool,
    /// How long, in milliseconds.
    pub patience_ms: u64,
    /// Line of the step.
    pub line: u32,
}

impl Await {
    /// Whether it waits for the message that the subject is to send under a label of a scenario.
    pub fn is_message(&self, scenario: &str, label: &str) -> bool {
        self.what == "message" && self.scenario == scenario && self.label == label
    }
}

/// How a scenario ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScenarioOutcome {
    /// All steps were carried out.
    Finished,
    /// The rest was given up.
    Abandoned {
        /// Why.
        reason: String,
    },
}
