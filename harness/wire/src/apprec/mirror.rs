//! Who answers whom: the address of a message turned round (HITS 1168 6.1, HIS 80415:2012 3.5).

use super::Version;
use super::write::{AdditionalIdDraft, AppRecDraft, HcpDraft, InstDraft, OriginalDraft, PartyDraft, UnitDraft};
use crate::code::{Code, Coded};
use crate::head::{Ident, MsgHead, Organisation, Person};
use crate::place::Located;

/// Which of the message's receivers answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// `Receiver`.
    Primary,
    /// The `OtherReceiver` of that position, from 0.
    Copy(usize),
}

/// In what role the recipient answers (HITS 1168 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SenderRole {
    /// Receiver of the message: PRIM; in 1.0 SPR, another service provider.
    Primary,
    /// Receiver of the message who had asked for it: PRIM; in 1.0 REQ.
    Requester,
    /// Receiver of a copy: COP.
    Copy,
}

impl SenderRole {
    /// `Sender/Role` in that version.
    pub fn code(self, version: Version) -> Code {
        match (self, version) {
            (Self::Copy, _) => Code::cs("COP", "Kopimottaker"),
            (_, Version::V11) => Code::cs("PRIM", "Primærmottaker"),
            (Self::Primary, Version::V10) => Code::cs("SPR", "Tjenesteyter"),
            (Self::Requester, Version::V10) => Code::cs("REQ", "Rekvirent"),
        }
    }
}

/// `Sender` and `Receiver` of the AppRec by which `recipient` answers `head`. Every level and every
/// identifier is returned as it came; a signing person is left out where a service is addressed.
pub fn mirror(head: &MsgHead, recipient: Recipient, role: SenderRole, version: Version) -> (PartyDraft, PartyDraft) {
    let answering = match recipient {
        Recipient::Primary => head.receiver().and_then(|a| a.organisation.as_ref()).map(institution),
        Recipient::Copy(position) => head.info.as_ref().and_then(|i| i.other_receivers.get(position)).and_then(|r| {
            let professional = || r.healthcare_professional.as_ref().map(professional);
            r.organisation.as_ref().map(institution).or_else(professional)
        }),
    };
    let addressed = head.sender().and_then(|a| a.organisation.as_ref()).map(institution);
    let receiver_role = match version {
        Version::V10 => Code::cs("RECEIVER", "Mottaker"),
        Version::V11 => Code::cs("AVS", "Avsender"),
    };
    let party = |role, hcp| PartyDraft { role: Some(role), hcp };
    (party(role.code(version), answering), party(receiver_role, addressed))
}

/// A complete AppRec to `head`: mirrored address, OriginalMsgId with Type, GenDate and MsgId as they
/// stood (HIS 80415:2012 4.3.2). `status` is of code list 8258, `errors` of 8221.
pub fn answer(
    head: &MsgHead,
    recipient: Recipient,
    version: Version,
    (id, gen_date): (&str, &str),
    status: Code,
    errors: Vec<Code>,
) -> AppRecDraft {
    let role = match recipient {
        Recipient::Primary => SenderRole::Primary,
        Recipient::Copy(_) => SenderRole::Copy,
    };
    let (sender, receiver) = mirror(head, recipient, role, version);
    let info = head.info.as_ref();
    AppRecDraft {
        version,
        msg_type: Some(Code::cs("APPREC", "Applikasjonskvittering")),
        mig_version: Some(version.mig_version().to_owned()),
        software_name: None,
        software_version: None,
        gen_date: Some(gen_date.to_owned()),
        id: Some(id.to_owned()),
        sender: Some(sender),
        receiver: Some(receiver),
        status: Some(status),
        errors,
        original: Some(OriginalDraft {
            msg_type: info.and_then(|i| i.message_type.as_ref()).map(simple),
            issue_date: text(info.and_then(|i| i.gen_date.as_ref())),
            id: text(info.and_then(|i| i.msg_id.as_ref())),
        }),
    }
}

fn institution(organisation: &Organisation) -> HcpDraft {
    let (id, type_id, additional_ids) = identifiers(&organisation.idents);
    // Levels below the second are unknown to HIS 1153; they are returned as further departments.
    let mut depts = Vec::new();
    let mut below = organisation.organisation.as_deref();
    while let Some(inner) = below {
        depts.push(unit(text(inner.name.as_ref()), &inner.idents));
        below = inner.organisation.as_deref();
    }
    let person = organisation.healthcare_professional.as_ref();
    let person = person.filter(|_| organisation.organisation.is_none());
    HcpDraft::Inst(InstDraft {
        name: text(organisation.name.as_ref()),
        id,
        type_id,
        depts,
        additional_ids,
        persons: person.map(|p| unit(p.full_name(), &p.idents)).into_iter().collect(),
    })
}

fn professional(person: &Person) -> HcpDraft {
    HcpDraft::HcProf(unit(person.full_name(), &person.idents))
}

fn unit(name: Option<String>, idents: &[Ident]) -> UnitDraft {
    let (id, type_id, additional_ids) = identifiers(idents);
    UnitDraft { kind: None, name, id, type_id, additional_ids }
}

