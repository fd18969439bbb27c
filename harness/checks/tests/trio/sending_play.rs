//! A subject that sends: its messages, and our answers to them.

use crate::pack::{packed, part, references, replaced};
use crate::play::{CATALOGUE, Play, SCENARIO};
use crate::sign::{self, SHA256, sealed, signed};
use crate::text::{self, Words};
use evidence::event::{Await, Composed, Event, Question, Retry, ScenarioOutcome, Seq, Trigger, TriggerOutcome};
use provestein_checks::Judgement;
use provestein_checks::profile::{self, Profile};
use std::sync::LazyLock;

/// The profile of the sending role.
pub static SENDING: LazyLock<Profile> = LazyLock::new(|| profile::find("plo-send-nhn@1").unwrap());

/// A change in the text of a hodemelding: the first of this becomes that.
pub type Replacement = (&'static str, &'static str);

/// What the subject sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To a hospital.
    Hospital,
    /// To a doctor.
    Doctor,
}

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/templates/", $name))
    };
}

impl Kind {
    /// The code of the message, its name, the template of its body and the body's namespace.
    fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Hospital => (
                "INNLEGGELSESRAPPORT",
                "Innleggelsesrapport",
                template!("INNLEGGELSESRAPPORT@1.6.xml"),
                "http://www.kith.no/xmlstds/po/Innleggelsesrapport/2012-04-01",
            ),
            Self::Doctor => (
                "HELSEOPPLYSNINGER_LEGE",
                "Helseopplysninger til lege",
                template!("HELSEOPPLYSNINGER_LEGE@1.6.xml"),
                "http://www.kith.no/xmlstds/po/HelseopplysningerTilLege/2012-04-01",
            ),
        }
    }
}

/// A correct hodemelding with its body, written by hand.
pub fn content(kind: Kind, msg_id: &str) -> String {
    let (code, name, template, _) = kind.words();
    let mut body = template.split_once("?>").unwrap().1.trim().to_owned();
    for (slot, value) in [
        ("unit_name", "Pleie og omsorg"),
        ("unit_her", "5078"),
        ("unit_number", "3100002342"),
        ("unit_phone", "00000042"),
        ("responsible_family_name", "Jones"),
        ("responsible_given_name", "May"),
        ("responsible_hpr", "9144919"),
        ("document_id", "d1"),
    ] {
        body = body.replace(&format!("{{{{{slot}}}}}"), value);
    }
    let sender = text::organisation(text::SUBJECT, text::SUBJECT_NAMES);
    let receiver = text::organisation(text::OURS, text::OUR_NAMES);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="{code}" DN="{name}"/><MIGversion>v1.2 2006-05-24</MIGversion><GenDate>{}</GenDate><MsgId>{msg_id}</MsgId><Ack V="J" DN="Ja"/><Sender>{sender}</Sender><Receiver>{receiver}</Receiver><Patient><FamilyName>Prøvesen</FamilyName><GivenName>Kari</GivenName><Sex V="2" DN="Kvinne"/><Ident><Id>15076500565</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="Fødselsnummer"/></Ident></Patient></MsgInfo><Document><RefDoc><MsgType V="XML" DN="XML-instans"/><Content>{body}</Content></RefDoc></Document></MsgHead>"#,
        text::GEN_DATE
    )
}

/// A message of the subject's that arrived.
#[derive(Debug, Clone)]
pub struct Came {
    pub seq: Seq,
    pub message_id: String,
    pub msg_id: String,
    gen_date: String,
    conversation: String,
    envelope: String,
    entity: Vec<u8>,
    key: Vec<u8>,
}

/// What our signal says.
#[derive(Debug, Clone, Copy)]
pub enum Says {
    Acknowledged,
    Warning,
    Error,
}

/// A run in which the subject sends.
pub struct Sending(pub Play);

impl Sending {
    /// Begun, with the resending that the subject declares.
    pub fn new(retry: Option<Retry>) -> Self {
        let mut play = Play::new(&[]);
        play.describe(|subject| subject.retry = retry);
        Self(play)
    }

    /// The subject's message with these changes in its hodemelding.
    pub fn message(&mut self, kind: Kind, changes: &[Replacement]) -> Came {
        let msg_id = self.0.uuid();
        let text = changes.iter().fold(content(kind, &msg_id), |text, (old, new)| replaced(&text, old, new));
        self.arrive(kind, &msg_id, &text, text::OURS.1)
    }

