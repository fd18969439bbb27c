//! A small run, made by hand for the tests: one finding of each kind, and a subject that writes hostile values.

mod log;
mod messages;

use crate::View;
use checks::Judgement;
use checks::catalogue::Catalogue;
use checks::profile::{self, Profile};
use evidence::digest::Digest;
use evidence::event::{AppRecExpected, Assurance, Event, Question, Recorded, SignalExpected};
use evidence::history::{self, History};
use log::Log;
use messages::{acknowledgment, apprec, head, header, message_id, payload, signal, signed};
use wire::ebxml::Severity;
use wire::ebxml::write::{self, ErrorDraft};

/// The file that every scenario of the sample says it comes from.
pub const SCENARIO_TEXT: &str = "title: { nb: Prøve, en: Sample }\nsteps:\n  - send:  { as: first, message: LOG_INNLAGT@1.6 }\n  - await: { acknowledgment: first }\n  - await: { apprec: first }\n";
/// What a hostile subject writes.
pub const HOSTILE: &str = "<script>alert(\"13116900216\")</script>\u{202e}|`x`";
const HOSPITAL: u32 = 990_000_011;
const MUNICIPALITY: u32 = 990_000_021;
const FIRST: &str = "e0000000-0000-4000-8000-000000000001";
/// A profile of the sample's own, so that its reports change only when the reports do.
const PROFILE: &str = r#"
name: sample
version: 1
title: { nb: "Prøveprofil", en: "Sample profile" }
description: { nb: "Til tester.", en: "For tests." }
valid: { from: 2026-01-01 }
messages: { LOG_INNLAGT@1.6: [receive] }
carriers: [http]
algorithms: { digest: [], signature: [] }
quiet_ms: 2000
scenarios: []
requirements:
  - { id: HITS1172-106, level: MUST }
  - { id: HITS1172-107, level: MUST }
  - { id: HITS1172-108, level: MUST, minimum: 9 }
  - { id: HITS1172-109, level: MUST }
  - { id: HITS1172-116, level: MUST }
  - id: HITS1172-117
    level: SHOULD
    reason: { nb: "Eksempelet i HITS 1171 mangler den.", en: "The example in HITS 1171 lacks it." }
  - { id: HITS1172-122, level: MUST, claim: "@1.5" }
  - { id: HITS1172-123, level: MUST }
  - { id: HIS80415-2012-3.3.4-7, level: MUST, claim: "@9.9" }
  - { id: HITS1172-4.2.2-p4, level: MUST }
  - { id: HITS1168-4.2-2, level: MUST }
"#;

/// A judged run and everything that it borrows from.
pub struct Sample {
    pub history: History,
    pub judgement: Judgement,
    pub profile: Profile,
    pub catalogue: Catalogue,
    pub events: Vec<Recorded>,
}

impl Sample {
    pub fn view(&self) -> View<'_> {
        View {
            history: &self.history,
            judgement: &self.judgement,
            profile: &self.profile,
            catalogue: &self.catalogue,
            head: Digest::of(b"head"),
            tool: "provestein 0.1.0",
            run_name: "20260301T120000Z-run-0b8f",
            events: &self.events,
            scenario_text: |_| Some(SCENARIO_TEXT),
            scenario_title_nb: |text| text.contains("nb: Prøve,").then(|| "Prøve".to_owned()),
        }
    }

    fn of(log: Log) -> Self {
        let catalogue = Catalogue::embedded();
        let profile = profile::of_text("sample.yaml", PROFILE, &catalogue).unwrap();
        let history = history::of(&log.events, &log.blobs).unwrap();
        let judgement = checks::judge(&history, &profile, &catalogue);
        Self { history, judgement, profile, catalogue, events: log.events }
    }
}

fn ok() -> AppRecExpected {
    AppRecExpected::Status { status: "1".into(), errors: Vec::new() }
}

/// Four scenarios: one with a violation, one refused, one without an answer, one resent.
pub fn run() -> Sample {
    let mut log = Log::begin(Assurance::SelfRun);
    log.subject("Nordlys EPJ");
    accepted(&mut log);
    refused(&mut log);
    log.scenario("messages/msgid-not-uuid", "MsgId is not a UUID", SignalExpected::Acknowledgment, ok());
    let (third, _) = payload(HOSPITAL, MUNICIPALITY, 0x30, "LOG_INNLAGT", &head("melding-4711"));
    log.sent("LOG_INNLAGT@1.6", Some("first"), &["message: set /MsgHead/MsgInfo/MsgId to `melding-4711`"], third);
    let awaited = log.waited("acknowledgment", false);
    log.push(None, Event::AwaitLapsed { awaited, reason: "patience ran out after 2 s".into() });
    log.ended();
    log.scenario("receipts/duplicate/same-envelope", "The same envelope twice", SignalExpected::Acknowledgment, ok());
    let (fourth, _) =
        payload(HOSPITAL, MUNICIPALITY, 0x40, "LOG_INNLAGT", &head("e0000000-0000-4000-8000-000000000004"));
    let composed = log.sent("LOG_INNLAGT@1.6", Some("first"), &[], fourth.clone());
    let id = message_id(&fourth);
    log.arrived(acknowledgment(0x41, &fourth, Some(&id)));
    log.send_again(composed, 2);
    log.arrived(acknowledgment(0x42, &fourth, Some(&id)));
    let awaited = log.waited("apprec", true);
    log.push(None, Event::SilenceObserved { awaited, quiet_ms: 2000 });
    log.ended();
    log.push(None, Event::RunEnded { reason: "finished".into() });
    Sample::of(log)
}

