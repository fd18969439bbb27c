//! Type and body: which fagmelding it is, and what that one must say.

use super::walk::look;
use crate::check::{Finding, MessageCheck, Seen, message, shown};
use wire::code::Coded;
use wire::head::{Content, MsgHead};
use wire::place::{Located, Place};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("PLOAT-S7", "the code of the message that the body is", type_of_body),
    message("PLOAT-S24", "Type with V and DN, as the body is", type_and_body),
    message("PLOAT-S25", "a name and an organisation number (ENH) in Kontaktenhet", associated_unit),
    message("PLOAT-S26", "AnsvarligRapport or Kontaktperson with a name", contact_persons),
    message("HIS1143-4.1-1", "V `INNLEGGELSESRAPPORT` and DN `Innleggelsesrapport`", |s| {
        type_words(s, "INNLEGGELSESRAPPORT", "Innleggelsesrapport")
    }),
    message("HIS1143-4.2-1", INNLEGGELSE, |s| body_in(s, "INNLEGGELSESRAPPORT", INNLEGGELSE)),
    message("HIS1145-4.1-1", "V `HELSEOPPLYSNINGER_LEGE` and DN `Helseopplysninger til lege`", |s| {
        type_words(s, "HELSEOPPLYSNINGER_LEGE", "Helseopplysninger til lege")
    }),
    message("HIS1145-4.2-1", LEGE, |s| body_in(s, "HELSEOPPLYSNINGER_LEGE", LEGE)),
    message("HIS1145-4.3-1", "TypeInnholdKonsultasjon 2 or 3", kind_of_consultation),
];

/// Innleggelsesrapport 1.6.
const INNLEGGELSE: &str = "http://www.kith.no/xmlstds/po/Innleggelsesrapport/2012-04-01";
/// Helseopplysninger til lege 1.6.
const LEGE: &str = "http://www.kith.no/xmlstds/po/HelseopplysningerTilLege/2012-04-01";

/// Root of the body and the codes of list 8279 that go with it; `…` stands for any end. Of dialogue messages there are
/// ever more kinds, those with inhabitants among them (`DIALOG_INNBYGGER_TIMER`).
const BODIES: [(&str, &[&str]); 8] = [
    ("Innleggelsesrapport", &["INNLEGGELSESRAPPORT"]),
    ("Konsultasjon", &["HELSEOPPLYSNINGER_LEGE"]),
    ("HelseopplysningerVedSoknad", &["HELSEOPPL_SOKNAD"]),
    ("OrienteringOmTjenestetilbud", &["ORIENTERING_TJENESTETILBUD"]),
    ("OverforingMedisinskeOpplysninger", &["MEDISINSKE_OPPLYSNINGER"]),
    ("TverrfagligEpikrise", &["UTSKRIVNINGSRAPPORT"]),
    ("Pasientlogistikk", &["LOG_INNLAGT", "LOG_AVMELDING", "LOG_DOD", "LOG_UTSKREVET", "LOG_UTSKRIVNINGSKLAR"]),
    ("Dialogmelding", &["DIALOG_…"]),
];

/// Type, body, and the codes that go with the body; silent about bodies that are not of PLO or dialogue.
fn parts<'h>(seen: &Seen<'h>) -> Option<(Option<&'h Coded>, &'h MsgHead, &'static [&'static str])> {
    let head = seen.record.head()?;
    let body: &Content = head.body()?;
    let codes = BODIES.iter().find(|(root, _)| *root == body.name)?.1;
    Some((head.info.as_ref()?.message_type.as_ref(), head, codes))
}

fn goes_with(code: &str, codes: &[&str]) -> bool {
    codes.iter().any(|known| match known.strip_suffix('…') {
        Some(stem) => code.strip_prefix(stem).is_some_and(|end| !end.is_empty()),
        None => code == *known,
    })
}

fn place_of(kind: Option<&Coded>, head: &MsgHead) -> Place {
    kind.map_or_else(|| head.root.place.child("MsgInfo/Type"), |kind| kind.place.clone())
}

fn type_of_body(seen: &Seen<'_>) -> Option<Finding> {
    let (kind, head, codes) = parts(seen)?;
    let code = kind.and_then(Coded::code).unwrap_or_default();
    let finding = Finding::when(goes_with(code, codes), &place_of(kind, head), shown(code));
    Some(finding.expected(codes.join(", ")))
}

fn type_and_body(seen: &Seen<'_>) -> Option<Finding> {
    let (kind, head, codes) = parts(seen)?;
    let (code, name) = (kind.and_then(Coded::code).unwrap_or_default(), kind.and_then(|k| k.dn.as_ref()));
    let body = head.body().map(|body| body.name.as_str()).unwrap_or_default();
    let named = name.is_some_and(|n| !n.value.trim().is_empty());
    let got = format!("{}{} with the body <{body}>", shown(code), if named { "" } else { " without DN" });
    Some(Finding::when(named && goes_with(code, codes), &place_of(kind, head), got))
}

