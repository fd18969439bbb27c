//! The sending role against the message handler in another language (`tests/peer`): it takes orders as a vendor's
//! system would, writes its own messages, and sends again what is not acknowledged.

use crate::foreign_peer::{Outcome, available, kit};
use crate::support::{free_port, root, shared};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const REPORT: &str = "send/accepted/innleggelsesrapport";
const TO_GP: &str = "send/accepted/helseopplysninger-lege";
const REPLY: &str = "send/accepted/svar-pa-foresporsel";
const NEVER: &str = "send/retry/never-acknowledged";
const LOST: &str = "send/retry/first-lost";

/// What the people at the peer answer.
pub(crate) const ANSWERS: &str = "answers:
  send/people/rejection-shown:
    rejected: { answer: yes, by: Kari Tester }
    text: { answer: yes, by: Kari Tester, attach: [shot.png] }
  send/people/missing-receipt:
    routine: { answer: yes, by: Kari Tester }
    shown: { answer: yes, by: Kari Tester, attach: [shot.png] }
    alarm: { answer: yes, by: Kari Tester }
  send/people/entry:
    own: { answer: yes, by: Kari Tester }
    control: { answer: yes, by: Kari Tester }
    without-number: { answer: yes, by: Kari Tester }
    no-sender: { answer: yes, by: Kari Tester }
    list: { answer: yes, by: Kari Tester, attach: [shot.png] }
";

/// How the peer is reached, with its port or ports and those of the harness.
#[derive(Clone, Copy)]
enum Carrier {
    Http { peer: u16, harness: u16 },
    Mail { smtp: u16, pop3: u16 },
}

impl Carrier {
    fn http() -> Self {
        Self::Http { peer: free_port(), harness: free_port() }
    }

    fn mail() -> Self {
        Self::Mail { smtp: free_port(), pop3: free_port() }
    }

    /// Where a partner is, for the peer.
    fn partner(self, role: &str) -> String {
        match self {
            Self::Http { harness, .. } => format!("http://127.0.0.1:{harness}/"),
            Self::Mail { .. } => format!("mailto:{role}@edi.test"),
        }
    }

    fn options(self) -> Vec<String> {
        let at = |port| format!("127.0.0.1:{port}");
        match self {
            Self::Http { peer, .. } => vec!["--listen".to_owned(), at(peer)],
            Self::Mail { smtp, pop3 } => vec!["--smtp".to_owned(), at(smtp), "--pop3".to_owned(), at(pop3)],
        }
    }

    fn subject(self) -> String {
        match self {
            Self::Http { peer, harness } => format!(
                "carrier: {{ http: {{ url: \"http://127.0.0.1:{peer}/\" }} }}\ninbox: {{ http: {harness}, bind: 127.0.0.1 }}\n"
            ),
            Self::Mail { smtp, pop3 } => format!(
                "carrier: mail\ninbox: {{ smtp: {smtp}, pop3: {pop3}, bind: 127.0.0.1, login: {{ user: municipality@edi.test, password: box }} }}\n\
                 secrets: {{ box: {{ file: password }} }}\n"
            ),
        }
    }
}

struct Peer {
    child: Child,
    carrier: Carrier,
    orders: u16,
    folder: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    fn start(carrier: Carrier, arguments: &[&str]) -> Self {
        let (folder, orders) = (tempfile::tempdir().unwrap(), free_port());
        let ready = folder.path().join("ready");
        let kit = kit().join("kit");
        let pki = root().join("fixtures/pki/demo");
        let mut command = Command::new("python3");
        command.arg(root().join("tests/peer/peer.py")).args(carrier.options());
        for (her, role) in [("990000011", "hospital"), ("990000031", "gp")] {
            let file = |use_| kit.join(format!("{role}-{use_}.pem")).display().to_string();
            let partner = format!("{her}={}:{}:{}", carrier.partner(role), file("sign"), file("encrypt"));
            command.args(["--partner", &partner]);
        }
        for (option, file) in [
            ("--sign-key", "municipality-sign.key.pem"),
            ("--sign-cert", "municipality-sign.pem"),
            ("--encrypt-key", "municipality-encrypt.key.pem"),
            ("--encrypt-cert", "municipality-encrypt.pem"),
        ] {
            command.arg(option).arg(pki.join(file));
        }
        command.args(["--orders", &format!("127.0.0.1:{orders}"), "--retry-interval", "1", "--retry-count", "2"]);
        command.arg("--journal").arg(folder.path().join("journal")).arg("--ready-file").arg(&ready);
        let child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let peer = Self { child, carrier, orders, folder };
        let began = Instant::now();
        while !ready.exists() {
            assert!(began.elapsed() < Duration::from_secs(20), "the peer did not become ready");
            thread::yield_now();
        }
        peer
    }

