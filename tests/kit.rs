//! What a kit holds, in the eyes of other people's software: openssl for certificates, revocation lists and PKCS#12,
//! libxml2 for agreements.

use crate::support::{files, shared};
use provestein::registers::kit::{ISSUED, Known};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

/// A kit made as a vendor makes one.
pub fn kit() -> &'static Path {
    static KIT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = KIT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        make(&folder.path().join("kit"), &["--harness", "http://harness.test:8480/"]);
        folder
    });
    Box::leak(folder.path().join("kit").into_boxed_path())
}

fn make(folder: &Path, arguments: &[&str]) {
    let made = Command::new(BINARY).arg("kit").arg(folder).args(arguments).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn openssl(arguments: &[&str]) -> Option<Output> {
    let output = Command::new("openssl").args(arguments).current_dir(kit()).output();
    if output.is_err() {
        eprintln!("skipped: openssl is not here");
    }
    output.ok()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Both revocation lists in PEM, as `openssl verify` takes them.
fn lists(folder: &Path) -> Option<String> {
    let all = folder.join("all.crl");
    let mut pem = String::new();
    for name in ["root", "issuing"] {
        let list = openssl(&["crl", "-inform", "DER", "-in", &format!("crl/{name}.crl")])?;
        pem.push_str(&String::from_utf8_lossy(&list.stdout));
    }
    fs::write(&all, pem).unwrap();
    Some(all.display().to_string())
}

#[test]
fn openssl_builds_every_chain_and_knows_what_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let Some(lists) = lists(folder.path()) else { return };
    let verify = |certificate: &str| {
        let arguments = ["verify", "-crl_check_all", "-CAfile", "ca.pem", "-untrusted", "issuing.pem", "-CRLfile"];
        text(&openssl(&[&arguments[..], &[&lists, certificate]].concat()).unwrap())
    };
    let mut verified = 0;
    for path in files(kit(), ".pem") {
        let name = path.strip_prefix(kit()).unwrap().display().to_string();
        if name.ends_with(".key.pem") || name.contains("ca.pem") || name.starts_with("tls/") || name == "chain.pem" {
            continue;
        }
        let said = verify(&name);
        verified += 1;
        match name.as_str() {
            "scenario-keys/hospital-sign-expired.pem" => assert!(said.contains("certificate has expired"), "{said}"),
            "scenario-keys/hospital-sign-revoked.pem" => assert!(said.contains("certificate revoked"), "{said}"),
            _ => assert!(said.trim_end().ends_with(": OK"), "{name}: {said}"),
        }
    }
    assert!(verified >= 9, "only {verified} certificates were found");
}

#[test]
fn certificates_say_whose_they_are_what_for_and_where_to_ask() {
    for (file, usage) in [("hospital-sign.pem", "Non Repudiation"), ("hospital-encrypt.pem", "Key Encipherment")] {
        let Some(shown) = openssl(&["x509", "-in", file, "-noout", "-text"]) else { return };
        let shown = text(&shown);
        for part in [
            usage,
            "organizationIdentifier = NTRNO-310000019",
            "URI:http://harness.test:8490/crl/issuing.crl",
            "OCSP - URI:http://harness.test:8490/ocsp",
        ] {
            assert!(shown.contains(part), "{file} has no `{part}`:\n{shown}");
        }
        assert!(!shown.contains("Data Encipherment"), "SEID 2 has none");
    }
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("kit"), &["--seid", "1", "--registers", "http://reg.test:99/"]);
    let file = folder.path().join("kit/hospital-encrypt.pem").display().to_string();
    let Some(shown) = openssl(&["x509", "-in", &file, "-noout", "-text"]) else { return };
    for part in ["serialNumber = 310000019", "Data Encipherment", "URI:http://reg.test:99/crl/issuing.crl"] {
        assert!(text(&shown).contains(part), "no `{part}`: {}", text(&shown));
    }
}

#[test]
fn the_tls_branch_speaks_for_the_hosts_of_the_kit_and_none_else() {
    for host in ["harness.test", "localhost", "ws-web.test.nhn.no"] {
        let Some(said) = openssl(&["verify", "-CAfile", "tls/ca.pem", "-verify_hostname", host, "tls/server.pem"])
        else {
            return;
        };
        assert!(text(&said).contains("OK"), "{host}: {}", text(&said));
    }
    let shown = text(&openssl(&["x509", "-in", "tls/ca.pem", "-noout", "-text"]).unwrap());
    assert!(shown.contains("Name Constraints: critical") && !shown.contains("DNS:nhn.no"), "{shown}");
    // Whoever trusts the root of the messages trusts no web server by it.
    let arguments = ["verify", "-purpose", "sslserver", "-CAfile", "ca.pem", "-untrusted", "issuing.pem"];
    let said = text(&openssl(&[&arguments[..], &["hospital-encrypt.pem"]].concat()).unwrap());
    assert!(said.contains("error 26 at 1 depth"), "{said}");
}

#[test]
fn openssl_opens_every_pkcs12_file() {
    for path in files(kit(), ".p12") {
        let name = path.strip_prefix(kit()).unwrap().display().to_string();
        let mut arguments = vec!["pkcs12", "-in", &name, "-passin", "pass:provestein", "-nodes"];
        if name.ends_with("-legacy.p12") {
            arguments.push("-legacy");
        }
        let Some(said) = openssl(&arguments) else { return };
        let said = text(&said);
        assert!(said.contains("CN = Pr") && said.contains("kit root"), "{name}: {said}");
        assert_eq!(said.contains("BEGIN PRIVATE KEY"), name.starts_with("subject/"), "{name}");
    }
}