/// The HER-id, else the first identifier, becomes `Id`; the others become `AdditionalId`.
fn identifiers(idents: &[Ident]) -> (Option<String>, Option<Code>, Vec<AdditionalIdDraft>) {
    let is_her = |ident: &Ident| ident.type_id.as_ref().is_some_and(|t| t.is("HER"));
    let main = idents.iter().position(is_her).unwrap_or(0);
    let kind = |ident: &Ident| ident.type_id.as_ref().map(simple);
    let others = idents.iter().enumerate().filter(|(i, _)| *i != main);
    let others = others.map(|(_, ident)| AdditionalIdDraft { id: text(ident.id.as_ref()), kind: kind(ident) });
    let first = idents.get(main);
    (first.and_then(|i| text(i.id.as_ref())), first.and_then(kind), others.collect())
}

/// AppRec has CS where Hodemelding has CV: `S` would be invalid there.
fn simple(coded: &Coded) -> Code {
    Code::from(coded).simple()
}

fn text(value: Option<&Located<String>>) -> Option<String> {
    value.map(|l| l.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head;

    fn her(id: &str) -> String {
        format!(r#"<Ident><Id>{id}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>"#)
    }

    fn message(sender_inner: &str) -> MsgHead {
        let (one, two, three) = (her("10"), her("20"), her("30"));
        let enh = r#"<Ident><Id>310000000</Id><TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051"/></Ident>"#;
        let text = format!(
            r#"<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="LOG_INNLAGT" DN="x"/>
<GenDate>2026-01-01T10:00:00</GenDate><MsgId>m1</MsgId>
<Sender><Organisation><OrganisationName>Sykehus</OrganisationName>{enh}{one}{sender_inner}</Organisation></Sender>
<Receiver><Organisation><OrganisationName>Kommune</OrganisationName>{two}</Organisation></Receiver>
<OtherReceiver><RoleReceiver V="COP"/><Organisation><OrganisationName>Legekontor</OrganisationName>{three}
</Organisation></OtherReceiver></MsgInfo></MsgHead>"#
        );
        head::decode(text.as_bytes()).unwrap()
    }

    const PERSON: &str = r#"<HealthcareProfessional><FamilyName>Jones</FamilyName><GivenName>May</GivenName>
<Ident><Id>9144919</Id><TypeId V="HPR" S="2.16.578.1.12.4.1.1.8116"/></Ident></HealthcareProfessional>"#;

    fn receiver(draft: &AppRecDraft) -> &InstDraft {
        match draft.receiver.as_ref().unwrap().hcp.as_ref().unwrap() {
            HcpDraft::Inst(inst) => inst,
            HcpDraft::HcProf(_) => panic!("no institution"),
        }
    }

    fn answered(head: &MsgHead, recipient: Recipient, version: Version) -> AppRecDraft {
        answer(head, recipient, version, ("i", "d"), Code::cs("1", "OK"), Vec::new())
    }

    #[test]
    fn returns_all_levels_and_identifiers() {
        let service =
            format!("<Organisation><OrganisationName>Avdeling</OrganisationName>{}{PERSON}</Organisation>", her("11"));
        let draft = answered(&message(&service), Recipient::Primary, Version::V11);
        let inst = receiver(&draft);
        assert_eq!((inst.id.as_deref(), inst.type_id.clone()), (Some("10"), Some(Code::cs("HER", "HER-id"))));
        assert_eq!(inst.additional_ids[0].id.as_deref(), Some("310000000"));
        assert_eq!((inst.depts.len(), inst.depts[0].id.as_deref()), (1, Some("11")));
        assert!(inst.persons.is_empty(), "a signing person is not mirrored");
        let original = draft.original.unwrap();
        assert_eq!(original.issue_date.as_deref(), Some("2026-01-01T10:00:00"));
        assert_eq!(original.id.as_deref(), Some("m1"));
    }

    #[test]
    fn a_person_who_is_the_party_is_mirrored() {
        let draft = answered(&message(PERSON), Recipient::Primary, Version::V11);
        let person = &receiver(&draft).persons[0];
        assert_eq!((person.name.as_deref(), person.id.as_deref()), (Some("May Jones"), Some("9144919")));
    }

    #[test]
    fn roles_differ_by_version_and_recipient() {
        let head = message("");
        let roles = |recipient, version| {
            let draft = answered(&head, recipient, version);
            let of = |party: Option<PartyDraft>| party.and_then(|p| p.role).and_then(|r| r.v).unwrap();
            (of(draft.sender), of(draft.receiver))
        };
        assert_eq!(roles(Recipient::Primary, Version::V11), ("PRIM".into(), "AVS".into()));
        assert_eq!(roles(Recipient::Copy(0), Version::V11), ("COP".into(), "AVS".into()));
        assert_eq!(roles(Recipient::Primary, Version::V10), ("SPR".into(), "RECEIVER".into()));
        assert_eq!(SenderRole::Requester.code(Version::V10).v.as_deref(), Some("REQ"));
        let copy = answered(&head, Recipient::Copy(0), Version::V10).sender.unwrap().hcp;
        assert!(matches!(copy, Some(HcpDraft::Inst(i)) if i.id.as_deref() == Some("30")));
        assert_eq!(answered(&head, Recipient::Copy(7), Version::V11).sender.unwrap().hcp, None);
    }
}
