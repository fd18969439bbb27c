//! Coded values: type CS (a code and its name) and type CV (code list, code and name, or a text).
//!
//! Which elements are of type CS is known by name, for MsgHead 1.2, PLO and dialogue messages; CV carries S, or one of
//! the names of the same messages. Values are judged only by the lists of `fixtures/codes`.

use super::walk::{Element, Looked, look};
use crate::check::{Finding, MessageCheck, Seen, message, shown};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("PLOAT-S11", "no element without content", no_empty_element),
    message("HISD1165-General-1", "no element without content", no_empty_element),
    message("PLOAT-S12", "a code of the element's list", cs_codes),
    message("PLOAT-S13", "V and DN", cs_with_name),
    message("HISD1165-CS-1", "V", cs_with_code),
    message("PLOAT-S14", "a code of the list that S names", cv_codes),
    message("PLOAT-S15", "S with V and DN, or OT", cv_complete),
    message("HIS80601-5_CV-1", "S with the OID of a national code list", cv_with_list),
    message("HISD1165-CV-1", "S with an OID", cv_with_oid),
];

/// Elements of type CS.
const CS: [&str; 39] = [
    "AdmStatus",
    "AnafylaktiskeReaksjoner",
    "Atc",
    "BehovTolkSprak",
    "Blodtype",
    "Briller",
    "Bruk",
    "ComMethod",
    "Compression",
    "Country",
    "County",
    "DocumentConnection",
    "FasteUkedager",
    "Forsendelsesstatus",
    "Hastegrad",
    "HjelpemiddelHorsel",
    "InngaarIMultidose",
    "KategoriHelsepersonell",
    "Legemiddelform",
    "MsgType",
    "Nationality",
    "Omsorgsfunksjon",
    "ProcessingStatus",
    "RequestedPriority",
    "Rhesusgruppe",
    "RoleReceiver",
    "SarskilteTiltak",
    "Sex",
    "SivilStatus",
    "Slektskap",
    "Sprak",
    "StatusTilForskrivningen",
    "Type",
    "TypeHealthcareProfessional",
    "TypeInnholdKonsultasjon",
    "TypeTelecom",
    "Utleveringsform",
    "Ack",
    "Status",
];

/// Elements of type CV.
const CV: [&str; 28] = [
    "Consent",
    "ContentCategory",
    "ContentType",
    "Diagnosekode",
    "Formål",
    "Funksjonsområde",
    "Funksjonsvariabel",
    "Hendelsekode",
    "HjelpemiddelkodeRTV",
    "IPLOStjenestetype",
    "IntervensjonTiltakKode",
    "KodetOpplysning",
    "KodetVurdering",
    "Opplysning",
    "Overskriftskode",
    "RoleToPatient",
    "RolleNotat",
    "SakstypeKodet",
    "TemaKodet",
    "TypeForesp",
    "TypeHendelse",
    "TypeId",
    "TypeInformasjon",
    "TypeInnhold",
    "TypeJournalinfo",
    "TypeMottaker",
    "TypeOrganisation",
    "TypeRelasjon",
];

/// Elements of type CS whose list is small and settled.
const LIST_OF_CS: [(&str, &str); 5] = [
    ("Sex", "3101"),
    ("Forsendelsesstatus", "7309"),
    ("MsgType", "8114"),
    ("TypeInnholdKonsultasjon", "9137"),
    ("RoleReceiver", "8112"),
];

/// Texts that the schema demands in their parent: left empty they are no breach (HISD 1165 excepts
/// them). What must stand in some of them, other checks say.
const DEMANDED: [&str; 16] = [
    "AllergiskMot",
    "BetegnelseHjelpemiddel",
    "CaveStikkord",
    "Gjelder",
    "Id",
    "MIGversion",
    "MsgId",
    "Navn",
    "Notat",
    "OrganisationName",
    "RefToConversation",
    "RefToParent",
    "StedHendelse",
    "TidligereSykdom",
    "TjenesteNavn",
    "VurderingenGjelder",
];

/// Stem of the OIDs of the national code lists.
const NATIONAL: &str = "2.16.578.1.12.4.1.1.";

fn lists() -> &'static BTreeMap<&'static str, BTreeSet<&'static str>> {
    static LISTS: OnceLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = OnceLock::new();
    const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/codes/lists.tsv"));
    LISTS.get_or_init(|| {
        let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for line in TEXT.lines().skip(1) {
            let mut cells = line.split('\t');
            if let (Some(oid), Some(code)) = (cells.next(), cells.next()) {
                lists.entry(oid).or_default().insert(code);
            }
        }
        lists
    })
}

