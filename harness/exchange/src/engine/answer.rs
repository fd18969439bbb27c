//! AppRecs to messages of the subject's.

use super::inbox::chance;
use super::run::EngineError;
use super::send::{Draft, Outgoing};
use super::step::Scene;
use crate::alter::Alterations;
use crate::message::stamp;
use crate::scenario::{Alteration, AnswerStep};
use msh::compose::{self, PayloadMessage};
use wire::apprec::{self, Recipient, Version};
use wire::code::Code;

impl Scene<'_> {
    /// Answers a message that came with an AppRec.
    pub async fn answer(&self, step: &AnswerStep, line: u32) -> Result<Option<String>, EngineError> {
        let found = {
            let desk = self.run.desk();
            let pulled = desk.pulled.get(&step.to).cloned();
            let arrived = pulled.as_ref().and_then(|p| p.first).map(|first| desk.inward.arrived[first].clone());
            pulled.zip(arrived)
        };
        let Some((pulled, arrived)) = found else {
            return Ok(Some(format!("`{}` has not come, so that it cannot be answered", step.to)));
        };
        let (Some(head), Some(envelope)) = (&arrived.head, &arrived.envelope) else {
            return Ok(Some(format!(
                "event {}: `{}` cannot be read, so that it cannot be answered",
                arrived.seq, step.to
            )));
        };
        let plan = &self.run.plan;
        let (us, them) = (&plan.subject.partners[&pulled.to], &plan.subject.parties[&pulled.from]);
        let is_10 = plan.messages.get(&pulled.message).is_some_and(|kind| kind.apprec == "1.0");
        let version = if is_10 { Version::V10 } else { Version::V11 };
        let (id, gen_date) = (self.run.uuid(), stamp(self.run.wall()));
        let errors = step.error.iter().map(|code| Code::cv(apprec::ERROR_LIST, code, apprec::error_name(code)));
        let mut receipt =
            apprec::answer(head, Recipient::Primary, version, (&id, &gen_date), status(&step.status), errors.collect());
        receipt.software_name = Some(us.identity.software.msh.clone());
        receipt.software_version = Some(us.identity.software.msh_version.clone());
        let (message, message_id) = (apprec::encode(&receipt).into_bytes(), self.run.answered_id());
        let conversation = envelope.conversation_id().unwrap_or_default().to_owned();
        let unique = self.run.uuid();
        let altered: Vec<_> = step.alter.iter().map(|a| a.with_unique(&unique[..8])).collect();
        let what = PayloadMessage {
            function: &pulled.function,
            is_apprec: true,
            conversation_id: &conversation,
            message_id: &message_id,
            timestamp: &gen_date,
            schema: Some((version.namespace().to_owned(), version.name().to_owned())),
            cpa_id: envelope.cpa_id(),
            message: message.clone(),
        };
        let mail = self.mail(&pulled.to, &pulled.from, "AppRec");
        let alterations = Alterations { list: &altered, mail, recipient: None };
        let composed = compose::payload(&us.identity, &them.peer(), what, &alterations, &mut chance())
            .map_err(|source| EngineError::Compose { file: self.loaded.file.clone(), line, source })?;
        let draft = Draft { what: "AppRec".to_owned(), from: pulled.to, to: pulled.from, conversation, message };
        let outgoing = Outgoing {
            label: step.label.clone(),
            line,
            deviations: altered.iter().map(Alteration::describe).collect(),
            message_id,
            // An AppRec has no MsgId, and nothing refers to its Id: there is no AppRec to an AppRec.
            msg_id: id.to_ascii_lowercase(),
            draft,
        };
        self.dispatch(outgoing, composed).await
    }
}

/// List 8258.
fn status(code: &str) -> Code {
    let name = match code {
        "1" => "OK",
        "2" => "Avvist",
        _ => "OK, feil i delmelding",
    };
    Code::cs(code, name)
}
