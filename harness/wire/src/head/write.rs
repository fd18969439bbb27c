//! Hodemelding to text: what scenarios send.

use super::{MIG_VERSION, NAMESPACE, ORGANISATION_ID_LIST, PERSON_ID_LIST};
use crate::code::Code;
use crate::xml::XmlWriter;

/// A Hodemelding with one document, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadDraft {
    /// `Type` (code list 8279).
    pub message_type: Code,
    /// `GenDate`.
    pub gen_date: String,
    /// `MsgId`.
    pub msg_id: String,
    /// `ConversationRef`: RefToParent and RefToConversation.
    pub conversation_ref: Option<(String, String)>,
    /// `Sender/Organisation`.
    pub sender: OrganisationDraft,
    /// `Receiver/Organisation`.
    pub receiver: OrganisationDraft,
    /// `OtherReceiver` elements: RoleReceiver (code list 8112) and Organisation.
    pub other_receivers: Vec<(Code, OrganisationDraft)>,
    /// `Patient`.
    pub patient: Option<PersonDraft>,
    /// `Document/Consent` (code list 9064).
    pub consent: Option<Code>,
    /// `Document/RefDoc/IssueDate`.
    pub issue_date: Option<String>,
    /// `Document/RefDoc/Id`.
    pub document_id: Option<String>,
    /// XML of the body document, with or without declaration.
    pub document: String,
}

/// `Organisation` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganisationDraft {
    /// `OrganisationName`.
    pub name: String,
    /// `Ident` elements.
    pub idents: Vec<IdentDraft>,
    /// `TeleCom/TeleAddress` values, e.g. `tel:22000000`.
    pub telecoms: Vec<String>,
    /// Nested `Organisation`: the service.
    pub organisation: Option<Box<OrganisationDraft>>,
    /// `HealthcareProfessional`.
    pub healthcare_professional: Option<PersonDraft>,
}

/// `Patient` or `HealthcareProfessional` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonDraft {
    /// `FamilyName`.
    pub family_name: Option<String>,
    /// `MiddleName`.
    pub middle_name: Option<String>,
    /// `GivenName`.
    pub given_name: Option<String>,
    /// `DateOfBirth`, `YYYY-MM-DD`.
    pub date_of_birth: Option<String>,
    /// `Sex`.
    pub sex: Option<Code>,
    /// `Ident` elements.
    pub idents: Vec<IdentDraft>,
}

/// `Ident` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentDraft {
    /// `Id`.
    pub id: String,
    /// `TypeId`.
    pub type_id: Code,
}

impl IdentDraft {
    /// An identifier of an organisation: a code of list 9051, e.g. `HER`, `ENH`.
    pub fn organisation(id: impl Into<String>, kind: &str) -> Self {
        Self { id: id.into(), type_id: Code::cv(ORGANISATION_ID_LIST, kind, name_of(kind)) }
    }

    /// An identifier of a person: a code of list 8116, e.g. `FNR`, `HPR`.
    pub fn person(id: impl Into<String>, kind: &str) -> Self {
        Self { id: id.into(), type_id: Code::cv(PERSON_ID_LIST, kind, name_of(kind)) }
    }
}

/// The display names of the kinds that scenarios use (code lists 8116 and 9051).
fn name_of(kind: &str) -> &str {
    match kind {
        "HER" => "HER-id",
        "ENH" => "Organisasjonsnummeret i Enhetsregister",
        "RSH" => "RESH-ID",
        "FNR" => "Fødselsnummer",
        "DNR" => "D-nummer",
        "HNR" => "H-nummer",
        "FHN" => "Felles hjelpenummer",
        "HPR" => "HPR-nummer",
        other => other,
    }
}

/// Writes a Hodemelding 1.2 with XML declaration, in the order of the schema.
pub fn encode(draft: &HeadDraft) -> String {
    let mut out = XmlWriter::with_declaration();
    out.open("MsgHead", &[("xmlns", NAMESPACE)]).open("MsgInfo", &[]);
    out.empty("Type", &draft.message_type.attributes());
    out.leaf("MIGversion", &[], MIG_VERSION);
    out.leaf("GenDate", &[], &draft.gen_date);
    out.leaf("MsgId", &[], &draft.msg_id);
    if let Some((parent, conversation)) = &draft.conversation_ref {
        out.open("ConversationRef", &[])
            .leaf("RefToParent", &[], parent)
            .leaf("RefToConversation", &[], conversation)
            .close();
    }
    for (name, actor) in [("Sender", &draft.sender), ("Receiver", &draft.receiver)] {
        out.open(name, &[]);
        organisation(&mut out, actor);
        out.close();
    }
    for (role, receiver) in &draft.other_receivers {
        out.open("OtherReceiver", &[]).empty("RoleReceiver", &role.attributes());
        organisation(&mut out, receiver);
        out.close();
    }
    if let Some(patient) = &draft.patient {
        person(&mut out, "Patient", patient);
    }
    out.close();
    document(&mut out, draft);
    out.finish()
}

