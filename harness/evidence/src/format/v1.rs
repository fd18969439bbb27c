//! Version 1 of the wire format. Frozen once released: a change makes version 2.

use super::VERSION;
use super::v1_acting::{AnswerV1, QuestionV1, TriggerOutcomeV1, TriggerV1};
use super::v1_life::{SubjectStartV1, SubjectStopV1};
use super::v1_look::LookedV1;
use super::v1_mail::{MailArrivedV1, MailSentV1};
use super::v1_parts::{ComposedV1, RunV1, ScenarioV1, SubjectV1, digest};
use super::v1_register::{ModeSetV1, RegisterAskedV1};
use crate::digest::Digest;
use crate::event::{Await, Event, Recorded, ScenarioOutcome, TransportFailure};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(super) struct VersionProbe {
    pub v: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineV1 {
    v: u32,
    seq: u64,
    at: jiff_text::Text,
    epoch: u32,
    ms: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    cause: Option<u64>,
    prev: String,
    event: EventV1,
}

mod jiff_text {
    //! A time as RFC 3339 text.
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(in super::super) struct Text(pub Timestamp);

    impl Serialize for Text {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&self.0)
        }
    }

    impl<'de> Deserialize<'de> for Text {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            text.parse().map(Text).map_err(de::Error::custom)
        }
    }
}

impl LineV1 {
    pub(super) fn of(recorded: &Recorded, prev: Digest) -> Self {
        Self {
            v: VERSION,
            seq: recorded.seq,
            at: jiff_text::Text(recorded.at),
            epoch: recorded.epoch,
            ms: recorded.elapsed_ms,
            cause: recorded.cause,
            prev: prev.to_string(),
            event: EventV1::of(&recorded.event),
        }
    }

    pub(super) fn into_recorded(self) -> Result<(Recorded, Digest), String> {
        let recorded = Recorded {
            seq: self.seq,
            at: self.at.0,
            epoch: self.epoch,
            elapsed_ms: self.ms,
            cause: self.cause,
            event: self.event.into_domain()?,
        };
        Ok((recorded, digest(&self.prev)?))
    }
}

