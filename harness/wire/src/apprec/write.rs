//! AppRec to text.

use super::Version;
use super::model::{AdditionalId, AppRec, Hcp, Inst, Original, Party, Unit};
use crate::code::Code;
use crate::place::Located;
use crate::xml::XmlWriter;

/// An AppRec to be written. What is `None` is left out, whatever the schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRecDraft {
    /// Decides the namespace.
    pub version: Version,
    /// `MsgType`.
    pub msg_type: Option<Code>,
    /// `MIGversion`.
    pub mig_version: Option<String>,
    /// `SoftwareName`.
    pub software_name: Option<String>,
    /// `SoftwareVersion`.
    pub software_version: Option<String>,
    /// `GenDate`.
    pub gen_date: Option<String>,
    /// `Id`.
    pub id: Option<String>,
    /// `Sender`.
    pub sender: Option<PartyDraft>,
    /// `Receiver`.
    pub receiver: Option<PartyDraft>,
    /// `Status`.
    pub status: Option<Code>,
    /// `Error` elements.
    pub errors: Vec<Code>,
    /// `OriginalMsgId`.
    pub original: Option<OriginalDraft>,
}

/// `Sender` or `Receiver` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartyDraft {
    /// `Role`.
    pub role: Option<Code>,
    /// `HCP`.
    pub hcp: Option<HcpDraft>,
}

/// The choice in `HCP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HcpDraft {
    /// `Inst`.
    Inst(InstDraft),
    /// `HCProf`.
    HcProf(UnitDraft),
}

/// `Inst` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstDraft {
    /// `Name`.
    pub name: Option<String>,
    /// `Id`.
    pub id: Option<String>,
    /// `TypeId`.
    pub type_id: Option<Code>,
    /// `Dept` elements.
    pub depts: Vec<UnitDraft>,
    /// `AdditionalId` elements.
    pub additional_ids: Vec<AdditionalIdDraft>,
    /// `HCPerson` elements.
    pub persons: Vec<UnitDraft>,
}

/// `Dept`, `HCPerson` or `HCProf` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitDraft {
    /// `Type`; the schema has none in `HCPerson`.
    pub kind: Option<Code>,
    /// `Name`.
    pub name: Option<String>,
    /// `Id`.
    pub id: Option<String>,
    /// `TypeId`.
    pub type_id: Option<Code>,
    /// `AdditionalId` elements.
    pub additional_ids: Vec<AdditionalIdDraft>,
}

/// `AdditionalId` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AdditionalIdDraft {
    /// `Id`.
    pub id: Option<String>,
    /// `Type`.
    pub kind: Option<Code>,
}

/// `OriginalMsgId` to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OriginalDraft {
    /// `MsgType`.
    pub msg_type: Option<Code>,
    /// `IssueDate`.
    pub issue_date: Option<String>,
    /// `Id`.
    pub id: Option<String>,
}

/// Writes an AppRec with XML declaration, in the order of the schema.
pub fn encode(draft: &AppRecDraft) -> String {
    let mut out = XmlWriter::with_declaration();
    out.open("AppRec", &[("xmlns", draft.version.namespace())]);
    code(&mut out, "MsgType", draft.msg_type.as_ref());
    text(&mut out, "MIGversion", draft.mig_version.as_ref());
    text(&mut out, "SoftwareName", draft.software_name.as_ref());
    text(&mut out, "SoftwareVersion", draft.software_version.as_ref());
    text(&mut out, "GenDate", draft.gen_date.as_ref());
    text(&mut out, "Id", draft.id.as_ref());
    party(&mut out, "Sender", draft.sender.as_ref());
    party(&mut out, "Receiver", draft.receiver.as_ref());
    code(&mut out, "Status", draft.status.as_ref());
    for error in &draft.errors {
        code(&mut out, "Error", Some(error));
    }
    if let Some(original) = &draft.original {
        out.open("OriginalMsgId", &[]);
        code(&mut out, "MsgType", original.msg_type.as_ref());
        text(&mut out, "IssueDate", original.issue_date.as_ref());
        text(&mut out, "Id", original.id.as_ref());
        out.close();
    }
    out.finish()
}

fn party(out: &mut XmlWriter, name: &str, party: Option<&PartyDraft>) {
    let Some(party) = party else { return };
    out.open(name, &[]);
    code(out, "Role", party.role.as_ref());
    if let Some(hcp) = &party.hcp {
        out.open("HCP", &[]);
        match hcp {
            HcpDraft::Inst(inst) => institution(out, inst),
            HcpDraft::HcProf(prof) => unit(out, "HCProf", prof),
        }
        out.close();
    }
    out.close();
}