    /// A message with this text.
    pub fn arrive(&mut self, kind: Kind, msg_id: &str, text: &str, to: u32) -> Came {
        let (message_id, conversation) = (self.0.uuid(), self.0.uuid());
        self.arrive_as(kind, [msg_id, &message_id, &conversation], text, to)
    }

    /// The same, with MsgId, MessageId and ConversationId.
    pub fn arrive_as(&mut self, kind: Kind, ids: [&str; 3], text: &str, to: u32) -> Came {
        let [msg_id, message_id, conversation] = ids;
        let (payload, key) = sealed(&part(text), &sign::OURS);
        let words = Words { from: text::SUBJECT.1, to, conversation, message_id, timestamp: "2026-01-15T09:30:00Z" };
        let (code, _, _, namespace) = kind.words();
        let envelope = text::payload(&words, "LOG_INNLAGT")
            .replace("LOG_INNLAGT", code)
            .replace(text::CPA_ID, &format!("{to}_{}", text::SUBJECT.1))
            .replace("http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01", namespace);
        let envelope = signed(&envelope, &sign::SUBJECT, SHA256, &[(text::CONTENT_ID, &payload)]);
        let gen_date = text.split("<GenDate>").nth(1).and_then(|t| t.split('<').next()).unwrap_or_default();
        let mut came = Came {
            seq: 0,
            message_id: message_id.to_owned(),
            msg_id: msg_id.to_owned(),
            gen_date: gen_date.to_owned(),
            conversation: conversation.to_owned(),
            entity: packed(envelope.as_bytes(), Some(&payload)),
            envelope,
            key: key.to_bytes(),
        };
        came.seq = self.again(&came);
        came
    }

    /// The same bytes again.
    pub fn again(&mut self, came: &Came) -> Seq {
        let seq = self.0.arrive_by("http", came.entity.clone());
        let key = self.0.keep(came.key.clone());
        self.0.push(Some(seq), Event::PayloadOpened { message: seq, part: 1, key });
        seq
    }

    /// A scenario treats an arrival as lost.
    pub fn ignore(&mut self, seq: Seq) {
        self.0.push(Some(seq), Event::ReceiptIgnored { message: seq });
    }

    fn compose(&mut self, what: &str, entity: Vec<u8>) -> Seq {
        let entity = self.0.keep(entity);
        let composed =
            Composed { scenario: None, label: None, line: 0, what: what.into(), deviations: Vec::new(), entity };
        let composed = self.0.push(None, Event::MessageComposed(composed));
        self.0.send(composed);
        composed
    }

    /// Our signal about a message, taken by the subject.
    pub fn answer(&mut self, came: &Came, says: Says) {
        self.0.wait(40);
        let id = self.0.uuid();
        let words = ours(&id, &came.conversation);
        let envelope = match says {
            Says::Acknowledged => text::acknowledgment(&words, &came.message_id, &references(&came.envelope)),
            Says::Warning => text::error_list(&words, &came.message_id, "NotSupported", "Warning"),
            Says::Error => text::error_list(&words, &came.message_id, "SecurityFailure", "Error"),
        };
        let envelope = signed(&envelope, &sign::OURS, SHA256, &[]);
        self.compose("signal", packed(envelope.as_bytes(), None));
    }

