//! What a Hodemelding holds. What is absent is `None` or empty; what occurs too often is a defect.

use crate::code::Coded;
use crate::defect::Defect;
use crate::identifier::HerId;
use crate::place::{Located, Place};
use crate::xml::{Declaration, Encoding};

/// A decoded Hodemelding.
#[derive(Debug, Clone, PartialEq)]
pub struct MsgHead {
    /// The XML declaration.
    pub declaration: Option<Declaration>,
    /// How the document was encoded.
    pub encoding: Encoding,
    /// Name of the root element.
    pub root: Located<String>,
    /// `MsgInfo`.
    pub info: Option<MsgInfo>,
    /// `Document` elements, those inside `PatientReport` included.
    pub documents: Vec<Document>,
    /// `PatientReport` elements.
    pub patient_reports: Vec<Place>,
    /// What was found wrong while reading.
    pub defects: Vec<Defect>,
}

/// `MsgInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MsgInfo {
    /// Where.
    pub place: Place,
    /// `Type` (code list 8279): the message's function.
    pub message_type: Option<Coded>,
    /// `MIGversion`.
    pub mig_version: Option<Located<String>>,
    /// `GenDate`.
    pub gen_date: Option<Located<String>>,
    /// `MsgId`.
    pub msg_id: Option<Located<String>>,
    /// `ProcessingStatus`.
    pub processing_status: Option<Coded>,
    /// `RequestedPriority`.
    pub requested_priority: Option<Coded>,
    /// `Ack` (code list 7304), not in use any more.
    pub ack: Option<Coded>,
    /// `ConversationRef`.
    pub conversation_ref: Option<ConversationRef>,
    /// `Sender`.
    pub sender: Option<Actor>,
    /// `Receiver`.
    pub receiver: Option<Actor>,
    /// `OtherReceiver` elements.
    pub other_receivers: Vec<OtherReceiver>,
    /// `Patient`.
    pub patient: Option<Person>,
}

/// `ConversationRef`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationRef {
    /// Where.
    pub place: Place,
    /// `RefToParent`: MsgId of the message that is answered.
    pub ref_to_parent: Option<Located<String>>,
    /// `RefToConversation`: MsgId of the first message of the conversation.
    pub ref_to_conversation: Option<Located<String>>,
}

/// `Sender` or `Receiver`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// Where.
    pub place: Place,
    /// `ComMethod`.
    pub com_method: Option<Coded>,
    /// `Organisation`, level 1.
    pub organisation: Option<Organisation>,
}

/// `OtherReceiver`: a choice of four; what is there is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherReceiver {
    /// Where.
    pub place: Place,
    /// `ComMethod`.
    pub com_method: Option<Coded>,
    /// `RoleReceiver` (code list 8112), e.g. COP.
    pub role: Option<Coded>,
    /// `Organisation`.
    pub organisation: Option<Organisation>,
    /// `Patient`.
    pub patient: Option<Person>,
    /// `Person`.
    pub person: Option<Person>,
    /// `HealthcareProfessional`.
    pub healthcare_professional: Option<Person>,
}

/// The two levels of tjenestebasert adressering (HIS 1153).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Level 1: the enterprise.
    Enterprise,
    /// Level 2: the communication party, a service or a person.
    Party,
}

/// `Organisation`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// Where.
    pub place: Place,
    /// `OrganisationName`.
    pub name: Option<Located<String>>,
    /// `TypeOrganisation`.
    pub kind: Option<Coded>,
    /// `Ident` elements.
    pub idents: Vec<Ident>,
    /// `TeleCom/TeleAddress/@V` values.
    pub telecoms: Vec<Located<String>>,
    /// Nested `Organisation`: the service.
    pub organisation: Option<Box<Organisation>>,
    /// `HealthcareProfessional`.
    pub healthcare_professional: Option<Person>,
}

/// `Patient`, `Person` or `HealthcareProfessional`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Where.
    pub place: Place,
    /// `TypeHealthcareProfessional`.
    pub kind: Option<Coded>,
    /// `RoleToPatient`.
    pub role_to_patient: Option<Coded>,
    /// `FamilyName`.
    pub family_name: Option<Located<String>>,
    /// `MiddleName`.
    pub middle_name: Option<Located<String>>,
    /// `GivenName`.
    pub given_name: Option<Located<String>>,
    /// `DateOfBirth`.
    pub date_of_birth: Option<Located<String>>,
    /// `Sex`.
    pub sex: Option<Coded>,
    /// `Nationality`.
    pub nationality: Option<Coded>,
    /// `Ident` elements.
    pub idents: Vec<Ident>,
    /// `TeleCom/TeleAddress/@V` values.
    pub telecoms: Vec<Located<String>>,
}