fn institution(out: &mut XmlWriter, inst: &InstDraft) {
    out.open("Inst", &[]);
    text(out, "Name", inst.name.as_ref());
    text(out, "Id", inst.id.as_ref());
    code(out, "TypeId", inst.type_id.as_ref());
    for dept in &inst.depts {
        unit(out, "Dept", dept);
    }
    additional_ids(out, &inst.additional_ids);
    for person in &inst.persons {
        unit(out, "HCPerson", person);
    }
    out.close();
}

fn unit(out: &mut XmlWriter, name: &str, unit: &UnitDraft) {
    out.open(name, &[]);
    code(out, "Type", unit.kind.as_ref());
    text(out, "Name", unit.name.as_ref());
    text(out, "Id", unit.id.as_ref());
    code(out, "TypeId", unit.type_id.as_ref());
    additional_ids(out, &unit.additional_ids);
    out.close();
}

fn additional_ids(out: &mut XmlWriter, ids: &[AdditionalIdDraft]) {
    for id in ids {
        out.open("AdditionalId", &[]);
        text(out, "Id", id.id.as_ref());
        code(out, "Type", id.kind.as_ref());
        out.close();
    }
}

fn text(out: &mut XmlWriter, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        out.leaf(name, &[], value);
    }
}

fn code(out: &mut XmlWriter, name: &str, value: Option<&Code>) {
    if let Some(value) = value {
        out.empty(name, &value.attributes());
    }
}

impl AppRec {
    /// The draft that writes the same values; a root that is no AppRec becomes 1.1.
    pub fn to_draft(&self) -> AppRecDraft {
        AppRecDraft {
            version: self.version.unwrap_or(Version::V11),
            msg_type: self.msg_type.as_ref().map(Code::from),
            mig_version: plain(self.mig_version.as_ref()),
            software_name: plain(self.software_name.as_ref()),
            software_version: plain(self.software_version.as_ref()),
            gen_date: plain(self.gen_date.as_ref()),
            id: plain(self.id.as_ref()),
            sender: self.sender.as_ref().map(PartyDraft::from),
            receiver: self.receiver.as_ref().map(PartyDraft::from),
            status: self.status.as_ref().map(Code::from),
            errors: self.errors.iter().map(Code::from).collect(),
            original: self.original.as_ref().map(OriginalDraft::from),
        }
    }
}

fn plain(value: Option<&Located<String>>) -> Option<String> {
    value.map(|l| l.value.clone())
}

impl From<&Party> for PartyDraft {
    fn from(read: &Party) -> Self {
        Self {
            role: read.role.as_ref().map(Code::from),
            hcp: read.hcp.as_ref().map(|hcp| match hcp {
                Hcp::Inst(inst) => HcpDraft::Inst(inst.as_ref().into()),
                Hcp::HcProf(unit) => HcpDraft::HcProf(unit.as_ref().into()),
            }),
        }
    }
}

impl From<&Inst> for InstDraft {
    fn from(read: &Inst) -> Self {
        Self {
            name: plain(read.name.as_ref()),
            id: plain(read.id.as_ref()),
            type_id: read.type_id.as_ref().map(Code::from),
            depts: read.depts.iter().map(UnitDraft::from).collect(),
            additional_ids: read.additional_ids.iter().map(AdditionalIdDraft::from).collect(),
            persons: read.persons.iter().map(UnitDraft::from).collect(),
        }
    }
}

impl From<&Unit> for UnitDraft {
    fn from(read: &Unit) -> Self {
        Self {
            kind: read.kind.as_ref().map(Code::from),
            name: plain(read.name.as_ref()),
            id: plain(read.id.as_ref()),
            type_id: read.type_id.as_ref().map(Code::from),
            additional_ids: read.additional_ids.iter().map(AdditionalIdDraft::from).collect(),
        }
    }
}

impl From<&AdditionalId> for AdditionalIdDraft {
    fn from(read: &AdditionalId) -> Self {
        Self { id: plain(read.id.as_ref()), kind: read.kind.as_ref().map(Code::from) }
    }
}

impl From<&Original> for OriginalDraft {
    fn from(read: &Original) -> Self {
        Self {
            msg_type: read.msg_type.as_ref().map(Code::from),
            issue_date: plain(read.issue_date.as_ref()),
            id: plain(read.id.as_ref()),
        }
    }
}
