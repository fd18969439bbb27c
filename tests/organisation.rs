//! Certificates as CMS, with an organisation's certificate: what we sign, openssl verifies; what openssl signs, we verify;
//! what was touched, nobody does. Where openssl is missing it is said, and skipped.

use crate::support::simulated::simulate_to_certify;
use crate::support::{root, standings};
use provestein::certify::certificate::Certificate;
use provestein::certify::dsse::Envelope;
use provestein::certify::organisation::{Organisation, OrganisationKey, SystemRandom};
use provestein::certify::register::entry::Issuer;
use provestein::certify::signed::{self, Unsound};
use provestein::certify::statement;
use provestein::certify::trust::Trust;
use std::fs;
use std::path::Path;
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const WORD: &str = "a word for this test";
const SIGNS: &str = "keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=CA:false\n";

/// A CA, organisations that it certified, and their keys; made by openssl.
struct Pki(tempfile::TempDir);

impl Pki {
    /// `None`: openssl is not here.
    fn new() -> Option<Self> {
        let pki = Self(tempfile::tempdir().unwrap());
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("skipped: openssl is not here");
            return None;
        }
        pki.authority("ca");
        pki.organisation("rsa", &["rsa:2048"], SIGNS);
        pki.organisation("p256", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], SIGNS);
        Some(pki)
    }

    fn at(&self) -> &Path {
        self.0.path()
    }

    /// What openssl does, and whether it succeeds.
    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("openssl").args(arguments).current_dir(self.at()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn done(&self, arguments: &[&str]) {
        let (success, told) = self.openssl(arguments);
        assert!(success, "{arguments:?}: {told}");
    }

    fn authority(&self, name: &str) {
        let (key, certificate) = (format!("{name}.clear"), format!("{name}.pem"));
        let subject = format!("/C=NO/O=Tillit AS (syntetisk)/CN={name}");
        let make = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3000", "-subj", &subject];
        let usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", &key, "-out", &certificate];
        self.done(&[&make[..], &usage].concat());
    }

    /// An organisation certified by `ca`: `NAME.clear`, `NAME.key` behind a passphrase, `NAME.pem`.
    fn organisation(&self, name: &str, kind: &[&str], extensions: &str) {
        let file = |ending: &str| format!("{name}.{ending}");
        let subject =
            format!("/C=NO/O=Direktoratet (syntetisk)/organizationIdentifier=NTRNO-310000001/CN=Direktoratet {name}");
        let (clear, request, certificate) = (file("clear"), file("csr"), file("pem"));
        let make =
            [&["req", "-nodes", "-subj", &subject, "-keyout", &clear, "-out", &request, "-newkey"], kind].concat();
        self.done(&make);
        fs::write(self.at().join(file("ext")), extensions).unwrap();
        let ca = ["x509", "-req", "-CA", "ca.pem", "-CAkey", "ca.clear", "-days", "800", "-set_serial", "4711"];
        self.done(&[&ca[..], &["-in", &request, "-out", &certificate, "-extfile", &file("ext")]].concat());
        let word = format!("pass:{WORD}");
        self.done(&["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", &clear, "-out", &file("key"), "-passout", &word]);
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.at().join(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    fn trust(&self, name: &str) -> Trust {
        Trust::of(&[Issuer { name: name.to_owned(), key: self.text(name) }], 1).unwrap()
    }

    fn signer(&self, name: &str) -> (Organisation, OrganisationKey) {
        let key = OrganisationKey::from_pem(&self.text(&format!("{name}.key")), WORD, &SystemRandom::new());
        (Organisation::from_pem(&self.text(&format!("{name}.pem"))).unwrap(), key.unwrap())
    }

    fn sign(&self, name: &str, certificate: &Certificate) -> Result<Vec<u8>, Unsound> {
        let (organisation, key) = self.signer(name);
        signed::sign_as(certificate, &organisation, &key, &SystemRandom::new())
    }

    fn told(&self, arguments: &[&str], code: i32) -> String {
        let mut command = Command::new(BINARY);
        command.args(arguments).current_dir(self.at()).env("PROVESTEIN_PASSPHRASE", WORD);
        let output = command.output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    }
}

/// H-100, signed today, so that the organisations' certificates are good on the day.
fn certificate() -> Certificate {
    let all = standings::read(&fs::read_to_string(root().join("fixtures/readiness/standings.yaml")).unwrap());
    let mut certificate = all.into_iter().find(|one| one.certificate.number == "H-100").unwrap().certificate;
    certificate.issued = provestein::issuer::today();
    certificate
}

#[test]
fn openssl_verifies_what_we_sign() {
    let Some(pki) = Pki::new() else { return };
    let certificate = certificate();
    for name in ["rsa", "p256"] {
        let file = pki.sign(name, &certificate).unwrap();
        fs::write(pki.at().join("signed.pem"), &file).unwrap();
        let verify = ["cms", "-verify", "-inform", "PEM", "-in", "signed.pem", "-binary", "-out", "statement.json"];
        pki.done(&[&verify[..], &["-CAfile", "ca.pem"]].concat());
        assert_eq!(pki.read("statement.json"), statement::write(&certificate), "{name}: exactly the statement's bytes");
        let own = signed::verify(&file, &pki.trust(&format!("{name}.pem"))).unwrap();
        assert_eq!((own.signers, &own.certificate), (vec![format!("{name}.pem")], &certificate));
        let vouched = signed::verify(&file, &pki.trust("ca.pem")).unwrap();
        assert!(vouched.signers[0].contains("NTRNO-310000001") && vouched.signers[0].contains("ca.pem"), "{vouched:?}");
        // Another character in the statement, in base64 that is whole: nobody accepts it.
        let der = file_of(&file, |der| {
            let at = der.windows(5).position(|five| five == b"H-100").unwrap();
            der[at + 2] = b'2';
        });
        fs::write(pki.at().join("signed.pem"), &der).unwrap();
        assert!(!pki.openssl(&[&verify[..], &["-CAfile", "ca.pem"]].concat()).0);
        let found = signed::verify(&der, &pki.trust("ca.pem")).unwrap_err().to_string();
        assert!(found.contains("not the one that was signed"), "{found}");
    }
}

/// The file with its DER changed.
fn file_of(file: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    use base64::Engine as _;
    let text = String::from_utf8(file.to_vec()).unwrap();
    let base64: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let mut der = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    change(&mut der);
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CMS-----\n{}\n-----END CMS-----\n", lines.join("\n")).into_bytes()
}

#[test]
fn a_changed_byte_is_found_wherever_it_is() {
    let Some(pki) = Pki::new() else { return };
    let file = pki.sign("p256", &certificate()).unwrap();
    assert_eq!(file_of(&file, |_| {}), file);
    let (own, ca) = (pki.trust("p256.pem"), pki.trust("ca.pem"));
    assert!(signed::verify(&file, &own).is_ok() && signed::verify(&file, &ca).is_ok());
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(signed::verify(&changed, &own).is_err(), "byte {at} of the file");
    }
    let mut bytes = 0;
    file_of(&file, |der| bytes = der.len());
    for at in 0..bytes {
        let changed = file_of(&file, |der| der[at] ^= 4);
        assert!(
            signed::verify(&changed, &own).is_err() && signed::verify(&changed, &ca).is_err(),
            "byte {at} of the DER"
        );
    }
}

#[test]
fn we_verify_what_openssl_signs() {
    let Some(pki) = Pki::new() else { return };
    let certificate = certificate();
    fs::write(pki.at().join("statement.json"), statement::write(&certificate)).unwrap();
    for name in ["rsa", "p256"] {
        let (own, key) = (format!("{name}.pem"), format!("{name}.clear"));
        let sign = ["cms", "-sign", "-in", "statement.json", "-binary", "-md", "sha256", "-outform", "PEM"];
        let with = ["-signer", &own, "-inkey", &key, "-out"];
        pki.done(&[&sign[..], &with, &["attached.pem", "-nodetach"]].concat());
        let verified = signed::verify(&pki.read("attached.pem"), &pki.trust("ca.pem")).unwrap();
        assert_eq!(verified.certificate, certificate, "{name}");
        pki.done(&[&sign[..], &with, &["keyid.pem", "-nodetach", "-keyid", "-noattr"]].concat());
        let without = signed::verify(&pki.read("keyid.pem"), &pki.trust("ca.pem")).unwrap_err().to_string();
        assert!(without.contains("no signed attributes"), "{without}");
        pki.done(&[&sign[..], &with, &["keyid.pem", "-nodetach", "-keyid"]].concat());
        assert!(signed::verify(&pki.read("keyid.pem"), &pki.trust(&own)).is_ok(), "{name}, named by key id");
        pki.done(&[&sign[..], &with, &["detached.pem"]].concat());
        let beside = signed::verify(&pki.read("detached.pem"), &pki.trust("ca.pem")).unwrap_err().to_string();
        assert!(beside.contains("beside its content"), "{beside}");
        pki.done(&[&sign[..], &with, &["sha512.pem", "-nodetach", "-md", "sha512"]].concat());
        let other = signed::verify(&pki.read("sha512.pem"), &pki.trust("ca.pem")).unwrap_err().to_string();
        assert!(other.contains("another digest than SHA-256"), "{other}");
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_refused_in_a_sentence() {
    let Some(pki) = Pki::new() else { return };
    let day = |text: &str| Certificate { issued: text.parse().unwrap(), ..certificate() };
    let refused = |result: Result<Vec<u8>, Unsound>| result.unwrap_err().to_string();
    assert!(refused(pki.sign("rsa", &day("2040-01-01"))).contains("it had expired"));
    assert!(refused(pki.sign("rsa", &day("2020-01-01"))).contains("that is before"));
    pki.organisation("sealed", &["rsa:2048"], "keyUsage=critical,keyEncipherment\n");
    assert!(refused(pki.sign("sealed", &certificate())).contains("is not for signing"));
    // Whoever signs nevertheless is not believed.
    for (name, stated, why) in
        [("rsa", day("2040-01-01"), "it had expired"), ("sealed", certificate(), "is not for signing")]
    {
        fs::write(pki.at().join("statement.json"), statement::write(&stated)).unwrap();
        let (own, key) = (format!("{name}.pem"), format!("{name}.clear"));
        let sign =
            ["cms", "-sign", "-in", "statement.json", "-binary", "-outform", "PEM", "-nodetach", "-md", "sha256"];
        pki.done(&[&sign[..], &["-signer", &own, "-inkey", &key, "-out", "signed.pem"]].concat());
        for trust in [own.as_str(), "ca.pem"] {
            let told = pki.told(&["verify", "signed.pem", "--trust", trust, "--on", "2027-02-15"], 11);
            assert!(told.contains("NOT ESTABLISHED") && told.contains(why), "{told}");
        }
    }
    // Another CA, and another organisation of the same one.
    let file = pki.sign("rsa", &certificate()).unwrap();
    pki.authority("other");
    assert!(signed::verify(&file, &pki.trust("other.pem")).unwrap_err().to_string().contains("does not vouch"));
    assert!(matches!(signed::verify(&file, &pki.trust("p256.pem")), Err(Unsound::TooFew { found: 0, .. })));
    // Two signatures are more than it can have.
    let key = Issuer { name: "o".to_owned(), key: pki.text("rsa.pem") };
    let two = Trust::of(&[key], 2).unwrap();
    assert_eq!(signed::verify(&file, &two).unwrap_err(), Unsound::TooFew { found: 1, demanded: 2 });
    // A key of another, and one in clear.
    assert!(!pki.signer("rsa").1.belongs_to(&pki.signer("p256").0));
    let clear = OrganisationKey::from_pem(&pki.text("rsa.clear"), WORD, &SystemRandom::new());
    assert!(clear.unwrap_err().to_string().contains("not encrypted"));
    assert!(OrganisationKey::from_pem(&pki.text("rsa.key"), "another", &SystemRandom::new()).is_err());
}

#[test]
fn a_run_is_certified_as_cms_and_goes_into_a_register() {
    let Some(pki) = Pki::new() else { return };
    let run = simulate_to_certify("plo-receive-nhn", &[], 1);
    let folder = run.folder.path().to_str().unwrap();
    let until = provestein::issuer::today().saturating_add(jiff::Span::new().days(300)).to_string();
    let base = ["certify", folder, "--issuer", "Direktoratet (syntetisk)", "--valid-until", &until];
    let cms = ["--cms-key", "rsa.key", "--cms-certificate", "rsa.pem", "--certificate", "one.json"];
    pki.told(&["certify", "key", "new", "--key", "issuer.secret"], 0);
    pki.told(&[&base[..], &cms, &["--key", "issuer.secret"]].concat(), 0);
    let (dsse, cms_file) = (pki.read("one.json"), pki.read("one.cms.pem"));
    let read = provestein::certify::organisation::read(&cms_file).unwrap();
    assert_eq!(read.statement, Envelope::read(&dsse).unwrap().payload, "both are over the same bytes");
    assert!(
        pki.told(&[&base[..], &["--cms-key", "p256.key", "--cms-certificate", "rsa.pem"]].concat(), 20)
            .contains("not the key")
    );
    let told = pki.told(&["verify", "one.cms.pem", "--trust", "ca.pem", "--run", folder], 0);
    for expected in ["vouched for by ca.pem", "computed again", "revoked was not looked up", "NTRNO-310000001"] {
        assert!(told.contains(expected), "`{expected}` is missing in\n{told}");
    }
    assert!(pki.told(&["verify", "one.cms.pem"], 11).contains("you named nobody"));
    let mut changed = cms_file.clone();
    changed[300] ^= 1;
    fs::write(pki.at().join("changed.pem"), changed).unwrap();
    pki.told(&["verify", "changed.pem", "--trust", "ca.pem"], 30);
    assert!(pki.told(&["certify", "sign", "one.cms.pem", "--key", "issuer.secret"], 30).contains("one signature"));
    // The register believes the organisation's own certificate, and no CA.
    let init =
        ["register", "init", "reg", "--origin", "register.test/helse", "--title", "Register", "--key", "issuer.secret"];
    assert!(pki.told(&[&init[..], &["--issuer", "Direktoratet=ca.pem"]].concat(), 20).contains("certificate of a CA"));
    pki.told(&[&init[..], &["--issuer", "Direktoratet=rsa.pem"]].concat(), 0);
    pki.told(&["register", "add", "reg", "one.cms.pem", "--key", "issuer.secret"], 0);
    fs::copy(pki.at().join("reg/register.key"), pki.at().join("register.pub")).unwrap();
    pki.told(&["register", "verify", "reg", "--trust", "register.pub"], 0);
    let by_other =
        [&base[..], &["--cms-key", "p256.key", "--cms-certificate", "p256.pem", "--certificate", "two.json"]];
    pki.told(&by_other.concat(), 0);
    assert!(
        pki.told(&["register", "add", "reg", "two.cms.pem", "--key", "issuer.secret"], 21).contains("does not take")
    );
}
