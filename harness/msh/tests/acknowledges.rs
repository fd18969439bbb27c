//! What is acknowledged, over everything that can arrive: only what HITS 1172 4.2.2 lets be acknowledged.

use proptest::prelude::*;
use provestein_msh::Overrides;
use provestein_msh::assess;
use provestein_msh::state::{Action, Answer, Input, MessageService, RetryPolicy};
use std::collections::BTreeMap;
use wire::certificate::Certificate;
use wire::ebxml::MessageKind;
use wire::key::PrivateKey;
use wire::message::Message;
use wire::signature::{self, Algorithms, Verification};

const OURS: u32 = 990_000_021;
const KEY: &str = include_str!("../../../fixtures/pki/demo/hospital-sign.key.pem");
const CERTIFICATE: &str = include_str!("../../../fixtures/pki/demo/hospital-sign.pem");

/// A message in the terms that matter here.
#[derive(Debug, Clone)]
struct Sketch {
    id: u8,
    to: u32,
    service: &'static str,
    action: &'static str,
    header: &'static str,
    body: &'static str,
    ack_requested: bool,
    signed: Signed,
    opens: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signed {
    No,
    Well,
    AlteredAfter,
}

impl Sketch {
    /// A message that deserves an Acknowledgment.
    fn good(id: u8) -> Self {
        Self {
            id,
            to: OURS,
            service: "S-LOG_INNLAGT",
            action: "LOG_INNLAGT",
            header: "",
            body: "",
            ack_requested: true,
            signed: Signed::Well,
            opens: true,
        }
    }

