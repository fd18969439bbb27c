//! The steps of a scenario.

use super::desk::{Receipt, ReceiptKind, Sent};
use super::inbox::chance;
use super::life;
use super::outbound::{self, Posting};
use super::post;
use super::registers;
use super::run::{EngineError, Progress, Run};
use super::signer;
use crate::alter::Alterations;
use crate::message::{Filling, stamp};
use crate::scenario::{Alteration, AwaitStep, Loaded, PatientKind, Reacknowledge, SendStep, Step};
use carrier::http::Refusal;
use evidence::digest::Digest;
use evidence::event::{Await, Composed, Event, Seq, TransportFailure};
use jiff::{SignedDuration, Timestamp};
use msh::compose::{self, PayloadMessage};
use std::sync::Arc;
use std::time::Duration;
use wire::business::{self, Business};

/// Carries out a scenario; returns why it was given up, if it was.
pub(super) async fn carry_out(
    run: &Arc<Run>,
    loaded: &Loaded,
    started: Seq,
    progress: &dyn Progress,
) -> Result<Option<String>, EngineError> {
    {
        // What came before cannot answer what is sent now.
        let mut desk = run.desk();
        desk.sent.clear();
        desk.receipts.clear();
    }
    let scene = Scene { run, loaded, started, progress };
    for (step, &line) in loaded.scenario.steps.iter().zip(&loaded.step_lines) {
        run.check()?;
        if let Some(reason) = run.life.down() {
            return Ok(Some(reason));
        }
        let given_up = match step {
            Step::Send(send) => scene.send(send, line).await?,
            Step::Resend(label) => scene.transmit(label).await?,
            Step::Await(target) => scene.wait(target, line, Purpose::Await).await?,
            Step::Quiet(target) => scene.wait(target, line, Purpose::Quiet).await?,
            Step::Ignore(target) => scene.wait(target, line, Purpose::Ignore).await?,
            Step::Reacknowledge(again) => scene.reacknowledge(again, line).await?,
            Step::Restart(how) => life::restart(run, *how, progress).await?,
            Step::Mode(mode) => registers::switch(run, started, mode, line).await?,
        };
        if given_up.is_some() {
            return Ok(given_up);
        }
    }
    run.check()?;
    Ok(None)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Await,
    Quiet,
    Ignore,
}

struct Scene<'a> {
    run: &'a Arc<Run>,
    loaded: &'a Loaded,
    started: Seq,
    progress: &'a dyn Progress,
}

/// What a `send` step makes before it is composed.
struct Draft {
    what: String,
    from: String,
    to: String,
    conversation: String,
    message: Vec<u8>,
}

