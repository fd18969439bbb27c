//! Writes a run as a log would hold it, message by message, with single changes where a test wants them.

use crate::pack::{latin1, packed, packed_binary, part, references, replaced, replaced_bytes, without_attachment};
use crate::sign::{self, Keys, SHA256, sealed, signed, signed_again};
use crate::text::{self, Words};
use evidence::blob::MemoryBlobs;
use evidence::digest::Digest;
use evidence::event::{
    Assurance, Await, Composed, Event, Expectation, MailSent, Recorded, RunStarted, ScenarioOutcome, ScenarioStarted,
    Seq, Subject, TransportFailure,
};
use evidence::history::{self, History};
use jiff::{SignedDuration, Timestamp};
use provestein_checks::catalogue::Catalogue;
use provestein_checks::profile::{self, Profile};
use provestein_checks::{Judgement, judge};
use std::sync::LazyLock;
use wire::signature::{Algorithms, DigestMethod, SignatureMethod};
use wire::xml::{Edit, edit};

/// The catalogue, read once.
pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::embedded);
/// The first profile.
pub static PROFILE: LazyLock<Profile> = LazyLock::new(|| profile::find("plo-receive-nhn@1").unwrap());

/// The scenario of every play.
pub const SCENARIO: &str = "play/one";

/// Which message a change is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Our fagmelding.
    Stimulus,
    /// Our acknowledgment of the AppRec.
    OurAck,
    /// The subject's acknowledgment.
    Ack,
    /// The subject's ErrorList.
    Error,
    /// The subject's AppRec.
    Receipt,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// In the payload, before it is encrypted.
    Content(&'static str, &'static str),
    /// In the envelope, before it is signed.
    Unsigned(&'static str, &'static str),
    /// The same, by path.
    Edit(&'static str, Edit),
    /// After signing; the signature is not made right again.
    Signed(&'static str, &'static str),
    /// The same, by path.
    SignedEdit(&'static str, Edit),
    /// After signing, and the signature is made right again.
    Again(&'static str, &'static str),
    /// The same, by path.
    AgainEdit(&'static str, Edit),
    /// Signed with other algorithms.
    Sha1,
    /// The envelope in ISO-8859-1.
    Latin1,
    /// In the bytes of the entity.
    Entity(&'static str, &'static str),
    /// The whole entity.
    Instead(&'static str),
    /// The signal in a multipart of its own, with or without an attachment beside it.
    Wrapped(bool),
    /// The payload message without its attachment.
    NoAttachment,
    /// The attachment as it is, not in base64.
    Binary,
    /// The payload as clear text, whatever its label says.
    Clear,
    /// By another carrier.
    Carrier(&'static str),
}

/// A run being written.
pub struct Play {
    events: Vec<Recorded>,
    blobs: MemoryBlobs,
    now_ms: u64,
    changes: Vec<(On, Change)>,
    count: u32,
}

/// A message of ours that went out.
#[derive(Debug, Clone)]
pub struct Sent {
    pub composed: Seq,
    pub message_id: String,
    pub msg_id: String,
    pub conversation: String,
    pub envelope: String,
}

impl Play {
    /// A run that has begun, in which these changes will be made.
    pub fn new(changes: &[(On, Change)]) -> Self {
        let mut play =
            Self { events: Vec::new(), blobs: MemoryBlobs::default(), now_ms: 0, changes: changes.to_vec(), count: 0 };
        play.push(None, Event::RunStarted(run_started(Assurance::SelfRun)));
        play.push(None, Event::SubjectDescribed(subject()));
        play
    }

    /// A new id that is the same in every run of the tests.
    pub fn uuid(&mut self) -> String {
        self.count += 1;
        format!("5d0c9b5e-6f0a-4a55-9d4c-0000000000{:02x}", self.count)
    }

    pub fn push(&mut self, cause: Option<Seq>, event: Event) -> Seq {
        let seq = self.events.len() as Seq;
        let began: Timestamp = "2026-01-15T09:30:00Z".parse().unwrap();
        let at = began + SignedDuration::from_millis(i64::try_from(self.now_ms).unwrap());
        self.events.push(Recorded { seq, at, epoch: 0, elapsed_ms: self.now_ms, cause, event });
        self.now_ms += 10;
        seq
    }

    pub fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    /// Begins the scenario, with what it allows.
    pub fn scenario(&mut self, expectations: Vec<Expectation>) {
        let started = ScenarioStarted {
            scenario: SCENARIO.into(),
            title: "A play".into(),
            source: "tests".into(),
            file: "play/one.yaml".into(),
            digest: Digest::ZERO,
            expectations,
        };
        self.push(None, Event::ScenarioStarted(started));
    }

    /// Ends the scenario and the run.
    pub fn end(&mut self, outcome: ScenarioOutcome) {
        self.push(None, Event::ScenarioEnded { scenario: SCENARIO.into(), outcome });
        self.push(None, Event::RunEnded { reason: "finished".into() });
    }

    fn of(&self, on: On) -> Vec<Change> {
        self.changes.iter().filter(|(o, _)| *o == on).map(|(_, c)| c.clone()).collect()
    }

    fn content(&self, on: On, mut text: String) -> String {
        for change in self.of(on) {
            if let Change::Content(old, new) = change {
                text = replaced(&text, old, new);
            }
        }
        text
    }

    /// Signs and packs an envelope, with every change for it.
    fn entity(&self, on: On, envelope: &str, payload: Option<&[u8]>, keys: &Keys) -> (Vec<u8>, String) {
        let changes = self.of(on);
        let mut text = envelope.to_owned();
        for change in &changes {
            match change {
                Change::Unsigned(old, new) => text = replaced(&text, old, new),
                Change::Edit(path, change) => text = edit(&text, &path.parse().unwrap(), change).unwrap(),
                _ => {}
            }
        }
        let algorithms = if changes.contains(&Change::Sha1) {
            Algorithms { digest: DigestMethod::Sha1, method: SignatureMethod::RsaSha1 }
        } else {
            SHA256
        };
        let attachments: Vec<(&str, &[u8])> = payload.iter().map(|p| (text::CONTENT_ID, *p)).collect();
        let mut text =
            if text.contains("<SOAP:Header>") { signed(&text, keys, algorithms, &attachments) } else { text };
        for change in &changes {
            match change {
                Change::Signed(old, new) => text = replaced(&text, old, new),
                Change::SignedEdit(path, change) => text = edit(&text, &path.parse().unwrap(), change).unwrap(),
                Change::Again(old, new) => text = signed_again(&replaced(&text, old, new), keys, payload),
                Change::AgainEdit(path, change) => {
                    text = signed_again(&edit(&text, &path.parse().unwrap(), change).unwrap(), keys, payload);
                }
                _ => {}
            }
        }
        let bytes = if changes.contains(&Change::Latin1) {
            latin1(&text.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""))
        } else {
            text.clone().into_bytes()
        };
        let mut entity = match payload {
            Some(payload) if changes.contains(&Change::Binary) => packed_binary(&bytes, payload),
            payload if changes.contains(&Change::NoAttachment) => packed(&bytes, payload.and(None)),
            None if changes.contains(&Change::Wrapped(true)) => packed(&bytes, Some(b"hei")),
            None if changes.contains(&Change::Wrapped(false)) => without_attachment(&packed(&bytes, Some(b"hei"))),
            payload => packed(&bytes, payload),
        };
        for change in &changes {
            match change {
                Change::Entity(old, new) => entity = replaced_bytes(&entity, old, new),
                Change::Instead(whole) => entity = whole.as_bytes().to_vec(),
                _ => {}
            }
        }
        (entity, text)
    }

    /// A message of ours: composed, with its payload opened for the evidence, not yet sent.
    pub fn compose(&mut self, label: &str, msg_id: &str, deviations: &[&str]) -> Sent {
        let (message_id, conversation) = (self.uuid(), self.uuid());
        self.compose_as(label, msg_id, deviations, &message_id, &conversation)
    }

    pub fn compose_as(
        &mut self,
        label: &str,
        msg_id: &str,
        deviations: &[&str],
        message_id: &str,
        conversation: &str,
    ) -> Sent {
        let content = self.content(On::Stimulus, text::fagmelding(msg_id));
        let (payload, key) = sealed(&part(&content), &sign::SUBJECT);
        let words = Words {
            from: text::OURS.1,
            to: text::SUBJECT.1,
            conversation,
            message_id,
            timestamp: "2026-01-15T09:30:00Z",
        };
        let envelope = text::payload(&words, "LOG_INNLAGT");
        let (entity, envelope) = self.entity(On::Stimulus, &envelope, Some(&payload), &sign::OURS);
        let composed = Composed {
            scenario: Some(SCENARIO.into()),
            label: Some(label.into()),
            line: 9,
            what: "LOG_INNLAGT@1.6".into(),
            deviations: deviations.iter().map(ToString::to_string).collect(),
            entity: self.blobs.put(entity),
        };
        let composed = self.push(None, Event::MessageComposed(composed));
        let key = self.blobs.put(key.to_bytes());
        self.push(Some(composed), Event::PayloadOpened { message: composed, part: 1, key });
        Sent {
            composed,
            message_id: message_id.into(),
            msg_id: msg_id.into(),
            conversation: conversation.into(),
            envelope,
        }
    }

    /// Sends a composed message; the endpoint takes it.
    pub fn send(&mut self, composed: Seq) -> Seq {
        let sent = self
            .push(Some(composed), Event::MessageSent { composed, to: "http://subject".into(), attempt: 1, mail: None });
        self.push(Some(sent), Event::TransportAnswered { status: 202, entity: None });
        sent
    }

    /// Posts a composed message by mail; it is not fetched yet.
    pub fn post(&mut self, composed: Seq) -> Seq {
        let mail = Some(MailSent { message_id: format!("{composed}@edi.test"), ..MailSent::default() });
        self.push(Some(composed), Event::MessageSent { composed, to: "a mailbox".into(), attempt: 1, mail })
    }

    /// The subject fetches a mail.
    pub fn fetch(&mut self, sending: Seq) {
        self.push(Some(sending), Event::MailFetched { from: "10.0.0.2".into(), user: "epj".into() });
    }

    /// Sends a composed message; it does not get through.
    pub fn send_in_vain(&mut self, composed: Seq, failure: TransportFailure) {
        let sent = self
            .push(Some(composed), Event::MessageSent { composed, to: "http://subject".into(), attempt: 1, mail: None });
        self.push(Some(sent), Event::TransportFailed { failure, detail: "as the test wants it".into() });
    }

    /// Composes and sends a correct message (or, with deviations named, an altered one).
    pub fn stimulus(&mut self, label: &str, deviations: &[&str]) -> Sent {
        let msg_id = self.uuid();
        let sent = self.compose(label, &msg_id, deviations);
        self.send(sent.composed);
        sent
    }

    pub fn arrive(&mut self, on: On, entity: Vec<u8>) -> Seq {
        let carrier = self.of(on).into_iter().find_map(|c| if let Change::Carrier(c) = c { Some(c) } else { None });
        self.arrive_by(carrier.unwrap_or("http"), entity)
    }

    pub fn arrive_by(&mut self, carrier: &str, entity: Vec<u8>) -> Seq {
        let entity = self.blobs.put(entity);
        let arrived = Event::MessageArrived { carrier: carrier.into(), from: "10.0.0.2".into(), entity, mail: None };
        self.push(None, arrived)
    }

    /// The subject's acknowledgment.
    pub fn acknowledge(&mut self, sent: &Sent) -> Seq {
        self.wait(40);
        let id = self.uuid();
        let words = answer_words(&id, &sent.conversation);
        let envelope = text::acknowledgment(&words, &sent.message_id, &references(&sent.envelope));
        let (entity, _) = self.entity(On::Ack, &envelope, None, &sign::SUBJECT);
        self.arrive(On::Ack, entity)
    }

    /// The subject's ErrorList.
    pub fn refuse(&mut self, sent: &Sent, code: &str, severity: &str) -> Seq {
        self.wait(40);
        let id = self.uuid();
        let words = answer_words(&id, &sent.conversation);
        let envelope = text::error_list(&words, &sent.message_id, code, severity);
        let (entity, _) = self.entity(On::Error, &envelope, None, &sign::SUBJECT);
        self.arrive(On::Error, entity)
    }

    /// The subject's SOAP Fault, on the connection of a sending.
    pub fn fault(&mut self, sending: Seq) -> Seq {
        let entity = b"Content-Type: text/xml; charset=UTF-8\r\n\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>".to_vec();
        let entity = self.blobs.put(entity);
        let arrived =
            Event::MessageArrived { carrier: "http-response".into(), from: "10.0.0.2".into(), entity, mail: None };
        self.push(Some(sending), arrived)
    }

    /// The subject's AppRec; returns its event and its MessageId.
    pub fn receipt(&mut self, sent: &Sent, verdict: &str) -> (Seq, String) {
        let id = self.uuid();
        let content = text::apprec(&id, &sent.msg_id, verdict);
        self.receipt_of(sent, &content)
    }

    pub fn receipt_of(&mut self, sent: &Sent, content: &str) -> (Seq, String) {
        self.wait(60);
        let content = self.content(On::Receipt, content.to_owned());
        let is_clear = self.of(On::Receipt).contains(&Change::Clear);
        let (payload, key) = sealed(&part(&content), &sign::OURS);
        let payload = if is_clear { part(&content) } else { payload };
        let message_id = self.uuid();
        let words = answer_words(&message_id, &sent.conversation);
        let (entity, _) = self.entity(On::Receipt, &text::payload(&words, "APPREC"), Some(&payload), &sign::SUBJECT);
        let arrived = self.arrive(On::Receipt, entity);
        if is_clear {
            let reason = "not a CMS object".to_owned();
            self.push(Some(arrived), Event::PayloadSealed { message: arrived, part: 1, reason });
        } else {
            let key = self.blobs.put(key.to_bytes());
            self.push(Some(arrived), Event::PayloadOpened { message: arrived, part: 1, key });
        }
        (arrived, message_id)
    }

    /// Our acknowledgment of the AppRec, sent.
    pub fn acknowledge_receipt(&mut self, sent: &Sent, about: &str) -> Seq {
        let id = self.uuid();
        let words = Words {
            from: text::OURS.1,
            to: text::SUBJECT.1,
            conversation: &sent.conversation,
            message_id: &id,
            timestamp: "2026-01-15T09:31:10Z",
        };
        let arrived = self.blobs_of_last_receipt();
        let envelope = text::acknowledgment(&words, about, &references(&arrived));
        let (entity, _) = self.entity(On::OurAck, &envelope, None, &sign::OURS);
        let composed = Composed {
            scenario: None,
            label: None,
            line: 0,
            what: "Acknowledgment".into(),
            deviations: Vec::new(),
            entity: self.blobs.put(entity),
        };
        let composed = self.push(None, Event::MessageComposed(composed));
        self.send(composed);
        composed
    }

    /// A message of ours by its event, as one that can be answered.
    pub fn sent_as(&self, composed: Seq, in_conversation: &Sent) -> Sent {
        use evidence::blob::Blobs as _;
        let Event::MessageComposed(found) = &self.events[usize::try_from(composed).unwrap()].event else {
            panic!("event {composed} is no composition")
        };
        let envelope = String::from_utf8(self.blobs.get(found.entity).unwrap()).unwrap();
        let id = envelope.split("<eb:MessageId>").nth(1).and_then(|t| t.split('<').next()).unwrap();
        Sent { composed, message_id: id.to_owned(), envelope: envelope.clone(), ..in_conversation.clone() }
    }

    /// The entities that arrived.
    pub fn arrived(&self) -> Vec<Vec<u8>> {
        use evidence::blob::Blobs as _;
        let entities = self.events.iter().filter_map(|e| match &e.event {
            Event::MessageArrived { entity, .. } => Some(*entity),
            _ => None,
        });
        entities.map(|entity| self.blobs.get(entity).unwrap()).collect()
    }

    /// Describes the subject otherwise.
    pub fn describe(&mut self, change: impl FnOnce(&mut Subject)) {
        let described = self
            .events
            .iter_mut()
            .find_map(|e| if let Event::SubjectDescribed(s) = &mut e.event { Some(s) } else { None });
        change(described.unwrap());
    }

    /// Gives the subject another service in its organisation.
    pub fn add_party(&mut self, service: u32) {
        self.describe(|subject| subject.parties.push((text::SUBJECT.0, service)));
    }

    /// Keeps bytes as the log keeps them.
    pub fn keep(&mut self, bytes: Vec<u8>) -> Digest {
        self.blobs.put(bytes)
    }

    fn blobs_of_last_receipt(&self) -> String {
        use evidence::blob::Blobs as _;
        let last = self.events.iter().rev().find_map(|e| match &e.event {
            Event::MessageArrived { entity, .. } => Some(*entity),
            _ => None,
        });
        String::from_utf8_lossy(&self.blobs.get(last.unwrap()).unwrap()).into_owned()
    }

    /// Waits in vain for an answer, as a `quiet` step does.
    pub fn quiet(&mut self, label: &str, what: &str, ms: u64) {
        let awaited = Await {
            scenario: SCENARIO.into(),
            label: label.into(),
            what: what.into(),
            number: 1,
            quiet: true,
            patience_ms: ms,
            line: 12,
        };
        let awaited = self.push(None, Event::AwaitOpened(awaited));
        self.wait(ms);
        self.push(Some(awaited), Event::SilenceObserved { awaited, quiet_ms: ms });
    }

    pub fn history(&self) -> History {
        history::of(&self.events, &self.blobs).unwrap()
    }

    pub fn judge(&self) -> Judgement {
        judge(&self.history(), &PROFILE, &CATALOGUE)
    }

    pub fn judge_by(&self, profile: &Profile) -> Judgement {
        judge(&self.history(), profile, &CATALOGUE)
    }
}

/// How a run begins.
pub fn run_started(assurance: Assurance) -> RunStarted {
    RunStarted {
        run: "5d0c9b5e-6f0a-4a55-9d4c-000000000000".into(),
        tool: "provestein test".into(),
        suite: Digest::ZERO,
        profile: "plo-receive-nhn@1".into(),
        assurance,
        seed: 1,
        inputs: Vec::new(),
    }
}

/// Who is tested.
pub fn subject() -> Subject {
    Subject {
        supplier: "Nordlys AS".into(),
        system: "Nordlys EPJ".into(),
        version: "5.2".into(),
        parties: vec![text::SUBJECT],
        claims: vec![("LOG_INNLAGT@1.6".into(), "receive".into())],
        ..Subject::default()
    }
}

fn answer_words<'w>(message_id: &'w str, conversation: &'w str) -> Words<'w> {
    Words { from: text::SUBJECT.1, to: text::OURS.1, conversation, message_id, timestamp: "2026-01-15T09:30:20Z" }
}
