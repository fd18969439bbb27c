//! Writes envelopes in the effective layout of the profile (ebxml-notes 3.2), unsigned: the signature is
//! put in by [`crate::signature::sign`]. Undeviated output is valid by the OASIS schemas.

use super::Severity;
use super::names::{ACKNOWLEDGMENT, DS, EB, MESSAGE_ERROR, SIGNAL_SERVICE, SOAP, TEST_MARKING, TO_PARTY_MSH, XLINK};
use crate::signature::{self, Reference};
use crate::xml::XmlWriter;

/// One end of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyDraft {
    /// HER-id of the communication party.
    pub her: u32,
    /// Role; required on payload messages, absent on signals (HITS 1171 5.2.1.3).
    pub role: Option<String>,
}

/// The MSH information of HITS 1210, written as JSON into `eb:Description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftwareDraft {
    /// `MSH-system`.
    pub msh: String,
    /// `MSH-versjon`.
    pub msh_version: String,
}

/// What every MessageHeader needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderDraft {
    /// `eb:From`.
    pub from: PartyDraft,
    /// `eb:To`.
    pub to: PartyDraft,
    /// `eb:CPAId`.
    pub cpa_id: String,
    /// `eb:ConversationId`.
    pub conversation_id: String,
    /// `eb:MessageId`.
    pub message_id: String,
    /// `eb:Timestamp`, `CCYY-MM-DDThh:mm:ssZ`.
    pub timestamp: String,
    /// `eb:DuplicateElimination`: required on payload messages (rule 74), forbidden on signals (HIS 1037 table 4.2).
    pub duplicate_elimination: bool,
    /// HITS 1210.
    pub software: Option<SoftwareDraft>,
}

/// A payload of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadDraft {
    /// Content-ID without angle brackets.
    pub content_id: String,
    /// Namespace and version of the fagmelding (HITS 1210 `eb:Schema`).
    pub schema: Option<(String, String)>,
}

/// One entry of an ErrorList.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorDraft {
    /// `eb:errorCode`.
    pub code: String,
    /// `eb:severity`.
    pub severity: Severity,
    /// `eb:location`.
    pub location: Option<String>,
    /// `eb:Description`, in English.
    pub description: String,
}

/// A payload message: Service and Action of HISD 1209.
pub fn payload(header: &HeaderDraft, service: &str, action: &str, payloads: &[PayloadDraft]) -> String {
    let mut out = begin();
    open_header(&mut out, header, &[("eb:type", "kithService")], service, action, None);
    close_header(&mut out, header);
    out.empty(
        "eb:AckRequested",
        &[("SOAP:actor", TO_PARTY_MSH), ("SOAP:mustUnderstand", "1"), ("eb:version", "2.0"), ("eb:signed", "true")],
    );
    out.close();
    out.open("SOAP:Body", &[]).open("eb:Manifest", &[("eb:version", "2.0")]);
    for payload in payloads {
        let href = format!("cid:{}", payload.content_id);
        out.open("eb:Reference", &[("xlink:type", "simple"), ("xlink:href", &href)]);
        if let Some((location, version)) = &payload.schema {
            out.empty("eb:Schema", &[("eb:location", location), ("eb:version", version)]);
        }
        out.close();
    }
    out.finish()
}

/// An acknowledgment of `ref_to`, with copies of the references of the acknowledged signature
/// (HITS 1172 rules 106–117, HITS 1171 5.2.3.3).
pub fn acknowledgment(header: &HeaderDraft, accepted_at: &str, ref_to: &str, references: &[Reference]) -> String {
    let mut out = begin();
    open_header(&mut out, header, &[], SIGNAL_SERVICE, ACKNOWLEDGMENT, None);
    close_header(&mut out, header);
    out.open("eb:Acknowledgment", &[("SOAP:mustUnderstand", "1"), ("eb:version", "2.0")]);
    out.leaf("eb:Timestamp", &[], accepted_at).leaf("eb:RefToMessageId", &[], ref_to);
    for reference in references {
        signature::write_reference(&mut out, reference);
    }
    out.close().close().empty("SOAP:Body", &[]);
    out.finish()
}

/// An ErrorList about `ref_to` (rules 120–123). `ref_to` is absent where the faulty message had no
/// readable MessageId (ebxml-notes 13.28).
pub fn error_list(header: &HeaderDraft, ref_to: Option<&str>, errors: &[ErrorDraft]) -> String {
    let highest = errors.iter().map(|e| e.severity).max().unwrap_or(Severity::Error);
    let mut out = begin();
    open_header(&mut out, header, &[], SIGNAL_SERVICE, MESSAGE_ERROR, ref_to);
    close_header(&mut out, header);
    let attributes = [("SOAP:mustUnderstand", "1"), ("eb:version", "2.0"), ("eb:highestSeverity", highest.code())];
    out.open("eb:ErrorList", &attributes);
    for error in errors {
        let mut attributes = vec![("eb:errorCode", error.code.as_str()), ("eb:severity", error.severity.code())];
        if let Some(location) = &error.location {
            attributes.push(("eb:location", location));
        }
        out.open("eb:Error", &attributes);
        out.leaf("eb:Description", &[("xml:lang", "en")], &error.description).close();
    }
    out.close().close().empty("SOAP:Body", &[]);
    out.finish()
}