fn type_words(seen: &Seen<'_>, code: &str, name: &str) -> Option<Finding> {
    let (kind, head, codes) = parts(seen).filter(|(.., codes)| *codes == [code])?;
    let written = kind.and_then(Coded::code).unwrap_or_default();
    let dn = kind.and_then(|k| k.dn.as_ref()).map(Located::as_str).unwrap_or_default();
    let holds = codes.contains(&written) && dn.trim() == name;
    Some(Finding::when(holds, &place_of(kind, head), format!("V {}, DN {}", shown(written), shown(dn))))
}

/// The Type tells which message is meant, whatever stands in the body.
fn body_in(seen: &Seen<'_>, code: &str, namespace: &str) -> Option<Finding> {
    let head = seen.record.head().filter(|head| head.message_function() == Some(code))?;
    let body = head.body()?;
    let found = body.namespace.as_deref().unwrap_or_default();
    Some(Finding::when(found == namespace, &body.place, shown(found)))
}

fn is_plo(head: &MsgHead) -> bool {
    head.body_namespace().is_some_and(|namespace| namespace.contains("/xmlstds/po/"))
}

fn kind_of_consultation(seen: &Seen<'_>) -> Option<Finding> {
    let head = seen.record.head()?;
    // An older body has no such element; that it is older, 4.2-1 says.
    let body = head.body().filter(|b| b.name == "Konsultasjon" && b.namespace.as_deref() == Some(LEGE))?;
    let looked = look(seen, |element| {
        (element.name == "TypeInnholdKonsultasjon").then(|| match element.said("V") {
            Some("2" | "3") => Ok(()),
            other => Err(shown(other.unwrap_or_default())),
        })
    })?;
    if let Some((element, got)) = looked.objection {
        return Some(Finding::violated(&element.place, got));
    }
    // A cancellation takes a message back and asks for nothing.
    if looked.count == 0 && is_cancellation(seen) {
        return None;
    }
    Some(Finding::when(looked.count > 0, &body.place, format!("{} TypeInnholdKonsultasjon", looked.count)))
}

fn is_cancellation(seen: &Seen<'_>) -> bool {
    let looked = look(seen, |element| {
        let is_status = element.name == "Forsendelsesstatus" && element.said("V") == Some("C");
        is_status.then_some(Ok(()))
    });
    looked.is_some_and(|looked| looked.count > 0)
}

/// Kontaktenhet is where TilknyttetEnhet names a unit; its identifiers lie below it, so they are counted by document.
fn associated_unit(seen: &Seen<'_>) -> Option<Finding> {
    let head = seen.record.head().filter(|head| is_plo(head))?;
    let text = wire::xml::read(&seen.record.payload()?.content, None).ok()?;
    let tree = text.parse().ok()?;
    let units: Vec<_> = tree.root().descendants().filter(|n| n.tag_name().name() == "Kontaktenhet").collect();
    let body = head.body()?;
    for unit in &units {
        let of = |name: &'static str| unit.children().filter(move |c| c.tag_name().name() == name);
        let named = of("OrganisationName").any(|n| n.text().is_some_and(|t| !t.trim().is_empty()));
        let numbered = of("Ident").any(|ident| {
            let kind = ident.children().find(|c| c.tag_name().name() == "TypeId");
            kind.is_some_and(|k| k.attribute("V") == Some("ENH"))
        });
        if !named || !numbered {
            let lacks = if named { "no Ident of kind ENH" } else { "no name" };
            return Some(Finding::violated(&tree.place(*unit), lacks));
        }
    }
    (!units.is_empty()).then(|| Finding::satisfied(&body.place, format!("{} units, each complete", units.len())))
}

fn contact_persons(seen: &Seen<'_>) -> Option<Finding> {
    let head = seen.record.head().filter(|head| is_plo(head))?;
    let text = wire::xml::read(&seen.record.payload()?.content, None).ok()?;
    let tree = text.parse().ok()?;
    let people =
        tree.root().descendants().filter(|n| matches!(n.tag_name().name(), "AnsvarligRapport" | "Kontaktperson"));
    let named = people
        .filter(|person| {
            let names = person.children().filter(|c| matches!(c.tag_name().name(), "FamilyName" | "GivenName"));
            names.into_iter().any(|n| n.text().is_some_and(|t| !t.trim().is_empty()))
        })
        .count();
    let body = head.body()?;
    // The short messages about where a patient is do without in the official examples.
    if named == 0 && body.name == "Pasientlogistikk" {
        return None;
    }
    let place = &body.place;
    Some(Finding::when(named > 0, place, format!("{named} people with a name")))
}