    /// Our AppRec, and the subject's acknowledgment of it.
    pub fn receipt(&mut self, kind: Kind, came: &Came) -> Came {
        self.0.wait(60);
        let (code, name, ..) = kind.words();
        let (id, message_id) = (self.0.uuid(), self.0.uuid());
        let (own, other) = (text::inst(text::OURS, text::OUR_NAMES), text::inst(text::SUBJECT, text::SUBJECT_NAMES));
        let text = text::apprec(&id, &came.msg_id, text::ACCEPTED)
            .replace(text::GEN_DATE, &came.gen_date)
            .replace(&own, "{other}")
            .replace(&other, &own)
            .replace("{other}", &other)
            .replace(r#"V="LOG_INNLAGT" DN="Melding om innlagt pasient""#, &format!(r#"V="{code}" DN="{name}""#));
        let (payload, key) = sealed(&part(&text), &sign::SUBJECT);
        let envelope = text::payload(&ours(&message_id, &came.conversation), "APPREC").replace("LOG_INNLAGT", code);
        let envelope = signed(&envelope, &sign::OURS, SHA256, &[(text::CONTENT_ID, &payload)]);
        let seq = self.compose("AppRec", packed(envelope.as_bytes(), Some(&payload)));
        let key = self.0.keep(key.to_bytes());
        self.0.push(Some(seq), Event::PayloadOpened { message: seq, part: 1, key });
        let receipt = Came { seq, message_id, msg_id: id, envelope, ..came.clone() };
        self.acknowledged(&receipt);
        receipt
    }

    fn acknowledged(&mut self, receipt: &Came) {
        self.0.wait(40);
        let id = self.0.uuid();
        let words = Words { from: text::SUBJECT.1, to: text::OURS.1, ..ours(&id, &receipt.conversation) };
        let envelope = text::acknowledgment(&words, &receipt.message_id, &references(&receipt.envelope));
        let envelope = signed(&envelope, &sign::SUBJECT, SHA256, &[]);
        self.0.arrive_by("http", packed(envelope.as_bytes(), None));
    }

    /// An AppRec of the subject's for our AppRec.
    pub fn receipt_for_receipt(&mut self, receipt: &Came) {
        self.0.wait(60);
        let (id, message_id) = (self.0.uuid(), self.0.uuid());
        let text = text::apprec(&id, &receipt.msg_id, text::ACCEPTED)
            .replace(r#"V="LOG_INNLAGT" DN="Melding om innlagt pasient""#, r#"V="APPREC" DN="Applikasjonskvittering""#);
        let (payload, key) = sealed(&part(&text), &sign::OURS);
        let words = Words { from: text::SUBJECT.1, to: text::OURS.1, ..ours(&message_id, &receipt.conversation) };
        let envelope = text::payload(&words, "APPREC").replace("LOG_INNLAGT", Kind::Hospital.words().0);
        let envelope = signed(&envelope, &sign::SUBJECT, SHA256, &[(text::CONTENT_ID, &payload)]);
        let seq = self.0.arrive_by("http", packed(envelope.as_bytes(), Some(&payload)));
        let key = self.0.keep(key.to_bytes());
        self.0.push(Some(seq), Event::PayloadOpened { message: seq, part: 1, key });
    }

    /// The subject is made to send what a step calls `label`; whether that was carried out.
    pub fn trigger(&mut self, label: &str, how: &str, done: bool) {
        let trigger = Trigger {
            scenario: SCENARIO.into(),
            label: label.into(),
            line: 9,
            message: "INNLEGGELSESRAPPORT@1.6".into(),
            how: how.into(),
            request: None,
        };
        let pulled = self.0.push(None, Event::TriggerPulled(trigger));
        let outcome = TriggerOutcome { done, detail: "as the test wants it".into(), output: None };
        self.0.push(Some(pulled), Event::TriggerAnswered(outcome));
    }

    /// Begins to wait for a message.
    pub fn awaited(&mut self, label: &str) -> Seq {
        let awaited = Await {
            scenario: SCENARIO.into(),
            label: label.into(),
            what: "message".into(),
            number: 1,
            quiet: false,
            patience_ms: 1000,
            line: 10,
        };
        self.0.push(None, Event::AwaitOpened(awaited))
    }

    /// It came.
    pub fn met(&mut self, awaited: Seq, came: Seq) {
        self.0.push(Some(came), Event::AwaitMet { awaited });
    }

    /// Somebody is asked about these requirements, and answers so.
    pub fn asked(&mut self, requirements: &[&str], answer: &str) {
        let question = Question {
            scenario: SCENARIO.into(),
            label: "seen".into(),
            who: "caregiver".into(),
            choices: vec!["yes".into(), "no".into()],
            good: vec!["yes".into()],
            requirements: requirements.iter().map(ToString::to_string).collect(),
            ..Question::default()
        };
        let asked = self.0.push(None, Event::OperatorAsked(question));
        let answer = evidence::event::OperatorAnswer { answer: answer.into(), ..Default::default() };
        self.0.push(Some(asked), Event::OperatorAnswered(answer));
    }

    /// Ends the run after a while, and judges it.
    pub fn end(mut self, wait_ms: u64) -> Judgement {
        self.0.wait(wait_ms);
        self.0.end(ScenarioOutcome::Finished);
        provestein_checks::judge(&self.0.history(), &SENDING, &CATALOGUE)
    }
}

fn ours<'w>(message_id: &'w str, conversation: &'w str) -> Words<'w> {
    Words { from: text::OURS.1, to: text::SUBJECT.1, conversation, message_id, timestamp: "2026-01-15T09:30:20Z" }
}
