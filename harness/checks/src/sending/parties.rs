//! Sender, receiver, patient and the people responsible (HIS 80601 chapter 5, HIS 1153 AD2).

use super::head::says;
use super::walk::look;
use crate::check::{Finding, MessageCheck, Seen, message, shown, shown_or_absent};
use wire::head::{Actor, Ident, Level, MsgHead, Organisation, Person};
use wire::place::{Located, Place};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HIS1153-AD2.2", "HER-ids of the organisation and of the communication party", both_hers),
    message("HIS1153-AD2.3", "the name of the organisation, of sender and receiver", organisation_named),
    message("HIS1153-AD2.4", "the name of the communication party, of sender and receiver", party_named),
    message("HIS80601-5_Organisation-1", "an Ident in every Organisation", organisation_has_ident),
    message("HIS80601-5_Organisation-3", "OrganisationName in every Organisation", organisation_has_name),
    message("HIS80601-5_Patient-1", "a name or an Ident", patient_known),
    message("HIS80601-5_TeleCom-1", "tel:, fax: or mailto: before the address", telecom_scheme),
    message("HIS80601-5_Ident-1", "TypeId beside Id", ident_with_type),
    message("PLOAT-S22", "a name and an organisation number (ENH)", receiver_complete),
    message("PLOAT-S23", "TypeId beside Id", ident_with_type),
    message("PLOAT-S27", "the practice, and the doctor or service in it", |s| two_levels(s, Side::Receiver, &[GP])),
    message("PLOAT-S29", "the municipality, and the service in it", |s| two_levels(s, Side::Sender, &MUNICIPAL)),
    message("PLOAT-S30", "the hospital, and the department in it", |s| two_levels(s, Side::Receiver, &[HOSPITAL])),
];

/// The message that goes to a doctor (HIS 1145).
const GP: &str = "HELSEOPPLYSNINGER_LEGE";
/// The message that goes to a hospital or another day-and-night unit (HIS 1143).
const HOSPITAL: &str = "INNLEGGELSESRAPPORT";
/// What a municipality's care service sends (HIS 1143, 1145).
const MUNICIPAL: [&str; 2] = [HOSPITAL, GP];

fn head<'h>(seen: &Seen<'h>) -> Option<&'h MsgHead> {
    seen.record.head().filter(|head| head.info.is_some())
}

/// Sender and receiver, with the words for them; an absent one is found by the schema, not here.
fn sides(head: &MsgHead) -> impl Iterator<Item = (&'static str, &Actor)> {
    let sides = [("sender", head.sender()), ("receiver", head.receiver())];
    sides.into_iter().filter_map(|(name, actor)| actor.map(|actor| (name, actor)))
}

fn both_hers(seen: &Seen<'_>) -> Option<Finding> {
    let head = head(seen)?;
    let mut place = None;
    for (name, actor) in sides(head) {
        for (level, words) in [(Level::Enterprise, "the organisation"), (Level::Party, "the communication party")] {
            if actor.her_of(level).is_none() {
                return Some(Finding::violated(&actor.place, format!("no HER-id of {words} of the {name}")));
            }
        }
        place.get_or_insert(&actor.place);
    }
    place.map(|place| Finding::satisfied(place, "on both levels, of both"))
}

fn organisation_named(seen: &Seen<'_>) -> Option<Finding> {
    let head = head(seen)?;
    let mut place = None;
    for (name, actor) in sides(head) {
        let organisation = actor.organisation.as_ref();
        if !organisation.is_some_and(|o| says(o.name.as_ref())) {
            return Some(Finding::violated(&actor.place, format!("the organisation of the {name} has no name")));
        }
        place.get_or_insert(&actor.place);
    }
    place.map(|place| Finding::satisfied(place, "of both"))
}

/// Where there is no level 2 at all, AD2.2 speaks.
fn party_named(seen: &Seen<'_>) -> Option<Finding> {
    let head = head(seen)?;
    let mut place = None;
    for (name, actor) in sides(head) {
        let Some(organisation) = &actor.organisation else { continue };
        let named = match (&organisation.organisation, &organisation.healthcare_professional) {
            (Some(service), _) => says(service.name.as_ref()),
            (None, Some(person)) => says(person.family_name.as_ref()) && says(person.given_name.as_ref()),
            (None, None) => continue,
        };
        if !named {
            let got = format!("the communication party of the {name} has no name");
            return Some(Finding::violated(&organisation.place, got));
        }
        place.get_or_insert(&actor.place);
    }
    place.map(|place| Finding::satisfied(place, "of both"))
}

/// Every organisation of the hodemelding, the nested ones too.
fn organisations(head: &MsgHead) -> Vec<&Organisation> {
    let actors = sides(head).filter_map(|(_, actor)| actor.organisation.as_ref());
    let others = head.info.iter().flat_map(|i| &i.other_receivers).filter_map(|r| r.organisation.as_ref());
    let mut found: Vec<&Organisation> = actors.chain(others).collect();
    let mut next = 0;
    while let Some(organisation) = found.get(next).copied() {
        found.extend(organisation.organisation.as_deref());
        next += 1;
    }
    found
}