impl Scene<'_> {
    async fn send(&self, step: &SendStep, line: u32) -> Result<Option<String>, EngineError> {
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
            mail: self
                .run
                .road
                .office()
                .map(|_| post::draft(self.run, &self.run.ends(&draft.from, &draft.to), &draft.what)),
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
        let event = Event::MessageComposed(Composed {
            scenario: Some(self.loaded.id.clone()),
            label: Some(step.label.clone()),
            line,
            what: draft.what.clone(),
            deviations: deviations(step, &altered, self.run.switched.words()),
            entity: Digest::of(&composed.entity),
        });
        let recorded = self.run.record(event, Some(self.started), vec![composed.entity.clone()]).await?;
        if let Some(key) = composed.content_key.map(|key| key.to_bytes()) {
            let event = Event::PayloadOpened { message: recorded.seq, part: 1, key: Digest::of(&key) };
            self.run.record(event, Some(recorded.seq), vec![key]).await?;
        }
        let as_sent = msh::compose::Alter::message(&alterations, draft.message.clone());
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
            msg_id: as_sent.ok().and_then(|m| msg_id(&m)).unwrap_or_default(),
            conversation: draft.conversation.to_ascii_lowercase(),
            failure: None,
        };
        self.run.desk().sent.insert(step.label.clone(), sent);
        self.transmit(&step.label).await
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
            now: self.run.wall(),
        };
        let filled = plan.messages.fill(&filling);
        let message = filled.map_err(|source| EngineError::Fill { file: self.loaded.file.clone(), line, source })?;
        Ok(Draft { what, from, to, conversation: self.run.uuid(), message: message.into_bytes() })
    }

    /// Sends the labelled message, for the first time or again: the very same bytes (HITS 1172 4.2.3.2).
    async fn transmit(&self, label: &str) -> Result<Option<String>, EngineError> {
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

    async fn wait(&self, step: &AwaitStep, line: u32, purpose: Purpose) -> Result<Option<String>, EngineError> {
        let Some((what, label)) = step.target() else { return Ok(None) };
        if let Some(reason) = self.fetched(label).await? {
            return Ok(Some(reason));
        }
        let kind = if what == "apprec" { ReceiptKind::AppRec } else { ReceiptKind::Signal };
        let patience = self.patience(kind, purpose);
        let opened = Event::AwaitOpened(Await {
            scenario: self.loaded.id.clone(),
            label: label.to_owned(),
            what: what.to_owned(),
            quiet: purpose == Purpose::Quiet,
            patience_ms: patience.as_millis() as u64,
            line,
        });
        let awaited = self.run.record(opened, Some(self.started), Vec::new()).await?.seq;
        let refused_before = self.run.refusals.count();
        let until = self.run.wall().checked_add(SignedDuration::try_from(patience).unwrap_or_default());
        self.progress.waiting(what, label, until.unwrap_or(Timestamp::MAX));
        let Some(receipt) = self.receipt(kind, label, patience).await? else {
            let refused = self.run.refusals.since(refused_before);
            // What we turned away may have been what was waited for: that is no silence.
            let down = self.run.life.down();
            let is_silence =
                purpose == Purpose::Quiet && down.is_none() && !refused.iter().any(|refusal| refusal.may_be_message);
            let event = if is_silence {
                Event::SilenceObserved { awaited, quiet_ms: patience.as_millis() as u64 }
            } else {
                Event::AwaitLapsed { awaited, reason: down.unwrap_or_else(|| lapsed(&refused)) }
            };
            self.run.record(event, Some(awaited), Vec::new()).await?;
            return Ok(None);
        };
        self.note_speed(label, purpose);
        self.run.record(Event::AwaitMet { awaited }, Some(receipt.seq), Vec::new()).await?;
        if purpose == Purpose::Ignore {
            let event = Event::ReceiptIgnored { message: receipt.seq };
            self.run.record(event, Some(receipt.seq), Vec::new()).await?;
        }
        Ok(None)
    }

    /// Over mail: waits until the labelled message has been fetched. Only then is it with the subject, and only from
    /// then on is its answer waited for. Gives why the scenario is given up, if nobody fetches it.
    async fn fetched(&self, label: &str) -> Result<Option<String>, EngineError> {
        let Some(office) = self.run.road.office() else { return Ok(None) };
        let last = self.run.desk().sent.get(label).and_then(|sent| sent.sendings.last().copied());
        let Some(seq) = last.filter(|&seq| office.lies(seq)) else { return Ok(None) };
        if let Some(reason) = office.fetched(self.run, seq).await? {
            return Ok(Some(format!("`{label}` could not be delivered (not-fetched): {reason}")));
        }
        if let Some(sent) = self.run.desk().sent.get_mut(label) {
            sent.at_ms = self.run.elapsed_ms();
        }
        Ok(None)
    }

    /// Waits for a receipt, without ever missing one that comes between looking and waiting.
    async fn receipt(
        &self,
        kind: ReceiptKind,
        label: &str,
        patience: Duration,
    ) -> Result<Option<Receipt>, EngineError> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let news = self.run.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            self.run.check()?;
            if let Some(receipt) = self.run.desk().take(kind, label) {
                return Ok(Some(receipt));
            }
            if self.run.life.down().is_some() && self.run.aside.is_idle() {
                return Ok(None);
            }
            if tokio::time::timeout_at(deadline, news).await.is_err() {
                self.run.check()?;
                return Ok(self.run.desk().take(kind, label));
            }
        }
    }

    fn patience(&self, kind: ReceiptKind, purpose: Purpose) -> Duration {
        let patience = &self.run.plan.subject.patience;
        match (purpose, kind) {
            (Purpose::Quiet, _) => self.run.quiet(),
            (_, ReceiptKind::Signal) => patience.transport,
            (_, ReceiptKind::AppRec) => patience.apprec,
        }
    }

    fn note_speed(&self, label: &str, purpose: Purpose) {
        // A register that is slow on purpose says nothing about how slow the subject is.
        if purpose == Purpose::Quiet || self.run.switched.any() {
            return;
        }
        let now = self.run.elapsed_ms();
        let mut desk = self.run.desk();
        let took = desk.sent.get(label).map_or(0, |sent| now.saturating_sub(sent.at_ms));
        desk.slowest_ms = desk.slowest_ms.max(took);
    }

    /// Acknowledges the AppRec of a message once more; a duplicate acknowledgment is harmless and never answered.
    async fn reacknowledge(&self, step: &Reacknowledge, line: u32) -> Result<Option<String>, EngineError> {
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
        let composed = compose::acknowledgment(identity, &signal, msh::SignalShape::default())
            .map_err(|source| EngineError::Compose { file: self.loaded.file.clone(), line, source })?;
        let entity = match self.run.road.office() {
            Some(_) => {
                let ends = self.run.ends(&sent.from, &sent.to);
                post::draft(self.run, &ends, "Acknowledgment").around(&composed.entity)
            }
            None => composed.entity,
        };
        let event = Event::MessageComposed(Composed {
            scenario: Some(self.loaded.id.clone()),
            label: Some(step.label.clone()),
            line,
            what: "Acknowledgment".to_owned(),
            deviations: Vec::new(),
            entity: Digest::of(&entity),
        });
        let recorded = self.run.record(event, Some(self.started), vec![entity.clone()]).await?;
        let sent = Sent {
            composed: recorded.seq,
            sendings: Vec::new(),
            at_ms: 0,
            entity,
            message: Vec::new(),
            what: "Acknowledgment".to_owned(),
            message_id: id.to_ascii_lowercase(),
            msg_id: String::new(),
            // A conversation of its own, so that nothing else is taken for an answer to it.
            conversation: String::new(),
            failure: None,
            ..sent
        };
        self.run.desk().sent.insert(step.label.clone(), sent);
        self.transmit(&step.label).await
    }
}

/// Why a waiting lapsed, with what the inbox turned away meanwhile: not all of it, whoever knocks may knock often.
fn lapsed(refused: &[Refusal]) -> String {
    const SHOWN: usize = 3;
    if refused.is_empty() {
        return "patience ran out".to_owned();
    }
    let shown: Vec<String> = refused.iter().take(SHOWN).map(Refusal::to_string).collect();
    let more = if refused.len() > SHOWN { "; and more" } else { "" };
    format!("patience ran out; meanwhile the inbox turned away: {}{more}", shown.join("; "))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lapse_says_what_was_turned_away() {
        let refusal = |reason: &str| Refusal {
            from: ([127, 0, 0, 1], 9).into(),
            reason: reason.to_owned(),
            may_be_message: true,
        };
        assert_eq!(lapsed(&[]), "patience ran out");
        let text = lapsed(&[refusal("413: too large")]);
        assert_eq!(text, "patience ran out; meanwhile the inbox turned away: 413: too large from 127.0.0.1:9");
        let many = [refusal("a"), refusal("b"), refusal("c"), refusal("d")];
        assert!(lapsed(&many).ends_with("c from 127.0.0.1:9; and more"));
    }
}
