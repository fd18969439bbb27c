//! The two levels of an address in a fagmelding and in an AppRec, so that they can be compared (HIS 80415:2012
//! 3.5, HITS 1168 6.1).

use std::collections::BTreeSet;
use wire::apprec::{Hcp, Party, Unit};
use wire::code::Coded;
use wire::head::{Ident, MsgHead, Organisation, OtherReceiver, Person};
use wire::place::{Located, Place};

/// What a rung is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Level 1.
    Enterprise,
    /// Level 2: `Organisation/Organisation`, `Dept`.
    Service,
    /// Level 2: `Organisation/HealthcareProfessional`, `HCPerson`.
    Person,
}

/// One level of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rung {
    /// What it is.
    pub kind: Kind,
    /// Whether it has a name.
    pub is_named: bool,
    /// Kind and value of each identifier.
    pub ids: BTreeSet<(String, String)>,
    /// Where.
    pub place: Place,
}

impl Rung {
    /// Its HER-id.
    pub fn her(&self) -> Option<u32> {
        self.ids.iter().find(|(kind, _)| kind == "HER").and_then(|(_, id)| id.parse().ok())
    }
}

/// Somebody to whom a fagmelding is addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipient {
    /// Whether it gets a copy.
    pub is_copy: bool,
    /// Its address, level 1 first.
    pub rungs: Vec<Rung>,
}

impl Recipient {
    /// HER-ids of level 1 and 2.
    pub fn hers(&self) -> (Option<u32>, Option<u32>) {
        hers(&self.rungs)
    }

    /// Whether it is one of the subject's parties (organisation, service or person): the communication party
    /// decides; where there is none, the enterprise does.
    pub fn is_own(&self, parties: &[(u32, u32)]) -> bool {
        match self.hers() {
            (_, Some(party)) => parties.iter().any(|(_, own)| *own == party),
            (Some(enterprise), None) => parties.iter().any(|(own, _)| *own == enterprise),
            (None, None) => false,
        }
    }

    /// Whether neither level is the subject's (HITS 1168 5.3: enterprise and party that it does not represent).
    pub fn is_foreign(&self, parties: &[(u32, u32)]) -> bool {
        let (enterprise, party) = self.hers();
        let unknown = |her: Option<u32>| her.is_none_or(|her| parties.iter().all(|(a, b)| *a != her && *b != her));
        (enterprise.is_some() || party.is_some()) && unknown(enterprise) && unknown(party)
    }
}

/// HER-ids of level 1 and of the first level 2 that has one.
pub(crate) fn hers(rungs: &[Rung]) -> (Option<u32>, Option<u32>) {
    let enterprise = rungs.iter().find(|r| r.kind == Kind::Enterprise).and_then(Rung::her);
    let party = rungs.iter().filter(|r| r.kind != Kind::Enterprise).find_map(Rung::her);
    (enterprise, party)
}

/// The levels of an address in a fagmelding. A person who only signs for an addressed service is no level.
pub(crate) fn of_organisation(organisation: &Organisation) -> Vec<Rung> {
    let mut rungs = vec![Rung {
        kind: Kind::Enterprise,
        is_named: is_named(organisation.name.as_ref()),
        ids: of_idents(&organisation.idents),
        place: organisation.place.clone(),
    }];
    if let Some(service) = &organisation.organisation {
        rungs.push(Rung {
            kind: Kind::Service,
            is_named: is_named(service.name.as_ref()),
            ids: of_idents(&service.idents),
            place: service.place.clone(),
        });
    } else if let Some(person) = &organisation.healthcare_professional {
        rungs.push(of_person(person));
    }
    rungs
}

fn of_person(person: &Person) -> Rung {
    Rung {
        kind: Kind::Person,
        is_named: person.full_name().is_some(),
        ids: of_idents(&person.idents),
        place: person.place.clone(),
    }
}

/// Everybody to whom a fagmelding is addressed, the primary recipient first.
pub(crate) fn recipients(head: &MsgHead) -> Vec<Recipient> {
    let primary = head.receiver().and_then(|r| r.organisation.as_ref()).map(of_organisation);
    let copies =
        head.info.iter().flat_map(|i| &i.other_receivers).filter(|o| o.role.as_ref().is_some_and(|r| r.is("COP")));
    let address = |other: &OtherReceiver| {
        let organisation = other.organisation.as_ref().map(of_organisation);
        organisation.or_else(|| other.healthcare_professional.as_ref().map(|p| vec![of_person(p)]))
    };
    let primary = primary.map(|rungs| Recipient { is_copy: false, rungs });
    primary.into_iter().chain(copies.filter_map(address).map(|rungs| Recipient { is_copy: true, rungs })).collect()
}

/// The levels of an address in an AppRec.
pub(crate) fn of_party(party: &Party) -> Vec<Rung> {
    let unit = |kind: Kind, unit: &Unit| Rung {
        kind,
        is_named: is_named(unit.name.as_ref()),
        ids: of_unit(unit),
        place: unit.place.clone(),
    };
    match &party.hcp {
        Some(Hcp::Inst(inst)) => {
            let enterprise = Unit {
                place: inst.place.clone(),
                kind: None,
                name: inst.name.clone(),
                id: inst.id.clone(),
                type_id: inst.type_id.clone(),
                additional_ids: inst.additional_ids.clone(),
            };
            let depts = inst.depts.iter().map(|d| unit(Kind::Service, d));
            let persons = inst.persons.iter().map(|p| unit(Kind::Person, p));
            std::iter::once(unit(Kind::Enterprise, &enterprise)).chain(depts).chain(persons).collect()
        }
        Some(Hcp::HcProf(person)) => vec![unit(Kind::Person, person)],
        None => Vec::new(),
    }
}

fn of_unit(unit: &Unit) -> BTreeSet<(String, String)> {
    let own = pair(unit.type_id.as_ref(), unit.id.as_ref());
    let others = unit.additional_ids.iter().filter_map(|a| pair(a.kind.as_ref(), a.id.as_ref()));
    own.into_iter().chain(others).collect()
}

fn of_idents(idents: &[Ident]) -> BTreeSet<(String, String)> {
    idents.iter().filter_map(|i| pair(i.type_id.as_ref(), i.id.as_ref())).collect()
}

fn pair(kind: Option<&Coded>, id: Option<&Located<String>>) -> Option<(String, String)> {
    Some((kind.and_then(Coded::code).unwrap_or_default().to_owned(), id?.value.trim().to_owned()))
}

fn is_named(name: Option<&Located<String>>) -> bool {
    name.is_some_and(|n| !n.value.trim().is_empty())
}
