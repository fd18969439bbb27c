//! What we write is valid by the official schemas, as libxml2 sees it. Skipped, visibly, without `../shared` or
//! without `xmllint`.
#![allow(clippy::disallowed_methods, reason = "tests read schemas and write what another program validates")]
#![allow(clippy::unwrap_used, reason = "tests, and what only tests call")]

mod folder;

use folder::files;
use provestein_wire::apprec::{self, AppRecDraft, HcpDraft, PartyDraft, Recipient, UnitDraft, Version};
use provestein_wire::business::{self, Business};
use provestein_wire::code::Code;
use provestein_wire::head::{self, HeadDraft, IdentDraft, MsgHead, OrganisationDraft, PersonDraft};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with the official schemas side by side, as their relative imports want them.
struct Schemas {
    folder: PathBuf,
}

impl Schemas {
    fn prepare(test: &str) -> Option<Self> {
        let official = shared("schemas/sarepta")?;
        if Command::new("xmllint").arg("--version").output().is_err() {
            eprintln!("skipped: xmllint is not installed");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        fs::create_dir_all(&folder).unwrap();
        for source in ["felleskomponenter", "applikasjonskvittering", "plo/v1.6", "dialogmelding/2006-10-11", "w3c"] {
            for entry in fs::read_dir(official.join(source)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "xsd") {
                    fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
                }
            }
        }
        let local = |name: &str| format!("file://{}", folder.join(name).display());
        let entries = [
            ("http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd", local("xmldsig-core-schema.xsd")),
            ("http://www.w3.org/2001/XMLSchema.dtd", "file:///dev/null".to_owned()),
            ("http://www.kith.no/xmlstds/kith.xsd", local("kith.xsd")),
        ];
        let entries: Vec<_> = entries
            .iter()
            .map(|(from, to)| format!(r#"<system systemId="{from}" uri="{to}"/><uri name="{from}" uri="{to}"/>"#))
            .collect();
        let catalog = r#"<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">"#;
        fs::write(folder.join("catalog.xml"), format!("{catalog}{}</catalog>", entries.concat())).unwrap();
        fs::write(folder.join("all.xsd"), ALL).unwrap();
        Some(Self { folder })
    }

    /// Validates documents against a schema of the folder; what xmllint says of the invalid ones.
    fn complaints(&self, schema: &str, documents: &[String]) -> Option<String> {
        let files: Vec<PathBuf> = (0..documents.len()).map(|i| self.folder.join(format!("{schema}-{i}.xml"))).collect();
        for (file, document) in files.iter().zip(documents) {
            fs::write(file, document).unwrap();
        }
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(self.folder.join(schema))
            .args(&files)
            .env("XML_CATALOG_FILES", self.folder.join("catalog.xml"))
            .output()
            .unwrap();
        (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// One schema that knows the head and all bodies: Content is validated strictly.
const ALL: &str = r#"<schema xmlns="http://www.w3.org/2001/XMLSchema">
<import namespace="http://www.kith.no/xmlstds/msghead/2006-05-24" schemaLocation="MsgHead-v1_2.xsd"/>
<import namespace="http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01" schemaLocation="Pasientlogistikk-v1.6.xsd"/>
<import namespace="http://www.kith.no/xmlstds/po/TverrfagligEpikrise/2012-04-01" schemaLocation="TverrfagligEpikrise-v1.6.xsd"/>
<import namespace="http://www.kith.no/xmlstds/po/Innleggelsesrapport/2012-04-01" schemaLocation="Innleggelsesrapport-v1.6.xsd"/>
<import namespace="http://www.kith.no/xmlstds/po/HelseopplysningerTilLege/2012-04-01" schemaLocation="HelseopplysningerTilLege-v1.6.xsd"/>
<import namespace="http://www.kith.no/xmlstds/dialog/2006-10-11" schemaLocation="dialogmelding.xsd"/>
</schema>"#;

fn shared(path: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if !folder.exists() {
        eprintln!("skipped: ../shared is not here");
        return None;
    }
    Some(folder)
}

fn enterprise(name: &str, her: u32, number: &str) -> OrganisationDraft {
    OrganisationDraft {
        name: name.into(),
        idents: vec![IdentDraft::organisation(her.to_string(), "HER"), IdentDraft::organisation(number, "ENH")],
        telecoms: vec!["tel:00000011".into()],
        organisation: Some(Box::new(OrganisationDraft {
            name: "Tjeneste <&> avdeling".into(),
            idents: vec![IdentDraft::organisation((her + 1).to_string(), "HER")],
            healthcare_professional: Some(professional()),
            ..OrganisationDraft::default()
        })),
        healthcare_professional: None,
    }
}

fn professional() -> PersonDraft {
    PersonDraft {
        family_name: Some("Jones".into()),
        given_name: Some("May".into()),
        idents: vec![IdentDraft::person("9144919", "HPR")],
        ..PersonDraft::default()
    }
}

fn message(function: &str, body: &str) -> HeadDraft {
    HeadDraft {
        message_type: Code::cs(function, function),
        gen_date: "2026-03-05T12:00:00+01:00".into(),
        msg_id: "0b7f2f4c-5d3c-4a55-9a54-6b5ad3c5f8aa".into(),
        conversation_ref: Some(("p".into(), "c".into())),
        sender: enterprise("Fjordbyen sykehus HF", 990_000_010, "310000019"),
        receiver: enterprise("Nordvik kommune", 990_000_020, "310000027"),
        other_receivers: vec![(Code::cs("COP", "Kopimottaker"), enterprise("Utvik", 990_000_090, "310000094"))],
        patient: Some(PersonDraft {
            family_name: Some("Danser".into()),
            middle_name: Some("Ærlig".into()),
            given_name: Some("Line".into()),
            date_of_birth: Some("1969-11-13".into()),
            sex: Some(Code::cs("2", "Kvinne")),
            idents: vec![IdentDraft::person("13116900216", "FNR")],
        }),
        consent: Some(Code::cv("2.16.578.1.12.4.1.1.9064", "1", "Ja, samtykke er innhentet")),
        issue_date: Some("2026-03-05T11:59:00".into()),
        document_id: Some("d1".into()),
        document: body.to_owned(),
    }
}

fn template(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/templates").join(name);
    let values = [
        ("unit_name", "Medisinsk avdeling & sengepost"),
        ("unit_her", "990000011"),
        ("unit_number", "310000019"),
        ("unit_phone", "00000011"),
        ("responsible_family_name", "Jones"),
        ("responsible_given_name", "May"),
        ("responsible_hpr", "9144919"),
        ("admitted_at", "2026-03-02T10:15:00"),
        ("discharged_at", "2026-03-05T12:00:00"),
        ("discharged_on", "2026-03-05"),
        ("medicine_given_at", "2026-03-05T08:00:00"),
        ("control_at", "2026-03-19T09:30:00"),
        ("child_birth_year", "2014"),
        ("document_id", "5a1d8f0e-8b0f-4f7a-9a55-6f7c5a6b7c8d"),
    ];
    head::fill(&fs::read_to_string(path).unwrap(), &values).unwrap()
}

#[test]
fn messages_with_every_template_are_valid() {
    let Some(schemas) = Schemas::prepare("messages") else {
        return;
    };
    let mut documents = Vec::new();
    for name in [
        "LOG_INNLAGT@1.6",
        "UTSKRIVNINGSRAPPORT@1.6",
        "INNLEGGELSESRAPPORT@1.6",
        "HELSEOPPLYSNINGER_LEGE@1.6",
        "DIALOG_FORESPORSEL@1.0",
        "DIALOG_SVAR@1.0",
    ] {
        let body = template(&format!("{name}.xml"));
        let full = message(name.split_once('@').unwrap().0, &body);
        let bare = HeadDraft {
            conversation_ref: None,
            other_receivers: Vec::new(),
            consent: None,
            issue_date: None,
            document_id: None,
            receiver: OrganisationDraft {
                organisation: None,
                healthcare_professional: Some(professional()),
                ..full.receiver.clone()
            },
            ..full.clone()
        };
        documents.extend([head::encode(&full), head::encode(&bare)]);
    }
    assert_eq!(schemas.complaints("all.xsd", &documents), None);
    let broken = documents[0].replace("<MsgId>", "<MsgNr>").replace("</MsgId>", "</MsgNr>");
    let broken_body = documents[2].replace("Anslag", "Anslått");
    for document in [broken, broken_body] {
        assert!(schemas.complaints("all.xsd", &[document]).is_some(), "the oracle sees faults");
    }
}

fn receipts(version: Version) -> Vec<AppRecDraft> {
    let head = head::decode(head::encode(&message("LOG_INNLAGT", "<a/>")).as_bytes()).unwrap();
    let error = Code::cv(apprec::ERROR_LIST, "X99", "Annen feil").with_text("<æøå> & \"mer\"");
    let (ok, refused) = (Code::cs("1", "OK"), Code::cs("2", "Avvist"));
    let answer = |recipient, status: &Code, errors: &[Code]| {
        let id = ("4f1f2b1e-92c8-4f3e-8e5b-0d3f6f9c8b7a", "2026-03-05T12:00:01+01:00");
        apprec::answer(&head, recipient, version, id, status.clone(), errors.to_vec())
    };
    let mut named = answer(Recipient::Primary, &ok, &[]);
    named.software_name = Some("Prøvestein".into());
    named.software_version = Some("0.1".into());
    let mut professional = answer(Recipient::Copy(0), &refused, std::slice::from_ref(&error));
    professional.sender = Some(PartyDraft {
        role: None,
        hcp: Some(HcpDraft::HcProf(UnitDraft {
            kind: Some(Code::cs("LE", "Lege")),
            name: Some("May Jones".into()),
            ..UnitDraft::default()
        })),
    });
    let copy = answer(Recipient::Copy(0), &Code::cs("3", "OK, feil i delmelding"), &[error.clone(), error]);
    vec![named, professional, copy]
}

fn schema_of(version: Version) -> &'static str {
    match version {
        Version::V10 => "AppRec-v1-2004-11-21.xsd",
        Version::V11 => "AppRec-v1.1.xsd",
    }
}

#[test]
fn receipts_of_both_versions_are_valid() {
    let Some(schemas) = Schemas::prepare("receipts") else {
        return;
    };
    for version in [Version::V10, Version::V11] {
        let drafts = receipts(version);
        let documents: Vec<String> = drafts.iter().map(apprec::encode).collect();
        assert_eq!(schemas.complaints(schema_of(version), &documents), None);
        for (draft, document) in drafts.iter().zip(&documents) {
            let read = apprec::decode(document.as_bytes()).unwrap();
            assert_eq!(&read.to_draft(), draft, "what is read is what was written");
        }
        let mut wrong = drafts[0].clone();
        wrong.original = None;
        let complaints = schemas.complaints(schema_of(version), &[apprec::encode(&wrong)]);
        assert!(complaints.is_some(), "the oracle sees faults");
    }
}

/// Whatever address the official samples have, the receipt that mirrors it is valid.
#[test]
fn receipts_to_all_samples_are_valid() {
    let (Some(schemas), Some(samples)) = (Schemas::prepare("mirrors"), shared("samples")) else {
        return;
    };
    let heads: Vec<Box<MsgHead>> = files(&samples)
        .iter()
        .filter_map(|file| match business::read(&fs::read(file).unwrap()) {
            Business::Head(head) => Some(head),
            _ => None,
        })
        .collect();
    assert!(heads.len() > 200, "{} messages", heads.len());
    for version in [Version::V10, Version::V11] {
        let documents: Vec<String> = heads
            .iter()
            .map(|head| {
                let id = ("4f1f2b1e-92c8-4f3e-8e5b-0d3f6f9c8b7a", "2026-03-05T12:00:01+01:00");
                apprec::answer(head, Recipient::Primary, version, id, Code::cs("1", "OK"), Vec::new())
            })
            .map(|draft| apprec::encode(&draft))
            .collect();
        assert_eq!(schemas.complaints(schema_of(version), &documents), None);
    }
}
