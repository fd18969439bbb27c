//! The municipality: a message handler and, behind it, a journal that answers with AppRec.

use crate::defect::Defect;
use crate::journal::Journal;
use crate::sending::Unsettled;
use jiff::Timestamp;
use msh::assess;
use msh::compose::{self, ComposeError, PayloadMessage, Signal, Unaltered};
use msh::identity::{Identity, Peer};
use msh::state::{Action, Answer, Input, MessageService, RetryPolicy};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use wire::CryptoRng;
use wire::apprec::{self, Recipient, Version};
use wire::business::{self, Business};
use wire::cms;
use wire::code::Code;
use wire::ebxml::Envelope;
use wire::head::{Level, MsgHead};
use wire::identifier::is_uuid;
use wire::message::Message;
use wire::mime::mail::MailDraft;

/// Dialogmelding 1.0.
const DIALOG_10: &str = "http://www.kith.no/xmlstds/dialog/2006-10-11";

/// The system. Everything it needs to know about time and chance is an argument.
#[derive(Debug)]
pub struct System {
    pub(crate) identity: Identity,
    pub(crate) peers: BTreeMap<u32, Peer>,
    pub(crate) defects: Vec<Defect>,
    pub(crate) msh: MessageService,
    pub(crate) journal: Option<Box<dyn Journal>>,
    pub(crate) unsettled: BTreeMap<String, Unsettled>,
    pub(crate) first_msg_id: Option<String>,
    answers: BTreeMap<String, Outgoing>,
    imported: BTreeSet<String>,
}

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// HER-id of the party it goes to.
    pub to: u32,
    /// Headers and body.
    pub entity: Vec<u8>,
}

/// What an arrival leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reaction {
    /// A SOAP Fault to be given on the same connection.
    pub fault: Option<Vec<u8>>,
    /// What is to be sent, in order.
    pub outgoing: Vec<Outgoing>,
}

/// Why the system could not answer: a mistake of its set-up, never of the sender.
#[derive(Debug, Error)]
pub enum SystemError {
    /// A message could not be made.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// What came in cannot be kept.
    #[error("failed to keep what came in")]
    Memory(#[from] std::io::Error),
    /// An order to a party that is not in the partner table.
    #[error("HER-id {0} is not in the partner table")]
    UnknownReceiver(u32),
    /// An order to a system that only receives.
    #[error("this system has no journal to write messages with")]
    NoJournal,
    /// An order that cannot be carried out.
    #[error("the journal cannot write the message: {0}")]
    Journal(String),
}

/// The moment, and where chance comes from.
pub struct Surroundings<'a> {
    /// Wall clock.
    pub wall: Timestamp,
    /// Milliseconds since some fixed moment.
    pub elapsed_ms: u64,
    /// Chance.
    pub chance: &'a mut dyn CryptoRng,
}