fn document(out: &mut XmlWriter, draft: &HeadDraft) {
    out.open("Document", &[]);
    if let Some(consent) = &draft.consent {
        out.empty("Consent", &consent.attributes());
    }
    out.open("RefDoc", &[]);
    if let Some(date) = &draft.issue_date {
        out.empty("IssueDate", &[("V", date)]);
    }
    out.empty("MsgType", &Code::cs("XML", "XML-instans").attributes());
    if let Some(id) = &draft.document_id {
        out.leaf("Id", &[], id);
    }
    out.leaf("MimeType", &[], "text/xml");
    out.open("Content", &[]).raw(without_declaration(&draft.document));
}

fn organisation(out: &mut XmlWriter, draft: &OrganisationDraft) {
    out.open("Organisation", &[]);
    out.leaf("OrganisationName", &[], &draft.name);
    idents(out, &draft.idents);
    for telecom in &draft.telecoms {
        out.open("TeleCom", &[]).empty("TeleAddress", &[("V", telecom)]).close();
    }
    if let Some(inner) = &draft.organisation {
        organisation(out, inner);
    }
    if let Some(inner) = &draft.healthcare_professional {
        person(out, "HealthcareProfessional", inner);
    }
    out.close();
}

fn person(out: &mut XmlWriter, name: &str, draft: &PersonDraft) {
    out.open(name, &[]);
    let texts = [
        ("FamilyName", &draft.family_name),
        ("MiddleName", &draft.middle_name),
        ("GivenName", &draft.given_name),
        ("DateOfBirth", &draft.date_of_birth),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            out.leaf(name, &[], value);
        }
    }
    if let Some(sex) = &draft.sex {
        out.empty("Sex", &sex.attributes());
    }
    idents(out, &draft.idents);
    out.close();
}

fn idents(out: &mut XmlWriter, idents: &[IdentDraft]) {
    for ident in idents {
        out.open("Ident", &[]).leaf("Id", &[], &ident.id).empty("TypeId", &ident.type_id.attributes()).close();
    }
}

/// The document without XML declaration: inside another document there can be none.
fn without_declaration(document: &str) -> &str {
    let document = document.trim_start_matches('\u{feff}').trim();
    match document.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.trim_start(),
        None => document,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Level, decode};
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let enterprise = |her: u32, service: u32| OrganisationDraft {
            name: "Fjordbyen <&> sykehus".into(),
            idents: vec![
                IdentDraft::organisation(her.to_string(), "HER"),
                IdentDraft::organisation("310000000", "ENH"),
            ],
            organisation: Some(Box::new(OrganisationDraft {
                name: "Avdeling".into(),
                idents: vec![IdentDraft::organisation(service.to_string(), "HER")],
                ..OrganisationDraft::default()
            })),
            ..OrganisationDraft::default()
        };
        let draft = HeadDraft {
            message_type: Code::cs("LOG_INNLAGT", "Melding om innlagt pasient"),
            gen_date: "2026-01-01T10:00:00".into(),
            msg_id: "m1".into(),
            conversation_ref: Some(("p".into(), "c".into())),
            sender: enterprise(10, 11),
            receiver: enterprise(20, 21),
            other_receivers: vec![(Code::cs("COP", "Kopimottaker"), enterprise(30, 31))],
            patient: Some(PersonDraft {
                given_name: Some("Line".into()),
                family_name: Some("Danser".into()),
                sex: Some(Code::cs("2", "Kvinne")),
                idents: vec![IdentDraft::person("13116900216", "FNR")],
                ..PersonDraft::default()
            }),
            consent: None,
            issue_date: None,
            document_id: None,
            document: "<?xml version=\"1.0\"?>\n<a xmlns=\"urn:a\">æ</a>".into(),
        };
        let head = decode(encode(&draft).as_bytes()).unwrap();
        assert!(head.defects.is_empty());
        assert_eq!((head.message_function(), head.msg_id()), (Some("LOG_INNLAGT"), Some("m1")));
        assert_eq!(head.sender().unwrap().her_of(Level::Enterprise), Some(10));
        assert_eq!(head.receiver().unwrap().her_of(Level::Party), Some(21));
        let info = head.info.as_ref().unwrap();
        assert_eq!(info.other_receivers[0].her_of(Level::Party), Some(31));
        let patient = info.patient.as_ref().unwrap();
        assert_eq!(patient.full_name().as_deref(), Some("Line Danser"));
        assert_eq!(patient.id_of("FNR").unwrap().value, "13116900216");
        assert_eq!((head.body_namespace(), head.body().unwrap().name.as_str()), (Some("urn:a"), "a"));
        assert_eq!(info.conversation_ref.as_ref().unwrap().ref_to_parent.as_ref().unwrap().value, "p");
    }
}
