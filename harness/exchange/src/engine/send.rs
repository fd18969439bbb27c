//! Messages of the harness: composed, recorded, sent.

use super::desk::{ReceiptKind, Sent};
use super::inbox::chance;
use super::outbound::{self, Posting};
use super::post;
use super::run::EngineError;
use super::signer;
use super::step::Scene;
use crate::alter::Alterations;
use crate::message::{Filling, stamp};
use crate::scenario::{Alteration, PatientKind, Reacknowledge, SendStep};
use evidence::digest::Digest;
use evidence::event::{Composed, Event, TransportFailure};
use jiff::{SignedDuration, Timestamp};
use msh::compose::{self, PayloadMessage};
use wire::business::{self, Business};
use wire::mime::mail::MailDraft;

/// What a step makes before it is composed.
pub(super) struct Draft {
    pub what: String,
    pub from: String,
    pub to: String,
    pub conversation: String,
    pub message: Vec<u8>,
}

/// A composed message, with what is recorded and remembered of it.
pub(super) struct Outgoing {
    pub label: String,
    pub line: u32,
    pub deviations: Vec<String>,
    pub message_id: String,
    pub msg_id: String,
    pub draft: Draft,
}

impl Scene<'_> {
    pub async fn send(&self, step: &SendStep, line: u32) -> Result<Option<String>, EngineError> {
        let draft = self.draft(step, line)?;
        let plan = &self.run.plan;
        let (from, to) = (&plan.subject.partners[&draft.from], &plan.subject.parties[&draft.to]);
        let kind = plan.messages.get(&draft.what);
        let function = kind.map(|k| k.function.clone()).unwrap_or_default();
        let (message_id, timestamp) = (self.run.uuid(), stamp(self.run.wall()));
        let unique = self.run.uuid();
        let altered: Vec<_> = step.alter.iter().map(|a| a.with_unique(&unique[..8])).collect();
        let alterations = Alterations {
            list: &altered,
            mail: self.mail(&draft.from, &draft.to, &draft.what),
            recipient: step.encrypt.map(|_| &plan.subject.partners["stranger"].identity.encrypt_certificate),
        };
        let what = PayloadMessage {
            function: &function,
            is_apprec: false,
            conversation_id: &draft.conversation,
            message_id: &message_id,
            timestamp: &timestamp,
            schema: kind.map(|k| (k.namespace.clone(), k.version.clone())),
            cpa_id: None,
            message: draft.message.clone(),
        };
        let Some(identity) = signer::of(self.run, step, from, &draft.from) else {
            return Ok(Some("the kit has no certificate to sign this with".to_owned()));
        };
        let composed = compose::payload(&identity, &to.peer(), what, &alterations, &mut chance())
            .map_err(|source| EngineError::Compose { file: self.loaded.file.clone(), line, source })?;
        let as_sent = msh::compose::Alter::message(&alterations, draft.message.clone());
        let outgoing = Outgoing {
            label: step.label.clone(),
            line,
            deviations: deviations(step, &altered, self.run.switched.words()),
            message_id,
            msg_id: as_sent.ok().and_then(|m| msg_id(&m)).unwrap_or_default(),
            draft,
        };
        self.dispatch(outgoing, composed).await
    }

    /// GenDate of a new message: now, unless the profile shifts it.
    fn generated(&self) -> Timestamp {
        let (now, hours) = (self.run.wall(), self.run.plan.gen_date_shift_hours);
        now.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(now)
    }

    /// The mail around a message, for a subject that is reached by mail.
    pub fn mail(&self, from: &str, to: &str, what: &str) -> Option<MailDraft> {
        self.run.road.office().map(|_| post::draft(self.run, &self.run.ends(from, to), what))
    }

    /// Records a composition, remembers it under its label, and sends it.
    pub async fn dispatch(
        &self,
        outgoing: Outgoing,
        composed: compose::Composed,
    ) -> Result<Option<String>, EngineError> {
        let Outgoing { label, line, deviations, message_id, msg_id, draft } = outgoing;
        let event = Event::MessageComposed(Composed {
            scenario: Some(self.loaded.id.clone()),
            label: Some(label.clone()),
            line,
            what: draft.what.clone(),
            deviations,
            entity: Digest::of(&composed.entity),
        });
        let recorded = self.run.record(event, Some(self.started), vec![composed.entity.clone()]).await?;
        if let Some(key) = composed.content_key.map(|key| key.to_bytes()) {
            let event = Event::PayloadOpened { message: recorded.seq, part: 1, key: Digest::of(&key) };
            self.run.record(event, Some(recorded.seq), vec![key]).await?;
        }
        let sent = Sent {
            composed: recorded.seq,
            sendings: Vec::new(),
            at_ms: 0,
            entity: composed.entity,
            message: draft.message,
            what: draft.what,
            from: draft.from,
            to: draft.to,
            message_id: message_id.to_ascii_lowercase(),
            msg_id,
            conversation: draft.conversation.to_ascii_lowercase(),
            failure: None,
        };
        self.run.desk().sent.insert(label.clone(), sent);
        self.transmit(&label).await
    }

    fn draft(&self, step: &SendStep, line: u32) -> Result<Draft, EngineError> {
        if let Some(original) = step.copy.as_ref().and_then(|label| self.run.desk().sent.get(label).cloned()) {
            return Ok(Draft {
                what: original.what,
                from: original.from,
                to: original.to,
                conversation: original.conversation,
                message: original.message,
            });
        }
        let plan = &self.run.plan;
        let name = |role: &Option<String>| role.clone().unwrap_or_default();
        let (from, to) = (name(&step.from), name(&step.to));
        let addressed = match step.addressed {
            Some(_) => &plan.subject.partners["stranger"].cast,
            None => &plan.subject.parties[&to].cast,
        };
        let patient = match step.patient.unwrap_or(PatientKind::Known) {
            PatientKind::Known => "known",
            PatientKind::Unknown => "unknown",
        };
        let what = name(&step.message);
        let filling = Filling {
            message: &what,
            from: &plan.subject.partners[&from].cast,
            to: addressed,
            patient: &plan.subject.patients[patient],
            msg_id: &self.run.uuid(),
            answers: None,
            now: self.generated(),
        };
        let filled = plan.messages.fill(&filling);
        let message = filled.map_err(|source| EngineError::Fill { file: self.loaded.file.clone(), line, source })?;
        Ok(Draft { what, from, to, conversation: self.run.answered_id(), message: message.into_bytes() })
    }

    /// Sends the labelled message, for the first time or again: the very same bytes (HITS 1172 4.2.3.2).
    pub async fn transmit(&self, label: &str) -> Result<Option<String>, EngineError> {
        let Some(sent) = self.run.desk().sent.get(label).cloned() else {
            return Ok(Some(format!("nothing was sent under the label `{label}`")));
        };
        if let Some(sent) = self.run.desk().sent.get_mut(label) {
            sent.at_ms = self.run.elapsed_ms();
        }
        let attempt = sent.sendings.len() as u32 + 1;
        let ends = self.run.ends(&sent.from, &sent.to);
        let posting = Posting { composed: sent.composed, attempt, entity: &sent.entity, ends: &ends };
        let transmitted = outbound::transmit(self.run, posting).await?;
        let failure = transmitted.failure.as_ref().map(|(_, detail)| detail.clone());
        if let Some(sent) = self.run.desk().sent.get_mut(label) {
            sent.sendings.push(transmitted.seq);
            sent.failure = failure;
        }
        Ok(match transmitted.failure {
            Some((kind, detail)) if kind != TransportFailure::TimedOut => {
                Some(format!("`{label}` could not be delivered ({}): {detail}", kind.code()))
            }
            Some((_, detail)) => Some(format!("`{label}` got no answer from the carrier: {detail}")),
            None => None,
        })
    }

    /// Acknowledges the AppRec of a message once more; a duplicate acknowledgment is harmless and never answered.
    pub async fn reacknowledge(&self, step: &Reacknowledge, line: u32) -> Result<Option<String>, EngineError> {
        // Once more: after the first time.
        self.run.settle().await?;
        let nothing = || Ok(Some(format!("no AppRec of `{}` has come that could be acknowledged", step.apprec)));
        let Some(sent) = self.run.desk().sent.get(&step.apprec).cloned() else { return nothing() };
        let envelope = self.run.desk().receipts.iter().rev().find_map(|receipt| {
            let fits = receipt.kind == ReceiptKind::AppRec && receipt.about.as_ref() == Some(&sent.msg_id);
            receipt.envelope.clone().filter(|_| fits)
        });
        let Some(about) = envelope else { return nothing() };
        let identity = &self.run.plan.subject.partners[&sent.from].identity;
        let (id, timestamp) = (self.run.uuid(), stamp(self.run.wall()));
        let signal = compose::Signal { about: &about, message_id: &id, timestamp: &timestamp };
        let mut composed = compose::acknowledgment(identity, &signal, msh::SignalShape::default())
            .map_err(|source| EngineError::Compose { file: self.loaded.file.clone(), line, source })?;
        if let Some(mail) = self.mail(&sent.from, &sent.to, "Acknowledgment") {
            composed.entity = mail.around(&composed.entity);
        }
        let draft = Draft {
            what: "Acknowledgment".to_owned(),
            from: sent.from,
            to: sent.to,
            // A conversation of its own, so that nothing else is taken for an answer to it.
            conversation: String::new(),
            message: Vec::new(),
        };
        let (label, deviations, msg_id) = (step.label.clone(), Vec::new(), String::new());
        self.dispatch(Outgoing { label, line, deviations, message_id: id, msg_id, draft }, composed).await
    }
}

/// Everything done on purpose, in words.
fn deviations(step: &SendStep, altered: &[Alteration], around: Vec<String>) -> Vec<String> {
    let addressed = step.addressed.map(|_| "message: addressed to a party that is not the subject's".to_owned());
    let encrypted = step.encrypt.map(|_| "message: encrypted to somebody else's certificate".to_owned());
    let signed = step.sign.map(signer::deviation);
    let altered = altered.iter().map(Alteration::describe);
    addressed.into_iter().chain(encrypted).chain(signed).chain(altered).chain(around).collect()
}

fn msg_id(message: &[u8]) -> Option<String> {
    match business::read(message) {
        Business::Head(head) => head.msg_id().map(str::to_ascii_lowercase),
        _ => None,
    }
}