/// A SOAP 1.1 Fault: no ebXML header, no signature (HITS 1172 4.2.2.3).
pub fn fault(code: &str, reason: &str) -> String {
    let mut out = XmlWriter::with_declaration();
    out.open("SOAP:Envelope", &[("xmlns:SOAP", SOAP)]).open("SOAP:Body", &[]).open("SOAP:Fault", &[]);
    out.leaf("faultcode", &[], &format!("SOAP:{code}")).leaf("faultstring", &[], reason);
    out.finish()
}

fn begin() -> XmlWriter {
    let mut out = XmlWriter::with_declaration();
    out.open("SOAP:Envelope", &[("xmlns:SOAP", SOAP), ("xmlns:eb", EB), ("xmlns:xlink", XLINK), ("xmlns:ds", DS)]);
    out.open("SOAP:Header", &[]).raw(&format!("<!--{TEST_MARKING}-->"));
    out
}

/// Opens `eb:MessageHeader` and writes its children up to and including MessageData.
fn open_header(
    out: &mut XmlWriter,
    header: &HeaderDraft,
    service_type: &[(&str, &str)],
    service: &str,
    action: &str,
    ref_to: Option<&str>,
) {
    out.open("eb:MessageHeader", &[("SOAP:mustUnderstand", "1"), ("eb:version", "2.0")]);
    for (name, party) in [("eb:From", &header.from), ("eb:To", &header.to)] {
        out.open(name, &[]).leaf("eb:PartyId", &[("eb:type", "HER")], &party.her.to_string());
        if let Some(role) = &party.role {
            out.leaf("eb:Role", &[], role);
        }
        out.close();
    }
    out.leaf("eb:CPAId", &[], &header.cpa_id).leaf("eb:ConversationId", &[], &header.conversation_id);
    out.leaf("eb:Service", service_type, service).leaf("eb:Action", &[], action);
    out.open("eb:MessageData", &[]).leaf("eb:MessageId", &[], &header.message_id);
    out.leaf("eb:Timestamp", &[], &header.timestamp);
    if let Some(ref_to) = ref_to {
        out.leaf("eb:RefToMessageId", &[], ref_to);
    }
    out.close();
}

/// Writes what follows MessageData, and closes `eb:MessageHeader`.
fn close_header(out: &mut XmlWriter, header: &HeaderDraft) {
    if header.duplicate_elimination {
        out.empty("eb:DuplicateElimination", &[]);
    }
    if let Some(software) = &header.software {
        let json = serde_json::json!({ "MSH-system": software.msh, "MSH-versjon": software.msh_version });
        out.leaf("eb:Description", &[("xml:lang", "no")], &json.to_string());
    }
    out.close();
}

#[cfg(test)]
mod tests {
    use super::super::{MessageKind, decode};
    use super::*;

    fn header() -> HeaderDraft {
        HeaderDraft {
            from: PartyDraft { her: 1001, role: None },
            to: PartyDraft { her: 1212, role: None },
            cpa_id: "1001_1212".into(),
            conversation_id: "0f8e7d6c-5b4a-4392-8170-61524334251f".into(),
            message_id: "22222222-2222-4222-8222-222222222222".into(),
            timestamp: "2026-01-15T09:30:20Z".into(),
            duplicate_elimination: false,
            software: Some(SoftwareDraft { msh: "Prøve \"X\"".into(), msh_version: "1".into() }),
        }
    }

    #[test]
    fn reads_back_what_it_writes() {
        let message = decode(
            payload(
                &header(),
                "S-EPIKRISE",
                "EPIKRISE",
                &[PayloadDraft { content_id: "a@b".into(), schema: Some(("urn:x".into(), "1.2".into())) }],
            )
            .as_bytes(),
            None,
        )
        .unwrap();
        assert_eq!(message.kind(), MessageKind::Payload);
        assert!(message.test_marking.is_some() && message.defects.is_empty());
        assert_eq!(message.manifests[0].references[0].href.as_ref().unwrap().value, "cid:a@b");
        let ack = decode(acknowledgment(&header(), "2026-01-15T09:30:19Z", "m0", &[]).as_bytes(), None).unwrap();
        assert_eq!((ack.kind(), ack.about()), (MessageKind::Acknowledgment, Some("m0")));
        let error = ErrorDraft {
            code: "SecurityFailure".into(),
            severity: Severity::Error,
            location: None,
            description: "no".into(),
        };
        let list = decode(error_list(&header(), Some("m0"), &[error]).as_bytes(), None).unwrap();
        assert_eq!((list.kind(), list.about()), (MessageKind::ErrorList, Some("m0")));
        assert_eq!(list.error_lists[0].severity(), Severity::Error);
        assert_eq!(decode(fault("Server", "x").as_bytes(), None).unwrap().kind(), MessageKind::Fault);
    }
}
