//! `certify report`, from a file to a page: what was verified stands in it, and what the register says.

use crate::support::issued::Issued;
use crate::support::{root, standings};
use provestein::certify::key::SecretKey;
use provestein::certify::register::digest;
use provestein::certify::signed;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

fn key() -> SecretKey {
    SecretKey::of_seed([7; 32])
}

/// A signed certificate, a plain file of certificates with what became of it, and the issuer's public key.
fn prepared(at: &Path, number: &str) {
    let all = standings::read(&fs::read_to_string(root().join("fixtures/readiness/standings.yaml")).unwrap());
    let mut standing = all.into_iter().find(|standing| standing.certificate.number == number).unwrap();
    let file = signed::sign(&standing.certificate, &[&key()]);
    standing.digest = digest(&file);
    fs::write(at.join("certificate.json"), file).unwrap();
    fs::write(at.join("all.json"), standings::file(&[standing])).unwrap();
    fs::write(at.join("issuer.pub"), key().public_key().to_pem()).unwrap();
}

fn report(at: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    command.current_dir(at).args(["certify", "report", "certificate.json", "--on", "2027-02-15"]);
    command.args(arguments).output().unwrap()
}

fn page(at: &Path, arguments: &[&str]) -> String {
    let output = report(at, &[arguments, &["--html", "report.html"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read_to_string(at.join("report.html")).unwrap()
}

fn all_in(page: &str, expected: &[&str]) {
    let missing: Vec<&&str> = expected.iter().filter(|one| !page.contains(**one)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in\n{page}");
}

#[test]
fn a_report_says_whether_the_signature_was_verified() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), "H-100");
    let open = page(folder.path(), &[]);
    all_in(&open, &["du oppga ingen du stoler på", "Sertifikat H-100 · IKKE kontrollert", "Registeret er ikke spurt"]);
    let english = page(folder.path(), &["--lang", "en", "--trust", "issuer.pub"]);
    all_in(
        &english,
        &[
            "The signature was verified",
            "<strong>issuer.pub</strong>",
            "exchange the messages that are met in the table",
            "Until 30 June 2027.",
        ],
    );
    let two = page(folder.path(), &["--trust", "issuer.pub", "--signatures", "2"]);
    all_in(&two, &["1 av dem du oppga, har underskrevet; 2 må ha gjort det."]);
    let file = fs::read_to_string(folder.path().join("certificate.json")).unwrap();
    let changed = file.replacen("\"payload\": \"ey", "\"payload\": \"eY", 1);
    assert!(changed != file, "a byte of the payload is another one");
    fs::write(folder.path().join("certificate.json"), changed).unwrap();
    fs::remove_file(folder.path().join("report.html")).unwrap();
    let output = report(folder.path(), &["--trust", "issuer.pub", "--html", "report.html"]);
    assert_eq!(output.status.code(), Some(30), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!folder.path().join("report.html").exists(), "nothing is written about a forged certificate");
}

#[test]
fn what_the_register_says_stands_beside_what_is_certified() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), "H-150");
    let told = page(folder.path(), &["--register", "all.json"]);
    all_in(
        &told,
        &[
            "Registeret er bare holdt mot sin egen nøkkel",
            "av 6 linjer i «Resultat for hver melding» er 4 brutt og 1 ikke avklart.",
            "Et unntak i registeret tar tilbake noe av dette 15. februar 2027",
            "ta imot Melding om utskrivningsklar pasient 1.6: <strong>Ikke avklart</strong>",
            "Unntak i registeret endrer dette 15. februar 2027",
            "ta imot Melding om innlagt pasient 1.6: <strong>Oppfylt</strong>",
            "<strong>Kari Prøve og Ola Prøve</strong>: feltet vises likevel",
            "1. januar 2027 til 31. mars 2027, løper",
            "15. mars 2027 til 31. mars 2027, ikke begynt",
            "<strong>Tind AS</strong>: feltet er med i meldingen",
            "hendelse 123 i kjøring <code>0f8fad5b",
            "Ordlyden er fra en annen utgave",
        ],
    );
    prepared(folder.path(), "H-120");
    all_in(
        &page(folder.path(), &["--register", "all.json", "--lang", "en"]),
        &[
            "The certificate was withdrawn",
            "It does not hold from 1 February 2027. Reason: the runs were made with another build",
        ],
    );
}

#[test]
fn a_build_without_pdf_says_how_to_get_one_that_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), "H-100");
    let output = report(folder.path(), &["--pdf", "report.pdf"]);
    let told = String::from_utf8_lossy(&output.stderr);
    if cfg!(feature = "pdf") {
        assert!(output.status.success(), "{told}");
        assert!(fs::read(folder.path().join("report.pdf")).unwrap().starts_with(b"%PDF-1.7"));
    } else {
        assert_eq!(output.status.code(), Some(20), "{told}");
        all_in(&told, &["built without PDF", "cargo build --release --features pdf", "--html"]);
    }
    let neither = report(folder.path(), &[]);
    assert_eq!(neither.status.code(), Some(20), "a form is asked for");
}

#[test]
fn with_runs_and_register_everything_is_computed_again() {
    let issued = Issued::copy();
    let register = ["--register", "reg", "--register-trust", "register.pub", "--run", "run", "--html", "report.html"];
    let told = issued.told(&[&["certify", "report", "certificate.json"], &register[..]].concat(), 0);
    all_in(&told, &["every status and every outcome is the same"]);
    let page = fs::read_to_string(issued.path("report.html")).unwrap();
    all_in(
        &page,
        &[
            "Kontrollert gjennom registeret",
            "Resultatene er regnet ut på nytt",
            "Hele registeret er kontrollert med nøkkelen du oppga",
            "sier Direktoratet (syntetisk).",
            "(som i dette verktøyet)",
            "Melding om innlagt pasient blir tatt imot",
        ],
    );
    assert!(!page.contains("Ordlyden er fra en annen utgave") && !page.contains("Summene stemmer ikke"), "{page}");
    let stranger = [&["certify", "report", "certificate.json", "--trust", "second.pub"], &register[..]].concat();
    issued.told(&stranger, 0);
    let page = fs::read_to_string(issued.path("report.html")).unwrap();
    all_in(
        &page,
        &["For få av dem du stoler på, har underskrevet", "· IKKE kontrollert", "står det i en fil som oppgir"],
    );
    let other = [&["certify", "report", "certificate.json", "--run", "short"], &register[6..]].concat();
    all_in(&issued.told(&other, 30), &["the certificate is not about these logs"]);
}
