//! What the engine remembers: our parties' message services, what was sent, what has come.

use super::arrived::{Inward, Pulled};
use super::kept::Kept;
use super::post::Ends;
use crate::subject::HarnessParty;
use evidence::event::Seq;
use msh::Overrides;
use msh::state::{MessageService, RetryPolicy};
use std::collections::BTreeMap;
use wire::ebxml::Envelope;

/// A receipt that has come.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    /// The arrival.
    pub seq: Seq,
    /// What it is.
    pub kind: ReceiptKind,
    /// The id that it names, in lower case.
    pub about: Option<String>,
    /// Its conversation, in lower case.
    pub conversation: Option<String>,
    /// For a Fault: the sending on whose connection it came.
    pub answers: Option<Seq>,
    /// Its own MessageId.
    pub message_id: String,
    /// Whether it says that the message was not taken: an ErrorList of severity Error, or a Fault.
    pub refuses: bool,
    /// Whether a step has used it.
    pub taken: bool,
    /// The envelope, so that it can be acknowledged again.
    pub envelope: Option<Box<Envelope>>,
}

/// The two kinds of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReceiptKind {
    /// Acknowledgment, ErrorList or Fault.
    Signal,
    /// AppRec.
    AppRec,
}

/// A message that a step sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// The composition.
    pub composed: Seq,
    /// Every sending.
    pub sendings: Vec<Seq>,
    /// When it was last sent, in milliseconds.
    pub at_ms: u64,
    /// The bytes.
    pub entity: Vec<u8>,
    /// The fagmelding, for copies.
    pub message: Vec<u8>,
    /// Type name.
    pub what: String,
    /// Roles.
    pub from: String,
    /// Roles.
    pub to: String,
    /// MessageId, lower case.
    pub message_id: String,
    /// MsgId as it was sent, lower case.
    pub msg_id: String,
    /// ConversationId, lower case.
    pub conversation: String,
    /// Why the last sending failed, if it did.
    pub failure: Option<String>,
}

/// One of our parties at work.
pub(super) struct PartyDesk {
    pub party: HarnessParty,
    pub msh: MessageService,
    /// Answers given, by MessageId, for repeats.
    pub answers: BTreeMap<String, StoredAnswer>,
}

/// An answer as it was given.
#[derive(Debug, Clone)]
pub(super) struct StoredAnswer {
    /// `Acknowledgment`, `ErrorList` or `SOAP Fault`.
    pub what: &'static str,
    /// From whom to whom, by mail address.
    pub ends: Ends,
    /// For a Fault by mail: Message-ID of the mail that it is about.
    pub in_reply_to: Option<String>,
    /// The bytes.
    pub entity: Kept,
    /// What was done on purpose, in words.
    pub deviations: Vec<String>,
}

/// Everything that changes during a run.
pub(super) struct Desk {
    pub parties: BTreeMap<u32, PartyDesk>,
    pub receipts: Vec<Receipt>,
    pub sent: BTreeMap<String, Sent>,
    /// The slowest answer seen, in milliseconds.
    pub slowest_ms: u64,
    /// Triggers that this scenario pulled, by label.
    pub pulled: BTreeMap<String, Pulled>,
    /// What the subject sends by itself.
    pub inward: Inward,
}

impl Desk {
    pub fn new<'a>(parties: impl IntoIterator<Item = &'a HarnessParty>) -> Self {
        let desk = |party: &HarnessParty| PartyDesk {
            party: party.clone(),
            msh: MessageService::new(Overrides::default(), RetryPolicy::default()),
            answers: BTreeMap::new(),
        };
        Self {
            parties: parties.into_iter().map(|party| (party.identity.her, desk(party))).collect(),
            receipts: Vec::new(),
            sent: BTreeMap::new(),
            slowest_ms: 0,
            pulled: BTreeMap::new(),
            inward: Inward::default(),
        }
    }

    /// Labels are a scenario's own.
    pub fn begin_scenario(&mut self) {
        self.sent.clear();
        // What came before cannot answer what is sent now.
        self.receipts.clear();
        self.inward.begin_scenario();
        self.pulled.clear();
    }

    /// How many sendings of the message that a trigger of this scenario asked for have come.
    pub fn sendings(&mut self, label: &str) -> u32 {
        (1..=u32::MAX).take_while(|&number| self.sending(label, number).is_some()).count() as u32
    }

    /// The `number`th sending of the message that a trigger of this scenario asked for, if it has come.
    pub fn sending(&mut self, label: &str, number: u32) -> Option<Seq> {
        let of_others = |(other, pulled): (&String, &Pulled)| pulled.first.filter(|_| other != label);
        let others: Vec<usize> = self.pulled.iter().filter_map(of_others).collect();
        let pulled = self.pulled.get_mut(label)?;
        pulled.first = pulled.first.or_else(|| self.inward.first_of(pulled, &others));
        self.inward.sending_of(pulled.first?, number, &others)
    }

    /// The receipt that refused the last sending of the labelled message, if every sending was refused: no AppRec is due
    /// for what was never taken.
    pub fn refused(&self, label: &str) -> Option<Seq> {
        let sent = self.sent.get(label)?;
        let of_it = |receipt: &&Receipt| {
            receipt.kind == ReceiptKind::Signal
                && (receipt.answers.is_some_and(|sending| sent.sendings.contains(&sending))
                    || receipt.about.as_ref() == Some(&sent.message_id))
        };
        let signals: Vec<&Receipt> = self.receipts.iter().filter(of_it).collect();
        let all = signals.len() >= sent.sendings.len() && signals.iter().all(|receipt| receipt.refuses);
        signals.last().filter(|_| all).map(|receipt| receipt.seq)
    }

    /// Takes the first receipt of a kind that answers the labelled message and that no step has used.
    pub fn take(&mut self, kind: ReceiptKind, label: &str) -> Option<Receipt> {
        let sent = self.sent.get(label)?;
        let known: Vec<&str> = self.sent.values().flat_map(|s| [s.message_id.as_str(), s.msg_id.as_str()]).collect();
        let answers = |receipt: &Receipt| {
            if receipt.kind != kind || receipt.taken {
                return false;
            }
            if receipt.answers.is_some_and(|sending| sent.sendings.contains(&sending)) {
                return true;
            }
            let wanted = if kind == ReceiptKind::Signal { &sent.message_id } else { &sent.msg_id };
            match &receipt.about {
                Some(about) if about == wanted => true,
                // A reference that names nothing of ours: the conversation tells whose it must be.
                about => {
                    about.as_ref().is_none_or(|about| kind == ReceiptKind::AppRec || !known.contains(&about.as_str()))
                        && about.as_ref().is_none_or(|about| !self.sent.values().any(|s| s.msg_id == *about))
                        && receipt.conversation.as_ref() == Some(&sent.conversation)
                }
            }
        };
        let index = self.receipts.iter().position(answers)?;
        self.receipts[index].taken = true;
        Some(self.receipts[index].clone())
    }
}