impl Surroundings<'_> {
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.chance.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// `CCYY-MM-DDThh:mm:ssZ`, as HITS 1171 writes it.
    pub(crate) fn timestamp(&self) -> String {
        self.wall.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

impl System {
    /// A system that has received nothing.
    pub fn new(identity: Identity, peers: impl IntoIterator<Item = Peer>, defects: Vec<Defect>) -> Self {
        Self::with_retry(identity, peers, defects, RetryPolicy::default())
    }

    /// The same, but what is not acknowledged is sent again by this policy.
    pub fn with_retry(
        identity: Identity,
        peers: impl IntoIterator<Item = Peer>,
        defects: Vec<Defect>,
        mut retry: RetryPolicy,
    ) -> Self {
        if defects.contains(&Defect::RetryForEver) {
            retry.retries = u32::MAX;
        }
        let msh = MessageService::new(Defect::overrides(&defects), retry);
        Self {
            identity,
            peers: peers.into_iter().map(|peer| (peer.her, peer)).collect(),
            defects,
            msh,
            journal: None,
            first_msg_id: None,
            answers: BTreeMap::new(),
            unsettled: BTreeMap::new(),
            imported: BTreeSet::new(),
        }
    }

    /// The system with a journal, so that it can send.
    #[must_use]
    pub fn writing(mut self, journal: Box<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Takes an entity that came in.
    ///
    /// # Errors
    /// [`SystemError`].
    pub fn receive(&mut self, entity: &[u8], around: &mut Surroundings<'_>) -> Result<Reaction, SystemError> {
        let message = Message::decode(entity);
        let payload = self.open(&message);
        let opened = payload.as_ref().map(drop).map_err(String::as_str);
        let arrived = assess::arrival(&message, opened, &[self.identity.her], self.msh.overrides());
        let actions = self.msh.step(Input::Arrived(arrived), around.elapsed_ms);
        let mut reaction = Reaction::default();
        for action in actions {
            self.act(action, &message, payload.as_deref().unwrap_or_default(), around, &mut reaction)?;
        }
        Ok(reaction)
    }

    /// An entity as a mail.
    pub fn mailed(&self, draft: &MailDraft, entity: &[u8]) -> Vec<u8> {
        let mut mail = draft.around(entity);
        if self.has(Defect::MailHeaderMissing) || self.has(Defect::MailHeaderEmpty) {
            let head = mail.windows(4).position(|w| w == b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
            let body = mail.split_off(head);
            let is_known = |line: &[u8]| {
                let name = line.split(|&b| b == b':').next().unwrap_or_default();
                [&b"From"[..], b"To", b"Date", b"Message-ID"].contains(&name).then(|| [name, b":\r\n"].concat())
            };
            let empty = self.has(Defect::MailHeaderEmpty);
            mail = mail
                .split_inclusive(|&b| b == b'\n')
                .flat_map(|line| match is_known(line) {
                    Some(emptied) if empty => emptied,
                    Some(_) => Vec::new(),
                    None => line.to_vec(),
                })
                .collect();
            mail.extend(body);
        }
        mail
    }

    /// What was sent and is not acknowledged.
    pub fn unsettled(&self) -> Vec<Outgoing> {
        self.unsettled.values().map(|pending| pending.outgoing.clone()).collect()
    }

    fn open(&self, message: &Message) -> Result<Vec<u8>, String> {
        let keys = [(&self.identity.encrypt_certificate, &self.identity.encrypt_key)];
        let (_, part) = message.attachments().next().ok_or("there is no attachment")?;
        let opened = cms::open(&part.content, &keys).map_err(|e| e.to_string())?;
        Ok(business::inside(&opened.content))
    }

    fn act(
        &mut self,
        action: Action,
        message: &Message,
        payload: &[u8],
        around: &mut Surroundings<'_>,
        reaction: &mut Reaction,
    ) -> Result<(), SystemError> {
        match action {
            Action::Answer { answer: Answer::Fault(reason), .. } => {
                reaction.fault = Some(compose::fault(&reason).entity);
            }
            Action::Answer { message_id, answer } => {
                let Some(envelope) = message.soap() else { return Ok(()) };
                let outgoing = self.answer(envelope, &answer, around)?;
                self.answers.insert(message_id, outgoing.clone());
                reaction.outgoing.push(outgoing);
            }
            Action::Repeat { message_id } => reaction.outgoing.extend(self.answers.get(&message_id).cloned()),
            Action::Deliver { .. } => {
                let Some(envelope) = message.soap() else { return Ok(()) };
                reaction.outgoing.extend(self.import(envelope, payload, around)?);
            }
            Action::Settled { message_id, .. } => drop(self.unsettled.remove(&message_id)),
            Action::Transmit { .. }
            | Action::GaveUp { .. }
            | Action::FlagFalseRepeat { .. }
            | Action::Ignore { .. } => {}
        }
        Ok(())
    }

    fn answer(
        &self,
        about: &Envelope,
        answer: &Answer,
        around: &mut Surroundings<'_>,
    ) -> Result<Outgoing, SystemError> {
        let (message_id, timestamp) = (around.uuid(), around.timestamp());
        let signal = Signal { about, message_id: &message_id, timestamp: &timestamp };
        let composed = match answer {
            Answer::ErrorList(problem) => compose::error_list(&self.identity, &signal, problem)?,
            _ => compose::acknowledgment(&self.identity, &signal, self.msh.overrides().signal)?,
        };
        Ok(Outgoing { to: about.from_her().unwrap_or_default(), entity: composed.entity })
    }

    /// The journal: import the fagmelding, once, and say so.
    fn import(
        &mut self,
        envelope: &Envelope,
        payload: &[u8],
        around: &mut Surroundings<'_>,
    ) -> Result<Option<Outgoing>, SystemError> {
        // Where the sender cannot be made out there is no AppRec (HITS 1168 5.3).
        let head = match business::read(payload) {
            Business::Head(head) => head,
            Business::AppRec(_) if self.has(Defect::AppRecForAppRec) => {
                return self.receipt_for_receipt(envelope, payload, around);
            }
            _ => return Ok(None),
        };
        let Some(peer) = envelope.from_her().and_then(|her| self.peers.get(&her)).cloned() else { return Ok(None) };
        if !self.is_ours(&head) {
            return Ok(None);
        }
        // A duplicate is ignored: not imported, no receipt for it (HITS 1168 5.4).
        let is_new = self.imported.insert(head.msg_id().unwrap_or_default().to_ascii_lowercase());
        if !is_new && !self.has(Defect::AppRecTwiceForCopiedMsgId) {
            return Ok(None);
        }
        let apprec = self.apprec(&head, envelope, around);
        let function = envelope.service().and_then(|s| s.strip_prefix("S-")).unwrap_or_default();
        let (message_id, timestamp) = (around.uuid(), around.timestamp());
        let what = PayloadMessage {
            function,
            is_apprec: true,
            conversation_id: envelope.conversation_id().unwrap_or_default(),
            message_id: &message_id,
            timestamp: &timestamp,
            schema: Some((apprec.version.namespace().to_owned(), apprec.version.name().to_owned())),
            cpa_id: envelope.cpa_id(),
            message: apprec::encode(&apprec).into_bytes(),
        };
        let composed = compose::payload(&self.identity, &peer, what, &Unaltered, around.chance)?;
        let outgoing = Outgoing { to: peer.her, entity: composed.entity };
        self.msh.step(Input::Submitted { message_id: message_id.clone() }, around.elapsed_ms);
        self.unsettled.insert(message_id, Unsettled { outgoing: outgoing.clone(), made_of: None });
        Ok(Some(outgoing))
    }

    /// Either level of any receiver is enough: a service that is not known at a known organisation is
    /// routed by hand and answered (HIS 80415:2012 3.3.4, errata 2017).
    fn is_ours(&self, head: &MsgHead) -> bool {
        let ours = |her: Option<u32>, own: u32| her == Some(own);
        let receivers = head.receiver().map(|a| (a.her_of(Level::Enterprise), a.her_of(Level::Party)));
        let copies = head.info.iter().flat_map(|i| &i.other_receivers);
        let copies = copies.map(|r| (r.her_of(Level::Enterprise), r.her_of(Level::Party)));
        receivers.into_iter().chain(copies).any(|(organisation, party)| {
            ours(organisation, self.identity.organisation_her) || ours(party, self.identity.her)
        })
    }

    fn apprec(&self, head: &MsgHead, envelope: &Envelope, around: &mut Surroundings<'_>) -> apprec::AppRecDraft {
        let version = self.version(head);
        let problem = problem(head);
        let status = if problem.is_some() { Code::cs("2", "Avvist") } else { Code::cs("1", "OK") };
        let (id, gen_date) = (around.uuid(), around.timestamp());
        let errors = problem.into_iter().collect();
        let mut draft = apprec::answer(head, Recipient::Primary, version, (&id, &gen_date), status, errors);
        draft.software_name = Some(self.identity.software.msh.clone());
        draft.software_version = Some(self.identity.software.msh_version.clone());
        if self.has(Defect::AppRecRefersEbxmlId)
            && let Some(original) = &mut draft.original
        {
            original.id = envelope.message_id().map(str::to_owned);
        }
        if self.has(Defect::AppRecNotMirrored) {
            for party in [&mut draft.sender, &mut draft.receiver].into_iter().flatten() {
                if let Some(apprec::HcpDraft::Inst(inst)) = &mut party.hcp {
                    inst.depts.clear();
                    inst.persons.clear();
                }
            }
        }
        draft
    }

    /// PLO 1.6 is answered with AppRec 1.1, PLO 1.5 and dialogue messages 1.0 with 1.0 (HITS 1168 8.3).
    fn version(&self, head: &MsgHead) -> Version {
        let is_old = |namespace: &str| namespace.ends_with("/2009-06-30") || namespace == DIALOG_10;
        let is_15 = head.body_namespace().is_some_and(is_old);
        if is_15 ^ self.has(Defect::AppRecWrongVersion) { Version::V10 } else { Version::V11 }
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }
}

/// Why a fagmelding is rejected, as a code of 8221; wrong content never is a reason (HIS 80415:2012 3.3.2).
fn problem(head: &MsgHead) -> Option<Code> {
    if !head.msg_id().is_some_and(is_uuid) {
        return Some(
            Code::cv(apprec::ERROR_LIST, "E10", "Ugyldig meldingsidentifikator").with_text("MsgId er ikke en UUID"),
        );
    }
    if head.body().is_none() {
        return Some(
            Code::cv(apprec::ERROR_LIST, "T02", "XML validerer ikke").with_text("Hodemeldingen har ingen fagmelding"),
        );
    }
    None
}