#[test]
fn agreements_are_valid_by_the_official_schema() {
    let Some(schemas) = shared("schemas/ebxml-oasis") else { return };
    let agreements = files(&kit().join("cpa"), ".xml");
    assert!(agreements.len() >= 2, "{agreements:?}");
    for path in agreements {
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schemas.join("cpp-cpa-2_0.xsd"))
            .arg(&path)
            .output();
        let Ok(output) = output else {
            eprintln!("skipped: xmllint is not here");
            return;
        };
        assert!(output.status.success(), "{}", text(&output));
    }
}

#[test]
fn agreements_name_the_two_parties_and_the_certificates_of_the_kit() {
    let agreement = fs::read_to_string(kit().join("cpa/hospital-municipality.xml")).unwrap();
    let by_mail = fs::read_to_string(kit().join("cpa/hospital-municipality-mail.xml")).unwrap();
    assert!(agreement.contains("tns:cpaid=\"990000011_990000021\""), "what our messages carry");
    assert!(agreement.contains("tns:uri=\"http://harness.test:8480/\""));
    assert!(by_mail.contains("tns:uri=\"mailto://hospital@edi.test\""));
    for part in ["<tns:Retries>5<", "<tns:RetryInterval>PT12H<", ">S-LOG_INNLAGT<", "tns:action=\"APPREC\""] {
        assert!(agreement.contains(part), "no {part}");
    }
    for name in ["hospital-sign.pem", "hospital-encrypt.pem", "subject/municipality-sign.pem"] {
        let pem = fs::read_to_string(kit().join(name)).unwrap();
        let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        assert!(agreement.contains(&base64), "{name} is not in the agreement");
    }
    assert!(!files(&kit().join("cpa"), ".xml").iter().any(|path| path.display().to_string().contains("stranger")));
}

#[test]
fn the_subject_of_a_subject_file_keeps_its_certificates() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["sign", "encrypt"] {
        let name = format!("municipality-{kind}.pem");
        let pki = crate::support::root().join("fixtures/pki/demo");
        fs::copy(pki.join(&name), folder.path().join(&name)).unwrap();
    }
    let subject = folder.path().join("subject.yaml");
    fs::write(
        &subject,
        "subject: { supplier: S, system: S, version: \"1\" }\npurpose: test\nprofile: plo-receive-nhn@1\n\
         claims: { messages: { LOG_INNLAGT@1.6: [receive] } }\ncarrier: { http: { url: \"http://epj.test:99/ebxml\" } }\n\
         inbox: { http: 8480 }\npartners: kit/\nparties:\n  municipality:\n    \
         organisation: { her: 990000120, name: Sørvik kommune (syntetisk) }\n    service: { her: 990000121, edi: s@edi.test }\n    \
         certificates: { sign: municipality-sign.pem, encrypt: municipality-encrypt.pem }\n",
    )
    .unwrap();
    let kit = folder.path().join("kit");
    make(&kit, &["--subject", &subject.display().to_string()]);
    let agreement = fs::read_to_string(kit.join("cpa/hospital-municipality.xml")).unwrap();
    assert!(agreement.contains("990000011_990000121") && agreement.contains("http://epj.test:99/ebxml"));
    assert!(!kit.join("subject").exists(), "it has certificates of its own");
}

#[test]
fn secrets_are_for_their_owner_and_the_issued_are_listed() {
    let known = Known::read(&fs::read_to_string(kit().join(ISSUED)).unwrap());
    let names: BTreeSet<&str> = known.iter().map(|known| known.name.as_str()).collect();
    assert!(names.contains("hospital-sign") && names.contains("municipality-encrypt"), "{names:?}");
    assert_eq!(known.iter().filter(|known| known.revoked).count(), 1);
    #[cfg(unix)]
    for path in files(kit(), ".key.pem") {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
    for readme in ["README.md", "LESMEG.md"] {
        let text = fs::read_to_string(kit().join(readme)).unwrap();
        assert!(!text.contains("{{"), "{readme} has an empty place");
    }
}

#[test]
fn the_issuing_ca_can_be_called_as_a_national_test_ca() {
    for (issuer, seid, name) in [
        (
            "buypass",
            "2",
            "organizationIdentifier = NTRNO-983163327, O = Buypass AS, CN = Buypass Class 3 Test4 CA G2 ST Business",
        ),
        ("buypass", "1", "O = Buypass AS-983163327, CN = Buypass Class 3 Test4 CA 3"),
        ("commfides", "2", "organizationIdentifier = NTRNO-988312495, CN = Commfides Legal Person - G3 - TEST"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let kit = folder.path().join("kit");
        make(&kit, &["--issuer", issuer, "--seid", seid]);
        let at = |name: &str| kit.join(name).display().to_string();
        let Some(shown) = openssl(&["x509", "-in", &at("hospital-sign.pem"), "-noout", "-issuer"]) else { return };
        assert!(text(&shown).contains(name), "{}", text(&shown));
        let arguments =
            ["verify", "-CAfile", &at("ca.pem"), "-untrusted", &at("issuing.pem"), &at("hospital-sign.pem")];
        assert!(text(&openssl(&arguments).unwrap()).contains("OK"));
    }
}

#[test]
fn a_kit_that_is_out_of_date_is_not_sent_with() {
    use provestein::command::{demo, kit};
    let subject = demo::subject(&provestein::embedded::profile("plo-receive-nhn").unwrap()).unwrap();
    let (_, until) = kit::expires(&subject).unwrap();
    assert!(kit::in_date(&subject, until).is_ok());
    let later = until.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
    let failure = kit::in_date(&subject, later).unwrap_err();
    assert_eq!(failure.exit.code, 12);
    assert!(failure.to_string().contains("expired"), "{failure}");
}
