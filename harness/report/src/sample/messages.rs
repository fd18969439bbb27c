//! The sample's messages.

use super::{HOSPITAL, MUNICIPALITY};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use wire::certificate::Certificate;
use wire::cms::{self, ContentCipher, ContentKey, KeyTransport};
use wire::ebxml::write::{self, HeaderDraft, PartyDraft, PayloadDraft};
use wire::ebxml::{Envelope, names};
use wire::key::PrivateKey;
use wire::mime::{BodyDraft, EntityDraft, PartDraft, TransferEncoding};
use wire::signature::{self, Algorithms};

pub fn header(from: u32, to: u32, n: u32) -> HeaderDraft {
    let party = |her, role: Option<&str>| PartyDraft { her, role: role.map(Into::into) };
    HeaderDraft {
        from: party(from, None),
        to: party(to, None),
        cpa_id: names::default_cpa_id(HOSPITAL, MUNICIPALITY),
        conversation_id: format!("c0000000-0000-4000-8000-0000000000{:02x}", n / 16),
        message_id: format!("a0000000-0000-4000-8000-0000000000{n:02x}"),
        timestamp: "2026-03-01T12:00:00Z".into(),
        duplicate_elimination: false,
        software: None,
    }
}

/// A fagmelding, encrypted for the receiver, in a signed envelope; and the content key.
pub fn payload(from: u32, to: u32, n: u32, action: &str, xml: &str) -> (Vec<u8>, ContentKey) {
    let mut header = HeaderDraft { duplicate_elimination: true, ..header(from, to, n) };
    header.from.role = Some("LOG_INNLAGTsender".into());
    header.to.role = Some("LOG_INNLAGTreceiver".into());
    let content_id = format!("payload-{n}@sample.test");
    let payloads = [PayloadDraft { content_id: content_id.clone(), schema: None }];
    let envelope = write::payload(&header, "S-LOG_INNLAGT", action, &payloads);
    let recipient = Certificate::from_pem(include_str!("../../../../fixtures/pki/demo/municipality-encrypt.pem"));
    let mut rng = ChaCha20Rng::from_seed([n.to_le_bytes()[0]; 32]);
    let (cipher, transport) = (ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15);
    let (object, key) = cms::seal_with_key(xml.as_bytes(), &recipient.unwrap(), cipher, transport, &mut rng).unwrap();
    let envelope = signed(from, &envelope, &[(&content_id, &object)]);
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let part = |kind: &str, id: &str, content: Vec<u8>, encoding: TransferEncoding| PartDraft {
        headers: vec![
            field("Content-Type", kind),
            field("Content-ID", id),
            field("Content-Transfer-Encoding", encoding.name()),
        ],
        content,
        encoding,
    };
    let soap = part("text/xml; charset=\"UTF-8\"", "<soap@sample.test>", envelope.into(), TransferEncoding::EightBit);
    let kind = "application/pkcs7-mime; smime-type=enveloped-data";
    let entity = EntityDraft {
        headers: vec![
            field("SOAPAction", "\"ebXML\""),
            field("Content-Type", "multipart/related; type=\"text/xml\"; boundary=\"b\"; start=\"<soap@sample.test>\""),
        ],
        body: BodyDraft::Multipart {
            boundary: "b".into(),
            preamble: Vec::new(),
            parts: vec![soap, part(kind, &format!("<{content_id}>"), object, TransferEncoding::Base64)],
            epilogue: Vec::new(),
        },
    };
    (entity.encode(), key)
}

/// An envelope with the signature of its sender.
pub fn signed(from: u32, envelope: &str, attachments: &[(&str, &[u8])]) -> String {
    let (key, certificate) = if from == HOSPITAL {
        (
            include_str!("../../../../fixtures/pki/demo/hospital-sign.key.pem"),
            include_str!("../../../../fixtures/pki/demo/hospital-sign.pem"),
        )
    } else {
        (
            include_str!("../../../../fixtures/pki/demo/municipality-sign.key.pem"),
            include_str!("../../../../fixtures/pki/demo/municipality-sign.pem"),
        )
    };
    let (key, certificate) = (PrivateKey::from_pem(key).unwrap(), Certificate::from_pem(certificate).unwrap());
    signature::sign(envelope, &key, &certificate, Algorithms::SHA256, attachments).unwrap()
}

/// A signal as an entity.
pub fn signal(envelope: String) -> Vec<u8> {
    let headers = vec![
        ("SOAPAction".to_owned(), "\"ebXML\"".to_owned()),
        ("Content-Type".to_owned(), "text/xml; charset=\"UTF-8\"".to_owned()),
    ];
    let body = BodyDraft::Single { content: envelope.into_bytes(), encoding: TransferEncoding::EightBit };
    EntityDraft { headers, body }.encode()
}

/// An acknowledgment with one of the two references; with text for MessageData/RefToMessageId it violates rule 109.
pub fn acknowledgment(n: u32, about: &[u8], in_message_data: Option<&str>) -> Vec<u8> {
    let message = wire::message::Message::decode(about);
    let references = message.soap().and_then(|e| e.signatures.first()).map_or(&[][..], |s| s.references());
    let root: Vec<_> = references.iter().filter(|r| r.is_root()).cloned().collect();
    let header = header(MUNICIPALITY, HOSPITAL, n);
    let text = write::acknowledgment(&header, "2026-03-01T12:00:01Z", &message_id(about), &root);
    let text = match in_message_data {
        Some(value) => {
            let reference = format!("<eb:RefToMessageId>{value}</eb:RefToMessageId></eb:MessageData>");
            text.replace("</eb:MessageData>", &reference)
        }
        None => text,
    };
    signal(if about.is_empty() { text } else { signed(MUNICIPALITY, &text, &[]) })
}

pub fn message_id(entity: &[u8]) -> String {
    let message = wire::message::Message::decode(entity);
    message.soap().and_then(Envelope::message_id).unwrap_or_default().to_owned()
}

pub fn apprec(original: &str, status: &str) -> String {
    format!(
        "<AppRec xmlns=\"{}\"><MIGversion>1.1 2012-02-15</MIGversion><Id>d0000000-0000-4000-8000-000000000001</Id><Status V=\"{status}\"/><OriginalMsgId><Id>{original}</Id></OriginalMsgId></AppRec>",
        wire::apprec::Version::V11.namespace()
    )
}

/// A fagmelding about a patient of the test packages.
pub fn head(msg_id: &str) -> String {
    format!(
        "<MsgHead xmlns=\"{}\"><MsgInfo><Type V=\"LOG_INNLAGT\"/><MsgId>{msg_id}</MsgId><Patient><FamilyName>Danser</FamilyName><Ident><Id>13116900216</Id></Ident></Patient></MsgInfo></MsgHead>",
        wire::head::NAMESPACE
    )
}