    fn message(&self) -> Message {
        let requested = r#"<eb:AckRequested SOAP:mustUnderstand="1" eb:version="2.0" eb:signed="true"/>"#;
        let envelope = format!(
            r#"<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"><SOAP:Header><eb:MessageHeader SOAP:mustUnderstand="1" eb:version="2.0"><eb:From><eb:PartyId eb:type="HER">990000011</eb:PartyId></eb:From><eb:To><eb:PartyId eb:type="HER">{}</eb:PartyId></eb:To><eb:CPAId>c</eb:CPAId><eb:ConversationId>c{}</eb:ConversationId><eb:Service>{}</eb:Service><eb:Action>{}</eb:Action><eb:MessageData><eb:MessageId>m{}</eb:MessageId><eb:Timestamp>2026-01-15T09:30:00Z</eb:Timestamp></eb:MessageData></eb:MessageHeader>{}{}</SOAP:Header><SOAP:Body>{}</SOAP:Body></SOAP:Envelope>"#,
            self.to,
            self.id,
            self.service,
            self.action,
            self.id,
            if self.ack_requested { requested } else { "" },
            self.header,
            self.body,
        );
        let envelope = if self.signed == Signed::No {
            envelope
        } else {
            let key = PrivateKey::from_pem(KEY).expect("the demo key is readable");
            let certificate = Certificate::from_pem(CERTIFICATE).expect("the demo certificate is readable");
            signature::sign(&envelope, &key, &certificate, Algorithms::SHA256, &[]).expect("the envelope can be signed")
        };
        let envelope =
            if self.signed == Signed::AlteredAfter { envelope.replace("09:30:00Z", "09:30:01Z") } else { envelope };
        Message::decode_bare(envelope.as_bytes())
    }
}

/// Steps a message through; returns the message and what was done about it.
fn step(msh: &mut MessageService, sketch: &Sketch) -> (Message, Vec<Action>) {
    let message = sketch.message();
    let payload = if sketch.opens { Ok(()) } else { Err("no key fits") };
    let arrival = assess::arrival(&message, payload, &[OURS], msh.overrides());
    let actions = msh.step(Input::Arrived(arrival), 0);
    (message, actions)
}

fn service() -> MessageService {
    MessageService::new(Overrides::default(), RetryPolicy::default())
}

fn sketch() -> impl Strategy<Value = Sketch> {
    const SIGNAL: &str = "urn:oasis:names:tc:ebxml-msg:service";
    let headers = [
        "",
        "",
        "",
        r#"<eb:Acknowledgment SOAP:mustUnderstand="1" eb:version="2.0"><eb:RefToMessageId>m1</eb:RefToMessageId></eb:Acknowledgment>"#,
        r#"<eb:ErrorList SOAP:mustUnderstand="1" eb:version="2.0" eb:highestSeverity="Warning"/>"#,
    ];
    let bodies = [
        "",
        "",
        "",
        r#"<eb:Manifest eb:version="2.0"><eb:Reference xlink:href="cid:nowhere"/></eb:Manifest>"#,
        r#"<eb:StatusRequest eb:version="2.0"><eb:RefToMessageId>m1</eb:RefToMessageId></eb:StatusRequest>"#,
        r#"<eb:StatusResponse eb:version="2.0"/>"#,
        "<SOAP:Fault><faultcode>SOAP:Client</faultcode></SOAP:Fault>",
    ];
    let named = [
        ("S-LOG_INNLAGT", "LOG_INNLAGT"),
        ("S-LOG_INNLAGT", "LOG_INNLAGT"),
        (SIGNAL, "Ping"),
        (SIGNAL, "Pong"),
        (SIGNAL, "StatusRequest"),
        (SIGNAL, "Acknowledgment"),
        ("", ""),
    ];
    let signed = [Signed::Well, Signed::Well, Signed::Well, Signed::No, Signed::AlteredAfter];
    (
        0u8..2,
        proptest::sample::select(vec![OURS, OURS, OURS, 990_000_077]),
        proptest::sample::select(named.to_vec()),
        proptest::sample::select(headers.to_vec()),
        proptest::sample::select(bodies.to_vec()),
        proptest::bool::weighted(0.8),
        proptest::sample::select(signed.to_vec()),
        proptest::bool::weighted(0.9),
    )
        .prop_map(|(id, to, (service, action), header, body, ack_requested, signed, opens)| Sketch {
            id,
            to,
            service,
            action,
            header,
            body,
            ack_requested,
            signed,
            opens,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// No Acknowledgment leaves, the first time or again, unless the message is a payload message, signed as it
    /// ought to be, wants one, and is addressed to us.
    #[test]
    fn only_what_deserves_it_is_acknowledged(sketches in proptest::collection::vec(sketch(), 1..8)) {
        let mut msh = service();
        let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
        for sketch in &sketches {
            let (message, actions) = step(&mut msh, sketch);
            for action in actions {
                let answer = match action {
                    Action::Answer { message_id, answer } => {
                        answers.insert(message_id, answer.clone());
                        Some(answer)
                    }
                    Action::Repeat { message_id } => answers.get(&message_id).cloned(),
                    _ => None,
                };
                if answer.is_some() {
                    let kind = message.kind();
                    prop_assert!(matches!(kind, MessageKind::Payload | MessageKind::Unknown), "{:?} was answered", kind);
                }
                if answer == Some(Answer::Acknowledgment) {
                    let envelope = message.soap().unwrap();
                    prop_assert_eq!(message.kind(), MessageKind::Payload);
                    prop_assert!(message.signature.as_ref().is_some_and(Verification::is_valid));
                    prop_assert!(!envelope.ack_requested.is_empty());
                    prop_assert_eq!(envelope.to_her(), Some(OURS));
                }
            }
        }
    }
}

#[test]
fn a_good_message_is_acknowledged() {
    let (_, actions) = step(&mut service(), &Sketch::good(1));
    let acknowledged = Action::Answer { message_id: "m1".into(), answer: Answer::Acknowledgment };
    assert_eq!(actions, [acknowledged, Action::Deliver { message_id: "m1".into() }]);
}

#[test]
fn signals_of_every_sort_are_left_alone() {
    for action in ["Ping", "Pong", "StatusRequest", "Acknowledgment", "MessageError", "SomethingNew"] {
        let service_name = "urn:oasis:names:tc:ebxml-msg:service";
        for signed in [Signed::No, Signed::Well] {
            let signal = Sketch { service: service_name, action, ack_requested: false, signed, ..Sketch::good(1) };
            let (_, actions) = step(&mut service(), &signal);
            assert!(matches!(actions[..], [Action::Ignore { .. }]), "{action} {signed:?}: {actions:?}");
        }
    }
}

#[test]
fn a_message_of_unknown_kind_is_judged_like_any_other() {
    let unknown = Sketch { ack_requested: false, ..Sketch::good(1) };
    let code = |sketch: Sketch| match step(&mut service(), &sketch).1.first() {
        Some(Action::Answer { answer: Answer::ErrorList(problem), .. }) => problem.code.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code(Sketch { to: 990_000_077, ..unknown.clone() }), "ValueNotRecognized");
    assert_eq!(code(Sketch { signed: Signed::No, ..unknown.clone() }), "SecurityFailure");
    assert_eq!(code(unknown), "Inconsistent");
}