    /// Runs by the binary with standard input closed, as CI does.
    fn run(&self, profile: &str, trigger: &str, scenarios: &[&str], answered: bool) -> Outcome {
        let path = |name: &str| self.folder.path().join(name);
        for (name, text) in [("password", "hemmelig\n"), ("answers.yaml", ANSWERS), ("shot.png", "a picture")] {
            fs::write(path(name), text).unwrap();
        }
        fs::write(path("subject.yaml"), self.subject(profile, trigger)).unwrap();
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--subject").arg(path("subject.yaml")).arg("--out").arg(path("reports")).args(scenarios);
        if answered {
            command.arg("--answers").arg(path("answers.yaml"));
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let run = fs::read_dir(path("reports")).unwrap_or_else(|_| panic!("{text}")).flatten().next().unwrap().path();
        let result = fs::read_to_string(run.join("result.json")).unwrap_or_else(|_| panic!("{text}"));
        Outcome { code: output.status.code().unwrap(), text, result: serde_json::from_str::<Value>(&result).unwrap() }
    }

    fn subject(&self, profile: &str, trigger: &str) -> String {
        let pki = root().join("fixtures/pki/demo");
        let trigger = trigger.replace("PORT", &self.orders.to_string());
        format!(
            "subject: {{ supplier: Fremmed AS, system: Python peer, version: \"1\" }}\npurpose: test\nprofile: {profile}@1\n\
             claims:\n  messages:\n    LOG_INNLAGT@1.6: [receive]\n    UTSKRIVNINGSRAPPORT@1.6: [receive]\n    \
             DIALOG_FORESPORSEL@1.0: [receive]\n    INNLEGGELSESRAPPORT@1.6: [send]\n    \
             HELSEOPPLYSNINGER_LEGE@1.6: [send]\n    DIALOG_SVAR@1.0: [send]\n\
             {}parties:\n  municipality:\n    organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
             service: {{ her: 990000021, name: Pleie- og omsorgstjeneste, edi: municipality@edi.test }}\n    \
             certificates: {{ sign: {}, encrypt: {} }}\npartners: {}\n\
             patience: {{ transport: 20 s, apprec: 20 s, quiet: 1 s }}\n\
             retry: {{ interval: 1 s, count: 2 }}\ntriggers: {{ default: {trigger} }}\n",
            self.carrier.subject(),
            pki.join("municipality-sign.pem").display(),
            pki.join("municipality-encrypt.pem").display(),
            kit().join("kit").display(),
        )
    }

    fn journal(&self) -> String {
        fs::read_to_string(self.folder.path().join("journal")).unwrap_or_default()
    }
}

const POST: &str = "{ post: \"http://127.0.0.1:PORT/send\" }";

#[test]
fn a_foreign_system_passes_both_roles_in_one_unattended_run() {
    if !available() {
        return;
    }
    let peer = Peer::start(Carrier::http(), &[]);
    let outcome = peer.run("plo-nhn", POST, &[], true);
    assert_eq!(outcome.violated(), Vec::<&str>::new(), "{}\n{}", outcome.text, peer.journal());
    assert_eq!(outcome.code, 0, "{}\n{}", outcome.text, peer.journal());
    assert!(outcome.text.trim_end().ends_with("27 passed, 0 failed, 0 skipped"), "{}", outcome.text);
}

#[test]
fn a_foreign_system_sends_by_mail() {
    if !available() {
        return;
    }
    let peer = Peer::start(Carrier::mail(), &["--ber"]);
    let outcome = peer.run("plo-send-nhn", POST, &[], true);
    assert_eq!(outcome.violated(), Vec::<&str>::new(), "{}\n{}", outcome.text, peer.journal());
    assert_eq!(outcome.code, 0, "{}\n{}", outcome.text, peer.journal());
}

#[test]
fn what_only_people_can_say_stays_open_without_answers() {
    if !available() {
        return;
    }
    let peer = Peer::start(Carrier::http(), &[]);
    let script = root().join("tests/peer/order.py");
    let trigger = format!("{{ command: [python3, \"{}\", \"http://127.0.0.1:PORT/send\"] }}", script.display());
    let outcome = peer.run("plo-send-nhn", &trigger, &["send/people/rejection-shown"], false);
    assert_eq!(outcome.code, 11, "{}\n{}", outcome.text, peer.journal());
    assert_eq!(outcome.violated(), Vec::<&str>::new(), "silence is no violation");
    assert!(peer.journal().contains("INNLEGGELSESRAPPORT"), "the command handed the order on");
}

/// A defect of the peer, the scenarios that show it, and all that it breaks: what `tests/kill_matrix.rs` has from the
/// reference. Except that this peer declares its clear payload as encrypted, which is what rule 260 asks of the part.
const DEFECTS: [(&str, &[&str], &[&str]); 10] = [
    (
        "type-differs",
        &[REPORT, TO_GP],
        &["HIS1143-4.1-1", "HIS1145-4.1-1", "HIS80601-5_MsgInfo-2", "PLOAT-S24", "PLOAT-S7"],
    ),
    ("gendate-without-time", &[REPORT], &["HIS80601-5_MsgInfo-4", "PLOAT-S9"]),
    ("empty-elements", &[REPORT], &["HISD1165-General-1", "PLOAT-S11"]),
    ("msgid-reused", &[REPORT, TO_GP], &["HIS80601-5_MsgInfo-5", "PLOAT-S10"]),
    ("cs-without-dn", &[REPLY], &["PLOAT-S13"]),
    ("level-two-missing", &[REPORT, TO_GP], &["HIS1153-AD2.2", "PLOAT-S27", "PLOAT-S30"]),
    ("retry-with-new-message-id", &[LOST], &["HITS1171-9.4-1"]),
    ("retry-for-ever", &[NEVER], &["HIS1037-5.2-4"]),
    ("apprec-for-apprec", &[REPORT], &["HITS1168-8.3-21"]),
    ("payload-unencrypted", &[REPORT], &["HITS1171-6-2"]),
];

#[test]
fn each_defect_of_a_foreign_sender_is_found_by_what_it_breaks() {
    if !available() {
        return;
    }
    let handles: Vec<_> = DEFECTS
        .into_iter()
        .map(|(defect, scenarios, ids)| {
            thread::spawn(move || {
                let peer = Peer::start(Carrier::http(), &["--defect", defect]);
                (defect, ids, peer.run("plo-send-nhn", POST, scenarios, false))
            })
        })
        .collect();
    for handle in handles {
        let (defect, ids, outcome) = handle.join().unwrap();
        let mut violated = outcome.violated();
        violated.sort_unstable();
        assert_eq!(violated, ids, "{defect}: {}", outcome.text);
        assert_eq!(outcome.code, 10, "{defect}: {}", outcome.text);
    }
}

/// The schemas import each other by bare names from one folder; here they lie in several.
fn schemas(into: &Path, from: &Path) {
    for part in ["felleskomponenter", "plo/v1.6", "dialogmelding/2006-10-11", "w3c"] {
        for entry in fs::read_dir(from.join(part)).unwrap().flatten() {
            if entry.path().extension().is_some_and(|e| e == "xsd") {
                fs::copy(entry.path(), into.join(entry.file_name())).unwrap();
            }
        }
    }
    let import =
        |namespace: &str, file: &str| format!("<import namespace=\"{namespace}\" schemaLocation=\"{file}.xsd\"/>");
    let all = [
        import("http://www.kith.no/xmlstds/msghead/2006-05-24", "MsgHead-v1_2"),
        import("http://www.kith.no/xmlstds/po/Innleggelsesrapport/2012-04-01", "Innleggelsesrapport-v1.6"),
        import("http://www.kith.no/xmlstds/po/HelseopplysningerTilLege/2012-04-01", "HelseopplysningerTilLege-v1.6"),
        import("http://www.kith.no/xmlstds/dialog/2006-10-11", "dialogmelding"),
    ];
    let all = format!("<schema xmlns=\"http://www.w3.org/2001/XMLSchema\">{}</schema>", all.concat());
    fs::write(into.join("all.xsd"), all).unwrap();
    let signature = "http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd";
    let catalog = format!(
        "<catalog xmlns=\"urn:oasis:names:tc:entity:xmlns:xml:catalog\"><uri name=\"{signature}\" uri=\"xmldsig-core-schema.xsd\"/>\
         <system systemId=\"{signature}\" uri=\"xmldsig-core-schema.xsd\"/></catalog>"
    );
    fs::write(into.join("catalog.xml"), catalog).unwrap();
}

#[test]
fn what_the_peer_writes_is_valid_by_the_official_schemas() {
    let Some(official) = shared("schemas/sarepta") else { return };
    if !available() || !crate::support::python::runs("xmllint", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    schemas(folder.path(), &official);
    for message in ["INNLEGGELSESRAPPORT@1.6", "HELSEOPPLYSNINGER_LEGE@1.6", "DIALOG_SVAR@1.0"] {
        for (defect, is_valid) in [(None, true), (Some("gendate-without-time"), false)] {
            let octets = letter(message, defect);
            let path = folder.path().join("message.xml");
            fs::write(&path, octets).unwrap();
            let mut xmllint = Command::new("xmllint");
            xmllint.args(["--noout", "--nonet", "--schema"]).arg(folder.path().join("all.xsd")).arg(&path);
            let output = xmllint.env("XML_CATALOG_FILES", folder.path().join("catalog.xml")).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), is_valid, "{message} {defect:?}: {said}");
        }
    }
}

/// A message as the peer writes it for an order.
fn letter(message: &str, defect: Option<&str>) -> Vec<u8> {
    let order = serde_json::json!({
        "message": message,
        "patient": { "id": "13116900216", "kind": "FNR", "given_name": "Line", "family_name": "Danser",
                     "date_of_birth": "1969-11-13", "sex": "2" },
        "to": { "organisation": { "her": 990_000_010, "name": "Fjordbyen sykehus", "number": "310000019" },
                "service": { "her": 990_000_011, "name": "Medisinsk avdeling" } },
        "answers": { "msg_id": "0b5c2a4e-9d53-4c55-8f43-0d4a3f8f9a11" },
    });
    let mut command = Command::new("python3");
    command.arg(root().join("tests/peer/letters.py")).args(defect).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(order.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{message}");
    output.stdout
}
