//! Business documents: whatever arrives is a value.

use proptest::collection::vec;
use proptest::prelude::*;
use provestein_wire::apprec::{self, Recipient, Version};
use provestein_wire::business::{self, Business};
use provestein_wire::code::Code;
use provestein_wire::head::{self, Level};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?><MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">
<MsgInfo><Type V="DIALOG_SVAR"/><MIGversion>v1.2 2006-05-24</MIGversion><GenDate>2026-01-01T10:00:00</GenDate><MsgId>m1</MsgId>
<Sender><Organisation><OrganisationName>A</OrganisationName><Ident><Id>1</Id><TypeId V="HER"/></Ident></Organisation></Sender>
<Receiver><Organisation><OrganisationName>B</OrganisationName><Ident><Id>2</Id><TypeId V="HER"/></Ident><HealthcareProfessional>
<FamilyName>Ås</FamilyName><Ident><Id>3</Id><TypeId V="HER"/></Ident></HealthcareProfessional></Organisation></Receiver>
<OtherReceiver><RoleReceiver V="COP"/><HealthcareProfessional><Ident><Id>4</Id><TypeId V="HER"/></Ident></HealthcareProfessional>
</OtherReceiver></MsgInfo><Document><RefDoc><MsgType V="XML"/><Content><D xmlns="urn:d"/></Content></RefDoc></Document>
<Document><RefDoc><MsgType V="A"/><MimeType>application/pdf</MimeType></RefDoc></Document></MsgHead>"#;

const APPREC: &str = r#"<AppRec xmlns="http://www.kith.no/xmlstds/apprec/2004-11-21"><MsgType V="APPREC"/><Id>a</Id><Sender><HCP>
<Inst><Id>1</Id><TypeId V="HER"/><Dept><Name>x</Name></Dept></Inst></HCP></Sender><Status V="1"/><Error V="E10"/>
<OriginalMsgId><MsgType V="DIALOG_SVAR"/><IssueDate>d</IssueDate><Id>m1</Id></OriginalMsgId></AppRec>"#;

#[test]
fn a_person_as_party_is_level_two() {
    let head = head::decode(HEAD.as_bytes()).unwrap();
    assert_eq!(head.receiver().unwrap().her_of(Level::Party), Some(3));
    assert_eq!(head.receiver().unwrap().her_of(Level::Enterprise), Some(2));
    assert_eq!(head.sender().unwrap().her_of(Level::Party), None);
    let info = head.info.as_ref().unwrap();
    assert_eq!(info.other_receivers[0].her_of(Level::Party), Some(4));
    assert_eq!(head.documents.len(), 2);
    let attachment = head.documents[1].ref_doc.as_ref().unwrap();
    assert_eq!(attachment.mime_type.as_ref().unwrap().value, "application/pdf");
    let msg_id = info.msg_id.as_ref().unwrap();
    assert_eq!((msg_id.place.path.as_str(), msg_id.place.line), ("/MsgHead/MsgInfo/MsgId", 2));
}

#[test]
fn deep_organisations_are_read_and_mirrored() {
    let depth = 240;
    let open = "<Organisation><Ident><Id>9</Id><TypeId V=\"HER\"/></Ident>".repeat(depth);
    let close = "</Organisation>".repeat(depth);
    let text =
        format!("<MsgHead xmlns=\"{}\"><MsgInfo><Sender>{open}{close}</Sender></MsgInfo></MsgHead>", head::NAMESPACE);
    let head = head::decode(text.as_bytes()).unwrap();
    let id = ("i", "d");
    let draft = apprec::answer(&head, Recipient::Primary, Version::V11, id, Code::cs("1", "OK"), Vec::new());
    assert_eq!(apprec::encode(&draft).matches("<Dept>").count(), depth - 1);
}

/// Everything that can be asked of a document, asked.
fn use_it(bytes: &[u8]) {
    match business::read(bytes) {
        Business::Head(head) => {
            let _ = (head.message_function(), head.body_namespace(), head.sender().map(|s| s.her_of(Level::Party)));
            for recipient in [Recipient::Primary, Recipient::Copy(0)] {
                let ids = ("i", "d");
                let draft = apprec::answer(&head, recipient, Version::V10, ids, Code::cs("1", "OK"), Vec::new());
                let _ = apprec::encode(&draft);
            }
        }
        Business::AppRec(apprec) => {
            let _ = (
                apprec.status_code(),
                apprec.original_id(),
                apprec.sender.as_ref().and_then(apprec::Party::her_of_party),
            );
            let _ = apprec::encode(&apprec.to_draft());
        }
        Business::Other { .. } | Business::NotXml(_) => {}
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_a_value(bytes in vec(any::<u8>(), 0..500)) {
        use_it(&bytes);
    }

    #[test]
    fn mutated_documents_are_values(
        head in any::<bool>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..12),
    ) {
        let mut bytes = if head { HEAD } else { APPREC }.as_bytes().to_vec();
        for (at, byte, how) in changes {
            if bytes.is_empty() { break; }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => {
                    let end = (at + usize::from(byte)).min(bytes.len());
                    let copy = bytes[at..end].to_vec();
                    bytes.splice(at..at, copy);
                }
            }
        }
        use_it(&bytes);
    }
}