fn every_organisation(seen: &Seen<'_>, holds: fn(&Organisation) -> bool, lacks: &str) -> Option<Finding> {
    let found = organisations(head(seen)?);
    let first = found.first()?;
    Some(match found.iter().find(|organisation| !holds(organisation)) {
        Some(organisation) => Finding::violated(&organisation.place, lacks),
        None => Finding::satisfied(&first.place, format!("{} organisations", found.len())),
    })
}

fn organisation_has_ident(seen: &Seen<'_>) -> Option<Finding> {
    every_organisation(seen, |o| o.idents.iter().any(|ident| says(ident.id.as_ref())), "no Ident with an Id")
}

fn organisation_has_name(seen: &Seen<'_>) -> Option<Finding> {
    every_organisation(seen, |o| says(o.name.as_ref()), "no OrganisationName")
}

fn patient_known(seen: &Seen<'_>) -> Option<Finding> {
    let patient: &Person = head(seen)?.info.as_ref()?.patient.as_ref()?;
    let named = says(patient.family_name.as_ref()) || says(patient.given_name.as_ref());
    let identified = patient.idents.iter().any(|ident| says(ident.id.as_ref()));
    let words = match (named, identified) {
        (true, true) => "a name and an Ident",
        (true, false) => "a name",
        (false, true) => "an Ident",
        (false, false) => "neither name nor Ident",
    };
    Some(Finding::when(named || identified, &patient.place, words))
}

fn telecom_scheme(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        let address = element.said("V").filter(|_| element.name == "TeleAddress")?;
        // The scheme of a URI is written in either case (RFC 3986 3.1).
        let scheme = address.split_once(':').map(|(scheme, _)| scheme.trim().to_ascii_lowercase());
        let has_scheme = matches!(scheme.as_deref(), Some("tel" | "fax" | "mailto"));
        Some(if has_scheme { Ok(()) } else { Err("an address without scheme".to_owned()) })
    })?;
    match looked.objection {
        Some((element, reason)) => Some(Finding::violated(&element.place, reason)),
        None => (looked.count > 0).then(|| Finding::satisfied(&looked.root, format!("{} addresses", looked.count))),
    }
}

/// Every Ident of the hodemelding.
fn idents(head: &MsgHead) -> Vec<&Ident> {
    let persons = head.info.iter().filter_map(|i| i.patient.as_ref());
    let found = organisations(head);
    let professionals = found.iter().filter_map(|o| o.healthcare_professional.as_ref());
    let of_people = persons.chain(professionals).flat_map(|p| &p.idents);
    found.iter().flat_map(|o| &o.idents).chain(of_people).collect()
}

fn ident_with_type(seen: &Seen<'_>) -> Option<Finding> {
    let found = idents(head(seen)?);
    let first = found.first()?;
    let typed = |ident: &Ident| ident.type_id.as_ref().is_some_and(|t| t.code().is_some_and(|c| !c.trim().is_empty()));
    Some(match found.iter().find(|ident| says(ident.id.as_ref()) && !typed(ident)) {
        Some(ident) => Finding::violated(&ident.place, "Id without TypeId"),
        None => Finding::satisfied(&first.place, format!("{} identifiers, each with its kind", found.len())),
    })
}

fn has_number(idents: &[Ident]) -> bool {
    idents.iter().any(|i| i.type_id.as_ref().is_some_and(|t| t.is("ENH")) && says(i.id.as_ref()))
}

fn receiver_complete(seen: &Seen<'_>) -> Option<Finding> {
    let receiver = head(seen)?.receiver()?;
    let organisation = receiver.organisation.as_ref();
    let name: Option<&Located<String>> = organisation.and_then(|o| o.name.as_ref());
    let place: &Place = organisation.map_or(&receiver.place, |o| &o.place);
    if !says(name) {
        return Some(Finding::violated(&place.child("OrganisationName"), shown_or_absent(name)));
    }
    let holds = organisation.is_some_and(|o| has_number(&o.idents));
    Some(Finding::when(holds, place, if holds { "name and number" } else { "no Ident of kind ENH" }))
}

#[derive(Clone, Copy)]
enum Side {
    Sender,
    Receiver,
}

fn two_levels(seen: &Seen<'_>, side: Side, functions: &[&str]) -> Option<Finding> {
    let head = head(seen)?;
    let function = head.message_function().filter(|f| functions.contains(f))?;
    let actor = match side {
        Side::Sender => head.sender()?,
        Side::Receiver => head.receiver()?,
    };
    let organisation = actor.organisation.as_ref();
    let second = organisation.is_some_and(|o| o.organisation.is_some() || o.healthcare_professional.is_some());
    let got = if second { format!("two levels in {}", shown(function)) } else { "one level".to_owned() };
    Some(Finding::when(second, &actor.place, got))
}