/// A CS has no S; a coded element with S is a CV, whatever its name is used for elsewhere.
fn is_cs(element: &Element) -> bool {
    element.get("S").is_none() && CS.contains(&element.name.as_str()) && element.get("V").is_some()
}

fn is_cv(element: &Element) -> bool {
    element.get("S").is_some() && element.get("V").is_some() || CV.contains(&element.name.as_str())
}

fn told(looked: &Looked, what: &str) -> Option<Finding> {
    match &looked.objection {
        Some((element, reason)) => Some(Finding::violated(&element.place, reason.clone())),
        None if looked.count == 0 => None,
        None => Some(Finding::satisfied(&looked.root, format!("{} {what}", looked.count))),
    }
}

/// An element is empty without content and without an attribute that says something.
fn no_empty_element(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        if DEMANDED.contains(&element.name.as_str()) {
            return None;
        }
        let says = element.is_filled || element.attributes.iter().any(|(_, value)| !value.trim().is_empty());
        Some(if says { Ok(()) } else { Err(format!("<{}> without content", element.name)) })
    })?;
    told(&looked, "elements, each with content")
}

fn cs_codes(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        let list = LIST_OF_CS.iter().find(|(name, _)| *name == element.name).filter(|_| is_cs(element))?.1;
        let code = element.said("V")?;
        let codes = lists().get(format!("{NATIONAL}{list}").as_str())?;
        Some(if codes.contains(code) { Ok(()) } else { Err(format!("{} is not in list {list}", shown(code))) })
    })?;
    told(&looked, "codes, each of its list")
}

fn cs_with_name(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        is_cs(element).then(|| {
            let lacks = ["V", "DN"].into_iter().find(|name| element.said(name).is_none());
            lacks.map_or(Ok(()), |name| Err(format!("<{}> without {name}", element.name)))
        })
    })?;
    told(&looked, "codes of type CS, each with V and DN")
}

fn cs_with_code(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        let is_one = element.get("S").is_none() && CS.contains(&element.name.as_str());
        let is_coded = is_one && !element.is_filled && element.get("DN").or(element.get("V")).is_some();
        is_coded.then(|| match element.said("V") {
            Some(_) => Ok(()),
            None => Err(format!("<{}> without V", element.name)),
        })
    })?;
    told(&looked, "codes of type CS, each with V")
}

fn cv_codes(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        let (list, code) = (element.said("S")?, element.said("V")?);
        let codes = lists().get(list)?;
        Some(if codes.contains(code) { Ok(()) } else { Err(format!("{} is not in list {}", shown(code), shown(list))) })
    })?;
    told(&looked, "codes, each of its list")
}

fn cv_complete(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        is_cv(element).then(|| {
            let coded = element.said("V").is_some() && element.said("DN").is_some();
            match (element.said("S"), coded, element.said("OT")) {
                // Whether OT wants S too, HISD1165-CV-1 says; the criterion can be read either way.
                (Some(_), true, _) | (_, _, Some(_)) => Ok(()),
                (None, ..) => Err(format!("<{}> without S", element.name)),
                _ => Err(format!("<{}> without V and DN, and without OT", element.name)),
            }
        })
    })?;
    told(&looked, "codes of type CV, each complete")
}

fn cv_with_list(seen: &Seen<'_>) -> Option<Finding> {
    let looked = look(seen, |element| {
        is_cv(element).then(|| match element.said("S") {
            Some(list) if list.strip_prefix(NATIONAL).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())) => Ok(()),
            Some(list) => Err(format!("<{}> with S {}", element.name, shown(list))),
            None => Err(format!("<{}> without S", element.name)),
        })
    })?;
    told(&looked, "codes of type CV, each with its list")
}

/// The standard of all messages names no stem: SNOMED CT and LOINC have other ones.
fn cv_with_oid(seen: &Seen<'_>) -> Option<Finding> {
    let is_oid = |list: &str| {
        list.contains('.') && list.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()))
    };
    let looked = look(seen, |element| {
        is_cv(element).then(|| match element.said("S") {
            Some(list) if is_oid(list.trim()) => Ok(()),
            Some(list) => Err(format!("<{}> with S {}", element.name, shown(list))),
            None => Err(format!("<{}> without S", element.name)),
        })
    })?;
    told(&looked, "codes of type CV, each with an OID")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_there() {
        for (_, list) in LIST_OF_CS {
            assert!(lists()[format!("{NATIONAL}{list}").as_str()].len() >= 2, "{list}");
        }
        assert!(lists()["2.16.578.1.12.4.1.1.9051"].contains("HER"));
    }

    #[test]
    fn no_name_is_both() {
        assert!(CS.iter().all(|name| !CV.contains(name)));
    }
}
