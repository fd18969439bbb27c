//! What is written: one change, and exactly the ids that it violates.
//!
//! Where several ids stand beside a change, the standards say the same thing in several places, or the change
//! breaks several things by its nature; the comment says which.

use crate::play::Change::{
    self, AgainEdit, Binary, Carrier, Clear, Edit as By, Entity, Instead, Latin1, NoAttachment, Sha1, Signed,
    SignedEdit, Unsigned, Wrapped,
};
use crate::play::On::{self, Ack, Error, Receipt};
use wire::xml::Edit;

/// A change in one message of the subject's, and what is then violated.
pub type Case = (On, Change, &'static [&'static str]);

const HEADER: &str = "/SOAP:Envelope/SOAP:Header/eb:MessageHeader";

/// MIME: HITS 1172 5.5.2.
pub fn mime() -> Vec<Case> {
    vec![
        (Ack, Entity("MIME-Version: 1.0\r\n", ""), &["HITS1172-21"]),
        (Ack, Entity("MIME-Version: 1.0", "MIME-Version: 2.0"), &["HITS1172-82"]),
        (Ack, Entity("MIME-Version: 1.0", "MIME-Version: 1.0 (made by hand)"), &[]),
        (Ack, Entity("SOAPAction: \"ebXML\"\r\n", ""), &["HITS1172-22"]),
        (Receipt, Entity("\"ebXML\"", "\"ebxml\""), &["HITS1172-51"]),
        (Ack, Entity("\"ebXML\"", "ebXML"), &[]),
        (Ack, Entity("\"ebXML\"", "\"\""), &["HITS1172-51"]),
        (Ack, Entity("text/xml; charset=UTF-8", "text/plain; charset=UTF-8"), &["HITS1172-252"]),
        (Ack, Entity("text/xml; charset=UTF-8", "application/soap+xml"), &["HITS1172-66"]),
        (Receipt, Entity("multipart/related;", "multipart/mixed;"), &["HITS1172-66"]),
        (Receipt, Entity(" type=\"text/xml\";", ""), &["HITS1172-253"]),
        (Receipt, Entity("type=\"text/xml\"", "type=\"application/xml\""), &["HITS1172-253"]),
        (Receipt, Entity("start=\"<soap-part>\"", "start=\"<other>\""), &["HITS1172-5.5.2.2-u1"]),
        (Receipt, Entity("; start=\"<soap-part>\"", ""), &[]),
        (
            Receipt,
            Entity("type=\"text/xml\"; start=\"<soap-part>\"", "type=\"text/xml\"; start=\"<payload-1@edi.test>\""),
            &["HITS1172-5.5.2.2-u1"],
        ),
        (
            Receipt,
            Entity(
                "Content-ID: <soap-part>\r\nContent-Type: text/xml; charset=UTF-8",
                "Content-ID: <soap-part>\r\nContent-Type: application/xml",
            ),
            &["HITS1172-255"],
        ),
        (Receipt, Entity("text/xml; charset=UTF-8", "text/xml; charset=ISO-8859-1"), &["HITS1172-256"]),
        (Receipt, Entity("text/xml; charset=UTF-8", "text/xml; charset=utf-8"), &[]),
        (Receipt, Entity("text/xml; charset=UTF-8", "text/xml"), &[]),
        (Receipt, Entity("Content-Transfer-Encoding: 8bit\r\n", ""), &["HITS1172-257"]),
        (Ack, Entity("Content-Transfer-Encoding: 8bit\r\n", ""), &[]),
        (Receipt, Entity("Content-Transfer-Encoding: 8bit", "Content-Transfer-Encoding: 7bit"), &["HITS1172-258"]),
        (Receipt, Entity("Content-Transfer-Encoding: 8bit", "Content-Transfer-Encoding: 8BIT"), &[]),
        (
            Receipt,
            Entity("application/pkcs7-mime; smime-type=enveloped-data", "application/pkcs7-mime"),
            &["HITS1172-260"],
        ),
        (
            Receipt,
            Entity("application/pkcs7-mime; smime-type=enveloped-data", "application/octet-stream"),
            &["HITS1172-260"],
        ),
        // The signal in a needless multipart is no error by itself (5.5.2.1), but not what 5.2 advises.
        (Ack, Wrapped(false), &["HITS1172-5.2-p6"]),
        (Ack, Wrapped(true), &["HITS1172-4.2.2-p3", "HITS1172-5.2-p6"]),
        (Receipt, Binary, &["HITS1172-259"]),
        (Receipt, Clear, &["HITS1171-6-2"]),
        (Ack, Instead(SOAP_ALONE), &["HITS1172-67"]),
    ]
}

