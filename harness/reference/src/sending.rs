//! The municipality as a sender: orders become messages, and what is not acknowledged is sent again.

use crate::defect::Defect;
use crate::journal::{Order, Written};
use crate::system::{Outgoing, Surroundings, System, SystemError};
use msh::compose::{self, Alter, PayloadMessage};
use msh::identity::Peer;
use msh::state::{Action, Input};
use wire::xml::{self, Edit, Path};

/// What is sent again, and what it is made of.
#[derive(Debug, Clone)]
pub(crate) struct Unsettled {
    pub outgoing: Outgoing,
    pub made_of: Option<Box<MadeOf>>,
}

/// A message before it was composed.
#[derive(Debug, Clone)]
pub(crate) struct MadeOf {
    peer: Peer,
    written: Written,
    conversation: String,
}

/// The defects of the outer layers.
struct Wrong<'a>(&'a [Defect]);

impl Alter for Wrong<'_> {
    fn encrypts(&self) -> bool {
        !self.0.contains(&Defect::PayloadUnencrypted)
    }
}

impl System {
    /// Sends what the harness orders.
    ///
    /// # Errors
    /// [`SystemError`]: no journal, an unknown receiver, or an order that the journal cannot write.
    pub fn submit(&mut self, order: &Order, around: &mut Surroundings<'_>) -> Result<Vec<Outgoing>, SystemError> {
        let her = order.to.service.her;
        let peer = self.peers.get(&her).cloned().ok_or(SystemError::UnknownReceiver(her))?;
        let journal = self.journal.as_ref().ok_or(SystemError::NoJournal)?;
        let mut msg_id = around.uuid();
        if self.has(Defect::MsgIdReused) {
            msg_id = self.first_msg_id.get_or_insert(msg_id).clone();
        }
        let mut written = journal.write(order, &msg_id, around.wall).map_err(SystemError::Journal)?;
        written.message = self.spoiled(written.message)?;
        let conversation = around.uuid();
        let message_id = around.uuid();
        let made_of = MadeOf { peer, written, conversation };
        let outgoing = self.compose(&made_of, &message_id, around)?;
        let pending = Unsettled { outgoing: outgoing.clone(), made_of: Some(Box::new(made_of)) };
        self.unsettled.insert(message_id.clone(), pending);
        self.msh.step(Input::Submitted { message_id }, around.elapsed_ms);
        Ok(vec![outgoing])
    }

    fn compose(
        &self,
        made_of: &MadeOf,
        message_id: &str,
        around: &mut Surroundings<'_>,
    ) -> Result<Outgoing, SystemError> {
        let timestamp = around.timestamp();
        let what = PayloadMessage {
            function: &made_of.written.function,
            is_apprec: false,
            conversation_id: &made_of.conversation,
            message_id,
            timestamp: &timestamp,
            schema: Some(made_of.written.schema.clone()),
            cpa_id: None,
            message: made_of.written.message.clone(),
        };
        let wrong = Wrong(&self.defects);
        let composed = compose::payload(&self.identity, &made_of.peer, what, &wrong, around.chance)?;
        Ok(Outgoing { to: made_of.peer.her, entity: composed.entity })
    }

    /// Lets time pass: what is not acknowledged is sent again when its time comes, byte for byte.
    ///
    /// # Errors
    /// [`SystemError`].
    pub fn tick(&mut self, around: &mut Surroundings<'_>) -> Result<Vec<Outgoing>, SystemError> {
        let mut due = Vec::new();
        for action in self.msh.step(Input::Tick, around.elapsed_ms) {
            let Action::Transmit { message_id, .. } = action else { continue };
            let Some(pending) = self.unsettled.get(&message_id).cloned() else { continue };
            let anew = pending.made_of.filter(|_| self.has(Defect::RetryWithNewMessageId));
            due.push(match anew {
                Some(made_of) => {
                    let new_id = around.uuid();
                    self.compose(&made_of, &new_id, around)?
                }
                None => pending.outgoing,
            });
        }
        Ok(due)
    }

    /// The hodemelding with the mistakes of the defects.
    fn spoiled(&self, message: Vec<u8>) -> Result<Vec<u8>, SystemError> {
        let mut text = String::from_utf8(message).map_err(|e| SystemError::Journal(e.to_string()))?;
        for defect in &self.defects {
            let Some((path, edit)) = mistake(*defect, &text) else { continue };
            let path: Path = path.parse().map_err(|e: xml::EditError| SystemError::Journal(e.to_string()))?;
            text = xml::edit(&text, &path, &edit).map_err(|e| SystemError::Journal(e.to_string()))?;
        }
        Ok(text.into_bytes())
    }
}

/// Where a defect changes the hodemelding, and how.
fn mistake(defect: Defect, text: &str) -> Option<(&'static str, Edit)> {
    match defect {
        Defect::TypeDiffers => Some(("/MsgHead/MsgInfo/Type/@V", Edit::Set("MEDISINSKE_OPPLYSNINGER".to_owned()))),
        Defect::GenDateWithoutTime => {
            let at = text.find("<GenDate>")? + "<GenDate>".len();
            Some(("/MsgHead/MsgInfo/GenDate", Edit::Set(text.get(at..at + 10)?.to_owned())))
        }
        Defect::EmptyElements => {
            Some(("/MsgHead/MsgInfo/Patient", Edit::Append("<TeleCom><TeleAddress V=\"\"/></TeleCom>".to_owned())))
        }
        Defect::CsWithoutDn => Some(("/MsgHead/MsgInfo/Patient/Sex/@DN", Edit::Remove)),
        Defect::LevelTwoMissing => Some(("/MsgHead/MsgInfo/Receiver/Organisation/Organisation", Edit::Remove)),
        _ => None,
    }
}
