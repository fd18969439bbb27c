//! What is written in answers, and what the application receipt says: one change, and exactly the ids that it
//! violates.

use crate::play::Change::{Again, AgainEdit, Content, Edit as By, Unsigned};
use crate::play::On::{Ack, Error, Receipt};
use crate::written::Case;
use wire::xml::Edit;

/// How an answer mirrors what it answers: HIS 1037 7.2, HITS 1171, HISD 1209.
pub fn mirroring() -> Vec<Case> {
    vec![
        (Ack, By("//eb:To/eb:PartyId", Edit::Set("223".into())), &["HIS1037-7.2.1-1"]),
        (Error, By("//eb:To/eb:PartyId", Edit::Set("223".into())), &["HIS1037-7.2.1-2"]),
        (Receipt, By("//eb:From/eb:Role", Edit::Remove), &["HITS1171-5.2.1.3-1"]),
        (Ack, By("//eb:From", Edit::Append("<eb:Role>LOG_INNLAGTreceiver</eb:Role>".into())), &[]),
        (Error, By("//eb:From", Edit::Append("<eb:Role>LOG_INNLAGTreceiver</eb:Role>".into())), &[]),
        (Ack, By("//eb:CPAId", Edit::Set("222_5078_1".into())), &["HITS1171-5.2.1.4-2"]),
        (Error, By("//eb:CPAId", Edit::Set("222_5078_1".into())), &["HITS1171-5.2.1.4-3"]),
        (
            Ack,
            By("//eb:ConversationId", Edit::Set("00000000-0000-4000-8000-000000000000".into())),
            &["HITS1171-5.2.1.5-1"],
        ),
        (Error, By("//eb:ConversationId", Edit::Remove), &["HITS1171-5.2.1.5-2"]),
        (Receipt, By("//eb:Timestamp", Edit::Set("2026-01-15T10:30:20.123+01:00".into())), &[]),
        (Receipt, By("//eb:Timestamp", Edit::Set("2026-01-15T10:30:20".into())), &["HITS1171-5.2.1.10-1"]),
        (Ack, By("//eb:MessageHeader", Edit::Append("<eb:DuplicateElimination/>".into())), &["HITS1171-5.2.1.11-2"]),
        (Error, By("//eb:MessageHeader", Edit::Append("<eb:DuplicateElimination/>".into())), &["HITS1171-5.2.1.11-3"]),
        (Ack, By("//eb:Acknowledgment/eb:Timestamp", Edit::Set("2026-01-15T10:30:20".into())), &["HITS1171-5.2.3.1-1"]),
        (Ack, By("//eb:Acknowledgment/eb:Timestamp", Edit::Remove), &["HITS1171-5.2.3.1-1"]),
        (
            Ack,
            By("//eb:RefToMessageId", Edit::Set("00000000-0000-4000-8000-000000000000".into())),
            &["HITS1171-5.2.3.2-1"],
        ),
        (
            Error,
            By("//eb:RefToMessageId", Edit::Set("00000000-0000-4000-8000-000000000000".into())),
            &["HITS1171-8.3-2"],
        ),
        (
            Ack,
            By("//eb:Acknowledgment/ds:Reference[2]/ds:DigestValue", Edit::Set("AAAA".into())),
            &["HITS1171-5.2.3.3-1"],
        ),
        (Receipt, AgainEdit("//ds:SignedInfo/ds:Reference[2]", Edit::Remove), &["HITS1171-5.2.5-4"]),
        (
            Receipt,
            Again("<ds:Reference URI=\"cid:payload-1@edi.test\">", "<ds:Reference URI=\"cid:payload-9@edi.test\">"),
            &["HITS1171-5.2.5-5", "HITS1172-50"],
        ),
        (Receipt, By("//eb:Service", Edit::Set("LOG_INNLAGT-S".into())), &["HISD1209-3.2-1"]),
        (Receipt, Unsigned("LOG_INNLAGTreceiver</eb:Role>", "LOG_INNLAGTsender</eb:Role>"), &["HISD1209-3.3-1"]),
    ]
}

/// The application receipt: HIS 80415, HITS 1168.
pub fn receipt() -> Vec<Case> {
    vec![
        (
            Receipt,
            Content("2026-01-15T10:29:00</IssueDate>", "2026-01-15T09:29:00Z</IssueDate>"),
            &["HIS80415-2012-3.1-1"],
        ),
        (
            Receipt,
            Content("<OriginalMsgId><MsgType V=\"LOG_INNLAGT\"", "<OriginalMsgId><MsgType V=\"LOG_DOD\""),
            &["HIS80415-2012-3.1-1"],
        ),
        (Receipt, Content("<Name>Pleie og omsorg</Name>", ""), &["HIS80415-2012-3.5-1"]),
        // The whole level: not complete, and not mirrored.
        (
            Receipt,
            Content("<Dept><Name>Medisinsk avdeling</Name><Id>222</Id><TypeId V=\"HER\" DN=\"HER-id\"/></Dept>", ""),
            &["HIS80415-2012-3.5-1", "HITS1168-6.1-1"],
        ),
        (
            Receipt,
            Content("<AdditionalId><Id>310000111</Id><Type V=\"ENH\" DN=\"Organisasjonsnummer\"/></AdditionalId>", ""),
            &["HIS80415-2012-3.5-2"],
        ),
        (
            Receipt,
            Content(
                "<Dept><Name>Medisinsk avdeling</Name><Id>222</Id><TypeId V=\"HER\" DN=\"HER-id\"/></Dept>",
                "<HCPerson><Name>Medisinsk avdeling</Name><Id>222</Id><TypeId V=\"HER\" DN=\"HER-id\"/></HCPerson>",
            ),
            &["HIS80415-2012-3.5-4"],
        ),
        (Receipt, Content("<Id>222</Id>", "<Id>223</Id>"), &["HITS1168-6.1-1"]),
        // A foreign party answers: not the own one, and not the message's receiver.
        (Receipt, Content("<Id>5078</Id>", "<Id>5079</Id>"), &["HITS1168-5.1-1", "HITS1168-6.1-1"]),
        (
            Receipt,
            Content("<Role V=\"PRIM\" DN=\"Primærmottaker\"/>", "<Role V=\"COP\" DN=\"Kopimottaker\"/>"),
            &["HITS1168-6.2-2"],
        ),
        (Receipt, Content("<Role V=\"PRIM\" DN=\"Primærmottaker\"/>", ""), &["HITS1168-6.2-2"]),
        // PLO 1.6 by name, and the general prohibition. In the other version the role has another name.
        (
            Receipt,
            Content("apprec/2012-02-15", "apprec/2004-11-21"),
            &["HITS1168-6.2-1", "HITS1168-8.2-1", "HITS1168-8.3-8"],
        ),
    ]
}