/// A multipart/related without any SOAP part.
const SOAP_ALONE: &str = "MIME-Version: 1.0\r\nSOAPAction: \"ebXML\"\r\nContent-Type: multipart/related; type=\"text/xml\"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pkcs7-mime\r\n\r\nhei\r\n--b--\r\n";

/// XML and SOAP: 5.6, 5.7.
pub fn soap() -> Vec<Case> {
    vec![
        (Ack, Signed("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""), &["HITS1172-78"]),
        (Ack, Signed("encoding=\"UTF-8\"", "encoding=\"utf-8\""), &[]),
        (Ack, Signed(" encoding=\"UTF-8\"", ""), &["HITS1172-78"]),
        (Ack, Latin1, &["HITS1172-68"]),
        (
            Ack,
            Instead(
                "MIME-Version: 1.0\r\nSOAPAction: \"ebXML\"\r\nContent-Type: text/xml; charset=UTF-8\r\n\r\n<?xml version=\"1.0\" encoding=\"UTF-8\"?><a xmlns=\"urn:x\"/>",
            ),
            &["HITS1172-86"],
        ),
        (
            Ack,
            Instead(
                "MIME-Version: 1.0\r\nSOAPAction: \"ebXML\"\r\nContent-Type: text/xml; charset=UTF-8\r\n\r\n<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Header xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"/>",
            ),
            &["HITS1172-43"],
        ),
        (Ack, Signed("</SOAP:Body>", ""), &["HITS1172-5.6-p1"]),
        (Ack, SignedEdit("/SOAP:Envelope/SOAP:Header", Edit::Remove), &["HITS1172-2"]),
        (Ack, By("/SOAP:Envelope/SOAP:Body", Edit::Remove), &["HITS1172-3"]),
        (
            Ack,
            By("/SOAP:Envelope/SOAP:Header", Edit::Append("<x:Y xmlns:x=\"urn:x\" SOAP:mustUnderstand=\"1\"/>".into())),
            &["HITS1172-100"],
        ),
        (Ack, By("/SOAP:Envelope/SOAP:Header", Edit::Append("<x:Y xmlns:x=\"urn:x\"/>".into())), &[]),
        (
            Ack,
            By("/SOAP:Envelope/SOAP:Header", Edit::Append("<eb:MessageOrder SOAP:mustUnderstand=\"1\"/>".into())),
            &[],
        ),
        (Ack, By("/SOAP:Envelope/SOAP:Body", Edit::Append("<x:Y xmlns:x=\"urn:x\"/>".into())), &["HITS1172-101"]),
        (Ack, Carrier("mail"), &["HITS1172-18", "HITS1172-19", "HITS1172-20", "HITS1172-250"]),
    ]
}

/// SyncReply over mail.
pub fn sync_reply() -> Vec<(On, Change)> {
    let block = Edit::Append("<eb:SyncReply SOAP:mustUnderstand=\"1\" eb:version=\"2.0\" SOAP:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"/>".into());
    vec![(Ack, By("/SOAP:Envelope/SOAP:Header", block))]
}

/// The message header: 5.2, 5.8.
pub fn header() -> Vec<Case> {
    vec![
        // One missing block: its own rule, and the sentence that sums up what is always there.
        (Ack, By(HEADER, Edit::Remove), &["HITS1172-4", "HITS1172-5.2-p2"]),
        (Ack, By(HEADER, Edit::Duplicate), &["HITS1172-5.2-p2"]),
        (
            Ack,
            Unsigned(
                "<eb:MessageHeader SOAP:mustUnderstand=\"1\" eb:version=\"2.0\">",
                "<eb:MessageHeader SOAP:mustUnderstand=\"1\">",
            ),
            &["HITS1172-8"],
        ),
        (Ack, Unsigned("eb:version=\"2.0\"", "eb:version=\"1.0\""), &["HITS1172-70"]),
        (Ack, Unsigned("<eb:MessageHeader SOAP:mustUnderstand=\"1\"", "<eb:MessageHeader"), &["HITS1172-7"]),
        (
            Ack,
            Unsigned("<eb:MessageHeader SOAP:mustUnderstand=\"1\"", "<eb:MessageHeader SOAP:mustUnderstand=\"0\""),
            &["HITS1172-69"],
        ),
        (
            Ack,
            Unsigned("<eb:MessageHeader SOAP:mustUnderstand=\"1\"", "<eb:MessageHeader SOAP:mustUnderstand=\"true\""),
            &[],
        ),
        (Ack, By("//eb:MessageId", Edit::Remove), &["HITS1172-76"]),
        (Ack, Unsigned("<eb:MessageId>", "<eb:MessageId> "), &["HITS1172-102"]),
        (Ack, By("//eb:MessageId", Edit::Set(String::new())), &["HITS1172-102"]),
        (Ack, By("//eb:MessageId", Edit::Set("20260115-1@edi.test".into())), &[]),
        (Ack, By("//eb:MessageId", Edit::Set("4711".into())), &["HITS1172-102"]),
        (
            Ack,
            By("/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:MessageData/eb:Timestamp", Edit::Remove),
            &["HITS1172-77"],
        ),
        // Both are in it.
        (Ack, By("//eb:MessageData", Edit::Remove), &["HITS1172-76", "HITS1172-77"]),
        (Ack, By("//eb:CPAId", Edit::Remove), &["HITS1172-11"]),
        // Not the default form, and another CPAId than that of the message.
        (Ack, By("//eb:CPAId", Edit::Set("5078_222".into())), &["HITS1171-5.2.1.4-2", "HITS1172-12"]),
        (Receipt, By("//eb:CPAId", Edit::Set("5078_222".into())), &["HITS1172-12"]),
        (Receipt, By("//eb:CPAId", Edit::Set("959925496_991668721_42".into())), &["HITS1172-12"]),
        (Receipt, By("//eb:CPAId", Edit::Set("222_5078_7".into())), &[]),
        (Receipt, By("//eb:CPAId", Edit::Set("5d0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11".into())), &[]),
        (Receipt, By("//eb:CPAId", Edit::Set("nav:test:XX99".into())), &[]),
        (Receipt, By("//eb:CPAId", Edit::Set(String::new())), &["HITS1172-12"]),
        (Receipt, By("//eb:From", Edit::Remove), &["HITS1172-10"]),
        (Receipt, By("//eb:To", Edit::Remove), &["HITS1172-9"]),
        (Receipt, By("//eb:From/eb:PartyId", Edit::Remove), &["HITS1172-58"]),
        (Receipt, By("//eb:To/eb:PartyId", Edit::Remove), &["HITS1172-59"]),
        (Receipt, By("//eb:From/eb:PartyId", Edit::Set(" ".into())), &["HITS1172-25"]),
        (Receipt, By("//eb:To/eb:PartyId", Edit::Set(String::new())), &["HITS1172-55"]),
        (Receipt, By("//eb:From/eb:PartyId/@eb:type", Edit::Set("ENH".into())), &["HITS1172-60"]),
        (Receipt, By("//eb:To/eb:PartyId/@eb:type", Edit::Set("ENH".into())), &["HITS1172-61"]),
        (
            Receipt,
            By("//eb:From", Edit::Append("<eb:PartyId eb:type=\"HER\">5079</eb:PartyId>".into())),
            &["HITS1172-14"],
        ),
        (Receipt, By("//eb:To", Edit::Append("<eb:PartyId eb:type=\"HER\">223</eb:PartyId>".into())), &["HITS1172-13"]),
        (Receipt, By("//eb:From", Edit::Append("<eb:PartyId eb:type=\"ENH\">310000027</eb:PartyId>".into())), &[]),
        (Receipt, By("//eb:From/eb:PartyId", Edit::Set("50 78".into())), &["HITS1172-31"]),
        (Receipt, By("//eb:To/eb:PartyId", Edit::Set("222a".into())), &["HITS1172-56"]),
        (Receipt, By("//eb:Service", Edit::Remove), &["HITS1172-47"]),
        (Receipt, By("//eb:Service", Edit::Set(String::new())), &["HITS1172-71"]),
        (Receipt, By("//eb:Action", Edit::Remove), &["HITS1172-48"]),
        (Receipt, By("//eb:Action", Edit::Set(" ".into())), &["HITS1172-72"]),
    ]
}

const SIGNATURE: &str = "/SOAP:Envelope/SOAP:Header/ds:Signature";

/// The signature: 5.10.
pub fn signature() -> Vec<Case> {
    vec![
        (Ack, SignedEdit(SIGNATURE, Edit::Remove), &["HITS1172-45", "HITS1172-5.2-p2"]),
        (Ack, SignedEdit(SIGNATURE, Edit::Duplicate), &["HITS1172-5.2-p2", "HITS1172-52"]),
        (Ack, SignedEdit("//ds:SignedInfo", Edit::Remove), &["HITS1172-363"]),
        (Ack, SignedEdit("//ds:SignatureValue", Edit::Remove), &["HITS1172-42"]),
        (Ack, SignedEdit("//ds:KeyInfo", Edit::Remove), &["HITS1172-32"]),
        (Ack, SignedEdit("//ds:SignedInfo/ds:Reference", Edit::Remove), &["HITS1172-39"]),
        (Ack, SignedEdit("//ds:SignedInfo/ds:Reference/@URI", Edit::Set("cid:x".into())), &["HITS1172-40"]),
        // The payload is signed by no reference any more, and the manifest's cid is not among those signed.
        (Receipt, AgainEdit("//ds:SignedInfo/ds:Reference[2]/@URI", Edit::Set("#payload".into())), &["HITS1172-34"]),
    ]
}

/// The signature: algorithms, certificate, proof.
pub fn proof() -> Vec<Case> {
    vec![
        (Receipt, Sha1, &["HITS1172-33", "HITS1172-84"]),
        (Ack, SignedEdit("//ds:SignatureMethod/@Algorithm", Edit::Remove), &["HITS1172-84"]),
        // Without the first transform the digest would have to cover itself.
        (
            Ack,
            SignedEdit(
                "//ds:SignedInfo/ds:Reference/ds:Transforms/ds:Transform[1]/@Algorithm",
                Edit::Set("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments".into()),
            ),
            &["HITS1172-37", "HITS1172-50"],
        ),
        (
            Ack,
            AgainEdit(
                "//ds:SignedInfo/ds:Reference/ds:Transforms/ds:Transform[2]/@Algorithm",
                Edit::Set("http://www.w3.org/2001/10/xml-exc-c14n#".into()),
            ),
            &["HITS1172-36"],
        ),
        (
            Ack,
            AgainEdit(
                "//ds:SignedInfo/ds:Reference/ds:Transforms/ds:Transform[3]/@Algorithm",
                Edit::Set("http://www.w3.org/2001/10/xml-exc-c14n#".into()),
            ),
            &["HITS1172-35"],
        ),
        (Ack, AgainEdit("//ds:SignedInfo/ds:Reference/ds:Transforms/ds:Transform[2]", Edit::Remove), &["HITS1172-38"]),
        (Ack, SignedEdit("//ds:X509Data", Edit::Remove), &["HITS1172-41"]),
        (Ack, SignedEdit("//ds:SignedInfo/ds:Reference/ds:DigestValue", Edit::Remove), &["HITS1172-64"]),
        (Ack, SignedEdit("//ds:SignedInfo/ds:Reference/@URI", Edit::Remove), &["HITS1172-85"]),
        (Ack, SignedEdit("//ds:X509Certificate", Edit::Remove), &["HITS1172-103"]),
        (Ack, SignedEdit("//ds:X509Certificate", Edit::Duplicate), &["HITS1172-65"]),
        (Ack, SignedEdit("//ds:X509Certificate", Edit::Set("AAAA".into())), &["HITS1172-46"]),
        (
            Ack,
            By(
                "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:MessageData/eb:Timestamp",
                Edit::Set("2019-12-31T23:00:00Z".into()),
            ),
            &["HITS1172-104"],
        ),
        (
            Ack,
            By(
                "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:MessageData/eb:Timestamp",
                Edit::Set("2050-01-01T01:00:00Z".into()),
            ),
            &["HITS1172-105"],
        ),
    ]
}

/// Time and proof.
pub fn validity() -> Vec<Case> {
    vec![
        // Without zone it is a finding of its own, and so near the limit nothing is said about validity.
        (
            Ack,
            By(
                "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:MessageData/eb:Timestamp",
                Edit::Set("2019-12-31T23:00:00".into()),
            ),
            &["HITS1171-5.2.1.10-1"],
        ),
        (
            Ack,
            SignedEdit(
                "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:MessageData/eb:Timestamp",
                Edit::Set("2026-01-15T09:30:21Z".into()),
            ),
            &["HITS1172-50"],
        ),
        (
            Receipt,
            Entity("Content-Transfer-Encoding: base64\r\n\r\n", "Content-Transfer-Encoding: base64\r\n\r\nAAAA"),
            &["HITS1172-50"],
        ),
    ]
}

/// Signals: 5.12, 5.13.
pub fn signals() -> Vec<Case> {
    vec![
        (Ack, By("//eb:Service", Edit::Set("S-LOG_INNLAGT".into())), &["HITS1172-106"]),
        (Ack, By("//eb:Action", Edit::Set("Acknowledgement".into())), &["HITS1172-107"]),
        // It refers to nothing: then the message has no answer either, which is told as missing, not as violated.
        (Ack, By("//eb:RefToMessageId", Edit::Remove), &["HITS1172-108"]),
        (
            Ack,
            By(
                "//eb:MessageData",
                Edit::Append("<eb:RefToMessageId>5d0c9b5e-6f0a-4a55-9d4c-000000000002</eb:RefToMessageId>".into()),
            ),
            &["HITS1172-109"],
        ),
        (Ack, By("//eb:MessageData", Edit::Append("<eb:RefToMessageId/>".into())), &[]),
        (
            Ack,
            By(
                "/SOAP:Envelope/SOAP:Header",
                Edit::Append(
                    "<eb:ErrorList SOAP:mustUnderstand=\"1\" eb:version=\"2.0\" eb:highestSeverity=\"Warning\"/>"
                        .into(),
                ),
            ),
            &["HITS1172-115"],
        ),
        (Ack, By("//eb:Acknowledgment/ds:Reference[1]", Edit::Remove), &["HITS1172-116"]),
        (Ack, By("//eb:Acknowledgment/ds:Reference[2]", Edit::Remove), &["HITS1172-117"]),
        (Ack, By("//eb:Acknowledgment", Edit::Duplicate), &["HITS1172-5.2-p4"]),
        (Error, By("//eb:Service", Edit::Set("S-LOG_INNLAGT".into())), &["HITS1172-120"]),
        (Error, By("//eb:Action", Edit::Set("Error".into())), &["HITS1172-121"]),
        (Error, By("//eb:RefToMessageId", Edit::Remove), &["HITS1172-122"]),
        (
            Error,
            By(
                "/SOAP:Envelope/SOAP:Header",
                Edit::Append("<eb:Acknowledgment SOAP:mustUnderstand=\"1\" eb:version=\"2.0\"/>".into()),
            ),
            &["HITS1172-123"],
        ),
        (Error, By("//eb:ErrorList", Edit::Duplicate), &["HITS1172-5.2-p5"]),
    ]
}

/// Payload messages: 5.14, HITS 1210.
pub fn payload() -> Vec<Case> {
    vec![
        (Receipt, By("//eb:DuplicateElimination", Edit::Remove), &["HITS1172-74"]),
        (Receipt, By("//eb:AckRequested", Edit::Remove), &["HITS1172-5.2-p3", "HITS1172-75"]),
        (Receipt, By("//eb:AckRequested/@SOAP:mustUnderstand", Edit::Remove), &["HITS1172-5.14.2-u1"]),
        (Receipt, By("//eb:AckRequested/@SOAP:mustUnderstand", Edit::Set("0".into())), &["HITS1172-5.14.2-u2"]),
        (Receipt, By("//eb:AckRequested/@eb:signed", Edit::Set("0".into())), &["HITS1172-94"]),
        (Receipt, By("//eb:AckRequested/@eb:signed", Edit::Set("1".into())), &[]),
        (Receipt, By("//eb:Manifest/@eb:version", Edit::Set("1.0".into())), &["HITS1172-5"]),
        (Receipt, NoAttachment, &["HITS1172-27"]),
        (Receipt, By("//eb:Manifest/eb:Reference", Edit::Remove), &["HITS1172-6"]),
        (Receipt, By("//eb:Manifest/eb:Reference/@xlink:href", Edit::Set(String::new())), &["HITS1172-5.14.3-u1"]),
        // The cid of the manifest is not that of the signature either.
        (
            Receipt,
            By("//eb:Manifest/eb:Reference/@xlink:href", Edit::Set("cid:other".into())),
            &["HITS1171-5.2.5-5", "HITS1172-23"],
        ),
        (
            Receipt,
            By("//eb:Manifest/eb:Reference/@xlink:href", Edit::Set("cid:soap-part".into())),
            &["HITS1171-5.2.5-5", "HITS1172-5.14.3-p1"],
        ),
        (Receipt, By("//eb:Manifest", Edit::Remove), &["HITS1172-5.14.3-p1", "HITS1172-5.2-p3"]),
        (Receipt, Entity("Content-ID: <payload-1@edi.test>", "Content-ID: <payload-2@edi.test>"), &["HITS1172-23"]),
        (
            Ack,
            By(
                "/SOAP:Envelope/SOAP:Header",
                Edit::Append(
                    "<eb:AckRequested SOAP:mustUnderstand=\"1\" eb:version=\"2.0\" eb:signed=\"true\"/>".into(),
                ),
            ),
            &["HITS1172-5.14.2-p1"],
        ),
        (
            Error,
            By(
                "/SOAP:Envelope/SOAP:Header",
                Edit::Append(
                    "<eb:AckRequested SOAP:mustUnderstand=\"1\" eb:version=\"2.0\" eb:signed=\"true\"/>".into(),
                ),
            ),
            &["HITS1172-5.14.2-p2"],
        ),
        (
            Ack,
            By("/SOAP:Envelope/SOAP:Body", Edit::Append("<eb:Manifest eb:version=\"2.0\"/>".into())),
            &["HITS1172-5.14.3-p2"],
        ),
        (
            Error,
            By("/SOAP:Envelope/SOAP:Body", Edit::Append("<eb:Manifest eb:version=\"2.0\"/>".into())),
            &["HITS1172-5.14.3-p3"],
        ),
        (Receipt, By("//eb:Schema/@eb:location", Edit::Set(String::new())), &["HITS1172-265"]),
        (Receipt, By("//eb:Schema/@eb:version", Edit::Remove), &["HITS1172-266"]),
        (Receipt, Unsigned("&quot;MSH-system&quot;:", "&quot;system&quot;:"), &["HITS1172-271"]),
        (Receipt, Unsigned("&quot;MSH-versjon&quot;:", "&quot;versjon&quot;:"), &["HITS1172-272"]),
        (Receipt, Unsigned("&quot;Prøvemelder&quot;", "&quot;&quot;"), &["HITS1172-273"]),
        (Receipt, Unsigned("&quot;3.1&quot;", "3.1"), &["HITS1172-274"]),
        (Receipt, By("//eb:MessageHeader/eb:Description", Edit::Remove), &["HITS1172-279"]),
        (Receipt, By("//eb:Schema", Edit::Remove), &["HITS1172-279"]),
        (Ack, By("//eb:MessageHeader/eb:Description", Edit::Remove), &["HITS1210-2"]),
        (Ack, Unsigned("&quot;3.1&quot;}", "&quot;3.1&quot;,}"), &["HITS1210-6.2.2-1"]),
    ]
}
