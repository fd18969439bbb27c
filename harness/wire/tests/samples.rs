//! Every official sample is read as what its folder says it is. Skipped, visibly, without `../shared`.
#![allow(clippy::disallowed_methods, reason = "tests read sample files")]
#![allow(clippy::unwrap_used, reason = "tests, and what only tests call")]

mod folder;

use folder::files;
use provestein_wire::apprec::{self, Version};
use provestein_wire::business::{self, Business};
use provestein_wire::head::MsgHead;
use std::fs;
use std::path::Path;

#[test]
fn every_sample_is_what_its_folder_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    if !folder.exists() {
        eprintln!("skipped: ../shared is not here");
        return;
    }
    let mut counts = [0; 3];
    for file in files(&folder) {
        let relative = file.strip_prefix(&folder).unwrap();
        let kind = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let bytes = fs::read(&file).unwrap();
        match business::read(&bytes) {
            Business::AppRec(read) => {
                counts[0] += 1;
                let expected = if kind == "apprec-1.0" { Version::V10 } else { Version::V11 };
                assert_eq!(read.version, Some(expected), "{}", file.display());
                assert_eq!(read.mig_version.as_ref().unwrap().value, expected.mig_version());
                assert!(read.defects.is_empty(), "{}: {:?}", file.display(), read.defects);
                let draft = read.to_draft();
                let again = apprec::decode(apprec::encode(&draft).as_bytes()).unwrap();
                assert_eq!(again.to_draft(), draft, "{}", file.display());
            }
            Business::Head(head) => {
                counts[1] += 1;
                expect_head(&kind, &head, &file);
            }
            Business::Other { namespace, name } => {
                counts[2] += 1;
                expect_other(&kind, namespace.as_deref().unwrap_or_default(), &name, &file);
            }
            Business::NotXml(defect) => panic!("{}: {defect}", file.display()),
        }
    }
    assert!(counts[0] >= 1 && counts[1] >= 250 && counts[2] >= 60, "{counts:?}");
}

/// Folder, body namespace (its end) and, where the folder holds one function, that.
const HEADS: &[(&str, &str, &str)] = &[
    ("behandlerkrav-1.8", "/bkm/2006-12-20", "LOM"),
    ("dialogmelding-1.0", "/dialog/2006-10-11", "DIALOG_"),
    ("dialogmelding-1.1", "/dialog/2013-01-23", "DIALOG_"),
    ("digitaldialog-", "/dialog/20", "DIALOG_INNBYGGER_"),
    ("epj-ekstrakt-1.4", "/epj/EPJEkstrakt/2008-02-20", "EPJ-EKSTRAKT"),
    ("eresept-", "/eresept/", "ERM"),
    ("henvisning-2.0", "/henvisning/2017-11-30", "HENVISNING_"),
    ("npr-behandlerkrav-0.78", "http://www.npr.no/xmlstds", "POM"),
    ("plo-helseopplysninger-1.5", "/HelseopplysningerVedSoknad/2009-06-30", "HELSEOPPL_SOKNAD"),
    ("plo-helseopplysninger-1.6", "/HelseopplysningerVedSoknad/2012-04-01", "HELSEOPPL_SOKNAD"),
    ("plo-helseopplysninger-til-lege-1.5", "/Konsultasjon/2009-06-30", "HELSEOPPLYSNINGER_LEGE"),
    ("plo-helseopplysninger-til-lege-1.6", "/HelseopplysningerTilLege/2012-04-01", "HELSEOPPLYSNINGER_LEGE"),
    ("plo-innleggelsesrapport-1.5", "/Innleggelsesrapport/2009-06-30", "INNLEGGELSESRAPPORT"),
    ("plo-innleggelsesrapport-1.6", "/Innleggelsesrapport/2012-04-01", "INNLEGGELSESRAPPORT"),
    ("plo-medisinske-opplysninger-1.5", "MedisinskeOpplysninger/2009-06-30", "MEDISINSKE_OPPLYSNINGER"),
    ("plo-medisinske-opplysninger-1.6", "MedisinskeOpplysninger/2012-04-01", "MEDISINSKE_OPPLYSNINGER"),
    ("plo-orientering-om-tjenestetilbud-1.5", "/OrienteringOmTjenestetilbud/2009-06-30", "ORIENTERING_TJENESTETILBUD"),
    ("plo-orientering-om-tjenestetilbud-1.6", "/OrienteringOmTjenestetilbud/2012-04-01", "ORIENTERING_TJENESTETILBUD"),
    ("plo-pasientlogistikk-1.5", "/Pasientlogistikk/2009-06-30", "LOG_"),
    ("plo-pasientlogistikk-1.6", "/Pasientlogistikk/2012-04-01", "LOG_"),
    ("plo-utskrivningsrapport-1.5", "/TverrfagligEpikrise/2009-06-30", "UTSKRIVNINGSRAPPORT"),
    ("plo-utskrivningsrapport-1.6", "/TverrfagligEpikrise/2012-04-01", "UTSKRIVNINGSRAPPORT"),
    ("sysvak-", "/sysvak/", ""),
];