/// `Ident`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ident {
    /// Where.
    pub place: Place,
    /// `Id`.
    pub id: Option<Located<String>>,
    /// `TypeId` (code list 8116 for persons, 9051 for organisations).
    pub type_id: Option<Coded>,
}

/// `Document`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Where.
    pub place: Place,
    /// `DocumentConnection`.
    pub connection: Option<Coded>,
    /// `ContentType`.
    pub content_type: Option<Coded>,
    /// `ContentDescription`.
    pub content_description: Option<Located<String>>,
    /// `Consent` (code list 9064).
    pub consent: Option<Coded>,
    /// `RefDoc`.
    pub ref_doc: Option<RefDoc>,
}

/// `RefDoc`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefDoc {
    /// Where.
    pub place: Place,
    /// `IssueDate/@V`.
    pub issue_date: Option<Located<String>>,
    /// `MsgType` (code list 8114): XML, A or REF.
    pub msg_type: Option<Coded>,
    /// `Id`.
    pub id: Option<Located<String>>,
    /// `MimeType`.
    pub mime_type: Option<Located<String>>,
    /// `Description`.
    pub description: Option<Located<String>>,
    /// `FileReference`.
    pub file_reference: Option<Located<String>>,
    /// The elements in `Content`.
    pub content: Vec<Content>,
}

/// An element in `Content`: the body document, or a container of an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// Where; the span covers the whole element.
    pub place: Place,
    /// Namespace.
    pub namespace: Option<String>,
    /// Local name.
    pub name: String,
}

impl MsgHead {
    /// The message's function: `MsgInfo/Type/@V`.
    pub fn message_function(&self) -> Option<&str> {
        self.info.as_ref()?.message_type.as_ref().and_then(Coded::code)
    }

    /// `MsgInfo/MsgId`.
    pub fn msg_id(&self) -> Option<&str> {
        self.info.as_ref()?.msg_id.as_ref().map(Located::as_str)
    }

    /// `MsgInfo/GenDate` as written.
    pub fn gen_date(&self) -> Option<&str> {
        self.info.as_ref()?.gen_date.as_ref().map(Located::as_str)
    }

    /// `MsgInfo/Sender`.
    pub fn sender(&self) -> Option<&Actor> {
        self.info.as_ref()?.sender.as_ref()
    }

    /// `MsgInfo/Receiver`.
    pub fn receiver(&self) -> Option<&Actor> {
        self.info.as_ref()?.receiver.as_ref()
    }

    /// The root element of the first document: the fagmelding.
    pub fn body(&self) -> Option<&Content> {
        self.documents.first()?.ref_doc.as_ref()?.content.first()
    }

    /// Namespace of the fagmelding.
    pub fn body_namespace(&self) -> Option<&str> {
        self.body()?.namespace.as_deref()
    }
}

impl Actor {
    /// HER-id on a level; on level 2 that of the service, else that of the person.
    pub fn her_of(&self, level: Level) -> Option<u32> {
        let enterprise = self.organisation.as_ref()?;
        match level {
            Level::Enterprise => her(&enterprise.idents),
            Level::Party => match &enterprise.organisation {
                Some(service) => her(&service.idents),
                None => her(&enterprise.healthcare_professional.as_ref()?.idents),
            },
        }
    }
}

impl OtherReceiver {
    /// HER-id on a level, as for [`Actor::her_of`]; a person addressed directly is level 2.
    pub fn her_of(&self, level: Level) -> Option<u32> {
        if let (Some(person), Level::Party) = (&self.healthcare_professional, level) {
            return her(&person.idents);
        }
        let actor = Actor { organisation: self.organisation.clone(), ..Actor::default() };
        actor.her_of(level)
    }
}

impl Person {
    /// Given, middle and family name, as far as they are there.
    pub fn full_name(&self) -> Option<String> {
        let names = [&self.given_name, &self.middle_name, &self.family_name];
        let names: Vec<&str> = names.into_iter().flatten().map(Located::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// The first identifier of a kind of code list 8116, e.g. `FNR`.
    pub fn id_of(&self, kind: &str) -> Option<&Located<String>> {
        let of_kind = |i: &&Ident| i.type_id.as_ref().is_some_and(|t| t.is(kind));
        self.idents.iter().find(of_kind)?.id.as_ref()
    }
}

fn her(idents: &[Ident]) -> Option<u32> {
    let is_her = |i: &&Ident| i.type_id.as_ref().is_some_and(|t| t.is("HER"));
    idents.iter().filter(is_her).find_map(|i| i.id.as_ref()?.value.parse().ok().map(HerId::get))
}