#[derive(Serialize, Deserialize)]
enum EventV1 {
    RunStarted(RunV1),
    SubjectDescribed(SubjectV1),
    PreflightObserved {
        probe: String,
        ok: bool,
        detail: String,
    },
    Looked(LookedV1),
    ScenarioStarted(ScenarioV1),
    MessageComposed(ComposedV1),
    MessageSent {
        composed: u64,
        to: String,
        attempt: u32,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail: Option<MailSentV1>,
    },
    MailFetched {
        from: String,
        user: String,
    },
    MailPosted {
        talk: Vec<String>,
    },
    LoginRefused {
        service: String,
        from: String,
        user: String,
        reason: String,
    },
    MailboxFailed {
        address: String,
        failure: String,
        detail: String,
    },
    TransportAnswered {
        status: u16,
        entity: Option<String>,
    },
    TransportFailed {
        failure: String,
        detail: String,
    },
    MessageArrived {
        carrier: String,
        from: String,
        entity: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail: Option<MailArrivedV1>,
    },
    PayloadOpened {
        message: u64,
        part: usize,
        key: String,
    },
    PayloadSealed {
        message: u64,
        part: usize,
        reason: String,
    },
    AwaitOpened(AwaitV1),
    AwaitMet {
        awaited: u64,
    },
    AwaitLapsed {
        awaited: u64,
        reason: String,
    },
    SilenceObserved {
        awaited: u64,
        quiet_ms: u64,
    },
    ReceiptIgnored {
        message: u64,
    },
    RegisterAsked(RegisterAskedV1),
    ModeSet(ModeSetV1),
    TriggerPulled(TriggerV1),
    TriggerAnswered(TriggerOutcomeV1),
    OperatorAsked(QuestionV1),
    OperatorAnswered(AnswerV1),
    OperatorPassed {
        reason: String,
    },
    InboxReopened {
        until: jiff_text::Text,
    },
    SubjectStarted(SubjectStartV1),
    SubjectStopped(SubjectStopV1),
    ScenarioEnded {
        scenario: String,
        finished: bool,
        reason: Option<String>,
    },
    RunResumed {
        tool: String,
    },
    TailRecovered {
        bytes: u64,
        tail: String,
    },
    RunEnded {
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AwaitV1 {
    scenario: String,
    label: String,
    what: String,
    #[serde(skip_serializing_if = "is_first", default = "first")]
    number: u32,
    quiet: bool,
    patience_ms: u64,
    line: u32,
}

fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(number: &u32) -> bool {
    *number == 1
}

impl EventV1 {
    fn of(event: &Event) -> Self {
        match event.clone() {
            Event::RunStarted(run) => Self::RunStarted(RunV1::of(&run)),
            Event::SubjectDescribed(subject) => Self::SubjectDescribed(SubjectV1::of(&subject)),
            Event::PreflightObserved { probe, ok, detail } => Self::PreflightObserved { probe, ok, detail },
            Event::Looked(looked) => Self::Looked(LookedV1::of(looked)),
            Event::ScenarioStarted(scenario) => Self::ScenarioStarted(ScenarioV1::of(&scenario)),
            Event::MessageComposed(composed) => Self::MessageComposed(ComposedV1::of(&composed)),
            Event::MessageSent { composed, to, attempt, mail } => {
                Self::MessageSent { composed, to, attempt, mail: mail.map(MailSentV1::of) }
            }
            Event::MailFetched { from, user } => Self::MailFetched { from, user },
            Event::MailPosted { talk } => Self::MailPosted { talk },
            Event::LoginRefused { service, from, user, reason } => Self::LoginRefused { service, from, user, reason },
            Event::MailboxFailed { address, failure, detail } => {
                Self::MailboxFailed { address, failure: failure.code().to_owned(), detail }
            }
            Event::TransportAnswered { status, entity } => {
                Self::TransportAnswered { status, entity: entity.map(|d| d.to_string()) }
            }
            Event::TransportFailed { failure, detail } => {
                Self::TransportFailed { failure: failure.code().to_owned(), detail }
            }
            Event::MessageArrived { carrier, from, entity, mail } => {
                let mail = mail.map(MailArrivedV1::of);
                Self::MessageArrived { carrier, from, entity: entity.to_string(), mail }
            }
            Event::PayloadOpened { message, part, key } => Self::PayloadOpened { message, part, key: key.to_string() },
            Event::PayloadSealed { message, part, reason } => Self::PayloadSealed { message, part, reason },
            Event::AwaitOpened(Await { scenario, label, what, number, quiet, patience_ms, line }) => {
                Self::AwaitOpened(AwaitV1 { scenario, label, what, number, quiet, patience_ms, line })
            }
            Event::AwaitMet { awaited } => Self::AwaitMet { awaited },
            Event::AwaitLapsed { awaited, reason } => Self::AwaitLapsed { awaited, reason },
            Event::SilenceObserved { awaited, quiet_ms } => Self::SilenceObserved { awaited, quiet_ms },
            Event::ReceiptIgnored { message } => Self::ReceiptIgnored { message },
            Event::RegisterAsked(asked) => Self::RegisterAsked(RegisterAskedV1::of(asked)),
            Event::ModeSet(set) => Self::ModeSet(ModeSetV1::of(set)),
            Event::TriggerPulled(trigger) => Self::TriggerPulled(TriggerV1::of(trigger)),
            Event::TriggerAnswered(outcome) => Self::TriggerAnswered(TriggerOutcomeV1::of(outcome)),
            Event::OperatorAsked(question) => Self::OperatorAsked(QuestionV1::of(question)),
            Event::OperatorAnswered(answer) => Self::OperatorAnswered(AnswerV1::of(answer)),
            Event::OperatorPassed { reason } => Self::OperatorPassed { reason },
            Event::InboxReopened { until } => Self::InboxReopened { until: jiff_text::Text(until) },
            Event::SubjectStarted(start) => Self::SubjectStarted(SubjectStartV1::of(start)),
            Event::SubjectStopped(stop) => Self::SubjectStopped(SubjectStopV1::of(stop)),
            Event::ScenarioEnded { scenario, outcome } => match outcome {
                ScenarioOutcome::Finished => Self::ScenarioEnded { scenario, finished: true, reason: None },
                ScenarioOutcome::Abandoned { reason } => {
                    Self::ScenarioEnded { scenario, finished: false, reason: Some(reason) }
                }
            },
            Event::RunResumed { tool } => Self::RunResumed { tool },
            Event::TailRecovered { bytes, tail } => Self::TailRecovered { bytes, tail: tail.to_string() },
            Event::RunEnded { reason } => Self::RunEnded { reason },
        }
    }

    fn into_domain(self) -> Result<Event, String> {
        Ok(match self {
            Self::RunStarted(run) => Event::RunStarted(run.into_domain()?),
            Self::SubjectDescribed(subject) => Event::SubjectDescribed(subject.into_domain()),
            Self::PreflightObserved { probe, ok, detail } => Event::PreflightObserved { probe, ok, detail },
            Self::Looked(looked) => Event::Looked(looked.into_domain()?),
            Self::ScenarioStarted(scenario) => Event::ScenarioStarted(scenario.into_domain()?),
            Self::MessageComposed(composed) => Event::MessageComposed(composed.into_domain()?),
            Self::MessageSent { composed, to, attempt, mail } => {
                let mail = mail.map(MailSentV1::into_domain).transpose()?;
                Event::MessageSent { composed, to, attempt, mail }
            }
            Self::MailFetched { from, user } => Event::MailFetched { from, user },
            Self::MailPosted { talk } => Event::MailPosted { talk },
            Self::LoginRefused { service, from, user, reason } => Event::LoginRefused { service, from, user, reason },
            Self::MailboxFailed { address, failure, detail } => {
                Event::MailboxFailed { address, failure: failure_of(&failure)?, detail }
            }
            Self::TransportAnswered { status, entity } => {
                Event::TransportAnswered { status, entity: entity.map(|e| digest(&e)).transpose()? }
            }
            Self::TransportFailed { failure, detail } => {
                Event::TransportFailed { failure: failure_of(&failure)?, detail }
            }
            Self::MessageArrived { carrier, from, entity, mail } => {
                let mail = mail.map(MailArrivedV1::into_domain);
                Event::MessageArrived { carrier, from, entity: digest(&entity)?, mail }
            }
            Self::PayloadOpened { message, part, key } => Event::PayloadOpened { message, part, key: digest(&key)? },
            Self::PayloadSealed { message, part, reason } => Event::PayloadSealed { message, part, reason },
            Self::AwaitOpened(AwaitV1 { scenario, label, what, number, quiet, patience_ms, line }) => {
                Event::AwaitOpened(Await { scenario, label, what, number, quiet, patience_ms, line })
            }
            Self::AwaitMet { awaited } => Event::AwaitMet { awaited },
            Self::AwaitLapsed { awaited, reason } => Event::AwaitLapsed { awaited, reason },
            Self::SilenceObserved { awaited, quiet_ms } => Event::SilenceObserved { awaited, quiet_ms },
            Self::ReceiptIgnored { message } => Event::ReceiptIgnored { message },
            Self::RegisterAsked(asked) => Event::RegisterAsked(asked.into_domain()?),
            Self::ModeSet(set) => Event::ModeSet(set.into_domain()),
            Self::TriggerPulled(trigger) => Event::TriggerPulled(trigger.into_domain()?),
            Self::TriggerAnswered(outcome) => Event::TriggerAnswered(outcome.into_domain()?),
            Self::OperatorAsked(question) => Event::OperatorAsked(question.into_domain()),
            Self::OperatorAnswered(answer) => Event::OperatorAnswered(answer.into_domain()?),
            Self::OperatorPassed { reason } => Event::OperatorPassed { reason },
            Self::InboxReopened { until } => Event::InboxReopened { until: until.0 },
            Self::SubjectStarted(start) => Event::SubjectStarted(start.into_domain()),
            Self::SubjectStopped(stop) => Event::SubjectStopped(stop.into_domain()?),
            Self::ScenarioEnded { scenario, finished, reason } => Event::ScenarioEnded {
                scenario,
                outcome: if finished {
                    ScenarioOutcome::Finished
                } else {
                    ScenarioOutcome::Abandoned { reason: reason.unwrap_or_default() }
                },
            },
            Self::RunResumed { tool } => Event::RunResumed { tool },
            Self::TailRecovered { bytes, tail } => Event::TailRecovered { bytes, tail: digest(&tail)? },
            Self::RunEnded { reason } => Event::RunEnded { reason },
        })
    }
}

fn failure_of(code: &str) -> Result<TransportFailure, String> {
    TransportFailure::parse(code).ok_or(format!("failure `{code}`"))
}