fn expect_head(kind: &str, head: &MsgHead, file: &Path) {
    let file = file.display();
    let exact = HEADS.iter().find(|(folder, ..)| *folder == kind);
    let found = exact.or_else(|| HEADS.iter().find(|(f, ..)| f.ends_with('-') && kind.starts_with(f)));
    let (_, namespace, function) = found.unwrap_or_else(|| panic!("{file}: no expectation for {kind}"));
    let read = head.body_namespace().unwrap_or_else(|| panic!("{file}: no body"));
    assert!(read.contains(namespace), "{file}: {read}");
    let read = head.message_function().unwrap_or_else(|| panic!("{file}: no Type"));
    assert!(read.starts_with(function), "{file}: {read}");
    assert!(head.defects.is_empty(), "{file}: {:?}", head.defects);
    assert!(head.msg_id().is_some() && head.gen_date().is_some(), "{file}");
    assert!(head.sender().is_some() && head.receiver().is_some(), "{file}");
    if let Some((_, version)) = kind.rsplit_once('-').filter(|(k, _)| k.starts_with("plo-")) {
        let expected = if version == "1.6" { Version::V11 } else { Version::V10 };
        let answering = Version::answering(head.body_namespace().unwrap_or_default());
        assert_eq!(answering, Some(expected), "{file}");
    }
}

fn expect_other(kind: &str, namespace: &str, name: &str, file: &Path) {
    let file = file.display();
    let (family, version) = kind.rsplit_once('-').unwrap();
    let expected = match (family, version) {
        ("ebxml", "2.0") => "http://schemas.xmlsoap.org/soap/envelope/",
        ("ebxml", "3.0") => "http://www.w3.org/2003/05/soap-envelope",
        ("epikrise", "1.1") => "http://www.kith.no/xmlstds/epikrise/2006-09-23",
        ("epikrise", "1.2") => "http://www.kith.no/xmlstds/epikrise/2012-02-15",
        ("henvisning", "1.0") => "http://www.kith.no/xmlstds/henvisning/2005-07-08",
        ("henvisning", "1.1") => "http://www.kith.no/xmlstds/henvisning/2012-02-15",
        ("rekvisisjon", "1.5") => "http://www.kith.no/xmlstds/rekvisisjon/2008-12-01",
        ("rekvisisjon", "1.6") => "http://www.kith.no/xmlstds/rekvisisjon/2012-02-15",
        ("svarrapport", "1.3") => "http://www.kith.no/xmlstds/labsvar/2008-12-01",
        ("svarrapport", "1.4") => "http://www.kith.no/xmlstds/labsvar/2012-02-15",
        // Some e-prescription samples are the body alone.
        _ if kind.starts_with("eresept-") => "http://www.kith.no/xmlstds/eresept/",
        _ => panic!("{file}: {kind} is {name} of {namespace}"),
    };
    assert!(namespace.starts_with(expected), "{file}: {namespace}");
}
