//! Fills message templates with the cast's data: hodemelding around a body document.

use crate::cast::{CastParty, CodeName, Patient};
use crate::yaml::{Mistakes, Reader};
use jiff::{Span, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;
use wire::code::Code;
use wire::head::{self, HeadDraft, IdentDraft, OrganisationDraft, PersonDraft, TemplateError};
use wire::identifier::{NationalId, NationalIdError};

/// Code list 9064, consent.
const CONSENT: &str = "2.16.578.1.12.4.1.1.9064";

/// What stands around a template.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageType {
    /// MsgInfo/Type.
    pub function: String,
    /// Its display name.
    pub name: String,
    /// Version of the message.
    pub version: String,
    /// Root element of the body.
    pub root: String,
    /// Namespace of the body.
    pub namespace: String,
    /// Consent.
    pub consent: CodeName,
    /// Version of the AppRec that answers it.
    pub apprec: String,
}

/// The message types that can be sent, with their templates.
#[derive(Debug, Clone)]
pub struct MessageTypes(BTreeMap<String, (MessageType, String)>);

impl MessageTypes {
    /// Reads the table; `template` gives the text of a template by name.
    ///
    /// # Errors
    /// [`Mistakes`].
    pub fn parse(file: &str, text: &str, template: &dyn Fn(&str) -> Option<String>) -> Result<Self, Mistakes> {
        let (mut reader, root) = Reader::parse(file, text)?;
        let table: Option<BTreeMap<String, MessageType>> = reader.read(&root);
        let mut types = BTreeMap::new();
        for (name, kind) in table.unwrap_or_default() {
            match template(&name) {
                Some(text) => drop(types.insert(name, (kind, text))),
                None => reader.mistake(root.line, root.column, 1, format!("there is no template {name}.xml")),
            }
        }
        if reader.is_clean() { Ok(Self(types)) } else { Err(reader.into_mistakes()) }
    }

    /// A type by name, e.g. `LOG_INNLAGT@1.6`.
    pub fn get(&self, name: &str) -> Option<&MessageType> {
        self.0.get(name).map(|(kind, _)| kind)
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Why a message cannot be filled.
#[derive(Debug, Error)]
pub enum MessageError {
    /// No such type.
    #[error("there is no template for `{0}`")]
    Unknown(String),
    /// A placeholder has no value.
    #[error("failed to fill the template of `{name}`")]
    Fill {
        /// The type.
        name: String,
        /// Why.
        #[source]
        source: TemplateError,
    },
    /// The identity number is none.
    #[error("the patient's identity number is none")]
    Id(#[from] NationalIdError),
    /// The identity number might be a real person's.
    #[error("identity number {0} is neither synthetic nor one of the official test persons; nothing is sent about it")]
    RealPerson(NationalId),
}

/// Who and what a message is about.
#[derive(Debug, Clone)]
pub struct Filling<'a> {
    /// Type name, e.g. `LOG_INNLAGT@1.6`.
    pub message: &'a str,
    /// Sender.
    pub from: &'a CastParty,
    /// Receiver.
    pub to: &'a CastParty,
    /// Patient.
    pub patient: &'a Patient,
    /// MsgId.
    pub msg_id: &'a str,
    /// MsgId of the message that it answers: the first of its dialogue (HIS 80601 5, ConversationRef).
    pub answers: Option<&'a str>,
    /// The moment; GenDate.
    pub now: Timestamp,
}

impl MessageTypes {
    /// A complete hodemelding. Synthetic people only: this is the outgoing door.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn fill(&self, filling: &Filling<'_>) -> Result<String, MessageError> {
        let unknown = || MessageError::Unknown(filling.message.to_owned());
        let (kind, template) = self.0.get(filling.message).ok_or_else(unknown)?;
        let id: NationalId = filling.patient.id.parse()?;
        if !id.is_synthetic() && !id.is_official_test_person() {
            return Err(MessageError::RealPerson(id));
        }
        let values = values(filling);
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let fill = |source| MessageError::Fill { name: filling.message.to_owned(), source };
        let document = head::fill(template, &values).map_err(fill)?;
        let draft = HeadDraft {
            message_type: Code::cs(&kind.function, &kind.name),
            gen_date: stamp(filling.now),
            msg_id: filling.msg_id.to_owned(),
            conversation_ref: filling.answers.map(|id| (id.to_owned(), id.to_owned())),
            sender: organisation(filling.from),
            receiver: organisation(filling.to),
            other_receivers: Vec::new(),
            patient: Some(patient(filling.patient)),
            consent: Some(Code::cv(CONSENT, &kind.consent.code, &kind.consent.name)),
            issue_date: None,
            document_id: None,
            document,
        };
        Ok(head::encode(&draft))
    }
}

/// `CCYY-MM-DDThh:mm:ssZ`.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The Date of a mail (RFC 5322 3.3).
pub(crate) fn stamp_mail(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

fn values(filling: &Filling<'_>) -> Vec<(&'static str, String)> {
    let service = &filling.from.service;
    let responsible = &filling.from.responsible;
    // Hours suffice: the templates only need moments in a sensible order around now.
    let at = |hours: i64| {
        let moment = filling.now.checked_add(Span::new().hours(hours)).unwrap_or(filling.now);
        moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    };
    let year: i32 = filling.now.strftime("%Y").to_string().parse().unwrap_or(2026);
    vec![
        ("unit_name", service.name.clone()),
        ("unit_her", service.her.to_string()),
        ("unit_number", filling.from.organisation.number.clone().unwrap_or_default()),
        ("unit_phone", service.phone.clone().unwrap_or_else(|| "00000000".to_owned())),
        ("responsible_family_name", responsible.family_name.clone()),
        ("responsible_given_name", responsible.given_name.clone()),
        ("responsible_hpr", responsible.hpr.clone()),
        ("admitted_at", at(-48)),
        ("discharged_at", at(-2)),
        ("medicine_given_at", at(-3)),
        ("control_at", at(14 * 24)),
        ("discharged_on", at(-2)[..10].to_owned()),
        ("child_birth_year", (year - 9).to_string()),
        ("document_id", filling.msg_id.to_owned()),
    ]
}

fn organisation(party: &CastParty) -> OrganisationDraft {
    let number = party.organisation.number.as_ref().map(|number| IdentDraft::organisation(number, "ENH"));
    let her = IdentDraft::organisation(party.organisation.her.to_string(), "HER");
    OrganisationDraft {
        name: party.organisation.name.clone(),
        idents: std::iter::once(her).chain(number).collect(),
        organisation: Some(Box::new(OrganisationDraft {
            name: party.service.name.clone(),
            idents: vec![IdentDraft::organisation(party.service.her.to_string(), "HER")],
            ..OrganisationDraft::default()
        })),
        ..OrganisationDraft::default()
    }
}

fn patient(patient: &Patient) -> PersonDraft {
    PersonDraft {
        family_name: Some(patient.family_name.clone()),
        given_name: Some(patient.given_name.clone()),
        date_of_birth: Some(patient.date_of_birth.clone()),
        sex: Some(Code::cs(&patient.sex.code, &patient.sex.name)),
        idents: vec![IdentDraft::person(&patient.id, &patient.kind)],
        ..PersonDraft::default()
    }
}
