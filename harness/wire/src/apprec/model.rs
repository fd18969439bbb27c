//! What an AppRec holds. What is absent is `None` or empty; what occurs too often is a defect.

use super::Version;
use crate::code::Coded;
use crate::defect::Defect;
use crate::identifier::HerId;
use crate::place::{Located, Place};
use crate::xml::{Declaration, Encoding};

/// A decoded application receipt.
#[derive(Debug, Clone, PartialEq)]
pub struct AppRec {
    /// The version, by the namespace of the root; `None` when the root is something else.
    pub version: Option<Version>,
    /// The XML declaration.
    pub declaration: Option<Declaration>,
    /// How the document was encoded.
    pub encoding: Encoding,
    /// Name of the root element.
    pub root: Located<String>,
    /// `MsgType`, `APPREC`.
    pub msg_type: Option<Coded>,
    /// `MIGversion`.
    pub mig_version: Option<Located<String>>,
    /// `SoftwareName`.
    pub software_name: Option<Located<String>>,
    /// `SoftwareVersion`.
    pub software_version: Option<Located<String>>,
    /// `GenDate`.
    pub gen_date: Option<Located<String>>,
    /// `Id` of the receipt itself.
    pub id: Option<Located<String>>,
    /// `Sender`: who received the message.
    pub sender: Option<Party>,
    /// `Receiver`: who sent the message.
    pub receiver: Option<Party>,
    /// `Status` (code list 8258).
    pub status: Option<Coded>,
    /// `Error` elements (code list 8221 and others).
    pub errors: Vec<Coded>,
    /// `OriginalMsgId`.
    pub original: Option<Original>,
    /// What was found wrong while reading.
    pub defects: Vec<Defect>,
}

/// `Sender` or `Receiver`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// Where.
    pub place: Place,
    /// `Role` (PRIM, COP, AVS in 1.1; REQ, SPR, COP, RECEIVER in 1.0).
    pub role: Option<Coded>,
    /// `HCP`: institution or professional.
    pub hcp: Option<Hcp>,
}

/// The choice in `HCP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hcp {
    /// `Inst`.
    Inst(Box<Inst>),
    /// `HCProf`, normally not used (HIS 80415:2012 4.4).
    HcProf(Box<Unit>),
}

/// `Inst`: an enterprise, level 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inst {
    /// Where.
    pub place: Place,
    /// `Name`.
    pub name: Option<Located<String>>,
    /// `Id`.
    pub id: Option<Located<String>>,
    /// `TypeId`.
    pub type_id: Option<Coded>,
    /// `AdditionalId` elements.
    pub additional_ids: Vec<AdditionalId>,
    /// `Dept` elements: services, level 2.
    pub depts: Vec<Unit>,
    /// `HCPerson` elements: persons, level 2.
    pub persons: Vec<Unit>,
}

/// `Dept`, `HCPerson` or `HCProf`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    /// Where.
    pub place: Place,
    /// `Type` (not of `HCPerson`).
    pub kind: Option<Coded>,
    /// `Name`.
    pub name: Option<Located<String>>,
    /// `Id`.
    pub id: Option<Located<String>>,
    /// `TypeId`.
    pub type_id: Option<Coded>,
    /// `AdditionalId` elements.
    pub additional_ids: Vec<AdditionalId>,
}

/// `AdditionalId`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AdditionalId {
    /// Where.
    pub place: Place,
    /// `Id`.
    pub id: Option<Located<String>>,
    /// `Type`.
    pub kind: Option<Coded>,
}

/// `OriginalMsgId`: which message is receipted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Original {
    /// Where.
    pub place: Place,
    /// `MsgType` of the message.
    pub msg_type: Option<Coded>,
    /// `IssueDate`: its GenDate.
    pub issue_date: Option<Located<String>>,
    /// `Id`: its MsgId.
    pub id: Option<Located<String>>,
}

impl AppRec {
    /// Code of `Status`: `1` OK, `2` Avvist, `3` OK, feil i delmelding.
    pub fn status_code(&self) -> Option<&str> {
        self.status.as_ref().and_then(Coded::code)
    }

    /// The codes of the errors, as far as they have one.
    pub fn error_codes(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().filter_map(Coded::code)
    }

    /// The MsgId that is receipted.
    pub fn original_id(&self) -> Option<&str> {
        self.original.as_ref()?.id.as_ref().map(Located::as_str)
    }
}

impl Party {
    /// HER-id of the enterprise.
    pub fn her_of_enterprise(&self) -> Option<u32> {
        match self.hcp.as_ref()? {
            Hcp::Inst(inst) => her(inst.id.as_ref(), inst.type_id.as_ref(), &inst.additional_ids),
            Hcp::HcProf(_) => None,
        }
    }

    /// HER-id of the communication party: of the first department or person that has one.
    pub fn her_of_party(&self) -> Option<u32> {
        match self.hcp.as_ref()? {
            Hcp::Inst(inst) => inst.depts.iter().chain(&inst.persons).find_map(Unit::her),
            Hcp::HcProf(unit) => unit.her(),
        }
    }
}

impl Unit {
    /// Its HER-id.
    pub fn her(&self) -> Option<u32> {
        her(self.id.as_ref(), self.type_id.as_ref(), &self.additional_ids)
    }
}

fn her(id: Option<&Located<String>>, type_id: Option<&Coded>, additional: &[AdditionalId]) -> Option<u32> {
    let first = (id, type_id);
    let others = additional.iter().map(|a| (a.id.as_ref(), a.kind.as_ref()));
    std::iter::once(first)
        .chain(others)
        .filter(|(_, kind)| kind.is_some_and(|k| k.is("HER")))
        .find_map(|(id, _)| id?.value.parse().ok().map(HerId::get))
}