fn accepted(log: &mut Log) {
    let title = "Admission message is accepted";
    log.scenario("receive/accepted/log-innlagt", title, SignalExpected::Acknowledgment, ok());
    let (first, key) = payload(HOSPITAL, MUNICIPALITY, 0x10, "LOG_INNLAGT", &head(FIRST));
    let composed = log.sent("LOG_INNLAGT@1.6", Some("first"), &[], first.clone());
    log.opened(composed, &key);
    let awaited = log.waited("acknowledgment", false);
    let arrived = log.arrived(acknowledgment(0x11, &first, Some(&message_id(&first))));
    log.push(Some(arrived), Event::AwaitMet { awaited });
    let (receipt, key) = payload(MUNICIPALITY, HOSPITAL, 0x12, "APPREC", &apprec(FIRST, "1"));
    let arrived = log.arrived(receipt.clone());
    log.opened(arrived, &key);
    let header = header(HOSPITAL, MUNICIPALITY, 0x13);
    let own = write::acknowledgment(&header, "2026-03-01T12:00:02Z", &message_id(&receipt), &[]);
    log.sent("Acknowledgment", None, &[], signal(signed(HOSPITAL, &own, &[])));
    log.ended();
}

fn refused(log: &mut Log) {
    let title = "The signature of the envelope is broken";
    log.scenario("envelope/broken-signature", title, SignalExpected::Error, AppRecExpected::None);
    let (second, _) = payload(HOSPITAL, MUNICIPALITY, 0x20, "LOG_INNLAGT", &head(FIRST));
    let second = String::from_utf8(second).unwrap().replace("2026-03-01T12:00:00Z", "2020-01-01T00:00:00Z");
    let deviation = "signed: set //eb:MessageData/eb:Timestamp to `2020-01-01T00:00:00Z`";
    log.sent("LOG_INNLAGT@1.6", Some("first"), &[deviation], second.clone().into_bytes());
    let problem = ErrorDraft {
        code: "SecurityFailure".into(),
        severity: Severity::Error,
        location: None,
        description: "the digest of the envelope differs".into(),
    };
    let header = header(MUNICIPALITY, HOSPITAL, 0x21);
    let list = write::error_list(&header, Some(&message_id(second.as_bytes())), &[problem]);
    log.arrived(signal(signed(MUNICIPALITY, &list, &[])));
    let awaited = log.waited("apprec", true);
    log.push(None, Event::SilenceObserved { awaited, quiet_ms: 2000 });
    log.ended();
}

/// A subject that writes hostile values wherever it can.
pub fn hostile() -> Sample {
    let mut log = Log::begin(Assurance::SelfRun);
    log.subject(HOSTILE);
    log.scenario("a/b", HOSTILE, SignalExpected::Acknowledgment, ok());
    let (sent, key) = payload(HOSPITAL, MUNICIPALITY, 0x10, HOSTILE_ACTION, &head(FIRST));
    let composed = log.sent(HOSTILE, Some("first"), &[HOSTILE], sent.clone());
    log.opened(composed, &key);
    let escaped = HOSTILE.replace('<', "&lt;");
    log.arrived(acknowledgment(0x11, &sent, Some(&escaped)));
    log.arrived(format!("X: {HOSTILE}\r\n\u{1b}[2J: y\r\n\r\n{HOSTILE}").into_bytes());
    let awaited = log.waited(HOSTILE, false);
    log.push(None, Event::AwaitLapsed { awaited, reason: HOSTILE.into() });
    log.push(None, Event::OperatorAsked(Question { en: HOSTILE.into(), ..Question::default() }));
    log.ended();
    Sample::of(log)
}

const HOSTILE_ACTION: &str = "\u{202e}\"><script>";

/// A run of one scenario in which `exchanges` messages are sent and acknowledged, every second wrongly.
pub fn long(exchanges: u32) -> Sample {
    let mut log = Log::begin(Assurance::Demo);
    log.subject("Nordlys EPJ");
    log.scenario("receive/accepted/many", "Many messages", SignalExpected::Acknowledgment, AppRecExpected::None);
    let about = signal(write::payload(&header(HOSPITAL, MUNICIPALITY, 0x10), "S-LOG_INNLAGT", "LOG_INNLAGT", &[]));
    for n in 0..exchanges {
        let id = format!("b0000000-0000-4000-8000-{n:012x}");
        let sent = String::from_utf8(about.clone()).unwrap().replace("a0000000-0000-4000-8000-000000000010", &id);
        log.sent("LOG_INNLAGT@1.6", None, &[], sent.into_bytes());
        let header = header(MUNICIPALITY, HOSPITAL, 0x11);
        let wrong =
            if n % 2 == 0 { "<eb:RefToMessageId>x</eb:RefToMessageId></eb:MessageData>" } else { "</eb:MessageData>" };
        let text = write::acknowledgment(&header, "2026-03-01T12:00:01Z", &id, &[]);
        log.arrived(signal(text.replace("</eb:MessageData>", wrong)));
    }
    log.ended();
    log.push(None, Event::RunEnded { reason: "finished".into() });
    Sample::of(log)
}

/// Two captured messages.
pub fn inspection() -> Sample {
    let mut log = Log::begin(Assurance::Inspection);
    for (name, value) in [("good.mime", None), ("bad.mime", Some("x"))] {
        let entity = log.blobs.put(acknowledgment(0x50, &[], value));
        log.push(None, Event::MessageArrived { carrier: "file".into(), from: name.into(), entity, mail: None });
    }
    log.push(None, Event::RunEnded { reason: "finished".into() });
    Sample::of(log)
}
